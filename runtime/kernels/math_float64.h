/* SPDX-License-Identifier: MIT */
/* math_float64.h: the functions of math_real.h for float64, and the polynomial of its logarithms (Chebyshev
   interpolation). */
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

/* (log((1 + s) / (1 - s)) - 2 s) / s^3 of z = s^2, for |s| <= 3 - sqrt(8) */
INLINE double log_rest_float64(double z) {
  double z2 = z * z, z4 = z2 * z2;
  double low = (0x1.5555555555558p-1 + z * 0x1.9999999995204p-2) + z2 * (0x1.2492492e09d4dp-2 + z * 0x1.c71c62c639fdep-3);
  return low + z4 * ((0x1.7462bd8f7796ep-3 + z * 0x1.39fd392179a95p-3) + z2 * 0x1.2b6688a387e03p-3);
}

#include "runtime/kernels/math_exp.h"
#include "runtime/kernels/math_real.h"
#include "runtime/kernels/math_real_end.h"

#endif
