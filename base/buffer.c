/* SPDX-License-Identifier: MIT */
/* buffer.c: a growing run of bytes. */
#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 64 };

/* Makes room for `more` bytes and a NUL.  A text with capacity 0 is borrowed and is copied before it changes. */
static bool reserve(Buffer *buffer, size_t more) {
  if (buffer->failed) return false;
  if (buffer->capacity && more < buffer->capacity - buffer->length) return true;
  const char *borrowed = buffer->capacity ? NULL : buffer->text;
  size_t capacity = buffer->capacity > SIZE_MAX / 2 ? SIZE_MAX : buffer->capacity * 2;
  size_t needed = more < SIZE_MAX - buffer->length ? buffer->length + more + 1 : SIZE_MAX;
  if (capacity < needed) capacity = needed;
  if (capacity < FIRST_CAPACITY) capacity = FIRST_CAPACITY;
  char *owned = buffer->capacity ? buffer->text : NULL, *text = memory_resize(owned, buffer->capacity, capacity);
  /* Where twice as much is not to be had, about half of what is left is: byte by byte all would be copied each time. */
  for (size_t spare = capacity - needed; !text && spare > 0;) {
    spare /= 2;
    text = memory_resize(owned, buffer->capacity, capacity = needed + spare);
  }
  if (!text) {
    buffer->failed = true;
    return false;
  }
  if (borrowed) memcpy(text, borrowed, buffer->length);
  text[buffer->length] = '\0';
  buffer->text = text;
  buffer->capacity = capacity;
  return true;
}

void buffer_add(Buffer *buffer, const char *bytes, size_t length) {
  if (!reserve(buffer, length)) return;
  if (length) memcpy(buffer->text + buffer->length, bytes, length);
  buffer->length += length;
  buffer->text[buffer->length] = '\0';
}

void buffer_add_text(Buffer *buffer, const char *text) {
  buffer_add(buffer, text, strlen(text));
}

void buffer_add_byte(Buffer *buffer, char byte) {
  buffer_add(buffer, &byte, 1);
}

void buffer_add_fill(Buffer *buffer, char byte, size_t count) {
  if (!reserve(buffer, count)) return;
  memset(buffer->text + buffer->length, byte, count);
  buffer->length += count;
  buffer->text[buffer->length] = '\0';
}

void buffer_format_list(Buffer *buffer, const char *format, va_list list) {
  va_list again;
  va_copy(again, list);
  if (reserve(buffer, FIRST_CAPACITY)) {
    int length = vsnprintf(buffer->text + buffer->length, buffer->capacity - buffer->length, format, list);
    if (length < 0) {
      buffer->text[buffer->length] = '\0';
      buffer->failed = true;
    } else if ((size_t)length < buffer->capacity - buffer->length) {
      buffer->length += (size_t)length;
    } else {
      buffer->text[buffer->length] = '\0';
      if (reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
      }
    }
  }
  va_end(again);
}

void buffer_format(Buffer *buffer, const char *format, ...) {
  va_list list;
  va_start(list, format);
  buffer_format_list(buffer, format, list);
  va_end(list);
}

void buffer_trim(Buffer *buffer, size_t from, const char *set) {
  size_t length = buffer->length, size = strlen(set);
  while (length > from && memchr(set, buffer->text[length - 1], size)) length--;
  if (length == buffer->length || !reserve(buffer, 0)) return;
  buffer->text[buffer->length = length] = '\0';
}

void buffer_clear(Buffer *buffer) {
  if (!buffer->capacity) buffer->text = NULL;
  else buffer->text[0] = '\0';
  buffer->length = 0;
  buffer->failed = false;
}

void buffer_free(Buffer *buffer) {
  if (buffer->capacity) memory_release(buffer->text, buffer->capacity);
  *buffer = (Buffer){0};
}

const char *buffer_text(const Buffer *buffer) {
  return buffer->text ? buffer->text : "";
}
