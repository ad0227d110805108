/* SPDX-License-Identifier: MIT */
/* surface.h: what a back end can draw; one painter (paint.h) serves all of them.

   The plotting area goes from (0, 0) at its top left to (width, height), in units of the back end: dots of a terminal,
   pixels of a picture.  Nothing outside of it is ever asked for. */
#ifndef MGRAD_PLOT_SURFACE_H
#define MGRAD_PLOT_SURFACE_H
#include <stdbool.h>
#include "plot/colour.h"

typedef struct Pen {
  int series;   /* place in the palette */
  bool overlay; /* stands out from a field */
  bool leveled; /* coloured by `level` instead */
  double level;
} Pen;

typedef struct PlotBox {
  double left, top, right, bottom;
} PlotBox;

typedef struct Surface Surface;
struct Surface {
  double width, height;
  int grid_columns, grid_rows; /* how fine shades may be */
  int mark_limit;              /* more marks of one series are drawn as dots */
  void (*start)(Surface *surface, const Pen *pen);
  /* A piece of a line; pieces follow each other where the line does. */
  void (*segment)(Surface *surface, double x0, double y0, double x1, double y1);
  void (*mark)(Surface *surface, double x, double y);
  void (*dot)(Surface *surface, double x, double y);
  void (*block)(Surface *surface, PlotBox box);
  void (*arrow)(Surface *surface, double x0, double y0, double x1, double y1, bool headed);
  void (*shade)(Surface *surface, PlotBox box, double level);           /* level: 0 to 1 */
  bool (*note)(Surface *surface, double x, double y, const char *text); /* false: there is no room */
  void (*finish)(Surface *surface);
};

#endif
