/* SPDX-License-Identifier: MIT */
/* terms.h: the terms of derivatives that stand in derivatives.def; their sizes need no great precision. */
#ifndef MGRAD_TOOLS_TERMS_H
#define MGRAD_TOOLS_TERMS_H
#include "tools/exact.h"

/* sech(softplus(x)) sigmoid(x), and with the square of the first factor */
static inline void sech_share(mpfr_t r, const mpfr_t x) {
  mpfr_t share;
  mpfr_init2(share, mpfr_get_prec(r));
  logistic(share, x);
  softplus(r, x);
  mpfr_sech(r, r, MPFR_RNDN);
  mpfr_mul(r, r, share, MPFR_RNDN);
  mpfr_clear(share);
}

static inline void sech_slope(mpfr_t r, const mpfr_t x) {
  mpfr_t sech;
  mpfr_init2(sech, mpfr_get_prec(r));
  softplus(sech, x);
  mpfr_sech(sech, sech, MPFR_RNDN);
  sech_share(r, x);
  mpfr_mul(r, r, sech, MPFR_RNDN);
  mpfr_clear(sech);
}

/* 1 / (x^2 sqrt(1 - x^2)^3) */
static inline void arcsech_term(mpfr_t r, const mpfr_t x) {
  semicircle_of(r, x);
  mpfr_pow_ui(r, r, 3, MPFR_RNDN);
  mpfr_mul(r, r, x, MPFR_RNDN);
  mpfr_mul(r, r, x, MPFR_RNDN);
  mpfr_ui_div(r, 1, r, MPFR_RNDN);
}

static inline void logit_term(mpfr_t r, const mpfr_t x) {
  mpfr_ui_sub(r, 1, x, MPFR_RNDN);
  mpfr_mul(r, r, x, MPFR_RNDN);
  mpfr_pow_si(r, r, -2, MPFR_RNDN);
}

static inline void distance(mpfr_t r, const mpfr_t x, const mpfr_t y, long power) {
  mpfr_hypot(r, x, y, MPFR_RNDN);
  mpfr_pow_si(r, r, power, MPFR_RNDN);
}

/* The derivatives of digamma at x + y */
static inline void polygamma_of_sum(mpfr_t r, const mpfr_t x, const mpfr_t y, unsigned long order) {
  mpfr_t sum, n;
  mpfr_inits2(mpfr_get_prec(r), sum, n, (mpfr_ptr)0);
  mpfr_add(sum, x, y, MPFR_RNDN);
  mpfr_set_ui(n, order, MPFR_RNDN);
  derivative(r, n, sum, mpfr_digamma);
  mpfr_clears(sum, n, (mpfr_ptr)0);
}

static inline void trigamma_term(mpfr_t r, const mpfr_t x, const mpfr_t y) { polygamma_of_sum(r, x, y, 2); }

static inline void beta_term(mpfr_t r, const mpfr_t x, const mpfr_t y) {
  mpfr_t beta;
  mpfr_init2(beta, mpfr_get_prec(r));
  mpfr_beta(beta, x, y, MPFR_RNDN);
  polygamma_of_sum(r, x, y, 1);
  mpfr_mul(r, r, beta, MPFR_RNDN);
  mpfr_clear(beta);
}

#endif
