/* SPDX-License-Identifier: MIT */
/* plot.h: figures as text for a terminal and as SVG; the two back ends of one layout.

   This layer knows no graph, no evaluator and no terminal: sizes and colours are arguments. */
#ifndef MGRAD_PLOT_PLOT_H
#define MGRAD_PLOT_PLOT_H
#include "plot/figure.h"

/* What the reader's terminal can show.  Columns and rows are those of the whole plot. */
typedef struct PlotDevice {
  int columns, rows;
  bool unicode; /* else plain ASCII */
  bool colour;  /* 256 colours by escape codes */
  bool redraws; /* a terminal on which the cursor can go up */
} PlotDevice;

enum {
  PLOT_COLUMNS = 80,
  PLOT_ROWS = 24,
  PLOT_SIDE_LEAST = 8,
  PLOT_SIDE_MOST = 4096,
  SVG_WIDTH = 700,
  SVG_HEIGHT = 420,
  PLOT_GRID_COLUMNS = 129, /* of heights; odd numbers: the middle is a point of the grid */
  PLOT_GRID_ROWS = 81
};

/* Both append to `out`; false: out of memory.  A size that the figure asks for goes before the one given here. */
bool plot_write_text(const Figure *figure, const PlotDevice *device, Buffer *out);
bool plot_write_svg(const Figure *figure, Buffer *out);

#endif
