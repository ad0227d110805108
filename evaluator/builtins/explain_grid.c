/* SPDX-License-Identifier: MIT */
/* explain_grid.c: lines of cells in columns that fit a terminal. */
#include "evaluator/builtins/explain_grid.h"
#include <ctype.h>
#include <string.h>
#include "base/text.h"

enum { GAP = 2, NOTE_INDENT = 8, TAIL_HEAD = 4 };

bool grid_start(Steps *steps, Grid *grid, int columns) {
  *grid = (Grid){.columns = columns, .lines = arena_allocate(&steps->arena, GRID_LINES * sizeof *grid->lines),
                 .ellipsis = steps_ellipsis(steps)};
  return grid->lines || error_out_of_memory(session_runtime(steps->session)->error);
}

GridLine *grid_add(Grid *grid) {
  if (grid->count < GRID_LINES) grid->count++;
  return &grid->lines[grid->count - 1];
}

/* ---- cutting */
static void add_part(Buffer *out, const char *text, size_t from, size_t to) {
  const char *limit = text + strlen(text);
  for (size_t column = 0; text < limit && column < to;) {
    SafeCharacter character = text_safe_character(text, limit);
    if (column >= from && column + (size_t)character.columns <= to)
      buffer_add(out, character.shown, (size_t)character.length);
    column += (size_t)character.columns;
    text += character.bytes;
  }
}

static const char *at_column(const char *text, size_t column) {
  const char *limit = text + strlen(text);
  for (size_t used = 0; text < limit && used < column;) {
    SafeCharacter character = text_safe_character(text, limit);
    used += (size_t)character.columns;
    text += character.bytes;
  }
  return text;
}

/* Also the sign of 1e-5. */
static bool goes_on(const char *text, const char *at) {
  bool sign = (*at == '-' || *at == '+') && at - text >= 2 && at[-1] == 'e' && isdigit((unsigned char)at[-2]);
  return sign || *at == '.' || *at == '_' || isalnum((unsigned char)*at);
}

/* Whether a cut before this column goes through a number. */
static bool cuts_number(const char *text, size_t column) {
  const char *at = at_column(text, column), *start = at;
  if (at == text || !goes_on(text, at)) return false;
  while (start > text && goes_on(text, start - 1)) start--;
  return start < at && (isdigit((unsigned char)*start) || *start == '.');
}

/* The columns from the last ` = ` on. */
static size_t tail_columns(const char *text) {
  const char *tail = NULL;
  for (const char *at = text; (at = strstr(at, " = ")); at++) tail = at;
  return tail ? text_columns(tail) : 0;
}

void text_add_cut(Buffer *out, const char *text, size_t columns, const char *ellipsis) {
  size_t length = text_columns(text), mark = text_columns(ellipsis), kept = columns > mark ? columns - mark : 0;
  size_t tail = tail_columns(text), right = kept / 2;
  if (length <= columns) {
    add_part(out, text, 0, length);
    return;
  }
  bool whole = tail > right && tail + TAIL_HEAD <= kept;
  if (whole) right = tail;
  size_t left = kept - right;
  while (left && (cuts_number(text, left) || (whole && strchr(" =", at_column(text, left)[-1])))) left--;
  while (right && cuts_number(text, length - right)) right--;
  add_part(out, text, 0, left);
  buffer_add_text(out, ellipsis);
  add_part(out, text, length - right, length);
}

/* ---- widths */
static void measure(const Grid *grid, size_t *widths) {
  for (int k = 0; k < grid->columns; k++) widths[k] = 0;
  for (uint32_t i = 0; i < grid->count; i++)
    for (int k = 0; k < grid->columns; k++) {
      bool counts = grid->lines[i].cells[k] && !grid->lines[i].loose;
      size_t columns = counts ? text_columns(grid->lines[i].cells[k]) : 0;
      if (columns > widths[k]) widths[k] = columns;
    }
}

/* The widest column that may give way gives one, until the lines fit. */
static void fit(const Grid *grid, size_t *widths) {
  for (;;) {
    size_t total = 1;
    int widest = -1;
    for (int k = 0; k < grid->columns; k++) {
      total += widths[k] + (k ? GAP : 0);
      bool gives = grid->least[k] && widths[k] > grid->least[k];
      if (gives && (widest < 0 || widths[k] > widths[widest])) widest = k;
    }
    if (total <= EXPLAIN_WIDTH || widest < 0) return;
    widths[widest]--;
  }
}

/* Returns the columns that were used. */
static size_t write_cells(const Grid *grid, const GridLine *line, const size_t *widths, Buffer *out) {
  size_t used = 0, column = 1;
  for (int k = 0; k < grid->columns; k++) {
    const char *cell = line->cells[k] ? line->cells[k] : "";
    size_t columns = text_columns(cell), width = line->loose || columns < widths[k] ? columns : widths[k];
    if (columns) {
      size_t start = out->length;
      buffer_add_fill(out, ' ', column > used ? column - used : 1);
      text_add_cut(out, cell, width, grid->ellipsis);
      used += text_columns(buffer_text(out) + start);
    }
    column += widths[k] + GAP;
  }
  return used;
}

static size_t table_columns(const Grid *grid, const size_t *widths) {
  size_t columns = 1;
  for (int k = 0; k < grid->columns; k++) columns += widths[k] + GAP;
  return columns;
}

/* Notes stand behind the cells when all of them fit there. */
static bool notes_fit(const Grid *grid, size_t table) {
  bool fit = true;
  for (uint32_t i = 0; fit && i < grid->count; i++)
    fit = !grid->lines[i].note || table + text_columns(grid->lines[i].note) <= EXPLAIN_WIDTH;
  return fit;
}

static void write_note(const Grid *grid, const char *note, size_t used, size_t indent, Buffer *out) {
  if (used > indent) buffer_add_byte(out, '\n');
  buffer_add_fill(out, ' ', used > indent ? indent : indent - used);
  text_add_cut(out, note, EXPLAIN_WIDTH - indent, grid->ellipsis);
}

static void write_line(const Grid *grid, const GridLine *line, const size_t *widths, size_t indent, Buffer *out) {
  size_t used = 0;
  if (line->whole) {
    buffer_add_byte(out, ' ');
    text_add_cut(out, line->whole, EXPLAIN_WIDTH - 1, grid->ellipsis);
  } else used = write_cells(grid, line, widths, out);
  if (line->note) write_note(grid, line->note, used, indent, out);
  buffer_add_byte(out, '\n');
}

size_t grid_columns(const Grid *grid) {
  size_t widths[GRID_COLUMNS];
  measure(grid, widths);
  for (int k = 0; k < grid->columns; k++)
    if (grid->least[k] && widths[k] > grid->least[k]) widths[k] = grid->least[k];
  return table_columns(grid, widths) - GAP;
}

void grid_write(const Grid *grid, Buffer *out) {
  size_t widths[GRID_COLUMNS];
  measure(grid, widths);
  fit(grid, widths);
  size_t table = table_columns(grid, widths), indent = notes_fit(grid, table) ? table : NOTE_INDENT;
  for (uint32_t i = 0; i < grid->count; i++) write_line(grid, &grid->lines[i], widths, indent, out);
}
