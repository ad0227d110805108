/* SPDX-License-Identifier: MIT */
/* exact.h: what elementwise functions should give, made of MPFR's; to as many bits as the result has. */
#ifndef MGRAD_TOOLS_EXACT_H
#define MGRAD_TOOLS_EXACT_H
#include <math.h>
#include <mpfr.h>

#include "runtime/op.h"

typedef int (*ExactFunction)(mpfr_t r, const mpfr_t x, mpfr_rnd_t rounding);

static inline void inverted(mpfr_t r, const mpfr_t x) { mpfr_ui_div(r, 1, x, MPFR_RNDN); }

static inline void floored_remainder(mpfr_t r, const mpfr_t x, const mpfr_t y) {
  mpfr_fmod(r, x, y, MPFR_RNDN);
  if (mpfr_sgn(r) * mpfr_sgn(y) < 0) mpfr_add(r, r, y, MPFR_RNDN);
}

/* The larger one and log(1 + power of the difference), so that nothing overflows. */
static inline void log_of_sum(mpfr_t r, const mpfr_t x, const mpfr_t y, ExactFunction power, ExactFunction log) {
  mpfr_t larger;
  mpfr_init2(larger, mpfr_get_prec(r));
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
  mpfr_inits2(mpfr_get_prec(r) + 110 * (n + 1), at, value, sum, binomial, (mpfr_ptr)0);
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
  mpfr_inits2(mpfr_get_prec(r), error, slope, (mpfr_ptr)0);
  mpfr_set_d(r, op_unary_double[OP_erfinv](start), MPFR_RNDN);
  for (mpfr_prec_t bits = 24; bits < mpfr_get_prec(r); bits *= 2) {
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

/* The order-th derivative of digamma, from x to x + y. */
static inline void rise(mpfr_t r, const mpfr_t x, const mpfr_t y, unsigned long order) {
  mpfr_t sum, n, before, after;
  mpfr_inits2(mpfr_get_prec(r) + 100, sum, n, before, after, (mpfr_ptr)0);
  mpfr_set_ui(n, order, MPFR_RNDN);
  mpfr_add(sum, x, y, MPFR_RNDN);
  derivative(before, n, x, mpfr_digamma);
  derivative(after, n, sum, mpfr_digamma);
  mpfr_sub(r, after, before, MPFR_RNDN);
  mpfr_clears(sum, n, before, after, (mpfr_ptr)0);
}

/* The sum of (x/2)^(2k + order) / (k! (k + order)!). */
static inline void bessel(mpfr_t r, const mpfr_t x, unsigned long order) {
  mpfr_t quarter, term;
  mpfr_inits2(mpfr_get_prec(r), quarter, term, (mpfr_ptr)0);
  mpfr_sqr(quarter, x, MPFR_RNDN);
  mpfr_div_2ui(quarter, quarter, 2, MPFR_RNDN);
  mpfr_set_ui(term, 1, MPFR_RNDN);
  for (unsigned long k = 1; k <= order; k++) {
    mpfr_mul(term, term, x, MPFR_RNDN);
    mpfr_div_ui(term, term, 2 * k, MPFR_RNDN);
  }
  mpfr_set(r, term, MPFR_RNDN);
  for (unsigned long k = 1; k < 10000; k++) {
    mpfr_mul(term, term, quarter, MPFR_RNDN);
    mpfr_div_ui(term, term, k * (k + order), MPFR_RNDN);
    mpfr_add(r, r, term, MPFR_RNDN);
    if (mpfr_zero_p(term) || mpfr_get_exp(term) < mpfr_get_exp(r) - (long)mpfr_get_prec(r) - 8) break;
  }
  mpfr_clears(quarter, term, (mpfr_ptr)0);
}

/* r / pi */
static inline void degrees(mpfr_t r) {
  mpfr_t pi;
  mpfr_init2(pi, mpfr_get_prec(r));
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

/* sigmoid(x) sigmoid(-x) */
static inline void logistic_slope(mpfr_t r, const mpfr_t x) {
  mpfr_div_2ui(r, x, 1, MPFR_RNDN);
  mpfr_sech(r, r, MPFR_RNDN);
  mpfr_div_2ui(r, r, 1, MPFR_RNDN);
  mpfr_sqr(r, r, MPFR_RNDN);
}

static inline void log_odds(mpfr_t r, const mpfr_t x) {
  mpfr_t other;
  mpfr_init2(other, mpfr_get_prec(r) + 1200); /* 1 - x exactly */
  mpfr_ui_sub(other, 1, x, MPFR_RNDN);
  mpfr_div(other, x, other, MPFR_RNDN);
  mpfr_log(r, other, MPFR_RNDN);
  mpfr_clear(other);
}

static inline void softplus(mpfr_t r, const mpfr_t x) {
  mpfr_t positive;
  mpfr_init2(positive, mpfr_get_prec(r));
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

static inline void probability(mpfr_t r, const mpfr_t x) {
  mpfr_sqrt_ui(r, 2, MPFR_RNDN);
  mpfr_div(r, x, r, MPFR_RNDN);
  mpfr_neg(r, r, MPFR_RNDN);
  mpfr_erfc(r, r, MPFR_RNDN);
  mpfr_div_2ui(r, r, 1, MPFR_RNDN);
}

/* exp(-x^2 / 2^halvings) */
static inline void bell(mpfr_t r, const mpfr_t x, unsigned long halvings) {
  mpfr_sqr(r, x, MPFR_RNDN);
  mpfr_div_2ui(r, r, halvings, MPFR_RNDN);
  mpfr_neg(r, r, MPFR_RNDN);
  mpfr_exp(r, r, MPFR_RNDN);
}

/* r / sqrt(2 pi) */
static inline void density(mpfr_t r) {
  mpfr_t pi;
  mpfr_init2(pi, mpfr_get_prec(r));
  mpfr_const_pi(pi, MPFR_RNDN);
  mpfr_mul_2ui(pi, pi, 1, MPFR_RNDN);
  mpfr_sqrt(pi, pi, MPFR_RNDN);
  mpfr_div(r, r, pi, MPFR_RNDN);
  mpfr_clear(pi);
}

/* sqrt(pi) / 2 exp(inverse of erf at x, squared) */
static inline void slope_of_inverse(mpfr_t r, const mpfr_t x) {
  mpfr_t pi;
  mpfr_init2(pi, mpfr_get_prec(r));
  inverse_of_erf(r, x);
  mpfr_sqr(r, r, MPFR_RNDN);
  mpfr_exp(r, r, MPFR_RNDN);
  mpfr_const_pi(pi, MPFR_RNDN);
  mpfr_sqrt(pi, pi, MPFR_RNDN);
  mpfr_mul(r, r, pi, MPFR_RNDN);
  mpfr_div_2ui(r, r, 1, MPFR_RNDN);
  mpfr_clear(pi);
}

/* ---- powers and shares */
static inline void powered_below(mpfr_t r, const mpfr_t x, const mpfr_t y) {
  mpfr_t exponent;
  mpfr_init2(exponent, mpfr_get_prec(r) + 1200);
  mpfr_sub_ui(exponent, y, 1, MPFR_RNDN);
  mpfr_pow(r, x, exponent, MPFR_RNDN);
  mpfr_clear(exponent);
}

/* 1 / (1 + power of y - x) */
static inline void share(mpfr_t r, const mpfr_t x, const mpfr_t y, ExactFunction power) {
  mpfr_t difference;
  mpfr_init2(difference, mpfr_get_prec(r) + 1200);
  mpfr_sub(difference, y, x, MPFR_RNDN);
  power(r, difference, MPFR_RNDN);
  mpfr_add_ui(r, r, 1, MPFR_RNDN);
  mpfr_ui_div(r, 1, r, MPFR_RNDN);
  mpfr_clear(difference);
}

/* sqrt(x^2 - 1) */
static inline void hyperbola_of(mpfr_t r, const mpfr_t x) {
  mpfr_t square;
  mpfr_init2(square, mpfr_get_prec(r) + 2400);
  mpfr_sqr(square, x, MPFR_RNDN);
  mpfr_sub_ui(square, square, 1, MPFR_RNDN);
  mpfr_sqrt(r, square, MPFR_RNDN);
  mpfr_clear(square);
}

/* sqrt(1 - x^2) */
static inline void semicircle_of(mpfr_t r, const mpfr_t x) {
  mpfr_t square;
  mpfr_init2(square, mpfr_get_prec(r) + 2400);
  mpfr_sqr(square, x, MPFR_RNDN);
  mpfr_ui_sub(square, 1, square, MPFR_RNDN);
  mpfr_sqrt(r, square, MPFR_RNDN);
  mpfr_clear(square);
}

#endif
