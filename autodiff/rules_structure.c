/* SPDX-License-Identifier: MIT */
/* rules_structure.c: rules of views, windows, and operations that move elements about. */
#include "autodiff/rule.h"
#include "runtime/kernels/create.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/window.h"

/* ---- views: every one is a window of the C order of its operand */
typedef struct Window { Layout *layout; int64_t offset; } Window;

static bool find_window(Rule *rule, Layout *base, Window *window) {
  if (rule->op == OP_window) {
    *window = (Window){layout_ref(rule->attributes->layout), rule->attributes->offset};
    return true;
  }
  bool needs_copy = false;
  Operands operands = {.op = rule->op, .count = 1, .tensors = rule->x, .attributes = rule->attributes};
  return op_table[rule->op].view(rule->graph->runtime, &operands, base, &window->layout, &window->offset, &needs_copy);
}

/* The axis of the window that runs along one axis of the base in full, or -1. */
static int find_axis(const Layout *window, int64_t size, int64_t stride) {
  for (int i = 0; i < window->ndim; i++) {
    int64_t step = layout_strides(window)[i];
    if (layout_shape(window)[i] == size && (step == stride || step == -stride)) return i;
  }
  return -1;
}

/* A window that only reorders and reverses axes has an inverse, a window of g.  False: it has none. */
static bool invert_window(const Layout *base, const Window *window, const Layout *g, int64_t *strides,
                          int64_t *offset) {
  int64_t start = 0;
  *offset = 0;
  if (window->layout->size != base->size || base->size == 0) return false;
  for (int i = 0; i < base->ndim; i++) {
    int64_t size = layout_shape(base)[i], stride = layout_strides(base)[i];
    strides[i] = 0;
    if (size == 1) continue;
    int axis = find_axis(window->layout, size, stride);
    if (axis < 0) return false;
    bool reversed = layout_strides(window->layout)[axis] < 0;
    strides[i] = reversed ? -layout_strides(g)[axis] : layout_strides(g)[axis];
    if (reversed) start += (size - 1) * stride;
    if (reversed) *offset += (size - 1) * layout_strides(g)[axis];
  }
  return start == window->offset;
}

static Tensor *scatter_window(Rule *rule, Layout *base, const Window *window) {
  if (window->layout->contiguous && window->layout->size == base->size)
    return rule_reshape_like(rule, rule->g, base);
  int64_t strides[TENSOR_MAX_DIMS], offset;
  Layout *g = layout_new(rule->graph->runtime, tensor_ndim(rule->g), layout_shape(rule->g->layout));
  Tensor *result = NULL;
  if (g && invert_window(base, window, g, strides, &offset)) {
    Layout *inverse = layout_new_strided(rule->graph->runtime, base->ndim, layout_shape(base), strides);
    result = rule_window(rule, rule->g, inverse, offset);
    layout_unref(inverse);
  } else if (g) {
    rule->masks = window->layout->size < base->size;
    if (rule->adds_windows && base->ndim > 0 && !window_overlaps(window->layout)) {
      rule->window = layout_ref(window->layout);
      rule->window_offset = window->offset;
    } else {
      result = rule_window_add(rule, rule->g, base, window->layout, window->offset);
    }
  }
  layout_unref(g);
  return result;
}

/* Where the window repeats the base along an axis, the gradient is that of the first and the sum of all. */
static bool sum_repeated(Rule *rule, Window *window) {
  const Layout *layout = window->layout;
  int64_t shape[TENSOR_MAX_DIMS];
  uint32_t repeated = 0;
  for (int i = 0; i < layout->ndim; i++) {
    bool repeats = layout_strides(layout)[i] == 0 && layout_shape(layout)[i] > 1;
    if (repeats) repeated |= UINT32_C(1) << i;
    shape[i] = repeats ? 1 : layout_shape(layout)[i];
  }
  if (!repeated) return true;
  Layout *once = layout_new_strided(rule->graph->runtime, layout->ndim, shape, layout_strides(layout));
  rule->g = once ? rule_sum(rule, rule->g, repeated, true) : NULL;
  layout_unref(window->layout);
  window->layout = once;
  return rule->g != NULL;
}

void rule_view_backward(Rule *rule) {
  const Layout *shape = rule->x[0]->layout;
  if (rule->op == OP_broadcast_to) {
    rule->gradients[0] = rule->g; /* the driver sums over broadcast axes */
    return;
  }
  Layout *base = layout_new(rule->graph->runtime, shape->ndim, layout_shape(shape));
  Window window;
  if (base && find_window(rule, base, &window)) {
    if (sum_repeated(rule, &window)) rule->gradients[0] = scatter_window(rule, base, &window);
    layout_unref(window.layout);
  }
  layout_unref(base);
}

/* ---- windows */
void op_window_add_backward(Rule *rule) {
  rule->gradients[0] = rule_window(rule, rule->g, rule->attributes->layout, rule->attributes->offset);
}

/* The window first: a write may displace g, whose numbers should not be asked for any more. */
void op_window_put_backward(Rule *rule) {
  rule->masks = true;
  if (rule->needs[1])
    rule->gradients[1] = rule_window(rule, rule->g, rule->attributes->layout, rule->attributes->offset);
  if (rule->needs[0])
    rule->gradients[0] = rule_op2(rule, OP_window_put, rule->g, rule_number(rule, 0), attributes_ref(rule->attributes));
}

/* ---- moving elements */
void op_copy_backward(Rule *rule) {
  rule->gradients[0] = rule->g;
}

/* The driver casts to the operand's type. */
void op_astype_backward(Rule *rule) {
  rule->gradients[0] = rule->g;
}

void op_concatenate_backward(Rule *rule) {
  int axis;
  /* Slices of a repeated gradient would each copy it: once is enough. */
  Tensor *g = rule->g->layout->contiguous ? rule->g : rule_op1(rule, OP_copy, rule->g, NULL);
  if (!g) return;
  const Layout *joined = g->layout;
  int64_t start = 0, given = attribute_integer(rule->attributes, 0, 0);
  if (!axis_normalise(rule->graph->runtime, given, joined->ndim, joined, &axis)) return;
  for (int i = 0; i < rule->count; i++) {
    int64_t size = layout_shape(rule->x[i]->layout)[axis];
    if (rule->needs[i]) rule->gradients[i] = rule_slice(rule, g, axis, start, size);
    start += size;
  }
}

static Tensor *repeat_sources(Rule *rule, int64_t size) {
  Tensor *numbers = rule_keep(rule, tensor_arange(rule->graph->runtime, DTYPE_INT64, 0, (double)size, 1));
  return rule_op2(rule, OP_repeat, numbers, rule->x[1], attributes_new(rule->graph->runtime, 1));
}

/* Every element of the result says from which element along the axis it came; gradients add up there. */
static Tensor *add_up_repeats(Rule *rule, Layout *shape, int axis) {
  int64_t axes[] = {axis};
  Attributes *attributes = gather_attributes(rule->graph->runtime, shape, 1, axes, axis);
  Tensor *sources = attributes ? repeat_sources(rule, layout_shape(shape)[axis]) : NULL;
  return attributes ? rule_op2(rule, OP_gather_add, rule->g, sources, attributes) : NULL;
}

/* All elements equally often: those that belong together get an axis of their own. */
static Tensor *sum_repeats(Rule *rule, const Layout *shape, int axis) {
  int64_t sizes[TENSOR_MAX_DIMS], size = layout_shape(shape)[axis];
  int ndim = shape->ndim + 1;
  for (int i = 0; i < ndim; i++) sizes[i] = layout_shape(shape)[i > axis ? i - 1 : i];
  sizes[axis + 1] = layout_shape(rule->g->layout)[axis] / size;
  return rule_sum(rule, rule_reshape(rule, rule->g, ndim, sizes), UINT32_C(1) << (axis + 1), false);
}

void op_repeat_backward(Rule *rule) {
  Runtime *runtime = rule->graph->runtime;
  Tensor *x = rule->x[0];
  bool flat = repeats_flat(rule->attributes, x);
  int64_t size = tensor_size(x), given = attribute_integer(rule->attributes, 0, 0);
  int axis = 0;
  if (!flat && !axis_normalise(runtime, given, tensor_ndim(x), x->layout, &axis)) return;
  Layout *shape = flat ? layout_new(runtime, 1, &size) : layout_ref(x->layout);
  if (!shape) return;
  bool equally = tensor_size(rule->x[1]) == 1 && size > 0 && shape->ndim < TENSOR_MAX_DIMS;
  rule->gradients[0] = equally ? sum_repeats(rule, shape, axis) : add_up_repeats(rule, shape, axis);
  if (flat) rule->gradients[0] = rule_reshape_like(rule, rule->gradients[0], x->layout);
  layout_unref(shape);
}

static bool copy_axes(Rule *rule, Attributes *to, int index) {
  if (attribute_is_none(rule->attributes, index)) return true;
  const Parameter *from = &rule->attributes->values[index];
  if (from->kind == PARAMETER_INTEGERS)
    return attributes_set_integers(rule->graph->runtime, to, index, from->count, from->integers);
  attributes_set_integer(to, index, from->integer);
  return true;
}

/* Shifts as far back. */
void op_roll_backward(Rule *rule) {
  Attributes *back = attributes_new(rule->graph->runtime, 2);
  if (!back) return;
  if (!copy_axes(rule, back, 0) || !copy_axes(rule, back, 1)) {
    attributes_unref(back);
    return;
  }
  Parameter *shift = &back->values[0];
  if (shift->kind == PARAMETER_INTEGER) shift->integer = -shift->integer;
  for (int i = 0; shift->kind == PARAMETER_INTEGERS && i < shift->count; i++) shift->integers[i] = -shift->integers[i];
  rule->gradients[0] = rule_op1(rule, OP_roll, rule->g, back);
}
