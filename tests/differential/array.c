/* SPDX-License-Identifier: MIT */
/* array.c: arrays, views and numbers with derivatives, in the plainest way: the tested code is fast, this is simple. */
#include "tests/differential/array.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- memory */

enum { MOST_BLOCKS = 4096 };
static void *blocks[MOST_BLOCKS];
static int block_count;

void *arena_get(size_t bytes) {
  void *block = block_count < MOST_BLOCKS ? calloc(1, bytes ? bytes : 1) : NULL;
  if (!block) {
    fputs("differential: out of memory\n", stderr);
    exit(2);
  }
  blocks[block_count++] = block;
  return block;
}

void arena_release(void) {
  while (block_count) free(blocks[--block_count]);
}

/* ---- shapes */

int shape_count(int ndim, const int *size) {
  int count = 1;
  for (int k = 0; k < ndim; k++) count *= size[k];
  return count;
}

int array_count(const Array *array) { return shape_count(array->ndim, array->size); }

bool shape_equal(const Array *x, const Array *y) {
  bool equal = x->ndim == y->ndim;
  for (int k = 0; equal && k < x->ndim; k++) equal = x->size[k] == y->size[k];
  return equal;
}

bool shape_join(const Array *x, const Array *y, int *ndim, int *size) {
  *ndim = x->ndim > y->ndim ? x->ndim : y->ndim;
  for (int k = 1; k <= *ndim; k++) {
    int a = k <= x->ndim ? x->size[x->ndim - k] : 1, b = k <= y->ndim ? y->size[y->ndim - k] : 1;
    if (a != b && a != 1 && b != 1) return false;
    size[*ndim - k] = a == 1 ? b : a;
  }
  return shape_count(*ndim, size) <= ELEMENTS;
}

bool kind_join(const Array *x, const Array *y, Kind *kind) {
  *kind = x->kind > y->kind ? x->kind : y->kind;
  if (x->kind == y->kind || (x->ndim > 0 && y->ndim > 0)) return true;
  if (x->ndim == 0 && y->ndim == 0) return false;
  /* A scalar never widens a tensor of its own kind. */
  Kind tensor = x->ndim ? x->kind : y->kind, scalar = x->ndim ? y->kind : x->kind;
  *kind = tensor;
  return tensor >= SINGLE && scalar >= WHOLE;
}

bool kind_close(Kind kind, double x, double y) { return fabs(x - y) <= (kind == SINGLE ? 1e-3 : 1e-7) * (1 + fabs(x)); }

/* ---- arrays */

Array array_new(Kind kind, int ndim, const int *size) {
  Array array = {.kind = kind, .ndim = ndim};
  int stride = 1;
  for (int k = ndim - 1; k >= 0; k--) {
    array.size[k] = size[k];
    array.stride[k] = stride;
    stride *= size[k];
  }
  array.data = arena_get((size_t)stride * sizeof *array.data);
  return array;
}

Number *array_at(const Array *array, int flat) {
  int place = array->offset;
  for (int k = array->ndim - 1; k >= 0; k--) {
    place += flat % array->size[k] * array->stride[k];
    flat /= array->size[k];
  }
  return &array->data[place];
}

bool array_contiguous(const Array *array) {
  int stride = 1;
  for (int k = array->ndim - 1; k >= 0; k--) {
    if (array->size[k] != 1 && array->stride[k] != stride) return false;
    stride *= array->size[k];
  }
  return true;
}

Array array_copy(const Array *array) {
  Array copy = array_new(array->kind, array->ndim, array->size);
  copy.tracked = array->tracked;
  for (int i = array_count(array); i-- > 0;) *array_at(&copy, i) = *array_at(array, i);
  return copy;
}

bool array_broadcast(const Array *array, int ndim, const int *size, Array *result) {
  int missing = ndim - array->ndim;
  if (missing < 0) return false;
  *result = *array;
  result->ndim = ndim;
  for (int k = 0; k < ndim; k++) {
    int own = k < missing ? 1 : array->size[k - missing];
    if (own != size[k] && own != 1) return false;
    result->size[k] = size[k];
    result->stride[k] = own == 1 ? 0 : array->stride[k - missing];
  }
  return true;
}

bool array_settle(Array *array) {
  for (int i = array_count(array); i-- > 0;) {
    Number *number = array_at(array, i);
    if (!(fabs(number->value) <= 1e3)) return false;
    if (!(number->gain <= 1e4 && number->bend <= 1e5)) return false;
    if (array->kind == SINGLE) number->value = (double)(float)number->value;
    for (int k = 0; k < DIRECTIONS; k++)
      if (!(fabs(number->slope[k]) <= 1e4 && fabs(number->turn[k]) <= 1e6)) return false;
  }
  return true;
}

/* ---- numbers */

Number number_constant(double value) { return (Number){.value = value}; }

Number number_add(const Number *x, const Number *y, double factor) {
  Number sum = {.value = x->value + factor * y->value, .rate = x->rate + factor * y->rate};
  sum.gain = x->gain + fabs(factor) * y->gain;
  sum.bend = x->bend + fabs(factor) * y->bend;
  for (int k = 0; k < DIRECTIONS; k++) {
    sum.slope[k] = x->slope[k] + factor * y->slope[k];
    sum.turn[k] = x->turn[k] + factor * y->turn[k];
  }
  return sum;
}

Number number_scale(const Number *x, double factor) {
  Number zero = {0};
  return number_add(&zero, x, factor);
}

Number number_multiply(const Number *x, const Number *y) {
  Number product = {.value = x->value * y->value, .rate = x->rate * y->value + x->value * y->rate};
  product.gain = x->gain * fabs(y->value) + fabs(x->value) * y->gain;
  product.bend = x->bend * fabs(y->value) + 2 * x->gain * y->gain + fabs(x->value) * y->bend;
  for (int k = 0; k < DIRECTIONS; k++) {
    product.slope[k] = x->slope[k] * y->value + x->value * y->slope[k];
    product.turn[k] =
        x->turn[k] * y->value + x->slope[k] * y->rate + x->rate * y->slope[k] + x->value * y->turn[k];
  }
  return product;
}

static const double STEP = 1e-30;

Number number_apply(Function f, Function df, const Number *x) {
  double complex moved = f(x->value + STEP * I);
  double first = cimag(moved) / STEP, second = cimag(df(x->value + STEP * I)) / STEP;
  Number result = {.value = creal(moved), .rate = first * x->rate, .gain = fabs(first) * x->gain};
  result.bend = fabs(second) * x->gain * x->gain + fabs(first) * x->bend;
  for (int k = 0; k < DIRECTIONS; k++) {
    result.slope[k] = first * x->slope[k];
    result.turn[k] = first * x->turn[k] + second * x->rate * x->slope[k];
  }
  return result;
}

Number number_apply2(Function2 f, Function2 by_first, Function2 by_second, const Number *x, const Number *y) {
  double complex first = f(x->value + STEP * I, y->value), second = f(x->value, y->value + STEP * I);
  double dx = cimag(first) / STEP, dy = cimag(second) / STEP;
  double xx = cimag(by_first(x->value + STEP * I, y->value)) / STEP;
  double xy = cimag(by_first(x->value, y->value + STEP * I)) / STEP;
  double yy = cimag(by_second(x->value, y->value + STEP * I)) / STEP;
  Number result = {.value = creal(first), .rate = dx * x->rate + dy * y->rate};
  result.gain = fabs(dx) * x->gain + fabs(dy) * y->gain;
  result.bend = fabs(xx) * x->gain * x->gain + 2 * fabs(xy) * x->gain * y->gain + fabs(yy) * y->gain * y->gain +
                fabs(dx) * x->bend + fabs(dy) * y->bend;
  for (int k = 0; k < DIRECTIONS; k++) {
    result.slope[k] = dx * x->slope[k] + dy * y->slope[k];
    result.turn[k] = dx * x->turn[k] + dy * y->turn[k] + (xx * x->rate + xy * y->rate) * x->slope[k] +
                     (xy * x->rate + yy * y->rate) * y->slope[k];
  }
  return result;
}
