/* SPDX-License-Identifier: MIT */
/* views.c: views that need more than a row of the table: einsum of one operand, atleast_kd, broadcast_arrays. */
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/list.h"
#include "runtime/kernels/einsum.h"
#include "runtime/kernels/index.h"

/* ---- einsum */
/* Permutations and diagonals of a single variable share its memory. */
static Value window_einsum(Call *call, Variable *variable, Attributes *attributes) {
  Graph *graph = call_graph(call);
  Layout *window = NULL;
  Layout *in = (Layout *)(uintptr_t)variable_layout(variable);
  if (!einsum_view(call_runtime(call), attributes, in, &window)) return value_error();
  if (!window) return value_unbound();
  Variable *view = variable_window(graph, variable, window, 0, false);
  layout_unref(window);
  return value_from_variable(call->session, variable_view_of(graph, view, variable, OP_einsum, attributes));
}

static Value einsum_as_view(Call *call) {
  const Tuple *operands = value_tuple(call->arguments[1]);
  Variable *variable = operands->count == 1 ? value_as_variable(operands->items[0]) : NULL;
  const String *subscripts = variable ? argument_text(call, 0) : NULL;
  if (!subscripts) return variable ? value_error() : value_unbound();
  Attributes *attributes = attributes_new(call_runtime(call), 2);
  if (!attributes) return value_error();
  Value view = value_error();
  if (attributes_set_text(call_runtime(call), attributes, 0, subscripts->text))
    view = window_einsum(call, variable, attributes);
  attributes_unref(attributes);
  return view;
}

/* einsum(subscripts, *xs, optimize=false, constant=none): arguments 0 to 3 */
Value builtin_einsum(Call *call) {
  Value view = argument_is_none(call, 3) ? einsum_as_view(call) : value_unbound();
  if (value_is_error(view)) operation_explain(call->session, 1, &call->spans[1], call->span);
  return value_is_unbound(view) ? operation_call(call) : view;
}

/* ---- new axes */
static Value reshape_value(Call *call, Value value, int ndim, const int64_t *shape) {
  Attributes *attributes = attributes_new(call_runtime(call), 1);
  if (!attributes) return value_error();
  Value view = value_error();
  if (attributes_set_integers(call_runtime(call), attributes, 0, ndim, shape))
    view = operation_view(call->session, OP_reshape, value, attributes);
  attributes_unref(attributes);
  return view;
}

/* The shape with at least so many axes, where NumPy puts the new ones: (n,) becomes (1, n) and (1, n, 1). */
static int raise_shape(const Layout *layout, int least, int64_t *shape) {
  int ndim = layout->ndim;
  if (ndim >= least) return -1;
  int before = ndim == 0 ? 0 : ndim == 1 ? 1 : 0;
  for (int i = 0; i < least; i++) shape[i] = 1;
  for (int i = 0; i < ndim; i++) shape[before + i] = layout_shape(layout)[i];
  return least;
}

static Value atleast_one(Call *call, Value value, int least) {
  int64_t shape[3];
  const Variable *variable = value_as_variable(value);
  int ndim = raise_shape(variable ? variable_layout(variable) : &layout_scalar, least, shape);
  bool tensor = variable || value_is_number(value) || value_is_bool(value);
  if (tensor) return ndim < 0 ? value_ref(value) : reshape_value(call, value, ndim, shape);
  Value made = value_from_tensor(call->session, value_to_tensor(call->session, value));
  if (value_is_error(made)) return argument_fail(call, 0);
  Value raised = atleast_one(call, made, least);
  value_unref(made);
  return raised;
}

static Value atleast(Call *call, int least) {
  const Tuple *values = value_tuple(call->arguments[0]);
  if (values->count == 1) return atleast_one(call, values->items[0], least);
  ValueList list = value_list_start(call->session);
  bool added = true;
  for (uint32_t i = 0; added && i < values->count; i++) {
    Value raised = atleast_one(call, values->items[i], least);
    added = !value_is_error(raised) && value_list_add(&list, raised);
  }
  return added ? value_list_finish(&list, LIST_TUPLE) : value_list_drop(&list);
}

Value builtin_atleast_1d(Call *call) { return atleast(call, 1); }
Value builtin_atleast_2d(Call *call) { return atleast(call, 2); }
Value builtin_atleast_3d(Call *call) { return atleast(call, 3); }

/* ---- broadcast_arrays */
static Layout *common_shape(Call *call, const Tuple *values) {
  Layout *shape = layout_ref(&layout_scalar);
  for (uint32_t i = 0; shape && i < values->count; i++) {
    Tensor *tensor = value_to_tensor(call->session, values->items[i]);
    Layout *next = tensor ? layout_broadcast(call_runtime(call), shape, tensor->layout, "broadcast") : NULL;
    tensor_unref(tensor);
    layout_unref(shape);
    shape = next;
  }
  if (!shape) argument_fail(call, 0);
  return shape;
}

Value builtin_broadcast_arrays(Call *call) {
  const Tuple *values = value_tuple(call->arguments[0]);
  Layout *shape = common_shape(call, values);
  Attributes *attributes = shape ? attributes_new(call_runtime(call), 1) : NULL;
  bool added = attributes &&
               attributes_set_integers(call_runtime(call), attributes, 0, shape->ndim, layout_shape(shape));
  ValueList list = value_list_start(call->session);
  for (uint32_t i = 0; added && i < values->count; i++) {
    Value view = operation_view(call->session, OP_broadcast_to, values->items[i], attributes);
    added = !value_is_error(view) && value_list_add(&list, view);
  }
  attributes_unref(attributes);
  if (shape) layout_unref(shape);
  return added ? value_list_finish(&list, LIST_TUPLE) : value_list_drop(&list);
}

/* ---- where */
/* A number counts as a tensor of one element. */
static Tensor *with_axes(Runtime *runtime, Tensor *tensor_taken) {
  static const int64_t one[] = {1};
  if (!tensor_taken || tensor_ndim(tensor_taken) > 0) return tensor_taken;
  Layout *layout = layout_new(runtime, 1, one);
  Tensor *line = layout ? tensor_broadcast_to(runtime, tensor_taken, layout) : NULL;
  layout_unref(layout);
  tensor_unref(tensor_taken);
  return line;
}

/* where(condition): the indices of the elements that hold, one tensor per axis. */
static Value indices_where(Call *call) {
  Tensor *found[TENSOR_MAX_DIMS], *condition = with_axes(call_runtime(call), argument_tensor(call, 0));
  int ndim = condition ? tensor_ndim(condition) : 0, made = 0;
  bool searched = condition && tensor_nonzero(call_runtime(call), condition, found);
  tensor_unref(condition);
  Tuple *tuple = searched ? tuple_new(call->session, (uint32_t)ndim) : NULL;
  for (; tuple && made < ndim; made++) {
    Value indices = value_from_tensor(call->session, found[made]);
    if (value_is_error(indices)) break;
    tuple->items[made] = indices;
  }
  if (tuple && made == ndim) return value_object(tuple);
  for (int i = tuple ? made + 1 : 0; searched && i < ndim; i++) tensor_unref(found[i]);
  if (tuple) value_unref(value_object(tuple));
  return value_error();
}

/* where(condition), where(condition, x, y) */
Value builtin_where(Call *call) {
  if (!call->given[1] && !call->given[2]) return indices_where(call);
  if (call->given[1] && call->given[2]) return operation_call(call);
  session_fail(call->session, ERROR_ARGUMENT, "`where` needs both x and y, or neither");
  error_hint(call_runtime(call)->error, "where(condition, x, y)");
  return value_error();
}

Value builtin_nonzero(Call *call) { return indices_where(call); }

/* ---- joining and limiting */
static bool ravel_item(ValueList *list, Value item) {
  Value flat = operation_view(list->session, OP_ravel, item, NULL);
  return !value_is_error(flat) && value_list_add(list, flat);
}

/* concatenate(xs, axis=none): all elements in a row. */
static Value concatenate_flat(Call *call) {
  ValueList list = value_list_start(call->session), items = value_list_start(call->session);
  if (!value_list_fill(&items, call->arguments[0])) return argument_fail(call, 0), value_list_drop(&items);
  bool added = true;
  for (uint32_t i = 0; added && i < items.count; i++) added = ravel_item(&list, items.values[i]);
  value_list_drop(&items);
  Value flat = added ? value_list_finish(&list, LIST_TUPLE) : value_list_drop(&list);
  if (value_is_error(flat)) return flat;
  Value values[SIGNATURE_PARAMETERS];
  for (int i = 0; i < call->signature->count; i++) values[i] = call->arguments[i];
  values[0] = flat;
  values[1] = value_number(0);
  Call inner = *call;
  inner.arguments = values;
  Value result = operation_call(&inner);
  value_unref(flat);
  return result;
}

Value builtin_concatenate(Call *call) {
  return argument_is_none(call, 1) ? concatenate_flat(call) : operation_call(call);
}

Value builtin_clip(Call *call) {
  if (!argument_is_none(call, 1) || !argument_is_none(call, 2)) return operation_call(call);
  session_fail(call->session, ERROR_ARGUMENT, "`clip` needs a lower or an upper limit, but both are none");
  return value_error();
}
