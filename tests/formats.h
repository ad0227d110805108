/* SPDX-License-Identifier: MIT */
/* formats.h: what the tests of text and file formats share: tensors from numbers, and what became of them. */
#ifndef MGRAD_TESTS_FORMATS_H
#define MGRAD_TESTS_FORMATS_H
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "runtime/format/json.h"
#include "tests/suite.h"

static Error error;
static Runtime runtime = {.error = &error};

static inline void formats_set_up(void) {
  memory_fail_at(0, false);
  runtime.warning.count = 0;
}

static inline void formats_tear_down(void) {
  memory_fail_at(0, false);
  interrupt_requested = 0;
  error_free(&error);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

#define SHAPE(...) (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[]){__VA_ARGS__}
#define NUMBERS(...) (double[]){__VA_ARGS__}
#define ADD_CASES(tests, function, cases) tcase_add_loop_test(tests, function, 0, COUNT(cases))

static inline Tensor *make(DType dtype, int ndim, const int64_t *shape, const double *numbers) {
  Tensor *tensor = tensor_new_shape(&runtime, DTYPE_FLOAT64, ndim, shape);
  memcpy(tensor_data(tensor), numbers, (size_t)tensor_size(tensor) * sizeof(double));
  Tensor *result = tensor_cast(&runtime, tensor, dtype);
  tensor_unref(tensor);
  return result;
}

static inline void expect_error(const char *message) {
  ck_assert_int_ne(error.kind, ERROR_NONE);
  ck_assert_str_eq(buffer_text(&error.message), message);
  error_free(&error);
}

/* The value of a tensor as JSON; releases it. */
static inline void expect_json(Tensor *tensor, const char *expected) {
  ck_assert_msg(tensor != NULL, "%s", buffer_text(&error.message));
  Buffer out = {0};
  ck_assert(json_write_tensor(&out, &runtime, tensor));
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
  tensor_unref(tensor);
}

#endif
