/* SPDX-License-Identifier: MIT */
/* math_share.h: what derivatives make of exponentials, as short lines that vectorise. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_SHARE_H
#define MGRAD_RUNTIME_KERNELS_MATH_SHARE_H
#include "runtime/kernels/math_float64.h"

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
