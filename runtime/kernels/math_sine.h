/* SPDX-License-Identifier: MIT */
/* math_sine.h: sine, cosine and tangent, without branches where angles are near (math_angle.h).  Others are left to the
   C library: `near` says that there are none. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_SINE_H
#define MGRAD_RUNTIME_KERNELS_MATH_SINE_H
#include "runtime/kernels/math_float64.h"

#define ANGLE_NEAR 0x1p20

INLINE bool angle_is_near(double x) { return absolute_float64(x) <= ANGLE_NEAR; }

INLINE double sin_float64(double x, bool near) {
  return near || angle_is_near(x) ? sine_turned_float64(x, 0) : sin(x);
}

INLINE double cos_float64(double x, bool near) {
  return near || angle_is_near(x) ? sine_turned_float64(x, 1) : cos(x);
}

INLINE double tan_float64(double x, bool near) {
  return near || angle_is_near(x) ? tangent_of_float64(angle_reduced_float64(x)) : tan(x);
}

INLINE double cot_float64(double x, bool near) {
  return near || angle_is_near(x) ? cotangent_of_float64(angle_reduced_float64(x)) : 1 / tan(x);
}

/* ---- float32: computed in double precision, with what accuracy is needed */
INLINE float sine_turned_float32(float x, uint64_t turn) {
  double shifted = (double)x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = shifted - 0x1.8p52;
  double r = ((double)x - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34, z = r * r;
  double sine =
      (-0x1.555555545dd83p-3 + z * 0x1.11110deeb33b2p-7) + z * z * (-0x1.a013a6edc8f34p-13 + z * 0x1.6dbdd26f56d2dp-19);
  double cosine = (0x1.555554414e3a6p-5 - z * 0x1.6c12d2887c343p-10) + z * z * 0x1.9bd86445fb99bp-16;
  uint64_t quarters = bits_float64(shifted) + turn;
  double value = by_parity_float64(quarters, 1 - 0.5 * z + z * z * cosine, z == 0 ? r : r + r * z * sine);
  return (float)of_bits_float64(bits_float64(value) ^ (quarters & 2) << 62);
}

INLINE float sin_float32(float x, bool near) {
  return near || angle_is_near((double)x) ? sine_turned_float32(x, 0) : (float)sin((double)x);
}

INLINE float cos_float32(float x, bool near) {
  return near || angle_is_near((double)x) ? sine_turned_float32(x, 1) : (float)cos((double)x);
}

#endif
