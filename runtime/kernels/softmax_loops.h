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

/* Loops between two arrays vectorise; nan, which comparisons pass over, is counted beside them.  Of short rows few
   elements go side by side. */
enum { MANY = 64, FEW = 8 };
#define TAKE_LARGER(count, other) \
  for (int k = 0; k < (count); k++) most[k] = (other) > most[k] ? (other) : most[k];

static double largest(const double *x, int64_t count) {
  double most[MANY], result;
  int64_t nan = 0, i = 0;
  for (int k = 0; k < FEW; k++) most[k] = -(double)INFINITY;
  if (count >= MANY) {
    for (int k = FEW; k < MANY; k++) most[k] = -(double)INFINITY;
    for (; i + MANY <= count; i += MANY) TAKE_LARGER(MANY, x[i + k])
    for (int half = MANY / 2; half >= FEW; half /= 2) TAKE_LARGER(half, most[k + half])
  }
  for (; i + FEW <= count; i += FEW) TAKE_LARGER(FEW, x[i + k])
  for (int half = FEW / 2; half > 0; half /= 2) TAKE_LARGER(half, most[k + half])
  for (result = most[0]; i < count; i++) result = x[i] > result ? x[i] : result;
  for (i = 0; i < count; i++) nan += x[i] != x[i] ? 1 : 0;
  return nan ? (double)NAN : result;
}
#undef TAKE_LARGER

static int64_t drop_largest(double *restrict powers, const double *restrict differences, int64_t count) {
  int64_t dropped = 0;
  for (int64_t i = 0; i < count; i++) powers[i] = differences[i] == 0 ? 0 : powers[i];
  for (int64_t i = 0; i < count; i++) dropped += differences[i] == 0 ? 1 : 0;
  return dropped;
}

static void subtract(double *restrict out, const double *restrict x, double most, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = x[i] - most;
}

static void subtract_each(double *restrict out, const double *restrict x, int64_t stride,
                          const double *restrict subtrahends, int64_t rows, int64_t width) {
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
