/* SPDX-License-Identifier: MIT */
/* stand_in.h: variables that stand for constants while a derivative is taken.

   A function of numbers is differentiated by calling it on variables, but it was written for numbers, which are no
   cells that several names can share: of `r = x; r *= x` the second statement must leave x alone.  So a variable that
   stands for a number is one that nothing may be written into, and neither may what would be a number without the
   derivative: a scalar float64 result of nothing but constants and what stands for them. */
#ifndef MGRAD_AUTODIFF_STAND_IN_H
#define MGRAD_AUTODIFF_STAND_IN_H
#include "autodiff/variable.h"

/* A variable with a fresh node as its value, that stands for what is described; NULL: error recorded. */
typedef enum StandsFor { STANDS_FOR_ITSELF, STANDS_FOR_CONSTANT, STANDS_FOR_NUMBER } StandsFor;
Variable *stand_in_new(Graph *graph, Tensor *node, StandsFor what);
/* Whether a variable stands for a number. */
bool stand_in_is_number(const Graph *graph, const Variable *variable);
/* So does a variable just computed, which is known to. */
static inline void stand_in_mark(Variable *variable) { variable->object.flags |= VARIABLE_NUMBER; }

#endif
