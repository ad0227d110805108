/* SPDX-License-Identifier: MIT */
/* released.c: telling in the user's names why a backward met a history that is gone. */
#include "evaluator/builtins/released.h"
#include <string.h>
#include "evaluator/builtins/builtins.h"

typedef struct Holder { const Node *node; const char *name; } Holder;

static bool find_holder(void *context, const char *name, Value value, Span defined) {
  Holder *holder = context;
  const Variable *variable = value_as_variable(value);
  (void)defined;
  if (variable && variable->value && node_of(variable->value) == holder->node && strcmp(name, "_") != 0)
    holder->name = name;
  return holder->name == NULL;
}

/* "at line 4" in a text with a name, else the call itself: inputs at the prompt all begin with line 1. */
static void add_place(Buffer *out, const SourceMap *sources, Span span, const char *text, size_t length) {
  Place place = source_place(sources, span.start);
  if (place.source && !place.source->interactive) buffer_format(out, "at line %u", (unsigned)place.line);
  else if (text && length < 60) buffer_format(out, "by `%.*s`", (int)length, text);
  else buffer_add_text(out, "on purpose");
}

/* For backward(a, ...) the call that would have kept the history. */
static void add_remedy(Buffer *out, const char *text, size_t length) {
  const char *end = text ? memchr(text, ',', length) : NULL;
  bool is_backward = end && length > 9 && memcmp(text, "backward(", 9) == 0;
  if (is_backward) buffer_format(out, "use `%.*s, retain_graph=true)` there", (int)(end - text), text);
  else buffer_add_text(out, "keep the history there");
}

void released_explain(Call *call, const Node *node, const char *loss) {
  Holder holder = {node, NULL};
  Error *error = session_runtime(call->session)->error;
  session_each_global(call->session, find_holder, &holder);
  if (!loss || !holder.name || error->kind != ERROR_GRADIENT) return;
  const SourceMap *sources = session_sources(call->session);
  size_t length = 0;
  const char *text = source_text(sources, node->released, &length);
  bool itself = strlen(holder.name) + 2 == strlen(loss) && strncmp(loss + 1, holder.name, strlen(holder.name)) == 0;
  Buffer message = {0};
  if (itself) buffer_format(&message, "the history of %s was released ", loss);
  else buffer_format(&message, "%s depends on `%s`, whose history was released ", loss, holder.name);
  add_place(&message, sources, node->released, text, length);
  Buffer hint = {0};
  add_remedy(&hint, text, length);
  buffer_format(&hint, ", or compute `%s` again", holder.name);
  if (!message.failed && !hint.failed) {
    error_clear(error);
    error_set(error, ERROR_GRADIENT, "%s", buffer_text(&message));
    error_hint(error, "%s", buffer_text(&hint));
  }
  buffer_free(&message);
  buffer_free(&hint);
}
