/* SPDX-License-Identifier: MIT */
/* buffer.h: a growing run of bytes; the one way text is put together. */
#ifndef MGRAD_BASE_BUFFER_H
#define MGRAD_BASE_BUFFER_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Starts as {0}.  The text is always NUL-terminated when `text` is set.  When memory runs out the rest is dropped
   and `failed` is set, so that straight-line code needs one check at the end.  A text with capacity 0 is borrowed (a
   literal): it is copied before it grows and never released. */
typedef struct Buffer {
  char *text;
  size_t length, capacity;
  bool failed;
} Buffer;

void buffer_add(Buffer *buffer, const char *bytes, size_t length);
void buffer_add_text(Buffer *buffer, const char *text);
void buffer_add_byte(Buffer *buffer, char byte);
void buffer_add_fill(Buffer *buffer, char byte, size_t count);
void buffer_format(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_format_list(Buffer *buffer, const char *format, va_list list) __attribute__((format(printf, 2, 0)));
/* Drops bytes of `set` from the end, but none before `from`. */
void buffer_trim(Buffer *buffer, size_t from, const char *set);
void buffer_clear(Buffer *buffer);      /* keeps the memory */
void buffer_free(Buffer *buffer);
const char *buffer_text(const Buffer *buffer); /* never NULL */

#endif
