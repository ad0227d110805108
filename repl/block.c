/* SPDX-License-Identifier: MIT */
/* block.c: moving up and down within an input of several lines. */
#include "repl/block.h"
#include <string.h>
#include "base/source.h"

static size_t line_start(const char *text, size_t point) {
  while (point > 0 && text[point - 1] != '\n') point--;
  return point;
}

static size_t line_end(const char *text, size_t length, size_t point) {
  while (point < length && text[point] != '\n') point++;
  return point;
}

static size_t next_character(const char *text, size_t limit, size_t at, int *columns) {
  uint32_t character;
  int bytes = utf8_decode(text + at, text + limit, &character);
  *columns += bytes ? utf8_width(character) : 1;
  return at + (size_t)(bytes ? bytes : 1);
}

static int columns_between(const char *text, size_t from, size_t to) {
  int columns = 0;
  while (from < to) from = next_character(text, to, from, &columns);
  return columns;
}

/* The last place in the line that is not right of the column. */
static size_t place_at(const char *text, size_t from, size_t limit, int column) {
  int columns = 0;
  while (from < limit) {
    size_t next = next_character(text, limit, from, &columns);
    if (columns > column) return from;
    from = next;
  }
  return from;
}

long block_above(const char *text, size_t point) {
  size_t start = line_start(text, point);
  if (start == 0) return -1;
  return (long)place_at(text, line_start(text, start - 1), start - 1, columns_between(text, start, point));
}

long block_below(const char *text, size_t length, size_t point) {
  size_t end = line_end(text, length, point);
  if (end == length) return -1;
  size_t limit = line_end(text, length, end + 1);
  return (long)place_at(text, end + 1, limit, columns_between(text, line_start(text, point), point));
}

bool block_ends_blank(const char *text) {
  const char *newline = strrchr(text, '\n');
  return newline && strspn(newline + 1, " \t") == strlen(newline + 1);
}
