/* SPDX-License-Identifier: MIT */
/* axes.h: the limits of a figure's axes. */
#ifndef MGRAD_PLOT_AXES_H
#define MGRAD_PLOT_AXES_H
#include "plot/scale.h"

typedef struct Axes {
  Scale x, y;
  Extent heights;            /* of the field */
  bool crosses_x, crosses_y; /* 0 lies inside: a faint line may mark it */
} Axes;

/* Limits that hold all that the figure shows, or those that it asks for. */
void axes_fit(Axes *axes, const Figure *figure);
/* Whether all of its numbers can stand on them: none is beyond SCALE_FARTHEST, unless limits are given. */
bool axes_hold(const Figure *figure);
/* Ticks of one axis on so many units: numbers that fit, or the names of its categories as far as they do. */
void axes_ticks(Ticks *ticks, const Scale *scale, const AxisSpec *spec, double length, double letter);

#endif
