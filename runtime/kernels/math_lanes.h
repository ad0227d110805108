/* SPDX-License-Identifier: MIT */
/* math_lanes.h: functions of near numbers, several vectors at a time.

   An exponential, a logarithm or a sine is a long chain of operations that wait for each other.  Compilers put the
   chains of a loop one behind the other, and a processor that looks a chain ahead still finds little to do; four chains
   side by side keep it busy.  Near numbers need no care for results that overflow or are subnormal.  The bits are those
   of math_real.h.

   The including file defines ELEMENT, CONSTANTS (the file of its constants), LANE_BYTES (the size of a vector) and
   LANE_VECTORS (how many go side by side), and stands in a target region (target.h) that knows such vectors. */
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

INLINE Lanes power_lanes(Reduced_lanes part) {
  Lanes one = {0};
  return scaled_lanes(exp_sum_lanes(one + 1, part.r, part.rest), part.shifted);
}

INLINE Lanes exp_lanes(Lanes x) { return power_lanes(reduced_beside_lanes(x, ROUNDING)); }
INLINE Lanes exp2_lanes(Lanes x) { return power_lanes(reduced_base_2_lanes(x, ROUNDING)); }

/* Where the sum may be subnormal, n is 0. */
INLINE Lanes expm1_lanes(Lanes x) {
  Lanes least = {0};
  least += EXPM1_LEAST;
  Reduced_lanes part = reduced_beside_lanes(CHOSEN(x < least, least, x), ROUNDING);
  Lanes inverse = of_bits_lanes((BIAS - bits_lanes(part.shifted)) << MANTISSA);
  return with_sign_lanes(scaled_lanes(expm1_sum_lanes(part, inverse), part.shifted), x);
}

INLINE Sloped_lanes sigmoid_both_lanes(Lanes x) { return logistic_lanes(x, exp_lanes(-absolute_lanes(x))); }
INLINE Lanes sigmoid_lanes(Lanes x) { return sigmoid_both_lanes(x).value; }
INLINE Lanes sigmoid_slope_lanes(Lanes x) { return sigmoid_both_lanes(x).slope; }

/* exp(2 |x|) - 1 */
INLINE Lanes tanh_power_lanes(Lanes x) {
  Lanes size = absolute_lanes(x);
  Reduced_lanes part = reduced_beside_lanes(size + size, ROUNDING + (BIAS + 1));
  return grown_lanes(of_bits_lanes((bits_lanes(part.shifted) - 1) << MANTISSA), part.r, part.rest);
}

INLINE Sloped_lanes tanh_both_lanes(Lanes x) {
  Lanes e = tanh_power_lanes(x), h = 1 / (e + 2), q = h + h;
  return (Sloped_lanes){with_sign_lanes(tanh_of_lanes(e, h), x), q * (2 - q)};
}

INLINE Lanes tanh_lanes(Lanes x) { return tanh_both_lanes(x).value; }
INLINE Lanes sech_squared_lanes(Lanes x) { return tanh_both_lanes(x).slope; }

/* ---- logarithms */
INLINE Lanes log_lanes(Lanes x) { return log_of_lanes(split_normal_lanes(x)); }
INLINE Lanes log2_lanes(Lanes x) { return log2_of_lanes(split_normal_lanes(x)); }
INLINE Lanes log10_lanes(Lanes x) { return log10_of_lanes(split_normal_lanes(x)); }
INLINE Lanes log1p_lanes(Lanes x) { return log1p_of_lanes(x); }

/* ---- angles */
#if NEAR_ANGLES
INLINE Lanes sin_lanes(Lanes x) { return sine_turned_lanes(x, 0); }
INLINE Lanes cos_lanes(Lanes x) { return sine_turned_lanes(x, 1); }
INLINE Lanes tan_lanes(Lanes x) { return tangent_lanes(x); }
#endif

/* ---- which numbers are near */
/* Not so far out that an exponential of x or 2 |x| comes near the ends of the range. */
static bool near_zero(const ELEMENT *x, int64_t count) { return all_within(x, count, (double)NEAR_MOST); }

static bool all_normal(const ELEMENT *x, int64_t count) {
  return _Generic(*x, double: all_normal_float64, default: all_normal_float32)(x, 0, 0, count);
}

static bool all_normal_plus_one(const ELEMENT *x, int64_t count) {
  return _Generic(*x, double: all_normal_float64, default: all_normal_float32)(x, 1, 0, count);
}

/* ---- loops over them */
enum { LANE_COUNT = LANE_BYTES / sizeof(ELEMENT), LANE_GROUP = LANE_VECTORS * LANE_COUNT };
#define EACH_VECTOR(k) TARGET_PRAGMA(GCC unroll 8) for (int k = 0; k < LANE_VECTORS; k++)

INLINE Lanes lanes_read(const ELEMENT *x) {
  Lanes lanes;
  memcpy(&lanes, x, sizeof lanes);
  return lanes;
}

INLINE void lanes_write(ELEMENT *x, Lanes lanes) { memcpy(x, &lanes, sizeof lanes); }

/* What is left over after the groups: up to one vector, filled up with zeros. */
INLINE Lanes rest_read(const ELEMENT *x, int64_t count) {
  Lanes lanes = {0};
  memcpy(&lanes, x, (size_t)count * sizeof *x);
  return lanes;
}

INLINE int64_t rest_length(int64_t count) { return count < LANE_COUNT ? count : LANE_COUNT; }

/* False: not all elements are near, and nothing has been done. */
#define NEAR_LOOP(op, all_near) \
  static bool op##_near(ELEMENT *results, const ELEMENT *elements, int64_t count) { \
    int64_t i = 0; \
    if (!all_near(elements, count)) return false; \
    for (; i + LANE_GROUP <= count; i += LANE_GROUP) { \
      Lanes x[LANE_VECTORS]; \
      EACH_VECTOR(k) x[k] = lanes_read(elements + i + k * LANE_COUNT); \
      EACH_VECTOR(k) x[k] = op##_lanes(x[k]); \
      EACH_VECTOR(k) lanes_write(results + i + k * LANE_COUNT, x[k]); \
    } \
    for (; i < count; i += LANE_COUNT) { \
      Lanes x = op##_lanes(rest_read(elements + i, rest_length(count - i))); \
      memcpy(results + i, &x, (size_t)rest_length(count - i) * sizeof *results); \
    } \
    return true; \
  }

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
static bool near_angles(const ELEMENT *x, int64_t count) { return all_within(x, count, ANGLE_NEAR); }
NEAR_LOOP(sin, near_angles)
NEAR_LOOP(cos, near_angles)
NEAR_LOOP(tan, near_angles)
#endif

/* A function and its slope at once. */
#define NEAR_PAIR(name, all_near) \
  static bool name##_near(ELEMENT *results, ELEMENT *slopes, const ELEMENT *elements, int64_t count) { \
    int64_t i = 0; \
    if (!all_near(elements, count)) return false; \
    for (; i + LANE_GROUP <= count; i += LANE_GROUP) { \
      Lanes x[LANE_VECTORS], slope[LANE_VECTORS]; \
      EACH_VECTOR(k) x[k] = lanes_read(elements + i + k * LANE_COUNT); \
      EACH_VECTOR(k) { \
        Sloped_lanes both = name##_lanes(x[k]); \
        x[k] = both.value; \
        slope[k] = both.slope; \
      } \
      EACH_VECTOR(k) lanes_write(results + i + k * LANE_COUNT, x[k]); \
      EACH_VECTOR(k) lanes_write(slopes + i + k * LANE_COUNT, slope[k]); \
    } \
    for (; i < count; i += LANE_COUNT) { \
      int64_t length = rest_length(count - i); \
      Sloped_lanes both = name##_lanes(rest_read(elements + i, length)); \
      memcpy(results + i, &both.value, (size_t)length * sizeof *results); \
      memcpy(slopes + i, &both.slope, (size_t)length * sizeof *slopes); \
    } \
    return true; \
  }
NEAR_PAIR(tanh_both, near_zero)
NEAR_PAIR(sigmoid_both, near_zero)

#undef NEAR_PAIR
#undef NEAR_LOOP
#undef EACH_VECTOR
#include "runtime/kernels/math_real_end.h"
