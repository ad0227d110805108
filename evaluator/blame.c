/* SPDX-License-Identifier: MIT */
/* blame.c: who is meant by an operation's error: names of operands, and the argument that is marked. */
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/library.h"
#include "evaluator/operation.h"

enum { NAME_LENGTH = 60 };

/* "`x` ", or "`x`, ", for an operand that is a plain name, else ""; `behind`: what follows it. */
static void add_name(Buffer *out, Session *session, Span span, char mark, const char *behind) {
  size_t length = 0;
  const char *text = source_text(session_sources(session), span, &length);
  if (!text || length == 0 || length > NAME_LENGTH || text_name_length(text, length) != length) return;
  char library_mark = library_mark_at(session, span, mark);
  buffer_add(out, &library_mark, library_mark != '\0');
  buffer_add_byte(out, '`');
  buffer_add(out, text, length);
  buffer_add_text(out, error_needs_comma(behind) ? "`, " : "` ");
}

/* Marks become names; the buffer keeps its memory. */
static void name_operands(Buffer *text, Session *session, int count, const Span *spans) {
  if (!strpbrk(buffer_text(text), ERROR_MARKS)) return;
  Buffer named = {0};
  for (size_t i = 0; i < text->length; i++) {
    char mark = text->text[i];
    if (!mark || !strchr(ERROR_MARKS, mark)) {
      buffer_add_byte(&named, mark);
      continue;
    }
    int operand = i + 1 < text->length ? text->text[++i] - '0' : -1;
    size_t before = named.length;
    if (operand >= 0 && operand < count) add_name(&named, session, spans[operand], mark, text->text + i + 1);
    if (mark == ERROR_SUBJECT_MARK && named.length == before) buffer_add_text(&named, ERROR_UNNAMED);
  }
  if (!named.failed && named.length < ERROR_TEXT) {
    buffer_clear(text);
    buffer_add(text, buffer_text(&named), named.length);
  }
  buffer_free(&named);
}

void operation_explain(Session *session, int count, const Span *spans, Span place) {
  Error *error = session_runtime(session)->error;
  if (error->place.end != 0) return;
  name_operands(&error->message, session, count, spans);
  name_operands(&error->hint, session, count, spans);
  int operand = error->operand;
  error_at(error, operand >= 0 && operand < count && spans[operand].end ? spans[operand] : place);
}

void operation_warn(Session *session, Span place) {
  Runtime *runtime = session_runtime(session);
  if (runtime->warning.count == 0) return;
  session_warn(session, place, runtime->warning.text, NULL);
  runtime->warning.count = 0;
}
