/* SPDX-License-Identifier: MIT */
/* variable_reshape.c: x.shape = ...: another shape for the same elements, in place. */
#include "autodiff/cell.h"

static Attributes *shape_attributes(Graph *graph, int ndim, const int64_t *shape) {
  Attributes *attributes = attributes_new(graph->runtime, 1);
  if (!attributes || attributes_set_integers(graph->runtime, attributes, 0, ndim, shape)) return attributes;
  attributes_unref(attributes);
  return NULL;
}

/* The layout over the same memory; a view's may have none. */
static bool find_layout(Graph *graph, Variable *target, Attributes *attributes, Layout **layout) {
  int64_t offset;
  bool needs_copy = false;
  Operands operands = {.op = OP_reshape, .count = 1, .tensors = &cell_owner(target)->value, .attributes = attributes};
  *layout = NULL;
  if (!op_table[OP_reshape].view(graph->runtime, &operands, variable_layout(target), layout, &offset, &needs_copy))
    return false;
  if (!needs_copy) return true;
  runtime_fail(graph->runtime, ERROR_SHAPE, 0,
               "cannot give the view " ERROR_OPERAND(0) "another shape in place");
  error_hint(graph->runtime->error, "its elements do not lie one after the other; `reshape(x, shape)` copies them");
  return false;
}

/* A leaf stays the variable's own: gradients of the old one are still its.  Anything else stays connected to the old
   value, whether operations are recorded or not. */
static Tensor *reshaped_value(Graph *graph, Tensor *old, Layout *layout, Attributes *attributes) {
  Tensor *window = tensor_window(graph->runtime, old, layout, 0);
  if (!window || !tensor_is_tracked(old)) return window;
  Node *node = cell_is_free_leaf(old) ? node_new_leaf(graph, window)
                                      : node_new(graph, OP_reshape, window, 1, &old, attributes);
  tensor_unref(window);
  return node ? &node->tensor : NULL;
}

/* A gradient has the shape of its variable. */
static bool reshape_owner(Graph *graph, Variable *owner, Layout *layout, Attributes *attributes) {
  Tensor *gradient = owner->gradient ? op_apply1(graph, OP_reshape, owner->gradient, attributes) : NULL;
  if (owner->gradient && !gradient) return false;
  cell_drop_windows(owner);
  Tensor *value = cell_claim(graph, reshaped_value(graph, owner->value, layout, attributes));
  if (!value) {
    tensor_unref(gradient);
    return false;
  }
  if (cell_is_free_leaf(owner->value)) cell_set_leaf(owner, value);
  else cell_set(owner, value);
  tensor_unref(owner->gradient);
  owner->gradient = gradient;
  return true;
}

static void reshape_view(Variable *view, Layout *layout) {
  cell_drop_windows(view->base);
  layout_unref(view->layout);
  view->layout = layout_ref(layout);
}

bool variable_reshape(Graph *graph, Variable *target, int ndim, const int64_t *shape) {
  Layout *layout = NULL;
  Attributes *attributes = shape_attributes(graph, ndim, shape);
  bool done = attributes && find_layout(graph, target, attributes, &layout);
  if (done && target->base) reshape_view(target, layout);
  else if (done) done = reshape_owner(graph, target, layout, attributes);
  layout_unref(layout);
  attributes_unref(attributes);
  return done;
}

bool variable_check_shape(Graph *graph, Variable *target, int ndim, const int64_t *shape) {
  Layout *layout = NULL;
  Attributes *attributes = shape_attributes(graph, ndim, shape);
  bool fits = attributes && find_layout(graph, target, attributes, &layout);
  layout_unref(layout);
  attributes_unref(attributes);
  return fits;
}
