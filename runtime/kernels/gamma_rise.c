/* SPDX-License-Identifier: MIT */
/* gamma_rise.c: differences of digamma and of its derivative that keep their digits where both are nearly equal. */
#include "runtime/kernels/math.h"

/* Bernoulli's numbers B_2k for k = 1, 2, ... */
static const long double bernoulli[] = {
  1.0L / 6, -1.0L / 30, 1.0L / 42, -1.0L / 30, 5.0L / 66, -691.0L / 2730, 7.0L / 6, -3617.0L / 510,
};
enum { BERNOULLI = sizeof bernoulli / sizeof *bernoulli, FAR = 20 };

/* Two numbers far out, as 1 / x and the logarithm of y / x. */
typedef struct Pair { long double inverse, logarithm; } Pair;

/* x^-n - y^-n */
static long double fall_of_power(Pair pair, int n) {
  return -powl(pair.inverse, n) * expm1l(-n * pair.logarithm);
}

static long double digamma_far_rise(Pair pair) {
  long double sum = pair.logarithm + fall_of_power(pair, 1) / 2;
  for (int k = 1; k <= BERNOULLI; k++) sum += bernoulli[k - 1] / (2 * k) * fall_of_power(pair, 2 * k);
  return sum;
}

static long double trigamma_far_fall(Pair pair) {
  long double sum = fall_of_power(pair, 1) + fall_of_power(pair, 2) / 2;
  for (int k = 1; k <= BERNOULLI; k++) sum += bernoulli[k - 1] * fall_of_power(pair, 2 * k + 1);
  return sum;
}

/* Both functions are sums over x + k; where x is far they are series. */
double digamma_rise(double x, double y) {
  if (is_whole_rise(x, y)) return digamma_rise(1 - x, -y);
  long double low = x, high = (long double)x + y, sum = 0;
  if (!(x > 0 && high > 0) || !isfinite(x) || !isfinite(y)) return polygamma(0, x + y) - polygamma(0, x);
  for (; low < FAR || high < FAR; low += 1, high += 1) sum += y / (low * high);
  return (double)(sum + digamma_far_rise((Pair){1 / low, log1pl(y / low)}));
}

double trigamma_fall(double x, double y) {
  if (is_whole_rise(x, y)) return -trigamma_fall(1 - x, -y);
  long double low = x, high = (long double)x + y, sum = 0;
  if (!(x > 0 && high > 0) || !isfinite(x) || !isfinite(y)) return polygamma(1, x) - polygamma(1, x + y);
  for (; low < FAR || high < FAR; low += 1, high += 1) sum += y / low / high * (1 / low + 1 / high);
  return (double)(sum + trigamma_far_fall((Pair){1 / low, log1pl(y / low)}));
}
