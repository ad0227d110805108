/* SPDX-License-Identifier: MIT */
/* excerpt.h: one source line with marks below it, as reports show it. */
#ifndef MGRAD_REPL_EXCERPT_H
#define MGRAD_REPL_EXCERPT_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buffer.h"
#include "base/source.h"

enum { EXCERPT_MARKS = 5, EXCERPT_COLUMNS = 72 };

typedef struct Mark {
  size_t from, to;  /* columns of the line as it is shown, from 0 */
  const char *text; /* NULL or "": none */
  bool main;        /* drawn `^~~~`; the others `~~~~` */
} Mark;

typedef struct Excerpt {
  const Source *source;
  uint32_t number;  /* of the line */
  const char *text; /* the line */
  size_t length;
  size_t columns;   /* as it is shown */
  Mark marks[EXCERPT_MARKS];
  int count;
} Excerpt;

/* The line that holds a position, without marks; the position is in some source. */
Excerpt excerpt_of(const SourceMap *map, uint32_t position);
bool excerpt_holds(const Excerpt *excerpt, uint32_t position);
/* Marks a span that starts in the line; what goes on in later lines is cut off. */
void excerpt_mark(Excerpt *excerpt, Span span, const char *text, bool main);
/* Adds the line and what is marked; digits is the width of the line numbers, 0 for no gutter. */
void excerpt_draw(Buffer *out, const Excerpt *excerpt, int digits, bool colour);

#endif
