/* SPDX-License-Identifier: MIT */
/* structure.c: operations that show elements in another order, arrange them anew, or join tensors. */
#include <string.h>
#include "tests/differential/program.h"

static bool write_sizes(Value *value, int ndim, const int *size) {
  bool fits = write_text(value, "(");
  for (int k = 0; fits && k < ndim; k++) fits = write_text(value, "%d,%s", size[k], k + 1 < ndim ? " " : "");
  return fits && write_text(value, ")");
}

/* ---- views */

static bool view_transpose(Program *program, Value *operand, Value *value) {
  int order[AXES] = {0};
  const Array *array = &operand->array;
  draw_order(program, order, array->ndim);
  for (int k = 0; k < array->ndim; k++) {
    value->array.size[k] = array->size[order[k]];
    value->array.stride[k] = array->stride[order[k]];
  }
  return write_text(value, "transpose(%s, ", operand->text) && write_sizes(value, array->ndim, order) &&
         write_text(value, ")");
}

static bool view_reversed_axes(Program *program, Value *operand, Value *value) {
  (void)program;
  const Array *array = &operand->array;
  for (int k = 0; k < array->ndim; k++) {
    value->array.size[k] = array->size[array->ndim - 1 - k];
    value->array.stride[k] = array->stride[array->ndim - 1 - k];
  }
  return write_text(value, "%s.T", operand->text);
}

static bool view_expand(Program *program, Value *operand, Value *value) {
  Array *array = &value->array;
  if (array->ndim == AXES) return false;
  int axis = draw(program, array->ndim + 1);
  for (int k = array->ndim++; k > axis; k--) {
    array->size[k] = array->size[k - 1];
    array->stride[k] = array->stride[k - 1];
  }
  array->size[axis] = 1;
  array->stride[axis] = 0;
  return write_text(value, "expand_dims(%s, ", operand->text) &&
         write_axis(value, axis, array->ndim, chance(program, 40)) && write_text(value, ")");
}

static bool view_squeeze(Program *program, Value *operand, Value *value) {
  (void)program;
  Array *array = &value->array;
  int kept = 0;
  for (int k = 0; k < array->ndim; k++) {
    if (array->size[k] == 1) continue;
    array->size[kept] = array->size[k];
    array->stride[kept++] = array->stride[k];
  }
  if (kept == array->ndim) return false;
  array->ndim = kept;
  return write_text(value, "squeeze(%s)", operand->text);
}

static bool view_flip(Program *program, Value *operand, Value *value) {
  Array *array = &value->array;
  if (array->ndim == 0) return false;
  int axis = draw(program, array->ndim);
  array->offset += array->stride[axis] * (array->size[axis] - 1);
  array->stride[axis] = -array->stride[axis];
  return write_text(value, "flip(%s, ", operand->text) && write_axis(value, axis, array->ndim, chance(program, 40)) &&
         write_text(value, ")");
}

/* Only of elements in C order: whether others are copied is for other tests. */
static bool view_reshape(Program *program, Value *operand, Value *value) {
  int count = array_count(&operand->array), ndim = 0, size[AXES], missing = draw(program, 5);
  if (!array_contiguous(&operand->array) || count == 0) return false;
  for (int rest = count; ndim < AXES - 1 && rest > 1;) {
    int part = chance(program, 40) && rest % 2 == 0 ? 2 : chance(program, 40) && rest % 3 == 0 ? 3 : rest;
    size[ndim++] = part;
    rest /= part;
    if (ndim == AXES - 1 && rest > 1) size[ndim++] = rest;
  }
  Array fresh = array_new(operand->array.kind, ndim, size);
  memcpy(value->array.size, fresh.size, sizeof fresh.size);
  memcpy(value->array.stride, fresh.stride, sizeof fresh.stride);
  value->array.ndim = ndim;
  if (missing < ndim) size[missing] = -1;
  return write_text(value, "reshape(%s, ", operand->text) && write_sizes(value, ndim, size) && write_text(value, ")");
}

static bool view_broadcast(Program *program, Value *operand, Value *value) {
  int ndim = operand->array.ndim, size[AXES], more = ndim < 3 ? draw(program, 2) : 0;
  for (int k = 0; k < ndim; k++)
    size[k + more] = operand->array.size[k] == 1 ? 1 + draw(program, 3) : operand->array.size[k];
  if (more) size[0] = 1 + draw(program, 3);
  if (shape_count(ndim + more, size) > ELEMENTS || !array_broadcast(&operand->array, ndim + more, size, &value->array))
    return false;
  value->array.readonly = true;
  return write_text(value, "broadcast_to(%s, ", operand->text) && write_sizes(value, ndim + more, size) &&
         write_text(value, ")");
}

static bool view_diagonal(Program *program, Value *operand, Value *value) {
  Array *array = &value->array;
  if (array->ndim != 2) return false;
  int shift = draw(program, 3) - 1;
  int row = shift < 0 ? 1 : 0, column = shift > 0 ? 1 : 0;
  int rows = array->size[0] - row, columns = array->size[1] - column;
  if (rows <= 0 || columns <= 0) return false;
  array->offset += row * array->stride[0] + column * array->stride[1];
  array->size[0] = rows < columns ? rows : columns;
  array->stride[0] += array->stride[1];
  array->ndim = 1;
  return write_text(value, "diagonal(%s, %d)", operand->text, shift);
}

static bool view_windows(Program *program, Value *operand, Value *value) {
  Array *array = &value->array;
  if (array->ndim != 1 || array->size[0] < 2) return false;
  int step = 1 + draw(program, 2);
  array->size[0] = (array->size[0] - 2) / step + 1;
  array->size[1] = 2;
  array->stride[1] = array->stride[0];
  array->stride[0] *= step;
  array->ndim = 2;
  array->readonly = true;
  return write_text(value, "sliding_window_view(%s, (2,), %d)", operand->text, step);
}

bool make_view(Program *program, int depth, Value *value) {
  static bool (*const views[])(Program *, Value *, Value *) = {view_transpose, view_reversed_axes, view_expand,
                                                               view_squeeze,   view_flip,          view_reshape,
                                                               view_broadcast, view_diagonal,      view_windows};
  Value operand;
  if (!value_any(program, depth, &operand) || operand.text[0] == '[' || operand.text[0] == '(') return false;
  /* A constant without axes is a plain number, which shares no memory, or a view, which does. */
  if (operand.array.ndim == 0 && !operand.array.tracked) return false;
  value->array = operand.array;
  return views[draw(program, (int)(sizeof views / sizeof *views))](program, &operand, value);
}

/* ---- arrangements: copies in another order, with elements repeated or left out */

static bool arrange_triangle(Program *program, const Value *operand, Value *value) {
  const Array *array = &operand->array;
  bool lower = chance(program, 50);
  int shift = draw(program, 3) - 1;
  if (array->ndim < 2) return false;
  value->array = array_copy(array);
  int rows = array->size[array->ndim - 2], columns = array->size[array->ndim - 1];
  for (int i = array_count(array); i-- > 0;) {
    int row = i / columns % rows, column = i % columns;
    if (lower ? column > row + shift : column < row + shift) *array_at(&value->array, i) = number_constant(0);
  }
  return write_text(value, "%s(%s, %d)", lower ? "tril" : "triu", operand->text, shift);
}

static bool arrange_diagonal(Program *program, const Value *operand, Value *value) {
  const Array *array = &operand->array;
  int shift = draw(program, 3) - 1, far = shift < 0 ? -shift : shift;
  if (array->ndim != 1) return false;
  int n = array->size[0] + far, size[2] = {n, n};
  if (n * n > ELEMENTS) return false;
  value->array = array_new(array->kind, 2, size);
  value->array.tracked = array->tracked;
  for (int i = 0; i < array->size[0]; i++)
    *array_at(&value->array, (i + (shift < 0 ? far : 0)) * n + i + (shift > 0 ? far : 0)) = *array_at(array, i);
  return write_text(value, "diag(%s, %d)", operand->text, shift);
}

/* Rows along an axis, each `times[k]` times. */
static bool arrange_repeat(Program *program, const Value *operand, Value *value) {
  const Array *array = &operand->array;
  if (array->ndim == 0) return false;
  int axis = draw(program, array->ndim), times[ELEMENTS], total = 0, size[AXES];
  bool uniform = chance(program, 50);
  for (int k = 0; k < array->size[axis]; k++) total += times[k] = uniform ? 2 : 1 + draw(program, 2);
  memcpy(size, array->size, sizeof size);
  size[axis] = total;
  if (shape_count(array->ndim, size) > ELEMENTS) return false;
  value->array = array_new(array->kind, array->ndim, size);
  value->array.tracked = array->tracked;
  int inner = 1;
  for (int k = axis + 1; k < array->ndim; k++) inner *= array->size[k];
  int outer = array_count(array) / inner / array->size[axis];
  for (int o = 0, to = 0; o < outer; o++)
    for (int k = 0; k < array->size[axis]; k++)
      for (int t = 0; t < times[k]; t++)
        for (int i = 0; i < inner; i++)
          *array_at(&value->array, to++) = *array_at(array, (o * array->size[axis] + k) * inner + i);
  if (uniform) return write_text(value, "repeat(%s, 2, axis=%d)", operand->text, axis);
  return write_text(value, "repeat(%s, ", operand->text) && write_sizes(value, array->size[axis], times) &&
         write_text(value, ", axis=%d)", axis);
}

static bool arrange_pad(Program *program, const Value *operand, Value *value) {
  const Array *array = &operand->array;
  if (array->ndim != 1) return false;
  static const char *const modes[] = {"constant", "edge", "reflect", "wrap"};
  int mode = draw(program, 4), before = draw(program, 2), after = draw(program, 3), n = array->size[0];
  if (n < 3 || before + n + after > ELEMENTS) return false;
  int size = before + n + after;
  value->array = array_new(array->kind, 1, &size);
  value->array.tracked = array->tracked;
  for (int i = 0; i < size; i++) {
    int from = i - before;
    if (from < 0)
      from = mode == 1 ? 0 : mode == 2 ? -from : from + n;
    else if (from >= n)
      from = mode == 1 ? n - 1 : mode == 2 ? 2 * (n - 1) - from : from - n;
    bool outside = mode == 0 && (i < before || i >= before + n);
    *array_at(&value->array, i) = outside ? number_constant(0) : *array_at(array, from);
  }
  return write_text(value, "pad(%s, (%d, %d), mode=\"%s\")", operand->text, before, after, modes[mode]);
}

static bool arrange_flat(Program *program, const Value *operand, Value *value) {
  int size = array_count(&operand->array);
  Array copy = array_copy(&operand->array);
  value->array = array_new(copy.kind, 1, &size);
  value->array.tracked = copy.tracked;
  value->array.data = copy.data;
  return write_text(value, chance(program, 50) ? "flatten(%s)" : "(1 * ravel(%s))", operand->text) &&
         copy.kind >= WHOLE;
}

bool make_arrangement(Program *program, int depth, Value *value) {
  static bool (*const makers[])(Program *, const Value *, Value *) = {arrange_triangle, arrange_diagonal,
                                                                      arrange_repeat, arrange_pad, arrange_flat};
  Value operand;
  return value_float(program, depth, &operand) &&
         makers[draw(program, (int)(sizeof makers / sizeof *makers))](program, &operand, value);
}

/* ---- joined tensors */

/* concatenate((x, y, x), axis) of tensors that differ along the axis; or stack, where they do not */
bool make_joined(Program *program, int depth, Value *value) {
  Value part[2];
  if (!value_float(program, depth, &part[0])) return false;
  const Array *array = &part[0].array;
  bool stacked = array->ndim == 0 || (array->ndim < AXES && chance(program, 40));
  int ndim = array->ndim, size[AXES] = {0}, axis = draw(program, ndim + stacked);
  memcpy(size, array->size, sizeof size);
  if (!stacked) size[axis] = 1 + draw(program, 3);
  if (!value_constant(program, ndim, size, &part[1])) return false;
  for (int n = program->named_count; n-- > 0 && chance(program, 70);)
    if (shape_equal(&program->named[n].array, array) && program->named[n].array.kind >= SINGLE) {
      part[1] = program->named[n];
      break;
    }
  Kind kind;
  int axis_size = stacked ? 2 : array->size[axis] + part[1].array.size[axis], outer = 1, inner = 1;
  if (!kind_join(&part[0].array, &part[1].array, &kind) || part[0].array.kind != part[1].array.kind) return false;
  for (int k = 0; k < axis; k++) outer *= array->size[k];
  for (int k = axis + !stacked; k < ndim; k++) inner *= array->size[k];
  if (stacked)
    for (int k = ndim++; k > axis; k--) size[k] = size[k - 1];
  size[axis] = axis_size;
  if (shape_count(ndim, size) > ELEMENTS) return false;
  value->array = array_new(kind, ndim, size);
  value->array.tracked = part[0].array.tracked || part[1].array.tracked;
  for (int o = 0, to = 0; o < outer; o++)
    for (int p = 0; p < 2; p++) {
      int run = (stacked ? 1 : part[p].array.size[axis]) * inner;
      for (int i = 0; i < run; i++) *array_at(&value->array, to++) = *array_at(&part[p].array, o * run + i);
    }
  return write_text(value, "%s((%s, %s), axis=", stacked ? "stack" : "concatenate", part[0].text, part[1].text) &&
         write_axis(value, axis, ndim, chance(program, 40)) && write_text(value, ")");
}
