/* SPDX-License-Identifier: MIT */
/* convert_loops.h: expands the loops that turn elements of one type into another.  The including file defines LOOPS,
   the name of their table, and FEATURES to compile them for more than the baseline (target.h). */
#include "runtime/convert.h"
#include "runtime/kernels/math.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

/* ---- one element */
/* Choices, not branches, so that loops vectorise; nan is within nothing. */
static inline int64_t saturate(double x, double least, double most, int64_t least_integer, int64_t most_integer) {
  const int64_t whole = (int64_t)(x > least && x < most ? x : 0.0);
  return x <= least ? least_integer : x >= most ? most_integer : whole;
}

static inline int64_t saturate_int64_t(double x) { return saturate(x, -0x1p63, 0x1p63, INT64_MIN, INT64_MAX); }
static inline int64_t saturate_int32_t(double x) { return saturate(x, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX); }
static inline int64_t saturate_uint8_t(double x) { return saturate(x, 0, UINT8_MAX, 0, UINT8_MAX); }

/* VALUE_<to kind>_<from kind>(to type, x) */
#define VALUE_BOOL_BOOL(to, x) (x)
#define VALUE_BOOL_INTEGER(to, x) ((x) != 0)
#define VALUE_BOOL_FLOAT(to, x) ((x) != 0)
#define VALUE_INTEGER_BOOL(to, x) ((to)(x))
#define VALUE_INTEGER_INTEGER(to, x) ((to)(x))
#define VALUE_INTEGER_FLOAT(to, x) ((to)saturate_##to((double)(x)))
#define VALUE_FLOAT_BOOL(to, x) ((to)(x))
#define VALUE_FLOAT_INTEGER(to, x) ((to)(x))
#define VALUE_FLOAT_FLOAT(to, x) ((to)(x))

/* ---- numbers that an integer type can hold need no choices, and most processors convert them one by one: whether a
   block has others is asked first, since that is done in vectors everywhere */
enum { CONVERT_BLOCK = 256 };
static const double limit_int64_t = 0x1.fffffep62, limit_int32_t = 0x1.fffffep30, limit_uint8_t = -1;

#define ALL_WITHIN(from, x, count, limit) \
  _Generic((from)0, double: all_within_float64((const double *)(const void *)(x), count, limit), \
           float: all_within_float32((const float *)(const void *)(x), count, (float)(limit)))

#define LINE_INTEGER_FLOAT(to, from) \
  for (int64_t start = 0; start < count; start += CONVERT_BLOCK) { \
    const int64_t end = count - start < CONVERT_BLOCK ? count : start + CONVERT_BLOCK; \
    if (limit_##to > 0 && ALL_WITHIN(from, x + start, end - start, limit_##to)) \
      for (int64_t i = start; i < end; i++) y[i] = (to)x[i]; \
    else \
      for (int64_t i = start; i < end; i++) y[i] = VALUE_INTEGER_FLOAT(to, x[i]); \
  }
#define LINE(to, value) \
  for (int64_t i = 0; i < count; i++) y[i] = value(to, x[i]);
#define LINE_BOOL_BOOL(to, from) LINE(to, VALUE_BOOL_BOOL)
#define LINE_BOOL_INTEGER(to, from) LINE(to, VALUE_BOOL_INTEGER)
#define LINE_BOOL_FLOAT(to, from) LINE(to, VALUE_BOOL_FLOAT)
#define LINE_INTEGER_BOOL(to, from) LINE(to, VALUE_INTEGER_BOOL)
#define LINE_INTEGER_INTEGER(to, from) LINE(to, VALUE_INTEGER_INTEGER)
#define LINE_FLOAT_BOOL(to, from) LINE(to, VALUE_FLOAT_BOOL)
#define LINE_FLOAT_INTEGER(to, from) LINE(to, VALUE_FLOAT_INTEGER)
#define LINE_FLOAT_FLOAT(to, from) LINE(to, VALUE_FLOAT_FLOAT)

/* ---- inner loops: to[i] = from[i] for every pair of types */
#define CONVERT(TO, to, to_kind, FROM, from, from_kind) \
  static void convert_##FROM##_to_##TO(char *out, int64_t out_stride, const char *in, int64_t in_stride, \
                                       int64_t count) { \
    if (out_stride == (int64_t)sizeof(to) && in_stride == (int64_t)sizeof(from)) { \
      to *restrict y = (to *)(void *)out; \
      const from *restrict x = (const from *)(const void *)in; \
      LINE_##to_kind##_##from_kind(to, from) \
      return; \
    } \
    if (out_stride == (int64_t)sizeof(to) && in_stride == 0 && count > 0) { \
      const from x = *(const from *)(const void *)in; \
      const to number = VALUE_##to_kind##_##from_kind(to, x); \
      for (int64_t i = 0; i < count; i++) ((to *)(void *)out)[i] = number; \
      return; \
    } \
    if (out_stride == (int64_t)sizeof(to) && in_stride == 2 * (int64_t)sizeof(from)) { \
      to *restrict y = (to *)(void *)out; \
      const from *restrict x = (const from *)(const void *)in; \
      for (int64_t i = 0; i < count; i++) y[i] = VALUE_##to_kind##_##from_kind(to, x[2 * i]); \
      return; \
    } \
    for (int64_t i = 0; i < count; i++, out += out_stride, in += in_stride) \
      *(to *)(void *)out = VALUE_##to_kind##_##from_kind(to, *(const from *)(const void *)in); \
  }
#define CONVERT_TO(TO, to, to_kind) \
  CONVERT(TO, to, to_kind, BOOL, bool, BOOL) \
  CONVERT(TO, to, to_kind, UINT8, uint8_t, INTEGER) \
  CONVERT(TO, to, to_kind, INT32, int32_t, INTEGER) \
  CONVERT(TO, to, to_kind, INT64, int64_t, INTEGER) \
  CONVERT(TO, to, to_kind, FLOAT32, float, FLOAT) \
  CONVERT(TO, to, to_kind, FLOAT64, double, FLOAT)
#define DTYPE(name, type, text, kind, code) CONVERT_TO(name, type, kind)
#include "runtime/dtype.def"
#undef DTYPE

const ConvertLoops LOOPS = {{
#define DTYPE(name, type, text, kind, code) \
  [DTYPE_##name] = {convert_BOOL_to_##name, convert_UINT8_to_##name, convert_INT32_to_##name, \
                    convert_INT64_to_##name, convert_FLOAT32_to_##name, convert_FLOAT64_to_##name},
#include "runtime/dtype.def"
#undef DTYPE
}};

#ifdef FEATURES
TARGET_END
#endif
