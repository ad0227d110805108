/* SPDX-License-Identifier: MIT */
/* sample.c: a function's values at many points. */
#include "evaluator/builtins/sample.h"
#include <math.h>
#include <string.h>
#include "base/memory.h"
#include "evaluator/failure.h"
#include "evaluator/function.h"
#include "evaluator/quiet.h"

/* ---- numbers of a value */

static Tensor *plain_doubles(Runtime *runtime, Tensor *tensor_taken) {
  Tensor *plain = tensor_taken ? tensor_plain(runtime, tensor_taken) : NULL;
  Tensor *cast = plain ? tensor_cast(runtime, plain, DTYPE_FLOAT64) : NULL;
  Tensor *flat = cast ? tensor_contiguous(runtime, cast) : NULL;
  tensor_unref(tensor_taken);
  tensor_unref(plain);
  tensor_unref(cast);
  return flat;
}

double *numbers_of_value(Session *session, Value value, int64_t *count, int *ndim, int64_t *columns) {
  Runtime *runtime = session_runtime(session);
  Tensor *tensor = plain_doubles(runtime, value_to_tensor(session, value));
  if (!tensor) return NULL;
  *count = tensor_size(tensor);
  *ndim = tensor_ndim(tensor);
  *columns = *ndim ? layout_shape(tensor->layout)[*ndim - 1] : 1;
  bool ready = tensor_ready(runtime, tensor);
  double *numbers = ready ? memory_allocate((size_t)(*count + 1) * sizeof *numbers) : NULL;
  if (ready && !numbers) error_out_of_memory(runtime->error);
  if (numbers && !runtime_copy(runtime, numbers, tensor_data(tensor), (size_t)*count * sizeof *numbers)) {
    memory_release(numbers, (size_t)(*count + 1) * sizeof *numbers);
    numbers = NULL;
  }
  tensor_unref(tensor);
  return numbers;
}

/* ---- calling */

static const FunctionCode *code_of(Value function) {
  while (value_is(function, KIND_NATIVE) && value_native(function)->count > 0)
    function = value_native(function)->kept[0];
  return value_is(function, KIND_FUNCTION) ? value_function(function)->code : NULL;
}

Sampler sampler_start(Session *session, Value function, int inputs, Span span) {
  const FunctionCode *code = code_of(function);
  bool gathers = inputs > 1 && code && !code->rest && code->parameters == 1;
  return (Sampler){session, function, span, inputs, 1, gathers, SAMPLE_UNTRIED};
}

static Value call_quietly(Sampler *sampler, int count, const Value *arguments) {
  Quiet before = quiet_start(sampler->session, false, true);
  Value result = session_call(sampler->session, sampler->function, count, arguments, sampler->span);
  quiet_end(sampler->session, before);
  return result;
}

static bool fail_result(Sampler *sampler, Value result, const double *const *points, int64_t at) {
  Variable *variable = value_as_variable(result);
  ShapeText shape;
  if (sampler->session->error.kind != ERROR_NONE) return false;
  ShownText text;
  const char *what = variable ? layout_text(&shape, variable_layout(variable))
                              : shown_kind(sampler->session, &text, result);
  session_fail(sampler->session, ERROR_SHAPE, "the function gives %s%s at %.6g%s, but a plot needs %s",
               variable ? "shape " : "", what, points[0][at], sampler->inputs > 1 ? ", ..." : "",
               sampler->outputs > 1 ? "a pair of numbers" : "a number");
  error_hint(&sampler->session->error, sampler->inputs > 1
                                           ? "it is called with two numbers, x and y (or one tensor [x, y])"
                                           : "it is called with one number");
  error_at(&sampler->session->error, sampler->span);
  return false;
}

/* Numbers of a result, as many as are wanted. */
static bool take_numbers(Sampler *sampler, Value result, int64_t wanted, double *numbers) {
  int64_t count, columns;
  int ndim;
  if (value_is_number(result) || value_is_bool(result)) return wanted == 1 ? (numbers[0] = result.number, true) : false;
  if (!value_as_variable(result) && !value_is(result, KIND_TUPLE)) return false;
  double *all = numbers_of_value(sampler->session, result, &count, &ndim, &columns);
  if (!all) return false;
  if (count == wanted) memcpy(numbers, all, (size_t)count * sizeof *numbers);
  memory_release(all, (size_t)(count + 1) * sizeof *all);
  return count == wanted;
}

/* ---- one by one */

Value value_of_numbers(Session *session, int ndim, const int64_t *shape, const double *numbers) {
  Tensor *tensor = tensor_new_shape(session_runtime(session), DTYPE_FLOAT64, ndim, shape);
  size_t count = tensor ? (size_t)tensor_size(tensor) : 0;
  if (count) memcpy(tensor_data(tensor), numbers, count * sizeof *numbers);
  return value_from_tensor(session, tensor);
}

static Value vector_of(Session *session, int64_t count, const double *numbers) {
  return value_of_numbers(session, 1, &count, numbers);
}

static Value call_single(Sampler *sampler, const double *const *points, int64_t at) {
  double coordinates[SAMPLE_COORDINATES];
  Value arguments[SAMPLE_COORDINATES];
  for (int k = 0; k < sampler->inputs; k++) arguments[k] = value_number(coordinates[k] = points[k][at]);
  if (!sampler->gathers) return call_quietly(sampler, sampler->inputs, arguments);
  Value point = vector_of(sampler->session, sampler->inputs, coordinates);
  if (value_is_error(point)) return point;
  Value result = call_quietly(sampler, 1, &point);
  value_unref(point);
  return result;
}

static bool evaluate_single(Sampler *sampler, const double *const *points, int64_t at, double *numbers) {
  Value result = call_single(sampler, points, at);
  if (value_is_error(result)) return false;
  bool taken = take_numbers(sampler, result, sampler->outputs, numbers) || fail_result(sampler, result, points, at);
  value_unref(result);
  return taken;
}

static bool evaluate_singles(Sampler *sampler, int64_t count, const double *const *points, double *const *values) {
  for (int64_t i = 0; i < count; i++) {
    double numbers[SAMPLE_COORDINATES];
    if (!evaluate_single(sampler, points, i, numbers)) return false;
    for (int k = 0; k < sampler->outputs; k++) values[k][i] = numbers[k];
    if (i % 1024 == 0 && runtime_interrupted(session_runtime(sampler->session))) return false;
  }
  return true;
}

/* ---- all at once */

/* An error of a trial is no error: the function takes single numbers only. */
static bool forgive(Session *session, Value *top, size_t depth) {
  ErrorKind kind = session->error.kind;
  if (kind == ERROR_INTERRUPT || kind == ERROR_MEMORY || kind == ERROR_EXIT) return false;
  error_clear(&session->error);
  session->top = top;
  session->depth = depth;
  return true;
}

/* Who called themselves too deeply would do it again, and if plots are drawn on the way, once more at every level. */
static bool try_otherwise(Session *session, Value *top, size_t depth) {
  return session->error.kind != ERROR_DEPTH && forgive(session, top, depth);
}

Value call_on_trial(Session *session, Value function, int count, const Value *arguments) {
  Value *top = session->top;
  size_t depth = session->depth;
  Value result = session_call(session, function, count, arguments, (Span){0, 0});
  if (value_is_error(result)) forgive(session, top, depth);
  return result;
}

/* The numbers of each output: the elements of a tuple, or all of the result. */
static bool take_whole(Sampler *sampler, Value result, int64_t count, double *const *values) {
  if (sampler->outputs == 1) {
    double single;
    bool scalar = take_numbers(sampler, result, 1, &single);
    if (!scalar) return take_numbers(sampler, result, count, values[0]);
    for (int64_t i = 0; i < count; i++) values[0][i] = single;
    return true;
  }
  if (!value_is(result, KIND_TUPLE) || value_tuple(result)->count != (uint32_t)sampler->outputs) return false;
  for (int k = 0; k < sampler->outputs; k++) {
    Value part = value_tuple(result)->items[k];
    double single;
    if (take_numbers(sampler, part, 1, &single))
      for (int64_t i = 0; i < count; i++) values[k][i] = single;
    else if (!take_numbers(sampler, part, count, values[k]))
      return false;
  }
  return true;
}

static bool call_whole(Sampler *sampler, int64_t count, const double *const *points, double *const *values) {
  Value arguments[SAMPLE_COORDINATES], result = value_error();
  int made = 0;
  while (made < sampler->inputs) {
    arguments[made] = vector_of(sampler->session, count, points[made]);
    if (value_is_error(arguments[made])) break;
    made++;
  }
  if (made == sampler->inputs) result = call_quietly(sampler, made, arguments);
  while (made > 0) value_unref(arguments[--made]);
  if (value_is_error(result)) return false;
  bool taken = take_whole(sampler, result, count, values);
  value_unref(result);
  return taken;
}

static bool agree(double a, double b) {
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b)) + 1e-300;
}

/* sum(x) takes a tensor but means something else by it: a few points tell.  Multiples of the golden ratio keep clear of
   simple fractions of the interval, where a coordinate is likely to be 0 or 1, and of a grid that shares a row or a
   column. */
static bool is_pointwise(Sampler *sampler, int64_t count, const double *const *points, double *const *values) {
  enum { PROBES = 5 };
  static const double golden = 0.6180339887498949;
  for (int k = 1; k <= PROBES; k++) {
    int64_t at = (int64_t)(fmod(k * golden, 1) * (double)count);
    double numbers[SAMPLE_COORDINATES];
    if (!evaluate_single(sampler, points, at, numbers)) return false;
    for (int output = 0; output < sampler->outputs; output++)
      if (!agree(numbers[output], values[output][at])) return false;
  }
  return true;
}

bool sampler_evaluate(Sampler *sampler, int64_t count, const double *const *points, double *const *values) {
  Session *session = sampler->session;
  if (count == 0) return true;
  if (sampler->mode == SAMPLE_UNTRIED && (count < 3 || sampler->gathers))
    return evaluate_singles(sampler, count, points, values);
  if (sampler->mode != SAMPLE_SINGLE) {
    Value *top = session->top;
    size_t depth = session->depth;
    bool tried = sampler->mode == SAMPLE_WHOLE;
    if (call_whole(sampler, count, points, values) && (tried || is_pointwise(sampler, count, points, values))) {
      sampler->mode = SAMPLE_WHOLE;
      return true;
    }
    if (!try_otherwise(session, top, depth)) return false;
    sampler->mode = SAMPLE_SINGLE;
  }
  return evaluate_singles(sampler, count, points, values);
}

bool sampler_settle_outputs(Sampler *sampler, const double *point) {
  Session *session = sampler->session;
  const double *points[SAMPLE_COORDINATES] = {point, point + 1};
  Value *top = session->top;
  size_t depth = session->depth;
  Value result = call_single(sampler, points, 0);
  if (value_is_error(result) && !sampler->gathers && value_is(sampler->function, KIND_NATIVE)) {
    if (!try_otherwise(session, top, depth)) return false;
    sampler->gathers = true; /* grad(f) of a builtin: perhaps it takes a vector */
    result = call_single(sampler, points, 0);
  }
  if (value_is_error(result)) return false;
  double numbers[SAMPLE_COORDINATES];
  bool single = take_numbers(sampler, result, 1, numbers), pair = !single && take_numbers(sampler, result, 2, numbers);
  sampler->outputs = pair ? 2 : 1;
  bool settled = single || pair || fail_result(sampler, result, points, 0);
  value_unref(result);
  return settled;
}
