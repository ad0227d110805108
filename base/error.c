/* SPDX-License-Identifier: MIT */
/* error.c: building the one error that a session can hold. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const kind_names[] = {
  [ERROR_NONE] = "none", [ERROR_SYNTAX] = "syntax", [ERROR_NAME] = "name", [ERROR_TYPE] = "type",
  [ERROR_VALUE] = "value", [ERROR_SHAPE] = "shape", [ERROR_INDEX] = "index", [ERROR_ARGUMENT] = "argument",
  [ERROR_GRADIENT] = "gradient", [ERROR_ASSERTION] = "assertion", [ERROR_USER] = "user",
  [ERROR_MEMORY] = "memory", [ERROR_DEPTH] = "depth", [ERROR_FILE] = "file",
  [ERROR_INTERRUPT] = "interrupt", [ERROR_EXIT] = "exit",
};

/* Ends a text that fills its `size` bytes in "...", and in the middle of no character. */
static size_t mark_cut(char *text, size_t size) {
  size_t end = (size_t)text_cut(text, size, (int)size - 4);
  memcpy(text + end, "...", 4);
  return end + 3;
}

/* Formats into at most `size` bytes; returns the length. */
__attribute__((format(printf, 3, 0)))
static size_t format_cut(char *text, size_t size, const char *format, va_list list) {
  int length = vsnprintf(text, size, format, list);
  if (length < 0) length = 0;
  if ((size_t)length < size) {
    text[length] = '\0';
    return (size_t)length;
  }
  return mark_cut(text, size);
}

__attribute__((format(printf, 2, 0)))
static void set_text(Buffer *buffer, const char *format, va_list list) {
  char text[ERROR_TEXT];
  size_t length = format_cut(text, sizeof text, format, list);
  buffer_clear(buffer);
  buffer_add(buffer, text, length);
}

bool error_prepare(Error *error) {
  Buffer *buffers[] = {&error->message, &error->hint};
  for (int i = 0; i < 2; i++) {
    buffer_add_fill(buffers[i], ' ', ERROR_TEXT);
    if (buffers[i]->failed) return false;
    buffer_clear(buffers[i]);
  }
  return true;
}

static void begin(Error *error, ErrorKind kind) {
  bool of_none = error->of_none;
  error_clear(error);
  error->kind = kind;
  error->of_none = of_none;
}

bool error_set(Error *error, ErrorKind kind, const char *format, ...) {
  va_list list;
  va_start(list, format);
  error_set_list(error, kind, format, list);
  va_end(list);
  return false;
}

bool error_needs_comma(const char *behind) {
  static const char scalar[] = "a scalar";
  return strncmp(behind, scalar, sizeof scalar - 1) == 0;
}

bool error_set_list(Error *error, ErrorKind kind, const char *format, va_list list) {
  if (error->kind != ERROR_NONE) return false;
  begin(error, kind);
  set_text(&error->message, format, list);
  if (error->message.failed) {
    error->kind = ERROR_NONE;
    error_out_of_memory(error);
  }
  return false;
}

void error_hint(Error *error, const char *format, ...) {
  if (error->kind == ERROR_NONE || error->hint.length) return;
  va_list list;
  va_start(list, format);
  set_text(&error->hint, format, list);
  va_end(list);
}

void error_blame(Error *error, int operand) {
  error->operand = operand;
}

/* Shorter than before, so it stays in the memory it has. */
static void map_marks(Buffer *buffer, int count, const int *operands) {
  size_t length = 0;
  for (size_t i = 0; i < buffer->length; i++) {
    char mark = buffer->text[i];
    if (mark != ERROR_OPERAND_MARK) {
      buffer->text[length++] = mark;
      continue;
    }
    int operand = buffer->text[++i] - '0';
    operand = operand >= 0 && operand < count ? operands[operand] : -1;
    if (operand < 0 || operand > 7) continue;
    buffer->text[length++] = mark;
    buffer->text[length++] = (char)('0' + operand);
  }
  if (length == buffer->length) return;
  buffer->length = length;
  buffer->text[length] = '\0';
}

void error_map_operands(Error *error, int count, const int *operands) {
  if (error->kind == ERROR_NONE || error->place.end) return;
  map_marks(&error->message, count, operands);
  map_marks(&error->hint, count, operands);
  error->operand = error->operand >= 0 && error->operand < count ? operands[error->operand] : -1;
}

void error_at(Error *error, Span place) {
  if (error->kind == ERROR_NONE || error->place.end) return;
  map_marks(&error->message, 0, NULL);
  map_marks(&error->hint, 0, NULL);
  error->place = place;
}

/* Before quotes alone: elsewhere the bytes are the user's. */
static void drop_marks(Buffer *buffer) {
  if (!buffer->capacity || !strpbrk(buffer->text, ERROR_LIBRARY_MARKS)) return;
  size_t length = 0;
  for (size_t i = 0; i < buffer->length; i++) {
    char byte = buffer->text[i];
    if (!byte || !strchr(ERROR_LIBRARY_MARKS, byte) || buffer->text[i + 1] != '`') buffer->text[length++] = byte;
  }
  buffer->text[buffer->length = length] = '\0';
}

void error_drop_marks(Error *error) {
  drop_marks(&error->message);
  drop_marks(&error->hint);
}

void error_label(Error *error, Span span, const char *format, ...) {
  if (error->kind == ERROR_NONE || error->label_count == ERROR_LABELS) return;
  ErrorLabel *label = &error->labels[error->label_count++];
  label->span = span;
  va_list list;
  va_start(list, format);
  format_cut(label->text, sizeof label->text, format, list);
  va_end(list);
}

/* Once full, the first half stays and the second half moves along. */
void error_frame(Error *error, const char *name, Span call) {
  if (error->kind == ERROR_NONE) return;
  if (error->frame_count == ERROR_FRAMES) {
    ErrorFrame *outer = &error->frames[ERROR_FRAMES / 2];
    memmove(outer, outer + 1, (ERROR_FRAMES - ERROR_FRAMES / 2 - 1) * sizeof *outer);
    error->frame_count--;
    error->frames_dropped++;
  }
  ErrorFrame *frame = &error->frames[error->frame_count++];
  frame->call = call;
  size_t length = strlen(name), room = sizeof frame->name;
  memcpy(frame->name, name, length < room ? length + 1 : room);
  if (length >= room) mark_cut(frame->name, room);
}

void error_clear(Error *error) {
  buffer_clear(&error->message);
  buffer_clear(&error->hint);
  *error = (Error){.message = error->message, .hint = error->hint, .operand = -1};
}

void error_free(Error *error) {
  buffer_free(&error->message);
  buffer_free(&error->hint);
  *error = (Error){.operand = -1};
}

/* A message buffer that is too small borrows the text instead of growing. */
bool error_out_of_memory(Error *error) {
  static char text[] = "out of memory";
  if (error->kind != ERROR_NONE) return false;
  begin(error, ERROR_MEMORY);
  if (error->message.capacity >= sizeof text) {
    buffer_add(&error->message, text, sizeof text - 1);
  } else {
    buffer_free(&error->message);
    error->message = (Buffer){.text = text, .length = sizeof text - 1};
  }
  return false;
}

const char *error_kind_name(ErrorKind kind) {
  return kind_names[kind];
}
