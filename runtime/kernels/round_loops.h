/* SPDX-License-Identifier: MIT */
/* round_loops.h: expands the loops that round to decimals.  The including file defines LOOPS, the name of their table,
   and FEATURES to compile them for more than the baseline (target.h). */
#include <float.h>
#include <math.h>

#include "runtime/kernels/round.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

/* rint(x), as operations that every processor has in vectors: from 2^52 on there are no fractions. */
static inline double to_whole(double x) {
  const double size = fabs(x), whole = copysign((size + 0x1p52) - 0x1p52, x);
  return size < 0x1p52 ? whole : x;
}

/* A number as two of 26 bits, whose products are exact (Veltkamp).  Of the very largest these are no numbers. */
typedef struct Halves { double high, low; } Halves;

static inline Halves halves(double x) {
  const double wide = 0x8000001p0 * x, high = wide - (wide - x);
  return (Halves){high, x - high};
}

/* What the product of x and y loses where it is rounded (Dekker). */
static inline double lost(Halves x, Halves y, double product) {
  return ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low;
}

/* A power of ten.  From 10^23 on it is itself rounded: then what is `near` a number is taken for the number. */
typedef struct Scale { double value, near; Halves halves; } Scale;

static inline Scale scale_of(double value) {
  return (Scale){value, value > 1e22 ? 0x1p-51 : 0, halves(value)};
}

/* To a multiple of 1 / scale.  `moved` may be half a number by rounding alone: what it lost decides. */
static inline double to_fraction(double x, Scale scale, double moved) {
  const double whole = to_whole(moved), rest = moved - whole, more = lost(halves(x), scale.halves, moved);
  const double up = (rest - 0.5) + more > 0 ? whole + 1 : whole;
  return ((rest + 0.5) + more < 0 ? whole - 1 : up) / scale.value;
}

/* To a multiple of scale.  0 stays 0 where scale is infinite. */
static inline double to_multiple(double x, Scale scale, double moved) {
  const double whole = to_whole(moved), half = 0.5 * scale.value, back = whole * scale.value;
  const double rest = x - back, more = -lost(halves(whole), scale.halves, back);
  const double up = (rest - half) + more > 0 ? whole + 1 : whole;
  const double nearest = (rest + half) + more < 0 ? whole - 1 : up;
  return nearest == 0 ? nearest : nearest * scale.value;
}

/* From 2^53 units on, neighbouring numbers are further apart than units: the nearest number is x. */
#define ROUND_LINE(type, scaled, rounding) \
  for (int64_t i = 0; i < count; i++) { \
    const double x = (double)in[i], moved = scaled, rounded = rounding(x, scale, moved); \
    const bool moves = fabs(moved) < 0x1p53 && fabs(rounded - x) > scale.near * fabs(x); \
    out[i] = (type)(moves ? rounded : x); \
  }

#define ROUND(name, type) \
  static void name(type *restrict out, const type *restrict in, int64_t count, double power, bool multiply) { \
    const Scale scale = scale_of(power); \
    if (multiply) ROUND_LINE(type, x * power, to_fraction) \
    else ROUND_LINE(type, x / power, to_multiple) \
  }
ROUND(round_float64, double)
ROUND(round_float32, float)

const RoundLoops LOOPS = {round_float64, round_float32};

#ifdef FEATURES
TARGET_END
#endif
