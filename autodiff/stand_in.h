/* SPDX-License-Identifier: MIT */
/* stand_in.h: variables that stand for constants while a derivative is taken.

   A function of numbers is differentiated by calling it on variables, but it was written for numbers, which are no
   cells that several names can share: of `r = x; r *= x` the second statement must leave x alone.  So a variable that
   stands for a number is one that nothing may be written into, and neither may what would be a number without the
   derivative: a scalar float64 result of nothing but constants and what stands for them.  Every node tells whether it
   is made so (node->stands_in). */
#ifndef MGRAD_AUTODIFF_STAND_IN_H
#define MGRAD_AUTODIFF_STAND_IN_H
#include "autodiff/variable.h"

/* What a variable that is made for a derivative would be without it. */
typedef enum StandsFor { STANDS_FOR_ITSELF, STANDS_FOR_CONSTANT, STANDS_FOR_NUMBER } StandsFor;
/* A variable with a fresh node as its value; NULL: error recorded. */
Variable *stand_in_new(Graph *graph, Tensor *node, StandsFor what);

/* Whether a variable stands for a number. */
static inline bool stand_in_is_number(const Variable *variable) {
  const Node *node = variable->base || variable->object.flags & VARIABLE_CELL ? NULL : node_of(variable->value);
  return node && node->stands_in && node->tensor.layout->ndim == 0 && node->tensor.dtype == DTYPE_FLOAT64;
}
/* Without the derivative it would be a tensor, even if a scalar: it can be written into. */
static inline void stand_in_make_cell(Variable *variable) { variable->object.flags |= VARIABLE_CELL; }
/* Without the derivative a result just made would be a variable, even of constants. */
static inline void stand_in_make_variable(Tensor *node) {
  if (node->references == 1) node_of(node)->stands_in = false;
}

#endif
