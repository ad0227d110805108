/* SPDX-License-Identifier: MIT */
/* explain_names.h: names for the steps of an explanation. */
#ifndef MGRAD_EVALUATOR_BUILTINS_EXPLAIN_NAMES_H
#define MGRAD_EVALUATOR_BUILTINS_EXPLAIN_NAMES_H
#include "evaluator/builtins/explain.h"

/* An argument that was written as a plain name keeps it, also inside functions, whose names nobody else knows. */
void names_of_argument(Steps *steps, int index, const Tensor *tensor);
/* Parameters have their names, and their parts `p.w`, `p[0]`; what was not given keeps its default and has no row. */
void names_of_parameters(Steps *steps, int count, const Value *arguments);
/* All others; false: error recorded. */
bool names_of_steps(Steps *steps);

#endif
