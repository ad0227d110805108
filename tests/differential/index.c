/* SPDX-License-Identifier: MIT */
/* index.c: indexing, and statements that write into a part of a tensor. */
#include <stdio.h>
#include <string.h>
#include "tests/differential/program.h"

/* ---- basic indexing */

/* One axis of `from` becomes no axis (a number) or one (a slice) of `part`. */
static bool index_axis(Program *program, const Array *from, int axis, Array *part, Value *text) {
  int n = from->size[axis], stride = from->stride[axis], form = draw(program, 6);
  int start = 0, count = n, step = 1;
  if (form == 0) {
    int at = draw(program, n);
    part->offset += at * stride;
    return write_text(text, "%d", chance(program, 40) ? at - n : at);
  }
  bool fits;
  if (form == 1) {
    start = draw(program, n);
    count = n - start;
    fits = write_text(text, "%d:", start);
  } else if (form == 2) {
    count = 1 + draw(program, n);
    fits = write_text(text, ":%d", count < n && chance(program, 50) ? count - n : count);
  } else if (form == 3) {
    start = n - 1;
    step = -1;
    fits = write_text(text, "::-1");
  } else if (form == 4) {
    step = 2;
    count = (n + 1) / 2;
    fits = write_text(text, "::2");
  } else {
    fits = write_text(text, ":");
  }
  part->offset += start * stride;
  part->size[part->ndim] = count;
  part->stride[part->ndim++] = stride * step;
  return fits;
}

bool index_part(Program *program, const Array *array, Array *part, Value *text) {
  *part = *array;
  part->ndim = 0;
  if (array->ndim == 0) return false;
  int indexed = 1 + draw(program, array->ndim);
  bool tail = indexed < array->ndim && chance(program, 40); /* [..., i]: the last axes instead of the first */
  bool fits = write_text(text, tail ? "[..." : "[");
  for (int k = 0; tail && k < array->ndim - indexed; k++) {
    part->size[part->ndim] = array->size[k];
    part->stride[part->ndim++] = array->stride[k];
  }
  for (int k = 0; fits && k < indexed; k++) {
    if (k > 0 || tail) fits = write_text(text, ", ");
    fits = fits && index_axis(program, array, (tail ? array->ndim - indexed : 0) + k, part, text);
  }
  for (int k = indexed; !tail && k < array->ndim; k++) {
    part->size[part->ndim] = array->size[k];
    part->stride[part->ndim++] = array->stride[k];
  }
  return fits && write_text(text, "]");
}

bool make_indexed(Program *program, int depth, Value *value) {
  Value operand;
  if (!value_any(program, depth, &operand) || operand.text[0] == '[' || operand.text[0] == '(') return false;
  if (!write_text(value, "%s", operand.text) || !index_part(program, &operand.array, &value->array, value))
    return false;
  /* A single element is a number of its own. */
  if (value->array.ndim == 0) value->array = array_copy(&value->array);
  return true;
}

/* ---- indexing with lists */

/* x[:, [2, 0, 0]]: rows along one axis in any order */
bool make_gathered(Program *program, int depth, Value *value) {
  Value operand;
  if (!value_float(program, depth, &operand) || operand.array.ndim == 0) return false;
  const Array *array = &operand.array;
  int axis = draw(program, array->ndim), count = 1 + draw(program, 4), size[AXES];
  memcpy(size, array->size, sizeof size);
  size[axis] = count;
  if (shape_count(array->ndim, size) > ELEMENTS) return false;
  bool fits = write_text(value, "(%s)[", operand.text);
  for (int k = 0; fits && k < axis; k++) fits = write_text(value, ":, ");
  fits = fits && write_text(value, "[");
  value->array = array_new(array->kind, array->ndim, size);
  value->array.tracked = array->tracked;
  for (int c = 0; fits && c < count; c++) {
    int at = draw(program, array->size[axis]);
    fits = write_text(value, "%s%d", c ? ", " : "", chance(program, 30) ? at - array->size[axis] : at);
    Array from = *array, to = value->array;
    from.offset += at * from.stride[axis];
    to.offset += c * to.stride[axis];
    from.size[axis] = to.size[axis] = 1;
    for (int i = array_count(&from); i-- > 0;) *array_at(&to, i) = *array_at(&from, i);
  }
  return fits && write_text(value, "]]");
}

/* ---- writes */

/* A constant without axes may be a plain number, which has no memory to write into. */
static bool writable(const Array *array) {
  return !array->leaf && !array->readonly && array->kind >= SINGLE && (array->ndim > 0 || array->tracked);
}

static bool pick_target(Program *program, Value *target) {
  for (int attempt = 0; attempt < 6; attempt++) {
    *target = program->named[draw(program, program->named_count)];
    if (writable(&target->array)) return true;
  }
  return false;
}

static Number combine(char operation, const Number *old, const Number *more) {
  if (operation == '+') return number_add(old, more, 1);
  if (operation == '-') return number_add(old, more, -1);
  if (operation == '*') return number_multiply(old, more);
  return *more;
}

/* What a part of the target holds afterwards; a constant takes no derivatives. */
static bool new_part(const Array *part, const Array *value, char operation, Array *result) {
  Array wide;
  if (!array_broadcast(value, part->ndim, part->size, &wide)) return false;
  *result = array_copy(part);
  for (int i = array_count(part); i-- > 0;) {
    Number number = combine(operation, array_at(part, i), array_at(&wide, i));
    if (!part->tracked) number = number_constant(number.value);
    *array_at(result, i) = number;
  }
  return array_settle(result);
}

static void store(const Array *part, const Array *result) {
  for (int i = array_count(part); i-- > 0;) *array_at(part, i) = *array_at(result, i);
}

/* t[index] = value, t[index] += value, t *= value */
bool write_part(Program *program) {
  static const char *const signs[] = {"=", "+=", "-=", "*="};
  Value target, value;
  Array part, result;
  if (!pick_target(program, &target)) return false;
  int sign = draw(program, 4);
  bool whole = target.array.ndim == 0 || (sign > 0 && chance(program, 30));
  if (target.array.ndim == 0 && sign == 0) return false;
  if (whole)
    part = target.array;
  else if (!index_part(program, &target.array, &part, &target))
    return false;
  if (!value_fitting(program, part.ndim, part.size, &value) || value.array.kind < SINGLE) return false;
  if (value.array.kind != part.kind && value.array.ndim == 0 && part.ndim == 0) return false;
  if (!new_part(&part, &value.array, sign == 0 ? '=' : signs[sign][0], &result)) return false;
  store(&part, &result);
  program_add(program, "%s %s %s\n", target.text, signs[sign], value.text);
  return true;
}

/* add(t, value, out=t, where=mask): only where the mask holds */
bool write_masked(Program *program) {
  Value target, value, mask;
  Array result, wide;
  if (!pick_target(program, &target) || !value_fitting(program, target.array.ndim, target.array.size, &value))
    return false;
  if (!value_fitting(program, target.array.ndim, target.array.size, &mask)) return false;
  if (value.array.kind != target.array.kind || mask.array.kind == WHOLE) return false;
  bool product = chance(program, 50);
  if (!new_part(&target.array, &value.array, product ? '*' : '+', &result)) return false;
  if (!array_broadcast(&mask.array, target.array.ndim, target.array.size, &wide)) return false;
  for (int i = array_count(&result); i-- > 0;) {
    double condition = array_at(&wide, i)->value;
    if (mask.array.kind >= SINGLE && kind_close(mask.array.kind, condition, 0)) return false;
    if (condition <= 0) *array_at(&result, i) = *array_at(&target.array, i);
  }
  store(&target.array, &result);
  program_add(program, "written = %s(%s, %s, out=%s, where=%s%s)\n", product ? "multiply" : "add", target.text,
              value.text, target.text, mask.text, mask.array.kind == LOGICAL ? "" : " > 0");
  return true;
}
