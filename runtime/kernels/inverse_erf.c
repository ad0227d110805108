/* SPDX-License-Identifier: MIT */
/* inverse_erf.c: the inverse error function. */
#include "runtime/kernels/math.h"

/* A closed form (after Winitzki) that is good to 1 part in 300. */
static double inverse_erf_guess(double x) {
  double logarithm = log1p_float64(-x * x), half = 2 / (M_PI * 0.147) + logarithm / 2;
  return x < 0.1 ? x / M_2_SQRTPI : sqrt(sqrt(half * half - logarithm / 0.147) - half);
}

/* Halley's steps on erf, or on its complement where that is the smaller; 1 - x is exact there. */
static double inverse_erf_positive(double x) {
  double y = inverse_erf_guess(x);
  for (int step = 0; step < 3; step++) {
    double error = x < 0.5 ? erf(y) - x : (1 - x) - erfc(y);
    double newton = error / (M_2_SQRTPI * exp_float64(-y * y));
    y -= newton / (1 + y * newton);
  }
  return y;
}

double inverse_erf(double x) {
  if (!(fabs(x) <= 1)) return NAN;
  if (fabs(x) == 1) return copysign(INFINITY, x);
  if (fabs(x) < 1e-9) return x / M_2_SQRTPI;
  return copysign(inverse_erf_positive(fabs(x)), x);
}

/* The last step is kept apart from y: what rounding y would lose counts 2 y^2 times in exp(y^2). */
double inverse_erf_slope(double x) {
  double size = fabs(x), y = inverse_erf(size);
  if (!isfinite(y)) return y;
  long double far = 1 - (long double)size, error = size < 0.5 ? erfl(y) - size : far - erfcl(y);
  double bell = gaussian_float64(y), step = (double)error / (M_2_SQRTPI * bell);
  return (1 / M_2_SQRTPI) / bell * (1 - 2 * y * step);
}
