/* SPDX-License-Identifier: MIT */
/* rules_join.c: compositions that arrange tensors side by side. */
#include "autodiff/rule.h"
#include "base/memory.h"

Tensor *op_flatten_compose(Rule *rule) {
  int64_t size = tensor_size(rule->x[0]);
  return rule_reshape(rule, rule->x[0], 1, &size);
}

/* Each operand brought into a shape that can be joined. */
typedef Tensor *(*Arrange)(Rule *rule, Tensor *x);

static Tensor *with_shape(Rule *rule, Tensor *x, int ndim, int64_t a, int64_t b, int64_t c) {
  const int64_t shape[] = {a, b, c};
  return rule_reshape(rule, x, ndim, shape);
}

static int64_t axis_size(const Tensor *x, int axis) {
  return layout_shape(x->layout)[axis];
}

static Tensor *at_least_vector(Rule *rule, Tensor *x) {
  return tensor_ndim(x) > 0 ? x : with_shape(rule, x, 1, 1, 0, 0);
}

static Tensor *as_row(Rule *rule, Tensor *x) {
  return tensor_ndim(x) > 1 ? x : with_shape(rule, x, 2, 1, tensor_size(x), 0);
}

static Tensor *as_column(Rule *rule, Tensor *x) {
  return tensor_ndim(x) > 1 ? x : with_shape(rule, x, 2, tensor_size(x), 1, 0);
}

static Tensor *as_layer(Rule *rule, Tensor *x) {
  if (tensor_ndim(x) > 2) return x;
  if (tensor_ndim(x) == 2) return with_shape(rule, x, 3, axis_size(x, 0), axis_size(x, 1), 1);
  return with_shape(rule, x, 3, 1, tensor_size(x), 1);
}

static bool check_any(Rule *rule) {
  if (rule->count > 0) return true;
  runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, -1, "%s needs at least one tensor", op_table[rule->op].name);
  return false;
}

static Tensor *join(Rule *rule, Arrange arrange, int64_t axis) {
  if (!check_any(rule)) return NULL;
  size_t bytes = (size_t)rule->count * sizeof(Tensor *);
  Tensor **arranged = memory_allocate(bytes);
  if (!arranged) return runtime_out_of_memory(rule->graph->runtime);
  Tensor *result = NULL;
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (attributes) {
    attributes_set_integer(attributes, 0, axis);
    for (int i = 0; i < rule->count; i++) arranged[i] = arrange(rule, rule->x[i]);
    result = rule_op(rule, OP_concatenate, rule->count, arranged, attributes);
  }
  memory_release(arranged, bytes);
  return result;
}

Tensor *op_vstack_compose(Rule *rule) {
  return join(rule, as_row, 0);
}

Tensor *op_hstack_compose(Rule *rule) {
  return join(rule, at_least_vector, rule->count > 0 && tensor_ndim(rule->x[0]) > 1 ? 1 : 0);
}

Tensor *op_dstack_compose(Rule *rule) {
  return join(rule, as_layer, 2);
}

Tensor *op_column_stack_compose(Rule *rule) {
  return join(rule, as_column, 1);
}

/* ---- stack */
static bool check_equal_shapes(Rule *rule) {
  ShapeText first, other;
  for (int i = 1; i < rule->count; i++) {
    if (layout_same_shape(rule->x[0]->layout, rule->x[i]->layout)) continue;
    runtime_fail(rule->graph->runtime, ERROR_SHAPE, -1,
                 "cannot stack shapes %s and %s: element 0 and element %d differ",
                 layout_text(&first, rule->x[0]->layout), layout_text(&other, rule->x[i]->layout), i);
    return false;
  }
  return true;
}

static Tensor *with_new_axis(Rule *rule, Tensor *x) {
  int64_t shape[TENSOR_MAX_DIMS + 1];
  int axis, ndim = tensor_ndim(x) + 1;
  int64_t given = attribute_integer(rule->attributes, 0, 0);
  if (!axis_normalise(rule->graph->runtime, given, ndim, x->layout, &axis)) return NULL;
  for (int i = 0; i < ndim; i++) shape[i] = i == axis ? 1 : axis_size(x, i < axis ? i : i - 1);
  return rule_reshape(rule, x, ndim, shape);
}

Tensor *op_stack_compose(Rule *rule) {
  if (!check_any(rule) || !check_equal_shapes(rule)) return NULL;
  return join(rule, with_new_axis, attribute_integer(rule->attributes, 0, 0));
}
