/* SPDX-License-Identifier: MIT */
/* terminal.h: the plotting area of a canvas as a surface. */
#ifndef MGRAD_PLOT_TERMINAL_H
#define MGRAD_PLOT_TERMINAL_H
#include "plot/canvas.h"

typedef struct Terminal {
  Surface surface;
  Canvas canvas;
  int left, top, columns, rows; /* the plotting area, in cells of the canvas */
  Pen pen;
  int ink;
  int phase, dot_x, dot_y;      /* how many dots the line has, and the last one */
  int bead_column, bead_row;    /* of the last sign on the line */
} Terminal;

void terminal_start(Terminal *terminal); /* once the area is known */
/* The characters of a series: what stands for its dots where there are no Braille patterns, its marks, its bars. */
char terminal_stand_in(int series);
const char *terminal_mark(const Canvas *canvas, int series);
/* Sits on the lines of series beyond the strokes that there are, where there are no colours; NULL: none is needed. */
const char *terminal_bead(const Canvas *canvas, int series);
const char *terminal_filling(const Canvas *canvas, int series);

#endif
