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

/* `math`: within mathematics mode; else Greek letters change to it, as fonts for text may lack them. */
static void add_escaped(Buffer *out, const char *text, size_t length, bool math) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    const char *letter = byte >= 0x80 && i + 2 <= length ? greek_command(text + i, 2) : NULL;
    if (letter) {
      buffer_format(out, math ? "\\%s " : "$\\%s$", letter);
      i++;
      continue;
    }
    if (strchr("_#$%&{}", byte) && byte) buffer_add_byte(out, '\\');
    if (byte == '\\' || byte == '^' || byte == '~' || byte < ' ' || byte == 127) buffer_add_byte(out, '?');
    else buffer_add_byte(out, (char)byte);
  }
}

void latex_text(Buffer *out, const char *text) { add_escaped(out, text, strlen(text), false); }

static size_t count_characters(const char *text, size_t length) {
  size_t characters = 0;
  for (size_t i = 0; i < length; i++) characters += ((unsigned char)text[i] & 0xC0) != 0x80;
  return characters;
}

/* A letter, Greek or not, or a word. */
static void add_word(Buffer *out, const char *text, size_t length) {
  const char *letter = greek_command(text, length);
  bool upright = !letter && count_characters(text, length) > 1;
  buffer_add_text(out, letter ? "\\" : upright ? "\\mathrm{" : "");
  if (letter) buffer_add_text(out, letter);
  else add_escaped(out, text, length, true);
  if (upright) buffer_add_byte(out, '}');
}

/* The digit that ends here, as such or below the line (U+2080 to U+2089), and how many bytes it has; 0: none does. */
static size_t digit_before(const char *name, size_t end, char *digit) {
  if (end && isdigit((unsigned char)name[end - 1])) return *digit = name[end - 1], 1;
  bool lowered = end >= 3 && memcmp(name + end - 3, "\xE2\x82", 2) == 0;
  unsigned char last = lowered ? (unsigned char)name[end - 1] : 0;
  *digit = (char)('0' + last - 0x80);
  return last >= 0x80 && last <= 0x89 ? 3 : 0;
}

/* v1, v_1 and v with a lowered 1 are the same; a word below the line stands behind a letter alone: x_max. */
void latex_name(Buffer *out, const char *name) {
  if (strpbrk(name, "[( ")) { /* the elements of a constant: blanks count */
    buffer_add_text(out, "\\texttt{");
    latex_text(out, name);
    buffer_add_byte(out, '}');
    return;
  }
  size_t stem = strlen(name), bytes;
  char digit, digits[32];
  size_t count = 0;
  while ((bytes = digit_before(name, stem, &digit)) && bytes < stem && count < sizeof digits) {
    digits[count++] = digit;
    stem -= bytes;
  }
  if (count && stem > 1 && name[stem - 1] == '_') stem--;
  const char *line = count ? NULL : memchr(name, '_', stem);
  size_t head = line ? (size_t)(line - name) : 0;
  bool lowered = head && head + 1 < stem && (greek_command(name, head) || count_characters(name, head) == 1);
  add_word(out, name, lowered ? head : stem);
  if (count || lowered) buffer_add_text(out, "_{");
  if (lowered) add_word(out, line + 1, stem - head - 1);
  while (count) buffer_add_byte(out, digits[--count]);
  if (stem < strlen(name) || lowered) buffer_add_byte(out, '}');
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
  size_t before = exponent ? (size_t)(exponent - text.text) : text.length;
  bool one = exponent && text.text[before - 1] == '1' && before == 1 + (size_t)(number < 0); /* 1e-7: only the power */
  buffer_add(out, buffer_text(&text), one ? before - 1 : before);
  if (exponent) buffer_format(out, "%s10^{%ld}", one ? "" : " \\cdot ", strtol(exponent + 1, NULL, 10));
  out->failed |= text.failed;
  buffer_free(&text);
}

static void write_number(Buffer *out, double number) {
  double above, below;
  if (!formula_fraction(number, &above, &below)) {
    latex_number(out, number, 0);
    return;
  }
  buffer_add_text(out, number < 0 ? "-\\frac{" : "\\frac{");
  latex_number(out, fabs(above), 0);
  buffer_add_text(out, "}{");
  latex_number(out, below, 0);
  buffer_add_byte(out, '}');
}

/* ---- products */
/* Beside what stands before it, a digit needs a sign: `2 10^{x}` would be read as 210. */
static bool starts_with_digit(const Formula *part) {
  double above, below;
  if (part->kind == FORMULA_POWER) part = part->parts[0];
  return part->kind == FORMULA_NUMBER && part->number >= 0 && !formula_fraction(part->number, &above, &below);
}

/* What stands alone on its side of the line needs no brackets. */
static void write_above(Writing *writing, const Formula *product, double number, bool fraction) {
  bool wrote = number != 1, alone = fraction && !wrote && product->count - formula_count_divisors(product) == 1;
  if (wrote) latex_number(writing->out, number, 0);
  for (int i = 0; i < product->count; i++) {
    if (formula_is_divisor(product->parts[i])) continue;
    bool dotted = product->parts[i]->kind == FORMULA_NUMBER || starts_with_digit(product->parts[i]);
    if (wrote) buffer_add_text(writing->out, dotted ? " \\cdot " : " ");
    write_formula(writing, product->parts[i], alone ? BINDS_SUM : BINDS_POWER);
    wrote = true;
  }
  if (!wrote) buffer_add_byte(writing->out, '1');
}

static void write_divisor(Writing *writing, const Formula *power, bool alone) {
  double exponent = -power->parts[1]->number;
  write_formula(writing, power->parts[0], exponent != 1 ? BINDS_ATOM : alone ? BINDS_SUM : BINDS_PRODUCT);
  if (exponent == 1) return;
  buffer_add_text(writing->out, "^{");
  write_number(writing->out, exponent);
  buffer_add_byte(writing->out, '}');
}

static void write_below(Writing *writing, const Formula *product, double number) {
  bool wrote = number != 1, alone = !wrote && formula_count_divisors(product) == 1;
  if (wrote) latex_number(writing->out, number, 0);
  for (int i = 0; i < product->count; i++) {
    if (!formula_is_divisor(product->parts[i])) continue;
    if (wrote) buffer_add_text(writing->out, starts_with_digit(product->parts[i]) ? " \\cdot " : " ");
    write_divisor(writing, product->parts[i], alone);
    wrote = true;
  }
}

static void write_product(Writing *writing, const Formula *product, bool with_sign) {
  double above, below = formula_number_below(product->number, &above);
  bool fraction = below != 1 || formula_count_divisors(product) > 0;
  if (with_sign && product->number < 0) buffer_add_byte(writing->out, '-');
  if (fraction) buffer_add_text(writing->out, "\\frac{");
  write_above(writing, product, above, fraction);
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
  write_number(writing->out, fabs(sum->number));
}

void latex_function(Buffer *out, const char *name) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp(commands[i][0], name) == 0) {
      buffer_add_text(out, commands[i][1]);
      return;
    }
  if (strlen(name) == 1 || (unsigned char)*name >= 0x80) { /* names in other letters are not operators of LaTeX */
    latex_name(out, name);
    return;
  }
  buffer_add_text(out, "\\operatorname{");
  add_escaped(out, name, strlen(name), true);
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
  if (formula_is_divisor(power)) {
    buffer_add_text(writing->out, "\\frac{1}{");
    write_divisor(writing, power, true);
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
    case FORMULA_NUMBER:
      return formula->number < 0 ? BINDS_SUM : formula_is_fraction(formula->number) ? BINDS_PRODUCT : BINDS_ATOM;
    case FORMULA_POWER: return formula_is_divisor(formula) ? BINDS_PRODUCT : BINDS_POWER;
    default: return BINDS_ATOM;
  }
}

static void write_formula(Writing *writing, const Formula *formula, Binding needed) {
  bool bracketed = binding_of(formula) < needed;
  if (bracketed) buffer_add_text(writing->out, "\\left(");
  switch (formula->kind) {
    case FORMULA_NUMBER: write_number(writing->out, formula->number); break;
    case FORMULA_CONSTANT: buffer_add_text(writing->out, formula->number == M_PI ? "\\pi" : "e"); break;
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
