/* SPDX-License-Identifier: MIT */
/* rules_matrix.c: powers and the exponential of square matrices, composed of products and a solution. */
#include <math.h>
#include <string.h>

#include "autodiff/rules_linalg.h"

/* A copy: matrices of a stack that share memory could not be written into. */
static Tensor *identity_like(Rule *rule, const Tensor *x) {
  Tensor *identity = matrix_identity(rule, x, matrix_width(x));
  return rule_op1(rule, OP_copy, rule_broadcast(rule, identity, x->layout), NULL);
}

/* ---- matrix_power(x, n) by repeated squaring */
/* "inv of (2, 2): the matrix is singular" is said of what the user called. */
static void name_power(Error *error) {
  const char *text = buffer_text(&error->message);
  Buffer renamed = {0};
  if (strncmp(text, "inv of ", 7) == 0) buffer_format(&renamed, "matrix_power%s", text + 3);
  if (!renamed.failed && renamed.length) {
    buffer_clear(&error->message);
    buffer_add(&error->message, buffer_text(&renamed), renamed.length);
  }
  buffer_free(&renamed);
}

Tensor *op_matrix_power_compose(Rule *rule) {
  int64_t n = attribute_integer(rule->attributes, 0, 1);
  uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
  if (!rule_check_square(rule, rule->x[0], "matrix_power")) return NULL;
  Tensor *square = n < 0 ? rule_op1(rule, OP_inv, rule->x[0], NULL) : rule->x[0], *product = NULL;
  if (n == 0) return identity_like(rule, rule->x[0]);
  if (!square) name_power(rule->graph->runtime->error);
  for (; square && left; left >>= 1) {
    if (left & 1) product = product ? matrix_times(rule, product, square) : square;
    if (left > 1) square = matrix_times(rule, square, square);
  }
  return square && product == rule->x[0] ? rule_op1(rule, OP_copy, product, NULL) : square ? product : NULL;
}

/* ---- expm: scaling and squaring (Higham 2005).  Approximants of Pade of order m are accurate up to norm limit[m] */
typedef struct Pade { int order; double limit; double coefficients[14]; } Pade;

static const Pade pade[] = {
  {3, 1.495585217958292e-2, {120, 60, 12, 1}},
  {5, 2.539398330063230e-1, {30240, 15120, 3360, 420, 30, 1}},
  {7, 9.504178996162932e-1, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}},
  {9, 2.097847961257068, {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1}},
  {13, 5.371920351148152, {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
                           10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}},
};
enum { PADE_COUNT = sizeof pade / sizeof *pade };

/* The largest sum of sizes in a column; infinity and nan count as 0, because no scaling helps them. */
static double column_norm(const Tensor *x) {
  int64_t n = matrix_width(x), matrices = n ? tensor_size(x) / (n * n) : 0;
  double most = 0;
  for (int64_t at = 0; at < matrices * n; at++) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += fabs(tensor_number_at(x, at / n * n * n + i * n + at % n));
    if (isfinite(sum) && sum > most) most = sum;
  }
  return most;
}

/* c[first] I + c[first + 2] X^2 + ... with the even powers at hand */
static Tensor *even_sum(Rule *rule, Tensor *identity, Tensor *const *powers, const double *c, int first, int last) {
  Tensor *sum = rule_scale(rule, identity, c[first]);
  for (int k = first + 2; k <= last; k += 2)
    sum = rule_add(rule, sum, rule_scale(rule, powers[(k - first) / 2], c[k]));
  return sum;
}

/* Of order 13: the powers above the sixth are products of it. */
static Tensor *long_sum(Rule *rule, Tensor *identity, Tensor *const *powers, const double *c, int first) {
  Tensor *high = rule_scale(rule, powers[1], c[first + 8]);
  high = rule_add(rule, high, rule_scale(rule, powers[2], c[first + 10]));
  high = rule_add(rule, high, rule_scale(rule, powers[3], c[first + 12]));
  return rule_add(rule, matrix_times(rule, powers[3], high), even_sum(rule, identity, powers, c, first, first + 6));
}

/* (V - U)^-1 (V + U): U has the odd powers, V the even ones. */
static Tensor *approximate(Rule *rule, Tensor *x, const Pade *p) {
  Tensor *identity = matrix_identity(rule, x, matrix_width(x)), *powers[5] = {identity, matrix_times(rule, x, x)};
  int most = p->order == 13 ? 3 : (p->order - 1) / 2;
  for (int k = 2; k <= most; k++) powers[k] = matrix_times(rule, powers[k - 1], powers[1]);
  const double *c = p->coefficients;
  bool full = p->order == 13;
  Tensor *odd = full ? long_sum(rule, identity, powers, c, 1) : even_sum(rule, identity, powers, c, 1, p->order);
  Tensor *v = full ? long_sum(rule, identity, powers, c, 0) : even_sum(rule, identity, powers, c, 0, p->order - 1);
  Tensor *u = matrix_times(rule, x, odd);
  return matrix_solve(rule, rule_subtract(rule, v, u), rule_add(rule, v, u));
}

Tensor *op_expm_compose(Rule *rule) {
  Tensor *x = rule_as_float(rule, rule->x[0]);
  int order = 0, doublings = 0;
  if (!x || !rule_check_square(rule, x, "expm")) return NULL;
  if (tensor_size(x) == 0) return rule_op1(rule, OP_copy, x, NULL);
  double norm = column_norm(x);
  while (order < PADE_COUNT - 1 && norm > pade[order].limit) order++;
  if (norm > pade[order].limit) frexp(norm / pade[order].limit, &doublings);
  Tensor *result = approximate(rule, doublings ? rule_scale(rule, x, ldexp(1, -doublings)) : x, &pade[order]);
  for (int i = 0; result && i < doublings; i++) result = matrix_times(rule, result, result);
  return result;
}
