/* SPDX-License-Identifier: MIT */
/* elementwise.c: operations on single elements, with broadcasting. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tests/differential/functions.h"
#include "tests/differential/program.h"

/* ---- one operand */

bool unary_apply(const Unary *unary, const Array *x, Array *result) {
  if (!unary_fits(unary, x)) return false;
  *result = array_new(x->kind < SINGLE ? DOUBLE : x->kind, x->ndim, x->size);
  result->tracked = x->tracked;
  for (int i = array_count(x); i-- > 0;)
    *array_at(result, i) = number_apply(unary->function, unary->derivative, array_at(x, i));
  return true;
}

bool make_unary(Program *program, int depth, Value *value) {
  Value operand;
  if (!value_any(program, depth, &operand)) return false;
  for (int attempt = 0; attempt < 8; attempt++) {
    const Unary *unary = &unaries[draw(program, unary_count)];
    if (!unary_apply(unary, &operand.array, &value->array)) continue;
    return write_text(value, "%s%s%s", unary->before, operand.text, unary->after);
  }
  return false;
}

/* ---- two operands */

bool binary_apply(const Binary *binary, const Array *x, const Array *y, Array *result) {
  int ndim, size[AXES];
  Kind kind;
  Array left, right;
  if (!kind_join(x, y, &kind) || kind == LOGICAL || !shape_join(x, y, &ndim, size)) return false;
  if (!array_broadcast(x, ndim, size, &left) || !array_broadcast(y, ndim, size, &right)) return false;
  Kind type = binary->type == TRUTH ? LOGICAL : binary->type == FLOATING && kind < SINGLE ? DOUBLE : kind;
  *result = array_new(type, ndim, size);
  result->tracked = type >= SINGLE && (x->tracked || y->tracked);
  for (int i = array_count(result); i-- > 0;) {
    const Number *a = array_at(&left, i), *b = array_at(&right, i);
    if (!pair_fits(binary, kind, a->value, b->value)) return false;
    *array_at(result, i) = number_apply2(binary->function, binary->by_first, binary->by_second, a, b);
  }
  return true;
}

bool make_binary(Program *program, int depth, Value *value) {
  Value x, y;
  if (!value_any(program, depth, &x)) return false;
  if (chance(program, 30) && depth > 0 ? !value_any(program, depth - 1, &y) : !value_partner(program, &x.array, &y))
    return false;
  bool swapped = chance(program, 50);
  const Value *left = swapped ? &y : &x, *right = swapped ? &x : &y;
  for (int attempt = 0; attempt < 8; attempt++) {
    const Binary *binary = &binaries[draw(program, binary_count)];
    if (!binary_apply(binary, &left->array, &right->array, &value->array)) continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return write_text(value, binary->format, left->text, right->text);
#pragma GCC diagnostic pop
  }
  return false;
}

/* ---- where(mask, x, y) */

bool make_choice(Program *program, int depth, Value *value) {
  Value x, y, mask;
  Array all[3];
  Kind kind;
  int ndim, size[AXES];
  if (!value_float(program, depth, &x) || !value_partner(program, &x.array, &y)) return false;
  if (!kind_join(&x.array, &y.array, &kind) || kind < SINGLE || !shape_join(&x.array, &y.array, &ndim, size))
    return false;
  if (!value_fitting(program, ndim, size, &mask) || mask.array.kind == WHOLE) return false;
  if (!array_broadcast(&x.array, ndim, size, &all[0]) || !array_broadcast(&y.array, ndim, size, &all[1]) ||
      !array_broadcast(&mask.array, ndim, size, &all[2]))
    return false;
  value->array = array_new(kind, ndim, size);
  value->array.tracked = x.array.tracked || y.array.tracked;
  for (int i = array_count(&value->array); i-- > 0;) {
    double condition = array_at(&all[2], i)->value;
    if (mask.array.kind >= SINGLE && kind_close(mask.array.kind, condition, 0)) return false;
    *array_at(&value->array, i) = *array_at(&all[condition > 0 ? 0 : 1], i);
  }
  return write_text(value, "where(%s%s, %s, %s)", mask.text, mask.array.kind == LOGICAL ? "" : " > 0", x.text, y.text);
}
