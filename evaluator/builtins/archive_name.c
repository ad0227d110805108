/* SPDX-License-Identifier: MIT */
/* archive_name.c: names of fields as parts of names in archives. */
#include "evaluator/builtins/archive_name.h"
#include <string.h>

static bool is_text(const char *text, size_t length, const char *wanted) {
  return strlen(wanted) == length && memcmp(text, wanted, length) == 0;
}

static bool is_special(char byte) { return byte == '.' || byte == '\\'; }

static bool is_mark(const char *text, size_t length) {
  return is_text(text, length, ARCHIVE_TUPLE) || is_text(text, length, ARCHIVE_EMPTY);
}

void archive_write_name(Buffer *out, const char *field, size_t length, bool only) {
  if (is_mark(field, length) || (only && is_text(field, length, ARCHIVE_ALONE))) buffer_add_byte(out, '\\');
  for (size_t i = 0; i < length; i++) {
    if (is_special(field[i])) buffer_add_byte(out, '\\');
    buffer_add_byte(out, field[i]);
  }
}

size_t archive_part_length(const char *name, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (name[i] == '.') return i;
    if (name[i] == '\\' && i + 1 < length && is_special(name[i + 1])) i++;
  }
  return length;
}

void archive_read_name(Buffer *out, const char *part, size_t length) {
  bool kept = length && *part == '\\';
  kept = kept && (is_mark(part + 1, length - 1) || is_text(part + 1, length - 1, ARCHIVE_ALONE));
  for (size_t i = kept; i < length; i++) {
    if (part[i] == '\\' && i + 1 < length && is_special(part[i + 1])) i++;
    buffer_add_byte(out, part[i]);
  }
}
