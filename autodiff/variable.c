/* SPDX-License-Identifier: MIT */
/* variable.c: cells that own a value, and views of them. */
#include "autodiff/cell.h"
#include "autodiff/stand_in.h"
#include "base/memory.h"
#include "runtime/displaced.h"
#include "runtime/kernels/window.h"

/* ---- values of owners */
/* Values never change, but how they lie in memory may. */
static bool make_contiguous(Graph *graph, Tensor *tensor) {
  Tensor *contiguous = tensor_copy(graph->runtime, tensor);
  if (!contiguous) return false;
  tensor_release_value(tensor);
  tensor_take_value(tensor, contiguous);
  tensor_unref(contiguous);
  return true;
}

/* A second name for a node: a node of its own, so that each name gets its gradient. */
static Tensor *new_alias(Graph *graph, Tensor *tensor) {
  if (!graph->recording) return tensor_plain(graph->runtime, tensor);
  Node *node = node_new(graph, OP_positive, tensor, 1, &tensor, NULL);
  return node ? &node->tensor : NULL;
}

static Tensor *claim_slowly(Graph *graph, Tensor *value_taken) {
  Tensor *value = value_taken;
  bool ready = value->layout->contiguous || make_contiguous(graph, value);
  if (ready && tensor_is_tracked(value) && node_is_held(node_of(value))) {
    value = new_alias(graph, value_taken);
    tensor_unref(value_taken);
    return value;
  }
  if (ready) return value;
  tensor_unref(value);
  return NULL;
}

static inline Tensor *claim(Graph *graph, Tensor *value_taken) {
  if (!value_taken) return NULL;
  bool held = tensor_is_tracked(value_taken) && node_of(value_taken)->holder;
  return value_taken->layout->contiguous && !held ? value_taken : claim_slowly(graph, value_taken);
}

Tensor *cell_claim(Graph *graph, Tensor *value_taken) {
  return claim(graph, value_taken);
}

static void link_window(Variable *view) {
  Variable *base = view->base;
  view->previous_window = NULL;
  view->next_window = base->windows;
  if (base->windows) base->windows->previous_window = view;
  base->windows = view;
}

static void unlink_window(Variable *view) {
  if (view->previous_window) view->previous_window->next_window = view->next_window;
  else view->base->windows = view->next_window;
  if (view->next_window) view->next_window->previous_window = view->previous_window;
}

static inline void let_go(Variable *variable) {
  Node *node = variable->value ? node_of(variable->value) : NULL;
  if (!variable->value) return;
  if (variable->base) unlink_window(variable);
  if (node && node->holder == variable) node_let_go(node);
  tensor_unref(variable->value);
  variable->value = NULL;
}

static void hold(Variable *variable, Tensor *value) {
  Node *node = node_of(value);
  variable->value = value;
  if (node) node->holder = variable;
  if (variable->base) link_window(variable);
}

/* A cell is as constant after a write as before, where it stands for a constant, too; a number computed from another one
   is a new one. */
static void keep_standing(const Variable *owner, const Tensor *value) {
  const Node *old = node_of(owner->value);
  Node *node = node_of(value);
  bool computed = value->op != OP_none && stand_in_is_number(owner);
  if (old && node && !computed) node->stands_in = old->stands_in;
}

static void replace(Variable *owner, Tensor *value) {
  keep_standing(owner, value);
  let_go(owner);
  hold(owner, value);
  owner->version++;
}

void cell_set(Variable *owner, Tensor *value_claimed) {
  node_forget_formers(&owner->former);
  replace(owner, value_claimed);
}

void cell_set_leaf(Variable *owner, Tensor *leaf) {
  Node *former = owner->value->references > 1 ? node_of(owner->value) : NULL;
  replace(owner, leaf);
  if (!former) return;
  former->holder = owner;
  node_add_former(&owner->former, former);
}

void cell_set_copy(Variable *owner, Tensor *copy) {
  tensor_unref(owner->value);
  hold(owner, copy);
  owner->version++;
}

void cell_drop_windows(Variable *owner) {
  while (owner->windows) let_go(owner->windows);
}

/* ---- life */
static Variable *new_variable(Graph *graph) {
  Variable *variable = memory_pool_take(sizeof *variable);
  if (!variable) return runtime_out_of_memory(graph->runtime);
  *variable = (Variable){.object = {.references = 1, .kind = KIND_VARIABLE}};
  return variable;
}

Variable *variable_new_take(Graph *graph, Tensor *value_taken) {
  Tensor *value = claim(graph, value_taken);
  if (!value) return NULL;
  Variable *variable = new_variable(graph);
  if (variable) hold(variable, value);
  else tensor_unref(value);
  return variable;
}

/* What is left of the variable to free: the view it was a part of, if nobody else holds that. */
static Variable *drop_origin(Variable *view) {
  ViewOrigin *origin = view->origin;
  if (!origin) return NULL;
  Variable *whole = origin->whole;
  attributes_unref(origin->attributes);
  memory_put(origin, sizeof *origin);
  return --whole->object.references == 0 ? whole : NULL;
}

void variable_destroy(Variable *variable) {
  while (variable) {
    Variable *whole = NULL;
    let_go(variable);
    if (variable->base) {
      whole = drop_origin(variable);
      layout_unref(variable->layout);
      variable_unref(variable->base);
    } else {
      node_forget_formers(&variable->former);
      tensor_unref(variable->gradient);
    }
    memory_pool_put(variable, sizeof *variable);
    variable = whole;
  }
}

void variable_unref(Variable *variable) {
  if (variable && --variable->object.references == 0) variable_destroy(variable);
}

/* ---- reading */
/* A window of a tracked base is part of the graph even where nothing is recorded: it is a way to look at the base. */
static Tensor *look(Graph *graph, const Variable *view) {
  Tensor *base = view->base->value;
  Tensor *window = displaced_window(graph->runtime, base, view->layout, view->offset);
  if (!window || !tensor_is_tracked(base)) return window;
  Attributes *attributes = window_attributes(graph->runtime, base->layout, view->layout, view->offset);
  Node *node = attributes ? node_new(graph, OP_window, window, 1, &base, attributes) : NULL;
  attributes_unref(attributes);
  tensor_unref(window);
  return node ? &node->tensor : NULL;
}

static void show(Variable *view, Tensor *value) {
  let_go(view);
  hold(view, value);
  view->version = view->base->version;
}

static Tensor *look_through(Graph *graph, Variable *view);

static Tensor *refresh(Graph *graph, Variable *view) {
  bool part = view->origin && tensor_is_tracked(view->base->value);
  Tensor *window = part ? look_through(graph, view) : look(graph, view);
  if (window) show(view, window);
  return window;
}

Tensor *variable_window_value(Graph *graph, Variable *view) {
  bool current = view->value && view->version == view->base->version;
  return current ? view->value : refresh(graph, view);
}

/* ---- views that cannot be written, and their parts */
bool variable_has_own_elements(const Graph *graph, const Variable *variable) {
  bool read_only = variable->base && variable->object.flags & VARIABLE_READ_ONLY;
  return read_only && graph->recording && tensor_is_tracked(variable->base->value);
}

Tensor *variable_part(Graph *graph, Variable *view, Layout *layout, int64_t offset, Attributes *place) {
  Tensor *value = variable_value(graph, view);
  Tensor *window = value ? displaced_window(graph->runtime, value, layout, offset) : NULL;
  Node *node = window ? node_new(graph, OP_window, window, 1, &value, place) : NULL;
  tensor_unref(window);
  return node ? &node->tensor : NULL;
}

static Tensor *made_of(Graph *graph, Variable *view, Variable *whole, OpId op, Attributes *attributes) {
  int64_t offset = view->offset - (whole->base ? whole->offset : 0);
  if (op == OP_window) return variable_part(graph, whole, view->layout, offset, attributes);
  Tensor *value = variable_value(graph, whole);
  return value ? op_apply1(graph, op, value, attributes) : NULL;
}

/* Part of the graph even where nothing is recorded, as what `look` makes is. */
static Tensor *look_through(Graph *graph, Variable *view) {
  const ViewOrigin *origin = view->origin;
  bool recording = graph->recording;
  graph->recording = true;
  Tensor *part = made_of(graph, view, origin->whole, (OpId)origin->op, origin->attributes);
  graph->recording = recording;
  return part;
}

/* Of parts of parts a chain: where it gets too long to be followed, views hang on their base alone. */
static bool set_origin(Graph *graph, Variable *view, Variable *whole, OpId op, Attributes *attributes) {
  enum { DEEPEST = 64 };
  int depth = whole->origin ? whole->origin->depth + 1 : 0;
  if (!variable_has_own_elements(graph, whole) || depth > DEEPEST) return true;
  ViewOrigin *origin = memory_take(sizeof *origin);
  if (!origin) return runtime_out_of_memory(graph->runtime), false;
  *origin = (ViewOrigin){variable_ref(whole), attributes_ref(attributes), (uint16_t)op, (uint16_t)depth};
  view->origin = origin;
  return true;
}

Variable *variable_view_of(Graph *graph, Variable *view_taken, Variable *whole, OpId op, Attributes *attributes) {
  if (!view_taken || !variable_has_own_elements(graph, view_taken)) return view_taken;
  Tensor *value = made_of(graph, view_taken, whole, op, attributes);
  if (value) show(view_taken, value);
  if (value && set_origin(graph, view_taken, whole, op, attributes)) return view_taken;
  variable_unref(view_taken);
  return NULL;
}

bool variable_is_constant(const Variable *variable) {
  return !tensor_is_tracked(variable->base ? variable->base->value : variable->value);
}

const Layout *variable_layout(const Variable *variable) {
  return variable->base ? variable->layout : variable->value->layout;
}

DType variable_dtype(const Variable *variable) {
  return (DType)(variable->base ? variable->base->value : variable->value)->dtype;
}

/* ---- views */
Variable *variable_window(Graph *graph, Variable *variable, Layout *layout, int64_t offset, bool read_only) {
  Variable *view = new_variable(graph);
  if (!view) return NULL;
  view->base = variable_ref(cell_owner(variable));
  view->layout = layout_ref(layout);
  view->offset = offset + (variable->base ? variable->offset : 0);
  view->object.flags = (variable->object.flags & VARIABLE_READ_ONLY) | (read_only ? VARIABLE_READ_ONLY : 0);
  view->object.extra = variable->object.flags & VARIABLE_READ_ONLY ? variable->object.extra : OP_window;
  return view;
}

static Variable *copied_view(Graph *graph, Variable *variable, OpId op, Attributes *attributes) {
  Tensor *value = variable_value(graph, variable);
  return value ? variable_new_take(graph, op_apply1(graph, op, value, attributes)) : NULL;
}

Variable *variable_view(Graph *graph, Variable *variable, OpId op, Attributes *attributes) {
  Layout *layout = NULL;
  int64_t offset = 0;
  bool needs_copy = false;
  Operands operands = {.op = op, .count = 1, .tensors = &cell_owner(variable)->value, .attributes = attributes};
  const Layout *in = variable_layout(variable);
  if (!op_table[op].view(graph->runtime, &operands, in, &layout, &offset, &needs_copy)) return NULL;
  bool number = !op_table[op].read_only && stand_in_is_number(variable); /* which cannot be looked at */
  if (needs_copy || number) {
    layout_unref(layout);
    Variable *copy = copied_view(graph, variable, op, attributes);
    if (copy && number) stand_in_make_cell(copy);
    return copy;
  }
  Variable *view = variable_window(graph, variable, layout, offset, op_table[op].read_only);
  layout_unref(layout);
  if (view && !(variable->object.flags & VARIABLE_READ_ONLY)) view->object.extra = (uint16_t)op;
  return variable_view_of(graph, view, variable, op, attributes);
}

Variable *variable_base(Variable *variable) {
  return variable->base;
}

/* ---- sharing memory */
/* Calls for every element of a window: marks it, or asks whether it is marked. */
static bool walk_window(const Layout *layout, int64_t offset, uint8_t *marks, bool ask) {
  int64_t position[TENSOR_MAX_DIMS] = {0};
  for (int64_t i = 0; i < layout->size; i++) {
    uint8_t bit = (uint8_t)(1 << (offset & 7));
    if (ask && marks[offset >> 3] & bit) return true;
    if (!ask) marks[offset >> 3] |= bit;
    for (int axis = layout->ndim - 1; axis >= 0; axis--) {
      offset += layout_strides(layout)[axis];
      if (++position[axis] < layout_shape(layout)[axis]) break;
      offset -= layout_shape(layout)[axis] * layout_strides(layout)[axis];
      position[axis] = 0;
    }
  }
  return false;
}

bool variable_shares_memory(Graph *graph, Variable *a, Variable *b) {
  const Layout *left = variable_layout(a), *right = variable_layout(b);
  if (cell_owner(a) != cell_owner(b) || left->size == 0 || right->size == 0) return false;
  if (!a->base || !b->base) return true;
  size_t bytes = (size_t)tensor_size(cell_owner(a)->value) / 8 + 1;
  uint8_t *marks = memory_allocate_zeroed(bytes);
  if (!marks) return runtime_out_of_memory(graph->runtime), false;
  walk_window(left, a->offset, marks, false);
  bool shares = walk_window(right, b->offset, marks, true);
  memory_release(marks, bytes);
  return shares;
}

/* ---- gradients */
static Tensor *gradient_window(Graph *graph, const Variable *view, Tensor *gradient) {
  Attributes *attributes = window_attributes(graph->runtime, gradient->layout, view->layout, view->offset);
  Tensor *window = attributes ? op_apply1(graph, OP_window, gradient, attributes) : NULL;
  attributes_unref(attributes);
  return window;
}

static GradientMissing why_missing(const Graph *graph, Variable *variable) {
  if (variable_is_constant(variable)) return GRADIENT_OF_CONSTANT;
  if (graph->backwards == 0) return GRADIENT_NOT_COMPUTED;
  return cell_owner(variable)->forgotten == graph->backwards ? GRADIENT_FORGOTTEN : GRADIENT_NOT_REACHED;
}

Variable *variable_gradient(Graph *graph, Variable *variable) {
  Variable *owner = cell_owner(variable);
  Tensor *gradient = owner->gradient;
  if (!gradient) {
    graph->missing = why_missing(graph, variable);
    return NULL;
  }
  if (!gradient->layout->contiguous && !make_contiguous(graph, gradient)) return NULL;
  return variable_new_take(graph, variable->base ? gradient_window(graph, variable, gradient) : tensor_ref(gradient));
}

void variable_clear_gradient(Graph *graph, Variable *variable) {
  Variable *owner = cell_owner(variable);
  if (owner->gradient) owner->forgotten = graph->backwards;
  tensor_unref(owner->gradient);
  owner->gradient = NULL;
}

bool variable_check_gradient(Graph *graph, Variable *variable, Tensor *gradient) {
  ShapeText given, wanted;
  const Layout *layout = variable_layout(variable);
  if (variable_is_constant(variable))
    runtime_fail(graph->runtime, ERROR_GRADIENT, -1, ERROR_OPERAND(0) "is a constant, which has no gradient");
  else if (variable->base)
    runtime_fail(graph->runtime, ERROR_GRADIENT, -1, "the gradient of a view is a part of its base's: change that");
  else if (!layout_same_shape(layout, gradient->layout))
    runtime_fail(graph->runtime, ERROR_SHAPE, -1, "the gradient and " ERROR_OPERAND(0) "differ in shape: %s and %s",
                 layout_text(&given, gradient->layout), layout_text(&wanted, layout));
  else return true;
  return false;
}

bool variable_set_gradient(Graph *graph, Variable *variable, Tensor *gradient) {
  if (!variable_check_gradient(graph, variable, gradient)) return false;
  Tensor *plain = tensor_plain(graph->runtime, gradient);
  Tensor *cast = plain ? tensor_cast(graph->runtime, plain, variable_dtype(variable)) : NULL;
  Tensor *copy = cast ? tensor_copy(graph->runtime, cast) : NULL;
  tensor_unref(plain);
  tensor_unref(cast);
  if (!copy) return false;
  tensor_unref(variable->gradient);
  variable->gradient = copy;
  return true;
}
