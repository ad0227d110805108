/* SPDX-License-Identifier: MIT */
/* math_lanes.h: functions of near numbers, a group of vectors at a time.

   An exponential, a logarithm or a sine is a long chain of operations that wait for each other, and a processor looks
   only a chain or two ahead for something else to do.  So every function is cut into steps of about the same length:
   all vectors of a group take a step before any takes the next.  Near numbers need no care for results that overflow
   or are subnormal.  The bits are those of math_real.h.

   The including file defines ELEMENT, CONSTANTS (the file of its constants), LANE_BYTES (the size of a vector) and
   LANE_VECTORS (how many are a group: few stay in registers from step to step, where there are enough of those), and
   stands in a target region (target.h) that knows such vectors. */
#include CONSTANTS

typedef ELEMENT Lanes __attribute__((vector_size(LANE_BYTES)));
typedef WORD LaneBits __attribute__((vector_size(LANE_BYTES)));

INLINE Lanes chosen_lanes(LaneBits mask, Lanes yes, Lanes no) {
  return (Lanes)((mask & (LaneBits)yes) | (~mask & (LaneBits)no));
}

#define REAL Lanes
#define BITS LaneBits
#define NAME(f) f##_lanes
#define CHOSEN(condition, yes, no) chosen_lanes((LaneBits)(condition), (yes), (no))
#include "runtime/kernels/math_exp.h"
#include "runtime/kernels/math_log.h"
#if MANTISSA == 52
#define NEAR_ANGLES 1
#include "runtime/kernels/math_angle.h"
#else
#define NEAR_ANGLES 0
#endif

/* ---- exponentials */
/* 2^n times a value that is not subnormal; n stands in the low bits of `shifted`. */
INLINE Lanes scaled_lanes(Lanes value, Lanes shifted) {
  return of_bits_lanes(bits_lanes(value) + (bits_lanes(shifted) << MANTISSA));
}

INLINE Reduced_lanes exp_begin(Lanes x) { return reduced_beside_lanes(x, ROUNDING); }
INLINE Reduced_lanes exp2_begin(Lanes x) { return reduced_base_2_lanes(x, ROUNDING); }

INLINE Lanes exp_end(Reduced_lanes part, Lanes x) {
  Lanes one = {0};
  (void)x;
  return scaled_lanes(exp_sum_lanes(one + 1, part.r, part.rest), part.shifted);
}

INLINE Reduced_lanes exp_difference_begin(Lanes x, Lanes y) {
  return reduced_difference_lanes(difference_lanes(x, y), ROUNDING);
}

/* Where the sum may be subnormal, n is 0. */
INLINE Reduced_lanes expm1_begin(Lanes x) {
  Lanes least = {0};
  least += EXPM1_LEAST;
  return exp_begin(CHOSEN(x < least, least, x));
}

INLINE Lanes expm1_end(Reduced_lanes part, Lanes x) {
  Lanes inverse = of_bits_lanes((BIAS - bits_lanes(part.shifted)) << MANTISSA);
  Lanes sum = expm1_sum_lanes(part, part.shifted - ROUNDING, inverse);
  return with_sign_lanes(scaled_lanes(sum, part.shifted), x);
}

INLINE Reduced_lanes sigmoid_begin(Lanes x) { return exp_begin(-absolute_lanes(x)); }
INLINE Sloped_lanes sigmoid_both_end(Lanes e, Lanes x) { return logistic_lanes(x, e); }
INLINE Lanes sigmoid_end(Lanes e, Lanes x) { return logistic_lanes(x, e).value; }
INLINE Lanes sigmoid_slope_end(Lanes e, Lanes x) { return logistic_lanes(x, e).slope; }

/* exp(2 |x|) - 1; instead of `shifted` stands 2^n. */
INLINE Reduced_lanes tanh_begin(Lanes x) {
  Lanes size = absolute_lanes(x);
  Reduced_lanes part = reduced_beside_lanes(size + size, ROUNDING + (BIAS + 1));
  part.shifted = of_bits_lanes((bits_lanes(part.shifted) - 1) << MANTISSA);
  return part;
}

INLINE Lanes tanh_middle(Reduced_lanes part, Lanes x) {
  (void)x;
  return grown_lanes(part.shifted, part.r, part.rest);
}

INLINE Sloped_lanes tanh_both_end(Lanes e, Lanes x) {
  Lanes h = 1 / (e + 2), q = h + h;
  return (Sloped_lanes){with_sign_lanes(tanh_of_lanes(e, h), x), q * (2 - q)};
}

INLINE Lanes tanh_end(Lanes e, Lanes x) { return tanh_both_end(e, x).value; }
INLINE Lanes sech_squared_end(Lanes e, Lanes x) { return tanh_both_end(e, x).slope; }

/* ---- logarithms */
INLINE LogParts_lanes log_begin(Lanes x) { return log_parts_lanes(split_normal_lanes(x)); }
INLINE Log1pParts_lanes log1p_begin(Lanes x) { return log1p_parts_lanes(x); }
INLINE Lanes log1p_end(Log1pParts_lanes part, Lanes x) { return log1p_of_lanes(part, x); }

#define LOG_END(name) \
  INLINE Lanes name##_end(LogParts_lanes part, Lanes x) { \
    (void)x; \
    return name##_of_lanes(part); \
  }
LOG_END(log)
LOG_END(log2)
LOG_END(log10)
#undef LOG_END

/* ---- angles */
#if NEAR_ANGLES
#define ANGLE_END(name, value) \
  INLINE Lanes name##_end(Angle_lanes angle, Lanes x) { \
    (void)x; \
    return value; \
  }
ANGLE_END(sin, sine_of_lanes(angle, 0))
ANGLE_END(cos, sine_of_lanes(angle, 1))
ANGLE_END(tan, tangent_of_lanes(angle))
#undef ANGLE_END
#endif

/* ---- which numbers are near */
/* Not so far out that an exponential of x or 2 |x| comes near the ends of the range. */
static bool near_zero(const ELEMENT *x, int64_t count) { return all_within(x, count, (double)NEAR_MOST); }

INLINE bool differences_near(const ELEMENT *x, const ELEMENT *y, int64_t step, int64_t count) {
  return _Generic(*x, double: differences_within_float64, default: differences_within_float32)(x, y, step, count,
                                                                                               2 * NEAR_MOST);
}

static bool all_normal(const ELEMENT *x, int64_t count) {
  return _Generic(*x, double: all_normal_float64, default: all_normal_float32)(x, 0, 0, count);
}

static bool all_normal_plus_one(const ELEMENT *x, int64_t count) {
  return _Generic(*x, double: all_normal_float64, default: all_normal_float32)(x, 1, 0, count);
}

#if NEAR_ANGLES
static bool near_angles(const ELEMENT *x, int64_t count) { return all_within(x, count, ANGLE_NEAR); }
#endif

/* ---- groups */
enum {
  LANE_COUNT = LANE_BYTES / sizeof(ELEMENT),
  LANE_GROUP = LANE_VECTORS * LANE_COUNT,
  LANE_UNROLL = LANE_VECTORS > 4 ? 1 : LANE_VECTORS
};
#define EACH_VECTOR(k) TARGET_PRAGMA(GCC unroll LANE_UNROLL) for (int k = 0; k < vectors; k++)

INLINE Lanes lanes_read(const ELEMENT *elements, int vector) {
  Lanes lanes;
  memcpy(&lanes, elements + vector * LANE_COUNT, sizeof lanes);
  return lanes;
}

INLINE void lanes_write(ELEMENT *elements, int vector, Lanes lanes) {
  memcpy(elements + vector * LANE_COUNT, &lanes, sizeof lanes);
}

/* The vectors of less than a group, filled up with zeros; where groups are unrolled, all of them. */
INLINE int rest_read(ELEMENT *rest, const ELEMENT *elements, int64_t count) {
  int vectors = LANE_UNROLL > 1 ? LANE_VECTORS : (int)((count + LANE_COUNT - 1) / LANE_COUNT);
  memset(rest + count, 0, (size_t)(vectors * LANE_COUNT - count) * sizeof *rest);
  memcpy(rest, elements, (size_t)count * sizeof *rest);
  return vectors;
}

/* ---- a function */
#define TWO_STEPS(op, Part, begin, end) \
  INLINE void op##_group(ELEMENT *results, const ELEMENT *elements, int vectors) { \
    Part parts[LANE_VECTORS]; \
    EACH_VECTOR(k) parts[k] = begin(lanes_read(elements, k)); \
    EACH_VECTOR(k) lanes_write(results, k, end(parts[k], lanes_read(elements, k))); \
  }

#define THREE_STEPS(op, Part, begin, middle, end) \
  INLINE void op##_group(ELEMENT *results, const ELEMENT *elements, int vectors) { \
    Part parts[LANE_VECTORS]; \
    Lanes powers[LANE_VECTORS]; \
    EACH_VECTOR(k) parts[k] = begin(lanes_read(elements, k)); \
    EACH_VECTOR(k) powers[k] = middle(parts[k], lanes_read(elements, k)); \
    EACH_VECTOR(k) lanes_write(results, k, end(powers[k], lanes_read(elements, k))); \
  }

/* False: not all elements are near, and nothing has been done. */
#define NEAR_LOOP(op, all_near) \
  static bool op##_near(ELEMENT *results, const ELEMENT *elements, int64_t count) { \
    int64_t i = 0; \
    if (!all_near(elements, count)) return false; \
    for (; i + LANE_GROUP <= count; i += LANE_GROUP) op##_group(results + i, elements + i, LANE_VECTORS); \
    if (i < count) { \
      ELEMENT rest[LANE_GROUP]; \
      op##_group(rest, rest, rest_read(rest, elements + i, count - i)); \
      memcpy(results + i, rest, (size_t)(count - i) * sizeof *rest); \
    } \
    return true; \
  }

TWO_STEPS(exp, Reduced_lanes, exp_begin, exp_end)
TWO_STEPS(exp2, Reduced_lanes, exp2_begin, exp_end)
TWO_STEPS(expm1, Reduced_lanes, expm1_begin, expm1_end)
THREE_STEPS(sigmoid, Reduced_lanes, sigmoid_begin, exp_end, sigmoid_end)
THREE_STEPS(sigmoid_slope, Reduced_lanes, sigmoid_begin, exp_end, sigmoid_slope_end)
THREE_STEPS(tanh, Reduced_lanes, tanh_begin, tanh_middle, tanh_end)
THREE_STEPS(sech_squared, Reduced_lanes, tanh_begin, tanh_middle, sech_squared_end)
TWO_STEPS(log, LogParts_lanes, log_begin, log_end)
TWO_STEPS(log2, LogParts_lanes, log_begin, log2_end)
TWO_STEPS(log10, LogParts_lanes, log_begin, log10_end)
TWO_STEPS(log1p, Log1pParts_lanes, log1p_begin, log1p_end)
NEAR_LOOP(exp, near_zero)
NEAR_LOOP(exp2, near_zero)
NEAR_LOOP(expm1, near_zero)
NEAR_LOOP(sigmoid, near_zero)
NEAR_LOOP(sigmoid_slope, near_zero)
NEAR_LOOP(tanh, near_zero)
NEAR_LOOP(sech_squared, near_zero)
NEAR_LOOP(log, all_normal)
NEAR_LOOP(log2, all_normal)
NEAR_LOOP(log10, all_normal)
NEAR_LOOP(log1p, all_normal_plus_one)
#if NEAR_ANGLES
TWO_STEPS(sin, Angle_lanes, angle_reduced_lanes, sin_end)
TWO_STEPS(cos, Angle_lanes, angle_reduced_lanes, cos_end)
TWO_STEPS(tan, Angle_lanes, angle_reduced_lanes, tan_end)
NEAR_LOOP(sin, near_angles)
NEAR_LOOP(cos, near_angles)
NEAR_LOOP(tan, near_angles)
#endif

/* ---- exp(x - y) of pairs, or of one y */
INLINE void exp_difference_group(ELEMENT *results, const ELEMENT *x, const ELEMENT *y, bool one, int vectors) {
  Lanes first = {0};
  Reduced_lanes parts[LANE_VECTORS];
  first += *y;
  EACH_VECTOR(k) parts[k] = exp_difference_begin(lanes_read(x, k), one ? first : lanes_read(y, k));
  EACH_VECTOR(k) lanes_write(results, k, exp_end(parts[k], first));
}

/* False: not all differences are near, and nothing has been done. */
INLINE bool exp_difference_near(ELEMENT *results, const ELEMENT *x, const ELEMENT *y, bool one, int64_t count) {
  int64_t i = 0;
  if (!differences_near(x, y, one ? 0 : 1, count)) return false;
  for (; i + LANE_GROUP <= count; i += LANE_GROUP)
    exp_difference_group(results + i, x + i, one ? y : y + i, one, LANE_VECTORS);
  if (i < count) {
    ELEMENT rest[LANE_GROUP], subtrahends[LANE_GROUP];
    int vectors = rest_read(rest, x + i, count - i);
    if (!one) rest_read(subtrahends, y + i, count - i);
    exp_difference_group(rest, rest, one ? y : subtrahends, one, vectors);
    memcpy(results + i, rest, (size_t)(count - i) * sizeof *rest);
  }
  return true;
}

/* ---- a function and its slope at once */
#define BOTH_STEPS(name, begin, middle) \
  INLINE void name##_group(ELEMENT *results, ELEMENT *slopes, const ELEMENT *elements, int vectors) { \
    Reduced_lanes parts[LANE_VECTORS]; \
    Lanes powers[LANE_VECTORS]; \
    EACH_VECTOR(k) parts[k] = begin(lanes_read(elements, k)); \
    EACH_VECTOR(k) powers[k] = middle(parts[k], lanes_read(elements, k)); \
    EACH_VECTOR(k) { \
      Sloped_lanes both = name##_end(powers[k], lanes_read(elements, k)); \
      lanes_write(results, k, both.value); \
      lanes_write(slopes, k, both.slope); \
    } \
  }

#define NEAR_PAIR(name, all_near) \
  static bool name##_near(ELEMENT *results, ELEMENT *slopes, const ELEMENT *elements, int64_t count) { \
    int64_t i = 0; \
    if (!all_near(elements, count)) return false; \
    for (; i + LANE_GROUP <= count; i += LANE_GROUP) \
      name##_group(results + i, slopes + i, elements + i, LANE_VECTORS); \
    if (i < count) { \
      ELEMENT rest[LANE_GROUP], rest_slopes[LANE_GROUP]; \
      name##_group(rest, rest_slopes, rest, rest_read(rest, elements + i, count - i)); \
      memcpy(results + i, rest, (size_t)(count - i) * sizeof *rest); \
      memcpy(slopes + i, rest_slopes, (size_t)(count - i) * sizeof *rest); \
    } \
    return true; \
  }
BOTH_STEPS(tanh_both, tanh_begin, tanh_middle)
BOTH_STEPS(sigmoid_both, sigmoid_begin, exp_end)
NEAR_PAIR(tanh_both, near_zero)
NEAR_PAIR(sigmoid_both, near_zero)

#undef NEAR_PAIR
#undef BOTH_STEPS
#undef NEAR_LOOP
#undef THREE_STEPS
#undef TWO_STEPS
#undef EACH_VECTOR
#include "runtime/kernels/math_real_end.h"
