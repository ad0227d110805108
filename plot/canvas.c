/* SPDX-License-Identifier: MIT */
/* canvas.c: a rectangle of character cells, and how it becomes lines of text. */
#include "plot/canvas.h"
#include <math.h>
#include <string.h>
#include "base/memory.h"
#include "base/text.h"

bool canvas_open(Canvas *canvas, int columns, int rows, bool unicode, bool colour) {
  size_t count = (size_t)columns * (size_t)rows;
  *canvas = (Canvas){columns, rows, unicode, colour, memory_allocate_zeroed(count * sizeof(Cell))};
  if (!canvas->cells) return false;
  for (size_t k = 0; k < count; k++) {
    canvas->cells[k].ink = INK_NONE;
    canvas->cells[k].upper = canvas->cells[k].lower = NAN;
  }
  return true;
}

void canvas_close(Canvas *canvas) {
  if (canvas->cells) memory_release(canvas->cells, (size_t)canvas->columns * (size_t)canvas->rows * sizeof(Cell));
}

/* ---- text */

/* What takes no column of its own is left out: a cell holds one character. */
static int put_character(Canvas *canvas, int column, int row, const SafeCharacter *character, int ink) {
  Cell *cell = canvas_cell(canvas, column, row);
  if (!cell || character->columns == 0 || character->length >= (int)sizeof cell->text) return 0;
  bool plain = canvas->unicode || (unsigned char)character->shown[0] < 0x80;
  memcpy(cell->text, plain ? character->shown : "?", plain ? (size_t)character->length : 1);
  cell->text[plain ? character->length : 1] = '\0';
  cell->dots = 0;
  cell->ink = (short)ink;
  for (int k = 1; k < character->columns; k++) {
    Cell *next = canvas_cell(canvas, column + k, row);
    if (next) next->covered = character->columns == 2 && plain;
  }
  return character->columns;
}

void canvas_text(Canvas *canvas, int column, int row, const char *text, int most, int ink) {
  const char *limit = text + strlen(text);
  bool cut = (int)text_columns(text) > most;
  int end = column + most - (cut ? 3 : 0);
  while (text < limit) {
    SafeCharacter character = text_safe_character(text, limit);
    if (column + character.columns > end) break;
    column += put_character(canvas, column, row, &character, ink);
    text += character.bytes;
  }
  for (int k = 0; cut && k < 3 && column < end + 3; k++) canvas_glyph(canvas, column++, row, ".", ink);
}

void canvas_glyph(Canvas *canvas, int column, int row, const char *glyph, int ink) {
  Cell *cell = canvas_cell(canvas, column, row);
  if (!cell) return;
  size_t length = strlen(glyph);
  memcpy(cell->text, glyph, length + 1);
  cell->dots = 0;
  cell->ink = (short)ink;
}

void canvas_dot(Canvas *canvas, int column, int row, int dot_x, int dot_y, int ink, char stand_in) {
  static const unsigned char bits[CELL_DOTS_ACROSS][CELL_DOTS_DOWN] = {{0x01, 0x02, 0x04, 0x40},
                                                                       {0x08, 0x10, 0x20, 0x80}};
  Cell *cell = canvas_cell(canvas, column, row);
  if (!cell) return;
  cell->text[0] = '\0';
  cell->dots |= bits[dot_x][dot_y];
  cell->ink = (short)ink;
  cell->stand_in = stand_in;
}

/* ---- writing */

typedef struct Writer {
  const Canvas *canvas;
  Buffer *out;
  int ink, paper;
} Writer;

static void set_colours(Writer *writer, int ink, int paper) {
  if (!writer->canvas->colour || (ink == writer->ink && paper == writer->paper)) return;
  bool plain = (ink == INK_NONE && writer->ink != INK_NONE) || (paper == INK_NONE && writer->paper != INK_NONE);
  if (plain) {
    buffer_add_text(writer->out, "\x1b[0m");
    writer->ink = writer->paper = INK_NONE;
  }
  if (ink != writer->ink) buffer_format(writer->out, "\x1b[38;5;%dm", ink);
  if (paper != writer->paper) buffer_format(writer->out, "\x1b[48;5;%dm", paper);
  writer->ink = ink;
  writer->paper = paper;
}

static int shade_colour(float level) { return isnan(level) ? INK_NONE : colour_nearest(colour_ramp((double)level)); }

static float mean_shade(const Cell *cell) {
  if (isnan(cell->upper)) return cell->lower;
  return isnan(cell->lower) ? cell->upper : (cell->upper + cell->lower) / 2;
}

static void write_braille(Buffer *out, unsigned char dots) {
  char bytes[3] = {(char)0xE2, (char)(0xA0 | dots >> 6), (char)(0x80 | (dots & 0x3F))};
  buffer_add(out, bytes, sizeof bytes);
}

/* Both halves of a cell have a colour each, or the whole a character of some darkness. */
static void write_shade(Writer *writer, const Cell *cell) {
  static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
  static const char plain[] = " .:-=+*#%@";
  if (writer->canvas->colour && writer->canvas->unicode) {
    int upper = shade_colour(cell->upper), lower = shade_colour(cell->lower);
    bool same = upper == lower, half = upper == INK_NONE;
    set_colours(writer, half ? lower : same ? INK_NONE : upper, half ? INK_NONE : lower);
    buffer_add_text(writer->out, same ? " " : half ? "▄" : "▀");
    return;
  }
  float level = mean_shade(cell);
  set_colours(writer, INK_NONE, INK_NONE);
  if (writer->canvas->unicode)
    buffer_add_text(writer->out, shades[(int)fminf(level * 5, 4)]);
  else
    buffer_add_byte(writer->out, plain[(int)fminf(level * 10, 9)]);
}

static bool is_blank(const Cell *cell) {
  return !cell->text[0] && !cell->dots && isnan(cell->upper) && isnan(cell->lower) && !cell->covered;
}

static void write_cell(Writer *writer, const Cell *cell) {
  if (cell->covered) return;
  if (cell->text[0] || cell->dots) {
    int paper = shade_colour(mean_shade(cell));
    set_colours(writer, cell->ink, paper);
    if (cell->text[0])
      buffer_add_text(writer->out, cell->text);
    else if (writer->canvas->unicode)
      write_braille(writer->out, cell->dots);
    else
      buffer_add_byte(writer->out, cell->stand_in);
  } else if (is_blank(cell)) {
    set_colours(writer, INK_NONE, INK_NONE);
    buffer_add_byte(writer->out, ' ');
  } else {
    write_shade(writer, cell);
  }
}

void canvas_write(const Canvas *canvas, Buffer *out) {
  Writer writer = {canvas, out, INK_NONE, INK_NONE};
  for (int row = 0; row < canvas->rows; row++) {
    const Cell *cells = &canvas->cells[row * canvas->columns];
    size_t start = out->length;
    int end = canvas->columns;
    while (end > 0 && is_blank(&cells[end - 1])) end--;
    for (int column = 0; column < end; column++) write_cell(&writer, &cells[column]);
    set_colours(&writer, INK_NONE, INK_NONE);
    buffer_trim(out, start, " ");
    buffer_add_byte(out, '\n');
  }
}
