/* SPDX-License-Identifier: MIT */
/* check_grad.c: check_grad(f, *x): the derivative of f by every number in its arguments, against differences for which
   f is called again. */
#include <inttypes.h>
#include <math.h>
#include "autodiff/explain.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"
#include "evaluator/machine.h"
#include "evaluator/quiet.h"

typedef struct Probe {
  Call *call;
  Trace *trace;
  double noise;
  int leaf, argument;   /* the number that moves: in this fresh variable, part of this argument, */
  int64_t index;        /* this element */
  double distance;
  int seen, at;         /* leaves passed so far; the argument looked at */
  bool triangles;       /* an operation reads one triangle of a matrix that it takes for symmetric */
  int64_t mirror;       /* then this element moves with the other, each half the way; else -1 */
  int64_t numbers, compared;
} Probe;

/* ---- calling f with one number changed */
static void move_element(Tensor *moved, int64_t index, double distance) {
  if (moved->dtype == DTYPE_FLOAT32) ((float *)tensor_data(moved))[index] += (float)distance;
  else ((double *)tensor_data(moved))[index] += distance;
}

static void move_numbers(Probe *probe, Tensor *moved) {
  bool both = probe->mirror >= 0;
  move_element(moved, probe->index, both ? probe->distance / 2 : probe->distance);
  if (both) move_element(moved, probe->mirror, probe->distance / 2);
  probe->argument = probe->at;
}

/* f gets variables of its own, as it may ask for gradients by them or write into them. */
static bool move_leaf(void *context, Value *leaf) {
  Probe *probe = context;
  if (!trace_is_differentiable(*leaf, probe->trace->originals[probe->at])) return true;
  int place = probe->seen++;
  Tensor *copy = tensor_copy(call_runtime(probe->call), probe->trace->fresh[place]);
  if (copy && place == probe->leaf) move_numbers(probe, copy);
  Graph *graph = call_graph(probe->call);
  Tensor *node = copy ? (Tensor *)node_new_leaf(graph, copy) : NULL;
  Variable *variable = node ? stand_in_new(graph, node, trace_kind(*leaf)) : NULL;
  tensor_unref(copy);
  tensor_unref(node);
  if (!variable) return false;
  value_unref(*leaf);
  *leaf = value_object(variable);
  return true;
}

static Value call_moved(Probe *probe) {
  Trace *trace = probe->trace;
  Value arguments[SIGNATURE_PARAMETERS], result = value_error();
  int ready = 0;
  probe->seen = 0;
  for (; ready < trace->count; ready++) {
    probe->at = ready;
    arguments[ready] = structure_map(trace->session, trace->originals[ready], move_leaf, probe);
    if (value_is_error(arguments[ready])) break;
  }
  Arguments given = {.positional_count = trace->count, .values = arguments};
  if (ready == trace->count)
    result = session_call_given(trace->session, probe->call->arguments[0], &given, trace->span);
  while (ready > 0) value_unref(arguments[--ready]);
  return result;
}

/* The sum of what f gives. */
static bool sum_of_result(Probe *probe, Value result, double *sum) {
  Tensor *output = trace_tensor(probe->trace, result);
  *sum = 0;
  for (int64_t i = 0; output && i < tensor_size(output); i++) *sum += tensor_number_at(output, i);
  tensor_unref(output);
  return output != NULL;
}

/* Beyond its domain f has no value, and nothing is said about that. */
static bool value_at(void *context, double distance, double *value) {
  Probe *probe = context;
  Runtime *runtime = call_runtime(probe->call);
  struct RuntimeWarning warning = runtime->warning;
  Session *session = probe->call->session;
  probe->distance = distance;
  Quiet before = quiet_start(session, session_graph(session)->recording, true);
  Value result = call_moved(probe);
  bool done = !value_is_error(result) && sum_of_result(probe, result, value);
  if (!value_is_error(result)) value_unref(result);
  quiet_end(session, before);
  runtime->warning = warning;
  if (done || distance == 0 || !difference_beyond_domain(runtime->error)) return done;
  error_clear(runtime->error);
  *value = NAN;
  return true;
}

/* ---- what is said about differences that disagree */
static bool refuse(Probe *probe, const Difference *difference, double expected) {
  Session *session = probe->call->session;
  Buffer text = {0}, hint = {0};
  buffer_format(&text, "`check_grad`: the derivative by element %" PRId64 " of argument %d ", probe->index,
                probe->argument);
  switch (difference->verdict) {
    case DIFFERENCE_KINK:
      buffer_add_text(&text, "does not exist");
      buffer_format(&hint, "there is a kink with slope %.6g on the left and %.6g on the right", difference->left,
                    difference->right);
      break;
    case DIFFERENCE_JUMP:
      buffer_add_text(&text, "does not exist");
      buffer_format(&hint, "the value jumps from %.6g on the left over %.6g to %.6g on the right", difference->left,
                    difference->value, difference->right);
      break;
    case DIFFERENCE_UNSURE:
      buffer_format(&text, "is %.10g, but differences are uncertain", expected);
      buffer_format(&hint, "differences give %.6g, known to %.2g", difference->slope, difference->error);
      break;
    default:
      buffer_format(&text, "is %.10g, by differences %.10g", expected, difference->slope);
  }
  session_fail(session, ERROR_USER, "%s", buffer_text(&text));
  if (hint.length) error_hint(session_runtime(session)->error, "%s", buffer_text(&hint));
  buffer_free(&text);
  buffer_free(&hint);
  return false;
}

/* Infinite derivatives have no differences to be compared with. */
static bool compare(Probe *probe, double expected, Difference *difference, bool *agrees) {
  const Tensor *fresh = probe->trace->fresh[probe->leaf];
  DifferenceQuestion question = {value_at, probe, fabs(tensor_number_at(fresh, probe->index)), probe->noise,
                                 fresh->dtype == DTYPE_FLOAT32 ? 0x1p-24 : 0x1p-53, expected};
  if (!difference_compare(&question, difference)) return false;
  *agrees = difference->verdict == DIFFERENCE_AGREES || isinf(expected);
  if (isnan(expected)) *agrees = !isfinite(difference->slope);
  if (isnan(expected) && !*agrees && difference->verdict == DIFFERENCE_UNSURE) difference->verdict = DIFFERENCE_WRONG;
  return true;
}

/* The place of the element in the transposed matrix; -1: it is no other. */
static int64_t mirror_of(const Probe *probe) {
  const Layout *layout = probe->trace->fresh[probe->leaf]->layout;
  const int64_t *shape = layout_shape(layout);
  if (!probe->triangles || layout->ndim < 2 || shape[layout->ndim - 1] != shape[layout->ndim - 2]) return -1;
  int64_t mirror = explain_mirror(probe->index, shape[layout->ndim - 1]);
  return mirror == probe->index ? -1 : mirror;
}

/* The gradient of what reads one triangle is that of a symmetric matrix: it may hold along symmetric changes alone. */
static bool compare_symmetrically(Probe *probe, const Tensor *gradient, bool *agrees) {
  Difference difference;
  int64_t mirror = gradient ? mirror_of(probe) : -1;
  if (mirror < 0) return true;
  probe->mirror = mirror;
  double expected = (tensor_number_at(gradient, probe->index) + tensor_number_at(gradient, mirror)) / 2;
  bool done = compare(probe, expected, &difference, agrees);
  probe->mirror = -1;
  return done;
}

static bool check_element(Probe *probe, const Tensor *gradient) {
  double expected = gradient ? tensor_number_at(gradient, probe->index) : 0;
  Difference difference;
  bool agrees;
  probe->numbers++;
  probe->compared += isfinite(expected) != 0;
  if (!compare(probe, expected, &difference, &agrees)) return false;
  if (!agrees && !compare_symmetrically(probe, gradient, &agrees)) return false;
  return agrees || refuse(probe, &difference, expected);
}

static bool check_leaves(Probe *probe, const Explanation *explanation) {
  for (probe->leaf = 0; probe->leaf < probe->trace->fresh_count; probe->leaf++) {
    const Tensor *fresh = probe->trace->fresh[probe->leaf];
    uint32_t row = explanation ? explain_find(explanation, fresh) : EXPLAIN_NO_ROW;
    const Tensor *gradient = row == EXPLAIN_NO_ROW ? NULL : explanation->rows[row].full;
    for (probe->index = 0; probe->index < tensor_size(fresh); probe->index++)
      if (!check_element(probe, gradient)) return false;
  }
  return true;
}

/* Nobody shall take for a comparison what was none. */
static bool require_comparison(const Probe *probe) {
  if (probe->compared > 0 || probe->numbers == 0) return true;
  session_fail(probe->call->session, ERROR_USER,
               "`check_grad`: nothing could be compared: the derivative is nan or infinite here");
  error_hint(call_runtime(probe->call)->error, "choose another point");
  return argument_fail(probe->call, 1), false;
}

/* ---- the derivative */
static bool check_output(Probe *probe, Tensor *output) {
  Explanation explanation;
  if (!tensor_is_tracked(output)) {
    for (int64_t i = 0; i < tensor_size(output); i++) probe->noise += 0x1p-51 * fabs(tensor_number_at(output, i));
    return check_leaves(probe, NULL);
  }
  bool done = explain_collect(&explanation, probe->trace->graph, output, NULL, NULL);
  if (done) probe->noise = explain_noise(&explanation);
  for (uint32_t at = 0; done && at < explanation.count; at++)
    probe->triangles |= explain_reads_triangle(&explanation.rows[at]);
  done = done && check_leaves(probe, &explanation);
  explain_free(&explanation);
  return done;
}

/* The arguments become variables of their own, whatever they depend on outside. */
static bool start_trace(Trace *trace, Call *call, const Tuple *values) {
  unsigned char chosen[SIGNATURE_PARAMETERS];
  Graph *graph = call_graph(call);
  bool recording = graph->recording;
  for (uint32_t i = 0; i < values->count; i++) chosen[i] = (unsigned char)(i + 1);
  graph->recording = false;
  Arguments given = {.positional_count = (int)values->count, .values = values->items};
  bool done = trace_start(trace, call->session, "check_grad", &given, chosen, call->span) &&
              trace_call(trace, call->arguments[0]);
  graph->recording = recording;
  return done;
}

/* check_grad(f, *x) */
Value builtin_check_grad(Call *call) {
  const Tuple *values = value_tuple(call->arguments[1]);
  Trace trace;
  if (!argument_function(call, 0)) return value_error();
  if (values->count == 0 || values->count > SIGNATURE_PARAMETERS) {
    argument_refuse(call, 0, ERROR_ARGUMENT, NULL, "`check_grad` takes a function and 1 to %d arguments for it",
                    SIGNATURE_PARAMETERS);
    return value_error();
  }
  bool done = start_trace(&trace, call, values);
  Tensor *output = done ? trace_tensor(&trace, trace.result) : NULL;
  Probe probe = {.call = call, .trace = &trace, .mirror = -1};
  done = output && check_output(&probe, output) && require_comparison(&probe);
  tensor_unref(output);
  trace_finish(&trace);
  return done ? value_bool(true) : value_error();
}
