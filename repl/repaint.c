/* SPDX-License-Identifier: MIT */
/* repaint.c: drawing an input a second time, in colour, over what Readline has drawn. */
#include "repl/repaint.h"
#include <wchar.h>
#include "repl/highlight.h"

typedef struct Cell { int row, column; } Cell;

/* The width of the character at `text` and its bytes; 0 bytes: not certain. */
static size_t measure(const char *text, size_t length, int *width) {
  wchar_t character;
  mbstate_t state = {0};
  size_t bytes = mbrtowc(&character, text, length, &state);
  if (bytes == 0 || bytes > length) return 0;
  *width = wcwidth(character);
  return *width < 0 ? 0 : bytes;
}

static Cell advance(Cell cell, int width, int columns) {
  if (cell.column + width > columns) cell = (Cell){cell.row + 1, 0};
  cell.column += width;
  if (cell.column >= columns) cell = (Cell){cell.row + 1, 0};
  return cell;
}

/* Where the cursor and the end of the text stand; false where that is not certain. */
static bool lay_out(const Picture *picture, Cell *cursor, Cell *end) {
  Cell cell = {0, picture->prompt_columns};
  for (size_t k = 0; k < picture->length;) {
    if (k == picture->cursor) *cursor = cell;
    int width = 0;
    size_t bytes = 1;
    if (picture->text[k] == '\n') cell = (Cell){cell.row + 1, 0};
    else if ((bytes = measure(picture->text + k, picture->length - k, &width)) == 0) return false;
    else cell = advance(cell, width, picture->columns);
    k += bytes;
  }
  if (picture->cursor >= picture->length) *cursor = cell;
  *end = cell;
  return true;
}

static void add_style(Buffer *out, unsigned char before, unsigned char style) {
  if (before != STYLE_PLAIN) buffer_add_text(out, "\x1b[0m");
  buffer_add_text(out, highlight_sequence(style & ~STYLE_PARTNER));
  if (style & STYLE_PARTNER) buffer_add_text(out, "\x1b[4m");
}

/* A row that is exactly full leaves the cursor behind its last column; a newline there needs one more. */
static void add_runs(Buffer *out, const Picture *picture, const unsigned char *styles) {
  Cell cell = {0, picture->prompt_columns};
  unsigned char style = STYLE_PLAIN;
  for (size_t k = 0; k < picture->length;) {
    int width = 0;
    size_t bytes = 1;
    if (picture->text[k] == '\n') {
      bool full = k && cell.column == 0 && picture->text[k - 1] != '\n';
      buffer_add_text(out, full ? "\r\n\r\n" : "\r\n");
      cell = (Cell){cell.row + 1, 0};
    } else {
      if (styles[k] != style) add_style(out, style, styles[k]);
      style = styles[k];
      bytes = measure(picture->text + k, picture->length - k, &width);
      buffer_add(out, picture->text + k, bytes);
      cell = advance(cell, width, picture->columns);
    }
    k += bytes;
  }
  if (style != STYLE_PLAIN) buffer_add_text(out, "\x1b[0m");
}

/* The row in which the runs leave the terminal's cursor: behind a full row it has not wrapped yet. */
static int last_row(const Picture *picture, Cell end) {
  bool full = picture->length && end.column == 0 && picture->text[picture->length - 1] != '\n';
  return full ? end.row - 1 : end.row;
}

static void move_rows(Buffer *out, int rows) {
  if (rows) buffer_format(out, "\x1b[%d%c", rows < 0 ? -rows : rows, rows < 0 ? 'A' : 'B');
}

static void move_columns(Buffer *out, int columns) {
  buffer_add_byte(out, '\r');
  if (columns) buffer_format(out, "\x1b[%dC", columns);
}

void repaint(Buffer *out, const Picture *picture) {
  unsigned char styles[HIGHLIGHT_MOST];
  Cell cursor = {0, 0}, end = {0, 0};
  bool fits = picture->length <= HIGHLIGHT_MOST && picture->columns > picture->prompt_columns + 1;
  if (picture->length == 0 || !fits) return;
  if (!lay_out(picture, &cursor, &end) || end.row >= picture->rows) return;
  highlight(picture->text, picture->length, picture->partner ? (long)picture->cursor : HIGHLIGHT_NO_CURSOR, styles);
  move_rows(out, -cursor.row);
  move_columns(out, picture->prompt_columns);
  add_runs(out, picture, styles);
  move_rows(out, cursor.row - last_row(picture, end));
  move_columns(out, cursor.column);
}
