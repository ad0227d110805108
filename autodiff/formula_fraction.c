/* SPDX-License-Identifier: MIT */
/* formula_fraction.c: numbers as fractions, 2 / 3, and what of a product stands below the line. */
#include <math.h>
#include "autodiff/formula.h"

enum { BELOW_MOST = 100, ABOVE_MOST = 1000 };

/* Short decimals stay what they are; others may be off by the last bit. */
bool formula_fraction(double number, double *above, double *below) {
  double size = fabs(number);
  if (!(size < ABOVE_MOST) || size * 1e6 == rint(size * 1e6)) return false;
  for (int divisor = 2; divisor < BELOW_MOST; divisor++) {
    double whole = rint(size * divisor);
    if (whole == 0 || whole >= ABOVE_MOST || fabs(whole / divisor - size) > 0x1p-52 * size) continue;
    *above = number < 0 ? -whole : whole;
    *below = divisor;
    return true;
  }
  return false;
}

bool formula_is_fraction(double number) {
  double above, below;
  return formula_fraction(number, &above, &below);
}

double formula_number_below(double number, double *above) {
  double inverse = 1 / fabs(number), below;
  bool whole = fabs(number) < 1 && inverse == rint(inverse) && inverse < 1e6;
  *above = whole ? 1 : fabs(number);
  if (whole || !formula_fraction(fabs(number), above, &below)) return whole ? inverse : 1;
  return below;
}

bool formula_is_divisor(const Formula *factor) {
  return factor->kind == FORMULA_POWER && factor->parts[1]->kind == FORMULA_NUMBER && factor->parts[1]->number < 0;
}

int formula_count_divisors(const Formula *product) {
  int count = 0;
  for (int i = 0; i < product->count; i++) count += formula_is_divisor(product->parts[i]);
  return count;
}
