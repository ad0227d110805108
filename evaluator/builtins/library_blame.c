/* SPDX-License-Identifier: MIT */
/* library_blame.c: errors of library functions in the terms of the user's program. */
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/arguments.h"
#include "evaluator/builtins/library.h"

bool library_is_at(Session *session, Span place) {
  return library_is_source(source_find(session_sources(session), place.start));
}

char library_mark_at(Session *session, Span operand, char mark) {
  return library_is_at(session, operand) ? ERROR_LIBRARY_MARKS[mark - ERROR_OPERAND_MARK] : '\0';
}

/* The message of an operation inside a function begins with the function that the user called. */
static void name_function(Error *error, const char *name) {
  char quoted[64], message[ERROR_TEXT];
  snprintf(quoted, sizeof quoted, "`%s`", name);
  if (strstr(buffer_text(&error->message), quoted) || error->message.length >= sizeof message - sizeof quoted) return;
  memcpy(message, buffer_text(&error->message), error->message.length + 1);
  buffer_clear(&error->message);
  buffer_format(&error->message, "%s: %s", quoted, message);
}

/* The user's name for a parameter: what was written for it if that is a plain name; NULL: something else. */
static const char *written_name(Call *call, const char *parameter, size_t length, size_t *written) {
  for (int i = 0; i < call->signature->shown; i++) {
    const char *name = call->signature->parameters[i].name;
    if (strlen(name) != length || memcmp(name, parameter, length) != 0) continue;
    return argument_written(call, i, written);
  }
  return NULL;
}

/* Writes the user's name for the operand that the library calls "`x` " behind the mark; gives what comes behind that.
   A library function that calls another is no user: its name is marked in turn. */
static const char *translate_operand(Call *call, Buffer *out, const char *mark) {
  size_t length = text_name_length(mark + 2, ERROR_TEXT), written = 0;
  const char *own = written_name(call, mark + 2, length, &written), *behind = mark + 2 + length + 1;
  if (behind[-1] != '`') return mark + 1; /* cut off */
  if (own && library_is_at(call->session, call->span)) buffer_add_byte(out, *mark);
  if (own) {
    buffer_format(out, "`%.*s`", (int)written, own);
    return behind;
  }
  if (*mark == ERROR_LIBRARY_MARKS[ERROR_SUBJECT_MARK - ERROR_OPERAND_MARK]) buffer_add_text(out, ERROR_UNNAMED);
  if (*behind == ',' && error_needs_comma(behind + 2)) behind++;
  return *behind == ' ' ? behind + 1 : behind;
}

/* Operations name operands as the library does; what the user calls otherwise, or not at all, is told so. */
static void translate_operands(Call *call, Buffer *text) {
  char message[ERROR_TEXT];
  if (text->length >= sizeof message || !strpbrk(buffer_text(text), ERROR_LIBRARY_MARKS)) return;
  memcpy(message, buffer_text(text), text->length + 1);
  buffer_clear(text);
  const char *rest = message;
  for (const char *mark; (mark = strpbrk(rest, ERROR_LIBRARY_MARKS));) {
    buffer_add(text, rest, (size_t)(mark - rest));
    rest = mark[1] == '`' ? translate_operand(call, text, mark) : mark + 1;
  }
  buffer_add_text(text, rest);
}

/* What the user's function was called by is the library function; how that went about it is nobody's business. */
static void leave_out_frames(Call *call, Error *error) {
  int kept = 0;
  for (int i = 0, inside = 0; i < error->frame_count; i++) {
    ErrorFrame frame = error->frames[i];
    if (library_is_at(call->session, frame.call)) {
      if (inside++) continue;
      frame.call = call->span;
    }
    error->frames[kept++] = frame;
  }
  error->frame_count = kept;
}

void library_blame_caller(Call *call, const char *name) {
  Error *error = call_runtime(call)->error;
  if (!library_is_at(call->session, error->place)) {
    leave_out_frames(call, error);
    return;
  }
  if (error->kind != ERROR_USER && error->kind < ERROR_MEMORY) translate_operands(call, &error->message);
  if (error->kind < ERROR_MEMORY) name_function(error, name);
  if (error->kind == ERROR_USER) error->kind = ERROR_ARGUMENT;
  error->place = call->span;
  error->label_count = error->frame_count = error->frames_dropped = 0;
}
