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

/* ---- fractions of roots and powers of pi */
static bool is_near(double a, double b) { return fabs(a - b) <= 0x1p-51 * fabs(b); }

/* A positive number as a fraction that people would write, in degrees too. */
static bool plain_fraction(double number, double *above, double *below) {
  static const double divisors[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 18, 20, 24, 180, 360};
  for (size_t i = 0; i < sizeof divisors / sizeof *divisors; i++) {
    *above = rint(number * divisors[i]);
    *below = divisors[i];
    if (*above > 0 && *above <= 720 && is_near(*above / *below, number)) return true;
  }
  *above = 1;
  *below = rint(1 / number);
  return *below > 1 && *below <= 1e6 && is_near(1 / *below, number);
}

static bool is_square_free(int n) { return n % 4 && n % 9 && n % 25; }

static const Formula *pi_power(FormulaBuilder *builder, double exponent) {
  return formula_power(builder, formula_new(builder, FORMULA_CONSTANT, 0, M_PI, 0, NULL),
                       formula_number(builder, exponent));
}

static const Formula *root(FormulaBuilder *builder, const Formula *of) {
  return of ? formula_new(builder, FORMULA_CALL, OP_sqrt, 0, 1, &of) : NULL;
}

/* above / below times the root of n times a power of pi; 2 * sqrt(3) / 3 is 2 / sqrt(3). */
static const Formula *with_root(FormulaBuilder *builder, double above, double below, int n, double exponent) {
  bool inverted = n > 1 && below == n;
  const Formula *part = pi_power(builder, exponent);
  if (n > 1) part = formula_product(builder, part, formula_power(builder, root(builder, formula_number(builder, n)),
                                                                formula_number(builder, inverted ? -1 : 1)));
  return formula_product(builder, formula_number(builder, inverted ? above : above / below), part);
}

/* above / below times or over sqrt(n * pi) */
static const Formula *with_root_of_pi(FormulaBuilder *builder, double ratio, int n, double exponent) {
  const Formula *inside = formula_product(builder, formula_number(builder, n), pi_power(builder, 1));
  return formula_product(builder, formula_number(builder, ratio),
                         formula_power(builder, root(builder, inside), formula_number(builder, exponent)));
}

enum { ROOT_MOST = 30, PI_POWER_MOST = 2 };

/* NULL: it is nothing of the kind. */
static const Formula *surd(FormulaBuilder *builder, double number) {
  double above, below;
  for (int n = 1; n <= ROOT_MOST; n++) {
    for (int k = -PI_POWER_MOST; is_square_free(n) && k <= PI_POWER_MOST; k++) {
      bool plain = n == 1 && k == 0;
      if (!plain && plain_fraction(number / (sqrt(n) * pow(M_PI, k)), &above, &below))
        return with_root(builder, above, below, n, k);
    }
    for (int sign = -1; is_square_free(n) && sign <= 1; sign += 2)
      if (plain_fraction(number * pow(sqrt(n * M_PI), -sign), &above, &below))
        return with_root_of_pi(builder, above / below, n, sign);
  }
  return NULL;
}

/* e ** 2, 1 / e */
static const Formula *power_of_base(FormulaBuilder *builder, double number) {
  double exponent = rint(log(number));
  bool near = exponent != 0 && fabs(exponent) < 10 && is_near(exp(exponent), number);
  return near ? formula_power(builder, formula_new(builder, FORMULA_CONSTANT, 0, M_E, 0, NULL),
                              formula_number(builder, exponent)) : NULL;
}

/* pi - 1, sqrt(2) - 1: what stands above a derived power. */
static const Formula *shifted(FormulaBuilder *builder, double number) {
  for (int k = 1; k <= 3; k++) {
    const Formula *whole = NULL;
    if (M_PI - k == number) whole = pi_power(builder, 1);
    if (M_E - k == number) whole = formula_new(builder, FORMULA_CONSTANT, 0, M_E, 0, NULL);
    for (int n = 2; n <= ROOT_MOST && !whole; n++)
      if (is_square_free(n) && sqrt(n) - k == number) whole = root(builder, formula_number(builder, n));
    if (whole) return formula_sum(builder, whole, formula_number(builder, -k));
  }
  return NULL;
}

static const Formula *known_form(FormulaBuilder *builder, double number) {
  double above, below, size = fabs(number);
  if (!isfinite(number) || size < 1e-8 || size > 1e6 || formula_fraction(number, &above, &below)) return NULL;
  const Formula *form = shifted(builder, number);
  if (form) return form;
  form = surd(builder, size);
  if (!form) form = power_of_base(builder, size);
  return form && number < 0 ? formula_product(builder, formula_number(builder, -1), form) : form;
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
  const Formula *form = known_form(builder, number);
  return form ? form : formula_number(builder, number);
}
