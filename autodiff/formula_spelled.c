/* SPDX-License-Identifier: MIT */
/* formula_spelled.c: rows that stand for a formula which they compute more accurately: people read the formula. */
#include <math.h>
#include "autodiff/formula.h"

typedef const Formula *Part;

static Part number(FormulaBuilder *builder, double value) { return formula_number(builder, value); }

static Part call(FormulaBuilder *builder, OpId op, Part x) {
  return x ? formula_new(builder, FORMULA_CALL, (int)op, 0, 1, &x) : NULL;
}

static Part power(FormulaBuilder *builder, Part base, double exponent) {
  return formula_power(builder, base, number(builder, exponent));
}

static Part times(FormulaBuilder *builder, double factor, Part x) {
  return formula_product(builder, number(builder, factor), x);
}

static Part difference(FormulaBuilder *builder, Part x, Part y) {
  return formula_sum(builder, x, times(builder, -1, y));
}

/* exp(-factor x^2) */
static Part bell(FormulaBuilder *builder, double factor, Part x) {
  return call(builder, OP_exp, times(builder, -factor, power(builder, x, 2)));
}

static Part digamma_of(FormulaBuilder *builder, Part x, Part y) {
  return call(builder, OP_digamma, formula_sum(builder, x, y));
}

static Part trigamma_of(FormulaBuilder *builder, Part x) {
  Part parts[] = {number(builder, 1), x};
  return parts[0] && x ? formula_new(builder, FORMULA_CALL, OP_polygamma, 0, 2, parts) : NULL;
}

/* sqrt(x^2 + y^2), whose powers are gathered whatever the order of x and y */
static Part hypotenuse(FormulaBuilder *builder, Part x, Part y) {
  return call(builder, OP_sqrt, formula_sum(builder, power(builder, x, 2), power(builder, y, 2)));
}

const Formula *formula_spelled(FormulaBuilder *builder, OpId op, const Formula *x, const Formula *y) {
  switch (op) {
    case OP_sech_squared: return power(builder, call(builder, OP_sech, x), 2);
    case OP_gaussian: return bell(builder, 1, x);
    case OP_semicircle: return call(builder, OP_sqrt, difference(builder, number(builder, 1), power(builder, x, 2)));
    case OP_hyperbola: return call(builder, OP_sqrt, difference(builder, power(builder, x, 2), number(builder, 1)));
    case OP_lens: return formula_product(builder, x, formula_spelled(builder, OP_semicircle, x, NULL));
    case OP_parabola: return formula_product(builder, x, difference(builder, number(builder, 1), x));
    case OP_erfinv_slope:
      return formula_product(builder, formula_constant(builder, sqrt(M_PI) / 2),
                             call(builder, OP_exp, power(builder, call(builder, OP_erfinv, x), 2)));
    case OP_tanh_softplus: return call(builder, OP_tanh, call(builder, OP_softplus, x));
    case OP_sech_softplus: return call(builder, OP_sech, call(builder, OP_softplus, x));
    case OP_sigmoid_slope:
      return formula_product(builder, call(builder, OP_expit, x), call(builder, OP_expit, times(builder, -1, x)));
    case OP_exp_share: return call(builder, OP_expit, difference(builder, x, y));
    case OP_exp2_share:
      return call(builder, OP_expit,
                  formula_product(builder, formula_constant(builder, M_LN2), difference(builder, x, y)));
    case OP_at_least: case OP_blanked: return x; /* where the function has a value */
    case OP_part: case OP_masked_multiply: case OP_masked_both: return formula_product(builder, x, y);
    case OP_masked_divide: return formula_product(builder, x, power(builder, y, -1));
    case OP_power_below: return formula_power(builder, x, formula_sum(builder, y, number(builder, -1)));
    case OP_hypot: return hypotenuse(builder, x, y);
    case OP_direction: return formula_product(builder, x, power(builder, hypotenuse(builder, x, y), -1));
    case OP_digamma_rise: return difference(builder, digamma_of(builder, x, y), call(builder, OP_digamma, x));
    case OP_trigamma_fall:
      return difference(builder, trigamma_of(builder, x), trigamma_of(builder, formula_sum(builder, x, y)));
    default: return NULL;
  }
}
