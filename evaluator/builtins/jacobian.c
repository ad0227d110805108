/* SPDX-License-Identifier: MIT */
/* jacobian.c: jacobian(f) and hessian(f): one backward pass for each element of the result. */
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"

/* Rows of a Jacobian: for every fresh variable, its gradients by element of the output. */
typedef struct Rows { Tensor **tensors; size_t count, row; } Rows;

static void rows_release(Rows *rows) {
  if (!rows->tensors) return;
  for (size_t i = 0; i < rows->count; i++) tensor_unref(rows->tensors[i]);
  memory_release(rows->tensors, (rows->count + 1) * sizeof *rows->tensors);
}

static bool rows_start(Rows *rows, Trace *trace, const Tensor *output) {
  size_t elements = (size_t)tensor_size(output), fresh = (size_t)trace->fresh_count;
  *rows = (Rows){.row = elements};
  if (elements > SIZE_MAX / sizeof(Tensor *) / (fresh + 1) - 1)
    return error_out_of_memory(trace->graph->runtime->error);
  rows->count = elements * fresh;
  rows->tensors = memory_allocate_zeroed((rows->count + 1) * sizeof *rows->tensors);
  return rows->tensors || error_out_of_memory(trace->graph->runtime->error);
}

/* 1 at one element, else 0, in the shape of the output. */
static Tensor *unit_cotangent(Trace *trace, const Tensor *output, int64_t element) {
  Runtime *runtime = trace->graph->runtime;
  Tensor *flat = tensor_new_shape(runtime, (DType)output->dtype, 1, (int64_t[]){tensor_size(output)});
  if (!flat || !tensor_fill(runtime, flat, 0)) return tensor_unref(flat), NULL;
  if (flat->dtype == DTYPE_FLOAT32) ((float *)tensor_data(flat))[element] = 1;
  else ((double *)tensor_data(flat))[element] = 1;
  Layout *layout = layout_new(runtime, tensor_ndim(output), layout_shape(output->layout));
  Tensor *shaped = layout ? tensor_window(runtime, flat, layout, 0) : NULL;
  layout_unref(layout);
  tensor_unref(flat);
  return shaped;
}

static bool fill_rows(Rows *rows, Trace *trace, Tensor *output, bool create_graph) {
  Tensor **gradients = trace_gradient_room(trace);
  bool filled = gradients != NULL;
  for (size_t i = 0; filled && i < rows->row; i++) {
    Tensor *cotangent = tensor_is_tracked(output) ? unit_cotangent(trace, output, (int64_t)i) : NULL;
    filled = (cotangent || !tensor_is_tracked(output)) &&
             trace_gradients(trace, output, cotangent, create_graph, gradients);
    for (int k = 0; filled && k < trace->fresh_count; k++) {
      rows->tensors[(size_t)k * rows->row + i] = gradients[k];
      gradients[k] = NULL;
    }
    tensor_unref(cotangent);
    filled = filled && !runtime_interrupted(trace->graph->runtime);
  }
  trace_release(trace, gradients);
  return filled;
}

/* The gradients of one variable, stacked to the shape of the output followed by its own. */
static Tensor *stack_rows(Trace *trace, Tensor *const *tensors, int count, const Tensor *output, const Tensor *fresh) {
  Graph *graph = trace->graph;
  int64_t shape[2 * TENSOR_MAX_DIMS];
  int outer = tensor_ndim(output), inner = tensor_ndim(fresh);
  for (int i = 0; i < outer; i++) shape[i] = layout_shape(output->layout)[i];
  for (int i = 0; i < inner; i++) shape[outer + i] = layout_shape(fresh->layout)[i];
  if (outer + inner > TENSOR_MAX_DIMS)
    return runtime_fail(graph->runtime, ERROR_SHAPE, -1, "a Jacobian of %d axes is too much: at most %d",
                        outer + inner, TENSOR_MAX_DIMS);
  if (count == 0) {
    Tensor *empty = tensor_new_shape(graph->runtime, (DType)fresh->dtype, outer + inner, shape);
    return empty;
  }
  Attributes *axis = attributes_new(graph->runtime, 1), *to = axis ? attributes_new(graph->runtime, 1) : NULL;
  if (axis) attributes_set_integer(axis, 0, 0);
  Tensor *stacked = to ? op_apply(graph, OP_stack, count, tensors, axis) : NULL;
  bool ready = stacked && attributes_set_integers(graph->runtime, to, 0, outer + inner, shape);
  Tensor *result = ready ? op_apply1(graph, OP_reshape, stacked, to) : NULL;
  tensor_unref(stacked);
  attributes_unref(axis);
  attributes_unref(to);
  return result;
}

static Value jacobian_of(Trace *trace, Tensor *output, bool several) {
  Rows rows;
  bool create_graph = trace->recording && trace_is_connected(trace, output);
  Tensor **stacked = trace_gradient_room(trace);
  bool done = stacked && rows_start(&rows, trace, output) && fill_rows(&rows, trace, output, create_graph);
  for (int k = 0; done && k < trace->fresh_count; k++) {
    stacked[k] = stack_rows(trace, rows.tensors + (size_t)k * rows.row, (int)rows.row, output, trace->fresh[k]);
    done = stacked[k] != NULL;
  }
  Value value = done ? trace_result(trace, stacked, several) : value_error();
  if (stacked) rows_release(&rows);
  trace_release(trace, stacked);
  return value;
}

typedef struct Leaf { Trace *trace; bool several; } Leaf;

/* A function may return a tuple or record: then there is a Jacobian for each of its tensors, by each argument. */
static bool jacobian_leaf(void *context, Value *leaf) {
  const Leaf *asked = context;
  Trace *trace = asked->trace;
  Tensor *output = trace_tensor(trace, *leaf);
  if (!output) return false;
  Value jacobian = jacobian_of(trace, output, asked->several);
  tensor_unref(output);
  if (value_is_error(jacobian)) return false;
  value_unref(*leaf);
  *leaf = jacobian;
  return true;
}

static Value call_jacobian(Session *session, Native *self, const Arguments *given, Span span) {
  unsigned char chosen[TRACE_ARGUMENTS];
  const char *who = self->info->name;
  if (!trace_choose(session, who, self->kept[0], self->kept[1], given, chosen)) return value_error();
  Trace trace;
  Leaf asked = {&trace, value_is(self->kept[1], KIND_TUPLE)};
  Value value = value_error();
  if (trace_start(&trace, session, who, given, chosen, span) && trace_call(&trace, self->kept[0]))
    value = structure_map(session, trace.result, jacobian_leaf, &asked);
  trace_finish(&trace);
  return value;
}

static const NativeInfo hessian_info;

/* A Hessian keeps grad(f). */
Value native_function(const Native *native) {
  Value kept = native->kept[0];
  return native->info == &hessian_info ? value_native(kept)->kept[0] : kept;
}

static void show_jacobian(Session *session, const Native *self, Buffer *out) {
  made_show(session, out, self->info->name, native_function(self), self->kept[1]);
}

static const NativeInfo jacobian_info = {"jacobian", call_jacobian, show_jacobian, true};
static const NativeInfo hessian_info = {"hessian", call_jacobian, show_jacobian, true};

static Value make_jacobian(Call *call, const NativeInfo *info, Value function) {
  Native *native = native_new(call->session, info, 2);
  if (!native) return value_error();
  native->kept[0] = value_ref(function);
  native->kept[1] = value_ref(call->arguments[1]);
  return value_object(native);
}

Value builtin_jacobian(Call *call) {
  if (!argument_function(call, 0) || !argument_positions(call, 1)) return value_error();
  return make_jacobian(call, &jacobian_info, call->arguments[0]);
}

/* The Jacobian of the gradient. */
Value builtin_hessian(Call *call) {
  if (!argument_function(call, 0) || !argument_positions(call, 1)) return value_error();
  Value gradient = gradient_new_for_hessian(call->session, call->arguments[0], call->arguments[1]);
  if (value_is_error(gradient)) return gradient;
  Value hessian = make_jacobian(call, &hessian_info, gradient);
  value_unref(gradient);
  return hessian;
}
