/* SPDX-License-Identifier: MIT */
/* excerpt.c: one source line with marks below it, as reports show it. */
#include "repl/excerpt.h"

#include <string.h>

#include "base/text.h"

enum { TAB_STOP = 4, DOTS = 3, MARGIN = 6, TEXT_COLUMNS = 80 };

/* The part of a line that is shown: columns from <= c < to, the outer three of them being dots where it is cut. */
typedef struct Window { size_t from, to; bool cut_left, cut_right; } Window;

/* Tabs run to the next stop; everything else is as wide as what stands for it. */
static SafeCharacter cell_at(const char *at, const char *limit, size_t column) {
  if (*at != '\t') return text_safe_character(at, limit);
  int columns = TAB_STOP - (int)(column % TAB_STOP);
  SafeCharacter tab = {.bytes = 1, .columns = columns, .length = columns};
  memset(tab.shown, ' ', (size_t)columns);
  return tab;
}

static size_t column_of(const char *text, size_t length, size_t offset) {
  const char *at = text, *limit = text + length, *stop = text + (offset < length ? offset : length);
  size_t column = 0;
  while (at < stop) {
    SafeCharacter cell = cell_at(at, limit, column);
    if (at + cell.bytes > stop) break; /* the offset is inside a character */
    column += (size_t)cell.columns;
    at += cell.bytes;
  }
  return column;
}

/* A byte-order mark is no part of the first line. */
static void skip_byte_order_mark(Excerpt *excerpt) {
  if (excerpt->length < 3 || memcmp(excerpt->text, "\xEF\xBB\xBF", 3) != 0) return;
  excerpt->text += 3;
  excerpt->length -= 3;
}

Excerpt excerpt_of(const SourceMap *map, uint32_t position) {
  Place place = source_place(map, position);
  Excerpt excerpt = {.source = place.source, .number = place.line};
  excerpt.text = source_line(place.source, place.line, &excerpt.length);
  if (place.line == 1) skip_byte_order_mark(&excerpt);
  excerpt.columns = column_of(excerpt.text, excerpt.length, excerpt.length);
  return excerpt;
}

static size_t offset_of(const Excerpt *excerpt, uint32_t position) {
  size_t line_start = (size_t)(excerpt->text - excerpt->source->text), offset = position - excerpt->source->base;
  return offset > line_start ? offset - line_start : 0;
}

bool excerpt_holds(const Excerpt *excerpt, uint32_t position) {
  const Source *source = excerpt->source;
  if (position < source->base || position - source->base > source->length) return false;
  const char *at = source->text + (position - source->base), *end = excerpt->text + excerpt->length;
  const char *limit = source->text + source->length;
  while (end < limit && *end != '\n') end++;
  return at <= end && (at >= excerpt->text || excerpt->number == 1);
}

void excerpt_mark(Excerpt *excerpt, Span span, const char *text, bool main) {
  if (excerpt->count == EXCERPT_MARKS) return;
  size_t from = column_of(excerpt->text, excerpt->length, offset_of(excerpt, span.start));
  size_t to = column_of(excerpt->text, excerpt->length, offset_of(excerpt, span.end));
  if (to <= from) to = from + 1;
  excerpt->marks[excerpt->count++] = (Mark){from, to, text && *text ? text : NULL, main};
}

/* The columns that should be seen: all marks, or the main one (else the first) when they are too far apart. */
static Mark find_focus(const Excerpt *excerpt) {
  Mark all = {.from = SIZE_MAX}, chosen = {0};
  for (int i = 0; i < excerpt->count; i++) {
    const Mark *mark = &excerpt->marks[i];
    if (mark->from < all.from) all.from = mark->from;
    if (mark->to > all.to) all.to = mark->to;
    if (i == 0 || mark->main) chosen = *mark;
  }
  return excerpt->count && all.to - all.from <= EXCERPT_COLUMNS - 2 * DOTS ? all : chosen;
}

static Window choose_window(const Excerpt *excerpt) {
  if (excerpt->columns <= EXCERPT_COLUMNS) return (Window){0, excerpt->columns, false, false};
  Mark focus = find_focus(excerpt);
  size_t from = 0, most = excerpt->columns - EXCERPT_COLUMNS, width = focus.to - focus.from;
  if (focus.to > EXCERPT_COLUMNS - DOTS) {
    size_t before = width < EXCERPT_COLUMNS - 2 * MARGIN ? (EXCERPT_COLUMNS - width) / 2 : MARGIN;
    from = focus.from > before ? focus.from - before : 0;
  }
  if (from > most) from = most;
  return (Window){from, from + EXCERPT_COLUMNS, from > 0, from < most};
}

/* Characters that are cut by an edge of the window leave blanks. */
static void draw_text(Buffer *out, const Excerpt *excerpt, Window window) {
  size_t first = window.from + (window.cut_left ? DOTS : 0), last = window.to - (window.cut_right ? DOTS : 0);
  const char *at = excerpt->text, *limit = at + excerpt->length;
  size_t column = 0;
  if (window.cut_left) buffer_add_text(out, "...");
  while (at < limit && column <= last) {
    SafeCharacter cell = cell_at(at, limit, column);
    size_t end = column + (size_t)cell.columns;
    if (column >= first && end <= last && (cell.columns || column > first))
      buffer_add(out, cell.shown, (size_t)cell.length);
    else if (end > first && column < last)
      buffer_add_fill(out, ' ', (end < last ? end : last) - (column > first ? column : first));
    column = end;
    at += cell.bytes;
  }
  if (window.cut_right) buffer_add_text(out, "...");
}

static void draw_gutter(Buffer *out, uint32_t number, int digits) {
  if (digits == 0) buffer_add_text(out, "  ");
  else if (number) buffer_format(out, "  %*u | ", digits, (unsigned)number);
  else buffer_format(out, "  %*s | ", digits, "");
}

/* Draws one mark into a row of cells that is one longer than the window, for marks at the end of the line. */
static void draw_mark(char row[EXCERPT_COLUMNS + 1], Mark mark, Window window) {
  for (size_t column = mark.from; column < mark.to && column <= window.to; column++) {
    if (column < window.from || column - window.from > EXCERPT_COLUMNS) continue;
    row[column - window.from] = !mark.main ? '~' : column == mark.from ? '^' : '-';
  }
}

/* The row knows the tail of the main mark as '-', so that it gets the colour of its head. */
static void draw_row(Buffer *out, const char row[EXCERPT_COLUMNS + 1], size_t length, bool colour) {
  bool red = false;
  for (size_t i = 0; i < length; i++) {
    bool main = row[i] == '^' || row[i] == '-';
    if (colour && main != red) buffer_add_text(out, main ? "\x1b[1;31m" : "\x1b[0m");
    red = main;
    buffer_add_byte(out, row[i] == '-' ? '~' : row[i]);
  }
  if (colour && red) buffer_add_text(out, "\x1b[0m");
}

/* The label that can stand behind the marks: that of the rightmost mark, if it fits. */
static const Mark *find_tail_label(const Excerpt *excerpt, size_t row_length) {
  const Mark *rightmost = NULL;
  for (int i = 0; i < excerpt->count; i++) {
    const Mark *mark = &excerpt->marks[i];
    if (!rightmost || mark->to > rightmost->to || (mark->to == rightmost->to && mark->text)) rightmost = mark;
  }
  if (!rightmost || !rightmost->text) return NULL;
  return row_length + 1 + text_columns(rightmost->text) <= TEXT_COLUMNS ? rightmost : NULL;
}

static void draw_label(Buffer *out, Mark mark, Window window, int digits) {
  size_t column = mark.from > window.from ? mark.from - window.from : 0, columns = text_columns(mark.text);
  if (column > EXCERPT_COLUMNS) return;
  if (column + columns > TEXT_COLUMNS) column = columns < TEXT_COLUMNS ? TEXT_COLUMNS - columns : 0;
  draw_gutter(out, 0, digits);
  buffer_add_fill(out, ' ', column);
  text_add_safe(out, mark.text, strlen(mark.text));
  buffer_add_byte(out, '\n');
}

static void draw_marks(Buffer *out, const Excerpt *excerpt, Window window, int digits, bool colour) {
  char row[EXCERPT_COLUMNS + 1];
  memset(row, ' ', sizeof row);
  for (int main = 0; main < 2; main++)
    for (int i = 0; i < excerpt->count; i++)
      if (excerpt->marks[i].main == main) draw_mark(row, excerpt->marks[i], window);
  size_t length = sizeof row;
  while (length && row[length - 1] == ' ') length--;
  const Mark *tail = find_tail_label(excerpt, length);
  draw_gutter(out, 0, digits);
  draw_row(out, row, length, colour);
  if (tail) {
    buffer_add_byte(out, ' ');
    text_add_safe(out, tail->text, strlen(tail->text));
  }
  buffer_add_byte(out, '\n');
  for (int i = 0; i < excerpt->count; i++)
    if (excerpt->marks[i].text && &excerpt->marks[i] != tail) draw_label(out, excerpt->marks[i], window, digits);
}

void excerpt_draw(Buffer *out, const Excerpt *excerpt, int digits, bool colour) {
  Window window = choose_window(excerpt);
  draw_gutter(out, excerpt->number, digits);
  draw_text(out, excerpt, window);
  buffer_trim(out, 0, " ");
  buffer_add_byte(out, '\n');
  if (excerpt->count) draw_marks(out, excerpt, window, digits, colour);
}
