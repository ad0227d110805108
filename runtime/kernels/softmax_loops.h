/* SPDX-License-Identifier: MIT */
/* softmax_loops.h: expands the inner loops over rows of scores of one type.  The including file defines ELEMENT, the
   type, LOOPS, the name of their table, and FEATURES to compile them for more than the baseline (target.h). */
#include <math.h>

#include "runtime/kernels/fetch.h"
#include "runtime/kernels/softmax_rows.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

typedef __typeof__(_Generic((ELEMENT)0, double: (int64_t)0, default: (int32_t)0)) Count; /* as wide as an element */

/* ---- the largest */
/* Loops between two arrays vectorise; nan, which comparisons pass over, is counted beside them.  Of short rows few
   elements go side by side. */
enum { MANY = 64, FEW = 8 };
#define TAKE_LARGER(count, other) \
  for (int k = 0; k < (count); k++) most[k] = (other) > most[k] ? (other) : most[k];

static ELEMENT largest_of(const ELEMENT *x, int64_t count) {
  ELEMENT most[MANY], result;
  int64_t i = 0;
  Count nan = 0;
  for (int k = 0; k < FEW; k++) most[k] = -(ELEMENT)INFINITY;
  if (count >= MANY) {
    for (int k = FEW; k < MANY; k++) most[k] = -(ELEMENT)INFINITY;
    for (; i + MANY <= count; i += MANY) TAKE_LARGER(MANY, x[i + k])
    for (int half = MANY / 2; half >= FEW; half /= 2) TAKE_LARGER(half, most[k + half])
  }
  for (; i + FEW <= count; i += FEW) TAKE_LARGER(FEW, x[i + k])
  for (int half = FEW / 2; half > 0; half /= 2) TAKE_LARGER(half, most[k + half])
  for (result = most[0]; i < count; i++) result = x[i] > result ? x[i] : result;
  for (i = 0; i < count; i++) nan |= x[i] != x[i] ? 1 : 0;
  return nan ? (ELEMENT)NAN : result;
}
#undef TAKE_LARGER

static inline ELEMENT largest_of_few(const ELEMENT *x, int64_t count) {
  ELEMENT most = -(ELEMENT)INFINITY;
  bool nan = false;
  for (int64_t i = 0; i < count; i++) {
    most = x[i] > most ? x[i] : most;
    nan |= x[i] != x[i];
  }
  return nan ? (ELEMENT)NAN : most;
}

static double largest(const void *x, int64_t count) { return (double)largest_of(x, count); }

static void spread_largest(void *most, const void *x, int64_t rows, int64_t columns) {
  const ELEMENT *scores = x;
  ELEMENT *out = most;
  for (int64_t row = 0; row < rows; row++, scores += columns, out += columns) {
    ELEMENT number = columns <= FEW ? largest_of_few(scores, columns) : largest_of(scores, columns);
    for (int64_t i = 0; i < columns; i++) out[i] = number;
  }
}

/* ---- one row */
static int64_t drop_largest(void *powers, const void *x, double most, int64_t count) {
  ELEMENT *restrict kept = powers;
  const ELEMENT *restrict scores = x, highest = (ELEMENT)most;
  Count dropped = 0;
  for (int64_t i = 0; i < count; i++) kept[i] = scores[i] - highest == 0 ? 0 : kept[i];
  for (int64_t i = 0; i < count; i++) dropped += scores[i] - highest == 0 ? 1 : 0;
  return dropped;
}

static void subtract(void *out, const void *x, double most, double logarithm, int64_t count) {
  ELEMENT *restrict results = out;
  const ELEMENT *restrict scores = x;
  for (int64_t i = 0; i < count; i++) results[i] = (ELEMENT)((scores[i] - most) - logarithm);
}

/* Quotients of float64 are rounded once; of float32 products with a long reciprocal are as good, and sooner there. */
static void divide(void *numbers, double divisor, int64_t count) {
  ELEMENT *quotients = numbers;
  const double factor = 1 / divisor;
  for (int64_t i = 0; i < count; i++)
    quotients[i] = (ELEMENT)(sizeof(ELEMENT) == sizeof(double) ? quotients[i] / divisor : quotients[i] * factor);
}

static void scale(void *out, const void *x, double factor, int64_t count) {
  ELEMENT *restrict results = out;
  const ELEMENT *restrict numbers = x;
  for (int64_t i = 0; i < count; i++) results[i] = (ELEMENT)(numbers[i] * factor);
}

/* ---- columns side by side */
/* Few rows have one of the largest elements. */
static void drop_columns(void *powers, double *counts, const void *x, const void *most, int64_t rows, int64_t width) {
  ELEMENT *restrict kept = powers;
  const ELEMENT *restrict scores = x, *restrict highest = most;
  for (int64_t row = 0; row < rows; row++, scores += width, highest += width, kept += width) {
    Count dropped = 0;
    for (int64_t i = 0; i < width; i++) dropped |= scores[i] - highest[i] == 0 ? 1 : 0;
    for (int64_t i = 0; dropped && i < width; i++) {
      if (scores[i] - highest[i] != 0) continue;
      kept[i] = 0;
      counts[i]++;
    }
  }
}

/* ---- rows of no more elements than a sum has lanes: the same bits without a tree for each */
static inline double sum_of_few(const ELEMENT *numbers, int64_t columns) {
  double lanes[FOLD_LANES] = {0};
  for (int64_t i = 0; i < columns; i++) lanes[i] = (double)numbers[i];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

static void divide_few(void *powers, int64_t rows, int64_t columns) {
  ELEMENT *numbers = powers;
  for (int64_t row = 0; row < rows; row++, numbers += columns)
    divide(numbers, sum_of_few(numbers, columns), columns);
}

static void rests_of_few(double *rests, void *powers, const void *x, const void *most, int64_t rows,
                         int64_t columns) {
  ELEMENT *numbers = powers;
  const ELEMENT *scores = x, *highest = most;
  for (int64_t row = 0; row < rows; row++, numbers += columns, scores += columns, highest += columns) {
    double count = 0;
    for (int64_t i = 0; i < columns; i++) {
      bool is_largest = scores[i] - highest[i] == 0;
      numbers[i] = is_largest ? 0 : numbers[i];
      count += is_largest ? 1 : 0;
    }
    rests[row] = sum_of_few(numbers, columns) + (count - 1);
  }
}

static void subtract_few(void *out, const void *x, const void *most, const double *logarithms, int64_t rows,
                         int64_t columns) {
  ELEMENT *results = out;
  const ELEMENT *scores = x, *highest = most;
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = row * columns; i < (row + 1) * columns; i++)
      results[i] = (ELEMENT)((scores[i] - (double)highest[i]) - logarithms[row]);
}

const SoftmaxLoops LOOPS = {largest, spread_largest, drop_largest, subtract, divide, scale, drop_columns, divide_few,
                            rests_of_few, subtract_few};

#ifdef FEATURES
TARGET_END
#endif
