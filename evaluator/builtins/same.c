/* SPDX-License-Identifier: MIT */
/* same.c: whether two functions have the same values: compared at many points, always the same ones. */
#include <math.h>
#include <string.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/explain.h"
#include "evaluator/builtins/formula.h"
#include "evaluator/function.h"

enum { PARAMETERS_MOST = 8, POINTS_MOST = 1000000, TRIES_PER_POINT = 8, POINTS_NEEDED = 4 };

typedef struct Comparison {
  Call *call;
  Session *session;
  int parameters;
  uint64_t state;                  /* of the generator */
  double point[PARAMETERS_MOST];
  Tensor *left, *right;            /* values there; owned */
  int64_t compared;
} Comparison;

/* ---- how many parameters */
static int native_parameters(Value function, const char **names);

/* 0: a plain value, which is a constant function; -1: not known. */
static int parameters_of(Value function, const char **names) {
  size_t primes;
  if (!value_is_callable(function)) return 0;
  Value base = derivative_base(function, &primes);
  if (value_is(base, KIND_NATIVE)) return native_parameters(base, names);
  if (value_is(base, KIND_FUNCTION)) {
    const FunctionCode *code = ((const Function *)(const void *)base.object)->code;
    for (uint32_t k = 0; k < code->parameters && k < PARAMETERS_MOST; k++) names[k] = function_parameter(code, k);
    return (int)function_positional(code);
  }
  int count = formula_parameters(base);
  return count ? count : -1;
}

/* grad(f) takes what f takes. */
static int native_parameters(Value function, const char **names) {
  const Native *native = (const Native *)(const void *)function.object;
  bool keeps = native->count > 0 && value_is_callable(native->kept[0]);
  return keeps ? parameters_of(native->kept[0], names) : -1;
}

static bool count_parameters(Comparison *comparison, const char **names) {
  const Value *functions = comparison->call->arguments;
  const char *others[PARAMETERS_MOST];
  memcpy(others, names, sizeof others);
  int right = parameters_of(functions[1], names), left = parameters_of(functions[0], right > 0 ? others : names);
  if (left > 0 && right > 0)
    for (int k = 0; k < left && k < PARAMETERS_MOST; k++) names[k] = others[k];
  int count = left > 0 ? left : right > 0 ? right : left == 0 && right == 0 ? 0 : 1;
  comparison->parameters = count;
  if (count > PARAMETERS_MOST)
    session_fail(comparison->session, ERROR_ARGUMENT, "`same` compares functions of at most %d arguments",
                 PARAMETERS_MOST);
  else if (left > 0 && right > 0 && left != right)
    session_fail(comparison->session, ERROR_ARGUMENT, "the first function takes %d argument%s, the second %d", left,
                 left == 1 ? "" : "s", right);
  else return true;
  return argument_fail(comparison->call, 1), false;
}

/* ---- points */

/* xorshift64*: the random numbers of the session are not touched. */
static double next_random(Comparison *comparison) {
  comparison->state ^= comparison->state >> 12;
  comparison->state ^= comparison->state << 25;
  comparison->state ^= comparison->state >> 27;
  return (double)((comparison->state * 2685821657736338717u) >> 11) * 0x1p-53;
}

/* Easy numbers first: they make counter-examples that can be checked by hand.  Then ranges of several sizes, every
   second one positive, for functions that live there alone. */
static double next_coordinate(Comparison *comparison, int64_t try, int parameter) {
  static const double easy[] = {2, 3, 1, 0.5, -1, -2, 4, -0.5};
  static const double ranges[] = {3, 10, 1, 0.1};
  enum { EASY = sizeof easy / sizeof *easy };
  if (try < EASY) return easy[(try + 3 * parameter) % EASY];
  double range = ranges[try / 2 % 4], random = next_random(comparison);
  return try % 2 ? range * random : range * (2 * random - 1);
}

static Tensor *value_at(Comparison *comparison, int which) {
  Value arguments[PARAMETERS_MOST], function = comparison->call->arguments[which];
  if (!value_is_callable(function)) return value_to_tensor(comparison->session, function);
  for (int k = 0; k < comparison->parameters; k++) arguments[k] = value_number(comparison->point[k]);
  Value result = session_call(comparison->session, function, comparison->parameters, arguments,
                              comparison->call->span);
  if (value_is_error(result)) return NULL;
  Tensor *tensor = value_to_tensor(comparison->session, result);
  value_unref(result);
  return tensor;
}

static bool are_near(double a, double b) {
  return fabs(a - b) <= 1e-8 * fmax(fabs(a), fabs(b)) + 1e-11;
}

typedef enum Verdict { VERDICT_SAME, VERDICT_OTHER, VERDICT_OUTSIDE, VERDICT_FAILED } Verdict;

static Verdict compare_values(const Tensor *left, const Tensor *right) {
  if (!layout_same_shape(left->layout, right->layout)) return VERDICT_OTHER;
  Verdict verdict = VERDICT_SAME;
  for (int64_t i = 0; i < tensor_size(left); i++) {
    double a = tensor_number_at(left, i), b = tensor_number_at(right, i);
    if (!isfinite(a) || !isfinite(b)) return VERDICT_OUTSIDE;
    if (!are_near(a, b)) verdict = VERDICT_OTHER;
  }
  return verdict;
}

static void drop_values(Comparison *comparison) {
  tensor_unref(comparison->left);
  tensor_unref(comparison->right);
  comparison->left = comparison->right = NULL;
}

static Verdict compare_at(Comparison *comparison, int64_t try) {
  drop_values(comparison);
  for (int k = 0; k < comparison->parameters; k++) comparison->point[k] = next_coordinate(comparison, try, k);
  comparison->left = value_at(comparison, 0);
  comparison->right = comparison->left ? value_at(comparison, 1) : NULL;
  if (!comparison->right || runtime_interrupted(session_runtime(comparison->session))) return VERDICT_FAILED;
  return compare_values(comparison->left, comparison->right);
}

/* ---- the answer */
static bool discard(void *context, Stream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  return true;
}

static Verdict compare(Comparison *comparison, int64_t wanted) {
  Verdict verdict = VERDICT_SAME;
  int64_t tries = comparison->parameters ? wanted * TRIES_PER_POINT : 1;
  for (int64_t try = 0; try < tries && comparison->compared < wanted; try++) {
    verdict = compare_at(comparison, try);
    if (verdict == VERDICT_OTHER || verdict == VERDICT_FAILED) return verdict;
    comparison->compared += verdict == VERDICT_SAME;
  }
  int64_t needed = comparison->parameters ? POINTS_NEEDED : 1;
  return comparison->compared >= (needed < wanted ? needed : wanted) ? VERDICT_SAME : VERDICT_OUTSIDE;
}

/* Functions that are tried out neither print nor warn nor record. */
static Verdict compare_quietly(Comparison *comparison, int64_t wanted) {
  Session *session = comparison->session;
  SessionOptions options = session->options;
  bool recording = session->graph.recording;
  session->options.output = discard;
  session->options.warn = NULL;
  session->graph.recording = false;
  Verdict verdict = compare(comparison, wanted);
  session->options = options;
  session->graph.recording = recording;
  session->runtime.warning.count = 0;
  return verdict;
}

static void add_result(Session *session, Buffer *out, const Tensor *tensor) {
  ExplainValue value;
  Steps steps = {.value_columns = VALUE_WIDE};
  if (explain_value(session_graph(session), &value, (Tensor *)(uintptr_t)tensor)) steps_add_value(&steps, out, &value);
  explain_value_free(&value);
}

static bool show_counter_example(Comparison *comparison, const char *const *names) {
  Buffer out = {0};
  buffer_add_text(&out, "different");
  for (int k = 0; k < comparison->parameters; k++) {
    buffer_format(&out, "%s%s = ", k ? ", " : " at ", names[k]);
    text_number(&out, comparison->point[k], NULL);
  }
  buffer_add_text(&out, ": ");
  add_result(comparison->session, &out, comparison->left);
  buffer_add_text(&out, " and ");
  add_result(comparison->session, &out, comparison->right);
  buffer_add_byte(&out, '\n');
  bool printed = session_print(comparison->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&out);
  return printed;
}

/* {at: (2,), left: 4, right: 5} */
static Value counter_example(Comparison *comparison) {
  Session *session = comparison->session;
  Record *record = record_new(session);
  Tuple *at = record ? tuple_new(session, (uint32_t)comparison->parameters) : NULL;
  for (int k = 0; at && k < comparison->parameters; k++) at->items[k] = value_number(comparison->point[k]);
  bool done = at && record_set(session, record, "at", 2, value_object(at));
  Tensor *values[] = {comparison->left, comparison->right};
  static const char *const fields[] = {"left", "right"};
  for (int i = 0; i < 2 && done; i++) {
    Value value = value_from_tensor(session, tensor_plain(session_runtime(session), values[i]));
    done = !value_is_error(value) && record_set(session, record, fields[i], i ? 5 : 4, value);
  }
  if (done) return value_object(record);
  if (record) value_unref(value_object(record));
  return value_error();
}

static Value answer(Comparison *comparison, Verdict verdict, bool details, const char *const *names) {
  switch (verdict) {
    case VERDICT_SAME: return details ? value_none() : value_bool(true);
    case VERDICT_OTHER:
      if (details) return counter_example(comparison);
      return show_counter_example(comparison, names) ? value_bool(false) : value_error();
    case VERDICT_OUTSIDE:
      session_fail(comparison->session, ERROR_VALUE,
                   "there are too few points where both are finite numbers, so they cannot be compared");
      return argument_fail(comparison->call, 1);
    default: return value_error();
  }
}

/* same(f, g, n=100, details=false) */
Value builtin_same(Call *call) {
  const char *names[PARAMETERS_MOST] = {"x", "y", "z", "x4", "x5", "x6", "x7", "x8"};
  Comparison comparison = {.call = call, .session = call->session, .state = 0x9E3779B97F4A7C15u};
  int64_t wanted;
  bool details;
  if (!argument_integer(call, 2, &wanted) || !argument_bool(call, 3, &details)) return value_error();
  if (wanted < 1 || wanted > POINTS_MOST) {
    session_fail(call->session, ERROR_ARGUMENT, "`n`, the number of points, goes from 1 to %d", POINTS_MOST);
    return argument_fail(call, 2);
  }
  if (!count_parameters(&comparison, names)) return value_error();
  Value value = answer(&comparison, compare_quietly(&comparison, wanted), details, names);
  drop_values(&comparison);
  return value;
}
