/* SPDX-License-Identifier: MIT */
/* explain_steps.c: the rows of an explanation and their names: those of variables, of parameters, of the assignments
   that made them, and v1, v2, ... for the rest. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/explain.h"
#include "evaluator/builtins/released.h"
#include "evaluator/function.h"

/* ---- names */
static bool is_taken(const Steps *steps, const char *name, size_t length) {
  return names_find(&steps->taken, name, length) != NULL;
}

static void give_name(Steps *steps, uint32_t at, const char *text, size_t length) {
  if (at == EXPLAIN_NO_ROW || steps->names[at] || is_taken(steps, text, length)) return;
  const char *name = arena_copy_text(&steps->arena, text, length);
  if (name && names_add(&steps->taken, name, length, at)) steps->names[at] = name;
  else steps->failed = true;
}

static bool name_global(void *context, const char *name, Value value, Span defined) {
  Steps *steps = context;
  const Variable *variable = value_as_variable(value);
  (void)defined;
  bool current = variable && (!variable->base || variable->version == variable->base->version);
  if (current && strcmp(name, "_") != 0)
    give_name(steps, explain_find(&steps->explanation, variable->value), name, strlen(name));
  return true;
}

static bool is_letter(char c) { return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80; }
static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* `name = ` directly before an expression that is all of the right side: the name and its length, or NULL. */
static const char *assigned_name(const Source *source, size_t start, size_t end, size_t *length) {
  const char *text = source->text;
  while (end < source->length && is_blank(text[end])) end++;
  if (end < source->length && !strchr("\n;}#\r", text[end])) return NULL;
  while (start > 0 && is_blank(text[start - 1])) start--;
  if (start < 2 || text[start - 1] != '=' || strchr("=<>!+-*/%@~", text[start - 2])) return NULL;
  start--;
  while (start > 0 && is_blank(text[start - 1])) start--;
  size_t first = start;
  while (first > 0 && is_letter(text[first - 1])) first--;
  *length = start - first;
  if (*length == 0 || isdigit((unsigned char)text[first])) return NULL;
  size_t before = first;
  while (before > 0 && is_blank(text[before - 1])) before--;
  return before == 0 || strchr("\n;{", text[before - 1]) ? text + first : NULL;
}

/* What a loop assigned many times has no name of its own: the name stays taken and is used by nobody. */
static void name_by_assignment(Steps *steps, uint32_t at) {
  Span span = steps_row(steps, at)->node->span;
  const Source *source = span.end ? source_find(session_sources(steps->session), span.start) : NULL;
  size_t length = 0;
  if (!source || span.end < span.start || span.end - source->base > source->length) return;
  const char *name = assigned_name(source, span.start - source->base, span.end - source->base, &length);
  const NameEntry *taken = name ? names_find(&steps->taken, name, length) : NULL;
  const ExplainRow *other = taken && taken->number < steps_count(steps) ? steps_row(steps, taken->number) : NULL;
  bool again = other && other->node->span.start == span.start;
  if (again && taken->number + 1 < steps_count(steps)) steps->names[taken->number] = NULL;
  if (name) give_name(steps, at, name, length);
}

/* `name -= ` and the like at the beginning of a statement: the length of the name, or 0. */
static size_t updated_name(const Source *source, size_t start, size_t end) {
  const char *text = source->text;
  size_t at = start;
  while (at < end && is_letter(text[at])) at++;
  size_t length = at - start;
  while (at < end && is_blank(text[at])) at++;
  size_t sign = at;
  while (at < end && strchr("+-*/%@", text[at])) at++;
  bool updates = length && !isdigit((unsigned char)text[start]) && at > sign && at < end && text[at] == '=';
  return updates ? length : 0;
}

/* A leaf that a variable held when the steps were computed and no longer does keeps the name that it had. */
static void name_earlier_value(Steps *steps, uint32_t at) {
  Span span = steps_row(steps, at)->node->span;
  const Source *source = span.end ? source_find(session_sources(steps->session), span.start) : NULL;
  size_t length = 0;
  if (!source || span.end < span.start || span.end - source->base > source->length) return;
  size_t start = span.start - source->base, end = span.end - source->base;
  const char *name = assigned_name(source, start, end, &length);
  if (!name && (length = updated_name(source, start, end))) name = source->text + start;
  if (!name) return;
  give_name(steps, at, name, length);
  Buffer marked = {0};
  buffer_format(&marked, "%.*s_old", (int)length, name);
  give_name(steps, at, buffer_text(&marked), marked.length);
  buffer_free(&marked);
  steps->earlier[at] = steps->names[at] != NULL;
}

static bool is_global(Steps *steps, const char *name) {
  Value value;
  return session_lookup(steps->session, name, &value);
}

/* Names that are those of no global now, or were made in the call of a function, are those of locals. */
static void forget_locals(Steps *steps) {
  for (uint32_t at = 0; at < steps_count(steps); at++) {
    if (!steps->earlier[at]) continue;
    const char *name = steps->names[at];
    size_t length = strlen(name);
    bool marked = length > 4 && strcmp(name + length - 4, "_old") == 0;
    bool own = steps->traced && steps_row(steps, at)->node->sequence > steps->trace.start;
    steps->earlier[at] = !own && (marked || is_global(steps, name));
  }
}

static void number_rest(Steps *steps) {
  char name[24];
  unsigned number = 1;
  for (uint32_t at = 0; at < steps_count(steps) && !steps->failed; at++) {
    if (steps->names[at]) continue;
    do snprintf(name, sizeof name, "v%u", number++);
    while (is_taken(steps, name, strlen(name)) || is_global(steps, name));
    give_name(steps, at, name, strlen(name));
  }
}

/* The result is y; where that is somebody else's name, z, and so on. */
static void name_result(Steps *steps) {
  static const char *const names[] = {"y", "z", "result", "result_"};
  uint32_t last = steps_count(steps) - 1;
  for (size_t i = 0; i < sizeof names / sizeof *names && !steps->names[last]; i++)
    give_name(steps, last, names[i], strlen(names[i]));
}

static bool name_steps(Steps *steps) {
  if (steps->traced) name_result(steps);
  session_each_global(steps->session, name_global, steps);
  for (uint32_t at = 0; at < steps_count(steps); at++)
    if (!steps->names[at] && !explain_is_leaf(steps_row(steps, at))) name_by_assignment(steps, at);
  for (uint32_t at = steps_count(steps); at-- > 0;)
    if (!steps->names[at] && explain_is_leaf(steps_row(steps, at))) name_earlier_value(steps, at);
  forget_locals(steps);
  name_result(steps);
  number_rest(steps);
  steps->result = steps->failed ? NULL : steps->names[steps_count(steps) - 1];
  return steps->result || error_out_of_memory(session_runtime(steps->session)->error);
}

/* An argument that was written as a plain name keeps it, also inside functions, whose names nobody else knows. */
static void name_argument(Steps *steps, int index, const Tensor *tensor) {
  size_t length = 0;
  const char *text = source_text(session_sources(steps->session), steps->call->spans[index], &length);
  bool plain = text && length && !isdigit((unsigned char)*text);
  if (length == 1 && *text == '_') return; /* the last value, which may have a name */
  for (size_t i = 0; plain && i < length; i++) plain = is_letter(text[i]);
  if (plain) give_name(steps, explain_find(&steps->explanation, tensor), text, length);
}

/* ---- rows */
static bool make_room(Steps *steps) {
  steps->names = memory_allocate_zeroed((size_t)steps_count(steps) * sizeof *steps->names);
  steps->earlier = memory_allocate_zeroed((size_t)steps_count(steps) * sizeof *steps->earlier);
  return (steps->names && steps->earlier) || error_out_of_memory(session_runtime(steps->session)->error);
}

static void start(Steps *steps, Call *call) {
  *steps = (Steps){.call = call, .session = call->session, .function = value_unbound(),
                   .value_columns = VALUE_WIDE};
  call_graph(call)->refused = NULL;
}

static bool collect(Steps *steps, Tensor *result, const Tensor *only) {
  Call *call = steps->call;
  Graph *graph = call_graph(call);
  if (explain_collect(&steps->explanation, graph, result, only)) return make_room(steps);
  if (graph->refused) released_explain(call, graph->refused, NULL);
  graph->refused = NULL;
  operation_explain(call->session, 1, call->spans, call->spans[0]);
  return false;
}

static bool fail_constant(Steps *steps, int index, const char *what) {
  Error *error = session_runtime(steps->session)->error;
  session_fail(steps->session, ERROR_GRADIENT, "%s does not depend on any variable, so there is nothing to explain",
               what);
  error_hint(error, "start from a variable, e.g. `x = tensor(2)`, or give a function and where to look: "
                    "`%s(x -> x ** 2, 3)`", steps->call->info->name);
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
  if (!name_steps(steps)) return false;
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

bool steps_of_value(Steps *steps, Call *call, Value only) {
  Variable *variable = value_as_variable(call->arguments[0]);
  Tensor *tensor = variable ? variable_value(call_graph(call), variable) : NULL, *target = NULL;
  start(steps, call);
  if (variable && !tensor) return false;
  if (!tensor && !value_is_number(call->arguments[0])) return argument_variable(call, 0), false;
  if (!tensor || !tensor_is_tracked(tensor)) return fail_constant(steps, 0, "this value");
  if (!find_only(steps, only, &target) || !collect(steps, tensor, target)) return false;
  name_argument(steps, 0, tensor);
  if (target && explain_find(&steps->explanation, target) == EXPLAIN_NO_ROW) return fail_unrelated(steps);
  return name_steps(steps);
}

/* ---- a function at a point */
static const FunctionCode *code_of(Value function) {
  return value_is(function, KIND_FUNCTION) ? ((const Function *)(const void *)function.object)->code : NULL;
}

/* What was not given keeps its default and has no row; its name belongs to nobody else. */
static void reserve_parameters(Steps *steps, int count) {
  const FunctionCode *code = code_of(steps->function);
  for (uint32_t k = (uint32_t)count; code && k < code->parameters; k++) {
    const char *name = function_parameter(code, k);
    steps->failed |= !is_taken(steps, name, strlen(name)) &&
                     !names_add(&steps->taken, name, strlen(name), EXPLAIN_NO_ROW);
  }
}

/* Parameters that stand for one number or tensor each have its name; parts of tuples and records are numbered. */
static void name_parameters(Steps *steps, int count, const Value *arguments) {
  size_t primes;
  const FunctionCode *code = code_of(derivative_base(steps->function, &primes));
  int fresh = 0;
  for (int i = 0; i < count && fresh < steps->trace.fresh_count; i++) {
    bool single = value_is_number(arguments[i]) || value_is_bool(arguments[i]) || value_as_variable(arguments[i]);
    if (!single) return;
    const char *name = code && (uint32_t)i < function_positional(code) ? function_parameter(code, (uint32_t)i)
                       : i == 0 ? "x" : NULL;
    uint32_t row = explain_find(&steps->explanation, steps->trace.fresh[fresh++]);
    if (name && row != EXPLAIN_NO_ROW) give_name(steps, row, name, strlen(name));
  }
}

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

bool steps_of_function(Steps *steps, Call *call, int count, const Value *arguments) {
  start(steps, call);
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
  if (done) name_parameters(steps, count, arguments);
  if (done) reserve_parameters(steps, count);
  return done && name_steps(steps);
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
  return edge->row != EXPLAIN_NO_ROW && steps_row(steps, edge->row)->shown;
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
