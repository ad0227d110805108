/* SPDX-License-Identifier: MIT */
/* custom.c: custom_op(forward, backward): operations whose derivative the user writes. */
#include <inttypes.h>
#include <string.h>
#include "autodiff/rule.h"
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"
#include "runtime/kernels/axes.h"

/* What a recorded call keeps: both functions, and arguments that are no tensors. */
typedef struct CustomCall {
  OpCallback callback;
  Session *session;
  Value forward, backward;
  int count;              /* arguments; those that are operands are unbound here */
  Value arguments[];
} CustomCall;

static size_t custom_bytes(int count) {
  return sizeof(CustomCall) + (size_t)count * sizeof(Value);
}

static void custom_release(OpCallback *callback) {
  CustomCall *custom = (CustomCall *)callback;
  value_unref(custom->forward);
  value_unref(custom->backward);
  for (int i = 0; i < custom->count; i++)
    if (!value_is_unbound(custom->arguments[i])) value_unref(custom->arguments[i]);
  memory_release(custom, custom_bytes(custom->count));
}

/* A value of its own for a tensor that somebody else holds. */
static Value value_of(Session *session, Tensor *tensor) {
  Graph *graph = session_graph(session);
  if (graph->recording && tensor_is_tracked(tensor))
    return value_from_tensor(session, op_apply1(graph, OP_positive, tensor, NULL));
  return value_from_tensor(session, tensor_plain(graph->runtime, tensor));
}

/* Calls a function with `first` (unless unbound), then all arguments, operands from `tensors`. */
static Value call_with(CustomCall *custom, Value function, Value first, Tensor *const *tensors) {
  Session *session = custom->session;
  int extra = value_is_unbound(first) ? 0 : 1, total = custom->count + extra, made = extra;
  size_t bytes = (size_t)(total + 1) * sizeof(Value);
  Value *values = memory_allocate(bytes), result = value_error();
  if (!values) return error_out_of_memory(session_runtime(session)->error), value_error();
  values[0] = first;
  for (int operand = 0; made < total; made++) {
    Value kept = custom->arguments[made - extra];
    values[made] = value_is_unbound(kept) ? value_of(session, tensors[operand++]) : value_ref(kept);
    if (value_is_error(values[made])) break;
  }
  if (made == total) result = session_call(session, function, total, values, session_graph(session)->span);
  for (int i = extra; i < made; i++) value_unref(values[i]);
  memory_release(values, bytes);
  return result;
}

/* What is to have a derivative is a real number, also where the function made a whole one or a truth value of it. */
static Tensor *make_real(Graph *graph, Tensor *result_taken, int count, Tensor *const *tensors) {
  bool tracked = false;
  for (int i = 0; graph->recording && i < count; i++) tracked = tracked || tensor_is_tracked(tensors[i]);
  if (!tracked || !result_taken || tensor_is_float(result_taken)) return result_taken;
  Tensor *real = tensor_cast(graph->runtime, result_taken, DTYPE_FLOAT64);
  tensor_unref(result_taken);
  return real;
}

static Tensor *custom_forward(OpCallback *callback, int count, Tensor *const *tensors) {
  CustomCall *custom = (CustomCall *)callback;
  Graph *graph = session_graph(custom->session);
  bool recording = graph->recording;
  Span span = graph->span; /* the node belongs to the call, not to what the function does */
  graph->recording = false;
  Value result = call_with(custom, custom->forward, value_unbound(), tensors);
  graph->recording = recording;
  graph->span = span;
  if (value_is_error(result)) return NULL;
  bool listed = value_is(result, KIND_TUPLE) || value_is(result, KIND_RANGE);
  Tensor *tensor = listed ? value_to_tensor(custom->session, result) : result_tensor(custom->session, "custom_op", result);
  value_unref(result);
  return make_real(graph, tensor, count, tensors);
}

/* ---- backward */
/* The shape of the argument, or that of the result, over which the argument was broadcast. */
static bool check_gradient(CustomCall *custom, int argument, const Tensor *gradient, const Tensor *operand,
                           const Tensor *result) {
  Runtime *runtime = session_runtime(custom->session);
  if (layout_same_shape(gradient->layout, operand->layout)) return true;
  if (layout_same_shape(gradient->layout, result->layout) && layout_fits(operand->layout, result->layout)) return true;
  ShapeText got, wanted;
  const char *name = parameter_name(custom->session, custom->forward, argument);
  runtime_fail(runtime, ERROR_GRADIENT, -1,
               "`custom_op`: %s%s%s and its derivative differ in shape: %s and %s", name ? "`" : "",
               name ? name : "an argument", name ? "`" : "", layout_text(&wanted, operand->layout),
               layout_text(&got, gradient->layout));
  return false;
}

static bool take_gradient(CustomCall *custom, Rule *rule, int argument, int operand, Value value) {
  if (value_is_none(value)) return true;
  Tensor *gradient = rule_keep(rule, value_to_tensor(custom->session, value));
  if (!gradient || !check_gradient(custom, argument, gradient, rule->x[operand], rule->r)) return false;
  rule->gradients[operand] = gradient;
  return true;
}

static bool fail_count(CustomCall *custom, int64_t got) {
  Runtime *runtime = session_runtime(custom->session);
  runtime_fail(runtime, ERROR_GRADIENT, -1,
               "the backward function of `custom_op` returned %" PRId64 " gradient%s for %d argument%s", got,
               got == 1 ? "" : "s", custom->count, custom->count == 1 ? "" : "s");
  error_hint(runtime->error, "it returns one gradient for each argument, several as a tuple");
  return false;
}

/* A `return` that was forgotten is no derivative of 0. */
static bool fail_none(CustomCall *custom) {
  Error *error = session_runtime(custom->session)->error;
  error_set(error, ERROR_GRADIENT, "the backward function of `custom_op` returned `none` instead of a gradient");
  error->of_none = true;
  error_hint(error, "`return` the gradient; `0` where there is none");
  return false;
}

/* A tuple with one gradient per argument, or the only one without a tuple. */
static bool take_gradients(CustomCall *custom, Rule *rule, Value result) {
  if (value_is_none(result)) return fail_none(custom);
  bool several = value_is(result, KIND_TUPLE);
  int64_t got = several ? value_tuple(result)->count : 1;
  if (got != custom->count) return fail_count(custom, got);
  for (int i = 0, operand = 0; i < custom->count; i++) {
    if (!value_is_unbound(custom->arguments[i])) continue;
    if (!take_gradient(custom, rule, i, operand++, several ? value_tuple(result)->items[i] : result)) return false;
  }
  return true;
}

/* The backward function could not even be entered. */
static void hint_arguments(const CustomCall *custom) {
  Error *error = session_runtime(custom->session)->error;
  if (error->kind != ERROR_ARGUMENT || error->frame_count) return;
  buffer_clear(&error->hint);
  error_hint(error, "`custom_op` calls it with g and the inputs: `%s`",
             custom->count == 1 ? "(g, x) -> ..." : custom->count == 2 ? "(g, x, y) -> ..." : "(g, x, y, ...) -> ...");
}

static void custom_backward(OpCallback *callback, Rule *rule) {
  CustomCall *custom = (CustomCall *)callback;
  Value incoming = value_of(custom->session, rule->g);
  if (value_is_error(incoming)) return;
  Value result = call_with(custom, custom->backward, incoming, rule->x);
  value_unref(incoming);
  if (value_is_error(result)) {
    hint_arguments(custom);
    return;
  }
  take_gradients(custom, rule, result);
  value_unref(result);
}

/* ---- the function value */
enum { CUSTOM_FORWARD, CUSTOM_BACKWARD, CUSTOM_KEPT };

static bool is_operand(Value value) {
  return value_is_number(value) || value_as_variable(value);
}

static CustomCall *custom_new(Session *session, const Native *self, int count, const Value *arguments) {
  CustomCall *custom = memory_allocate(custom_bytes(count));
  if (!custom) return error_out_of_memory(session_runtime(session)->error), NULL;
  custom->callback = (OpCallback){1, custom_forward, custom_backward, custom_release};
  custom->session = session;
  custom->forward = value_ref(self->kept[CUSTOM_FORWARD]);
  custom->backward = value_ref(self->kept[CUSTOM_BACKWARD]);
  custom->count = count;
  for (int i = 0; i < count; i++)
    custom->arguments[i] = is_operand(arguments[i]) ? value_unbound() : value_ref(arguments[i]);
  return custom;
}

static bool is_plain_leaf(void *context, Value *leaf) {
  Variable *variable = value_as_variable(*leaf);
  return !variable || variable_is_constant(variable) ||
         error_set(session_runtime(context)->error, ERROR_GRADIENT,
                   "`custom_op`: a variable inside a tuple or record gets no gradient");
}

/* Only arguments themselves get gradients: without an error those of variables inside a structure would be missing. */
static bool check_structures(Session *session, int count, const Value *arguments) {
  for (int i = 0; session_graph(session)->recording && i < count; i++) {
    if (!value_is(arguments[i], KIND_TUPLE) && !value_is(arguments[i], KIND_RECORD)) continue;
    Value copy = structure_map(session, arguments[i], is_plain_leaf, session);
    if (value_is_error(copy)) {
      error_hint(session_runtime(session)->error,
                 "give each variable as an argument of its own, or `detach` the structure");
      return false;
    }
    value_unref(copy);
  }
  return true;
}

/* The operands of a call, borrowed by the array; each is owned. */
static int read_operands(Session *session, int count, const Value *arguments, Tensor **operands) {
  int made = 0;
  for (int i = 0; i < count; i++) {
    if (!is_operand(arguments[i])) continue;
    operands[made] = value_to_tensor(session, arguments[i]);
    if (!operands[made]) break;
    made++;
  }
  return made;
}

static Value apply_custom(Session *session, CustomCall *custom_taken, int count, Tensor *const *operands) {
  Runtime *runtime = session_runtime(session);
  Attributes *attributes = attributes_new(runtime, 0);
  if (!attributes) {
    custom_release(&custom_taken->callback);
    return value_error();
  }
  attributes->callback = &custom_taken->callback;
  Value result = operation_apply(session, OP_custom, count, operands, attributes);
  attributes_unref(attributes);
  return result;
}

/* Both functions get all arguments by position; those given by name must be the next ones of the forward function. */
static bool place_arguments(Session *session, const Native *self, const Arguments *given, Value *placed) {
  int first = given->positional_count, count = first + given->named_count;
  for (int i = 0; i < count; i++) placed[i] = i < first ? given->values[i] : value_unbound();
  for (int k = 0; k < given->named_count; k++) {
    int at = first;
    const char *name = NULL;
    while (at < count && !((name = parameter_name(session, self->kept[CUSTOM_FORWARD], at)) &&
                           strcmp(name, given->names[k]) == 0)) at++;
    if (at == count)
      return error_set(session_runtime(session)->error, ERROR_ARGUMENT,
                       "`%s` is not the name of the argument that is next here", given->names[k]);
    placed[at] = given->values[first + k];
  }
  return true;
}

static Value call_custom(Session *session, Native *self, const Arguments *given, Span span) {
  Tensor *operands[RULE_INPUTS];
  Value arguments[RULE_INPUTS];
  int count = given->positional_count + given->named_count;
  (void)span;
  if (count > RULE_INPUTS)
    return session_fail(session, ERROR_ARGUMENT, "a custom operation takes at most %d arguments", RULE_INPUTS);
  if (!place_arguments(session, self, given, arguments) || !check_structures(session, count, arguments))
    return value_error();
  CustomCall *custom = custom_new(session, self, count, arguments);
  if (!custom) return value_error();
  int made = read_operands(session, count, arguments, operands);
  bool failed = session_runtime(session)->error->kind != ERROR_NONE;
  if (failed) custom_release(&custom->callback);
  Value result = failed ? value_error() : apply_custom(session, custom, made, operands);
  for (int i = 0; i < made; i++) tensor_unref(operands[i]);
  return result;
}

static void show_custom(Session *session, const Native *self, Buffer *out) {
  buffer_add_text(out, "custom_op(");
  function_show(session, out, self->kept[CUSTOM_FORWARD]);
  buffer_add_text(out, ", ");
  function_show(session, out, self->kept[CUSTOM_BACKWARD]);
  buffer_add_byte(out, ')');
}

static const NativeInfo custom_info = {"custom_op", call_custom, show_custom, true};

Value builtin_custom_op(Call *call) {
  if (!argument_function(call, 0) || !argument_function(call, 1)) return value_error();
  Native *native = native_new(call->session, &custom_info, CUSTOM_KEPT);
  if (!native) return value_error();
  native->kept[CUSTOM_FORWARD] = value_ref(call->arguments[0]);
  native->kept[CUSTOM_BACKWARD] = value_ref(call->arguments[1]);
  return value_object(native);
}
