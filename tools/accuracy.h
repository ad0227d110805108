/* SPDX-License-Identifier: MIT */
/* accuracy.h: how far elementwise rows are from the exact result, by MPFR; for the table in docs and for the tests. */
#ifndef MGRAD_TOOLS_ACCURACY_H
#define MGRAD_TOOLS_ACCURACY_H
#include <float.h>
#include <math.h>
#include <mpfr.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/kernels/elementwise.h"

enum { ACCURACY_BITS = 320, ACCURACY_BLOCK = 256 };

/* ---- exact results that MPFR has no function for */
typedef int (*ExactFunction)(mpfr_t r, const mpfr_t x, mpfr_rnd_t rounding);

static inline void inverted(mpfr_t r, const mpfr_t x) { mpfr_ui_div(r, 1, x, MPFR_RNDN); }

static inline void floored_remainder(mpfr_t r, const mpfr_t x, const mpfr_t y) {
  mpfr_fmod(r, x, y, MPFR_RNDN);
  if (mpfr_sgn(r) * mpfr_sgn(y) < 0) mpfr_add(r, r, y, MPFR_RNDN);
}

/* The larger one and log(1 + power of the difference), so that nothing overflows. */
static inline void log_of_sum(mpfr_t r, const mpfr_t x, const mpfr_t y, ExactFunction power, ExactFunction log) {
  mpfr_t larger;
  mpfr_init2(larger, ACCURACY_BITS);
  mpfr_max(larger, x, y, MPFR_RNDN);
  mpfr_sub(r, x, y, MPFR_RNDN);
  mpfr_abs(r, r, MPFR_RNDN);
  mpfr_neg(r, r, MPFR_RNDN);
  power(r, r, MPFR_RNDN);
  mpfr_add_ui(r, r, 1, MPFR_RNDN);
  log(r, r, MPFR_RNDN);
  mpfr_add(r, r, larger, MPFR_RNDN);
  mpfr_clear(larger);
}

static inline int sinc(mpfr_t r, const mpfr_t x, mpfr_rnd_t rounding) {
  mpfr_t angle;
  if (mpfr_integer_p(x)) return mpfr_set_ui(r, mpfr_zero_p(x), rounding);
  mpfr_init2(angle, mpfr_get_prec(r) + 64);
  mpfr_const_pi(angle, rounding);
  mpfr_mul(angle, angle, x, rounding);
  mpfr_sin(r, angle, rounding);
  mpfr_div(r, r, angle, rounding);
  mpfr_clear(angle);
  return 0;
}

/* The order-th derivative at y as a central difference of so many digits that its error is far below the last place. */
static inline void derivative(mpfr_t r, const mpfr_t order, const mpfr_t y, ExactFunction function) {
  long n = mpfr_get_si(order, MPFR_RNDN), step = -100, sign = 1;
  mpfr_t at, value, sum, binomial;
  mpfr_set_nan(r);
  if (!mpfr_integer_p(order) || n < 0) return;
  mpfr_inits2(ACCURACY_BITS + 110 * (n + 1), at, value, sum, binomial, (mpfr_ptr)0);
  mpfr_set_ui(sum, 0, MPFR_RNDN);
  mpfr_set_ui(binomial, 1, MPFR_RNDN);
  for (long k = 0; k <= n; k++, sign = -sign) { /* the k-th of n + 1 points, from above */
    mpfr_set_si_2exp(at, n - 2 * k, step - 1, MPFR_RNDN);
    mpfr_add(at, at, y, MPFR_RNDN);
    function(value, at, MPFR_RNDN);
    mpfr_mul(value, value, binomial, MPFR_RNDN);
    mpfr_mul_si(value, value, sign, MPFR_RNDN);
    mpfr_add(sum, sum, value, MPFR_RNDN);
    mpfr_mul_si(binomial, binomial, n - k, MPFR_RNDN);
    mpfr_div_si(binomial, binomial, k + 1, MPFR_RNDN);
  }
  mpfr_mul_2si(r, sum, -step * n, MPFR_RNDN);
  mpfr_clears(at, value, sum, binomial, (mpfr_ptr)0);
}

/* Newton's steps from our own result, which they correct to all digits. */
static inline void inverse_of_erf(mpfr_t r, const mpfr_t x) {
  mpfr_t error, slope;
  double start = mpfr_get_d(x, MPFR_RNDN);
  mpfr_set_inf(r, start > 0 ? 1 : -1);
  if (fabs(start) >= 1) return;
  mpfr_inits2(ACCURACY_BITS, error, slope, (mpfr_ptr)0);
  mpfr_set_d(r, op_unary_double[OP_erfinv](start), MPFR_RNDN);
  for (int step = 0; step < 5; step++) {
    mpfr_erf(error, r, MPFR_RNDN);
    mpfr_sub(error, error, x, MPFR_RNDN);
    mpfr_sqr(slope, r, MPFR_RNDN);
    mpfr_exp(slope, slope, MPFR_RNDN);
    mpfr_mul(error, error, slope, MPFR_RNDN);
    mpfr_const_pi(slope, MPFR_RNDN);
    mpfr_sqrt(slope, slope, MPFR_RNDN);
    mpfr_mul(error, error, slope, MPFR_RNDN);
    mpfr_div_2ui(error, error, 1, MPFR_RNDN);
    mpfr_sub(r, r, error, MPFR_RNDN);
  }
  mpfr_clears(error, slope, (mpfr_ptr)0);
}

static inline void logarithmic_gamma(mpfr_t r, const mpfr_t x) {
  int sign;
  mpfr_lgamma(r, &sign, x, MPFR_RNDN);
}

/* The sum of (x/2)^(2k + order) / (k! (k + order)!). */
static inline void bessel(mpfr_t r, const mpfr_t x, unsigned long order) {
  mpfr_t quarter, term;
  mpfr_inits2(ACCURACY_BITS, quarter, term, (mpfr_ptr)0);
  mpfr_sqr(quarter, x, MPFR_RNDN);
  mpfr_div_2ui(quarter, quarter, 2, MPFR_RNDN);
  if (order) mpfr_div_2ui(term, x, 1, MPFR_RNDN);
  else mpfr_set_ui(term, 1, MPFR_RNDN);
  mpfr_set(r, term, MPFR_RNDN);
  for (unsigned long k = 1; k < 1200; k++) {
    mpfr_mul(term, term, quarter, MPFR_RNDN);
    mpfr_div_ui(term, term, k * (k + order), MPFR_RNDN);
    mpfr_add(r, r, term, MPFR_RNDN);
  }
  mpfr_clears(quarter, term, (mpfr_ptr)0);
}

/* r / pi */
static inline void degrees(mpfr_t r) {
  mpfr_t pi;
  mpfr_init2(pi, ACCURACY_BITS);
  mpfr_const_pi(pi, MPFR_RNDN);
  mpfr_div(r, r, pi, MPFR_RNDN);
  mpfr_clear(pi);
}

static inline void logistic(mpfr_t r, const mpfr_t x) {
  mpfr_neg(r, x, MPFR_RNDN);
  mpfr_exp(r, r, MPFR_RNDN);
  mpfr_add_ui(r, r, 1, MPFR_RNDN);
  mpfr_ui_div(r, 1, r, MPFR_RNDN);
}

static inline void log_odds(mpfr_t r, const mpfr_t x) {
  mpfr_t other;
  mpfr_init2(other, 1200); /* 1 - x exactly */
  mpfr_ui_sub(other, 1, x, MPFR_RNDN);
  mpfr_div(other, x, other, MPFR_RNDN);
  mpfr_log(r, other, MPFR_RNDN);
  mpfr_clear(other);
}

static inline void softplus(mpfr_t r, const mpfr_t x) {
  mpfr_t positive;
  mpfr_init2(positive, ACCURACY_BITS);
  mpfr_set_ui(positive, 0, MPFR_RNDN);
  mpfr_max(positive, positive, x, MPFR_RNDN);
  mpfr_abs(r, x, MPFR_RNDN);
  mpfr_neg(r, r, MPFR_RNDN);
  mpfr_exp(r, r, MPFR_RNDN);
  mpfr_log1p(r, r, MPFR_RNDN);
  mpfr_add(r, r, positive, MPFR_RNDN);
  mpfr_clear(positive);
}

static inline void scaled_linear(mpfr_t r, const mpfr_t x) {
  if (mpfr_sgn(x) > 0) mpfr_mul_d(r, x, 1.0507009873554805, MPFR_RNDN);
  else mpfr_expm1(r, x, MPFR_RNDN), mpfr_mul_d(r, r, 1.7580993408473768, MPFR_RNDN);
}

static inline void normal_weight(mpfr_t r, const mpfr_t x) {
  mpfr_sqrt_ui(r, 2, MPFR_RNDN);
  mpfr_div(r, x, r, MPFR_RNDN);
  mpfr_neg(r, r, MPFR_RNDN);
  mpfr_erfc(r, r, MPFR_RNDN);
  mpfr_mul(r, r, x, MPFR_RNDN);
  mpfr_div_2ui(r, r, 1, MPFR_RNDN);
}

/* ---- the rows */
typedef struct AccuracyRow {
  OpId op;
  double bound, low, high;
  void (*exact)(mpfr_t r, const mpfr_t x, const mpfr_t y);
} AccuracyRow;

#define ACCURACY(op, bound, range, statement) \
  static void exact_##op(mpfr_t r, const mpfr_t x, const mpfr_t y) { \
    (void)x, (void)y; \
    statement; \
  }
#include "tools/accuracy.def"
#undef ACCURACY

static const AccuracyRow accuracy_rows[] = {
#define ACCURACY(op, bound, range, statement) {OP_##op, bound, range, exact_##op},
#include "tools/accuracy.def"
#undef ACCURACY
};
enum { ACCURACY_ROWS = sizeof accuracy_rows / sizeof *accuracy_rows };

/* ---- samples */
static inline uint64_t accuracy_random(uint64_t *state) { /* xorshift64* */
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(2685821657736338717);
}

static inline double accuracy_unit(uint64_t *state) { return (double)(accuracy_random(state) >> 11) * 0x1p-53; }

/* All sizes, moderate ones, around 1, around multiples of pi/2, and subnormal ones. */
static inline double accuracy_number(uint64_t *state, bool single) {
  double fraction = 1 + accuracy_unit(state), unit = accuracy_unit(state);
  int least = single ? -126 : -1022, most = single ? 127 : 1023;
  switch (accuracy_random(state) % 8) {
    case 0: return ldexp(fraction, least + (int)(unit * (most - least)));
    case 1: return ldexp(fraction, -30 + (int)(unit * 40));
    case 2: return 1 + (fraction - 1.5) * ldexp(1, -(int)(unit * 30));
    case 3: return M_PI_2 * (double)(accuracy_random(state) % 100000) * (1 + (unit - 0.5) * (single ? 1e-7 : 1e-15));
    case 4: return ldexp(fraction, least - (int)(unit * (single ? 20 : 50)));
    case 5: return 40 * unit;
    case 6: return (double)(accuracy_random(state) % 60) / 2;
    default: return unit;
  }
}

static inline double accuracy_sample(uint64_t *state, const AccuracyRow *row, bool single) {
  for (int attempt = 0; attempt < 20; attempt++) {
    double x = accuracy_number(state, single);
    if (op_table[row->op].domain != DOMAIN_POSITIVE && accuracy_random(state) & 1) x = -x;
    if (x >= row->low && x <= row->high) return x;
  }
  double low = fmax(row->low, -40), high = fmin(row->high, 40);
  return low + (high - low) * accuracy_unit(state);
}

/* Half of the exponents keep a power in range, however near to 1 the base is. */
static inline double accuracy_second(uint64_t *state, const AccuracyRow *row, double x, bool single) {
  double y = accuracy_sample(state, row, single);
  bool power = row->op == OP_power || row->op == OP_float_power;
  if (power && x != 1 && accuracy_random(state) & 1)
    y = (accuracy_unit(state) - 0.5) * (single ? 176 : 1480) / log(fabs(x));
  return y;
}

/* ---- errors */
/* How far a result is from the exact one, in units of its last place; beyond the largest number inf is the next one. */
static inline double accuracy_error(double got, const mpfr_t exact, bool single) {
  int digits = single ? FLT_MANT_DIG : DBL_MANT_DIG, least = single ? -149 : -1074, most = single ? 128 : 1024;
  if (mpfr_nan_p(exact) || isnan(got)) return mpfr_nan_p(exact) && isnan(got) ? 0 : INFINITY;
  if (mpfr_inf_p(exact)) return isinf(got) && (got > 0) == (mpfr_sgn(exact) > 0) ? 0 : INFINITY;
  long exponent = mpfr_zero_p(exact) ? least : mpfr_get_exp(exact) - digits;
  if (exponent > most - digits) exponent = most - digits;
  if (exponent < least) exponent = least;
  mpfr_t error, size;
  mpfr_inits2(ACCURACY_BITS, error, size, (mpfr_ptr)0);
  mpfr_set(error, exact, MPFR_RNDN);
  mpfr_set_si_2exp(size, got > 0 ? 1 : -1, most, MPFR_RNDN);
  if (mpfr_cmpabs(error, size) > 0 && mpfr_sgn(error) == mpfr_sgn(size)) mpfr_set(error, size, MPFR_RNDN);
  if (isinf(got)) mpfr_sub(error, error, size, MPFR_RNDN);
  else mpfr_sub_d(error, error, got, MPFR_RNDN);
  mpfr_div_2si(error, error, exponent, MPFR_RNDN);
  double result = fabs(mpfr_get_d(error, MPFR_RNDN));
  mpfr_clears(error, size, (mpfr_ptr)0);
  return result;
}

typedef struct AccuracyResult { double worst, x, y; } AccuracyResult;

static inline double accuracy_element(const void *elements, int i, bool single) {
  return single ? (double)((const float *)elements)[i] : ((const double *)elements)[i];
}

/* One block of samples, computed by the loops of this processor. */
static inline void accuracy_block(const AccuracyRow *row, bool single, uint64_t *state, AccuracyResult *result) {
  double x[ACCURACY_BLOCK], y[ACCURACY_BLOCK], out[ACCURACY_BLOCK];
  const ElementwiseLoops *loops = elementwise_loops(single ? DTYPE_FLOAT32 : DTYPE_FLOAT64);
  int64_t item = single ? 4 : 8;
  for (int i = 0; i < ACCURACY_BLOCK; i++) {
    double first = accuracy_sample(state, row, single), second = accuracy_second(state, row, first, single);
    if (row->op == OP_polygamma || row->op == OP_sinc_derivative) first = (double)(i % 4);
    if (single) ((float *)x)[i] = (float)first, ((float *)y)[i] = (float)second;
    else x[i] = first, y[i] = second;
  }
  if (loops->unary[row->op]) loops->unary[row->op]((char *)out, (char *)x, item, ACCURACY_BLOCK);
  else loops->binary[row->op]((char *)out, (char *)x, item, (char *)y, item, ACCURACY_BLOCK);
  mpfr_t exact, left, right;
  mpfr_inits2(ACCURACY_BITS, exact, left, right, (mpfr_ptr)0);
  for (int i = 0; i < ACCURACY_BLOCK; i++) {
    double first = accuracy_element(x, i, single), second = accuracy_element(y, i, single);
    mpfr_set_d(left, first, MPFR_RNDN);
    mpfr_set_d(right, second, MPFR_RNDN);
    row->exact(exact, left, right);
    double error = accuracy_error(accuracy_element(out, i, single), exact, single);
    if (error > result->worst) *result = (AccuracyResult){error, first, second};
  }
  mpfr_clears(exact, left, right, (mpfr_ptr)0);
}

/* The largest error of a row among `blocks` blocks of samples. */
static inline AccuracyResult accuracy_measure(const AccuracyRow *row, bool single, int blocks) {
  AccuracyResult result = {0, NAN, NAN};
  uint64_t state = 88172645463325252 + (uint64_t)row->op;
  for (int i = 0; i < blocks; i++) accuracy_block(row, single, &state, &result);
  return result;
}

#endif
