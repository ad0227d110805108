/* SPDX-License-Identifier: MIT */
/* help.c: help(x): what a function, a value or a word means. */
#include <stdint.h>
#include <string.h>
#include "base/wrap.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/describe.h"
#include "evaluator/function.h"

/* Another word of a list whose lines are indented; a column beyond the last begins a line. */
static void add_word(Buffer *out, size_t *column, const char *word, size_t length) {
  enum { LAST_COLUMN = 78 };
  if (*column + length > LAST_COLUMN) {
    buffer_add_text(out, "\n ");
    *column = 1;
  }
  buffer_format(out, " %.*s", (int)length, word);
  *column += length + 1;
}

static void describe_all(Buffer *out) {
  buffer_add_text(out, "help(name) explains a function:");
  size_t column = SIZE_MAX / 2;
  for (int i = 0; i < builtin_count(); i++) add_word(out, &column, builtin_at(i)->name, strlen(builtin_at(i)->name));
  buffer_add_text(out, "\ntopics, as in help(\"indexing\"):");
  column = SIZE_MAX / 2;
  size_t length;
  const char *heading;
  for (int k = 0; (heading = page_heading(page_text("topics"), k, &length)); k++)
    add_word(out, &column, heading, length);
  buffer_add_byte(out, '\n');
}

static bool describe_text(Session *session, Buffer *out, const String *word) {
  Error *error = session_runtime(session)->error;
  if (describe_name(session, out, word->text, word->length, true)) return true;
  if (error->kind != ERROR_NONE) return false;
  session_fail(session, ERROR_NAME, "there is no help on `%s`", word->text);
  SuggestText likely;
  if (*describe_likely(session, word->text, "`", &likely)) error_hint(error, "%s", likely.text);
  return false;
}

static bool describe(Session *session, Buffer *out, Value value) {
  if (value_is_none(value)) return describe_all(out), true;
  if (value_is(value, KIND_BUILTIN))
    return describe_builtin(session, out, ((const Builtin *)(const void *)value.object)->info);
  if (value_is(value, KIND_FUNCTION)) return describe_function(session, out, value);
  if (value_is(value, KIND_STRING)) return describe_text(session, out, value_string(value));
  buffer_format(out, "a %s: ", value_type_name(value));
  bool shown = value_text(session, out, value, true);
  buffer_add_byte(out, '\n');
  return shown;
}

Value builtin_help(Call *call) {
  Buffer text = {0}, out = {0};
  bool described = describe(call->session, &text, call->arguments[0]);
  wrap_text(&out, buffer_text(&text), session_text_options(call->session)->line_width);
  if (text.failed || out.failed) described = error_out_of_memory(call_runtime(call)->error);
  if (described) session_print(call->session, STREAM_RESULT, buffer_text(&out), out.length);
  buffer_free(&text);
  buffer_free(&out);
  return described ? value_none() : argument_fail(call, 0);
}
