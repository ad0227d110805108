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
#include "tools/exact.h"

enum { ACCURACY_BITS = 320, ACCURACY_BLOCK = 256 };

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

static inline const AccuracyRow *accuracy_row(OpId op) {
  int i = 0;
  while (accuracy_rows[i].op != op) i++;
  return &accuracy_rows[i];
}

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

/* Rows whose first operand is the order of a function. */
static inline bool accuracy_takes_order(OpId op) {
  return op == OP_polygamma || op == OP_sinc_derivative || op == OP_bessel_i;
}

/* Half of the exponents keep a power in range, however near to 1 the base is. */
static inline double accuracy_second(uint64_t *state, const AccuracyRow *row, double x, bool single) {
  double y = accuracy_sample(state, row, single);
  bool power = row->op == OP_power;
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
    if (accuracy_takes_order(row->op)) first = (double)(i % 4);
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

/* Every row has samples of its own, whatever its place in the table. */
static inline uint64_t accuracy_seed(OpId op) {
  uint64_t seed = 88172645463325252;
  for (const char *name = op_table[op].name; *name; name++)
    seed = (seed ^ (unsigned char)*name) * UINT64_C(1099511628211);
  return seed;
}

/* The largest error of a row among `blocks` blocks of samples. */
static inline AccuracyResult accuracy_measure(const AccuracyRow *row, bool single, int blocks) {
  AccuracyResult result = {0, NAN, NAN};
  uint64_t state = accuracy_seed(row->op);
  for (int i = 0; i < blocks; i++) accuracy_block(row, single, &state, &result);
  return result;
}

#endif
