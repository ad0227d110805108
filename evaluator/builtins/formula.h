/* SPDX-License-Identifier: MIT */
/* formula.h: a function or its derivative as an expression, where there is one. */
#ifndef MGRAD_EVALUATOR_BUILTINS_FORMULA_H
#define MGRAD_EVALUATOR_BUILTINS_FORMULA_H
#include "autodiff/formula.h"
#include "evaluator/session.h"

enum { FORMULA_ORDERS = 4 }; /* more primes than these are not written as a formula */

typedef struct FormulaForm {
  int order;           /* how many primes stand behind the name */
  FormulaStyle style;
  bool latex;          /* for mathematics mode instead */
  bool right_only;     /* without `f'(x) = ` */
} FormulaForm;

/* Writes `f'(x) = 2 * x`, or `x -> 2 * x` for a lambda.  `base` is the function whose parameters it has, and `whole`
   what is called: the function itself, or a derivative of it.  NULL: written; else nothing is written, and the result
   tells what stands in the way: the function has "a loop", "a branch", "operations across elements". */
const char *formula_show(Session *session, Buffer *out, Value base, Value whole, FormulaForm form);
#define FORMULA_UNKNOWN "no single expression"
void formula_add_left(Session *session, Buffer *out, Value base, int order, bool latex); /* `f'(x)` */

int formula_parameters(Value base);                       /* how many it has; 0: not known, or too many */
const char *formula_parameter(Value base, int index);     /* its name */
const char *formula_name(Value base);                     /* of a function; NULL: a lambda */

#endif
