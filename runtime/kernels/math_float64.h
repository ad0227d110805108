/* SPDX-License-Identifier: MIT */
/* math_float64.h: the constants of math_real.h for float64, and its polynomials (Chebyshev interpolation). */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_FLOAT64_H
#define MGRAD_RUNTIME_KERNELS_MATH_FLOAT64_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/kernels/inline.h"

#define REAL double
#define BITS uint64_t
#define NAME(f) f##_float64
#define MANTISSA 52
#define BIAS 1023
#define ROUNDING 0x1.8p52           /* adding it rounds to a whole number, in the low bits */
#define WHOLE 0x1p52                /* of_bits(WHOLE_BITS | n) = WHOLE + n */
#define WHOLE_BITS 0x4330000000000000
#define SHORT_MASK 0xffffffff00000000
#define SQRT_HALF_BITS 0x3fe6a09e667f3bcd
#define LEAST_NORMAL 0x1p-1022
#define TINY_SCALE 0x1p54
#define TINY_POWER 54
#define EXP_LEAST -746.0
#define EXP_MOST 711.0
#define EXP2_LEAST -1076.0
#define EXP2_MOST 1025.0
#define EXPM1_LEAST -50.0
#define TANH_MOST 20.0
#define SLOPE_MOST 375.0            /* above it sech(x)^2 is 0 */
#define SLOPE_POWER 1000.0
#define SINH_LEAST 0x1p-28            /* below it sinh(x) is x */
#define ROOTS_MOST 0x1p60            /* above it x^2 + 1 is x^2 */
#define LOG2_E 0x1.71547652b82fep0
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E_SHORT 0x1.71547652p0
#define LOG2_E_REST 0x1.705fc2eefa2p-33
#define LOG10_2_HIGH 0x1.34413509f78p-2
#define LOG10_2_LOW 0x1.fef311f12b358p-46
#define LOG10_E_SHORT 0x1.bcb7b152p-2
#define LOG10_E_REST 0x1.b9438ca9aadd5p-36

INLINE double root_float64(double x) { return sqrt(x); }

/* (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2 */
INLINE double exp_rest_float64(double r) {
  double r2 = r * r, r4 = r2 * r2;
  double low = (0x1p-1 + r * 0x1.5555555555557p-3) + r2 * (0x1.5555555555556p-5 + r * 0x1.11111111100dcp-7);
  double middle = (0x1.6c16c16c162d4p-10 + r * 0x1.a01a01abe7fe1p-13) +
                  r2 * (0x1.a01a01a6d889cp-16 + r * 0x1.71de0231960ebp-19);
  double high = (0x1.27e4db646b17ep-22 + r * 0x1.af4de97ca4194p-26) + r2 * 0x1.1f730349868cep-29;
  return low + r4 * (middle + r4 * high);
}

/* (log((1 + s) / (1 - s)) - 2 s) / s^3 of z = s^2, for |s| <= 3 - sqrt(8) */
INLINE double log_rest_float64(double z) {
  double z2 = z * z, z4 = z2 * z2;
  double low = (0x1.5555555555558p-1 + z * 0x1.9999999995204p-2) + z2 * (0x1.2492492e09d4dp-2 + z * 0x1.c71c62c639fdep-3);
  return low + z4 * ((0x1.7462bd8f7796ep-3 + z * 0x1.39fd392179a95p-3) + z2 * 0x1.2b6688a387e03p-3);
}

#include "runtime/kernels/math_real.h"
#include "runtime/kernels/math_real_end.h"

#endif
