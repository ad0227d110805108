/* SPDX-License-Identifier: MIT */
/* rules_linalg.h: matrix notation for rules: all of these work on the last two axes and pass NULL on. */
#ifndef MGRAD_AUTODIFF_RULES_LINALG_H
#define MGRAD_AUTODIFF_RULES_LINALG_H
#include "autodiff/rule.h"

static inline Tensor *matrix_times(Rule *rule, Tensor *x, Tensor *y) { return rule_op2(rule, OP_matmul, x, y, NULL); }
static inline Tensor *matrix_turned(Rule *rule, Tensor *x) { return rule_swap_last(rule, x); }
static inline Tensor *matrix_solve(Rule *rule, Tensor *a, Tensor *b) { /* a^-1 b */
  return rule_op2(rule, OP_linalg_solve, a, b, NULL);
}
/* b a^-1 */
Tensor *matrix_divide(Rule *rule, Tensor *b, Tensor *a);
Tensor *matrix_three(Rule *rule, Tensor *x, Tensor *y, Tensor *z); /* x y z */
Tensor *matrix_symmetric(Rule *rule, Tensor *x);                   /* (x + x^T) / 2 */

/* `size` rows or columns from `start`. */
Tensor *matrix_rows(Rule *rule, Tensor *x, int64_t start, int64_t size);
Tensor *matrix_columns(Rule *rule, Tensor *x, int64_t start, int64_t size);
static inline int64_t matrix_height(const Tensor *x) { return x ? layout_shape(x->layout)[tensor_ndim(x) - 2] : 0; }
static inline int64_t matrix_width(const Tensor *x) { return x ? layout_shape(x->layout)[tensor_ndim(x) - 1] : 0; }

/* Constants in the dtype of `like`: the n x n identity; the lower triangle of ones with halves on the diagonal. */
Tensor *matrix_identity(Rule *rule, const Tensor *like, int64_t n);
Tensor *matrix_half_triangle(Rule *rule, const Tensor *like, int64_t n);

/* New last axes of size 1. */
Tensor *rule_expand(Rule *rule, Tensor *x, int axes);
/* A vector along the last axis as rows of one row: (..., n) to (..., 1, n). */
Tensor *rule_as_row(Rule *rule, Tensor *x);
Tensor *rule_drop_last(Rule *rule, Tensor *x, int axes);           /* last axes of size 1 */

/* The same in floating point: integers and booleans become float64. */
Tensor *rule_as_float(Rule *rule, Tensor *x);
/* An error unless x is a (stack of) square matrices. */
bool rule_check_square(Rule *rule, const Tensor *x, const char *name);

#endif
