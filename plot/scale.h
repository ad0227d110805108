/* SPDX-License-Identifier: MIT */
/* scale.h: where a number stands on an axis, and which numbers are written beside it. */
#ifndef MGRAD_PLOT_SCALE_H
#define MGRAD_PLOT_SCALE_H
#include "plot/figure.h"

/* From `low` at 0 to `high` at 1; low > high where the axis is turned around.  Logarithmic ones are positive. */
typedef struct Scale {
  double low, high;
  bool logarithmic, whole;
} Scale; /* whole: no fractions beside it */

/* 0 to 1 within the axis, less or more outside; nan for what has no place (nan, infinite, log of 0). */
double scale_place(const Scale *scale, double number);

/* Limits for numbers of this extent, with a margin (a part of the length) at both ends.  Where all numbers are one, the
   axis shows its surroundings. */
Scale scale_fit(Extent extent, bool logarithmic, double margin);

/* Further out, lengths of axes could not be counted. */
#define SCALE_FARTHEST 4e307

enum { TICKS_MOST = 24 };
typedef struct Tick {
  double value, place;
  char text[28];
} Tick; /* place: 0 to 1 */
typedef struct Ticks {
  int count;
  Tick items[TICKS_MOST];
} Ticks;

/* At most `most` round numbers: multiples of 1, 2 or 5 times a power of ten; on a logarithmic axis powers of ten, or
   1, 2, 5 times these.  All are written with the same number of decimals. */
void ticks_choose(Ticks *ticks, const Scale *scale, int most);

/* The most ticks whose texts, each `letter` wide and centred, stay apart by two letters on an axis of this length. */
void ticks_fit(Ticks *ticks, const Scale *scale, double length, double letter);

/* A number in at most `digits` significant digits. */
void tick_number(char *text, size_t size, double number, int digits);

#endif
