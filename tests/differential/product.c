/* SPDX-License-Identifier: MIT */
/* product.c: matrix products and einsum with random letters. */
#include <string.h>
#include "tests/differential/program.h"

/* An array seen as a stack of matrices: a vector on the left is a row, on the right a column. */
static bool as_matrices(const Array *array, bool left, Array *stack) {
  *stack = *array;
  if (array->ndim == 0) return false;
  if (array->ndim > 1) return true;
  stack->ndim = 2;
  stack->size[left ? 1 : 0] = array->size[0];
  stack->stride[left ? 1 : 0] = array->stride[0];
  stack->size[left ? 0 : 1] = 1;
  stack->stride[left ? 0 : 1] = 0;
  return true;
}

static bool multiply(const Array *x, const Array *y, Array *result) {
  Array a, b, wide_a, wide_b;
  if (!as_matrices(x, true, &a) || !as_matrices(y, false, &b)) return false;
  int n = a.size[a.ndim - 2], depth = a.size[a.ndim - 1], m = b.size[b.ndim - 1];
  if (b.size[b.ndim - 2] != depth) return false;
  Array batch_a = a, batch_b = b;
  batch_a.ndim -= 2;
  batch_b.ndim -= 2;
  int ndim, size[AXES];
  if (!shape_join(&batch_a, &batch_b, &ndim, size) || ndim > AXES - 2) return false;
  int batches = shape_count(ndim, size), tail_a[2] = {n, depth}, tail_b[2] = {depth, m}, tail[2] = {n, m}, full[AXES];
  if (batches * n * m > ELEMENTS) return false;
  memcpy(full, size, sizeof full);
  memcpy(full + ndim, tail_a, sizeof tail_a);
  if (!array_broadcast(&a, ndim + 2, full, &wide_a)) return false;
  memcpy(full + ndim, tail_b, sizeof tail_b);
  if (!array_broadcast(&b, ndim + 2, full, &wide_b)) return false;
  memcpy(full + ndim, tail, sizeof tail);
  Kind kind = x->kind > y->kind ? x->kind : y->kind;
  *result = array_new(kind, ndim + 2, full);
  for (int i = array_count(result); i-- > 0;) {
    int column = i % m, row = i / m % n, batch = i / m / n;
    for (int k = 0; k < depth; k++) {
      Number product = number_multiply(array_at(&wide_a, (batch * n + row) * depth + k),
                                       array_at(&wide_b, (batch * depth + k) * m + column));
      *array_at(result, i) = number_add(array_at(result, i), &product, 1);
    }
  }
  if (x->ndim == 1 || y->ndim == 1) {
    int kept = ndim;
    if (x->ndim > 1) full[kept++] = n;
    if (y->ndim > 1) full[kept++] = m;
    Array squeezed = array_new(kind, kept, full);
    squeezed.data = result->data;
    *result = squeezed;
  }
  return true;
}

bool make_matmul(Program *program, int depth, Value *value) {
  Value x, y;
  if (!value_float(program, depth, &x) || x.array.ndim == 0) return false;
  bool found = false;
  for (int attempt = 0; !found && attempt < 6; attempt++)
    found = value_float(program, 0, &y) && multiply(&x.array, &y.array, &value->array);
  if (!found) {
    int size[2] = {x.array.size[x.array.ndim - 1], 1 + draw(program, 3)};
    if (!value_constant(program, 1 + draw(program, 2), size, &y) || !multiply(&x.array, &y.array, &value->array))
      return false;
  }
  value->array.tracked = x.array.tracked || y.array.tracked;
  if (x.array.kind != y.array.kind && (x.array.ndim == 0 || y.array.ndim == 0)) return false;
  return write_text(value, chance(program, 70) ? "(%s @ %s)" : "matmul(%s, %s)", x.text, y.text);
}

/* ---- einsum */

enum { LETTERS = 2 * AXES };

typedef struct Letters {
  int count, size[LETTERS]; /* the letters and how far they run */
  int axis[2][AXES];        /* the letter of every axis of the operands */
  int output[LETTERS], output_count;
  bool kept[LETTERS];
} Letters;

/* Every axis gets a letter, at times one that another axis of its size has. */
static void draw_letters(Program *program, const Array *operand, int which, Letters *letters) {
  for (int k = 0; k < operand->ndim; k++) {
    int letter = draw(program, letters->count + 2);
    if (letter >= letters->count || letters->size[letter] != operand->size[k]) {
      letter = letters->count++;
      letters->size[letter] = operand->size[k];
    }
    letters->axis[which][k] = letter;
  }
}

static void draw_output(Program *program, Letters *letters) {
  int order[LETTERS] = {0};
  draw_order(program, order, letters->count);
  for (int k = 0; k < letters->count; k++) {
    if (letters->output_count == AXES || !chance(program, 65)) continue;
    letters->kept[order[k]] = true;
    letters->output[letters->output_count++] = order[k];
  }
}

static bool write_letters(Value *value, int count, const int *letters) {
  bool fits = true;
  for (int k = 0; fits && k < count; k++) fits = write_text(value, "%c", 'i' + letters[k]);
  return fits;
}

/* The place in an array where each letter has its position of `at`. */
static Number *locate(const Array *array, const int *letter, const int *at) {
  int place = array->offset;
  for (int k = 0; k < array->ndim; k++) place += array->stride[k] * at[letter[k]];
  return &array->data[place];
}

static void sum_products(const Array *operands, int count, const Letters *letters, Array *result) {
  int total = shape_count(letters->count, letters->size);
  for (int flat = 0; flat < total; flat++) {
    int at[LETTERS] = {0}, rest = flat;
    for (int k = 0; k < letters->count; k++) {
      at[k] = rest % letters->size[k];
      rest /= letters->size[k];
    }
    Number product = *locate(&operands[0], letters->axis[0], at);
    if (count == 2) product = number_multiply(&product, locate(&operands[1], letters->axis[1], at));
    Number *sum = locate(result, letters->output, at);
    *sum = number_add(sum, &product, 1);
  }
}

bool make_einsum(Program *program, int depth, Value *value) {
  Value x, y;
  Array operands[2];
  Letters letters = {0};
  int count = 1 + draw(program, 2);
  if (!value_float(program, depth, &x) || (count == 2 && !value_float(program, 0, &y))) return false;
  operands[0] = x.array;
  operands[1] = count == 2 ? y.array : x.array;
  if (operands[0].kind != operands[1].kind) return false;
  draw_letters(program, &operands[0], 0, &letters);
  if (count == 2) draw_letters(program, &operands[1], 1, &letters);
  draw_output(program, &letters);
  if (shape_count(letters.count, letters.size) > 8 * ELEMENTS) return false;
  int size[AXES];
  for (int k = 0; k < letters.output_count; k++) size[k] = letters.size[letters.output[k]];
  if (shape_count(letters.output_count, size) > ELEMENTS) return false;
  value->array = array_new(x.array.kind, letters.output_count, size);
  value->array.tracked = operands[0].tracked || operands[1].tracked;
  sum_products(operands, count, &letters, &value->array);
  /* One operand with all letters kept would be a view: the sum with 0 is none. */
  return write_text(value, count == 1 ? "(0 + einsum(\"" : "einsum(\"") &&
         write_letters(value, operands[0].ndim, letters.axis[0]) &&
         (count == 1 || (write_text(value, ",") && write_letters(value, operands[1].ndim, letters.axis[1]))) &&
         write_text(value, "->") && write_letters(value, letters.output_count, letters.output) &&
         (count == 1 ? write_text(value, "\", %s))", x.text) : write_text(value, "\", %s, %s)", x.text, y.text));
}
