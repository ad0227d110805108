/* SPDX-License-Identifier: MIT */
/* gamma.c: the gamma function and its relatives, computed in extended precision where the machine has it. */
#include <stdbool.h>

#include "runtime/kernels/math.h"

#define PI_LONG 3.14159265358979323846264338327950288L

double gamma_function(double x) {
  return (double)tgammal(x);
}

double log_gamma(double x) {
  int sign;
  return (double)lgammal_r(x, &sign);
}

/* ---- beta */
/* log gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2) for x of at least 100. */
static long double stirling_rest(long double x) {
  long double inverse = 1 / x, square = inverse * inverse;
  return inverse * (1.0L / 12 - square * (1.0L / 360 - square * (1.0L / 1260 - square * (1.0L / 1680))));
}

/* Both large: Stirling's formula, in which the large terms have been cancelled by hand. */
static long double beta_large(long double x, long double y) {
  long double sum = x + y, rest = stirling_rest(x) + stirling_rest(y) - stirling_rest(sum);
  long double powers = x * log1pl(-y / sum) + y * log1pl(-x / sum);
  return sqrtl(2 * PI_LONG * (sum / x) / y) * expl(powers + rest);
}

/* gamma(y) / gamma(x + y) for large y and moderate x, by the same formula. */
static long double beta_mixed(long double x, long double y) {
  long double rest = stirling_rest(y) - stirling_rest(x + y);
  return tgammal(x) * expl(-x * logl(x + y) - (y - 0.5L) * log1pl(x / y) + x + rest);
}

static bool is_pole(long double x) { return x <= 0 && x == floorl(x); }

double beta_function(double x, double y) {
  if (x < y) {
    double smaller = x;
    x = y;
    y = smaller;
  }
  if (x == 0 && y == 0) return INFINITY;
  if (isinf(x) && y > 0) return 0;
  if (is_whole_rise(y, x)) return fmod(x, 2) != 0 ? -beta_function(1 - x - y, x) : beta_function(1 - x - y, x);
  if (is_pole((long double)x + y) && !is_pole(x) && !is_pole(y)) return 0;
  if (y > 1000) return (double)beta_large(x, y);
  if (x > 1000 && x + y > 100) return (double)beta_mixed(y, x);
  return (double)(tgammal(x) * (tgammal(y) / tgammal((long double)x + y)));
}

/* ---- polygamma */
/* B_2k / (2k)! for k = 1, 2, ... */
static const long double bernoulli[] = {
  1.0L / 12,
  -1.0L / 720,
  1.0L / 30240,
  -1.0L / 1209600,
  1.0L / 47900160,
  -691.0L / 1307674368000,
  1.0L / 74724249600,
  -3617.0L / 10670622842880000,
  43867.0L / 5109094217170944000,
};

static long double factorial(int n) {
  long double product = 1;
  for (int k = 2; k <= n; k++) product *= k;
  return product;
}

/* powl takes twenty times as long. */
static long double whole_power(long double x, int n) {
  long double power = 1;
  for (; n > 0; n >>= 1, x *= x)
    if (n & 1) power *= x;
  return power;
}

/* The Euler-Maclaurin series of the n-th derivative, without its sign (-1)^(n+1); x is at least n + 20. */
static long double polygamma_far(int n, long double x) {
  long double inverse = 1 / x, factor = n ? factorial(n - 1) / whole_power(x, n) : 1; /* (n - 1)! / x^n */
  long double sum = n ? factor + n * factor * inverse / 2 : inverse / 2 - logl(x);
  factor *= n ? n : 1;                                                               /* n! / x^n */
  for (int k = 1; k <= (int)(sizeof bernoulli / sizeof *bernoulli); k++) {
    factor *= (long double)(2 * k + n - 1) * inverse;
    long double term = bernoulli[k - 1] * factor * inverse;
    sum += term;
    if (fabsl(term) < 1e-22L * fabsl(sum)) break;
    factor *= (long double)(2 * k + n) * inverse;
  }
  return sum;
}

/* The sum of 1 / (x + k)^power up to where the series holds, where x is moved.  Small powers make one fraction: a
   division takes as long as the rest of a term; large ones would overflow. */
static long double sum_terms(int power, long double *x) {
  enum { SMALL_POWER = 4 };
  long double above = 0, below = 1;
  for (; *x < power + 19; *x += 1) {
    long double term = whole_power(*x, power);
    if (power <= SMALL_POWER) {
      above = above * term + below;
      below *= term;
    } else {
      above += 1 / term;
    }
  }
  return above / below;
}

/* Without its sign: the terms n! / (x + k)^(n+1) up to where the series holds, and the series. */
static long double polygamma_positive(int n, long double x) {
  long double sum = factorial(n) * sum_terms(n + 1, &x);
  return sum + polygamma_far(n, x);
}

/* Near a root digamma is summed as the difference to the root, lest all digits cancel:
   digamma(x) - digamma(root) = (x - root) times the sum of 1 / ((x + k) (root + k)).
   The positive root, and the first negative ones: one between two poles.  Each is the sum of two numbers. */
typedef struct Root { double rounded; long double rest; } Root;
static const Root digamma_roots[] = {
  {1.4616321449683622, 9.54999542996569771518e-17L},   {-0.5040830082644554, -8.15428206243813009371e-18L},
  {-1.5734984731623904, -1.57418569107734700221e-17L}, {-2.6107208684441447, 9.88196074697835218143e-17L},
  {-3.635293366436901, 5.45439616317303896232e-17L},   {-4.653237761743142, -2.54926862014681942639e-16L},
  {-5.6671624415568855, -3.21530510749483343851e-18L}, {-6.678418213073427, 3.47079872349524062923e-16L},
  {-7.687788325031626, -1.35156249464367179647e-16L},  {-8.695764163816401, -3.28599037162894474073e-16L},
  {-9.702672540001863, -3.25631784054014770243e-16L},
};

/* NULL: none is near. */
static const Root *digamma_root_near(double x) {
  size_t place = x > 0 ? 0 : (size_t)fmin(1 - ceil(x), 100); /* from -1 to 0: 1 */
  if (place >= sizeof digamma_roots / sizeof *digamma_roots) return NULL;
  return fabs(x - digamma_roots[place].rounded) < 0.005 ? &digamma_roots[place] : NULL;
}

static double digamma_near_root(double x, const Root *near) {
  long double root = (long double)near->rounded + near->rest;
  long double distance = ((long double)x - near->rounded) - near->rest, sum = 0;
  int k = 0;
  for (; root + k < 25; k++) sum += 1 / ((x + k) * (root + k));
  long double middle = root + k + distance / 2;
  return (double)(distance * (sum + polygamma_far(1, middle) + distance * distance / 24 * polygamma_far(3, middle)));
}

/* The n-th derivative of pi cot(pi x): polynomials in c = cot(pi x), whose derivative is -pi (1 + c^2). */
static long double cotangent_derivative(int n, double x) {
  long double coefficients[128] = {0}, angle = PI_LONG * ((long double)x - rintl((long double)x));
  long double cotangent = fabsl(angle) == PI_LONG / 2 ? 0 : 1 / tanl(angle), value = 0;
  coefficients[1] = PI_LONG;
  for (int order = 1; order <= n; order++) {
    long double next[128] = {0};
    for (int k = 1; k <= order; k++) {
      next[k - 1] -= PI_LONG * k * coefficients[k];
      next[k + 1] -= PI_LONG * k * coefficients[k];
    }
    for (int k = 0; k <= order + 1; k++) coefficients[k] = next[k];
  }
  for (int k = n + 1; k >= 0; k--) value = value * cotangent + coefficients[k];
  return value;
}

static double polygamma_at_pole(int n, double x) {
  if (x == 0) return n & 1 ? INFINITY : copysign(INFINITY, -x);
  return n & 1 ? INFINITY : NAN;
}

double polygamma(double n, double x) {
  if (!(n >= 0 && n <= 120) || n != floor(n) || isnan(x) || x == -INFINITY) return NAN;
  int order = (int)n;
  bool odd = order & 1;
  if (x == INFINITY) return order ? 0 : INFINITY;
  if (is_pole(x)) return polygamma_at_pole(order, x);
  const Root *near = order == 0 ? digamma_root_near(x) : NULL;
  if (near) return digamma_near_root(x, near);
  if (x > 0) return (double)(odd ? polygamma_positive(order, x) : -polygamma_positive(order, x));
  long double mirrored = polygamma_positive(order, 1 - (long double)x);
  return (double)(-mirrored - cotangent_derivative(order, x));
}
