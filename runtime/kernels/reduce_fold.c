/* SPDX-License-Identifier: MIT */
/* reduce_fold.c: the inner loops of sums, products and extrema. */
#include <stdbool.h>

#include "runtime/kernels/math.h"
#include "runtime/kernels/reduce.h"

static inline double real_add(double x, double y) { return x + y; }
static inline double real_multiply(double x, double y) { return x * y; }

#define PAIRWISE(combine, l) \
  combine(combine(combine(l(0), l(1)), combine(l(2), l(3))), combine(combine(l(4), l(5)), combine(l(6), l(7))))

/* One column, elements side by side: eight lanes. */
#define FOLD_LINE(name, INPUT, NUMBER, identity, combine) \
  static NUMBER name##_line(const INPUT *x, int64_t rows) { \
    NUMBER lanes[FOLD_LANES]; \
    int64_t row = 0; \
    for (int k = 0; k < FOLD_LANES; k++) lanes[k] = identity; \
    for (; row + FOLD_LANES <= rows; row += FOLD_LANES) \
      for (int k = 0; k < FOLD_LANES; k++) lanes[k] = combine(lanes[k], x[row + k]); \
    for (int k = 0; row < rows; row++, k++) lanes[k] = combine(lanes[k], x[row]); \
    return PAIRWISE(combine, LINE_LANE); \
  }
#define LINE_LANE(k) lanes[k]

/* Any number of columns: the same lanes for each of them, so that the results are the same to the last bit. */
#define FOLD_COLUMNS(name, INPUT, NUMBER, identity, combine) \
  static void name##_columns(const char *data, int64_t row_stride, int64_t rows, int64_t width, NUMBER *out) { \
    NUMBER lanes[FOLD_LANES][FOLD_WIDTH]; \
    for (int k = 0; k < FOLD_LANES; k++) \
      for (int64_t i = 0; i < width; i++) lanes[k][i] = identity; \
    for (int64_t row = 0; row < rows; row++, data += row_stride) { \
      NUMBER *restrict lane = lanes[row % FOLD_LANES]; \
      const INPUT *restrict x = (const INPUT *)(const void *)data; \
      for (int64_t i = 0; i < width; i++) lane[i] = combine(lane[i], x[i]); \
    } \
    for (int64_t i = 0; i < width; i++) out[i] = PAIRWISE(combine, COLUMN_LANE); \
  }
#define COLUMN_LANE(k) lanes[k][i]

#define FOLD_INPUT(name, INPUT, NUMBER, member, identity, combine) \
  FOLD_LINE(name, INPUT, NUMBER, identity, combine) \
  FOLD_COLUMNS(name, INPUT, NUMBER, identity, combine) \
  static void name##_chunk(const void *data, int64_t row_stride, int64_t rows, int64_t width, FoldNumber *out) { \
    if (width == 1 && row_stride == (int64_t)sizeof(INPUT)) out->member = name##_line(data, rows); \
    else name##_columns(data, row_stride, rows, width, &out->member); \
  }

#define FOLD_MERGE(name, member, combine) \
  static void name##_merge(FoldNumber *into, const FoldNumber *later, int64_t width) { \
    for (int64_t i = 0; i < width; i++) into[i].member = combine(into[i].member, later[i].member); \
  }

#define FOLD(name, real_identity, real_combine, integer_identity, integer_combine) \
  FOLD_INPUT(name##_float64, double, double, real, real_identity, real_combine) \
  FOLD_INPUT(name##_float32, float, double, real, real_identity, real_combine) \
  FOLD_INPUT(name##_int64, int64_t, int64_t, integer, integer_identity, integer_combine) \
  FOLD_MERGE(name##_real, real, real_combine) \
  FOLD_MERGE(name##_integer, integer, integer_combine)

FOLD(sum, 0, real_add, 0, integer_add)
FOLD(product, 1, real_multiply, 1, integer_multiply)
FOLD(maximum, -INFINITY, real_maximum, INT64_MIN, integer_maximum)
FOLD(minimum, INFINITY, real_minimum, INT64_MAX, integer_minimum)

#define KERNEL(name) \
  {{name##_float64_chunk, name##_float32_chunk, name##_int64_chunk}, name##_real_merge, name##_integer_merge}
const FoldKernel fold_kernels[] = {
  [FOLD_SUM] = KERNEL(sum), [FOLD_PRODUCT] = KERNEL(product),
  [FOLD_MAXIMUM] = KERNEL(maximum), [FOLD_MINIMUM] = KERNEL(minimum),
};
