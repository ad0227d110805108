/* SPDX-License-Identifier: MIT */
/* rules_spectral.c: rules of QR, singular values, least squares and eigenvalues.

   Vectors of equal values can be chosen in many ways and have no derivative: nan where one is asked for, that is
   where they have a gradient.  Derivatives of values are exact. */
#include <float.h>
#include <math.h>

#include "autodiff/rules_linalg.h"

/* ---- quotients by differences of values */
/* Whether |x| is rounding error beside `most`, both tensors; a constant. */
static Tensor *is_rounding(Rule *rule, Tensor *x, Tensor *most, int64_t n) {
  if (!x) return NULL;
  double unit = x->dtype == DTYPE_FLOAT32 ? (double)FLT_EPSILON : DBL_EPSILON;
  Tensor *size = rule_op1(rule, OP_absolute, rule_detach(rule, x), NULL);
  Tensor *limit = rule_scale(rule, rule_detach(rule, most), 4 * (double)n * unit);
  return rule_op2(rule, OP_less_equal, size, limit, NULL);
}

/* x / y; where y counts as 0: nan if it is asked for, else 0.  That x is 0, too, says nothing: sums cancel. */
static Tensor *quotient(Rule *rule, Tensor *x, Tensor *y, Tensor *vanishes, Tensor *asked) {
  Tensor *safe = rule_op3(rule, OP_where, vanishes, rule_number(rule, 1), y, NULL);
  Tensor *instead = rule_op3(rule, OP_where, asked, rule_number(rule, NAN), rule_number(rule, 0), NULL);
  return rule_op3(rule, OP_where, vanishes, instead, rule_op2(rule, OP_divide, x, safe, NULL), NULL);
}

/* Which columns have a gradient, as a row. */
static Tensor *asked_columns(Rule *rule, Tensor *g) {
  return g ? rule_reduce(rule, OP_any, g, UINT32_C(1) << (tensor_ndim(g) - 2), true) : NULL;
}

/* The same for pairs of different columns: that one of the two has a gradient. */
static Tensor *asked_pairs(Rule *rule, Tensor *g) {
  Tensor *row = asked_columns(rule, g);
  Tensor *either = rule_op2(rule, OP_logical_or, row, matrix_turned(rule, row), NULL);
  Tensor *same = matrix_identity(rule, g, matrix_width(g));
  return rule_op2(rule, OP_logical_and, either, rule_op1(rule, OP_logical_not, same, NULL), NULL);
}

/* Of a row of values: element (i, j) is value j - value i. */
static Tensor *differences(Rule *rule, Tensor *row) {
  return rule_subtract(rule, row, matrix_turned(rule, row));
}

static Tensor *largest(Rule *rule, Tensor *row) {
  Tensor *sizes = rule_op1(rule, OP_absolute, row, NULL);
  return sizes ? rule_reduce(rule, OP_max, sizes, UINT32_C(1) << (tensor_ndim(sizes) - 1), true) : NULL;
}

static Tensor *diagonal_of(Rule *rule, Tensor *row) {
  return row ? rule_multiply(rule, row, matrix_identity(rule, row, matrix_width(row))) : NULL;
}

/* V diag(row) V'^T */
static Tensor *weighted(Rule *rule, Tensor *left, Tensor *row, Tensor *right) {
  return matrix_times(rule, rule_multiply(rule, left, row), matrix_turned(rule, right));
}

/* ---- QR: A-bar = (Q-bar + Q sym(M)) R^-T, M = R R-bar^T - Q-bar^T Q, sym mirrors the lower triangle */
static Tensor *qr_square(Rule *rule, Tensor *q, Tensor *r, Tensor *gq, Tensor *gr) {
  Tensor *m = rule_subtract(rule, matrix_times(rule, r, matrix_turned(rule, gr)),
                            matrix_times(rule, matrix_turned(rule, gq), q));
  Tensor *lower = rule_multiply(rule, m, matrix_half_triangle(rule, q, matrix_width(q)));
  Tensor *mirrored = rule_add(rule, lower, matrix_turned(rule, lower));
  return matrix_divide(rule, rule_add(rule, gq, matrix_times(rule, q, mirrored)), matrix_turned(rule, r));
}

/* A wide matrix is (A1, A2) with A1 = Q R1 and R2 = Q^T A2. */
static Tensor *qr_wide(Rule *rule, int64_t m, int64_t n) {
  Tensor *q = matrix_columns(rule, rule->r, 0, m), *gq = matrix_columns(rule, rule->g, 0, m);
  Tensor *r1 = matrix_columns(rule, rule->r, m, m), *gr1 = matrix_columns(rule, rule->g, m, m);
  Tensor *gr2 = matrix_columns(rule, rule->g, 2 * m, n - m), *a2 = matrix_columns(rule, rule->x[0], m, n - m);
  Tensor *gq_all = rule_add(rule, gq, matrix_times(rule, a2, matrix_turned(rule, gr2)));
  Tensor *first = qr_square(rule, q, r1, gq_all, gr1), *second = matrix_times(rule, q, gr2);
  return first ? rule_join(rule, first, second, tensor_ndim(first) - 1) : NULL;
}

void op_qr_parts_backward(Rule *rule) {
  int64_t m = matrix_height(rule->x[0]), n = matrix_width(rule->x[0]);
  if (m == 0 || n == 0) return;
  if (m < n) {
    rule->gradients[0] = qr_wide(rule, m, n);
    return;
  }
  Tensor *q = matrix_rows(rule, rule->r, 0, m), *r = matrix_rows(rule, rule->r, m, n);
  rule->gradients[0] = qr_square(rule, q, r, matrix_rows(rule, rule->g, 0, m), matrix_rows(rule, rule->g, m, n));
}

/* ---- the rest of a basis: the last columns of Q in the factors of (x, E), E the unit vectors it is made of */
void op_complement_backward(Rule *rule) {
  Tensor *x = rule->x[0], *units = rule_op1(rule, OP_complement_units, x, NULL);
  if (!units) return;
  int last = tensor_ndim(x) - 1;
  Tensor *q = rule_join(rule, x, rule->r, last), *whole = rule_join(rule, x, units, last);
  Tensor *r = matrix_times(rule, matrix_turned(rule, q), whole);
  Tensor *gq = rule_join(rule, rule_zeros(rule, (DType)x->dtype, x->layout), rule->g, last);
  Tensor *gr = r ? rule_zeros(rule, (DType)r->dtype, r->layout) : NULL;
  rule->gradients[0] = matrix_columns(rule, qr_square(rule, q, r, gq, gr), 0, matrix_width(x));
}

/* ---- singular values */
typedef struct Singular { Tensor *u, *s, *v; int64_t m, n, k; } Singular;

static Singular singular_parts(Rule *rule, Tensor *parts, const Tensor *a) {
  Singular f = {.m = matrix_height(a), .n = matrix_width(a)};
  f.k = f.m < f.n ? f.m : f.n;
  f.u = matrix_rows(rule, parts, 0, f.m);
  f.s = matrix_rows(rule, parts, f.m, 1);
  f.v = matrix_rows(rule, parts, f.m + 1, f.n);
  return f;
}

/* A value that is exactly 0 has a kink like that of |x|: 0 by convention. */
static Tensor *without_zeros(Rule *rule, Tensor *gs, Tensor *s) {
  return rule_multiply(rule, gs, rule_op1(rule, OP_sign, rule_detach(rule, s), NULL));
}

/* From that of the values, a row. */
static Tensor *gradient_of_values(Rule *rule, Tensor *a, Tensor *gs) {
  Singular f = singular_parts(rule, rule_op1(rule, OP_svd_parts, a, NULL), a);
  return weighted(rule, f.u, without_zeros(rule, gs, f.s), f.v);
}

void op_svdvals_backward(Rule *rule) {
  if (tensor_size(rule->g) > 0)
    rule->gradients[0] = gradient_of_values(rule, rule->x[0], rule_as_row(rule, rule->g));
}

/* X^T g - g^T X: how vectors turn among themselves. */
static Tensor *turning(Rule *rule, Tensor *x, Tensor *g) {
  Tensor *product = matrix_times(rule, matrix_turned(rule, x), g);
  return rule_subtract(rule, product, matrix_turned(rule, product));
}

/* (I - X X^T) g / s: how vectors turn out of their space. */
static Tensor *leaving(Rule *rule, Tensor *x, Tensor *g, Tensor *s, Tensor *vanishes) {
  Tensor *inside = matrix_times(rule, x, matrix_times(rule, matrix_turned(rule, x), g));
  return quotient(rule, rule_subtract(rule, g, inside), s, vanishes, asked_columns(rule, g));
}

/* A-bar = U [(F o K_U) S + S (F o K_V) + S-bar] V^T + leaving(U) V^T + U leaving(V)^T,  F_ij = 1 / (s_j^2 - s_i^2),
   K_U = U^T U-bar - U-bar^T U, K_V likewise */
void op_svd_parts_backward(Rule *rule) {
  Singular f = singular_parts(rule, rule->r, rule->x[0]), g = singular_parts(rule, rule->g, rule->x[0]);
  if (f.k == 0) return;
  int64_t size = f.m > f.n ? f.m : f.n;
  Tensor *column = matrix_turned(rule, f.s), *most = largest(rule, f.s), *gap = differences(rule, f.s);
  Tensor *equal = is_rounding(rule, gap, most, size);
  Tensor *squares = rule_multiply(rule, gap, rule_add(rule, f.s, column));
  Tensor *turn_u = quotient(rule, turning(rule, f.u, g.u), squares, equal, asked_pairs(rule, g.u));
  Tensor *turn_v = quotient(rule, turning(rule, f.v, g.v), squares, equal, asked_pairs(rule, g.v));
  Tensor *turned = rule_add(rule, rule_multiply(rule, turn_u, f.s), rule_multiply(rule, column, turn_v));
  Tensor *inner = rule_add(rule, turned, diagonal_of(rule, without_zeros(rule, g.s, f.s)));
  Tensor *v_turned = matrix_turned(rule, f.v), *result = matrix_three(rule, f.u, inner, v_turned);
  Tensor *vanishes = f.m == f.n ? NULL : is_rounding(rule, f.s, most, size);
  if (f.m > f.n)
    result = rule_add(rule, result, matrix_times(rule, leaving(rule, f.u, g.u, f.s, vanishes), v_turned));
  if (f.n > f.m) {
    Tensor *left = matrix_turned(rule, leaving(rule, f.v, g.v, f.s, vanishes));
    result = rule_add(rule, result, matrix_times(rule, f.u, left));
  }
  rule->gradients[0] = result;
}

/* ---- least squares: x = P b with P = A^+, whose differential (see pinv) leaves
   A-bar = (b - A x) (P h)^T + P^T x (x-bar - P A x-bar)^T - h x^T,  h = P^T x-bar = b-bar */
static Tensor *gradient_of_matrix(Rule *rule, Tensor *p, Tensor *x, Tensor *gx, Tensor *h) {
  Tensor *a = rule->x[0], *p_turned = matrix_turned(rule, p);
  Tensor *miss = rule_subtract(rule, rule->x[1], matrix_times(rule, a, x));
  Tensor *outside = rule_subtract(rule, gx, matrix_times(rule, p, matrix_times(rule, a, gx)));
  Tensor *right = matrix_times(rule, miss, matrix_turned(rule, matrix_times(rule, p, h)));
  Tensor *left = matrix_times(rule, matrix_times(rule, p_turned, x), matrix_turned(rule, outside));
  Tensor *direct = matrix_times(rule, h, matrix_turned(rule, x));
  return rule_subtract(rule, rule_add(rule, right, left), direct);
}

/* Nobody has asked for derivatives of a part whose gradient is 0 and stays 0. */
static bool is_asked(Rule *rule, const Tensor *g) {
  bool asked = rule->graph->recording;
  for (int64_t i = 0; g && !asked && i < tensor_size(g); i++) asked = tensor_number_at(g, i) != 0;
  return asked;
}

void op_lstsq_parts_backward(Rule *rule) {
  Tensor *a = rule->x[0];
  int64_t m = matrix_height(a), n = matrix_width(a), k = m < n ? m : n, columns = matrix_width(rule->x[1]);
  Tensor *x = matrix_columns(rule, matrix_rows(rule, rule->r, 0, n), 0, columns);
  Tensor *gx = matrix_columns(rule, matrix_rows(rule, rule->g, 0, n), 0, columns);
  Tensor *gs = matrix_turned(rule, matrix_columns(rule, matrix_rows(rule, rule->g, 0, k), columns, 1));
  Tensor *p = rule_op1(rule, OP_pinv, a, attributes_ref(rule->attributes));
  Tensor *h = matrix_times(rule, matrix_turned(rule, p), gx);
  if (rule->needs[1]) rule->gradients[1] = h;
  if (!rule->needs[0]) return;
  rule->gradients[0] = gradient_of_matrix(rule, p, x, gx, h);
  if (k > 0 && is_asked(rule, gs))
    rule->gradients[0] = rule_add(rule, rule->gradients[0], gradient_of_values(rule, a, gs));
}

/* ---- eigenvalues */
typedef struct Eigen { Tensor *values, *vectors; int64_t n; } Eigen;

static Eigen eigen_parts(Rule *rule, Tensor *parts) {
  Eigen e = {.n = parts ? matrix_width(parts) : 0};
  e.values = matrix_rows(rule, parts, 0, 1);
  e.vectors = matrix_rows(rule, parts, 1, e.n);
  return e;
}

void op_eigvalsh_backward(Rule *rule) {
  Eigen e = eigen_parts(rule, rule_op1(rule, OP_eigh_parts, rule->x[0], attributes_ref(rule->attributes)));
  if (e.n > 0) rule->gradients[0] = weighted(rule, e.vectors, rule_as_row(rule, rule->g), e.vectors);
}

/* A-bar = V [(F o K) + diag(w-bar)] V^T,  F_ij = 1 / (w_j - w_i), K = (V^T V-bar - V-bar^T V) / 2: symmetric, as A */
void op_eigh_parts_backward(Rule *rule) {
  Eigen e = eigen_parts(rule, rule->r), g = eigen_parts(rule, rule->g);
  if (e.n == 0) return;
  Tensor *gap = differences(rule, e.values);
  Tensor *equal = is_rounding(rule, gap, largest(rule, e.values), e.n);
  Tensor *turns = rule_scale(rule, turning(rule, e.vectors, g.vectors), 0.5);
  Tensor *turned = quotient(rule, turns, gap, equal, asked_pairs(rule, g.vectors));
  Tensor *inner = rule_add(rule, turned, diagonal_of(rule, g.values));
  rule->gradients[0] = matrix_three(rule, e.vectors, inner, matrix_turned(rule, e.vectors));
}

/* Whether the vectors of a matrix leave out a direction, so that its values have no derivative; a constant. */
static Tensor *is_defective(Rule *rule, Tensor *vectors) {
  Tensor *sizes = rule_as_row(rule, rule_op1(rule, OP_svdvals, rule_detach(rule, vectors), NULL));
  if (!sizes) return NULL;
  int64_t n = matrix_width(sizes);
  return is_rounding(rule, matrix_columns(rule, sizes, n - 1, 1), matrix_columns(rule, sizes, 0, 1), n);
}

/* V^-T inner V^T */
static Tensor *similar(Rule *rule, Tensor *vectors, Tensor *inner) {
  Tensor *defective = is_defective(rule, vectors), *identity = matrix_identity(rule, vectors, matrix_width(vectors));
  Tensor *turned = matrix_turned(rule, rule_op3(rule, OP_where, defective, identity, vectors, NULL));
  Tensor *result = matrix_solve(rule, turned, matrix_times(rule, inner, turned));
  return rule_op3(rule, OP_where, defective, rule_number(rule, NAN), result, NULL);
}

void op_eigvals_backward(Rule *rule) {
  Eigen e = eigen_parts(rule, rule_op1(rule, OP_eig_parts, rule->x[0], NULL));
  if (e.n > 0) rule->gradients[0] = similar(rule, e.vectors, diagonal_of(rule, rule_as_row(rule, rule->g)));
}

/* A-bar = V^-T [(F o (X - V^T V diag(X))) + diag(w-bar)] V^T,  F_ij = 1 / (w_j - w_i), X = V^T V-bar: vectors keep
   their length 1 */
void op_eig_parts_backward(Rule *rule) {
  Eigen e = eigen_parts(rule, rule->r), g = eigen_parts(rule, rule->g);
  if (e.n == 0) return;
  Tensor *turned = matrix_turned(rule, e.vectors), *x = matrix_times(rule, turned, g.vectors);
  Tensor *identity = matrix_identity(rule, e.vectors, e.n);
  if (!x) return;
  Tensor *lengths = rule_sum(rule, rule_multiply(rule, x, identity), UINT32_C(1) << (tensor_ndim(x) - 2), true);
  Tensor *moved = rule_subtract(rule, x, rule_multiply(rule, matrix_times(rule, turned, e.vectors), lengths));
  Tensor *outside = rule_op3(rule, OP_where, identity, rule_number(rule, 0), moved, NULL);
  Tensor *gap = differences(rule, e.values);
  Tensor *equal = is_rounding(rule, gap, largest(rule, e.values), e.n);
  Tensor *inner = rule_add(rule, quotient(rule, outside, gap, equal, asked_pairs(rule, g.vectors)),
                           diagonal_of(rule, g.values));
  rule->gradients[0] = similar(rule, e.vectors, inner);
}
