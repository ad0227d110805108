/* SPDX-License-Identifier: MIT */
/* formula.h: the derivative of a function as an expression, where there is one. */
#ifndef MGRAD_EVALUATOR_BUILTINS_FORMULA_H
#define MGRAD_EVALUATOR_BUILTINS_FORMULA_H
#include "evaluator/session.h"

/* Writes `f'(x) = 2 * x`, or `x -> 2 * x` for a lambda.  `base` is the function that `order` primes stand behind, and
   `derivative` the whole.  False, with nothing written: the derivative is no single expression (branches, loops, tensors
   with axes), or the expression did not agree with the derivative at other points. */
bool formula_show(Session *session, Buffer *out, Value base, int order, Value derivative);

#endif
