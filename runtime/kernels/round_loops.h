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

#define ROUND_LINE(type, scaled, rounded) \
  for (int64_t i = 0; i < count; i++) { \
    const double number = (double)x[i], moved = scaled, whole = to_whole(moved); \
    out[i] = (type)(fabs(moved) <= DBL_MAX ? rounded : number); \
  }

#define ROUND(name, type) \
  static void name(type *restrict out, const type *restrict x, int64_t count, double scale, bool multiply) { \
    if (multiply) ROUND_LINE(type, number * scale, whole / scale) \
    else ROUND_LINE(type, number / scale, whole * scale) \
  }
ROUND(round_float64, double)
ROUND(round_float32, float)

const RoundLoops LOOPS = {round_float64, round_float32};

#ifdef FEATURES
TARGET_END
#endif
