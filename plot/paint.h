/* SPDX-License-Identifier: MIT */
/* paint.h: drawing the contents of a figure on any surface: clipped lines, marks, bars, arrows and fields. */
#ifndef MGRAD_PLOT_PAINT_H
#define MGRAD_PLOT_PAINT_H
#include "plot/axes.h"
#include "plot/surface.h"

/* Stops early, without a message, once Ctrl-C was pressed. */
void paint_figure(const Figure *figure, const Axes *axes, Surface *surface);

/* A line through points, broken where one has no place.  Many points within one unit of the surface are drawn as the
   range that they cover. */
void paint_line(Surface *surface, const Axes *axes, const double *x, const double *y, int64_t count);

typedef struct Segment {
  double x0, y0, x1, y1;
} Segment;
/* Cuts a segment to the surface; false: nothing of it is inside. */
bool segment_clip(Segment *segment, double width, double height);

/* contour.c: the lines of a field's levels, with a number on each where there is room. */
void paint_contours(const Field *field, const Axes *axes, Surface *surface);
/* shade.c: the heights of a heat map. */
void paint_heat(const Field *field, const Axes *axes, Surface *surface);

#endif
