/* SPDX-License-Identifier: MIT */
/* rules_linear.c: rules of products of matrices and vectors. */
#include <inttypes.h>

#include "autodiff/rule.h"

static Tensor *times(Rule *rule, Tensor *x, Tensor *y) {
  return rule_op2(rule, OP_matmul, x, y, NULL);
}

/* With a new axis of size 1 at `axis`. */
static Tensor *with_axis(Rule *rule, Tensor *x, int axis) {
  int64_t shape[TENSOR_MAX_DIMS + 1];
  if (!x) return NULL;
  for (int i = 0; i <= tensor_ndim(x); i++)
    shape[i] = i == axis ? 1 : layout_shape(x->layout)[i < axis ? i : i - 1];
  return rule_reshape(rule, x, tensor_ndim(x) + 1, shape);
}

static Tensor *without_last(Rule *rule, Tensor *x) {
  return x ? rule_reshape(rule, x, tensor_ndim(x) - 1, layout_shape(x->layout)) : NULL;
}

/* A vector is a row on the left and a column on the right; with that, dx = g y^T and dy = x^T g.  The driver sums over
   broadcast leading axes. */
void op_matmul_backward(Rule *rule) {
  Tensor *x = rule->x[0], *y = rule->x[1], *g = rule->g;
  bool x_vector = tensor_ndim(x) == 1, y_vector = tensor_ndim(y) == 1;
  if (y_vector) g = with_axis(rule, g, tensor_ndim(g));
  if (x_vector) g = g ? with_axis(rule, g, tensor_ndim(g) - 1) : NULL;
  if (rule->needs[0]) {
    Tensor *columns = y_vector ? with_axis(rule, y, 1) : y;
    rule->gradients[0] = times(rule, g, rule_swap_last(rule, columns));
  }
  if (rule->needs[1]) {
    Tensor *rows = x_vector ? with_axis(rule, x, 0) : x;
    Tensor *dy = times(rule, rule_swap_last(rule, rows), g);
    rule->gradients[1] = y_vector ? without_last(rule, dy) : dy;
  }
}

/* ---- dot */
static bool check_inner(Rule *rule, int64_t left, int64_t right) {
  ShapeText x, y;
  if (left == right) return true;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, -1,
               "cannot dot " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1) "%s: inner sizes %" PRId64 " and %" PRId64
               " differ",
               layout_text(&x, rule->x[0]->layout), layout_text(&y, rule->x[1]->layout), left, right);
  return false;
}

/* Every row of x against every column of y: both as matrices, then the axes of both apart again. */
static Tensor *dot_tensors(Rule *rule, Tensor *x, Tensor *y) {
  int order[TENSOR_MAX_DIMS], n = tensor_ndim(x), m = tensor_ndim(y), ndim = 0;
  int64_t inner = layout_shape(x->layout)[n - 1], shape[2 * TENSOR_MAX_DIMS], rows = 1, columns = 1;
  for (int i = 0; i < n - 1; i++) rows *= shape[ndim++] = layout_shape(x->layout)[i];
  order[0] = m - 2;
  for (int i = 0, at = 1; i < m; i++) {
    if (i == m - 2) continue;
    order[at++] = i;
    columns *= shape[ndim++] = layout_shape(y->layout)[i];
  }
  const int64_t left[] = {rows, inner}, right[] = {inner, columns};
  Tensor *x_rows = rule_reshape(rule, x, 2, left);
  Tensor *y_columns = rule_reshape(rule, rule_transpose(rule, y, order), 2, right);
  return rule_reshape(rule, times(rule, x_rows, y_columns), ndim, shape);
}

Tensor *op_dot_compose(Rule *rule) {
  Tensor *x = rule->x[0], *y = rule->x[1];
  int n = tensor_ndim(x), m = tensor_ndim(y);
  if (n == 0 || m == 0) return rule_multiply(rule, x, y);
  int64_t left = layout_shape(x->layout)[n - 1], right = layout_shape(y->layout)[m == 1 ? 0 : m - 2];
  if (!check_inner(rule, left, right)) return NULL;
  return n > 1 && m > 2 ? dot_tensors(rule, x, y) : times(rule, x, y);
}
