/* SPDX-License-Identifier: MIT */
/* formula_write.c: a formula as text of the language: `2 * x * cos(x ** 2) + 2`, or `2*x*cos(x**2) + 2`. */
#include <math.h>
#include "autodiff/formula.h"
#include "runtime/format/text.h"

typedef enum Binding { BINDS_SUM, BINDS_PRODUCT, BINDS_UNARY, BINDS_POWER, BINDS_ATOM } Binding;

typedef struct Writing { Buffer *out; const FormulaNames *names; const char *times, *over, *power; } Writing;

static void write_formula(Writing *writing, const Formula *formula, Binding needed);

static void write_number(Writing *writing, double number) {
  double above, below;
  if (!formula_fraction(number, &above, &below)) {
    text_number(writing->out, number, NULL);
    return;
  }
  text_number(writing->out, above, NULL);
  buffer_add_text(writing->out, writing->over);
  text_number(writing->out, below, NULL);
}

/* `number`: the absolute value of what stands above the line. */
static void write_above(Writing *writing, const Formula *product, double number) {
  bool empty = formula_count_divisors(product) == product->count, wrote = number != 1 || empty;
  if (wrote) text_number(writing->out, number, NULL);
  for (int i = 0; i < product->count; i++) {
    if (formula_is_divisor(product->parts[i])) continue;
    if (wrote) buffer_add_text(writing->out, writing->times);
    write_formula(writing, product->parts[i], BINDS_UNARY);
    wrote = true;
  }
}

static void write_divisor(Writing *writing, const Formula *power) {
  double exponent = -power->parts[1]->number;
  if (exponent == 1) {
    write_formula(writing, power->parts[0], BINDS_UNARY);
    return;
  }
  write_formula(writing, power->parts[0], BINDS_ATOM);
  buffer_add_text(writing->out, writing->power);
  bool bracketed = formula_is_fraction(exponent);
  if (bracketed) buffer_add_byte(writing->out, '(');
  write_number(writing, exponent);
  if (bracketed) buffer_add_byte(writing->out, ')');
}

static void write_below(Writing *writing, const Formula *product, double below) {
  int count = formula_count_divisors(product) + (below != 1);
  if (count == 0) return;
  bool wrote = below != 1;
  buffer_add_text(writing->out, writing->over);
  if (count > 1) buffer_add_byte(writing->out, '(');
  if (wrote) text_number(writing->out, below, NULL);
  for (int i = 0; i < product->count; i++) {
    if (!formula_is_divisor(product->parts[i])) continue;
    if (wrote) buffer_add_text(writing->out, writing->times);
    write_divisor(writing, product->parts[i]);
    wrote = true;
  }
  if (count > 1) buffer_add_byte(writing->out, ')');
}

static void write_product(Writing *writing, const Formula *product, bool with_sign) {
  double above, below = formula_number_below(product->number, &above);
  if (with_sign && product->number < 0) buffer_add_byte(writing->out, '-');
  write_above(writing, product, above);
  write_below(writing, product, below);
}

static bool is_negative(const Formula *term) {
  return (term->kind == FORMULA_PRODUCT || term->kind == FORMULA_NUMBER) && term->number < 0;
}

static void write_term(Writing *writing, const Formula *term, bool first) {
  bool negative = is_negative(term);
  if (!first) buffer_add_text(writing->out, negative ? " - " : " + ");
  if (term->kind == FORMULA_PRODUCT) write_product(writing, term, first);
  else write_formula(writing, term, BINDS_PRODUCT);
}

static void write_sum(Writing *writing, const Formula *sum) {
  for (int i = 0; i < sum->count; i++) write_term(writing, sum->parts[i], i == 0);
  if (sum->number == 0) return;
  buffer_add_text(writing->out, sum->number < 0 ? " - " : " + ");
  write_number(writing, fabs(sum->number));
}

static void write_call(Writing *writing, const Formula *call) {
  buffer_format(writing->out, "%s(", op_table[call->index].name);
  for (int i = 0; i < call->count; i++) {
    if (i) buffer_add_text(writing->out, ", ");
    write_formula(writing, call->parts[i], BINDS_SUM);
  }
  buffer_add_byte(writing->out, ')');
}

static void write_power(Writing *writing, const Formula *power) {
  if (formula_is_divisor(power)) {
    buffer_add_byte(writing->out, '1');
    buffer_add_text(writing->out, writing->over);
    write_divisor(writing, power);
    return;
  }
  write_formula(writing, power->parts[0], BINDS_ATOM);
  buffer_add_text(writing->out, writing->power);
  write_formula(writing, power->parts[1], BINDS_POWER);
}

static Binding binding_of(const Formula *formula) {
  switch (formula->kind) {
    case FORMULA_SUM: return BINDS_SUM;
    case FORMULA_PRODUCT: return BINDS_PRODUCT;
    case FORMULA_NUMBER:
      return formula_is_fraction(formula->number) ? BINDS_PRODUCT : formula->number < 0 ? BINDS_UNARY : BINDS_ATOM;
    case FORMULA_POWER: return formula_is_divisor(formula) ? BINDS_PRODUCT : BINDS_POWER;
    default: return BINDS_ATOM;
  }
}

static void write_formula(Writing *writing, const Formula *formula, Binding needed) {
  bool bracketed = binding_of(formula) < needed;
  if (bracketed) buffer_add_byte(writing->out, '(');
  switch (formula->kind) {
    case FORMULA_NUMBER: write_number(writing, formula->number); break;
    case FORMULA_CONSTANT: buffer_add_text(writing->out, formula_constant_name(formula->number)); break;
    case FORMULA_NAME: buffer_add_text(writing->out, writing->names->texts[formula->index]); break;
    case FORMULA_CALL: write_call(writing, formula); break;
    case FORMULA_POWER: write_power(writing, formula); break;
    case FORMULA_PRODUCT: write_product(writing, formula, true); break;
    case FORMULA_SUM: write_sum(writing, formula); break;
  }
  if (bracketed) buffer_add_byte(writing->out, ')');
}

void formula_write(Buffer *out, const Formula *formula, const FormulaNames *names, FormulaStyle style) {
  Writing writing = {out, names, " * ", " / ", " ** "};
  if (style == FORMULA_COMPACT) writing.times = "*", writing.over = "/", writing.power = "**";
  write_formula(&writing, formula, BINDS_SUM);
}
