/* SPDX-License-Identifier: MIT */
/* tensors.h: short ways to make, call and compare tensors in tests of the runtime. */
#ifndef MGRAD_TESTS_TENSORS_H
#define MGRAD_TESTS_TENSORS_H
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "runtime/op.h"
#include "tests/suite.h"

static Error test_error;
static Runtime test_runtime = {.error = &test_error};
static size_t test_blocks; /* in use before the test */

/* Every test starts without an error and gives back every block. */
static inline void tensors_set_up(void) {
  error_clear(&test_error);
  memory_fail_at(0, false);
  test_runtime.warning.count = 0;
  interrupt_requested = 0;
  test_blocks = memory_live_blocks();
}

static inline void tensors_tear_down(void) {
  memory_fail_at(0, false);
  error_free(&test_error);
  ck_assert_uint_eq(memory_live_blocks(), test_blocks);
}

#define NUMBERS(...) (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), (const double[]){__VA_ARGS__}
#define SHAPE(...) (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__}

static inline Tensor *made(Tensor *tensor) {
  ck_assert_msg(tensor != NULL, "%s", buffer_text(&test_error.message));
  return tensor;
}

static inline Layout *layout_of(int ndim, const int64_t *shape) {
  Layout *layout = layout_new(&test_runtime, ndim, shape);
  ck_assert_ptr_nonnull(layout);
  return layout;
}

static inline void put_number(Tensor *to, int64_t index, double number) {
  Layout *one = layout_ref(&layout_scalar);
  Tensor *value = made(tensor_new_number(&test_runtime, DTYPE_FLOAT64, number));
  ck_assert(tensor_assign_window(&test_runtime, to, one, index, value));
  tensor_unref(value);
  layout_unref(one);
}

static inline Tensor *array(DType dtype, int ndim, const int64_t *shape, const double *numbers) {
  Tensor *tensor = made(tensor_new_shape(&test_runtime, dtype, ndim, shape));
  for (int64_t i = 0; i < tensor_size(tensor); i++) put_number(tensor, i, numbers[i]);
  return tensor;
}

static inline Tensor *vector(DType dtype, int count, const double *numbers) {
  int64_t size = count;
  return array(dtype, 1, &size, numbers);
}

static inline Tensor *number(double value) {
  return made(tensor_new_number(&test_runtime, DTYPE_FLOAT64, value));
}

/* Calls that release their operands (NULL allowed); the result may be NULL. */
static inline Tensor *call(OpId op, int count, Tensor *const *tensors, Attributes *attributes) {
  Operands operands = {.op = op, .count = count, .tensors = tensors, .attributes = attributes};
  Tensor *result = op_table[op].forward(&test_runtime, &operands);
  for (int i = 0; i < count; i++) tensor_unref(tensors[i]);
  attributes_unref(attributes);
  return result;
}
static inline Tensor *call1(OpId op, Tensor *x, Attributes *attributes) { return call(op, 1, &x, attributes); }
static inline Tensor *call2(OpId op, Tensor *x, Tensor *y) { return call(op, 2, (Tensor *[]){x, y}, NULL); }

static inline bool same_number(double a, double b) {
  return a == b ? signbit(a) == signbit(b) || a != 0 : isnan(a) && isnan(b);
}

static inline void expect_type(const Tensor *tensor, DType dtype) {
  ck_assert_str_eq(dtype_info[tensor->dtype].name, dtype_info[dtype].name);
}

/* Checks type, shape and numbers, and releases the tensor. */
static inline void expect_array(Tensor *tensor, DType dtype, int ndim, const int64_t *shape, const double *numbers) {
  made(tensor);
  expect_type(tensor, dtype);
  ck_assert_int_eq(tensor_ndim(tensor), ndim);
  for (int i = 0; i < ndim; i++) ck_assert_int_eq(layout_shape(tensor->layout)[i], shape[i]);
  for (int64_t i = 0; i < tensor_size(tensor); i++) {
    double got = tensor_number_at(tensor, i);
    ck_assert_msg(same_number(got, numbers[i]), "element %d is %.17g, not %.17g", (int)i, got, numbers[i]);
  }
  tensor_unref(tensor);
}

static inline void expect_vector(Tensor *tensor, DType dtype, int count, const double *numbers) {
  int64_t size = count;
  expect_array(tensor, dtype, 1, &size, numbers);
}

static inline void expect_number(Tensor *tensor, DType dtype, double value) {
  expect_array(tensor, dtype, 0, NULL, &value);
}

/* Checks that a call failed, with this text in its message, and forgets the error. */
static inline void expect_failure(const void *result, ErrorKind kind, const char *text) {
  ck_assert_ptr_null(result);
  ck_assert_int_eq(test_error.kind, kind);
  ck_assert_msg(strstr(buffer_text(&test_error.message), text) != NULL, "`%s` is not in: %s", text,
                buffer_text(&test_error.message));
  error_clear(&test_error);
}

/* The first allocation of the work fails, then the second, until there is none left: each is an error that loses
   nothing. */
static inline void every_allocation_fails_once(bool (*work)(void)) {
  for (size_t n = 1;; n++) {
    memory_fail_at(n, false);
    bool done = work(), hit = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert_int_eq(done, !hit);
    if (!hit) break;
    expect_failure(NULL, ERROR_MEMORY, "out of memory");
    error_free(&test_error);
    ck_assert_uint_eq(memory_live_blocks(), test_blocks);
  }
}

/* The axis argument of reductions. */
static inline Attributes *axis_of(int count, int64_t axis) {
  Attributes *attributes = attributes_new(&test_runtime, count);
  ck_assert_ptr_nonnull(attributes);
  attributes_set_integer(attributes, 0, axis);
  return attributes;
}

#endif
