/* SPDX-License-Identifier: MIT */
/* unrecorded.h: why a value depends on no variable, as far as it and its source text tell. */
#ifndef MGRAD_EVALUATOR_BUILTINS_UNRECORDED_H
#define MGRAD_EVALUATOR_BUILTINS_UNRECORDED_H
#include "evaluator/builtins/arguments.h"

/* Gives the recorded error a hint. */
void unrecorded_explain(Call *call, int index);

#endif
