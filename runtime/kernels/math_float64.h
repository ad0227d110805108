/* SPDX-License-Identifier: MIT */
/* math_float64.h: the functions of math_real.h for float64, and the polynomials of arcs and roots (exchange algorithm
   of Remez, for the relative error of the function). */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_FLOAT64_H
#define MGRAD_RUNTIME_KERNELS_MATH_FLOAT64_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/kernels/inline.h"
#include "runtime/kernels/math_constants_float64.h"

#define REAL double
#define BITS WORD
#define NAME(f) f##_float64
#define CHOSEN(condition, yes, no) ((condition) ? (yes) : (no))

INLINE double root_float64(double x) { return sqrt(x); }

/* (arcsin(s) - s) / s^3 of z = s^2, for |s| <= 1/2 */
INLINE double arcsin_rest_float64(double z) {
  double z2 = z * z, z4 = z2 * z2;
  double first =
      (0x1.5555555555373p-3 + z * 0x1.333333337204fp-4) + z2 * (0x1.6db6db401e838p-5 + z * 0x1.f1c72d0225635p-6);
  double second =
      (0x1.6e89e0da2d62bp-6 + z * 0x1.1c6d0dc44070ep-6) + z2 * (0x1.c6e60ff71efa3p-7 + z * 0x1.8f61cd1c8c856p-7);
  double third =
      (0x1.a6577c3829998p-8 + z * 0x1.43c33bcb41e38p-6) + z2 * (-0x1.0fe570414afcfp-6 + z * 0x1.078a40f756c9dp-5);
  return first + z4 * (second + z4 * third);
}

/* (arctan(t) - t) / t^3 of z = t^2, for |t| <= 1 */
INLINE double arctan_rest_float64(double z) {
  double z2 = z * z, z4 = z2 * z2, z8 = z4 * z4;
  double first =
      (-0x1.5555555555526p-2 + z * 0x1.99999999955b1p-3) + z2 * (-0x1.249249237f4aap-3 + z * 0x1.c71c717fcc6e2p-4);
  double second =
      (-0x1.745d11ae41fcbp-4 + z * 0x1.3b13669803b99p-4) + z2 * (-0x1.110e5116ca05ep-4 + z * 0x1.e1bba5ba66b43p-5);
  double third =
      (-0x1.ae5e6fe5e1968p-5 + z * 0x1.82dace9fe642p-5) + z2 * (-0x1.59a3e93c10229p-5 + z * 0x1.2c2e330bf5215p-5);
  double fourth =
      (-0x1.e9f991520217p-6 + z * 0x1.683c3976b3e62p-6) + z2 * (-0x1.c78ecc420909cp-7 + z * 0x1.d7b7cd56f939p-8);
  double fifth =
      (-0x1.7a384600d18efp-9 + z * 0x1.b3f8fdb8057abp-11) + z2 * (-0x1.3f34cb765a92fp-13 + z * 0x1.bbeb49452391bp-17);
  return (first + z4 * second) + z8 * ((third + z4 * fourth) + z8 * fifth);
}

/* (1 - e)^(-1/3) for |e| <= 0.1025 */
INLINE double cube_root_rest_float64(double e) {
  double e2 = e * e;
  return (0x1.00000015e83efp0 + e * 0x1.555430c0a899ep-2) +
         e2 * ((0x1.c7186015a9b7fp-3 + e * 0x1.655d07b120204p-3) + e2 * 0x1.2abfc6aa7908p-3);
}

#include "runtime/kernels/math_exp.h"
#include "runtime/kernels/math_log.h"
#include "runtime/kernels/math_angle.h"
#include "runtime/kernels/math_real.h"
#include "runtime/kernels/math_root.h"
#include "runtime/kernels/math_arc.h"
#include "runtime/kernels/math_error_float64.h"
#include "runtime/kernels/math_error.h"
#include "runtime/kernels/math_real_end.h"

#endif
