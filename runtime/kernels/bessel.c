/* SPDX-License-Identifier: MIT */
/* bessel.c: modified Bessel functions of the first kind, in extended precision where the machine has it. */
#include "runtime/kernels/math.h"

#define PI_LONG 3.14159265358979323846264338327950288L

/* (x/2)^order / order! times the sum of (x^2/4)^k order! / (k! (k + order)!): no term is negative. */
static double bessel_series(int order, double x) {
  long double quarter = (long double)x * x / 4, term = 1, sum = 1, first = 1;
  for (int k = 1; k <= order; k++) first *= (long double)x / 2 / k;
  for (int k = 1; k < 20000 && term > 1e-20L * sum; k++) {
    term *= quarter / ((long double)k * (k + order));
    sum += term;
  }
  return (double)(first * sum);
}

/* exp(x) / sqrt(2 pi x) times a series in 1 / (8 x). */
static double bessel_far(int order, double x) {
  long double term = 1, sum = 1, square = 4.0L * order * order, eight = 8 * (long double)x;
  for (int k = 1; k < 40 && fabsl(term) > 1e-20L; k++) {
    long double odd = 2 * k - 1;
    term *= (odd * odd - square) / (eight * k);
    sum += term;
  }
  return (double)(expl(x) / sqrtl(2 * PI_LONG * x) * sum);
}

static double bessel_positive(int order, double x) {
  if (isinf(x)) return INFINITY;
  return x < 40 || (order > 4 && x < 11000) ? bessel_series(order, x) : bessel_far(order, x);
}

double bessel_i(double n, double x) {
  if (!(fabs(n) <= 1000) || n != floor(n) || isnan(x)) return NAN;
  int order = (int)fabs(n);
  double value = bessel_positive(order, fabs(x));
  return order & 1 ? copysign(value, x) : value;
}
