/* SPDX-License-Identifier: MIT */
/* wanted.h: hints about an expression that stands where a function is wanted, as in `integrate(x ** 2, 0, 1)`, and about
   a function that stands where a value is wanted, as in `sin^2(x)`. */
#ifndef MGRAD_EVALUATOR_WANTED_H
#define MGRAD_EVALUATOR_WANTED_H
#include "evaluator/call.h"
#include "evaluator/machine.h"

/* Of an argument that is to be a function and is none: the function that stands behind it, moved to its place, or the
   expression as a function value. */
RARE void hint_function(const Call *call, int index);
/* The same for a name without a value, where a call around it takes a function; false: none does. */
RARE bool hint_argument(Session *session, const Ast *name);
/* Of a call that fails as its second number is no axis: sum(1, 2, 3). */
RARE void hint_listed(const Call *call);
/* A function that is an operand of an operator. */
RARE void hint_uncalled(Session *session, const Ast *ast, const Ast *operand);

#endif
