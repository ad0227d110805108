/* SPDX-License-Identifier: MIT */
/* math.c: integer arithmetic, division and the derivatives of sinc. */
#include "runtime/kernels/math.h"

#include <stdbool.h>

#define PI_LONG 3.14159265358979323846264338327950288L

/* ---- integers */
int64_t integer_power(int64_t x, int64_t y) {
  int64_t result = y >= 0;
  for (; y > 0; y >>= 1) {
    if (y & 1) result = integer_multiply(result, x);
    x = integer_multiply(x, x);
  }
  return result;
}

/* Dividing by -1 is the one division that can overflow. */
int64_t integer_floor_divide(int64_t x, int64_t y) {
  if (y == 0) return 0;
  if (y == -1) return integer_negative(x);
  int64_t quotient = x / y;
  return quotient - (x % y != 0 && (x < 0) != (y < 0));
}

int64_t integer_floor_remainder(int64_t x, int64_t y) {
  int64_t remainder = integer_remainder(x, y);
  return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder;
}

int64_t integer_remainder(int64_t x, int64_t y) {
  return y == 0 || y == -1 ? 0 : x % y;
}

/* ---- division */
/* Rounding keeps order, so a rounded quotient that is not whole has the floor of the exact one.  A whole one may have
   been rounded up to: the sign of the exact remainder tells. */
double floor_quotient(double x, double y) {
  double quotient = x / y, whole = floor(quotient);
  if (whole != quotient) return whole;
  if (isinf(x)) return y == 0 ? quotient : NAN;
  if (isinf(quotient)) return quotient;
  if (isinf(y)) return x != 0 && (x < 0) != (y < 0) ? -1 : quotient; /* 0 with its sign */
  double remainder = fma(-quotient, y, x);
  return remainder != 0 && (remainder < 0) != (y < 0) ? whole - 1 : whole;
}

double far_floor_remainder(double x, double y) {
  double remainder = fmod(x, y);
  if (remainder == 0) return copysign(0, y);
  return (remainder < 0) != (y < 0) ? remainder + y : remainder;
}

/* ---- sinc */
/* Powers of t: the n-th derivative of sin(t) / t is the sum over even m of +-t^(m - n) / ((m - n)! (m + 1)). */
static long double sinc_series(int n, long double t) {
  int m = n + (n & 1);
  long double power = n & 1 ? t : 1, sum = 0;
  if (m & 2) power = -power;
  for (; m - n < 400; m += 2) {
    long double term = power / (m + 1);
    sum += term;
    if (fabsl(term) < 1e-22L * fabsl(sum) || term == 0) break;
    power *= -t * t / ((long double)(m - n + 1) * (m - n + 2));
  }
  return sum;
}

/* t f_k + k f_(k-1) = sin(t + k pi/2), from t f_0 = sin t; errors shrink while k is below t. */
static long double sinc_recurrence(int n, long double t, double x) {
  long double part = (long double)x - 2 * rintl((long double)x / 2), angle = PI_LONG * part;
  long double waves[4] = {sinl(angle), cosl(angle), -sinl(angle), -cosl(angle)};
  long double value = waves[0] / t;
  for (int k = 1; k <= n; k++) value = (waves[k & 3] - k * value) / t;
  return value;
}

double sinc_derivative(double n, double x) {
  if (!(n >= 0 && n <= 1000) || n != floor(n) || isnan(x)) return NAN;
  if (isinf(x)) return 0;
  if (n == 0) return sinc_of(x);
  long double t = PI_LONG * (long double)x;
  bool series = fabsl(t) < (n < 4 ? 4 : n);
  long double value = series ? sinc_series((int)n, t) : sinc_recurrence((int)n, t, x);
  return (double)(value * powl(PI_LONG, (long double)n));
}
