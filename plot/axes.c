/* SPDX-License-Identifier: MIT */
/* axes.c: the limits of a figure's axes, from its numbers and from what the user asked for. */
#include "plot/axes.h"
#include <math.h>
#include <string.h>

typedef struct Fit {
  Extent x, y;
  bool marked, bars;
} Fit;

static void add_series(Fit *fit, const Figure *figure, const Series *series) {
  if (!series->any_x) extent_add(&fit->x, series->x, series->count, figure->x.logarithmic);
  if (!series->any_y) extent_add(&fit->y, series->y, series->count, figure->y.logarithmic);
  if (series->kind == SERIES_MARKS || series->kind == SERIES_ARROWS || series->marked) fit->marked = true;
  if (series->kind != SERIES_BARS) return;
  extent_add(&fit->x, series->u, series->count, figure->x.logarithmic);
  extent_add(&fit->y, &(double){0}, 1, figure->y.logarithmic);
  fit->bars = true;
}

/* A heat map shows whole cells around its grid points. */
static void add_field(Fit *fit, const Field *field) {
  double half_x = field->columns > 1 ? (field->last_x - field->first_x) / (double)(field->columns - 1) / 2 : 0.5;
  double half_y = field->rows > 1 ? (field->last_y - field->first_y) / (double)(field->rows - 1) / 2 : 0.5;
  if (!field->filled) half_x = half_y = 0;
  extent_add(&fit->x, (double[]){field->first_x - half_x, field->last_x + half_x}, 2, false);
  extent_add(&fit->y, (double[]){field->first_y - half_y, field->last_y + half_y}, 2, false);
}

static Scale limited(const AxisSpec *spec, Scale fitted) {
  if (spec->limited) return (Scale){spec->low, spec->high, spec->logarithmic, false};
  return fitted;
}

/* Bars stand on the axis. */
static void ground_bars(Scale *scale, const Extent *extent) {
  if (scale->logarithmic) return;
  if (extent->low >= 0) scale->low = 0;
  if (extent->high <= 0) scale->high = 0;
}

/* Well inside, that is: near the frame a second line only disturbs. */
static bool crosses(const Scale *scale) {
  double place = scale_place(scale, 0);
  return !scale->logarithmic && place > 0.06 && place < 0.94;
}

static Fit fit_all(const Figure *figure) {
  Fit fit = {0};
  extent_start(&fit.x);
  extent_start(&fit.y);
  if (figure->field) add_field(&fit, figure->field);
  for (const Series *series = figure->series; series && !figure->field; series = series->next)
    add_series(&fit, figure, series);
  return fit;
}

static Extent heights_of(const Field *field) {
  Extent heights;
  extent_start(&heights);
  if (field) extent_add(&heights, field->z, field->rows * field->columns, false);
  return heights;
}

static bool is_near(const Extent *extent) {
  return extent_is_empty(extent) || (extent->low >= -SCALE_FARTHEST && extent->high <= SCALE_FARTHEST);
}

bool axes_hold(const Figure *figure) {
  Fit fit = fit_all(figure);
  Extent heights = heights_of(figure->field);
  return (figure->x.limited || is_near(&fit.x)) && (figure->y.limited || is_near(&fit.y)) && is_near(&heights);
}

void axes_fit(Axes *axes, const Figure *figure) {
  Fit fit = fit_all(figure);
  const Field *field = figure->field;
  axes->heights = heights_of(field);
  double margin = field ? 0 : fit.marked ? 0.04 : 0;
  Scale x = scale_fit(fit.x, figure->x.logarithmic, fit.bars ? 0.02 : margin);
  Scale y = scale_fit(fit.y, figure->y.logarithmic, field ? 0 : 0.05);
  if (fit.bars) ground_bars(&y, &fit.y);
  if (field && field->rows_downward) y = (Scale){y.high, y.low, false, false};
  axes->x = limited(&figure->x, x);
  axes->y = limited(&figure->y, y);
  axes->x.whole = figure->x.whole;
  axes->y.whole = figure->y.whole;
  axes->crosses_x = crosses(&axes->x) && !field && !fit.bars;
  axes->crosses_y = crosses(&axes->y) && !field;
}

/* ---- names of categories */

enum { NAME_LETTERS = 12 /* of a longer name the beginning will do */ };

/* The letters that fit between two names. */
static double name_room(const Scale *scale, int64_t stride, double length, double letter) {
  return fabs(scale_place(scale, (double)stride) - scale_place(scale, 0)) * length / letter - 1;
}

static void add_name(Ticks *ticks, const Scale *scale, const char *name, int64_t at, double room) {
  static const char rest[] = "...";
  Tick *tick = &ticks->items[ticks->count++];
  size_t length = strlen(name), most = (size_t)fmin(fmax(room, NAME_LETTERS), sizeof tick->text - 1);
  bool cut = length > most;
  if (cut) {
    length = most - strlen(rest);
    while (length && ((unsigned char)name[length] & 0xC0) == 0x80) length--;
  }
  memcpy(tick->text, name, length);
  memcpy(tick->text + length, cut ? rest : "", cut ? sizeof rest : 1);
  tick->place = scale_place(scale, (double)at);
}

static bool names_fit(const AxisSpec *spec, const Scale *scale, int64_t stride, double length, double letter) {
  if ((spec->name_count + stride - 1) / stride > TICKS_MOST) return false;
  double room = name_room(scale, stride, length, letter);
  for (int64_t k = 0; k < spec->name_count; k += stride)
    if (fmin((double)strlen(spec->names[k]), NAME_LETTERS) > room) return false;
  return true;
}

void axes_ticks(Ticks *ticks, const Scale *scale, const AxisSpec *spec, double length, double letter) {
  if (spec->name_count == 0) {
    ticks_fit(ticks, scale, length, letter);
    return;
  }
  int64_t stride = 1;
  while (stride < spec->name_count && !names_fit(spec, scale, stride, length, letter)) stride++;
  ticks->count = 0;
  for (int64_t k = 0; k < spec->name_count && ticks->count < TICKS_MOST; k += stride) {
    double place = scale_place(scale, (double)k);
    if (place >= 0 && place <= 1) add_name(ticks, scale, spec->names[k], k, name_room(scale, stride, length, letter));
  }
}
