/* SPDX-License-Identifier: MIT */
/* rule.c: the frame of a rule and the constructors that fill it. */
#include "autodiff/rule.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/fuse/fuse.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/window.h"

/* ---- the frame */
void rule_start(Rule *rule, Graph *graph) {
  memset(rule, 0, offsetof(Rule, few));
  rule->graph = graph;
  rule->frame.items = rule->few;
  rule->frame.capacity = RULE_FEW;
}

void rule_finish(Rule *rule) {
  for (int i = 0; i < rule->frame.count; i++) tensor_unref(rule->frame.items[i]);
  if (rule->frame.items != rule->few)
    memory_release(rule->frame.items, (size_t)rule->frame.capacity * sizeof *rule->frame.items);
  rule->frame.count = 0;
}

static bool grow_frame(Rule *rule) {
  size_t bytes = (size_t)rule->frame.capacity * sizeof(Tensor *);
  Tensor **grown = memory_allocate(2 * bytes);
  if (!grown) return runtime_out_of_memory(rule->graph->runtime), false;
  memcpy(grown, rule->frame.items, bytes);
  if (rule->frame.items != rule->few) memory_release(rule->frame.items, bytes);
  rule->frame.items = grown;
  rule->frame.capacity *= 2;
  return true;
}

Tensor *rule_keep(Rule *rule, Tensor *owned) {
  if (!owned) return NULL;
  if (rule->frame.count == rule->frame.capacity && !grow_frame(rule)) {
    tensor_unref(owned);
    return NULL;
  }
  return rule->frame.items[rule->frame.count++] = owned;
}

/* ---- operations */
static bool any_missing(int count, Tensor *const *tensors) {
  for (int i = 0; i < count; i++) {
    if (!tensors[i]) return true;
  }
  return false;
}

/* The operand of the rule that a step's operand is or, if there can be no other, was made of; -1: cannot be told. */
static int origin(const Rule *rule, int count, Tensor *const *tensors, int index) {
  for (int k = 0; k < rule->count; k++)
    if (tensors[index] == rule->x[k]) return k;
  return rule->count == 1 ? 0 : count == rule->count ? index : -1;
}

/* What a step says about its operands is said about those of the rule; one without operands is just a frame. */
static void explain_failure(const Rule *rule, int count, Tensor *const *tensors) {
  if (rule->count == 0) return;
  int operands[8], known = count < 8 ? count : 8;
  for (int i = 0; i < known; i++) operands[i] = origin(rule, count, tensors, i);
  error_map_operands(rule->graph->runtime->error, known, operands);
}

Tensor *rule_op(Rule *rule, OpId op, int count, Tensor *const *tensors, Attributes *attributes_taken) {
  bool missing = any_missing(count, tensors);
  Tensor *result = missing ? NULL : op_apply(rule->graph, op, count, tensors, attributes_taken);
  if (!result && !missing) explain_failure(rule, count, tensors);
  attributes_unref(attributes_taken);
  return rule_keep(rule, result);
}

/* What was computed beside the rule's own result, if that is it. */
static Tensor *known(const Rule *rule, OpId op, const Tensor *x) {
  if (!rule->attributes || !rule->attributes->beside || rule->graph->recording) return NULL;
  return x == rule->x[0] && op == elementwise_companion(rule->op) ? rule->attributes->beside : NULL;
}

Tensor *rule_op1(Rule *rule, OpId op, Tensor *x, Attributes *attributes_taken) {
  Tensor *beside = known(rule, op, x);
  if (beside) return rule_keep(rule, tensor_ref(beside));
  return rule_op(rule, op, 1, &x, attributes_taken);
}

Tensor *rule_cast(Rule *rule, Tensor *x, DType dtype) {
  if (!x || x->dtype == dtype) return x;
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_dtype(attributes, 0, dtype);
  return rule_op1(rule, OP_astype, x, attributes);
}

Tensor *rule_op2(Rule *rule, OpId op, Tensor *x, Tensor *y, Attributes *attributes_taken) {
  Tensor *tensors[2] = {x, y};
  return rule_op(rule, op, 2, tensors, attributes_taken);
}

Tensor *rule_op3(Rule *rule, OpId op, Tensor *x, Tensor *y, Tensor *z, Attributes *attributes_taken) {
  Tensor *tensors[3] = {x, y, z};
  return rule_op(rule, op, 3, tensors, attributes_taken);
}

/* Attributes with one axis-like parameter each; NULL, with the error recorded, makes the operation fail too. */
static Tensor *op_with(Rule *rule, OpId op, Tensor *x, Attributes *attributes) {
  return attributes ? rule_op1(rule, op, x, attributes) : NULL;
}

Tensor *rule_number(Rule *rule, double number) {
  return rule_keep(rule, tensor_new_number(rule->graph->runtime, DTYPE_FLOAT64, number));
}

Tensor *rule_detach(Rule *rule, Tensor *x) {
  bool plain = !x || !tensor_is_tracked(x);
  return plain ? x : rule_keep(rule, tensor_plain(rule->graph->runtime, x));
}

Tensor *rule_zeros(Rule *rule, DType dtype, const Layout *shape) {
  Layout *layout = layout_new(rule->graph->runtime, shape->ndim, layout_shape(shape));
  Tensor *number = layout ? tensor_new_number(rule->graph->runtime, dtype, 0) : NULL;
  Tensor *zeros = number ? tensor_broadcast_to(rule->graph->runtime, number, layout) : NULL;
  tensor_unref(number);
  layout_unref(layout);
  return rule_keep(rule, zeros);
}

bool rule_is_number(const Tensor *tensor) {
  return (tensor->flags & (TENSOR_INLINE | TENSOR_TRACKED)) == TENSOR_INLINE;
}

bool rule_is_false(const Tensor *condition) {
  return condition && rule_is_number(condition) && tensor_number_at(condition, 0) == 0;
}

Tensor *rule_where(Rule *rule, Tensor *condition, Tensor *x, Tensor *y) {
  if (!condition || !x || !y) return NULL;
  if (rule_is_number(condition)) return tensor_number_at(condition, 0) != 0 ? x : y;
  return rule_op3(rule, OP_where, condition, x, y, NULL);
}

/* A single 1 that stands for every element: the gradient that a sum passes on. */
static bool is_all_ones(const Tensor *tensor) {
  if (!tensor_is_float(tensor) || tensor->flags & TENSOR_TRACKED || tensor_size(tensor) == 0) return false;
  for (int axis = 0; axis < tensor_ndim(tensor); axis++)
    if (layout_strides(tensor->layout)[axis] != 0) return false;
  return !tensor_is_pending(tensor) && tensor_number_at(tensor, 0) == 1;
}

static bool is_like(const Tensor *x, const Tensor *y) {
  return x->dtype == y->dtype && layout_same_shape(x->layout, y->layout);
}

/* Made by this rule, not something that others hold too. */
static bool is_own(const Rule *rule, const Tensor *tensor) {
  for (int i = 0; i < rule->count; i++)
    if (tensor == rule->x[i]) return false;
  return tensor != rule->r && tensor != rule->g;
}

bool rule_is_masked(const Tensor *x) {
  const Node *node = node_of(x);
  if (node && x->op == OP_negative) x = node->inputs[0];
  return node && x && x->op != OP_none && rule_table[x->op].keeps_zero;
}

static bool carries_mask(const Rule *rule, const Tensor *x) {
  return rule->masked && x && (x == rule->g || rule_is_masked(x));
}

Tensor *rule_multiply(Rule *rule, Tensor *x, Tensor *y) {
  if (x && y && is_like(x, y) && is_own(rule, y) && is_all_ones(x)) return y;
  return rule_op2(rule, carries_mask(rule, x) ? OP_masked_multiply : OP_multiply, x, y, NULL);
}

Tensor *rule_divide(Rule *rule, Tensor *x, Tensor *y) {
  return rule_op2(rule, carries_mask(rule, x) ? OP_masked_divide : OP_divide, x, y, NULL);
}

Tensor *rule_blanked(Rule *rule, Tensor *x, Tensor *y) {
  bool needless = y && rule_is_number(y) && tensor_number_at(y, 0) != 0;
  return needless ? x : rule_op2(rule, OP_blanked, x, y, NULL);
}

/* x to the power y - 1; where y is a constant whose difference is exact, by `power`.  The power 1, which the derivative
   of a square meets, is x. */
Tensor *rule_power_below(Rule *rule, Tensor *x, Tensor *y) {
  if (!x || !y) return NULL;
  if (!rule_is_number(y)) return rule_op2(rule, OP_power_below, x, y, NULL);
  double number = tensor_number_at(y, 0), exponent = number - 1, back = exponent - number;
  if (exponent == 1 && tensor_is_float(x)) return x;
  bool exact = number - (exponent - back) == 1 + back;
  return rule_op2(rule, exact ? OP_power : OP_power_below, x, exact ? rule_number(rule, exponent) : y, NULL);
}

Tensor *rule_mask(Rule *rule, Tensor *condition, Tensor *x) {
  rule->masks = true;
  return rule_where(rule, condition, x, rule_number(rule, 0));
}

/* ---- shapes */
static Attributes *integers_attribute(Rule *rule, int count, const int64_t *values, int parameters) {
  Attributes *attributes = attributes_new(rule->graph->runtime, parameters);
  if (!attributes || attributes_set_integers(rule->graph->runtime, attributes, 0, count, values)) return attributes;
  attributes_unref(attributes);
  return NULL;
}

Tensor *rule_reshape(Rule *rule, Tensor *x, int ndim, const int64_t *shape) {
  return x ? op_with(rule, OP_reshape, x, integers_attribute(rule, ndim, shape, 1)) : NULL;
}

Tensor *rule_reshape_like(Rule *rule, Tensor *x, const Layout *shape) {
  if (!x || layout_same_shape(x->layout, shape)) return x;
  return rule_reshape(rule, x, shape->ndim, layout_shape(shape));
}

Tensor *rule_broadcast(Rule *rule, Tensor *x, const Layout *shape) {
  if (!x || layout_same_shape(x->layout, shape)) return x;
  bool recorded = rule->graph->recording && tensor_is_tracked(x);
  if (!recorded) return rule_keep(rule, tensor_broadcast_to(rule->graph->runtime, x, (Layout *)(uintptr_t)shape));
  return op_with(rule, OP_broadcast_to, x, integers_attribute(rule, shape->ndim, layout_shape(shape), 1));
}

Tensor *rule_transpose(Rule *rule, Tensor *x, const int *order) {
  int64_t axes[TENSOR_MAX_DIMS];
  if (!x) return NULL;
  for (int i = 0; i < tensor_ndim(x); i++) axes[i] = order[i];
  return op_with(rule, OP_transpose, x, integers_attribute(rule, tensor_ndim(x), axes, 1));
}

Tensor *rule_swap_last(Rule *rule, Tensor *x) {
  Attributes *attributes = x ? attributes_new(rule->graph->runtime, 2) : NULL;
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, -2);
  attributes_set_integer(attributes, 1, -1);
  return rule_op1(rule, OP_swapaxes, x, attributes);
}

static int axes_of_mask(uint32_t mask, int64_t *axes) {
  int count = 0;
  for (int i = 0; i < TENSOR_MAX_DIMS; i++) {
    if (mask >> i & 1) axes[count++] = i;
  }
  return count;
}

Tensor *rule_reduce(Rule *rule, OpId op, Tensor *x, uint32_t axes, bool keepdims) {
  int64_t list[TENSOR_MAX_DIMS];
  int count = axes_of_mask(axes, list);
  if (!x || count == 0) return x;
  Attributes *attributes = integers_attribute(rule, count, list, 2);
  if (attributes) attributes_set_bool(attributes, 1, keepdims);
  return op_with(rule, op, x, attributes);
}

Tensor *rule_sum(Rule *rule, Tensor *x, uint32_t axes, bool keepdims) {
  return rule_reduce(rule, OP_sum, x, axes, keepdims);
}

Tensor *rule_flip(Rule *rule, Tensor *x, int axis) {
  const int64_t axes[] = {axis};
  return x ? op_with(rule, OP_flip, x, integers_attribute(rule, 1, axes, 1)) : NULL;
}

Tensor *rule_join(Rule *rule, Tensor *x, Tensor *y, int axis) {
  Attributes *attributes = x && y ? attributes_new(rule->graph->runtime, 1) : NULL;
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, axis);
  return rule_op2(rule, OP_concatenate, x, y, attributes);
}

/* Axes that the shape lacks or has as 1 are summed; what is left has as many elements as the shape. */
Tensor *rule_sum_to(Rule *rule, Tensor *x, const Layout *shape) {
  if (!x || layout_same_shape(x->layout, shape)) return x;
  int missing = tensor_ndim(x) - shape->ndim;
  uint32_t axes = 0;
  for (int i = 0; i < tensor_ndim(x); i++) {
    bool repeated = i < missing || (layout_shape(shape)[i - missing] == 1 && layout_shape(x->layout)[i] != 1);
    if (repeated) axes |= UINT32_C(1) << i;
  }
  return rule_reshape_like(rule, rule_sum(rule, x, axes, true), shape);
}

Tensor *rule_keep_axes(Rule *rule, Tensor *reduced, const Layout *full, uint32_t axes, bool keepdims) {
  if (!reduced || keepdims) return reduced;
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < full->ndim; i++) shape[i] = axes >> i & 1 ? 1 : layout_shape(full)[i];
  return rule_reshape(rule, reduced, full->ndim, shape);
}

/* ---- windows */
Tensor *rule_window(Rule *rule, Tensor *x, Layout *layout, int64_t offset) {
  if (!x || !layout) return NULL;
  return op_with(rule, OP_window, x, window_attributes(rule->graph->runtime, x->layout, layout, offset));
}

Tensor *rule_slice(Rule *rule, Tensor *x, int axis, int64_t start, int64_t size) {
  int64_t shape[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS], stride = 1;
  if (!x) return NULL;
  for (int i = tensor_ndim(x) - 1; i >= 0; i--) {
    shape[i] = layout_shape(x->layout)[i];
    strides[i] = stride;
    stride *= shape[i];
  }
  shape[axis] = size;
  Layout *layout = layout_new_strided(rule->graph->runtime, tensor_ndim(x), shape, strides);
  Tensor *slice = rule_window(rule, x, layout, start * strides[axis]);
  layout_unref(layout);
  return slice;
}

Tensor *rule_window_add(Rule *rule, Tensor *g, const Layout *base, Layout *layout, int64_t offset) {
  if (!g || !layout) return NULL;
  return op_with(rule, OP_window_add, g, window_attributes(rule->graph->runtime, base, layout, offset));
}
