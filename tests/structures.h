/* SPDX-License-Identifier: MIT */
/* structures.h: attributes from text, and tensors in unusual memory layouts, on top of tensors.h. */
#ifndef MGRAD_TESTS_STRUCTURES_H
#define MGRAD_TESTS_STRUCTURES_H
#include <stdio.h>

#include "tests/tensors.h"

static const DType all_types[] = {DTYPE_BOOL, DTYPE_UINT8, DTYPE_INT32, DTYPE_INT64, DTYPE_FLOAT32, DTYPE_FLOAT64};
enum { TYPES = sizeof all_types / sizeof *all_types };

/* ---- attributes: words "i3" (integer), "l2,3" (integers, "l" alone: none of them), "b1", "-" (none), "tij->ji"
   (text, a "_" stands for a space) */
static inline void set_argument(Attributes *attributes, int index, char *word) {
  int64_t integers[TENSOR_MAX_DIMS + 8];
  int count = 0;
  switch (word[0]) {
    case 'i': attributes_set_integer(attributes, index, strtoll(word + 1, NULL, 10)); break;
    case 'b': attributes_set_bool(attributes, index, word[1] == '1'); break;
    case 't':
      for (char *c = word; *c; c++) *c = *c == '_' ? ' ' : *c;
      ck_assert(attributes_set_text(&test_runtime, attributes, index, word + 1));
      break;
    case 'l':
      for (char *end = word; *end && end[1]; integers[count++] = strtoll(end + 1, &end, 10)) continue;
      ck_assert(attributes_set_integers(&test_runtime, attributes, index, count, integers));
      break;
    default: break;
  }
}

static inline Attributes *arguments(const char *text) {
  char copy[400], *save = NULL;
  int count = *text != '\0';
  ck_assert_uint_lt(strlen(text), sizeof copy);
  strcpy(copy, text);
  for (const char *c = text; *c; c++) count += *c == ' ';
  Attributes *attributes = attributes_new(&test_runtime, count);
  ck_assert_ptr_nonnull(attributes);
  char *word = strtok_r(copy, " ", &save);
  for (int i = 0; i < count; i++, word = strtok_r(NULL, " ", &save)) set_argument(attributes, i, word);
  return attributes;
}

/* ---- tensors */
/* 0, 1, 2, ... in C order; bool: every third is false. */
static inline Tensor *numbered(DType dtype, int ndim, const int64_t *shape) {
  Tensor *whole = made(tensor_new_shape(&test_runtime, DTYPE_INT64, ndim, shape));
  int64_t *values = tensor_data(whole);
  for (int64_t i = 0; i < tensor_size(whole); i++) values[i] = dtype == DTYPE_BOOL ? i % 3 : i;
  Tensor *cast = made(tensor_cast(&test_runtime, whole, dtype));
  tensor_unref(whole);
  return cast;
}

/* Small whole numbers, so that sums are exact in every order; bool: both values occur. */
static inline Tensor *mixed(DType dtype, int ndim, const int64_t *shape, uint32_t seed) {
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, ndim, shape));
  double *out = tensor_data(x);
  for (int64_t i = 0; i < tensor_size(x); i++) out[i] = (double)(next_random(&seed) % (dtype == DTYPE_BOOL ? 2 : 5));
  Tensor *cast = made(tensor_cast(&test_runtime, x, dtype));
  tensor_unref(x);
  return cast;
}

static inline Tensor *window_taken(Tensor *tensor, int ndim, const int64_t *shape, const int64_t *strides,
                                   int64_t offset) {
  Layout *layout = layout_new_strided(&test_runtime, ndim, shape, strides);
  ck_assert_ptr_nonnull(layout);
  Tensor *window = made(tensor_window(&test_runtime, tensor, layout, offset));
  layout_unref(layout);
  tensor_unref(tensor);
  return window;
}

/* The same numbers as a dense tensor (which is released) in other memory: 1: axes stored in reverse order; 2: all axes
   stored backwards; 3: with gaps; 0: as it is. */
enum { DISGUISES = 4 };
static inline Tensor *disguised(Tensor *dense, int kind) {
  int ndim = tensor_ndim(dense);
  int64_t memory = 1, shape[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS], offset = 0;
  if (kind == 0 || ndim == 0) return dense;
  for (int i = 0; i < ndim; i++) {
    int axis = kind == 1 ? i : ndim - 1 - i;
    shape[axis] = layout_shape(dense->layout)[axis];
    strides[axis] = kind == 3 ? 2 * memory : memory;
    memory *= kind == 3 ? 2 * shape[axis] + 1 : shape[axis];
  }
  if (memory == 0) return dense;
  for (int i = 0; kind == 2 && i < ndim; i++) {
    offset += (shape[i] - 1) * strides[i];
    strides[i] = -strides[i];
  }
  Tensor *storage = made(tensor_new_shape(&test_runtime, (DType)dense->dtype, 1, &memory));
  ck_assert(tensor_fill(&test_runtime, storage, 1));
  Tensor *result = window_taken(storage, ndim, shape, strides, offset);
  ck_assert(tensor_assign(&test_runtime, result, dense));
  tensor_unref(dense);
  return result;
}

/* Same type, shape and numbers; both are released. */
static inline void expect_same(Tensor *got, Tensor *expected) {
  made(got);
  expect_type(got, (DType)expected->dtype);
  ShapeText first, second;
  ck_assert_str_eq(layout_text(&first, got->layout), layout_text(&second, expected->layout));
  for (int64_t i = 0; i < tensor_size(got); i++) {
    double a = tensor_number_at(got, i), b = tensor_number_at(expected, i);
    ck_assert_msg(same_number(a, b), "element %d is %.17g, not %.17g", (int)i, a, b);
  }
  tensor_unref(got);
  tensor_unref(expected);
}

/* The row of a VIEW on a tensor (released), copied first where it must be; NULL after an error. */
static inline Tensor *view_of(OpId op, Tensor *x, Attributes *attributes) {
  Operands operands = {.op = op, .count = 1, .tensors = &x, .attributes = attributes};
  Layout *layout = NULL;
  int64_t offset = 0;
  bool needs_copy = false, found = op_table[op].view(&test_runtime, &operands, x->layout, &layout, &offset,
                                                     &needs_copy);
  if (found && needs_copy) {
    Tensor *dense = made(tensor_copy(&test_runtime, x));
    tensor_unref(x);
    x = dense;
    needs_copy = false;
    found = op_table[op].view(&test_runtime, &operands, x->layout, &layout, &offset, &needs_copy);
  }
  Tensor *result = found && !needs_copy ? made(tensor_window(&test_runtime, x, layout, offset)) : NULL;
  layout_unref(layout);
  tensor_unref(x);
  attributes_unref(attributes);
  return result;
}

#endif
