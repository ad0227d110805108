/* SPDX-License-Identifier: MIT */
/* explain_steps.c: the rows of an explanation: of a value, or of a function at a point. */
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/explain.h"
#include "evaluator/builtins/explain_names.h"
#include "evaluator/builtins/released.h"

/* ---- rows */
static bool make_room(Steps *steps) {
  steps->names = memory_allocate_zeroed((size_t)steps_count(steps) * sizeof *steps->names);
  steps->earlier = memory_allocate_zeroed((size_t)steps_count(steps) * sizeof *steps->earlier);
  return (steps->names && steps->earlier) || error_out_of_memory(session_runtime(steps->session)->error);
}

static void start(Steps *steps, Call *call, bool whole) {
  *steps = (Steps){.call = call, .session = call->session, .function = value_unbound(),
                   .value_columns = VALUE_WIDE, .whole = whole};
  call_graph(call)->refused = NULL;
}

static bool collect(Steps *steps, Tensor *result, const Tensor *only) {
  Call *call = steps->call;
  Graph *graph = call_graph(call);
  ExplainCalls calls;
  if (!steps_take_calls(steps, &calls)) return false;
  if (explain_collect(&steps->explanation, graph, result, only, &calls)) return make_room(steps);
  if (graph->refused) released_explain(call, graph->refused, NULL);
  graph->refused = NULL;
  operation_explain(call->session, 1, call->spans, call->spans[0]);
  return false;
}

static bool fail_constant(Steps *steps, int index, const char *what) {
  Error *error = session_runtime(steps->session)->error;
  session_fail(steps->session, ERROR_GRADIENT, "%s depends on no variable: nothing to explain",
               what);
  error_hint(error, steps->traced ? "it is to be computed from the arguments, as in `%s(x -> x ** 2, 3)`"
                                  : "start from `x = tensor(2)`, or give a function: `%s(x -> x ** 2, 3)`",
             steps->call->info->name);
  return argument_fail(steps->call, index), false;
}

/* The paths to a variable: its current value must be one of the rows. */
static bool find_only(Steps *steps, Value only, Tensor **tensor) {
  Variable *variable = value_as_variable(only);
  *tensor = NULL;
  if (value_is_none(only) || value_is_unbound(only)) return true;
  if (variable && !(*tensor = variable_value(session_graph(steps->session), variable))) return false;
  if (*tensor && tensor_is_tracked(*tensor)) return true;
  session_fail(steps->session, ERROR_ARGUMENT, "the second argument must be the variable whose paths are to be shown");
  error_hint(session_runtime(steps->session)->error,
             "to look at a function at a point give the function first: `%s(f, 2)`", steps->call->info->name);
  return argument_fail(steps->call, 1), false;
}

/* Whether an argument is written as the name of an earlier value among the steps. */
static bool names_earlier_value(const Steps *steps, int argument) {
  size_t length = 0;
  const char *text = argument_written(steps->call, argument, &length);
  const NameEntry *entry = text ? names_find(&steps->taken, text, length) : NULL;
  return entry && entry->number < steps_count(steps) && steps->earlier[entry->number];
}

static bool fail_unrelated(Steps *steps) {
  Error *error = session_runtime(steps->session)->error;
  size_t length = 0;
  const char *name = argument_written(steps->call, 1, &length);
  if (!names_of_steps(steps)) return false;
  if (names_earlier_value(steps, 1)) {
    session_fail(steps->session, ERROR_GRADIENT, "`%.*s` was assigned since the first argument was computed from it",
                 (int)length, name);
    error_hint(error, "compute that again, or look at all steps, where `%.*s` is its earlier value: `%s(%s)`",
               (int)length, name, steps->call->info->name, steps->result);
  } else {
    session_fail(steps->session, ERROR_GRADIENT, "the first argument does not depend on this variable");
    error_hint(error, "a variable that was written to stands for its new value");
  }
  return argument_fail(steps->call, 1), false;
}

bool steps_of_value(Steps *steps, Call *call, Value only, bool whole) {
  Variable *variable = value_as_variable(call->arguments[0]);
  Tensor *tensor = variable ? variable_value(call_graph(call), variable) : NULL, *target = NULL;
  start(steps, call, whole);
  if (variable && !tensor) return false;
  if (!tensor && !value_is_number(call->arguments[0])) return argument_variable(call, 0), false;
  if (!tensor || !tensor_is_tracked(tensor)) return fail_constant(steps, 0, "this value");
  if (!find_only(steps, only, &target)) return false;
  steps->only = target != NULL;
  if (!collect(steps, tensor, target)) return false;
  names_of_argument(steps, 0, tensor);
  if (target && explain_find(&steps->explanation, target) == EXPLAIN_NO_ROW) return fail_unrelated(steps);
  return names_of_steps(steps);
}

/* ---- a function at a point */
/* The arguments become variables of their own, whatever they depend on outside. */
static bool call_function(Steps *steps, int count, const Value *arguments) {
  unsigned char chosen[SIGNATURE_PARAMETERS];
  Graph *graph = session_graph(steps->session);
  bool recording = graph->recording;
  for (int i = 0; i < count; i++) chosen[i] = (unsigned char)(i + 1);
  graph->recording = false;
  steps->traced = true;
  Arguments given = {.positional_count = count, .values = arguments};
  bool done = trace_start(&steps->trace, steps->session, steps->call->info->name, &given, chosen, steps->call->span) &&
              trace_call(&steps->trace, steps->function);
  graph->recording = recording;
  return done;
}

bool steps_of_function(Steps *steps, Call *call, int count, const Value *arguments, bool whole) {
  start(steps, call, whole);
  steps->function = call->arguments[0];
  if (count > SIGNATURE_PARAMETERS) {
    session_fail(call->session, ERROR_ARGUMENT, "`%s` shows functions of at most %d arguments", call->info->name,
                 SIGNATURE_PARAMETERS);
    return false;
  }
  if (!call_function(steps, count, arguments)) return false;
  Tensor *output = trace_tensor(&steps->trace, steps->trace.result);
  bool done = output && (tensor_is_tracked(output) || fail_constant(steps, 0, "the result of this function"));
  done = done && collect(steps, output, NULL);
  tensor_unref(output);
  if (done) names_of_parameters(steps, count, arguments);
  return done && names_of_steps(steps);
}

void steps_free(Steps *steps) {
  if (steps->names) memory_release(steps->names, (size_t)steps_count(steps) * sizeof *steps->names);
  if (steps->earlier) memory_release(steps->earlier, (size_t)steps_count(steps) * sizeof *steps->earlier);
  explain_free(&steps->explanation);
  if (steps->traced) trace_finish(&steps->trace);
  names_free(&steps->taken);
  arena_free(&steps->arena);
}

/* ---- what is shown */
bool steps_edge_shown(const Steps *steps, const ExplainEdge *edge) {
  return edge->row != EXPLAIN_NO_ROW && !edge->repeated && steps_row(steps, edge->row)->shown;
}

bool steps_are_scalar(const Steps *steps) {
  for (uint32_t at = 0; at < steps_count(steps); at++) {
    const ExplainRow *row = steps_row(steps, at);
    if (row->shown && tensor_ndim(&row->node->tensor) != 0) return false;
  }
  return true;
}

bool steps_row_printed(const Steps *steps, uint32_t rank) {
  uint32_t count = steps->explanation.shown_count;
  return count <= EXPLAIN_ROWS_SHOWN || rank < EXPLAIN_FIRST || rank + EXPLAIN_LAST >= count;
}
