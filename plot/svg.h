/* SPDX-License-Identifier: MIT */
/* svg.h: the pieces of an SVG picture. */
#ifndef MGRAD_PLOT_SVG_H
#define MGRAD_PLOT_SVG_H
#include "plot/axes.h"
#include "plot/surface.h"

typedef struct SvgText {
  double x, y;
  const char *anchor; /* "start", "middle", "end" */
  int size;           /* pixels */
  bool bold, upright; /* upright: turned by a right angle, for the axis at the left */
} SvgText;

void svg_text(Buffer *out, const SvgText *place, const char *text);
void svg_escape(Buffer *out, const char *text);   /* as text or value of an attribute, without what XML cannot hold */
void svg_attribute(Buffer *out, const char *name, double number); /* ` name="number"` */

/* The contents of a figure, drawn in this area. */
bool svg_paint(const Figure *figure, const Axes *axes, PlotBox area, Buffer *out);

#endif
