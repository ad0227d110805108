/* SPDX-License-Identifier: MIT */
/* curve.c: the graph of a function as points.

   Evenly spaced points come first.  Where the largest heights keep growing however near one looks, there is a pole, and
   the heights worth showing are those of the other points.  Then intervals are halved where the curve bends, where it
   begins or ends, and where it rises steeply; what is still steep at a billionth of the width is a jump: a gap. */
#include "evaluator/builtins/curve.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

enum {
  FIRST_POINTS = 257,
  POINTS_MOST = 1 << 14,
  ROUNDS = 36,
  BEND_ROUNDS = 7,
  EDGE_ROUNDS = 20,
  ZOOM_ROUNDS = 8,
  ZOOM_POINTS = 9,
  PEAKS_MOST = 16
};

typedef struct Curve {
  Sampler *sampler;
  CurveRange *range;
  int64_t count;
  double *x, *y;         /* POINTS_MOST each */
  double *new_x, *new_y; /* of one round */
  bool *splits;          /* the interval behind a point */
  double *sorted;
} Curve;

static bool evaluate(Curve *curve, int64_t count, const double *x, double *y) {
  return sampler_evaluate(curve->sampler, count, &x, &y);
}

static double middle(const Curve *curve, double a, double b, double part) {
  if (!curve->range->log_x) return a + part * (b - a);
  return exp(log(a) + part * (log(b) - log(a)));
}

static bool take_first_points(Curve *curve) {
  const CurveRange *range = curve->range;
  curve->count = FIRST_POINTS;
  for (int64_t i = 0; i < FIRST_POINTS; i++)
    curve->x[i] = middle(curve, range->from, range->to, (double)i / (FIRST_POINTS - 1));
  curve->x[0] = range->from;
  curve->x[FIRST_POINTS - 1] = range->to;
  return evaluate(curve, curve->count, curve->x, curve->y);
}

/* ---- poles */

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The finite heights in order. */
static int64_t sort_heights(Curve *curve) {
  int64_t count = 0;
  for (int64_t i = 0; i < curve->count; i++)
    if (isfinite(curve->y[i])) curve->sorted[count++] = curve->y[i];
  qsort(curve->sorted, (size_t)count, sizeof *curve->sorted, compare_numbers);
  return count;
}

/* The surroundings of a point that is higher (in size) than both neighbours. */
typedef struct Peak {
  double left, right, first, before, now;
  bool infinite;
} Peak;

static bool is_peak(const Curve *curve, int64_t i) {
  double here = fabs(curve->y[i]);
  if (isnan(here)) return false;
  double left = i > 0 ? fabs(curve->y[i - 1]) : 0, right = i + 1 < curve->count ? fabs(curve->y[i + 1]) : 0;
  return !(left > here) && !(right > here);
}

static int find_peaks(const Curve *curve, double least, Peak *peaks) {
  int count = 0;
  for (int64_t i = 0; i < curve->count && count < PEAKS_MOST; i++) {
    if (!is_peak(curve, i) || fabs(curve->y[i]) <= least) continue;
    double height = fabs(curve->y[i]);
    peaks[count++] = (Peak){
        curve->x[i > 0 ? i - 1 : i], curve->x[i + 1 < curve->count ? i + 1 : i], height, height, height, isinf(height)};
  }
  return count;
}

/* Looks closer at every peak: a tenth of its surroundings, around the largest height. */
static bool zoom(Curve *curve, Peak *peaks, int count) {
  for (int k = 0; k < count; k++)
    for (int j = 0; j < ZOOM_POINTS; j++)
      curve->new_x[k * ZOOM_POINTS + j] = middle(curve, peaks[k].left, peaks[k].right, (j + 1.0) / (ZOOM_POINTS + 1));
  if (!evaluate(curve, (int64_t)count * ZOOM_POINTS, curve->new_x, curve->new_y)) return false;
  for (int k = 0; k < count; k++) {
    Peak *peak = &peaks[k];
    const double *x = curve->new_x + k * ZOOM_POINTS, *y = curve->new_y + k * ZOOM_POINTS;
    int best = -1;
    for (int j = 0; j < ZOOM_POINTS; j++)
      if (!isnan(y[j]) && (best < 0 || fabs(y[j]) > fabs(y[best]))) best = j;
    if (best < 0 || peak->infinite) continue;
    peak->before = peak->now;
    peak->now = fmax(fabs(y[best]), peak->now);
    peak->infinite = isinf(y[best]);
    double left = best > 0 ? x[best - 1] : peak->left, right = best + 1 < ZOOM_POINTS ? x[best + 1] : peak->right;
    peak->left = left;
    peak->right = right;
  }
  return true;
}

/* Grown more than any smooth peak could, and growing still. */
static bool is_pole(const Peak *peak) {
  return peak->infinite || (peak->now > 30 * peak->first && peak->now > 1.2 * peak->before);
}

static bool has_pole(Curve *curve, int64_t finite, bool *found) {
  Peak peaks[PEAKS_MOST];
  double usual = fmax(fabs(curve->sorted[finite / 10]), fabs(curve->sorted[finite - 1 - finite / 10]));
  int count = find_peaks(curve, 2 * usual, peaks);
  *found = false;
  for (int round = 0; count && round < ZOOM_ROUNDS; round++)
    if (!zoom(curve, peaks, count)) return false;
  for (int k = 0; k < count; k++) *found = *found || is_pole(&peaks[k]);
  return true;
}

/* The heights worth showing: all of them, or those between the first and the last tenth and as much again around. */
static bool choose_heights(Curve *curve) {
  CurveRange *range = curve->range;
  int64_t finite = sort_heights(curve);
  if (range->limited || finite == 0) return true;
  double low = curve->sorted[0], high = curve->sorted[finite - 1];
  bool pole = false;
  if (!range->log_y && !has_pole(curve, finite, &pole)) return false;
  if (pole) {
    double tenth = curve->sorted[finite / 10], ninth = curve->sorted[finite - 1 - finite / 10];
    double around = ninth > tenth ? ninth - tenth : fmax(fabs(ninth), 1);
    low = fmax(low, tenth - around);
    high = fmin(high, ninth + around);
    range->clipped = true;
  }
  range->low = low;
  range->high = high;
  return true;
}

/* ---- refinement */

static double height_part(const Curve *curve, double y) {
  const CurveRange *range = curve->range;
  double low = range->low, high = range->high;
  if (range->log_y) {
    if (!(y > 0)) return NAN;
    y = log(y);
    low = log(low > 0 ? low : 1e-300);
    high = log(high > 0 ? high : 1e-300);
  }
  if (!(high > low)) high = low + 1;
  double part = (y - low) / (high - low);
  return part > 1.1 ? 1.1 : part < -0.1 ? -0.1 : part;
}

static double width_part(const Curve *curve, int64_t i) {
  const CurveRange *range = curve->range;
  double wide = curve->range->log_x ? log(range->to / range->from) : range->to - range->from;
  double step = range->log_x ? log(curve->x[i + 1] / curve->x[i]) : curve->x[i + 1] - curve->x[i];
  return step / wide;
}

static bool is_edge(double a, double b) { return isfinite(a) != isfinite(b); }

static bool is_steep(const Curve *curve, int64_t i) {
  return fabs(height_part(curve, curve->y[i]) - height_part(curve, curve->y[i + 1])) > 0.03;
}

/* Where a curve begins or ends within the heights that are shown. */
static bool is_visible_edge(const Curve *curve, int64_t i) {
  if (!is_edge(curve->y[i], curve->y[i + 1])) return false;
  double part = height_part(curve, isfinite(curve->y[i]) ? curve->y[i] : curve->y[i + 1]);
  return part > -0.1 && part < 1.1;
}

static bool is_split(const Curve *curve, int64_t i, int round) {
  if (is_visible_edge(curve, i)) return round < EDGE_ROUNDS;
  return is_steep(curve, i) && width_part(curve, i) > 1e-10;
}

/* Both intervals beside a point split where it lies off the line between its neighbours. */
static void mark_bend(Curve *curve, int64_t i) {
  double left = width_part(curve, i - 1), right = width_part(curve, i);
  double a = height_part(curve, curve->y[i - 1]), b = height_part(curve, curve->y[i]),
         c = height_part(curve, curve->y[i + 1]);
  double off = b - (a + (c - a) * left / (left + right));
  if (!(fabs(off) > 0.002)) return;
  curve->splits[i - 1] = curve->splits[i] = true;
}

static int64_t mark_splits(Curve *curve, int round) {
  int64_t marked = 0;
  for (int64_t i = 0; i + 1 < curve->count; i++) curve->splits[i] = is_split(curve, i, round);
  for (int64_t i = 1; i + 1 < curve->count && round < BEND_ROUNDS; i++) mark_bend(curve, i);
  for (int64_t i = 0; i + 1 < curve->count; i++) marked += curve->splits[i];
  return marked;
}

/* The new points go between the old ones, from the last on. */
static void merge(Curve *curve, int64_t added) {
  int64_t to = curve->count + added - 1;
  for (int64_t i = curve->count - 1; i >= 0; i--) {
    if (i + 1 < curve->count && curve->splits[i]) {
      curve->x[to] = curve->new_x[--added];
      curve->y[to--] = curve->new_y[added];
    }
    curve->x[to] = curve->x[i];
    curve->y[to--] = curve->y[i];
  }
}

static bool refine(Curve *curve) {
  for (int round = 0; round < ROUNDS; round++) {
    int64_t marked = mark_splits(curve, round), added = 0;
    if (marked == 0 || curve->count + marked > POINTS_MOST) return true;
    for (int64_t i = 0; i + 1 < curve->count; i++)
      if (curve->splits[i]) curve->new_x[added++] = middle(curve, curve->x[i], curve->x[i + 1], 0.5);
    if (!evaluate(curve, added, curve->new_x, curve->new_y)) return false;
    merge(curve, added);
    curve->count += marked;
  }
  return true;
}

/* ---- the result */

static bool is_jump(const Curve *curve, int64_t i) { return is_steep(curve, i) && width_part(curve, i) < 1e-9; }

static bool store(Curve *curve, Figure *figure, Series *series) {
  double *x = figure_numbers(figure, 2 * curve->count), *y = figure_numbers(figure, 2 * curve->count);
  if (!x || !y) return error_out_of_memory(session_runtime(curve->sampler->session)->error);
  int64_t count = 0;
  for (int64_t i = 0; i < curve->count; i++) {
    x[count] = curve->x[i];
    y[count++] = curve->y[i];
    if (i + 1 == curve->count || !is_jump(curve, i)) continue;
    x[count] = curve->x[i];
    y[count++] = NAN;
  }
  series->x = x;
  series->y = y;
  series->count = count;
  return true;
}

bool curve_sample(Sampler *sampler, CurveRange *range, Figure *figure, Series *series) {
  enum { ARRAYS = 5 };
  double *numbers = memory_allocate(ARRAYS * POINTS_MOST * sizeof *numbers);
  bool *splits = memory_allocate(POINTS_MOST * sizeof *splits), done = false;
  if (numbers && splits) {
    Curve curve = {sampler,
                   range,
                   0,
                   numbers,
                   numbers + POINTS_MOST,
                   numbers + 2 * POINTS_MOST,
                   numbers + 3 * POINTS_MOST,
                   splits,
                   numbers + 4 * POINTS_MOST};
    done = take_first_points(&curve) && choose_heights(&curve) && refine(&curve) && store(&curve, figure, series);
  } else {
    error_out_of_memory(session_runtime(sampler->session)->error);
  }
  if (numbers) memory_release(numbers, ARRAYS * POINTS_MOST * sizeof *numbers);
  if (splits) memory_release(splits, POINTS_MOST * sizeof *splits);
  return done;
}
