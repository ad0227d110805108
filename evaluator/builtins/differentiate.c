/* SPDX-License-Identifier: MIT */
/* differentiate.c: f', grad(f), value_and_grad(f), elementwise_grad(f): functions that trace a function. */
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/formula.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"
#include "evaluator/function.h"

enum { ORDER_ALWAYS = 5, ORDER_MOST = 100, OPERATIONS_MOST = 1000000 };

/* kept[0] is the function, kept[1] says with respect to what: a position or a tuple of them. */
static Value make_native(Session *session, const NativeInfo *info, Value function, Value positions) {
  Native *native = native_new(session, info, 2);
  if (!native) return value_error();
  native->kept[0] = value_ref(function);
  native->kept[1] = value_ref(positions);
  return value_object(native);
}

/* A lambda is marked where it stands; what has a name is known by it. */
static Span function_place(Value function, Span otherwise) {
  if (!value_is(function, KIND_FUNCTION)) return otherwise;
  const Ast *ast = value_function(function)->code->ast;
  return ast->kind == AST_LAMBDA ? ast->span : otherwise;
}

static const NativeInfo grad_info, hessian_info, derivative_info, elementwise_info;

static bool require_scalar(Session *session, const Native *self, const Tensor *output, Span span) {
  if (tensor_size(output) == 1) return true;
  ShapeText shape;
  Error *error = session_runtime(session)->error;
  session_fail(session, ERROR_GRADIENT, "`%s` needs a function with a scalar result, but it returned shape %s",
               self->info->name, layout_text(&shape, output->layout));
  if (self->info == &hessian_info)
    error_hint(error, "take the sum: `hessian(x -> sum(f(x)))`; for each element `jacobian(f')`");
  else error_hint(error, "for elementwise functions use `f'` or `elementwise_grad(f)`; for the matrix `jacobian(f)`");
  error_at(error, function_place(self->kept[0], span));
  return false;
}

/* The value beside the gradient depends on nothing that only the trace knew. */
static Value pair_value(Trace *trace, Tensor *output, bool connected, Value gradient) {
  Tuple *pair = value_is_error(gradient) ? NULL : tuple_new(trace->session, 2);
  if (!pair) {
    if (!value_is_error(gradient)) value_unref(gradient);
    return value_error();
  }
  pair->items[1] = gradient;
  Tensor *value = connected ? tensor_ref(output) : tensor_plain(trace->graph->runtime, output);
  pair->items[0] = value_from_tensor(trace->session, value);
  if (!value_is_error(pair->items[0])) return value_object(pair);
  pair->items[0] = value_none();
  value_unref(value_object(pair));
  return value_error();
}

static Value gradient_value(Trace *trace, const Native *self, Tensor *output, bool with_value) {
  bool connected = trace->recording && trace_is_connected(trace, output);
  Tensor **gradients = trace_gradient_room(trace);
  Value value = value_error();
  if (gradients && trace_gradients(trace, output, NULL, connected, gradients))
    value = trace_result(trace, gradients, value_is(self->kept[1], KIND_TUPLE));
  trace_release(trace, gradients);
  return with_value ? pair_value(trace, output, connected, value) : value;
}

static bool is_differentiated(Value function) {
  if (!value_is(function, KIND_NATIVE)) return false;
  const NativeInfo *info = value_native(function)->info;
  return info == &derivative_info || info == &grad_info || info == &hessian_info || info == &elementwise_info;
}

/* The derivatives of most functions take a few times as many operations with every order, so a high one would fill the
   memory and never end.  Low ones may take as many as they like: then it is the function that is long. */
static bool stays_short(const Trace *trace, const Native *self) {
  int order = 1;
  for (Value inner = self->kept[0]; is_differentiated(inner); order++)
    inner = value_native(inner)->kept[0];
  if (order <= ORDER_ALWAYS || trace->graph->sequence - trace->start < OPERATIONS_MOST) return true;
  session_fail(trace->session, ERROR_GRADIENT,
               "a derivative of order %d takes too many operations here: they grow with "
               "every order, and order %d already took %.1f million", order, order - 1,
               (double)(trace->graph->sequence - trace->start) / 1e6);
  return false;
}

/* ---- f': the derivatives of each element by itself */

/* What a number is turned into moves as a whole; its derivative has its shape. */
static bool is_curve(const Tensor *output, const Tensor *fresh) {
  return tensor_ndim(fresh) == 0 && tensor_ndim(output) > 0;
}

static bool require_shape(const Trace *trace, const Native *self, const Tensor *output, const Tensor *fresh) {
  bool fits = tensor_size(output) == 1 || tensor_ndim(fresh) == 0 || layout_same_shape(output->layout, fresh->layout);
  if (fits) return true;
  ShapeText from, to;
  Error *error = trace->graph->runtime->error;
  error_set(error, ERROR_GRADIENT, "%s goes element by element, but the function made shape %s of shape %s",
            self->info == &derivative_info ? "`f'`" : "`elementwise_grad`", layout_text(&to, output->layout),
            layout_text(&from, fresh->layout));
  error_hint(error, "for the matrix of all derivatives use `jacobian(f)`");
  error_at(error, function_place(self->kept[0], trace->span));
  return false;
}

/* How the output changes with one fresh variable. */
static Tensor *curve_derivative(Trace *trace, Tensor *output, int index) {
  Tensor **directions = trace_gradient_room(trace), *derivative = NULL;
  if (directions) directions[index] = tensor_new_number(trace->graph->runtime, (DType)trace->fresh[index]->dtype, 1);
  if (directions && directions[index]) derivative = trace_forward(trace, output, directions);
  trace_release(trace, directions);
  return derivative;
}

static bool fill_derivatives(Trace *trace, const Native *self, Tensor *output, Tensor **derivatives) {
  int curves = 0;
  for (int i = 0; i < trace->fresh_count; i++) {
    if (!require_shape(trace, self, output, trace->fresh[i])) return false;
    curves += is_curve(output, trace->fresh[i]);
  }
  bool connected = trace->recording && trace_is_connected(trace, output);
  bool filled = curves == trace->fresh_count || (trace_gradients(trace, output, NULL, connected, derivatives) &&
                 mixing_check(trace, output, derivatives, function_place(self->kept[0], trace->span)));
  for (int i = 0; filled && i < trace->fresh_count; i++) {
    if (!is_curve(output, trace->fresh[i])) continue;
    tensor_unref(derivatives[i]);
    filled = (derivatives[i] = curve_derivative(trace, output, i)) != NULL;
  }
  return filled;
}

typedef struct Deriving { Trace *trace; const Native *self; } Deriving;

/* A function may return a tuple or record: then there is a derivative of each of its tensors. */
static bool derive_leaf(void *context, Value *leaf) {
  const Deriving *deriving = context;
  Trace *trace = deriving->trace;
  Tensor *output = trace_tensor(trace, *leaf);
  Tensor **derivatives = output ? trace_gradient_room(trace) : NULL;
  Value value = value_error();
  if (derivatives && fill_derivatives(trace, deriving->self, output, derivatives))
    value = trace_result(trace, derivatives, value_is(deriving->self->kept[1], KIND_TUPLE));
  trace_release(trace, derivatives);
  tensor_unref(output);
  if (value_is_error(value)) return false;
  value_unref(*leaf);
  *leaf = value;
  return true;
}

/* ---- calling them */

/* What is made of a traced call. */
typedef Value (*Finish)(Trace *trace, const Native *self);

static Value run_native(Session *session, const Native *self, const Arguments *given, Span span, Finish finish) {
  unsigned char chosen[TRACE_ARGUMENTS];
  const char *who = self->info->name;
  if (!trace_choose(session, who, self->kept[0], self->kept[1], given, chosen)) return value_error();
  Trace trace;
  bool called = trace_start(&trace, session, who, given, chosen, span) && trace_call(&trace, self->kept[0]) &&
                stays_short(&trace, self);
  Value value = called ? finish(&trace, self) : value_error();
  trace_finish(&trace);
  return value;
}

static Value finish_gradient(Trace *trace, const Native *self, bool with_value) {
  Tensor *output = trace_tensor(trace, trace->result);
  Value value = value_error();
  if (output && require_scalar(trace->session, self, output, trace->span))
    value = gradient_value(trace, self, output, with_value);
  tensor_unref(output);
  return value;
}

static Value finish_grad(Trace *trace, const Native *self) { return finish_gradient(trace, self, false); }
static Value finish_value_and_grad(Trace *trace, const Native *self) { return finish_gradient(trace, self, true); }

static Value finish_derivative(Trace *trace, const Native *self) {
  Deriving deriving = {trace, self};
  return structure_map(trace->session, trace->result, derive_leaf, &deriving);
}

static Value call_grad(Session *session, Native *self, const Arguments *given, Span span) {
  return run_native(session, self, given, span, finish_grad);
}

static Value call_value_and_grad(Session *session, Native *self, const Arguments *given, Span span) {
  return run_native(session, self, given, span, finish_value_and_grad);
}

static Value call_derivative(Session *session, Native *self, const Arguments *given, Span span) {
  return run_native(session, self, given, span, finish_derivative);
}

static const char *function_name(Value function) {
  if (value_is(function, KIND_BUILTIN)) return ((const Builtin *)(const void *)function.object)->info->name;
  if (!value_is(function, KIND_FUNCTION)) return NULL;
  const FunctionCode *code = value_function(function)->code;
  return code->ast->kind == AST_DEFINE ? code->name : NULL;
}

static bool is_derivative(Value function);
static bool is_partial(Value function);
static void show_partial_call(Session *session, const Native *self, Buffer *out);
static void write_prime(Session *session, const Native *self, Buffer *out);

void function_show(Session *session, Buffer *out, Value function) {
  const char *name = function_name(function);
  if (name) buffer_add_text(out, name);
  else if (is_derivative(function)) write_prime(session, value_native(function), out);
  else if (is_partial(function)) show_partial_call(session, value_native(function), out);
  else value_text(session, out, function, true);
}

void made_show(Session *session, Buffer *out, const char *name, Value function, Value positions) {
  buffer_format(out, "%s(", name);
  function_show(session, out, function);
  if (!value_is_number(positions) || positions.number != 0) {
    buffer_add_text(out, ", ");
    value_text(session, out, positions, true);
  }
  buffer_add_byte(out, ')');
}

static void show_call(Session *session, const Native *self, Buffer *out) {
  made_show(session, out, self->info->name, self->kept[0], self->kept[1]);
}

static void show_partial_call(Session *session, const Native *self, Buffer *out) {
  made_show(session, out, "D", self->kept[0], self->kept[1]);
}

/* `D(f, 1)(x, y) = x ** 2` where there is a formula, else D(f, 1). */
static void show_partial(Session *session, const Native *self, Buffer *out) {
  Value whole = value_object((void *)(uintptr_t)self);
  if (formula_show(session, out, whole, whole, (FormulaForm){0})) show_partial_call(session, self, out);
}

/* The function that the primes stand behind, and how many there are; they may be many. */
static Value base_of(const Native *derivative, size_t *primes) {
  Value base = derivative->kept[0];
  for (*primes = 1; is_derivative(base); ++*primes) base = value_native(base)->kept[0];
  return base;
}

/* f', sin'', grad(f)', (x -> x ** 2)' */
static void write_prime(Session *session, const Native *self, Buffer *out) {
  size_t primes;
  Value base = base_of(self, &primes);
  bool plain = function_name(base) || value_is(base, KIND_NATIVE);
  if (!plain) buffer_add_byte(out, '(');
  function_show(session, out, base);
  if (!plain) buffer_add_byte(out, ')');
  buffer_add_fill(out, '\'', primes);
}

/* As a formula where there is one. */
static void show_prime(Session *session, const Native *self, Buffer *out) {
  size_t primes;
  Value base = base_of(self, &primes), whole = value_object((void *)(uintptr_t)self);
  FormulaForm form = {.order = (int)(primes > FORMULA_ORDERS ? 0 : primes)};
  if (!form.order || formula_show(session, out, base, whole, form)) write_prime(session, self, out);
}

static const NativeInfo grad_info = {"grad", call_grad, show_call, true};
/* The gradient that a Hessian is made of. */
static const NativeInfo hessian_info = {"hessian", call_grad, show_call, false};
static const NativeInfo value_and_grad_info = {"value_and_grad", call_value_and_grad, show_call, true};
static const NativeInfo derivative_info = {"derivative", call_derivative, show_prime, false};
static const NativeInfo elementwise_info = {"elementwise_grad", call_derivative, show_partial, true};

static bool is_derivative(Value function) {
  return value_is(function, KIND_NATIVE) && value_native(function)->info == &derivative_info;
}

Value derivative_base(Value function, size_t *primes) {
  *primes = 0;
  return is_derivative(function) ? base_of(value_native(function), primes) : function;
}

static bool is_partial(Value function) {
  const Native *native = value_is(function, KIND_NATIVE) ? value_native(function) : NULL;
  return native && native->info == &elementwise_info && !value_is(native->kept[1], KIND_TUPLE);
}

Value derivative_root(Value function) {
  while (is_derivative(function) || is_partial(function))
    function = value_native(function)->kept[0];
  return function;
}

Value derivative_new(Session *session, Value function) {
  if (value_is_callable(function)) return make_native(session, &derivative_info, function, value_number(0));
  session_fail(session, ERROR_TYPE, "`'` differentiates a function, but this is a %s", value_type_name(function));
  if (value_as_variable(function)) error_hint(session_runtime(session)->error, "for the transpose write `.T`");
  return value_error();
}

static Value make_from_call(Call *call, const NativeInfo *info) {
  if (!argument_function(call, 0) || !argument_positions(call, 1)) return value_error();
  return make_native(call->session, info, call->arguments[0], call->arguments[1]);
}

Value gradient_new(Session *session, Value function, Value positions) {
  return make_native(session, &grad_info, function, positions);
}

Value gradient_new_for_hessian(Session *session, Value function, Value positions) {
  return make_native(session, &hessian_info, function, positions);
}

Value builtin_value_and_grad(Call *call) { return make_from_call(call, &value_and_grad_info); }

/* By the first argument it is f' itself, which shows its formula. */
Value builtin_elementwise_grad(Call *call) {
  bool first = value_is_number(call->arguments[1]) && call->arguments[1].number == 0;
  if (!first) return make_from_call(call, &elementwise_info);
  return argument_function(call, 0) ? derivative_new(call->session, call->arguments[0]) : value_error();
}

/* derivative(f, x, n=1): the n-th derivative at x. */
Value builtin_derivative(Call *call) {
  int64_t order;
  if (!argument_function(call, 0) || !argument_integer(call, 2, &order)) return value_error();
  if (order < 0 || order > ORDER_MOST) {
    session_fail(call->session, ERROR_ARGUMENT, "the order of a derivative goes from 0 to %d", ORDER_MOST);
    return argument_fail(call, 2);
  }
  Value function = value_ref(call->arguments[0]);
  for (int64_t i = 0; i < order && !value_is_error(function); i++) {
    Value next = derivative_new(call->session, function);
    value_unref(function);
    function = next;
  }
  if (value_is_error(function)) return function;
  Value result = session_call(call->session, function, 1, &call->arguments[1], call->span);
  value_unref(function);
  return result;
}
