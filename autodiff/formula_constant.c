/* SPDX-License-Identifier: MIT */
/* formula_constant.c: numbers that people know by another form: pi, log(2). */
#include <math.h>
#include "autodiff/formula.h"

const char *formula_constant_name(double number) { return number == M_PI ? "pi" : "e"; }

/* The number whose logarithm this is, to two places; 0: there is none. */
static double power_of_e(double logarithm) {
  double number = rint(exp(logarithm) * 100) / 100;
  bool exact = number > 0 && number < 1e6 && number != 1 && op_unary_double[OP_log](number) == logarithm;
  return exact ? number : 0;
}

static const Formula *logarithm(FormulaBuilder *builder, double number) {
  const Formula *part = formula_number(builder, number);
  return part ? formula_new(builder, FORMULA_CALL, OP_log, 0, 1, &part) : NULL;
}

/* 1 / log(10), which has bits of its own, and others. */
static double inverse_base(double number) {
  double base = number != 0 ? rint(exp(1 / number) * 100) / 100 : 0;
  bool near = base > 0 && base < 1e6 && base != 1 && fabs(1 / log(base) - number) <= 0x1p-52 * fabs(number);
  return near ? base : 0;
}

const Formula *formula_constant(FormulaBuilder *builder, double number) {
  if (number == M_PI || number == M_E) return formula_new(builder, FORMULA_CONSTANT, 0, number, 0, NULL);
  if (number == 1 / M_PI)
    return formula_power(builder, formula_constant(builder, M_PI), formula_number(builder, -1));
  if (number == rint(number) || number * 1000 == rint(number * 1000)) return formula_number(builder, number);
  double base = power_of_e(number);
  if (base != 0) return logarithm(builder, base);
  base = inverse_base(number);
  if (base != 0) return formula_power(builder, logarithm(builder, base), formula_number(builder, -1));
  return formula_number(builder, number);
}
