/* SPDX-License-Identifier: MIT */
/* source.h: texts that were read, and places in them.

   Every text of a session gets a range of positions of its own, so that a span (two numbers) says which text, which
   line and which column; these are computed only when an error is shown. */
#ifndef MGRAD_BASE_SOURCE_H
#define MGRAD_BASE_SOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Span { uint32_t start, end; } Span; /* byte positions; start == end == 0: nowhere */

static inline Span span_join(Span a, Span b) {
  Span joined = {a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
  return a.end == 0 ? b : b.end == 0 ? a : joined;
}

typedef struct Source {
  char *name;     /* file name, "<stdin>", "<arg 1>"; NULL for input at the prompt */
  char *text;     /* NUL-terminated copy; may hold NUL bytes too */
  size_t length;
  uint32_t base;  /* position of text[0]; at least 1 */
  bool interactive;
} Source;

typedef struct SourceMap {
  Source **sources;
  size_t count;
  uint32_t capacity;
  uint32_t next;
} SourceMap;

typedef struct Place { const Source *source; uint32_t line, column; } Place; /* both from 1; columns in characters */

/* Copies the text.  NULL when memory or positions (4 GiB) are exhausted. */
const Source *source_add(SourceMap *map, const char *name, const char *text, size_t length, bool interactive);
const Source *source_find(const SourceMap *map, uint32_t position); /* NULL: nowhere */
Place source_place(const SourceMap *map, uint32_t position);
/* The line that holds the position, without its newline; returns its first byte and sets its length. */
const char *source_line(const Source *source, uint32_t line, size_t *length);
/* The text of a span (not NUL-terminated); NULL for nowhere. */
const char *source_text(const SourceMap *map, Span span, size_t *length);
void source_map_free(SourceMap *map);

/* UTF-8: decodes one character at text (limit is one past the end); returns its bytes, 0 when invalid. */
int utf8_decode(const char *text, const char *limit, uint32_t *character);
int utf8_encode(uint32_t character, char *out); /* 1 to 4 bytes */
int utf8_width(uint32_t character);             /* columns on a terminal: 0, 1 or 2 */

#endif
