/* SPDX-License-Identifier: MIT */
/* softmax_loops.h: expands the inner loops over one row of scores.  The including file defines LOOPS, the name of their
   table, and FEATURES to compile them for more than the baseline (target.h). */
#include <math.h>

#include "runtime/kernels/fetch.h"
#include "runtime/kernels/softmax_rows.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

enum { SIDE_BY_SIDE = 64 };

/* Loops between two arrays vectorise; nan, which comparisons pass over, is counted beside them. */
static double largest(const double *x, int64_t count) {
  double most[SIDE_BY_SIDE], result = -(double)INFINITY;
  int64_t nan = 0, whole = count - count % SIDE_BY_SIDE;
  for (int k = 0; k < SIDE_BY_SIDE; k++) most[k] = result;
  for (int64_t i = 0; i < whole; i += SIDE_BY_SIDE)
    for (int k = 0; k < SIDE_BY_SIDE; k++) most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
  for (int64_t i = 0; i < count; i++) nan += x[i] != x[i] ? 1 : 0;
  for (int half = SIDE_BY_SIDE / 2; half > 0; half /= 2)
    for (int k = 0; k < half; k++) most[k] = most[k + half] > most[k] ? most[k + half] : most[k];
  result = most[0];
  for (int64_t i = whole; i < count; i++) result = x[i] > result ? x[i] : result;
  return nan ? (double)NAN : result;
}

static int64_t drop_largest(double *restrict powers, const double *restrict differences, int64_t count) {
  int64_t dropped = 0;
  for (int64_t i = 0; i < count; i++) powers[i] = differences[i] == 0 ? 0 : powers[i];
  for (int64_t i = 0; i < count; i++) dropped += differences[i] == 0 ? 1 : 0;
  return dropped;
}

static void subtract(double *restrict out, const double *restrict x, double most, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = x[i] - most;
}

static void subtract_each(double *restrict out, const double *restrict x, int64_t stride, const double *restrict subtrahends,
                          int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++, x += stride, out += width) {
    if (row + FETCH_ROWS < rows) fetch_ahead((const char *)(x + FETCH_ROWS * stride), width * (int64_t)sizeof *x);
    for (int64_t i = 0; i < width; i++) out[i] = x[i] - subtrahends[i];
  }
}

static void count_largest(double *restrict counts, const double *restrict differences, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++, differences += width)
    for (int64_t i = 0; i < width; i++) counts[i] += differences[i] == 0 ? 1 : 0;
}

static void divide(double *numbers, double divisor, int64_t count) {
  for (int64_t i = 0; i < count; i++) numbers[i] /= divisor;
}

static void scale(double *restrict out, const double *restrict x, double factor, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = x[i] * factor;
}

const SoftmaxLoops LOOPS = {largest, drop_largest, subtract, subtract_each, count_largest, divide, scale};

#ifdef FEATURES
TARGET_END
#endif
