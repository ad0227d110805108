/* SPDX-License-Identifier: MIT */
/* colour.c: the colours of series and of heights. */
#include "plot/colour.h"
#include <math.h>
#include <stdlib.h>

const char *colour_web(int series) {
  static const char *const colours[COLOUR_PALETTE] = {"#0072b2", "#d55e00", "#009e73", "#a4508b", "#b8860b", "#444444"};
  return colours[series % COLOUR_PALETTE];
}

const char *colour_dash(int series) {
  static const char *const dashes[] = {NULL, "8 6", "2 5", "10 5 2 5"};
  return dashes[series / COLOUR_PALETTE % (int)(sizeof dashes / sizeof *dashes)];
}

int colour_bright(int series) {
  static const int colours[COLOUR_PALETTE] = {14, 9, 10, 13, 11, 12};
  return colours[series % COLOUR_PALETTE];
}

Colour colour_ramp(double level) {
  static const Colour stops[] = {{38, 24, 92},   {44, 82, 160},  {32, 142, 150},
                                 {88, 184, 100}, {190, 214, 72}, {252, 240, 140}};
  enum { STEPS = sizeof stops / sizeof *stops - 1 };
  double at = fmin(fmax(level, 0), 1) * STEPS;
  int step = at >= STEPS ? STEPS - 1 : (int)at;
  double part = at - step;
  const Colour *a = &stops[step], *b = &stops[step + 1];
  return (Colour){(int)lround(a->red + part * (b->red - a->red)), (int)lround(a->green + part * (b->green - a->green)),
                  (int)lround(a->blue + part * (b->blue - a->blue))};
}

/* The cube of 6 x 6 x 6 colours has these steps in each direction. */
static int nearest_step(int amount) {
  static const int steps[] = {0, 95, 135, 175, 215, 255};
  int best = 0;
  for (int k = 1; k < 6; k++)
    if (abs(steps[k] - amount) < abs(steps[best] - amount)) best = k;
  return best;
}

int colour_nearest(Colour colour) {
  return 16 + 36 * nearest_step(colour.red) + 6 * nearest_step(colour.green) + nearest_step(colour.blue);
}
