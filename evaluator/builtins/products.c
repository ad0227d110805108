/* SPDX-License-Identifier: MIT */
/* products.c: vjp, jvp and hvp: Jacobians and Hessians times vectors, without the matrices.

   A Jacobian times a vector is a derivative of a derivative: u -> u J is linear, and its gradient along v is J v. */
#include "autodiff/backward.h"
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"

/* ---- vjp: a function of the cotangent that keeps the traced result */
enum { VJP_RESULT, VJP_ARGUMENTS, VJP_FRESH, VJP_SEVERAL, VJP_KEPT };

static Tensor *read_cotangent(Session *session, Value value, const Tensor *output) {
  Tensor *cotangent = value_to_tensor(session, value);
  if (!cotangent || layout_same_shape(cotangent->layout, output->layout)) return cotangent;
  Layout *shape = NULL;
  if (tensor_ndim(cotangent) == 0) shape = layout_ref(output->layout);
  if (shape) {
    Tensor *wide = tensor_broadcast_to(session_runtime(session), cotangent, shape);
    layout_unref(shape);
    tensor_unref(cotangent);
    return wide;
  }
  ShapeText got, wanted;
  session_fail(session, ERROR_SHAPE, "the cotangent has shape %s, but the function returned shape %s",
               layout_text(&got, cotangent->layout), layout_text(&wanted, output->layout));
  tensor_unref(cotangent);
  return NULL;
}

/* The trace that the native stands for, put together again: borrowed arguments and fresh variables. */
static bool restore_trace(Trace *trace, Session *session, const Native *self, bool *chosen, Tensor **fresh) {
  const Tuple *arguments = value_tuple(self->kept[VJP_ARGUMENTS]), *kept = value_tuple(self->kept[VJP_FRESH]);
  *trace = (Trace){.session = session, .graph = session_graph(session), .who = "vjp", .count = (int)arguments->count,
                   .originals = (Value *)(uintptr_t)arguments->items, .chosen = chosen, .fresh = fresh,
                   .fresh_count = (int)kept->count};
  trace->recording = trace->graph->recording;
  for (uint32_t i = 0; i < arguments->count; i++) chosen[i] = true;
  for (uint32_t i = 0; i < kept->count; i++) {
    fresh[i] = variable_value(trace->graph, value_as_variable(kept->items[i]));
    if (!fresh[i]) return false;
  }
  return true;
}

static Value pull_back(Session *session, const Native *self, Value cotangent_value) {
  size_t chosen_bytes = value_tuple(self->kept[VJP_ARGUMENTS])->count + 1;
  size_t fresh_bytes = (value_tuple(self->kept[VJP_FRESH])->count + 1) * sizeof(Tensor *);
  bool *chosen = memory_allocate(chosen_bytes);
  Tensor **fresh = memory_allocate(fresh_bytes);
  Trace trace;
  Value value = value_error();
  if (chosen && fresh && restore_trace(&trace, session, self, chosen, fresh)) {
    Tensor *output = value_to_tensor(session, self->kept[VJP_RESULT]);
    Tensor *cotangent = output ? read_cotangent(session, cotangent_value, output) : NULL;
    Tensor **gradients = cotangent ? trace_gradient_room(&trace) : NULL;
    if (gradients && trace_gradients(&trace, output, cotangent, trace.recording, gradients))
      value = trace_result(&trace, gradients, self->kept[VJP_SEVERAL].number != 0);
    trace_release(&trace, gradients);
    tensor_unref(cotangent);
    tensor_unref(output);
  }
  if (chosen) memory_release(chosen, chosen_bytes);
  if (fresh) memory_release(fresh, fresh_bytes);
  return value;
}

static Value call_vjp(Session *session, Native *self, int count, const Value *arguments, Span span) {
  (void)span;
  if (count == 1) return pull_back(session, self, arguments[0]);
  return session_fail(session, ERROR_ARGUMENT, "a vjp function takes 1 argument, the cotangent, got %d", count);
}

static void show_vjp(Session *session, const Native *self, Buffer *out) {
  (void)session;
  (void)self;
  buffer_add_text(out, "vjp(...)");
}

static const NativeInfo vjp_info = {"vjp", call_vjp, show_vjp};

/* The variable that has a fresh value, if the function returned or kept its argument; else a new one. */
static Variable *variable_of_fresh(Trace *trace, Tensor *fresh) {
  Variable *holder = node_of(fresh)->holder;
  return holder ? variable_ref(holder) : variable_new_take(trace->graph, tensor_ref(fresh));
}

/* The fresh variables as values of their own, when the function's arguments are gone. */
static Value keep_fresh(Trace *trace) {
  for (int i = 0; i < trace->count; i++) {
    value_unref(trace->arguments[i]);
    trace->arguments[i] = value_none();
  }
  Tuple *tuple = tuple_new(trace->session, (uint32_t)trace->fresh_count);
  for (int i = 0; tuple && i < trace->fresh_count; i++) {
    Variable *variable = variable_of_fresh(trace, trace->fresh[i]);
    if (variable) {
      tuple->items[i] = value_object(variable);
    } else {
      value_unref(value_object(tuple));
      return value_error();
    }
  }
  return value_object_or_error(tuple);
}

static Value make_vjp(Call *call, Trace *trace, bool several) {
  Tensor *output = trace_output(trace);
  tensor_unref(output);
  Value fresh = output ? keep_fresh(trace) : value_error();
  if (value_is_error(fresh)) return fresh;
  Native *native = native_new(call->session, &vjp_info, VJP_KEPT);
  if (!native) return value_unref(fresh), value_error();
  native->kept[VJP_RESULT] = value_ref(trace->result);
  native->kept[VJP_ARGUMENTS] = value_ref(call->arguments[1]);
  native->kept[VJP_FRESH] = fresh;
  native->kept[VJP_SEVERAL] = value_bool(several);
  return value_object(native);
}

static bool start_all(Trace *trace, Call *call, int count, const Value *arguments) {
  bool chosen[64];
  if (count == 0 || count > 64) {
    session_fail(call->session, ERROR_ARGUMENT, "`%s` needs the arguments of the function, 1 to 64 of them",
                 call->info->name);
    *trace = (Trace){.result = value_unbound()};
    return false;
  }
  for (int i = 0; i < count; i++) chosen[i] = true;
  return trace_start(trace, call->session, call->info->name, count, arguments, chosen, call->span) &&
         trace_call(trace, call->arguments[0]);
}

/* vjp(f, *x) */
Value builtin_vjp(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  const Tuple *arguments = value_tuple(call->arguments[1]);
  Trace trace;
  Value value = value_error();
  if (start_all(&trace, call, (int)arguments->count, arguments->items))
    value = make_vjp(call, &trace, arguments->count > 1);
  trace_finish(&trace);
  return value;
}

/* ---- directions */
typedef struct Directions { Trace *trace; Tensor **tensors; int count; } Directions;

static bool take_direction(void *context, Value *leaf) {
  Directions *directions = context;
  Trace *trace = directions->trace;
  if (directions->count == trace->fresh_count) {
    session_fail(trace->session, ERROR_ARGUMENT, "`%s`: `v` has more tensors than `x`", trace->who);
    return false;
  }
  const Tensor *fresh = trace->fresh[directions->count];
  Tensor *direction = value_to_tensor(trace->session, *leaf);
  if (!direction) return false;
  directions->tensors[directions->count++] = direction;
  if (layout_same_shape(direction->layout, fresh->layout)) return true;
  ShapeText got, wanted;
  session_fail(trace->session, ERROR_SHAPE, "`%s`: `v` has shape %s, but `x` has shape %s", trace->who,
               layout_text(&got, direction->layout), layout_text(&wanted, fresh->layout));
  return false;
}

/* One tensor per fresh variable, in the structure of x. */
static bool read_directions(Trace *trace, Value value, Tensor **tensors) {
  Directions directions = {trace, tensors, 0};
  Value copy = structure_map(trace->session, value, take_direction, &directions);
  if (value_is_error(copy)) return false;
  value_unref(copy);
  if (directions.count == trace->fresh_count) return true;
  session_fail(trace->session, ERROR_ARGUMENT, "`%s`: `v` has fewer tensors than `x`", trace->who);
  return false;
}

/* The sum of gradients times directions; NULL without an error when no gradient is tracked. */
static Tensor *contract(Trace *trace, Tensor **gradients, Tensor **directions) {
  Graph *graph = trace->graph;
  Tensor *total = NULL;
  for (int i = 0; i < trace->fresh_count; i++) {
    if (!tensor_is_tracked(gradients[i])) continue;
    Tensor *product = op_apply2(graph, OP_multiply, gradients[i], directions[i], NULL);
    Tensor *sum = product ? op_apply1(graph, OP_sum, product, NULL) : NULL;
    Tensor *next = sum && total ? op_apply2(graph, OP_add, total, sum, NULL) : sum ? tensor_ref(sum) : NULL;
    tensor_unref(product);
    tensor_unref(sum);
    tensor_unref(total);
    total = next;
    if (!total) return NULL;
  }
  return total;
}

static Tensor *contract_recorded(Trace *trace, Tensor **gradients, Tensor **directions) {
  trace->graph->recording = true;
  Tensor *total = contract(trace, gradients, directions);
  trace->graph->recording = trace->recording;
  return total;
}

static bool failed(const Trace *trace) {
  return trace->graph->runtime->error->kind != ERROR_NONE;
}

/* A leaf of ones in the shape of the output: where u -> u J is differentiated. */
static Tensor *make_probe(Trace *trace, Tensor *output) {
  Runtime *runtime = trace->graph->runtime;
  Tensor *ones = tensor_new(runtime, (DType)output->dtype, output->layout);
  Tensor *probe = ones && tensor_fill(runtime, ones, 1) ? (Tensor *)node_new_leaf(trace->graph, ones) : NULL;
  tensor_unref(ones);
  return probe;
}

static Tensor *zeros_like(Trace *trace, const Tensor *like) {
  return tensor_new_zeros(trace->graph->runtime, (DType)like->dtype, like->layout);
}

static Tensor *push_forward(Trace *trace, Tensor *output, Tensor **gradients, Tensor **directions) {
  bool connected = trace->recording && trace_is_connected(trace, output);
  Tensor *probe = make_probe(trace, output), *tangent = NULL;
  if (probe && trace_gradients(trace, output, probe, true, gradients)) {
    Tensor *along = contract_recorded(trace, gradients, directions);
    if (along) backward_gradients(trace->graph, along, NULL, 1, &probe, connected, &tangent);
    else if (!failed(trace)) tangent = zeros_like(trace, output);
    tensor_unref(along);
  }
  tensor_unref(probe);
  return tangent;
}

static Value jvp_value(Call *call, Trace *trace) {
  Tensor *output = trace_output(trace), *tangent = NULL;
  Tensor **gradients = output ? trace_gradient_room(trace) : NULL;
  Tensor **directions = gradients ? trace_gradient_room(trace) : NULL;
  if (directions && read_directions(trace, call->arguments[2], directions))
    tangent = tensor_is_tracked(output) ? push_forward(trace, output, gradients, directions)
                                        : zeros_like(trace, output);
  trace_release(trace, gradients);
  trace_release(trace, directions);
  tensor_unref(output);
  return value_from_tensor(call->session, tangent);
}

/* jvp(f, x, v): how f(x) changes when x moves along v. */
Value builtin_jvp(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  Trace trace;
  Value value = value_error();
  if (start_all(&trace, call, 1, &call->arguments[1])) value = jvp_value(call, &trace);
  trace_finish(&trace);
  return value;
}

static Value hvp_gradients(Trace *trace, Tensor *output, Tensor **gradients, Tensor **directions) {
  bool connected = trace->recording && trace_is_connected(trace, output);
  if (!trace_gradients(trace, output, NULL, true, gradients)) return value_error();
  Tensor *along = contract_recorded(trace, gradients, directions);
  if (!along && failed(trace)) return value_error();
  for (int i = 0; i < trace->fresh_count; i++) {
    tensor_unref(gradients[i]);
    gradients[i] = along ? NULL : zeros_like(trace, trace->fresh[i]);
  }
  Value value = value_error();
  if (!along || trace_gradients(trace, along, NULL, connected, gradients))
    value = trace_result(trace, gradients, false);
  tensor_unref(along);
  return value;
}

static Value hvp_value(Call *call, Trace *trace) {
  Tensor *output = trace_output(trace);
  Value value = value_error();
  if (output && tensor_size(output) != 1) {
    ShapeText shape;
    session_fail(call->session, ERROR_GRADIENT, "`hvp` needs a function with a scalar result, but it returned shape %s",
                 layout_text(&shape, output->layout));
  } else if (output) {
    Tensor **gradients = trace_gradient_room(trace), **directions = gradients ? trace_gradient_room(trace) : NULL;
    if (directions && read_directions(trace, call->arguments[2], directions))
      value = hvp_gradients(trace, output, gradients, directions);
    trace_release(trace, gradients);
    trace_release(trace, directions);
  }
  tensor_unref(output);
  return value;
}

/* hvp(f, x, v): the Hessian of f at x times v. */
Value builtin_hvp(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  Trace trace;
  Value value = value_error();
  if (start_all(&trace, call, 1, &call->arguments[1])) value = hvp_value(call, &trace);
  trace_finish(&trace);
  return value;
}
