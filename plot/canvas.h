/* SPDX-License-Identifier: MIT */
/* canvas.h: a rectangle of character cells with text, fine dots, shades and colours. */
#ifndef MGRAD_PLOT_CANVAS_H
#define MGRAD_PLOT_CANVAS_H
#include "base/buffer.h"
#include "plot/surface.h"

enum { CELL_DOTS_ACROSS = 2, CELL_DOTS_DOWN = 4, INK_NONE = -1, INK_DIM = 244 };

typedef struct Cell {
  char text[13];      /* one character; empty: none */
  bool covered;       /* the second column of a wide character */
  unsigned char dots; /* a bit for each, as in Unicode's Braille patterns */
  char stand_in;      /* for the dots, where there are only plain characters */
  short ink;          /* one of 256 colours or INK_NONE */
  float upper, lower; /* shades of its halves from 0 to 1; nan: none */
} Cell;

typedef struct Canvas {
  int columns, rows;
  bool unicode, colour;
  Cell *cells;
} Canvas;

bool canvas_open(Canvas *canvas, int columns, int rows, bool unicode, bool colour); /* false: out of memory */
void canvas_close(Canvas *canvas);
static inline Cell *canvas_cell(Canvas *canvas, int column, int row) {
  return column < 0 || row < 0 || column >= canvas->columns || row >= canvas->rows
             ? NULL
             : &canvas->cells[row * canvas->columns + column];
}
/* Text from a place on; what does not fit in `most` columns is cut, with `...` where something is missing. */
void canvas_text(Canvas *canvas, int column, int row, const char *text, int most, int ink);
void canvas_glyph(Canvas *canvas, int column, int row, const char *glyph, int ink);
void canvas_dot(Canvas *canvas, int column, int row, int dot_x, int dot_y, int ink, char stand_in);
/* Lines without blanks at their ends. */
void canvas_write(const Canvas *canvas, Buffer *out);

#endif
