/* SPDX-License-Identifier: MIT */
/* show.h: values as text. */
#ifndef MGRAD_EVALUATOR_SHOW_H
#define MGRAD_EVALUATOR_SHOW_H
#include "evaluator/machine.h"

/* How what recorded the value of a variable is called, also where the operation has no name of its own. */
const char *origin_name(const Variable *variable, OpId op);
bool show_result(Session *session, Value value); /* the value of a statement, through the session's output */

#endif
