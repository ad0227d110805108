/* SPDX-License-Identifier: MIT */
/* random.c: the generator, and single numbers of every distribution.

   xoshiro256++ (Blackman and Vigna) seeded by splitmix64; normals by the ziggurat method (Marsaglia and Tsang, in
   Doornik's form) with 256 layers; gamma numbers after Marsaglia and Tsang; Poisson and binomial numbers by splitting
   at a gamma or beta number until few are left (Ahrens and Dieter). */
#include "runtime/random.h"

#include <math.h>

__extension__ typedef unsigned __int128 Wide;

/* ---- mathematics that is the same everywhere: only + - * / sqrt and exact scaling by powers of two */
static const double log_2_high = 0x1.62e42fefa3800p-1, log_2_low = 0x1.ef35793c76730p-45; /* log(2) in two parts */

static double exact_log(double x) {
  int exponent;
  double fraction = frexp(x, &exponent);
  if (fraction < 0.70710678118654752) {
    fraction *= 2;
    exponent--;
  }
  double s = (fraction - 1) / (fraction + 1), square = s * s, sum = 0;
  for (int k = 25; k >= 3; k -= 2) sum = (sum + 1.0 / k) * square;
  return exponent * log_2_high + (2 * s + (2 * s * sum + exponent * log_2_low));
}

static double exact_exp(double x) {
  if (x < -745) return 0;
  if (x > 709) return INFINITY;
  double power = floor(x / log_2_high + 0.5), rest = (x - power * log_2_high) - power * log_2_low, sum = 1;
  for (int k = 18; k >= 1; k--) sum = 1 + sum * rest / k;
  return ldexp(sum, (int)power);
}

/* ---- bits */
static uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

void random_seed(Random *random, uint64_t seed) {
  for (int i = 0; i < 4; i++) {
    uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    random->state[i] = z ^ z >> 31;
  }
}

uint64_t random_next(Random *random) {
  uint64_t *s = random->state;
  if (!(s[0] | s[1] | s[2] | s[3])) random_seed(random, 0); /* zeros would follow for ever */
  uint64_t result = rotate(s[0] + s[3], 23) + s[0], shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate(s[3], 45);
  return result;
}

double random_uniform(Random *random) {
  return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* (0, 1]: never 0, so that its logarithm exists. */
static double positive_uniform(Random *random) {
  return (double)((random_next(random) >> 11) + 1) * 0x1p-53;
}

/* Lemire's method: the high half of a product, rejecting the few low halves that would make a number too frequent. */
uint64_t random_below(Random *random, uint64_t bound) {
  if (bound == 0) return random_next(random);
  Wide product = (Wide)random_next(random) * bound;
  if ((uint64_t)product < bound) {
    uint64_t least = (0 - bound) % bound;
    while ((uint64_t)product < least) product = (Wide)random_next(random) * bound;
  }
  return (uint64_t)(product >> 64);
}

/* ---- normal */
/* Layer i reaches from 0 to edges[i]; heights[i] is the density there.  All layers have the same area; layer 0 holds
   the tail beyond edges[1]. */
enum { LAYERS = 256 };
#define TAIL_START 3.654152885361009
#define LAYER_AREA 0.004928673233974658
static struct Ziggurat { bool ready; double edges[LAYERS + 1], heights[LAYERS + 1]; } ziggurat;

static void build_ziggurat(void) {
  double *x = ziggurat.edges, *f = ziggurat.heights;
  x[1] = TAIL_START;
  f[1] = exact_exp(-0.5 * TAIL_START * TAIL_START);
  x[0] = LAYER_AREA / f[1];
  f[0] = 0;
  for (int i = 2; i < LAYERS; i++) {
    f[i] = f[i - 1] + LAYER_AREA / x[i - 1];
    x[i] = sqrt(-2 * exact_log(f[i]));
  }
  x[LAYERS] = 0;
  f[LAYERS] = 1;
  ziggurat.ready = true;
}

static double normal_tail(Random *random) {
  double x, y;
  do {
    x = -exact_log(positive_uniform(random)) / TAIL_START;
    y = -exact_log(positive_uniform(random));
  } while (2 * y < x * x);
  return TAIL_START + x;
}

double random_normal(Random *random) {
  if (!ziggurat.ready) build_ziggurat();
  const double *x = ziggurat.edges, *f = ziggurat.heights;
  for (;;) {
    uint64_t bits = random_next(random);
    int layer = (int)(bits & (LAYERS - 1));
    double sign = bits >> 8 & 1 ? -1 : 1, number = (double)(bits >> 11) * 0x1p-53 * x[layer];
    if (number < x[layer + 1]) return sign * number;
    if (layer == 0) return sign * normal_tail(random);
    double height = f[layer] + random_uniform(random) * (f[layer + 1] - f[layer]);
    if (height < exact_exp(-0.5 * number * number)) return sign * number;
  }
}

/* ---- waiting times and proportions */
double random_exponential(Random *random) {
  return -exact_log(positive_uniform(random));
}

double random_gamma(Random *random, double shape) {
  double boost = 1;
  if (shape < 1) {
    boost = exact_exp(exact_log(positive_uniform(random)) / shape);
    shape += 1;
  }
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double x = random_normal(random), t = 1 + c * x, v = t * t * t;
    if (v <= 0) continue;
    if (exact_log(positive_uniform(random)) < 0.5 * x * x + d - d * v + d * exact_log(v)) return boost * d * v;
  }
}

/* Small parameters (Jöhnk): powers of uniforms, which may be too small for a double: then their logarithms decide. */
static double beta_by_powers(Random *random, double a, double b) {
  for (;;) {
    double log_x = exact_log(positive_uniform(random)) / a, log_y = exact_log(positive_uniform(random)) / b;
    double x = exact_exp(log_x), y = exact_exp(log_y);
    if (x + y > 1) continue;
    if (x + y > 0) return x / (x + y);
    double larger = log_x > log_y ? log_x : log_y;
    x = exact_exp(log_x - larger);
    y = exact_exp(log_y - larger);
    return x / (x + y);
  }
}

double random_beta(Random *random, double a, double b) {
  if (a <= 1 && b <= 1) return beta_by_powers(random, a, b);
  double x = random_gamma(random, a), y = random_gamma(random, b);
  return x / (x + y);
}

/* ---- counts */
enum { FEW = 30 };

static int64_t count_successes(Random *random, int64_t n, double p) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) count += random_uniform(random) < p;
  return count;
}

/* The place of the middle one of n ordered uniforms is a beta number; it tells on which side of p it lies. */
int64_t random_binomial(Random *random, int64_t n, double p) {
  int64_t count = 0;
  while (n > FEW && p > 0 && p < 1) {
    int64_t a = 1 + n / 2, b = n + 1 - a;
    double x = random_beta(random, (double)a, (double)b);
    if (x >= p) {
      n = a - 1;
      p = p / x;
    } else {
      count += a;
      n = b - 1;
      p = (p - x) / (1 - x);
    }
  }
  if (p >= 1) return count + n;
  return p > 0 ? count + count_successes(random, n, p) : count;
}

int64_t random_poisson(Random *random, double mean) {
  int64_t count = 0;
  while (mean > FEW) {
    int64_t m = (int64_t)(mean * 0.875);
    double time = random_gamma(random, (double)m);
    if (time > mean) return count + random_binomial(random, m - 1, mean / time);
    count += m;
    mean -= time;
  }
  double product = positive_uniform(random), least = exact_exp(-mean);
  for (; product > least; count++) product *= positive_uniform(random);
  return count;
}
