/* SPDX-License-Identifier: MIT */
/* derivatives.h: how far first and second derivatives of elementwise rows are from the exact ones.

   What the language gives comes from its own backward passes: the gradient, and the gradient of the gradient.  The
   exact ones are central differences of the exact function, of so many digits that neither the step nor what cancels
   can be seen in the last place. */
#ifndef MGRAD_TOOLS_DERIVATIVES_H
#define MGRAD_TOOLS_DERIVATIVES_H
#include <stdlib.h>
#include <string.h>

#include "autodiff/backward.h"
#include "autodiff/rule.h"
#include "tools/accuracy.h"
#include "tools/terms.h"

enum { DERIVATIVE_BLOCK = 64 };
enum { DERIVATIVE_SPARE = 20 };
enum { DERIVATIVE_STEP = 130, DERIVATIVE_BITS = 200, DERIVATIVE_MOST_BITS = 8000, DERIVATIVE_POINT_BITS = 2400 };

/* By x, by y; by x twice, by x and y, by y twice. */
enum { BY_X, BY_Y, BY_XX, BY_XY, BY_YY, DERIVATIVES };
static const struct { int x, y; } derivative_orders[DERIVATIVES] = {{1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}};

/* ---- exact derivatives */
/* Difference quotients have the weights 1; 1, -1; 1, -2, 1 at the places order - 2k, in half steps for odd orders. */
static inline int difference_place(int order, int k) { return order == 2 ? 1 - k : order - 2 * k; }
static inline int difference_weight(int order, int k) {
  return k != 1 ? 1 : order == 2 ? -2 : -1;
}

static inline void place_point(mpfr_t at, const mpfr_t x, int steps, long power) {
  mpfr_set_si_2exp(at, steps, power, MPFR_RNDN);
  mpfr_add(at, at, x, MPFR_RNDN);
}

static inline long step_power(const mpfr_t x) {
  long exponent = mpfr_zero_p(x) ? 0 : mpfr_get_exp(x);
  return (exponent < 0 ? exponent : 0) - DERIVATIVE_STEP;
}

/* The difference at the precision of r; false: too much of it cancelled. */
static inline bool difference(mpfr_t r, const AccuracyRow *row, const mpfr_t x, const mpfr_t y, int which) {
  int m = derivative_orders[which].x, n = derivative_orders[which].y;
  long largest = mpfr_get_emin(), halves = (m == 1) + (n == 1), scale = m * step_power(x) + n * step_power(y);
  mpfr_t left, right, value;
  mpfr_inits2(DERIVATIVE_POINT_BITS, left, right, (mpfr_ptr)0);
  mpfr_init2(value, mpfr_get_prec(r));
  mpfr_set_ui(r, 0, MPFR_RNDN);
  for (int i = 0; i <= m; i++) {
    for (int j = 0; j <= n; j++) {
      place_point(left, x, difference_place(m, i), step_power(x));
      place_point(right, y, difference_place(n, j), n ? step_power(y) : 0);
      row->exact(value, left, right);
      mpfr_mul_si(value, value, difference_weight(m, i) * difference_weight(n, j), MPFR_RNDN);
      if (mpfr_regular_p(value) && mpfr_get_exp(value) > largest) largest = mpfr_get_exp(value);
      mpfr_add(r, r, value, MPFR_RNDN);
    }
  }
  bool enough = !mpfr_number_p(r);
  if (mpfr_regular_p(r)) enough = largest - mpfr_get_exp(r) + DERIVATIVE_BITS <= mpfr_get_prec(r);
  mpfr_mul_2si(r, r, -scale - halves, MPFR_RNDN);
  mpfr_clears(left, right, value, (mpfr_ptr)0);
  return enough;
}

/* What is still 0 with the most bits is 0. */
static inline void exact_derivative(mpfr_t r, const AccuracyRow *row, const mpfr_t x, const mpfr_t y, int which) {
  int order = derivative_orders[which].x + derivative_orders[which].y;
  mpfr_prec_t bits = DERIVATIVE_BITS + 20 + order * (DERIVATIVE_STEP + 30);
  for (;; bits *= 2) {
    mpfr_set_prec(r, bits);
    if (difference(r, row, x, y, which) || bits > DERIVATIVE_MOST_BITS) return;
  }
}

/* ---- what the language gives */
typedef struct Slopes { double of[DERIVATIVES][DERIVATIVE_BLOCK]; } Slopes;

static inline bool is_constant_rule(const char *formula) {
  return !formula || !strcmp(formula, "FLAT") || !strcmp(formula, "NO_GRADIENT");
}

/* Whether a derivative exists that is not 0 by definition. */
static inline bool has_derivative(OpId op, int which) {
  bool by_x = derivative_orders[which].x > 0, by_y = derivative_orders[which].y > 0;
  if (by_y && op_unary_double[op]) return false;
  if (by_x && is_constant_rule(rule_table[op].derivative_x)) return false;
  return !by_y || !is_constant_rule(rule_table[op].derivative_y);
}

/* Rows without an example occur in derivatives only: their second derivative is a third one. */
static inline bool has_second(OpId op) { return *op_table[op].example != 0; }

static inline Tensor *must(Tensor *tensor) {
  if (!tensor) abort();
  return tensor;
}

static inline void read_slopes(double *to, const Tensor *slopes, int count) {
  for (int i = 0; i < count; i++) to[i] = slopes ? tensor_number_at(slopes, tensor_size(slopes) == 1 ? 0 : i) : 0;
}

static inline Tensor *slopes_leaf(Graph *graph, const double *numbers, int64_t count, bool single, bool constant) {
  bool scalar = count == 1 && !single;
  Tensor *plain = must(scalar ? tensor_new_number(graph->runtime, DTYPE_FLOAT64, *numbers)
                              : tensor_new_shape(graph->runtime, single ? DTYPE_FLOAT32 : DTYPE_FLOAT64, 1, &count));
  for (int64_t i = 0; !scalar && i < count; i++) {
    if (single) ((float *)tensor_data(plain))[i] = (float)numbers[i];
    else ((double *)tensor_data(plain))[i] = numbers[i];
  }
  if (constant) return plain;
  Node *node = node_new_leaf(graph, plain);
  tensor_unref(plain);
  return must(&node->tensor);
}

/* The gradients of the sum of a tensor; what does not depend on the operands has none. */
static inline void slopes_back(Graph *graph, Tensor *of, int count, Tensor *const *x, bool again, Tensor **gradients) {
  memset(gradients, 0, (size_t)count * sizeof *gradients);
  if (tensor_is_tracked(of) && !backward_gradients(graph, of, NULL, count, x, again, gradients)) abort();
}

/* All derivatives of a row at `count` points; one point of float64 goes the way of scalars. */
static inline void slopes_of(OpId op, const double *x, const double *y, int count, bool single, Slopes *slopes) {
  Error error = {0};
  Runtime runtime = {.error = &error, .quiet = true};
  Graph graph;
  graph_init(&graph, &runtime);
  int operands = op_unary_double[op] ? 1 : 2;
  Tensor *leaves[2] = {slopes_leaf(&graph, x, count, single, !has_derivative(op, BY_X)), NULL}, *first[2], *second[2];
  if (operands == 2) leaves[1] = slopes_leaf(&graph, y, count, single, !has_derivative(op, BY_Y));
  Tensor *value = must(op_apply(&graph, op, operands, leaves, NULL));
  slopes_back(&graph, value, operands, leaves, true, first);
  for (int i = 0; i < operands; i++) {
    read_slopes(slopes->of[i], first[i], count);
    second[0] = second[1] = NULL;
    if (first[i]) slopes_back(&graph, first[i], operands, leaves, false, second);
    for (int k = i; k < operands; k++) read_slopes(slopes->of[BY_XX + i + k], second[k], count);
    tensor_unref(second[0]), tensor_unref(second[1]);
  }
  tensor_unref(value);
  for (int i = 0; i < operands; i++) tensor_unref(leaves[i]), tensor_unref(first[i]);
  graph_free(&graph);
  error_free(&error);
}

/* ---- rows whose derivatives pass through 0: the term that their errors are measured by instead */
typedef struct DerivativeTerm {
  OpId op;
  int which;
  const char *text;
  void (*size)(mpfr_t r, const mpfr_t x, const mpfr_t y);
} DerivativeTerm;

#define TERM(op, which, text, statement) \
  static void term_##op##_##which(mpfr_t r, const mpfr_t x, const mpfr_t y) { \
    (void)x, (void)y; \
    statement; \
  }
#include "tools/derivatives.def"
#undef TERM

static const DerivativeTerm derivative_terms[] = {
#define TERM(op, which, text, statement) {OP_##op, which, text, term_##op##_##which},
#include "tools/derivatives.def"
#undef TERM
};
enum { DERIVATIVE_TERMS = sizeof derivative_terms / sizeof *derivative_terms };

static inline const DerivativeTerm *derivative_term(OpId op, int which) {
  for (int i = 0; i < DERIVATIVE_TERMS; i++)
    if (derivative_terms[i].op == op && derivative_terms[i].which == which) return &derivative_terms[i];
  return NULL;
}

/* ---- errors */
/* Kinks: where the function or its derivative jumps the convention counts, which other tests check. */
static inline bool is_kink(OpId op, double x, double y) {
  switch (op) {
    case OP_maximum: case OP_minimum: case OP_fmax: case OP_fmin: return x == y;
    case OP_remainder: case OP_fmod: return fmod(x, y) == 0 || fabs(x / y) > 0x1p40;
    default: return !accuracy_takes_order(op) && (x == 0 || (y == 0 && !op_unary_double[op]));
  }
}

/* So large that not even what is a million times smaller loses digits. */
static inline bool is_normal(double x, bool single) {
  return fabs(x) >= (single ? FLT_MIN : DBL_MIN) * (1 << DERIVATIVE_SPARE) && fabs(x) <= (single ? FLT_MAX : DBL_MAX);
}

/* Nothing is asked of the derivatives where the function itself overflows or loses digits to the end of the range. */
static inline bool has_slopes(OpId op, double x, double y, bool single) {
  bool unary = op_unary_double[op] != NULL, ordered = accuracy_takes_order(op);
  double value = unary ? op_unary_double[op](x) : op_binary_double[op](x, y);
  if (!(ordered || is_normal(x, single)) || !(unary || is_normal(y, single)) || is_kink(op, x, y)) return false;
  return value == 0 || is_normal(value, single);
}

/* In units of the last place of the exact derivative, or of the larger term.  Derivatives that overflow or are
   subnormal are passed over. */
static inline double derivative_error(double got, mpfr_t exact, const mpfr_t size, bool single) {
  int digits = single ? FLT_MANT_DIG : DBL_MANT_DIG, least = single ? FLT_MIN_EXP : DBL_MIN_EXP;
  int most = single ? FLT_MAX_EXP : DBL_MAX_EXP;
  if (!mpfr_number_p(exact)) return INFINITY;
  if (mpfr_zero_p(exact)) return got == 0 ? 0 : INFINITY;
  long exponent = mpfr_get_exp(exact);
  if (exponent < least + DERIVATIVE_SPARE || exponent >= most) return 0;
  if (!isfinite(got)) return INFINITY;
  if (mpfr_regular_p(size) && mpfr_get_exp(size) > exponent) exponent = mpfr_get_exp(size);
  mpfr_sub_d(exact, exact, got, MPFR_RNDN);
  mpfr_div_2si(exact, exact, exponent - digits, MPFR_RNDN);
  return fabs(mpfr_get_d(exact, MPFR_RNDN));
}

/* At the end of where a function is defined there is no difference to compare with. */
static inline bool is_edge(const AccuracyRow *row, const mpfr_t x, const mpfr_t y) {
  mpfr_t value;
  mpfr_init2(value, ACCURACY_BITS);
  row->exact(value, x, y);
  bool number = mpfr_number_p(value);
  mpfr_clear(value);
  return number;
}

static inline double derivative_error_at(const AccuracyRow *row, int which, double x, double y, double got,
                                         bool single) {
  mpfr_t exact, size, left, right;
  const DerivativeTerm *term = derivative_term(row->op, which);
  mpfr_inits2(ACCURACY_BITS, exact, size, left, right, (mpfr_ptr)0);
  mpfr_set_d(left, x, MPFR_RNDN);
  mpfr_set_d(right, y, MPFR_RNDN);
  mpfr_set_ui(size, 0, MPFR_RNDN);
  if (term) term->size(size, left, right);
  exact_derivative(exact, row, left, right, which);
  bool edge = !mpfr_number_p(exact) && is_edge(row, left, right);
  double error = edge ? 0 : derivative_error(got, exact, size, single);
  mpfr_clears(exact, size, left, right, (mpfr_ptr)0);
  return error;
}

/* The largest errors of first [0] and second [1] derivatives. */
typedef struct DerivativeResult { AccuracyResult order[2]; } DerivativeResult;

static inline double derivative_bound(int order) { return order == 1 ? 8 : 16; }

static inline void derivatives_sample(const AccuracyRow *row, bool single, uint64_t *state, int count, double *x,
                                      double *y) {
  for (int i = 0; i < count;) {
    x[i] = accuracy_sample(state, row, single);
    y[i] = accuracy_second(state, row, x[i], single);
    if (accuracy_takes_order(row->op)) x[i] = (double)(i % 4);
    if (single) x[i] = (double)(float)x[i], y[i] = (double)(float)y[i];
    if (has_slopes(row->op, x[i], y[i], single)) i++;
  }
}

static inline void derivatives_block(const AccuracyRow *row, bool single, uint64_t *state, int count,
                                     DerivativeResult *result) {
  double x[DERIVATIVE_BLOCK], y[DERIVATIVE_BLOCK];
  static Slopes slopes;
  derivatives_sample(row, single, state, count, x, y);
  slopes_of(row->op, x, y, count, single, &slopes);
  for (int which = 0; which < DERIVATIVES; which++) {
    if (!has_derivative(row->op, which) || (which >= BY_XX && !has_second(row->op))) continue;
    AccuracyResult *worst = &result->order[which >= BY_XX];
    for (int i = 0; i < count; i++) {
      double error = derivative_error_at(row, which, x[i], y[i], slopes.of[which][i], single);
      if (error > worst->worst) *worst = (AccuracyResult){error, x[i], y[i]};
    }
  }
}

/* Among so many samples, at least 2. */
static inline DerivativeResult derivatives_measure(const AccuracyRow *row, bool single, int samples) {
  DerivativeResult result = {{{0, NAN, NAN}, {0, NAN, NAN}}};
  uint64_t state = accuracy_seed(row->op) + 1;
  for (int left = samples; left > 0; left -= DERIVATIVE_BLOCK)
    derivatives_block(row, single, &state, left < DERIVATIVE_BLOCK ? left : DERIVATIVE_BLOCK, &result);
  return result;
}

#endif
