/* SPDX-License-Identifier: MIT */
/* formula_subject.h: a function whose formula is looked for. */
#ifndef MGRAD_EVALUATOR_BUILTINS_FORMULA_SUBJECT_H
#define MGRAD_EVALUATOR_BUILTINS_FORMULA_SUBJECT_H
#include "autodiff/formula.h"
#include "evaluator/session.h"

/* What users read of a branch, whoever finds it: the text of a function, the watching of a call, or its values. */
#define FORMULA_BRANCH "a branch"
enum { FORMULA_FIRST_SAMPLES = 6 }; /* these serve to read a formula */

typedef struct Subject {
  Session *session;
  Value derivative;                   /* what is called */
  const char *name;                   /* of the function; NULL: a lambda */
  int parameters;                     /* they come first among the names; then outer variables that the text mentions */
  FormulaNames names;
  double outer[FORMULA_NAMES];        /* the values of those, by the index of the name */
  Variable *variables[FORMULA_NAMES]; /* of the parameters */
} Subject;

double formula_sample(int parameter, int sample); /* where functions are tried out: no special places */

/* What shows that a formula is not the function: FORMULA_BRANCH, "operations across elements"; NULL: they agree on
   numbers, and on vectors and matrices where the function takes them.  `costly`: at a few places only. */
const char *formula_disagrees(Subject *subject, const Formula *formula, bool costly);

#endif
