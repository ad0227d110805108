/* SPDX-License-Identifier: MIT */
/* formula.c: sums, products and powers that keep themselves tidy: numbers are folded, equal terms and factors
   gathered. */
#include "autodiff/formula.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MOST = 64, DIGITS_PLAIN = 13 };

const Formula *formula_new(FormulaBuilder *builder, FormulaKind kind, int index, double number, int count,
                           const Formula *const *parts) {
  if (builder->left-- <= 0) return NULL;
  Formula *formula = arena_allocate(builder->arena, sizeof *formula);
  const Formula **kept = arena_allocate(builder->arena, (size_t)(count + 1) * sizeof *kept);
  if (!formula || !kept) return NULL;
  for (int i = 0; i < count; i++) {
    if (!parts[i]) return NULL;
    kept[i] = parts[i];
  }
  *formula = (Formula){kind, index, count, number, kept};
  return formula;
}

const Formula *formula_number(FormulaBuilder *builder, double number) {
  return formula_new(builder, FORMULA_NUMBER, 0, number, 0, NULL);
}

static bool is_equal(const Formula *a, const Formula *b);

/* Terms and factors may stand in any order: each of one side has a partner of its own on the other. */
static bool has_equal_parts(const Formula *a, const Formula *b) {
  uint64_t used = 0;
  for (int i = 0; i < a->count; i++) {
    int k = 0;
    while (k < b->count && (used >> k & 1 || !is_equal(a->parts[i], b->parts[k]))) k++;
    if (k == b->count) return false;
    used |= (uint64_t)1 << k;
  }
  return true;
}

static bool is_equal(const Formula *a, const Formula *b) {
  if (a == b) return true;
  bool equal = a->kind == b->kind && a->index == b->index && a->number == b->number && a->count == b->count;
  if (equal && (a->kind == FORMULA_SUM || a->kind == FORMULA_PRODUCT)) return has_equal_parts(a, b);
  for (int i = 0; equal && i < a->count; i++) equal = is_equal(a->parts[i], b->parts[i]);
  return equal;
}

static bool is_number(const Formula *formula, double number) {
  return formula->kind == FORMULA_NUMBER && formula->number == number;
}

/* ---- lists that are being gathered */
typedef struct Gathering {
  FormulaBuilder *builder;
  double number;
  int count;
  const Formula *parts[PARTS_MOST];
  bool failed;
} Gathering;

static void append(Gathering *gathering, const Formula *part) {
  if (!part || gathering->count == PARTS_MOST) gathering->failed = true;
  else gathering->parts[gathering->count++] = part;
}

static void drop(Gathering *gathering, int index) {
  gathering->count--;
  memmove(&gathering->parts[index], &gathering->parts[index + 1],
          (size_t)(gathering->count - index) * sizeof *gathering->parts);
}

/* A list of one is that one, where the number in front does nothing. */
static const Formula *finish(Gathering *gathering, FormulaKind kind, double nothing) {
  if (gathering->failed) return NULL;
  if (gathering->count == 0) return formula_number(gathering->builder, gathering->number);
  if (gathering->count == 1 && gathering->number == nothing) return gathering->parts[0];
  return formula_new(gathering->builder, kind, 0, gathering->number, gathering->count, gathering->parts);
}

/* What numbers make together, without the rounding that only shows in the last digits: 0.1 + 0.2 is 0.3. */
static double folded(double number) {
  char text[32];
  snprintf(text, sizeof text, "%.*g", DIGITS_PLAIN, number);
  double plain = strtod(text, NULL);
  return fabs(plain - number) <= 0x1p-51 * fabs(number) ? plain : number;
}

/* ---- sums */

/* A term without the number in front of it. */
static const Formula *core_of(FormulaBuilder *builder, const Formula *term, double *number) {
  *number = term->kind == FORMULA_PRODUCT ? term->number : 1;
  if (term->kind != FORMULA_PRODUCT || term->number == 1) return term;
  return term->count == 1 ? term->parts[0] : formula_new(builder, FORMULA_PRODUCT, 0, 1, term->count, term->parts);
}

static const Formula *scaled(FormulaBuilder *builder, double number, const Formula *core) {
  return formula_product(builder, formula_number(builder, number), core);
}

static void add_term(Gathering *sum, const Formula *term) {
  double number, other;
  const Formula *core = core_of(sum->builder, term, &number);
  for (int i = 0; core && i < sum->count; i++) {
    const Formula *known = core_of(sum->builder, sum->parts[i], &other);
    if (!known || !is_equal(known, core)) continue;
    double together = folded(number + other);
    if (together == 0) drop(sum, i);
    else if (!(sum->parts[i] = scaled(sum->builder, together, core))) sum->failed = true;
    return;
  }
  append(sum, core ? term : NULL);
}

static void add_to_sum(Gathering *sum, const Formula *formula) {
  if (formula->kind == FORMULA_NUMBER || formula->kind == FORMULA_SUM)
    sum->number = sum->number == 0 ? formula->number : folded(sum->number + formula->number);
  if (formula->kind == FORMULA_NUMBER) return;
  if (formula->kind != FORMULA_SUM) add_term(sum, formula);
  else for (int i = 0; i < formula->count; i++) add_term(sum, formula->parts[i]);
}

const Formula *formula_sum(FormulaBuilder *builder, const Formula *a, const Formula *b) {
  if (!a || !b) return NULL;
  Gathering sum = {.builder = builder};
  add_to_sum(&sum, a);
  add_to_sum(&sum, b);
  return finish(&sum, FORMULA_SUM, 0);
}

/* ---- products */
static const Formula *base_of(const Formula *factor) {
  return factor->kind == FORMULA_POWER ? factor->parts[0] : factor;
}

static bool exponent_of(const Formula *factor, double *exponent) {
  *exponent = factor->kind == FORMULA_POWER ? factor->parts[1]->number : 1;
  return factor->kind != FORMULA_POWER || factor->parts[1]->kind == FORMULA_NUMBER;
}

static bool is_constant(const Formula *formula) {
  if (formula->kind == FORMULA_NUMBER || formula->kind == FORMULA_CONSTANT) return true;
  bool constant = formula->kind == FORMULA_CALL || formula->kind == FORMULA_POWER;
  for (int i = 0; constant && i < formula->count; i++) constant = is_constant(formula->parts[i]);
  return constant;
}

/* Constants stand first, then names, so that `cos(x) * x * pi` reads `pi * x * cos(x)`. */
static int rank_of(const Formula *factor) {
  return is_constant(factor) ? 0 : base_of(factor)->kind == FORMULA_NAME ? 1 : 2;
}

static void insert_factor(Gathering *product, const Formula *factor) {
  append(product, factor);
  if (product->failed) return;
  int place = product->count - 1, rank = rank_of(factor);
  while (place > 0 && rank_of(product->parts[place - 1]) > rank) {
    product->parts[place] = product->parts[place - 1];
    place--;
  }
  product->parts[place] = factor;
}

static void add_to_product(Gathering *product, const Formula *formula);

/* The power of a root may be a number, or a product. */
static void add_factor(Gathering *product, const Formula *factor) {
  double exponent, other;
  bool numeric = exponent_of(factor, &exponent);
  for (int i = 0; numeric && i < product->count; i++) {
    if (!exponent_of(product->parts[i], &other) || !is_equal(base_of(product->parts[i]), base_of(factor))) continue;
    const Formula *base = base_of(factor), *power;
    drop(product, i);
    if (exponent + other == 0) return;
    power = formula_power(product->builder, base, formula_number(product->builder, exponent + other));
    if (power && (power->kind == FORMULA_NUMBER || power->kind == FORMULA_PRODUCT)) add_to_product(product, power);
    else insert_factor(product, power);
    return;
  }
  insert_factor(product, factor);
}

static void add_to_product(Gathering *product, const Formula *formula) {
  if (formula->kind == FORMULA_NUMBER || formula->kind == FORMULA_PRODUCT)
    product->number = product->number == 1 ? formula->number : folded(product->number * formula->number);
  if (formula->kind == FORMULA_NUMBER) return;
  if (formula->kind != FORMULA_PRODUCT) add_factor(product, formula);
  else for (int i = 0; i < formula->count; i++) add_factor(product, formula->parts[i]);
}

/* 2 / sqrt(2) is sqrt(2). */
static void lift_roots(Gathering *product) {
  for (int i = 0; i < product->count; i++) {
    const Formula *factor = product->parts[i], *base = base_of(factor);
    bool inverse = factor != base && is_number(factor->parts[1], -1);
    bool root = base->kind == FORMULA_CALL && base->index == OP_sqrt && base->parts[0]->kind == FORMULA_NUMBER;
    double inside = root ? base->parts[0]->number : 0;
    if (!inverse || !root || product->number == 0 || fmod(product->number, inside) != 0) continue;
    product->number /= inside;
    product->parts[i] = base;
  }
}

const Formula *formula_product(FormulaBuilder *builder, const Formula *a, const Formula *b) {
  if (!a || !b) return NULL;
  if (is_number(a, 0) || is_number(b, 0)) return formula_number(builder, 0);
  Gathering product = {.builder = builder, .number = 1};
  add_to_product(&product, a);
  add_to_product(&product, b);
  lift_roots(&product);
  return finish(&product, FORMULA_PRODUCT, 1);
}

/* ---- powers */
/* A number raised to another, with the bits of the operation. */
static double raised(const Formula *base, const Formula *exponent) {
  return op_binary_double[OP_power](base->number, exponent->number);
}

static const Formula *power_of_product(FormulaBuilder *builder, const Formula *base, const Formula *exponent) {
  const Formula *result = formula_number(builder, raised(base, exponent));
  for (int i = 0; i < base->count; i++)
    result = formula_product(builder, result, formula_power(builder, base->parts[i], exponent));
  return result;
}

const Formula *formula_power(FormulaBuilder *builder, const Formula *base, const Formula *exponent) {
  if (!base || !exponent) return NULL;
  bool numeric = exponent->kind == FORMULA_NUMBER, whole = numeric && exponent->number == rint(exponent->number);
  if (is_number(exponent, 0)) return formula_number(builder, 1);
  if (is_number(exponent, 1)) return base;
  if (numeric && base->kind == FORMULA_NUMBER) return formula_number(builder, raised(base, exponent));
  if (whole && base->kind == FORMULA_PRODUCT) return power_of_product(builder, base, exponent);
  if (whole && base->kind == FORMULA_POWER && base->parts[1]->kind == FORMULA_NUMBER)
    return formula_power(builder, base->parts[0],
                         formula_number(builder, base->parts[1]->number * exponent->number));
  if (whole && base->kind == FORMULA_CALL && base->index == OP_sqrt && fmod(exponent->number, 2) == 0)
    return formula_power(builder, base->parts[0], formula_number(builder, exponent->number / 2));
  const Formula *parts[] = {base, exponent};
  return formula_new(builder, FORMULA_POWER, 0, 0, 2, parts);
}
