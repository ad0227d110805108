/* SPDX-License-Identifier: MIT */
/* gamma.c: the gamma function and its relatives, in extended precision where digits would be lost otherwise and the
   machine has it. */
#include <stdbool.h>

#include "runtime/kernels/math.h"

#define PI_LONG 3.14159265358979323846264338327950288L

/* Of a constant, the sum of two numbers, and 4 n coefficients of t, t^2, ...: four polynomials in t^4 side by side. */
static double polynomial(double constant, double rest, const double (*coefficients)[4], int n, double t) {
  double sums[4] = {0}, square = t * t, step = square * square;
  for (int i = n - 1; i >= 0; i--)
    for (int k = 0; k < 4; k++) sums[k] = sums[k] * step + coefficients[i][k];
  return constant + (rest + t * ((sums[0] + t * sums[1]) + square * (sums[2] + t * sums[3])));
}

/* ---- gamma */
/* gamma(x) for x from 2 to 3, of t = x - 2.5 (Chebyshev interpolation); the constant has more digits than the rest,
   which is smaller. */
static long double gamma_middle(double t) {
  static const double coefficients[][4] = {
    {0x1.de9585f1a7093p-1, 0x1.4f224d4b7e01cp-1, 0x1.03f6d2fa4f4f8p-2, 0x1.c138b89492c58p-4},
    {0x1.d0a9bc49353e8p-6, 0x1.5489cc6ba9da5p-7, 0x1.a55ed20e48ccdp-10, 0x1.8b8fcdaba636bp-11},
    {0x1.08876031c24dfp-18, 0x1.013c8f193e527p-14, -0x1.ad8d789ecb505p-17, 0x1.e6ccf03f7891bp-18},
    {-0x1.579e075a9863ap-19, 0x1.227a08d84f6e6p-20, -0x1.c93c2e0b44567p-22, 0x1.70ce23479cc0cp-23},
    {-0x1.1fb9c4a7fd7f0p-24, 0x1.cd08a4b5f9316p-26, -0x1.d30d349780940p-27, 0x1.75c71f40c2e32p-28},
  };
  return 1.32934038817913702047362561251L + polynomial(0, 0, coefficients, 5, t);
}

/* gamma(x + 1) = x gamma(x), from and to where that takes a few steps. */
static double gamma_by_steps(long double x) {
  long double above = 1, below = 1;
  for (; x >= 3; above *= x) x -= 1;
  for (; x < 2; x += 1) below *= x;
  return (double)(gamma_middle((double)(x - 2.5L)) * above / below);
}

double gamma_function(double x) {
  enum { MOST = 171 };
  return fabs(x) < MOST && fabs(x) > 1e-300 && (x > 0 || x != floor(x)) ? gamma_by_steps(x) : (double)tgammal(x);
}

double log_gamma(double x) {
  int sign;
  return x > 0 ? lgamma_r(x, &sign) : (double)lgammal_r(x, &sign);
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
   The first negative roots: one between two poles.  Each is the sum of two numbers. */
typedef struct Root { double rounded; long double rest; } Root;
static const Root digamma_roots[] = {
  {-0.5040830082644554, -8.15428206243813009371e-18L}, {-1.5734984731623904, -1.57418569107734700221e-17L},
  {-2.6107208684441447, 9.88196074697835218143e-17L},  {-3.635293366436901, 5.45439616317303896232e-17L},
  {-4.653237761743142, -2.54926862014681942639e-16L},  {-5.6671624415568855, -3.21530510749483343851e-18L},
  {-6.678418213073427, 3.47079872349524062923e-16L},   {-7.687788325031626, -1.35156249464367179647e-16L},
  {-8.695764163816401, -3.28599037162894474073e-16L},  {-9.702672540001863, -3.25631784054014770243e-16L},
};

/* NULL: none is near. */
static const Root *digamma_root_near(double x) {
  size_t place = (size_t)fmin(-ceil(x), 100); /* from -1 to 0: 0 */
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

/* ---- digamma of positive numbers, in double precision */
/* digamma(x) / (x - root) for x from 1 to 2, of t = x - 1.5 (Chebyshev interpolation) */
static double digamma_slope(double t) {
  static const double coefficients[][4] = {
    {-0x1.b1cb63005ee98p-2, 0x1.eca189b8e6f6dp-3, -0x1.2feeeb98a78eap-3, 0x1.8512e5903903ep-4},
    {-0x1.fb44202a2306bp-5, 0x1.4de9aa1779d23p-5, -0x1.b9f8b11bfd3d0p-6, 0x1.2564717896ec6p-6},
    {-0x1.863563f44f303p-7, 0x1.03c0adafa529cp-7, -0x1.5a06a5d662cb4p-8, 0x1.cd2011454fd05p-9},
    {-0x1.336dbe66757c8p-9, 0x1.99d3f5c0cad5ep-10, -0x1.0fb38d217b800p-10, 0x1.6a3e76070c135p-11},
    {-0x1.fd8e50abf2196p-12, 0x1.53b23429da21bp-12, -0x1.2fae5cb379bf2p-13, 0x1.94e73cc9821e1p-14},
    {-0x1.75c084e78a4cdp-13, 0x1.f255c4568ac4dp-14, 0, 0},
  };
  return polynomial(0x1.e6f0cbb873616p-1, 0x1.8f70c7a125e6ap-55, coefficients, 6, t);
}

/* digamma(x) for x from 2 to 3, of t = x - 2.5 */
static double digamma_middle(double t) {
  static const double coefficients[][4] = {
    {0x1.f62057f7296c9p-2, -0x1.e3bef327df0bbp-4, 0x1.31b4c4359dfc1p-5, -0x1.ac61ab99aa0c2p-7},
    {0x1.3bf9d580eca63p-8, -0x1.dfdf12a9e0a16p-10, 0x1.72e0083e31eb9p-11, -0x1.21de1cbb6fb92p-12},
    {0x1.c872e1d080f68p-14, -0x1.692591f85a2a2p-15, 0x1.1eb450a1c8693p-16, -0x1.c88ea54caa83bp-18},
    {0x1.6bdd21d1e0e15p-19, -0x1.1da25ea5c22dfp-20, 0x1.c8237f5d7ad8ap-22, -0x1.bc4331d5b7550p-23},
    {0x1.631998b999cb9p-24, 0, 0, 0},
  };
  return polynomial(0x1.680425af12b5ep-1, -0x1.8de5425897876p-58, coefficients, 5, t);
}

/* The asymptotic series, for x of at least 10 */
static double digamma_series(double x) {
  double inverse = 1 / x, z = inverse * inverse, z2 = z * z;
  double low = (1.0 / 12 - z * (1.0 / 120)) + z2 * (1.0 / 252 - z * (1.0 / 240));
  double high = (1.0 / 132 - z * (691.0 / 32760)) + z2 * (1.0 / 12);
  return log_float64(x) - (0.5 * inverse + z * (low + z2 * z2 * high));
}

/* Sums of terms of one sign, or of a small one and a large: below 1, digamma(x) = digamma(x + 1) - (1 - x) / x - 1, and
   from 3 on, digamma(x) = digamma(x - n) + 1 / (x - 1) + ... + 1 / (x - n).  The root of digamma is the sum of two
   numbers, and the root less 1 of two others. */
static double digamma_positive(double x) {
  if (x >= 10) return digamma_series(x);
  if (x < 1) {
    double above_root = (x - 0x1.d8b618d5af8fep-2) + 0x1.1e563779a1f5bp-56;
    return (above_root * digamma_slope(x - 0.5) - (1 - x) / x) - 1;
  }
  if (x < 2) return ((x - 0x1.762d86356be3fp+0) - 0x1.b86a722197829p-54) * digamma_slope(x - 1.5);
  double sum = 0, part = x;
  while (part >= 3) part -= 1, sum += 1 / part;
  return sum + digamma_middle(part - 2.5);
}

/* ---- trigamma of positive numbers, in double precision */
/* The asymptotic series, for x of at least 12 (NIST DLMF, 5.15.8) */
static double trigamma_series(double x) {
  double inverse = 1 / x, z = inverse * inverse, z2 = z * z;
  double low = (1.0 / 6 - z * (1.0 / 30)) + z2 * (1.0 / 42 - z * (1.0 / 30));
  double high = (5.0 / 66 - z * (691.0 / 2730)) + z2 * (7.0 / 6);
  return inverse + (0.5 * z + inverse * z * (low + z2 * z2 * high));
}

/* trigamma(x) = 1 / x^2 + 1 / (x + 1)^2 + ... + trigamma(x + n), the smallest first */
static double trigamma_positive(double x) {
  int n = x < 12 ? (int)ceil(12 - x) : 0;
  double sum = trigamma_series(x + n);
  while (--n >= 0) sum += 1 / ((x + n) * (x + n));
  return sum;
}

enum {
  POLYGAMMA_MOST = 1500,   /* above which factorials and powers leave the range of long doubles */
  POLYGAMMA_NEAREST = 120, /* above which only the nearest poles count */
};

/* The same as the sum over the poles, (-1)^n n! / (distance)^(n+1); those on the two sides cancel in the middle. */
static long double nearest_poles(int n, double x) {
  long double distance = (long double)x - rintl((long double)x), sum = 0;
  if (fabsl(distance) == 0.5L && n % 2 == 0) return 0;
  for (int k = -2; k <= 2; k++) sum += 1 / whole_power(distance + k, n + 1);
  return (n % 2 ? -1 : 1) * factorial(n) * sum;
}

/* The n-th derivative of pi cot(pi x): polynomials in c = cot(pi x), whose derivative is -pi (1 + c^2). */
static long double cotangent_derivative(int n, double x) {
  if (n > POLYGAMMA_NEAREST) return nearest_poles(n, x);
  long double coefficients[POLYGAMMA_NEAREST + 2], angle = PI_LONG * ((long double)x - rintl((long double)x));
  long double cotangent = fabsl(angle) == PI_LONG / 2 ? 0 : 1 / tanl(angle), value = 0;
  for (int k = 0; k <= n + 1; k++) coefficients[k] = k == 1 ? PI_LONG : 0;
  for (int order = 1; order <= n; order++) {
    long double next[POLYGAMMA_NEAREST + 2];
    for (int k = 0; k <= order + 1; k++) next[k] = 0;
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
  if (!(n >= 0 && n <= POLYGAMMA_MOST) || n != floor(n) || isnan(x) || x == -INFINITY) return NAN;
  int order = (int)n;
  bool odd = order & 1;
  if (x == INFINITY) return order ? 0 : INFINITY;
  if (is_pole(x)) return polygamma_at_pole(order, x);
  if (order == 0 && x > 0) return digamma_positive(x);
  if (order == 1 && x > 1e-150) return trigamma_positive(x); /* the square of less is subnormal */
  const Root *near = order == 0 ? digamma_root_near(x) : NULL;
  if (near) return digamma_near_root(x, near);
  if (x > 0) return (double)(odd ? polygamma_positive(order, x) : -polygamma_positive(order, x));
  long double mirrored = polygamma_positive(order, 1 - (long double)x);
  return (double)(-mirrored - cotangent_derivative(order, x));
}
