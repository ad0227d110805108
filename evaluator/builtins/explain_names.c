/* SPDX-License-Identifier: MIT */
/* explain_names.c: what steps are called: as variables and their parts, as parameters, as the assignments that made
   them, and v1, v2, ... for the rest.  What was written in place is called after the variable: the value before the
   first write `x_old`, the last one `x`, those between x_1, x_2, ... */
#include "evaluator/builtins/explain_names.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/explain_source.h"
#include "evaluator/builtins/structure.h"
#include "evaluator/function.h"

enum { PARTS_DEPTH = 4, PARTS_SEEN = 4096, VERSIONS_MOST = 100 };

static bool is_taken(const Steps *steps, const char *name, size_t length) {
  return names_find(&steps->taken, name, length) != NULL;
}

static void give_name(Steps *steps, uint32_t at, const char *text, size_t length) {
  if (at == EXPLAIN_NO_ROW || steps->names[at] || is_taken(steps, text, length)) return;
  const char *name = arena_copy_text(&steps->arena, text, length);
  if (name && names_add(&steps->taken, name, length, at)) steps->names[at] = name;
  else steps->failed = true;
}

static void give_marked_name(Steps *steps, uint32_t at, SourceName name, const char *mark) {
  Buffer marked = {0};
  buffer_format(&marked, "%.*s%s", (int)name.length, name.text, mark);
  give_name(steps, at, buffer_text(&marked), marked.length);
  buffer_free(&marked);
}

/* ---- global variables, and their parts: `model.w`, `params[0]` */
static void name_variable(Steps *steps, const char *name, Value value) {
  const Variable *variable = value_as_variable(value);
  bool current = variable && (!variable->base || variable->version == variable->base->version);
  if (current) give_name(steps, explain_find(&steps->explanation, variable->value), name, strlen(name));
}

static bool name_global(void *context, const char *name, Value value, Span defined) {
  (void)defined;
  if (strcmp(name, "_") != 0) name_variable(context, name, value);
  return true;
}

/* Goes through tuples and records; `leaf` is called with the path of everything else. */
typedef struct Parts {
  Steps *steps;
  Buffer path;
  int left, depth;
  void (*leaf)(struct Parts *parts, Value value);
  Value argument;            /* of a function */
  int fresh;                 /* the next of its fresh variables */
} Parts;

static void walk_parts(Parts *parts, Value value) {
  size_t length = parts->path.length;
  bool tuple = value_is(value, KIND_TUPLE), record = value_is(value, KIND_RECORD);
  if ((!tuple && !record) || parts->depth == 0) {
    parts->leaf(parts, value);
    return;
  }
  uint32_t count = tuple ? value_tuple(value)->count : value_record(value)->count;
  parts->depth--;
  for (uint32_t i = 0; i < count && parts->left-- > 0; i++) {
    if (tuple) buffer_format(&parts->path, "[%u]", (unsigned)i);
    else buffer_format(&parts->path, ".%s", value_record(value)->fields[i].name->text);
    walk_parts(parts, tuple ? value_tuple(value)->items[i] : value_record(value)->fields[i].value);
    if (!parts->path.failed) parts->path.text[parts->path.length = length] = '\0';
  }
  parts->depth++;
}

static void name_part(Parts *parts, Value value) {
  if (!parts->path.failed && source_is_path(buffer_text(&parts->path), parts->path.length))
    name_variable(parts->steps, buffer_text(&parts->path), value);
}

static bool name_global_parts(void *context, const char *name, Value value, Span defined) {
  Parts parts = {.steps = context, .left = PARTS_SEEN, .depth = PARTS_DEPTH, .leaf = name_part};
  (void)defined;
  if ((!value_is(value, KIND_TUPLE) && !value_is(value, KIND_RECORD)) || strcmp(name, "_") == 0) return true;
  buffer_add_text(&parts.path, name);
  walk_parts(&parts, value);
  buffer_free(&parts.path);
  return true;
}

/* ---- names from the text */
static const Source *source_of(const Steps *steps, uint32_t at) {
  Span span = steps_span(steps, at);
  return span.end ? source_find(session_sources(steps->session), span.start) : NULL;
}

static SourceName assigned_name(Steps *steps, uint32_t at) {
  const Source *source = source_of(steps, at);
  return source ? source_assigned(&steps->arena, source, steps_span(steps, at)) : (SourceName){NULL, 0};
}

/* The variable that a step changed in place. */
static SourceName written_name(const Steps *steps, uint32_t at) {
  const Source *source = source_of(steps, at);
  bool put = op_puts((OpId)steps_row(steps, at)->node->tensor.op);
  return source ? source_changed(source, steps_span(steps, at), put) : (SourceName){NULL, 0};
}

static bool is_operation(const Steps *steps, uint32_t at) {
  return !steps->names[at] && !steps_row(steps, at)->hidden && !explain_is_leaf(steps_row(steps, at));
}

static void name_writes(Steps *steps) {
  uint32_t count = steps_count(steps);
  for (uint32_t at = count; at-- > 0;) {
    SourceName name = is_operation(steps, at) ? written_name(steps, at) : (SourceName){NULL, 0};
    if (name.text) give_name(steps, at, name.text, name.length);
  }
  for (uint32_t at = 0; at < count; at++) {
    SourceName name = is_operation(steps, at) ? written_name(steps, at) : (SourceName){NULL, 0};
    for (int version = 1; name.text && !steps->names[at] && version <= VERSIONS_MOST && !steps->failed; version++) {
      char mark[16];
      snprintf(mark, sizeof mark, "_%d", version);
      give_marked_name(steps, at, name, mark);
    }
  }
}

/* What a loop assigned many times has no name of its own: the name stays taken and is used by nobody.  What was then
   written in place is the old value. */
static void name_by_assignment(Steps *steps, uint32_t at) {
  SourceName name = assigned_name(steps, at);
  if (!name.text) return;
  const NameEntry *taken = names_find(&steps->taken, name.text, name.length);
  uint32_t other = taken ? taken->number : EXPLAIN_NO_ROW;
  if (other < steps_count(steps)) {
    bool again = steps_span(steps, other).start == steps_span(steps, at).start;
    if (again && other + 1 < steps_count(steps)) steps->names[other] = NULL;
    if (!again && other > at && written_name(steps, other).text) give_marked_name(steps, at, name, "_old");
  }
  give_name(steps, at, name.text, name.length);
}

/* A leaf that a variable held when the steps were computed and no longer does keeps the name that it had. */
static void name_earlier_value(Steps *steps, uint32_t at) {
  SourceName name = assigned_name(steps, at);
  const Source *source = source_of(steps, at);
  if (!name.text && source) name = source_changed(source, steps_span(steps, at), false);
  if (!name.text) return;
  give_name(steps, at, name.text, name.length);
  give_marked_name(steps, at, name, "_old");
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
    size_t length = strlen(name), first = source_first_name(name);
    bool marked = length > 4 && strcmp(name + length - 4, "_old") == 0;
    bool own = steps->traced && steps_row(steps, at)->node->sequence > steps->trace.start;
    const char *base = first < length ? arena_copy_text(&steps->arena, name, first) : name;
    steps->earlier[at] = !own && (marked || (base && is_global(steps, base)));
  }
}

/* ---- the rest */
static void number_rest(Steps *steps) {
  char name[24];
  unsigned number = 1;
  for (uint32_t at = 0; at < steps_count(steps) && !steps->failed; at++) {
    if (steps->names[at] || steps_row(steps, at)->hidden) continue;
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

/* The result of a function is y whatever the function called it; but another step that is called y keeps its name. */
static void name_own_result(Steps *steps) {
  uint32_t last = steps_count(steps) - 1;
  SourceName name = assigned_name(steps, last);
  if (!name.text) name = written_name(steps, last);
  name.text = name.text ? arena_copy_text(&steps->arena, name.text, name.length) : NULL; /* tables borrow it */
  if (name.text && name.length == 1 && *name.text == 'y') name_result(steps);
  else if (name.text && !is_taken(steps, name.text, name.length))
    steps->failed |= !names_add(&steps->taken, name.text, name.length, last);
}

bool names_of_steps(Steps *steps) {
  uint32_t count = steps_count(steps);
  if (steps->traced) name_own_result(steps);
  session_each_global(steps->session, name_global, steps);
  session_each_global(steps->session, name_global_parts, steps);
  if (steps->traced && !steps->names[count - 1]) steps->names[count - 1] = ""; /* not yet, and not by its text */
  name_writes(steps);
  for (uint32_t at = 0; at < count; at++)
    if (is_operation(steps, at)) name_by_assignment(steps, at);
  if (steps->names[count - 1] && !*steps->names[count - 1]) steps->names[count - 1] = NULL;
  if (steps->traced) name_result(steps);
  for (uint32_t at = count; at-- > 0;)
    if (!steps->names[at] && !steps_row(steps, at)->hidden && explain_is_leaf(steps_row(steps, at)))
      name_earlier_value(steps, at);
  forget_locals(steps);
  name_result(steps);
  number_rest(steps);
  steps->result = steps->failed ? NULL : steps->names[count - 1];
  return steps->result || error_out_of_memory(session_runtime(steps->session)->error);
}

/* ---- arguments */
void names_of_argument(Steps *steps, int index, const Tensor *tensor) {
  size_t length = 0;
  const char *text = source_text(session_sources(steps->session), steps->call->spans[index], &length);
  if (length == 1 && *text == '_') return; /* the last value, which may have a name */
  if (text && source_is_path(text, length)) give_name(steps, explain_find(&steps->explanation, tensor), text, length);
}

static void name_fresh(Parts *parts, Value value) {
  Steps *steps = parts->steps;
  if (!trace_is_differentiable(value, parts->argument) || parts->fresh >= steps->trace.fresh_count) return;
  uint32_t row = explain_find(&steps->explanation, steps->trace.fresh[parts->fresh++]);
  if (!parts->path.failed && parts->path.length)
    give_name(steps, row, buffer_text(&parts->path), parts->path.length);
}

static const FunctionCode *code_of(Value function) {
  return value_is(function, KIND_FUNCTION) ? value_function(function)->code : NULL;
}

static void reserve_parameters(Steps *steps, int count) {
  const FunctionCode *code = code_of(steps->function);
  for (uint32_t k = (uint32_t)count; code && k < code->parameters; k++) {
    const char *name = function_parameter(code, k);
    steps->failed |= !is_taken(steps, name, strlen(name)) &&
                     !names_add(&steps->taken, name, strlen(name), EXPLAIN_NO_ROW);
  }
}

void names_of_parameters(Steps *steps, int count, const Value *arguments) {
  size_t primes;
  const FunctionCode *code = code_of(derivative_base(steps->function, &primes));
  Parts parts = {.steps = steps, .leaf = name_fresh};
  for (int i = 0; i < count; i++) {
    const char *name = code && (uint32_t)i < function_positional(code) ? function_parameter(code, (uint32_t)i)
                       : i == 0 ? "x" : "";
    parts.left = INT_MAX;
    parts.depth = STRUCTURE_DEPTH;
    parts.argument = arguments[i];
    buffer_clear(&parts.path);
    buffer_add_text(&parts.path, name);
    if (*name) walk_parts(&parts, arguments[i]);
    else break;
  }
  buffer_free(&parts.path);
  reserve_parameters(steps, count);
}
