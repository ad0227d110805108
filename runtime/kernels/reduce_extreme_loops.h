/* SPDX-License-Identifier: MIT */
/* reduce_extreme_loops.h: the part of reduce_fold_loops.h for extrema.

   An extreme is the same in whatever order it is taken and however often an element is met.  So there are no lanes to
   keep to: elements stay in their own type, and what would be left over at the end of a loop is taken from before it
   again.  Comparisons pass over nan in one step, as vector units do; nan is looked for beside them, in two elements at
   once. */
#define GREATER_OF(x, y) ((y) > (x) ? (y) : (x))
#define SMALLER_OF(x, y) ((y) < (x) ? (y) : (x))
#define NAN_AMONG(x, y) isunordered(x, y)
#define NONE_AMONG(x, y) 0

/* A line of at least twice `lanes` elements. */
#define EXTREME_LANES(name, INPUT, COUNT, lanes, combine, among, mark) \
  static INPUT name(const INPUT *x, int64_t count) { \
    INPUT best[lanes]; \
    COUNT nan[lanes], any = 0; \
    for (int k = 0; k < (lanes); k++) best[k] = x[0]; \
    for (int k = 0; k < (lanes); k++) nan[k] = 0; \
    for (int64_t i = 0; i < count; i += 2 * (lanes)) { \
      if (i > count - 2 * (lanes)) i = count - 2 * (lanes); \
      for (int k = 0; k < (lanes); k++) { \
        const INPUT left = x[i + k], right = x[i + (lanes) + k]; \
        best[k] = combine(best[k], left); \
        best[k] = combine(best[k], right); \
        nan[k] = among(left, right) ? 1 : nan[k]; \
      } \
    } \
    for (int k = 0; k < (lanes); k++) any |= nan[k]; \
    for (int half = (lanes) / 2; half > 0; half /= 2) \
      for (int k = 0; k < half; k++) best[k] = combine(best[k], best[k + half]); \
    return any ? (INPUT)(mark) : best[0]; \
  }

enum { LINE_BYTES = 256, SHORT_BYTES = 64 }; /* in which the best ones so far stand side by side */
#define EXTREME_LINE(name, INPUT, COUNT, combine, among, mark) \
  EXTREME_LANES(name##_long, INPUT, COUNT, LINE_BYTES / (int)sizeof(INPUT), combine, among, mark) \
  EXTREME_LANES(name##_short, INPUT, COUNT, SHORT_BYTES / (int)sizeof(INPUT), combine, among, mark) \
  static INPUT name##_line(const INPUT *x, int64_t count) { \
    if (count * (int64_t)sizeof *x >= 2 * LINE_BYTES) return name##_long(x, count); \
    if (count * (int64_t)sizeof *x >= 2 * SHORT_BYTES) return name##_short(x, count); \
    INPUT best = x[0]; \
    bool nan = false; \
    for (int64_t i = 0; i < count; i++) { \
      best = combine(best, x[i]); \
      nan |= among(x[i], x[i]); \
    } \
    return nan ? (INPUT)(mark) : best; \
  } \
  static INPUT name##_apart(const char *data, int64_t stride, int64_t count) { \
    INPUT block[FOLD_CHUNK + 1]; \
    int filled = 0; \
    for (; count > 0; filled = 1) { /* what has been found so far stands first */ \
      for (; filled <= FOLD_CHUNK && count > 0; count--, data += stride) \
        block[filled++] = *(const INPUT *)(const void *)data; \
      block[0] = name##_line(block, filled); \
    } \
    return block[0]; \
  }

/* Columns: four rows at a time, the last of them several times where fewer are left. */
#define EXTREME_COLUMNS(name, INPUT, COUNT, NUMBER, combine, among, mark) \
  static void name##_columns(const char *data, int64_t stride, int64_t rows, int64_t width, NUMBER *out) { \
    INPUT best[EXTREME_BYTES / sizeof(INPUT)]; \
    COUNT nan[EXTREME_BYTES / sizeof(INPUT)]; \
    memcpy(best, data, (size_t)width * sizeof *best); \
    memset(nan, 0, (size_t)width * sizeof *nan); \
    for (int64_t row = 0; row < rows; row += 4, data += 4 * stride) { \
      const int64_t left = rows - row - 1; \
      const INPUT *x = (const INPUT *)(const void *)data; \
      const INPUT *y = (const INPUT *)(const void *)(data + (left < 1 ? left : 1) * stride); \
      const INPUT *z = (const INPUT *)(const void *)(data + (left < 2 ? left : 2) * stride); \
      const INPUT *u = (const INPUT *)(const void *)(data + (left < 3 ? left : 3) * stride); \
      for (int64_t k = FETCH_ROWS; k < FETCH_ROWS + 4 && k <= left; k++) \
        fetch_ahead(data + k * stride, width * (int64_t)sizeof *x); \
      for (int64_t i = 0; i < width; i++) { \
        const INPUT first = combine(x[i], y[i]), second = combine(z[i], u[i]), both = combine(first, second); \
        best[i] = combine(best[i], both); \
        nan[i] |= among(x[i], y[i]) | among(z[i], u[i]); \
      } \
    } \
    for (int64_t i = 0; i < width; i++) out[i] = nan[i] ? (NUMBER)(mark) : (NUMBER)best[i]; \
  }

/* `best` holds elements, not folded numbers; `carrying` hands nan on. */
#define EXTREME_ROW(name, INPUT, carrying) \
  static void name##_row(const void *data, int64_t width, FoldNumber *best) { \
    const INPUT *restrict x = data; \
    INPUT *restrict numbers = (INPUT *)(void *)best; \
    for (int64_t i = 0; i < width; i++) numbers[i] = (INPUT)carrying(numbers[i], x[i]); \
  }

#define EXTREME_CHUNK(name, INPUT, member) \
  static void name##_chunk(const void *data, int64_t row_stride, int64_t rows, int64_t width, FoldNumber *out) { \
    if (width > 1) name##_columns(data, row_stride, rows, width, &out->member); \
    else if (row_stride == (int64_t)sizeof(INPUT)) out->member = name##_line(data, rows); \
    else out->member = name##_apart(data, row_stride, rows); \
  }

#define EXTREME_REAL(name, INPUT, COUNT, combine, carrying) \
  EXTREME_LINE(name, INPUT, COUNT, combine, NAN_AMONG, NAN) \
  EXTREME_COLUMNS(name, INPUT, COUNT, double, combine, NAN_AMONG, NAN) \
  EXTREME_ROW(name, INPUT, carrying) \
  EXTREME_CHUNK(name, INPUT, real)
#define EXTREME_INTEGER(name, INPUT, combine) \
  EXTREME_LINE(name, INPUT, INPUT, combine, NONE_AMONG, 0) \
  EXTREME_COLUMNS(name, INPUT, INPUT, int64_t, combine, NONE_AMONG, 0) \
  EXTREME_ROW(name, INPUT, combine) \
  EXTREME_CHUNK(name, INPUT, integer)
#define FOLD_EXTREMES(name, combine, carrying_real, carrying_integer) \
  EXTREME_REAL(name##_float64, double, int64_t, combine, carrying_real) \
  EXTREME_REAL(name##_float32, float, int32_t, combine, carrying_real) \
  EXTREME_INTEGER(name##_int64, int64_t, combine) \
  EXTREME_INTEGER(name##_int32, int32_t, combine) \
  EXTREME_INTEGER(name##_uint8, uint8_t, combine) \
  FOLD_MERGE(name##_real, real, carrying_real) \
  FOLD_MERGE(name##_integer, integer, carrying_integer)

FOLD_EXTREMES(maximum, GREATER_OF, real_maximum, integer_maximum)
FOLD_EXTREMES(minimum, SMALLER_OF, real_minimum, integer_minimum)

/* ---- where an extreme stands first: then no element is nan, or the extreme is */
#define FIND(name, INPUT, COUNT, member, among) \
  static int64_t name##_find(const char *data, int64_t stride, int64_t count, FoldNumber number) { \
    enum { BLOCK = LINE_BYTES / sizeof(INPUT) }; \
    const INPUT wanted = (INPUT)number.member, *x = (const INPUT *)(const void *)data; \
    int64_t i = 0; \
    for (; stride == (int64_t)sizeof *x && i + BLOCK <= count; i += BLOCK) { \
      COUNT hits = 0; \
      for (int k = 0; k < BLOCK; k++) hits |= x[i + k] == wanted || among(x[i + k], wanted) ? 1 : 0; \
      if (hits) break; \
    } \
    for (data += i * stride; i < count; i++, data += stride) { \
      const INPUT element = *(const INPUT *)(const void *)data; \
      if (element == wanted || among(element, element)) break; \
    } \
    return i; \
  }
FIND(float64, double, int64_t, real, NAN_AMONG)
FIND(float32, float, int32_t, real, NAN_AMONG)
FIND(int64, int64_t, int64_t, integer, NONE_AMONG)
FIND(int32, int32_t, int32_t, integer, NONE_AMONG)
FIND(uint8, uint8_t, uint8_t, integer, NONE_AMONG)
