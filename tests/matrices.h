/* SPDX-License-Identifier: MIT */
/* matrices.h: matrices for tests of linear algebra, on top of graphs.h. */
#ifndef MGRAD_TESTS_MATRICES_H
#define MGRAD_TESTS_MATRICES_H
#include "autodiff/rules_linalg.h"
#include "tests/graphs.h"

/* Well conditioned, with distinct real eigenvalues and singular values: a growing diagonal and small numbers beside it.
   `shape` is "2,3,3". */
static inline Tensor *sample_matrix(DType dtype, const char *shape_text, uint32_t seed) {
  int64_t shape[TENSOR_MAX_DIMS] = {0};
  int ndim = read_integers(shape_text, shape);
  Tensor *matrix = made(tensor_new_shape(&test_runtime, dtype, ndim, shape));
  int64_t n = shape[ndim - 1], m = ndim > 1 ? shape[ndim - 2] : 1;
  for (int64_t i = 0; i < tensor_size(matrix); i++) {
    double noise = ((double)(next_random(&seed) % 20000) / 10000 - 1) * 0.3;
    bool diagonal = ndim > 1 && i % n == i / n % m;
    put_number(matrix, i, noise + (diagonal ? 1 + 1.3 * (double)(i % n) : 0));
  }
  return matrix;
}

static inline double largest_of(const Tensor *x) {
  double most = 0;
  for (int64_t i = 0; i < tensor_size(x); i++) {
    double size = fabs(tensor_number_at(x, i));
    if (!(size <= most)) most = size;
  }
  return most;
}

/* Largest difference of two tensors of one shape; both come from a rule's frame. */
static inline double distance(Rule *rule, Tensor *x, Tensor *y) {
  ck_assert_msg(x && y, "%s", buffer_text(&test_error.message));
  ck_assert(layout_same_shape(x->layout, y->layout));
  return largest_of(made(rule_subtract(rule, x, y)));
}

static inline void expect_near(Rule *rule, Tensor *x, Tensor *y, double tolerance) {
  double far = distance(rule, x, y);
  ck_assert_msg(far <= tolerance, "they differ by %.3g, more than %.3g", far, tolerance);
}

static inline Attributes *text_attribute(int count, const char *text) {
  Attributes *attributes = attributes_new(&test_runtime, count);
  ck_assert(attributes && attributes_set_text(&test_runtime, attributes, 0, text));
  return attributes;
}

static inline Tensor *matrix_of(int rows, int columns, const double *numbers) {
  const int64_t shape[] = {rows, columns};
  return array(DTYPE_FLOAT64, 2, shape, numbers);
}

#endif
