/* SPDX-License-Identifier: MIT */
/* rules_extremum.c: rules of max and min, and of products and running products. */
#include "autodiff/rule.h"
#include "runtime/kernels/create.h"

/* ---- several axes as one last axis */
typedef struct Rows {
  int kept, order[TENSOR_MAX_DIMS];       /* the axes that stay come first */
  int64_t shape[TENSOR_MAX_DIMS];         /* sizes in that order */
  int64_t size;                           /* of the one last axis */
} Rows;

static void rows_of(const Layout *layout, uint32_t axes, Rows *rows) {
  int at = 0;
  rows->size = 1;
  for (int reduced = 0; reduced < 2; reduced++) {
    for (int i = 0; i < layout->ndim; i++) {
      if ((int)(axes >> i & 1) != reduced) continue;
      rows->order[at] = i;
      rows->shape[at++] = layout_shape(layout)[i];
      if (reduced) rows->size *= layout_shape(layout)[i];
    }
    if (!reduced) rows->kept = at;
  }
}

static Tensor *to_rows(Rule *rule, Tensor *x, const Rows *rows) {
  int64_t shape[TENSOR_MAX_DIMS + 1];
  if (!x) return NULL;
  for (int i = 0; i < rows->kept; i++) shape[i] = rows->shape[i];
  shape[rows->kept] = rows->size;
  Tensor *ordered = tensor_ndim(x) > 1 ? rule_transpose(rule, x, rows->order) : x;
  return rule_reshape(rule, ordered, rows->kept + 1, shape);
}

static Tensor *from_rows(Rule *rule, Tensor *x, const Rows *rows, int ndim) {
  int back[TENSOR_MAX_DIMS];
  for (int i = 0; i < ndim; i++) back[rows->order[i]] = i;
  Tensor *ordered = rule_reshape(rule, x, ndim, rows->shape);
  return ndim > 1 ? rule_transpose(rule, ordered, back) : ordered;
}

/* ---- max and min: all to the first occurrence in C order */
static Tensor *first_extreme(Rule *rule, OpId argument, const Rows *rows) {
  Runtime *runtime = rule->graph->runtime;
  Attributes *last = attributes_new(runtime, 2);
  if (!last) return NULL;
  attributes_set_integer(last, 0, -1);
  attributes_set_bool(last, 1, true);
  Tensor *x = to_rows(rule, rule_detach(rule, rule->x[0]), rows);
  Tensor *first = rule_op1(rule, argument, x, last);
  Tensor *numbers = rule_keep(rule, tensor_arange(runtime, DTYPE_INT64, 0, (double)rows->size, 1));
  Tensor *is_first = rule_op2(rule, OP_equal, numbers, first, NULL);
  return from_rows(rule, is_first, rows, tensor_ndim(rule->x[0]));
}

static void extremum_backward(Rule *rule, OpId argument) {
  uint32_t axes;
  Rows rows;
  const Layout *shape = rule->x[0]->layout;
  if (!attribute_axes(rule->graph->runtime, rule->attributes, 0, shape, &axes)) return;
  rows_of(shape, axes, &rows);
  Tensor *g = rule_keep_axes(rule, rule->g, shape, axes, attribute_bool(rule->attributes, 1, false));
  rule->gradients[0] = rule_mask(rule, first_extreme(rule, argument, &rows), g);
}

void op_max_backward(Rule *rule) {
  extremum_backward(rule, OP_argmax);
}

void op_min_backward(Rule *rule) {
  extremum_backward(rule, OP_argmin);
}

/* ---- products.  Nothing is divided by, so zeros need no special case, and the rules differentiate again. */
static Tensor *fill_like(Rule *rule, Tensor *x, int axis, int64_t size, double number) {
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < tensor_ndim(x); i++) shape[i] = i == axis ? size : layout_shape(x->layout)[i];
  return rule_keep(rule, tensor_full(rule->graph->runtime, (DType)x->dtype, tensor_ndim(x), shape, number));
}

static Tensor *running_product(Rule *rule, Tensor *x, int axis) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, axis);
  return rule_op1(rule, OP_cumprod, x, attributes);
}

/* The product of all elements before each one; of none: 1. */
static Tensor *product_before(Rule *rule, Tensor *x, int axis) {
  int64_t size = x ? layout_shape(x->layout)[axis] : 0;
  if (size == 0) return x;
  Tensor *ones = fill_like(rule, x, axis, 1, 1);
  if (size == 1) return ones;
  return running_product(rule, rule_join(rule, ones, rule_slice(rule, x, axis, 0, size - 1), axis), axis);
}

static Tensor *product_after(Rule *rule, Tensor *x, int axis) {
  return rule_flip(rule, product_before(rule, rule_flip(rule, x, axis), axis), axis);
}

/* The product of all others: those before times those after. */
void op_prod_backward(Rule *rule) {
  uint32_t axes;
  Rows rows;
  const Layout *shape = rule->x[0]->layout;
  if (!attribute_axes(rule->graph->runtime, rule->attributes, 0, shape, &axes)) return;
  rows_of(shape, axes, &rows);
  Tensor *x = to_rows(rule, rule->x[0], &rows);
  Tensor *others = rule_multiply(rule, product_before(rule, x, rows.kept), product_after(rule, x, rows.kept));
  others = from_rows(rule, others, &rows, shape->ndim);
  Tensor *g = rule_keep_axes(rule, rule->g, shape, axes, attribute_bool(rule->attributes, 1, false));
  rule->gradients[0] = rule_multiply(rule, g, others);
}

/* ---- scans */
/* x shifted by one towards the beginning, or towards the end, and 0 where nothing comes. */
static Tensor *shift_back(Rule *rule, Tensor *x, int axis) {
  int64_t size = layout_shape(x->layout)[axis];
  return rule_join(rule, rule_slice(rule, x, axis, 1, size - 1), fill_like(rule, x, axis, 1, 0), axis);
}

static Tensor *shift_on(Rule *rule, Tensor *x, int axis) {
  int64_t size = layout_shape(x->layout)[axis];
  return rule_join(rule, fill_like(rule, x, axis, 1, 0), rule_slice(rule, x, axis, 0, size - 1), axis);
}

/* s[i] = g[i] + x[i + 1] s[i + 1]: a recurrence from the end. */
static Tensor *weighted_sums_after(Rule *rule, Tensor *g, Tensor *x, int axis) {
  if (!x || layout_shape(x->layout)[axis] < 2) return g;
  Tensor *factors = rule_flip(rule, shift_back(rule, x, axis), axis);
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, axis);
  return rule_flip(rule, rule_op2(rule, OP_linear_recurrence, rule_flip(rule, g, axis), factors, attributes), axis);
}

void op_linear_recurrence_backward(Rule *rule) {
  int axis = (int)attribute_integer(rule->attributes, 0, 0);
  if (layout_shape(rule->r->layout)[axis] == 0) return;
  Tensor *sums = weighted_sums_after(rule, rule->g, rule->x[1], axis);
  rule->gradients[0] = sums;
  if (rule->needs[1]) rule->gradients[1] = rule_multiply(rule, sums, shift_on(rule, rule->r, axis));
}

/* The axis of a scan; none: x flattened. */
static Tensor *scanned(Rule *rule, int *axis) {
  Tensor *x = rule->x[0];
  int64_t size = tensor_size(x);
  *axis = 0;
  if (attribute_is_none(rule->attributes, 0)) return rule_reshape(rule, x, 1, &size);
  int64_t given = attribute_integer(rule->attributes, 0, 0);
  return axis_normalise(rule->graph->runtime, given, tensor_ndim(x), x->layout, axis) ? x : NULL;
}

void op_cumprod_backward(Rule *rule) {
  int axis;
  Tensor *x = scanned(rule, &axis);
  Tensor *sums = weighted_sums_after(rule, rule->g, x, axis);
  Tensor *gradient = rule_multiply(rule, product_before(rule, x, axis), sums);
  rule->gradients[0] = rule_reshape_like(rule, gradient, rule->x[0]->layout);
}

void op_cumsum_backward(Rule *rule) {
  int axis;
  if (!scanned(rule, &axis)) return;
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (!attributes) return;
  attributes_set_integer(attributes, 0, axis);
  Tensor *sums = rule_op1(rule, OP_cumsum, rule_flip(rule, rule->g, axis), attributes);
  rule->gradients[0] = rule_reshape_like(rule, rule_flip(rule, sums, axis), rule->x[0]->layout);
}
