/* SPDX-License-Identifier: MIT */
/* unrecorded.c: telling why nothing was recorded: constants do not know it, but the line that made them often does. */
#include "evaluator/builtins/unrecorded.h"
#include <string.h>
#include "base/text.h"

typedef struct Definition { const char *name; size_t length; Span span; } Definition;

static bool find_definition(void *context, const char *name, Value value, Span defined) {
  Definition *definition = context;
  (void)value;
  if (strlen(name) != definition->length || memcmp(name, definition->name, definition->length) != 0) return true;
  definition->span = defined;
  return false;
}

/* The line where the argument, or what stands behind its name, was computed. */
static const char *line_of(Call *call, int index, size_t *length) {
  const SourceMap *sources = session_sources(call->session);
  Definition definition = {.span = call->spans[index]};
  definition.name = argument_written(call, index, &definition.length);
  if (definition.name) session_each_global(call->session, find_definition, &definition);
  Place place = source_place(sources, definition.span.start);
  return place.source ? source_line(place.source, place.line, length) : NULL;
}

/* A name, or a field with its point. */
static bool holds_word(const char *line, size_t length, const char *word) {
  const size_t point = *word == '.', size = strlen(word) - point;
  for (size_t at = 0; at < length;) {
    size_t name = text_name_length(line + at, length - at);
    bool same = name == size && memcmp(line + at, word + point, size) == 0;
    if (same && (!point || (at && line[at - 1] == '.'))) return true;
    at += name ? name : 1;
  }
  return false;
}

static const char *word_in(Call *call, int index) {
  static const char *const words[] = {"no_autodiff", "detach", "item", ".data", "constant"};
  size_t length = 0;
  const char *line = line_of(call, index, &length);
  for (size_t k = 0; line && k < sizeof words / sizeof *words; k++)
    if (holds_word(line, length, words[k])) return words[k];
  return NULL;
}

void unrecorded_explain(Call *call, int index) {
  Error *error = call_runtime(call)->error;
  const Variable *variable = value_as_variable(call->arguments[index]);
  if (variable && !dtype_is_float(variable_dtype(variable))) {
    error_hint(error, "results of type %s are constants, also those of comparisons: variables hold floats",
               dtype_info[variable_dtype(variable)].name);
    return;
  }
  const char *word = call_graph(call)->recording ? word_in(call, index) : "no_autodiff";
  if (!word)
    error_hint(error, call_graph(call)->cuts ? "start from `x = tensor(2)`; a constant that is written into stays one"
                                         : "start from a variable, e.g. `x = tensor(2)`");
  else if (strcmp(word, "no_autodiff") == 0) error_hint(error, "inside `no_autodiff` nothing is recorded");
  else error_hint(error, "`%s` gives a constant, which records nothing", word);
}
