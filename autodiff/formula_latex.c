/* SPDX-License-Identifier: MIT */
/* formula_latex.c: a formula for mathematics mode: `2 x \cos(x^{2}) + 2`. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "autodiff/formula.h"
#include "base/source.h"
#include "runtime/format/text.h"

typedef enum Binding { BINDS_SUM, BINDS_PRODUCT, BINDS_POWER, BINDS_ATOM } Binding;
typedef struct Writing { Buffer *out; const FormulaNames *names; } Writing;

static void write_formula(Writing *writing, const Formula *formula, Binding needed);

/* ---- names and numbers */

/* Operations that LaTeX knows by a command of its own. */
static const char *const commands[][2] = {
  {"sin", "\\sin"}, {"cos", "\\cos"}, {"tan", "\\tan"}, {"exp", "\\exp"}, {"log", "\\log"}, {"arcsin", "\\arcsin"},
  {"arccos", "\\arccos"}, {"arctan", "\\arctan"}, {"sinh", "\\sinh"}, {"cosh", "\\cosh"}, {"tanh", "\\tanh"},
  {"maximum", "\\max"}, {"minimum", "\\min"}, {"sec", "\\sec"}, {"csc", "\\csc"}, {"cot", "\\cot"}, {"coth", "\\coth"},
};

/* From U+03B1 on; those that look like Latin letters and the second sigma have no command. */
static const char *const greek[] = {
  "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "",
  "pi", "rho", "", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
};
enum { GREEK = sizeof greek / sizeof *greek, ALPHA = 0x3B1 };

/* The command of a Greek letter, spelled out or written as it is; NULL: it is none. */
static const char *greek_command(const char *text, size_t length) {
  uint32_t letter = 0;
  bool single = utf8_decode(text, text + length, &letter) == (int)length && letter >= ALPHA && letter < ALPHA + GREEK;
  if (single) return greek[letter - ALPHA][0] ? greek[letter - ALPHA] : NULL;
  for (size_t i = 0; length && i < GREEK; i++)
    if (strlen(greek[i]) == length && memcmp(greek[i], text, length) == 0) return greek[i];
  return NULL;
}

static void add_escaped(Buffer *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (strchr("_#$%&{}", byte) && byte) buffer_add_byte(out, '\\');
    if (byte == '\\' || byte == '^' || byte == '~' || byte < ' ' || byte == 127) buffer_add_byte(out, '?');
    else buffer_add_byte(out, (char)byte);
  }
}

void latex_text(Buffer *out, const char *text) { add_escaped(out, text, strlen(text)); }

void latex_name(Buffer *out, const char *name) {
  size_t length = strlen(name), digits = 0, characters = 0;
  while (digits + 1 < length && isdigit((unsigned char)name[length - 1 - digits])) digits++;
  size_t stem = length - digits;
  for (size_t i = 0; i < stem; i++) characters += ((unsigned char)name[i] & 0xC0) != 0x80;
  const char *letter = greek_command(name, stem);
  bool upright = !letter && characters > 1;
  buffer_add_text(out, letter ? "\\" : upright ? "\\mathrm{" : "");
  if (letter) buffer_add_text(out, letter);
  else add_escaped(out, name, stem);
  if (upright) buffer_add_byte(out, '}');
  if (digits) buffer_format(out, "_{%s}", name + stem);
}

static void add_digits(Buffer *out, double number, int digits) {
  if (digits) buffer_format(out, "%.*g", digits, number == 0 ? 0 : number);
  else text_number(out, number, NULL);
}

void latex_number(Buffer *out, double number, int digits) {
  if (isnan(number)) buffer_add_text(out, "\\mathrm{nan}");
  if (isinf(number)) buffer_add_text(out, number < 0 ? "-\\infty" : "\\infty");
  if (!isfinite(number)) return;
  Buffer text = {0};
  add_digits(&text, number, digits);
  const char *exponent = strchr(buffer_text(&text), 'e');
  if (!exponent) buffer_add(out, buffer_text(&text), text.length);
  else buffer_add(out, buffer_text(&text), (size_t)(exponent - text.text));
  if (exponent) buffer_format(out, " \\cdot 10^{%ld}", strtol(exponent + 1, NULL, 10));
  out->failed |= text.failed;
  buffer_free(&text);
}

/* ---- products */
static bool is_divisor(const Formula *factor) {
  return factor->kind == FORMULA_POWER && factor->parts[1]->kind == FORMULA_NUMBER && factor->parts[1]->number < 0;
}

/* A number that is 1 / n stands below the line as n. */
static double number_below(double number) {
  double inverse = 1 / fabs(number);
  return fabs(number) < 1 && inverse == rint(inverse) && inverse < 1e6 ? inverse : 1;
}

static void write_above(Writing *writing, const Formula *product, double number) {
  bool wrote = number != 1;
  if (wrote) latex_number(writing->out, number, 0);
  for (int i = 0; i < product->count; i++) {
    if (is_divisor(product->parts[i])) continue;
    if (wrote) buffer_add_text(writing->out, product->parts[i]->kind == FORMULA_NUMBER ? " \\cdot " : " ");
    write_formula(writing, product->parts[i], BINDS_POWER);
    wrote = true;
  }
  if (!wrote) buffer_add_byte(writing->out, '1');
}

static void write_divisor(Writing *writing, const Formula *power) {
  double exponent = -power->parts[1]->number;
  write_formula(writing, power->parts[0], exponent == 1 ? BINDS_PRODUCT : BINDS_ATOM);
  if (exponent == 1) return;
  buffer_add_text(writing->out, "^{");
  latex_number(writing->out, exponent, 0);
  buffer_add_byte(writing->out, '}');
}

static void write_below(Writing *writing, const Formula *product, double number) {
  bool wrote = number != 1;
  if (wrote) latex_number(writing->out, number, 0);
  for (int i = 0; i < product->count; i++) {
    if (!is_divisor(product->parts[i])) continue;
    if (wrote) buffer_add_byte(writing->out, ' ');
    write_divisor(writing, product->parts[i]);
    wrote = true;
  }
}

static void write_product(Writing *writing, const Formula *product, bool with_sign) {
  double below = number_below(product->number);
  bool fraction = below != 1;
  for (int i = 0; i < product->count; i++) fraction |= is_divisor(product->parts[i]);
  if (with_sign && product->number < 0) buffer_add_byte(writing->out, '-');
  if (fraction) buffer_add_text(writing->out, "\\frac{");
  write_above(writing, product, below == 1 ? fabs(product->number) : 1);
  if (!fraction) return;
  buffer_add_text(writing->out, "}{");
  write_below(writing, product, below);
  buffer_add_byte(writing->out, '}');
}

/* ---- the other kinds */
static void write_sum(Writing *writing, const Formula *sum) {
  for (int i = 0; i < sum->count; i++) {
    const Formula *term = sum->parts[i];
    bool negative = term->kind == FORMULA_PRODUCT && term->number < 0;
    if (i) buffer_add_text(writing->out, negative ? " - " : " + ");
    if (term->kind == FORMULA_PRODUCT) write_product(writing, term, i == 0);
    else write_formula(writing, term, BINDS_PRODUCT);
  }
  if (sum->number == 0) return;
  buffer_add_text(writing->out, sum->number < 0 ? " - " : " + ");
  latex_number(writing->out, fabs(sum->number), 0);
}

void latex_function(Buffer *out, const char *name) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i][0], name) == 0) {
      buffer_add_text(out, commands[i][1]);
      return;
    }
  if (strlen(name) == 1) {
    latex_name(out, name);
    return;
  }
  buffer_add_text(out, "\\operatorname{");
  add_escaped(out, name, strlen(name));
  buffer_add_byte(out, '}');
}

static void write_call(Writing *writing, const Formula *call) {
  bool root = call->index == OP_sqrt, size = call->index == OP_absolute || call->index == OP_fabs;
  if (root) buffer_add_text(writing->out, "\\sqrt{");
  else if (size) buffer_add_text(writing->out, "\\left|");
  else latex_function(writing->out, op_table[call->index].name);
  if (!root && !size) buffer_add_text(writing->out, "\\left(");
  for (int i = 0; i < call->count; i++) {
    if (i) buffer_add_text(writing->out, ", ");
    write_formula(writing, call->parts[i], BINDS_SUM);
  }
  buffer_add_text(writing->out, root ? "}" : size ? "\\right|" : "\\right)");
}

static void write_power(Writing *writing, const Formula *power) {
  if (is_divisor(power)) {
    buffer_add_text(writing->out, "\\frac{1}{");
    write_divisor(writing, power);
    buffer_add_byte(writing->out, '}');
    return;
  }
  write_formula(writing, power->parts[0], BINDS_ATOM);
  buffer_add_text(writing->out, "^{");
  write_formula(writing, power->parts[1], BINDS_SUM);
  buffer_add_byte(writing->out, '}');
}

static Binding binding_of(const Formula *formula) {
  switch (formula->kind) {
    case FORMULA_SUM: return BINDS_SUM;
    case FORMULA_PRODUCT: return BINDS_PRODUCT;
    case FORMULA_NUMBER: return formula->number < 0 ? BINDS_SUM : BINDS_ATOM;
    case FORMULA_POWER: return is_divisor(formula) ? BINDS_PRODUCT : BINDS_POWER;
    default: return BINDS_ATOM;
  }
}

static void write_formula(Writing *writing, const Formula *formula, Binding needed) {
  bool bracketed = binding_of(formula) < needed;
  if (bracketed) buffer_add_text(writing->out, "\\left(");
  switch (formula->kind) {
    case FORMULA_NUMBER: latex_number(writing->out, formula->number, 0); break;
    case FORMULA_NAME: latex_name(writing->out, writing->names->texts[formula->index]); break;
    case FORMULA_CALL: write_call(writing, formula); break;
    case FORMULA_POWER: write_power(writing, formula); break;
    case FORMULA_PRODUCT: write_product(writing, formula, true); break;
    case FORMULA_SUM: write_sum(writing, formula); break;
  }
  if (bracketed) buffer_add_text(writing->out, "\\right)");
}

void formula_write_latex(Buffer *out, const Formula *formula, const FormulaNames *names) {
  write_formula(&(Writing){out, names}, formula, BINDS_SUM);
}
