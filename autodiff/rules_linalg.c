/* SPDX-License-Identifier: MIT */
/* rules_linalg.c: matrix notation for rules, and the rules of inverses, determinants, equations and Cholesky.

   Derivations: M. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
   differentiation, 2008. */
#include "autodiff/rules_linalg.h"

#include "runtime/kernels/create.h"
#include "runtime/kernels/decompose_stack.h"

/* ---- notation */
Tensor *matrix_three(Rule *rule, Tensor *x, Tensor *y, Tensor *z) {
  return matrix_times(rule, matrix_times(rule, x, y), z);
}

Tensor *matrix_divide(Rule *rule, Tensor *b, Tensor *a) {
  return matrix_turned(rule, matrix_solve(rule, matrix_turned(rule, a), matrix_turned(rule, b)));
}

Tensor *matrix_symmetric(Rule *rule, Tensor *x) {
  return rule_scale(rule, rule_add(rule, x, matrix_turned(rule, x)), 0.5);
}

Tensor *matrix_rows(Rule *rule, Tensor *x, int64_t start, int64_t size) {
  return x ? rule_slice(rule, x, tensor_ndim(x) - 2, start, size) : NULL;
}

Tensor *matrix_columns(Rule *rule, Tensor *x, int64_t start, int64_t size) {
  return x ? rule_slice(rule, x, tensor_ndim(x) - 1, start, size) : NULL;
}

Tensor *matrix_identity(Rule *rule, const Tensor *like, int64_t n) {
  return like ? rule_keep(rule, tensor_eye(rule->graph->runtime, (DType)like->dtype, n, n, 0)) : NULL;
}

Tensor *matrix_half_triangle(Rule *rule, const Tensor *like, int64_t n) {
  if (!like) return NULL;
  Tensor *triangle = rule_keep(rule, tensor_tri(rule->graph->runtime, (DType)like->dtype, n, n, 0));
  return rule_subtract(rule, triangle, rule_scale(rule, matrix_identity(rule, like, n), 0.5));
}

Tensor *rule_expand(Rule *rule, Tensor *x, int axes) {
  int64_t shape[TENSOR_MAX_DIMS + 2];
  if (!x) return NULL;
  for (int i = 0; i < tensor_ndim(x); i++) shape[i] = layout_shape(x->layout)[i];
  for (int i = 0; i < axes; i++) shape[tensor_ndim(x) + i] = 1;
  return rule_reshape(rule, x, tensor_ndim(x) + axes, shape);
}

Tensor *rule_as_row(Rule *rule, Tensor *x) {
  return matrix_turned(rule, rule_expand(rule, x, 1));
}

Tensor *rule_drop_last(Rule *rule, Tensor *x, int axes) {
  return x ? rule_reshape(rule, x, tensor_ndim(x) - axes, layout_shape(x->layout)) : NULL;
}

Tensor *rule_as_float(Rule *rule, Tensor *x) {
  if (!x || tensor_is_float(x)) return x;
  return rule_keep(rule, tensor_cast(rule->graph->runtime, x, DTYPE_FLOAT64));
}

bool rule_check_square(Rule *rule, const Tensor *x, const char *name) {
  ShapeText shape;
  if (tensor_ndim(x) >= 2 && matrix_height(x) == matrix_width(x)) return true;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, 0, "%s needs a square matrix, got " ERROR_OPERAND(0) "%s", name,
               layout_text(&shape, x->layout));
  return false;
}

/* ---- inv: -A^-T g A^-T */
void op_inv_backward(Rule *rule) {
  Tensor *turned = matrix_turned(rule, rule->r);
  rule->gradients[0] = rule_op1(rule, OP_negative, matrix_three(rule, turned, rule->g, turned), NULL);
}

/* ---- pinv (Golub and Pereyra), P = A^+:
   -P^T g P^T + (I - A P) g^T P P^T + P^T P g^T (I - P A) */
void op_pinv_backward(Rule *rule) {
  Tensor *a = rule->x[0], *p = rule->r, *p_turned = matrix_turned(rule, p), *g_turned = matrix_turned(rule, rule->g);
  Tensor *direct = matrix_three(rule, p_turned, rule->g, p_turned);
  Tensor *right = matrix_three(rule, g_turned, p, p_turned), *left = matrix_three(rule, p_turned, p, g_turned);
  Tensor *right_inside = matrix_times(rule, a, matrix_times(rule, p, right));
  Tensor *left_inside = matrix_times(rule, matrix_times(rule, left, p), a);
  Tensor *outside = rule_add(rule, rule_subtract(rule, right, right_inside), rule_subtract(rule, left, left_inside));
  rule->gradients[0] = rule_subtract(rule, outside, direct);
}

/* ---- solve: db = A^-T g, dA = -db x^T */
void op_linalg_solve_backward(Rule *rule) {
  Tensor *a = rule->x[0], *x = rule->r, *g = rule->g;
  bool vector = solve_reads_vectors(rule->x[0], rule->x[1]);
  if (vector) g = rule_expand(rule, g, 1), x = rule_expand(rule, x, 1);
  Tensor *db = matrix_solve(rule, matrix_turned(rule, a), g);
  if (rule->needs[0])
    rule->gradients[0] = rule_op1(rule, OP_negative, matrix_times(rule, db, matrix_turned(rule, x)), NULL);
  if (rule->needs[1]) rule->gradients[1] = vector ? rule_drop_last(rule, db, 1) : db;
}

/* ---- determinants */
static Tensor *trace_of(Rule *rule, Tensor *x, Tensor *identity) {
  return x ? rule_sum(rule, rule_multiply(rule, x, identity), UINT32_C(3) << (tensor_ndim(x) - 2), true) : NULL;
}

/* x - I tr(x) / k */
static Tensor *less_trace(Rule *rule, Tensor *x, Tensor *identity, int64_t k) {
  Tensor *share = rule_scale(rule, trace_of(rule, x, identity), 1 / (double)k);
  return rule_subtract(rule, x, rule_multiply(rule, identity, share));
}

/* How the cofactors of `a` change along h.  These are a polynomial of `a` (Faddeev and LeVerrier): the transpose of
   +- M_n, where M_1 = I and M_(k+1) = A M_k - I tr(A M_k) / k.  That has derivatives of every order for singular
   matrices, too, but is inaccurate for large ones. */
static Tensor *cofactors_along(Rule *rule, Tensor *a, Tensor *h) {
  int64_t n = matrix_width(a);
  Tensor *identity = matrix_identity(rule, a, n), *m = rule_broadcast(rule, identity, a->layout);
  Tensor *slope = rule_zeros(rule, (DType)a->dtype, a->layout);
  for (int64_t k = 1; m && slope && k < n; k++) {
    Tensor *change = rule_add(rule, matrix_times(rule, h, m), matrix_times(rule, a, slope));
    slope = less_trace(rule, change, identity, k);
    m = less_trace(rule, matrix_times(rule, a, m), identity, k);
  }
  return rule_scale(rule, matrix_turned(rule, slope), n % 2 ? 1 : -1);
}

/* The products of all singular values but those of row and column, and 0 on the diagonal.  Values that are 0 are left
   out of the product of all, and counted. */
static Tensor *products_of_others(Rule *rule, Tensor *s, Tensor *identity) {
  uint32_t last = UINT32_C(1) << (tensor_ndim(s) - 1);
  Tensor *one = rule_number(rule, 1), *none = rule_number(rule, 0), *zero = rule_op2(rule, OP_equal, s, none, NULL);
  Tensor *safe = rule_where(rule, zero, one, s), *zeros = rule_as_float(rule, zero);
  Tensor *pairs = rule_multiply(rule, matrix_turned(rule, safe), safe);
  Tensor *products = rule_divide(rule, rule_reduce(rule, OP_prod, safe, last, true), pairs);
  Tensor *left = rule_subtract(rule, rule_sum(rule, zeros, last, true),
                               rule_add(rule, matrix_turned(rule, zeros), zeros));
  Tensor *lost = rule_op2(rule, OP_logical_or, rule_op2(rule, OP_greater, left, none, NULL), identity, NULL);
  return rule_where(rule, lost, none, products);
}

/* The same as plain numbers, accurate for all sizes: from A = U diag(s) V^T and K = U^T H V, whose part in row i and
   column j changes the cofactors of diag(s) by the product of the other values. */
static Tensor *cofactors_along_values(Rule *rule, Tensor *a, Tensor *h) {
  int64_t n = matrix_width(a);
  Tensor *parts = rule_op1(rule, OP_svd_parts, a, NULL), *identity = matrix_identity(rule, a, n);
  Tensor *u = matrix_rows(rule, parts, 0, n), *v = matrix_rows(rule, parts, n + 1, n);
  Tensor *others = products_of_others(rule, matrix_rows(rule, parts, n, 1), identity);
  Tensor *k = matrix_three(rule, matrix_turned(rule, u), h, v);
  Tensor *beside = rule_multiply(rule, others, matrix_turned(rule, k));
  Tensor *own = rule_sum(rule, rule_multiply(rule, k, identity), UINT32_C(1) << (tensor_ndim(a) - 1), true);
  Tensor *diagonal = matrix_times(rule, others, own);
  Tensor *change = rule_subtract(rule, rule_multiply(rule, identity, diagonal), beside);
  Tensor *turn = rule_multiply(rule, rule_op1(rule, OP_det, u, NULL), rule_op1(rule, OP_det, v, NULL));
  return rule_multiply(rule, rule_expand(rule, turn, 2), matrix_three(rule, u, change, matrix_turned(rule, v)));
}

/* Second derivatives of the determinant do not change when they are exchanged. */
void op_cofactor_backward(Rule *rule) {
  enum { POLYNOMIAL_MOST = 12 };
  Tensor *a = rule->x[0];
  bool values = !rule->graph->recording && matrix_width(a) > POLYNOMIAL_MOST && tensor_is_finite(a);
  rule->gradients[0] = (values ? cofactors_along_values : cofactors_along)(rule, a, rule->g);
}

/* g times the cofactors: det(A) A^-T where A has an inverse, which is cheaper to differentiate again. */
void op_det_backward(Rule *rule) {
  Tensor *a = rule->x[0], *g = rule_expand(rule, rule->g, 2), *cofactors;
  if (matrix_width(a) == 0) return;
  if (!rule->graph->recording || stack_is_singular(rule->graph->runtime, a)) {
    cofactors = rule_op1(rule, OP_cofactor, a, NULL);
  } else {
    Tensor *inverse = matrix_turned(rule, rule_op1(rule, OP_inv, a, NULL));
    cofactors = rule_multiply(rule, rule_expand(rule, rule->r, 2), inverse);
  }
  rule->gradients[0] = rule_multiply(rule, g, cofactors);
}

/* The logarithm is the second of the two parts: A^-T; the sign is constant. */
void op_slogdet_parts_backward(Rule *rule) {
  Tensor *g = matrix_columns(rule, rule->g, 1, 1), *inverse = rule_op1(rule, OP_inv, rule->x[0], NULL);
  rule->gradients[0] = rule_multiply(rule, rule_expand(rule, g, 1), matrix_turned(rule, inverse));
}

/* ---- Cholesky: L^-T P L^-1 made symmetric, P = the lower triangle of L^T g with half its diagonal */
void op_cholesky_backward(Rule *rule) {
  Tensor *l = rule->r, *turned = matrix_turned(rule, l);
  Tensor *triangle = matrix_half_triangle(rule, l, matrix_width(l));
  Tensor *p = rule_multiply(rule, matrix_times(rule, turned, rule->g), triangle);
  rule->gradients[0] = matrix_symmetric(rule, matrix_divide(rule, matrix_solve(rule, turned, p), l));
}
