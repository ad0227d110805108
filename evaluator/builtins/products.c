/* SPDX-License-Identifier: MIT */
/* products.c: vjp, jvp and hvp: Jacobians and Hessians times vectors, without the matrices. */
#include <string.h>
#include "autodiff/backward.h"
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/leaves.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"

/* ---- vjp: a function of the cotangent that keeps the traced result */
enum { VJP_RESULT, VJP_ARGUMENTS, VJP_FRESH, VJP_SEVERAL, VJP_KEPT };

/* A single number stands for a tensor of it. */
static bool fit_cotangent(Session *session, Tensor **cotangent, const Tensor *output) {
  if (layout_same_shape((*cotangent)->layout, output->layout)) return true;
  ShapeText got, wanted;
  if (tensor_ndim(*cotangent) > 0) {
    session_fail(session, ERROR_SHAPE, "the cotangent has %s, but the function returned %s",
                 layout_phrase(&got, (*cotangent)->layout), layout_phrase(&wanted, output->layout));
    return false;
  }
  Tensor *wide = tensor_broadcast_to(session_runtime(session), *cotangent, output->layout);
  if (!wide) return false;
  tensor_unref(*cotangent);
  *cotangent = wide;
  return true;
}

static bool fit_cotangents(Session *session, Leaves *cotangents, const Leaves *outputs) {
  if (cotangents->count != outputs->count) {
    session_fail(session, ERROR_ARGUMENT, "the cotangent has %s tensors than the function returned",
                 cotangents->count > outputs->count ? "more" : "fewer");
    return false;
  }
  for (int i = 0; i < outputs->count; i++)
    if (!fit_cotangent(session, &cotangents->tensors[i], outputs->tensors[i])) return false;
  return true;
}

/* The trace that the native stands for, put together again: borrowed arguments and fresh variables. */
static bool restore_trace(Trace *trace, Session *session, const Native *self, unsigned char *chosen, Tensor **fresh) {
  const Tuple *arguments = value_tuple(self->kept[VJP_ARGUMENTS]), *kept = value_tuple(self->kept[VJP_FRESH]);
  *trace = (Trace){.session = session, .graph = session_graph(session), .who = "vjp", .count = (int)arguments->count,
                   .originals = (Value *)(uintptr_t)arguments->items, .chosen = chosen, .fresh = fresh,
                   .fresh_count = (int)kept->count};
  trace->recording = trace->graph->recording;
  for (uint32_t i = 0; i < arguments->count; i++) chosen[i] = (unsigned char)(i + 1);
  for (uint32_t i = 0; i < kept->count; i++) {
    fresh[i] = variable_value(trace->graph, value_as_variable(kept->items[i]));
    if (!fresh[i]) return false;
  }
  return true;
}

/* The gradient of the results times their cotangents. */
static Value pull_through(Trace *trace, const Leaves *outputs, const Leaves *cotangents, bool several) {
  Tensor *total = trace_contract(trace, outputs->count, outputs->tensors, cotangents->tensors);
  bool failed = trace->graph->runtime->error->kind != ERROR_NONE;
  Tensor *loss = total || failed ? total : tensor_new_number(trace->graph->runtime, DTYPE_FLOAT64, 0);
  Tensor **gradients = loss ? trace_gradient_room(trace) : NULL;
  Value value = value_error();
  if (gradients && trace_gradients(trace, loss, NULL, trace->recording, gradients))
    value = trace_result(trace, gradients, several);
  trace_release(trace, gradients);
  tensor_unref(loss);
  return value;
}

static Value pull_back(Session *session, const Native *self, Value cotangent) {
  size_t chosen_bytes = value_tuple(self->kept[VJP_ARGUMENTS])->count + 1;
  size_t fresh_bytes = (value_tuple(self->kept[VJP_FRESH])->count + 1) * sizeof(Tensor *);
  unsigned char *chosen = memory_allocate(chosen_bytes);
  Tensor **fresh = memory_allocate(fresh_bytes);
  Leaves outputs = {0}, cotangents = {0};
  Trace trace;
  Value value = value_error();
  if (chosen && fresh && restore_trace(&trace, session, self, chosen, fresh) &&
      leaves_read(&outputs, session, self->kept[VJP_RESULT]) &&
      leaves_read_like(&cotangents, session, self->kept[VJP_RESULT], cotangent) &&
      fit_cotangents(session, &cotangents, &outputs))
    value = pull_through(&trace, &outputs, &cotangents, self->kept[VJP_SEVERAL].number != 0);
  leaves_release(&cotangents);
  leaves_release(&outputs);
  if (chosen) memory_release(chosen, chosen_bytes);
  if (fresh) memory_release(fresh, fresh_bytes);
  return value;
}

static Value call_vjp(Session *session, Native *self, const Arguments *given, Span span) {
  (void)span;
  if (given->named_count)
    return session_fail(session, ERROR_ARGUMENT, "a vjp function takes its argument, the cotangent, without a name");
  if (given->positional_count == 1) return pull_back(session, self, given->values[0]);
  return session_fail(session, ERROR_ARGUMENT, "a vjp function takes 1 argument, the cotangent, got %d",
                      given->positional_count);
}

static void show_vjp(Session *session, const Native *self, Buffer *out) {
  (void)session;
  (void)self;
  buffer_add_text(out, "vjp(...)");
}

static const NativeInfo vjp_info = {"vjp", call_vjp, show_vjp, false};

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

/* Whether the function returned tensors, in whatever structure. */
static bool check_leaf(void *context, Value *leaf) {
  Tensor *tensor = trace_tensor(context, *leaf);
  tensor_unref(tensor);
  return tensor != NULL;
}

static Value make_vjp(Call *call, Trace *trace, bool spread) {
  Value copy = structure_map(call->session, trace->result, check_leaf, trace);
  if (value_is_error(copy)) return copy;
  value_unref(copy);
  Value fresh = keep_fresh(trace);
  if (value_is_error(fresh)) return fresh;
  Native *native = native_new(call->session, &vjp_info, VJP_KEPT);
  if (!native) return value_unref(fresh), value_error();
  native->kept[VJP_RESULT] = value_ref(trace->result);
  native->kept[VJP_ARGUMENTS] = value_ref(spread ? value_tuple(call->arguments[1])->items[0] : call->arguments[1]);
  native->kept[VJP_FRESH] = fresh;
  native->kept[VJP_SEVERAL] = value_bool(spread || value_tuple(call->arguments[1])->count > 1);
  return value_object(native);
}

/* One argument that is a tuple stands for several where the function needs more than one. */
static bool is_spread(Call *call, int count, const Value *arguments) {
  return count == 1 && value_is(arguments[0], KIND_TUPLE) && parameters_required(call->session, call->arguments[0]) > 1;
}

static bool call_all(Trace *trace, Call *call, int count, const Value *arguments, bool twice) {
  unsigned char chosen[TRACE_ARGUMENTS];
  if (count == 0 || count > TRACE_ARGUMENTS) {
    session_fail(call->session, ERROR_ARGUMENT, "`%s` needs the arguments of the function, 1 to %d of them",
                 call->info->name, TRACE_ARGUMENTS);
    *trace = (Trace){.result = value_unbound()};
    return false;
  }
  for (int i = 0; i < count; i++) chosen[i] = (unsigned char)(i + 1);
  Arguments given = {.positional_count = count, .values = arguments};
  if (!trace_start(trace, call->session, call->info->name, &given, chosen, call->span)) return false;
  trace->twice = twice;
  return trace_call(trace, call->arguments[0]);
}

/* Calls the function with what stands at `arguments`, or in the tuple there. */
static bool start_all(Trace *trace, Call *call, int count, const Value *arguments, bool twice) {
  if (is_spread(call, count, arguments)) {
    const Tuple *tuple = value_tuple(arguments[0]);
    return call_all(trace, call, (int)tuple->count, tuple->items, twice);
  }
  if (call_all(trace, call, count, arguments, twice)) return true;
  Error *error = call_runtime(call)->error;
  bool vector = strcmp(call->info->name, "vjp") == 0 && error->kind == ERROR_ARGUMENT && count > 1;
  if (vector && parameters_exceeded(call->session, call->arguments[0], count)) {
    buffer_clear(&error->hint);
    error_hint(error, "the arguments of the function come first, then v: `vjp(f, x)(v)`");
  }
  if (count == 1 && error->kind == ERROR_ARGUMENT && parameters_required(call->session, call->arguments[0]) > 1)
    error_hint(error, "give several arguments as a tuple: `%s(f, (x, y)%s)`", call->info->name,
               strcmp(call->info->name, "vjp") == 0 ? "" : ", (v, w)");
  return false;
}

/* vjp(f, *x) */
Value builtin_vjp(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  const Tuple *arguments = value_tuple(call->arguments[1]);
  int count = (int)arguments->count;
  Trace trace;
  Value value = value_error();
  if (start_all(&trace, call, count, arguments->items, false))
    value = make_vjp(call, &trace, is_spread(call, count, arguments->items));
  trace_finish(&trace);
  return value;
}

/* ---- directions */
typedef struct Pushing { Trace *trace; Leaves directions; } Pushing;

static bool push_leaf(void *context, Value *leaf) {
  const Pushing *pushing = context;
  Tensor *output = trace_tensor(pushing->trace, *leaf);
  Tensor *tangent = output ? trace_forward(pushing->trace, output, pushing->directions.tensors) : NULL;
  tensor_unref(output);
  Value value = value_from_tensor(pushing->trace->session, tangent);
  if (value_is_error(value)) return false;
  value_unref(*leaf);
  *leaf = value;
  return true;
}

/* jvp(f, x, v): how f(x) changes when x moves along v. */
Value builtin_jvp(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  Trace trace;
  Pushing pushing = {.trace = &trace};
  Value value = value_error();
  if (start_all(&trace, call, 1, &call->arguments[1], false) &&
      leaves_read_directions(&trace, call->arguments[1], call->arguments[2], &pushing.directions))
    value = structure_map(call->session, trace.result, push_leaf, &pushing);
  leaves_release(&pushing.directions);
  trace_finish(&trace);
  return value;
}

static bool failed(const Trace *trace) {
  return trace->graph->runtime->error->kind != ERROR_NONE;
}

static Tensor *zeros_like(Trace *trace, const Tensor *like) {
  return tensor_new_zeros(trace->graph->runtime, (DType)like->dtype, like->layout);
}

static Value hvp_gradients(Trace *trace, Tensor *output, Tensor **gradients, Tensor **directions,
                           bool several) {
  bool connected = trace_depends(trace, output, directions);
  if (!trace_gradients(trace, output, NULL, true, gradients)) return value_error();
  Tensor *along = trace_contract(trace, trace->fresh_count, gradients, directions);
  if (!along && failed(trace)) return value_error();
  for (int i = 0; i < trace->fresh_count; i++) {
    tensor_unref(gradients[i]);
    gradients[i] = along ? NULL : zeros_like(trace, trace->fresh[i]);
  }
  Value value = value_error();
  if (!along || trace_gradients(trace, along, NULL, connected, gradients))
    value = trace_result(trace, gradients, several);
  tensor_unref(along);
  return value;
}

static Value hvp_value(Call *call, Trace *trace) {
  Tensor *output = trace_tensor(trace, trace->result);
  Value value = value_error();
  if (output && tensor_size(output) != 1) {
    ShapeText shape;
    session_fail(call->session, ERROR_GRADIENT, "`hvp` needs a function with a scalar result, but it returned %s",
                 layout_phrase(&shape, output->layout));
  } else if (output) {
    Tensor **gradients = trace_gradient_room(trace);
    Leaves directions = {0};
    if (gradients && leaves_read_directions(trace, call->arguments[1], call->arguments[2], &directions))
      value = hvp_gradients(trace, output, gradients, directions.tensors, is_spread(call, 1, &call->arguments[1]));
    trace_release(trace, gradients);
    leaves_release(&directions);
  }
  tensor_unref(output);
  return value;
}

/* hvp(f, x, v): the Hessian of f at x times v. */
Value builtin_hvp(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  Trace trace;
  Value value = value_error();
  if (start_all(&trace, call, 1, &call->arguments[1], true)) value = hvp_value(call, &trace);
  trace_finish(&trace);
  return value;
}
