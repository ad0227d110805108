/* SPDX-License-Identifier: MIT */
/* reduce_fold_loops.h: expands the inner loops of sums, products and extrema.  The including file defines KERNELS, the
   name of their table, BINARIES, that of the sums of binary operations, MOMENTS, that of means and squares, LANE_BYTES,
   the size of a vector, and FEATURES to compile them for more than the baseline (target.h). */
#include <math.h>
#include <string.h>

#include "runtime/kernels/fetch.h"
#include "runtime/kernels/inline.h"
#include "runtime/kernels/math.h"
#include "runtime/kernels/reduce.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

static inline double real_add(double x, double y) { return x + y; }
static inline double real_multiply(double x, double y) { return x * y; }

#define PAIRWISE(combine, l) \
  combine(combine(combine(l(0), l(1)), combine(l(2), l(3))), combine(combine(l(4), l(5)), combine(l(6), l(7))))

/* One column, elements side by side: eight lanes. */
#define REAL_LINE(name, INPUT, identity, combine) \
  static double name##_line(const INPUT *x, int64_t rows) { \
    double lanes[FOLD_LANES]; \
    int64_t row = 0; \
    for (int k = 0; k < FOLD_LANES; k++) lanes[k] = identity; \
    for (; row + FOLD_LANES <= rows; row += FOLD_LANES) \
      for (int k = 0; k < FOLD_LANES; k++) lanes[k] = combine(lanes[k], x[row + k]); \
    for (int k = 0; row < rows; row++, k++) lanes[k] = combine(lanes[k], x[row]); \
    return PAIRWISE(combine, LINE_LANE); \
  }
#define LINE_LANE(k) lanes[k]

/* Lines together: each alone waits for its own results most of the time. */
#define REAL_LINES(name, INPUT, identity, combine) \
  static void name##_lines(const void *data, int64_t distance, FoldNumber *out) { \
    double lanes[FOLD_LINES][FOLD_LANES]; \
    const char *start = data; \
    for (int c = 0; c < FOLD_LINES; c++) \
      for (int k = 0; k < FOLD_LANES; k++) lanes[c][k] = identity; \
    for (int64_t row = 0; row < FOLD_CHUNK; row += FOLD_LANES, start += FOLD_LANES * sizeof(INPUT)) \
      UNROLL for (int c = 0; c < FOLD_LINES; c++) { \
        const INPUT *x = (const INPUT *)(const void *)(start + c * distance); \
        for (int k = 0; k < FOLD_LANES; k++) lanes[c][k] = combine(lanes[c][k], x[k]); \
      } \
    for (int c = 0; c < FOLD_LINES; c++) out[c].real = PAIRWISE(combine, LINES_LANE); \
  }
#define LINES_LANE(k) lanes[c][k]

/* Integers may be taken in any order, so the compiler finds the lanes. */
#define INTEGER_LINE(name, INPUT, identity, combine) \
  static int64_t name##_line(const INPUT *x, int64_t rows) { \
    int64_t result = identity; \
    for (int64_t row = 0; row < rows; row++) result = combine(result, x[row]); \
    return result; \
  }
#define INTEGER_LINES(name) \
  static void name##_lines(const void *data, int64_t distance, FoldNumber *out) { \
    for (int c = 0; c < FOLD_LINES; c++) \
      out[c].integer = name##_line((const void *)((const char *)data + c * distance), FOLD_CHUNK); \
  }

/* Any number of columns: the same lanes for each of them, so that the results are the same to the last bit. */
#define FOLD_COLUMNS(name, INPUT, NUMBER, identity, combine) \
  static void name##_columns(const char *data, int64_t row_stride, int64_t rows, int64_t width, NUMBER *out) { \
    NUMBER lanes[FOLD_LANES][FOLD_WIDTH]; \
    for (int k = 0; k < FOLD_LANES; k++) \
      for (int64_t i = 0; i < width; i++) lanes[k][i] = identity; \
    for (int64_t row = 0; row < rows; row++, data += row_stride) { \
      NUMBER *restrict lane = lanes[row % FOLD_LANES]; \
      const INPUT *restrict x = (const INPUT *)(const void *)data; \
      if (row + FETCH_ROWS < rows) fetch_ahead(data + FETCH_ROWS * row_stride, width * (int64_t)sizeof(INPUT)); \
      for (int64_t i = 0; i < width; i++) lane[i] = combine(lane[i], x[i]); \
    } \
    for (int64_t i = 0; i < width; i++) out[i] = PAIRWISE(combine, COLUMN_LANE); \
  }
#define COLUMN_LANE(k) lanes[k][i]

/* One more row into its lane. */
#define FOLD_ROW(name, INPUT, NUMBER, member, combine) \
  static void name##_row(const void *data, int64_t width, FoldNumber *lane) { \
    const INPUT *restrict x = data; \
    NUMBER *restrict numbers = &lane->member; \
    for (int64_t i = 0; i < width; i++) numbers[i] = combine(numbers[i], x[i]); \
  }

#define FOLD_CHUNK_OF(name, INPUT, member) \
  static void name##_chunk(const void *data, int64_t row_stride, int64_t rows, int64_t width, FoldNumber *out) { \
    if (width == 1 && row_stride == (int64_t)sizeof(INPUT)) out->member = name##_line(data, rows); \
    else name##_columns(data, row_stride, rows, width, &out->member); \
  }
#define REAL_INPUT(name, INPUT, identity, combine) \
  REAL_LINE(name, INPUT, identity, combine) \
  REAL_LINES(name, INPUT, identity, combine) \
  FOLD_COLUMNS(name, INPUT, double, identity, combine) \
  FOLD_ROW(name, INPUT, double, real, combine) \
  FOLD_CHUNK_OF(name, INPUT, real)
#define INTEGER_INPUT(name, INPUT, identity, combine) \
  INTEGER_LINE(name, INPUT, identity, combine) \
  INTEGER_LINES(name) \
  FOLD_COLUMNS(name, INPUT, int64_t, identity, combine) \
  FOLD_ROW(name, INPUT, int64_t, integer, combine) \
  FOLD_CHUNK_OF(name, INPUT, integer)

#define FOLD_MERGE(name, member, combine) \
  static void name##_merge(FoldNumber *restrict into, const FoldNumber *restrict later, int64_t width) { \
    for (int64_t i = 0; i < width; i++) into[i].member = combine(into[i].member, later[i].member); \
  }
/* What the rows of a fold change nothing in. */
#define REAL_sum 0
#define REAL_product 1
#define REAL_maximum -(double)INFINITY
#define REAL_minimum (double)INFINITY
#define INTEGER_sum 0
#define INTEGER_product 1
#define INTEGER_maximum INT64_MIN
#define INTEGER_minimum INT64_MAX

#define FOLD_INTEGERS(name, combine) \
  INTEGER_INPUT(name##_int64, int64_t, INTEGER_##name, combine) \
  INTEGER_INPUT(name##_int32, int32_t, INTEGER_##name, combine) \
  INTEGER_INPUT(name##_uint8, uint8_t, INTEGER_##name, combine) \
  FOLD_MERGE(name##_integer, integer, combine)
#define FOLD_REALS(name, combine) \
  REAL_INPUT(name##_float64, double, REAL_##name, combine) \
  REAL_INPUT(name##_float32, float, REAL_##name, combine) \
  FOLD_MERGE(name##_real, real, combine)

FOLD_REALS(sum, real_add)
FOLD_INTEGERS(sum, integer_add)
FOLD_REALS(product, real_multiply)
FOLD_INTEGERS(product, integer_multiply)
#include "runtime/kernels/reduce_extreme_loops.h"
#include "runtime/kernels/reduce_binary_loops.h"

#define LINES(name) \
  {name##_uint8_lines, name##_uint8_lines, name##_int32_lines, name##_int64_lines, name##_float32_lines, \
   name##_float64_lines}
#define KERNEL(name, exact, ...) \
  {{name##_uint8_chunk, name##_uint8_chunk, name##_int32_chunk, name##_int64_chunk, name##_float32_chunk, \
    name##_float64_chunk}, \
   __VA_ARGS__, {name##_uint8_row, name##_uint8_row, name##_int32_row, name##_int64_row, name##_float32_row, name##_float64_row}, \
   name##_real_merge, name##_integer_merge, {.real = REAL_##name}, {.integer = INTEGER_##name}, \
   exact, {uint8_find, uint8_find, int32_find, int64_find, float32_find, float64_find}}
const FoldKernel KERNELS[] = {
  [FOLD_SUM] = KERNEL(sum, false, LINES(sum)), [FOLD_PRODUCT] = KERNEL(product, false, LINES(product)),
  [FOLD_MAXIMUM] = KERNEL(maximum, true, {NULL}), [FOLD_MINIMUM] = KERNEL(minimum, true, {NULL}),
};

#include "runtime/kernels/reduce_moments_loops.h"

#ifdef FEATURES
TARGET_END
#endif
