/* SPDX-License-Identifier: MIT */
/* wrap.c: long lines of a text on a narrow screen. */
#include "base/wrap.h"
#include <string.h>
#include "base/text.h"

enum { INDENTATION = 4 };

static int columns_of(const char *text, const char *limit) {
  int columns = 0;
  while (text < limit) {
    SafeCharacter safe = text_safe_character(text, limit);
    columns += safe.columns;
    text += safe.bytes;
  }
  return columns;
}

/* Words and the blanks before them, as many as fit into each row. */
static void wrap_line(Buffer *out, const char *line, const char *limit, int columns) {
  int used = 0;
  for (const char *word = line; word < limit;) {
    const char *start = word;
    while (start < limit && *start == ' ') start++;
    const char *end = start;
    while (end < limit && *end != ' ') end++;
    int width = columns_of(word, end);
    if (used > INDENTATION && used + width > columns) {
      buffer_add_byte(out, '\n');
      buffer_add_fill(out, ' ', INDENTATION);
      used = INDENTATION;
      word = start;
      width = columns_of(word, end);
    }
    text_add_safe(out, word, (size_t)(end - word));
    used += width;
    word = end;
  }
  buffer_add_byte(out, '\n');
}

void wrap_text(Buffer *out, const char *text, int columns) {
  while (*text) {
    const char *limit = text + strcspn(text, "\n");
    wrap_line(out, text, limit, columns > 20 ? columns : 20);
    text = *limit ? limit + 1 : limit;
  }
}
