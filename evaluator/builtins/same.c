/* SPDX-License-Identifier: MIT */
/* same.c: whether two functions have the same values: compared at many points, always the same ones: numbers, and
   vectors and matrices where both functions take them. */
#include <math.h>
#include <string.h>
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/explain.h"
#include "evaluator/builtins/formula.h"
#include "evaluator/builtins/sample.h"
#include "evaluator/function.h"
#include "evaluator/machine.h"
#include "evaluator/quiet.h"
#include "lexer/lexer.h"
#include "runtime/format/number.h"

enum {
  PARAMETERS_MOST = 8,
  POINTS_MOST = 1000000,
  TRIES_PER_POINT = 8,
  POINTS_NEEDED = 4,
  WIDE_TRIES = 6,
  ELEMENTS = 4
};

typedef struct Comparison {
  Call *call;
  Session *session;
  int parameters;
  uint64_t state;                  /* of the generator */
  Value point[PARAMETERS_MOST];    /* owned */
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
    const FunctionCode *code = value_function(base)->code;
    for (uint32_t k = 0; k < code->parameters && k < PARAMETERS_MOST; k++) names[k] = function_parameter(code, k);
    return (int)function_positional(code);
  }
  int count = formula_parameters(base);
  return count ? count : -1;
}

/* grad(f) takes what f takes. */
static int native_parameters(Value function, const char **names) {
  const Native *native = value_native(function);
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

/* ---- plain values */

/* The name of the program's that a written argument begins with; false: it has none. */
static bool find_own_name(Call *call, const char *text, size_t length, Span *name) {
  Source source = {.text = (char *)(uintptr_t)text, .length = length, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (token.kind != TOKEN_NAME) continue;
    size_t bytes = token.span.end - token.span.start;
    Value builtin = globals_builtin(call->session, text + token.span.start - 1, bytes);
    bool own = value_is_unbound(builtin);
    value_unref(builtin);
    if (own) return *name = token.span, true;
  }
  return false;
}

/* Beside a function a constant like `2 * pi` is a function, too; but with x = 3, `2x` is a number where a function of x
   was meant. */
static bool refuse_number(Call *call, int index) {
  size_t length;
  Span name;
  const char *text = source_text(session_sources(call->session), call->spans[index], &length);
  bool beside = !value_is_callable(call->arguments[index]) && value_is_callable(call->arguments[1 - index]);
  if (!beside || !text || !find_own_name(call, text, length, &name)) return false;
  const char *type = value_type_name(call->arguments[index]);
  session_fail(call->session, ERROR_TYPE, "`same` compares functions, but this is a %s", type);
  error_hint(call_runtime(call)->error, "write it as a function: `%.*s -> %.*s`", (int)(name.end - name.start),
             text + name.start - 1, (int)length, text);
  argument_fail(call, index);
  return true;
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

/* The point as one function may have it: what it writes there is not seen by the other one. */
static bool copy_point(Comparison *comparison, Value *copies) {
  Session *session = comparison->session;
  bool copied = true;
  for (int k = 0; k < comparison->parameters; k++) {
    Variable *wide = value_as_variable(comparison->point[k]);
    copies[k] = !copied ? value_none()
                : wide  ? value_from_tensor(session, tensor_copy(session_runtime(session), wide->value))
                        : value_ref(comparison->point[k]);
    copied = copied && !value_is_error(copies[k]);
  }
  return copied;
}

static Value call_at(Comparison *comparison, Value function, bool on_trial) {
  Value copies[PARAMETERS_MOST], result = value_error();
  int count = comparison->parameters;
  if (copy_point(comparison, copies))
    result = on_trial ? call_on_trial(comparison->session, function, count, copies)
                      : session_call(comparison->session, function, count, copies, comparison->call->span);
  for (int k = 0; k < count; k++)
    if (!value_is_error(copies[k])) value_unref(copies[k]);
  return result;
}

static Tensor *value_at(Comparison *comparison, int which, bool on_trial) {
  Value function = comparison->call->arguments[which];
  if (!value_is_callable(function)) return value_to_tensor(comparison->session, function);
  Value result = call_at(comparison, function, on_trial);
  if (value_is_error(result)) return NULL;
  Tensor *tensor = value_to_tensor(comparison->session, result);
  value_unref(result);
  return tensor;
}

static bool are_near(double a, double b) {
  return fabs(a - b) <= 1e-8 * fmax(fabs(a), fabs(b)) + 1e-11;
}

typedef enum Verdict { VERDICT_SAME, VERDICT_OTHER, VERDICT_OUTSIDE, VERDICT_FAILED } Verdict;

/* `wide`: a constant may be a number beside a tensor of it. */
static Verdict compare_values(const Tensor *left, const Tensor *right, bool wide) {
  bool left_single = wide && tensor_ndim(left) == 0, right_single = wide && tensor_ndim(right) == 0;
  if (!layout_same_shape(left->layout, right->layout) && !left_single && !right_single) return VERDICT_OTHER;
  Verdict verdict = VERDICT_SAME;
  int64_t size = left_single ? tensor_size(right) : tensor_size(left);
  for (int64_t i = 0; i < size; i++) {
    double a = tensor_number_at(left, left_single ? 0 : i), b = tensor_number_at(right, right_single ? 0 : i);
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

static void drop_point(Comparison *comparison) {
  for (int k = 0; k < PARAMETERS_MOST; k++) {
    if (!value_is_error(comparison->point[k])) value_unref(comparison->point[k]);
    comparison->point[k] = value_none();
  }
}

static Verdict compare_at(Comparison *comparison, int64_t try) {
  drop_values(comparison);
  for (int k = 0; k < comparison->parameters; k++)
    comparison->point[k] = value_number(next_coordinate(comparison, try, k));
  comparison->left = value_at(comparison, 0, false);
  comparison->right = comparison->left ? value_at(comparison, 1, false) : NULL;
  if (!comparison->right || runtime_interrupted(session_runtime(comparison->session))) return VERDICT_FAILED;
  return compare_values(comparison->left, comparison->right, false);
}

/* ---- vectors and matrices: there a sum is no longer what it sums */

/* One argument, or all when `wide` is -1, as a tensor beside numbers. */
static bool make_wide_point(Comparison *comparison, int64_t try, int wide, int ndim) {
  static const int64_t shape[] = {2, 2};
  drop_point(comparison);
  for (int k = 0; k < comparison->parameters; k++) {
    double numbers[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) numbers[i] = next_coordinate(comparison, try + i, k);
    bool whole = wide < 0 || wide == k;
    comparison->point[k] = whole ? value_of_numbers(comparison->session, ndim, shape, numbers)
                                 : value_number(numbers[0]);
    if (value_is_error(comparison->point[k])) return false;
  }
  return true;
}

/* A function that does not take tensors there is compared at numbers alone. */
static Verdict compare_wide_at(Comparison *comparison, int64_t try, int wide, int ndim) {
  Session *session = comparison->session;
  drop_values(comparison);
  bool made = make_wide_point(comparison, try, wide, ndim);
  comparison->left = made ? value_at(comparison, 0, true) : NULL;
  comparison->right = comparison->left ? value_at(comparison, 1, true) : NULL;
  bool failed = session->error.kind != ERROR_NONE || runtime_interrupted(session_runtime(session));
  if (!made || failed) return VERDICT_FAILED;
  return comparison->right ? compare_values(comparison->left, comparison->right, true) : VERDICT_OUTSIDE;
}

static Verdict compare_wide(Comparison *comparison) {
  for (int ndim = 1; ndim <= 2; ndim++)
    for (int wide = -1; wide < (comparison->parameters > 1 ? comparison->parameters : 0); wide++)
      for (int64_t try = 0; try < WIDE_TRIES; try++) {
        Verdict verdict = compare_wide_at(comparison, try * 2, wide, ndim);
        if (verdict == VERDICT_OTHER || verdict == VERDICT_FAILED) return verdict;
      }
  return VERDICT_SAME;
}

/* ---- the answer */
static Verdict compare(Comparison *comparison, int64_t wanted) {
  Verdict verdict = VERDICT_SAME;
  int64_t tries = comparison->parameters ? wanted * TRIES_PER_POINT : 1;
  for (int64_t try = 0; try < tries && comparison->compared < wanted; try++) {
    verdict = compare_at(comparison, try);
    if (verdict == VERDICT_OTHER || verdict == VERDICT_FAILED) return verdict;
    comparison->compared += verdict == VERDICT_SAME;
  }
  int64_t needed = comparison->parameters ? POINTS_NEEDED : 1;
  if (comparison->compared < (needed < wanted ? needed : wanted)) return VERDICT_OUTSIDE;
  return comparison->parameters ? compare_wide(comparison) : VERDICT_SAME;
}

/* Functions that are tried out neither print nor warn nor record. */
static Verdict compare_quietly(Comparison *comparison, int64_t wanted) {
  Quiet before = quiet_start(comparison->session, false, false);
  Verdict verdict = compare(comparison, wanted);
  quiet_end(comparison->session, before);
  return verdict;
}

static void add_result(Session *session, Buffer *out, const Tensor *tensor, int digits) {
  ExplainValue value;
  Steps steps = {.value_columns = VALUE_WIDE};
  bool done = explain_value(session_graph(session), &value, (Tensor *)(uintptr_t)tensor);
  if (done && value.tensor && digits > EXPLAIN_DIGITS) steps_add_digits(out, value.tensor, digits);
  else if (done) steps_add_value(&steps, out, &value);
  explain_value_free(&value);
}

/* With as many digits as show that the two are different. */
static void add_results(Comparison *comparison, Buffer *out) {
  Buffer left = {0}, right = {0};
  for (int digits = EXPLAIN_DIGITS; digits <= DECIMAL_SHORTEST; digits++) {
    buffer_clear(&left);
    buffer_clear(&right);
    add_result(comparison->session, &left, comparison->left, digits);
    add_result(comparison->session, &right, comparison->right, digits);
    if (strcmp(buffer_text(&left), buffer_text(&right)) != 0) break;
  }
  buffer_format(out, "%s and %s\n", buffer_text(&left), buffer_text(&right));
  buffer_free(&left);
  buffer_free(&right);
}

static bool show_counter_example(Comparison *comparison, const char *const *names) {
  Buffer out = {0};
  buffer_add_text(&out, "different");
  for (int k = 0; k < comparison->parameters; k++) {
    buffer_format(&out, "%s%s = ", k ? ", " : " at ", names[k]);
    value_text(comparison->session, &out, comparison->point[k], true);
  }
  buffer_add_text(&out, ": ");
  add_results(comparison, &out);
  bool printed = session_print(comparison->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&out);
  return printed;
}

/* {at: (2,), left: 4, right: 5} */
static Value counter_example(Comparison *comparison) {
  Session *session = comparison->session;
  Record *record = record_new(session);
  Tuple *at = record ? tuple_new(session, (uint32_t)comparison->parameters) : NULL;
  for (int k = 0; at && k < comparison->parameters; k++) at->items[k] = value_ref(comparison->point[k]);
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
                   "there are too few points where both are finite numbers to compare them");
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
  for (int k = 0; k < PARAMETERS_MOST; k++) comparison.point[k] = value_none();
  if (!argument_integer(call, 2, &wanted) || !argument_bool(call, 3, &details)) return value_error();
  if (wanted < 1 || wanted > POINTS_MOST) {
    session_fail(call->session, ERROR_ARGUMENT, "`n`, the number of points, goes from 1 to %d", POINTS_MOST);
    return argument_fail(call, 2);
  }
  if (refuse_number(call, 0) || refuse_number(call, 1) || !count_parameters(&comparison, names)) return value_error();
  Value value = answer(&comparison, compare_quietly(&comparison, wanted), details, names);
  drop_values(&comparison);
  drop_point(&comparison);
  return value;
}
