/* SPDX-License-Identifier: MIT */
/* math_sine.h: sine, cosine and tangent, without branches where angles are near (math_angle.h).  Others are left to the
   C library: `near` says that there are none.  And sinc, whose angles are reduced before pi comes in. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_SINE_H
#define MGRAD_RUNTIME_KERNELS_MATH_SINE_H
#include "runtime/kernels/math_float64.h"
#include "runtime/kernels/math_power.h"

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

/* ---- sinc */
#define PI_HEAD 0x1.921fb544p1
#define PI_TAIL 0x1.0b4611a626331p-33

/* sin(pi x): whole numbers, as all from 2^52 on are, give 0 exactly. */
INLINE double sine_of_turns(double x) {
  double turns = 0.5 * limited_float64(x, -0x1p52, 0x1p52), part = x - 2 * ((turns + 0x1.8p52) - 0x1.8p52);
  part = absolute_float64(x) >= 0x1p52 ? 0 : part;
  part = absolute_float64(part) > 0.5 ? with_sign_float64(1, part) - part : part;
  double angle = M_PI * part, rest = product_rest(part, angle, PI_HEAD, PI_TAIL);
  Angle_float64 reduced = angle_reduced_float64(angle);
  return sine_of_float64(reduced, 0) + rest * sine_of_float64(reduced, 1);
}

/* sin(pi x) / (pi x), and 1 at 0 */
INLINE double sinc_of(double x) {
  double angle = M_PI * x, rest = product_rest(x, angle, PI_HEAD, PI_TAIL), value = sine_of_turns(x) / angle;
  double near = 1 - angle * angle / 6, far = value - value * (rest / angle);
  far = absolute_float64(angle) == (double)INFINITY ? 0 : far;
  return absolute_float64(x) < 1e-5 ? near : far;
}

#endif
