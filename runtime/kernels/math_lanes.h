/* SPDX-License-Identifier: MIT */
/* math_lanes.h: the exponentials of near numbers, several vectors at a time.

   An exponential is a long chain of operations that wait for each other.  Compilers put the chains of a loop one behind
   the other, and a processor that looks a chain ahead still finds little to do; four chains side by side keep it busy.
   Near numbers need no care for results that overflow or are subnormal.  The bits are those of math_real.h.

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

/* |x| up to which none of these functions comes near the ends of the range. */
enum { NEAR_LIMIT = (int)NEAR_MOST };

INLINE Lanes exp_lanes(Lanes x) {
  Reduced_lanes part = reduced_beside_lanes(x, ROUNDING);
  Lanes one = {0}, value = exp_sum_lanes(one + 1, part.r, part.rest);
  return of_bits_lanes(bits_lanes(value) + (bits_lanes(part.shifted) << MANTISSA));
}

INLINE Lanes sigmoid_lanes(Lanes x) {
  Lanes e = exp_lanes(-absolute_lanes(x)), one = {0};
  return CHOSEN(x < 0, e, one + 1) / (1 + e);
}

/* exp(2 |x|) - 1 */
INLINE Lanes tanh_power_lanes(Lanes x) {
  Lanes size = absolute_lanes(x);
  Reduced_lanes part = reduced_beside_lanes(size + size, ROUNDING + (BIAS + 1));
  return grown_lanes(of_bits_lanes((bits_lanes(part.shifted) - 1) << MANTISSA), part.r, part.rest);
}

INLINE TanhSlope_lanes tanh_slope_lanes(Lanes x) {
  Lanes e = tanh_power_lanes(x), h = 1 / (e + 2), q = h + h;
  return (TanhSlope_lanes){with_sign_lanes(tanh_of_lanes(e, h), x), q * (2 - q)};
}

INLINE Lanes tanh_lanes(Lanes x) { return tanh_slope_lanes(x).tanh; }
INLINE Lanes sech_squared_lanes(Lanes x) { return tanh_slope_lanes(x).slope; }

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

#define NEAR_LOOP(op) \
  static void op##_near(ELEMENT *results, const ELEMENT *elements, int64_t count) { \
    int64_t i = 0; \
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
  }

NEAR_LOOP(exp)
NEAR_LOOP(sigmoid)
NEAR_LOOP(tanh)
NEAR_LOOP(sech_squared)

static void tanh_slope_near(ELEMENT *results, ELEMENT *slopes, const ELEMENT *elements, int64_t count) {
  int64_t i = 0;
  for (; i + LANE_GROUP <= count; i += LANE_GROUP) {
    Lanes x[LANE_VECTORS], slope[LANE_VECTORS];
    EACH_VECTOR(k) x[k] = lanes_read(elements + i + k * LANE_COUNT);
    EACH_VECTOR(k) {
      TanhSlope_lanes both = tanh_slope_lanes(x[k]);
      x[k] = both.tanh;
      slope[k] = both.slope;
    }
    EACH_VECTOR(k) lanes_write(results + i + k * LANE_COUNT, x[k]);
    EACH_VECTOR(k) lanes_write(slopes + i + k * LANE_COUNT, slope[k]);
  }
  for (; i < count; i += LANE_COUNT) {
    int64_t length = rest_length(count - i);
    TanhSlope_lanes both = tanh_slope_lanes(rest_read(elements + i, length));
    memcpy(results + i, &both.tanh, (size_t)length * sizeof *results);
    memcpy(slopes + i, &both.slope, (size_t)length * sizeof *slopes);
  }
}

#undef NEAR_LOOP
#undef EACH_VECTOR
#include "runtime/kernels/math_real_end.h"
