/* SPDX-License-Identifier: MIT */
/* numeric_check.h: gradients compared with finite differences, along random directions. */
#ifndef MGRAD_TESTS_NUMERIC_CHECK_H
#define MGRAD_TESTS_NUMERIC_CHECK_H
#include "autodiff/backward.h"

/* Computes something from float tensors with op_apply; owned result, NULL: error recorded. */
typedef Tensor *(*CheckFunction)(Graph *graph, void *context, int count, Tensor *const *x);

typedef struct Check {
  Graph *graph;
  CheckFunction function;
  void *context;
  int count;          /* at most CHECK_OPERANDS */
  Tensor *const *x;   /* plain float tensors: where to differentiate; NULL: an absent operand */
  double step;        /* of the differences; 0: 1e-3 */
  uint64_t seed;      /* of the directions */
} Check;

enum { CHECK_OPERANDS = 16 };

/* With L(x) = sum(w f(x)) for random weights w and random directions u, v: order 1 compares the derivative of L along u
   from backward with five-point differences of L; order 2 the derivative along u of (the derivative of L along v).
   False: error recorded. */
bool check_run(const Check *check, int order, double *analytic, double *numeric);

#endif
