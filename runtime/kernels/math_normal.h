/* SPDX-License-Identifier: MIT */
/* math_normal.h: exponentials of squares and what derivatives make of exponentials, as short lines that vectorise.

   The square of x has twice as many digits as x, and exp(-x^2) needs all of them: x is cut in two parts, the square of
   the high one is exact, and the rest joins what the reduction of exp leaves over. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_NORMAL_H
#define MGRAD_RUNTIME_KERNELS_MATH_NORMAL_H
#include "runtime/kernels/math_float32.h"
#include "runtime/kernels/math_float64.h"

/* ---- the bell curve */
/* weight exp(extra - factor x^2), where factor is a power of two, extra tiny, and |x| has been limited to where the
   power is not 0; rounded once where it is subnormal. */
INLINE double weighted_exp_of_square(double size, double factor, double extra, double weight) {
  double high = of_bits_float64(bits_float64(size) & 0xfffffffff8000000);
  double more = factor * ((size - high) * (size + high));
  Reduced_float64 part = reduced_float64(-factor * (high * high));
  double r = part.r - more, rest = extra + (part.rest + ((part.r - r) - more));
  return scaled_float64(exp_sum_float64(1, r, rest) * weight, part.shifted, 0);
}

INLINE double exp_of_square(double size, double factor) { return weighted_exp_of_square(size, factor, 0, 1); }

INLINE double gaussian_float64(double x) { return exp_of_square(limited_float64(absolute_float64(x), 0, 27.3), 1); }
INLINE double normal_density_float64(double x) {
  return 0.3989422804014327 * exp_of_square(limited_float64(absolute_float64(x), 0, 38.6), 0.5);
}

/* The square of a float is exact in double precision. */
INLINE float gaussian_float32(float x) { return (float)exp_float64(-(double)x * (double)x); }
INLINE float normal_density_float32(float x) {
  return (float)(0.3989422804014327 * exp_float64(-0.5 * (double)x * (double)x));
}

/* ---- shares */
/* 1 / (1 + exp(-(difference + lost))), where `power` is exp(-|difference|) and `lost` what rounding took off. */
INLINE double share_of(double difference, double power, double lost) {
  double near = 1 / (1 + power), far = power / (1 + power);
  double value = difference < 0 ? far : near, other = difference < 0 ? near : far;
  return value + value * (lost * other);
}

/* What x - y loses, where that matters to an exponential. */
INLINE double difference_lost(double x, double y, double difference) {
  double back = difference - x, lost = (x - (difference - back)) - (y + back);
  return absolute_float64(difference) < 2000 ? lost : 0;
}

/* exp(x) / (exp(x) + exp(y)), and the same to base 2 */
INLINE double exp_share(double x, double y) {
  double difference = x - y;
  return share_of(difference, exp_float64(-absolute_float64(difference)), difference_lost(x, y, difference));
}
INLINE double exp2_share(double x, double y) {
  double difference = x - y, lost = M_LN2 * difference_lost(x, y, difference);
  return share_of(difference, exp2_float64(-absolute_float64(difference)), lost);
}

#endif
