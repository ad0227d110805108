/* SPDX-License-Identifier: MIT */
/* math_sine.h: sine, cosine and tangent without branches, for angles of up to a million.

   The angle is reduced by the whole multiple of pi/2 next to it; pi/2 comes in parts so short that their products are
   exact, and what subtracting loses is kept.  Both series are summed and one is chosen.  Larger angles are left to the
   C library: `near` says that there are none. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_SINE_H
#define MGRAD_RUNTIME_KERNELS_MATH_SINE_H
#include "runtime/kernels/math_float64.h"

#define ANGLE_NEAR 0x1p20

/* An angle as r + rest within pi/4 of 0, and how many quarters of a turn were taken off (in the low bits). */
typedef struct Angle { uint64_t quarters; double r, rest; } Angle;

INLINE Angle angle_reduced(double x) {
  double shifted = x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = shifted - 0x1.8p52;
  double first = x - n * 0x1.921fb544p0, part = n * 0x1.0b4611a6p-34, second = first - part;
  double lost = (first - second) - part;
  part = n * 0x1.3198a2ep-69;
  double r = second - part;
  lost += (second - r) - part;
  return (Angle){bits_float64(shifted), r, lost - n * 0x1.b839a252049c1p-104};
}

INLINE double sine_series(double r, double rest) {
  double z = r * r, z2 = z * z;
  double series = (-0x1.5555555555555p-3 + z * 0x1.1111111110bb1p-7) +
                  z2 * ((-0x1.a01a019e8357dp-13 + z * 0x1.71de37961e4c6p-19) +
                        z2 * (-0x1.ae600a926c89ap-26 + z * 0x1.5e0af186af739p-33));
  return r + (r * z * series + rest * (1 - 0.5 * z));
}

INLINE double cosine_series(double r, double rest) {
  double z = r * r, z2 = z * z, half = 0.5 * z, start = 1 - half;
  double series = (0x1.5555555555555p-5 - z * 0x1.6c16c16c16966p-10) +
                  z2 * ((0x1.a01a019f4e867p-16 - z * 0x1.27e4fa17a41b4p-22) +
                        z2 * (0x1.1eeb68b109173p-29 - z * 0x1.907d7aebd5e3dp-37));
  return start + (((1 - start) - half) + (z2 * series - r * rest));
}

/* The sine of `turn` quarters of a turn more than x. */
INLINE double sine_turned(double x, uint64_t turn) {
  Angle angle = angle_reduced(x);
  uint64_t quarters = angle.quarters + turn;
  double value = by_parity_float64(quarters, cosine_series(angle.r, angle.rest), sine_series(angle.r, angle.rest));
  return of_bits_float64(bits_float64(value) ^ (quarters & 2) << 62);
}

INLINE bool angle_is_near(double x) { return absolute_float64(x) <= ANGLE_NEAR; }

INLINE double sin_float64(double x, bool near) {
  return near || angle_is_near(x) ? sine_turned(x, 0) : sin(x);
}

INLINE double cos_float64(double x, bool near) {
  return near || angle_is_near(x) ? sine_turned(x, 1) : cos(x);
}

INLINE double tangent_near(double x) {
  Angle angle = angle_reduced(x);
  double sine = sine_series(angle.r, angle.rest), cosine = cosine_series(angle.r, angle.rest);
  return by_parity_float64(angle.quarters, -cosine, sine) / by_parity_float64(angle.quarters, sine, cosine);
}

INLINE double tan_float64(double x, bool near) {
  return near || angle_is_near(x) ? tangent_near(x) : tan(x);
}

INLINE double cotangent_near(double x) {
  Angle angle = angle_reduced(x);
  double sine = sine_series(angle.r, angle.rest), cosine = cosine_series(angle.r, angle.rest);
  return by_parity_float64(angle.quarters, -sine, cosine) / by_parity_float64(angle.quarters, cosine, sine);
}

INLINE double cot_float64(double x, bool near) {
  return near || angle_is_near(x) ? cotangent_near(x) : 1 / tan(x);
}

/* ---- float32: computed in double precision, with what accuracy is needed */
INLINE float sine_turned_float32(float x, uint64_t turn) {
  double shifted = (double)x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = shifted - 0x1.8p52;
  double r = ((double)x - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34, z = r * r;
  double sine = (-0x1.555555545dd83p-3 + z * 0x1.11110deeb33b2p-7) + z * z * (-0x1.a013a6edc8f34p-13 + z * 0x1.6dbdd26f56d2dp-19);
  double cosine = (0x1.555554414e3a6p-5 - z * 0x1.6c12d2887c343p-10) + z * z * 0x1.9bd86445fb99bp-16;
  uint64_t quarters = bits_float64(shifted) + turn;
  double value = by_parity_float64(quarters, 1 - 0.5 * z + z * z * cosine, r + r * z * sine);
  return (float)of_bits_float64(bits_float64(value) ^ (quarters & 2) << 62);
}

INLINE float sin_float32(float x, bool near) {
  return near || angle_is_near((double)x) ? sine_turned_float32(x, 0) : (float)sin((double)x);
}

INLINE float cos_float32(float x, bool near) {
  return near || angle_is_near((double)x) ? sine_turned_float32(x, 1) : (float)cos((double)x);
}

#endif
