/* SPDX-License-Identifier: MIT */
/* format.h: values under a format spec, as in f"{x:.4f}" and format(x, ".4f"). */
#ifndef MGRAD_EVALUATOR_FORMAT_H
#define MGRAD_EVALUATOR_FORMAT_H
#include "evaluator/session.h"

enum { FORMAT_VALUE, FORMAT_SPEC }; /* what an error blames, as its operand */

/* Adds a number, the only element of a tensor, or the text of any other value; without a spec, what print writes.
   False: the error is recorded, without a place. */
bool format_value(Session *session, Buffer *out, Value value, const char *spec, size_t length);

#endif
