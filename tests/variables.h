/* SPDX-License-Identifier: MIT */
/* variables.h: what the tests of variables share, on top of graphs.h. */
#ifndef MGRAD_TESTS_VARIABLES_H
#define MGRAD_TESTS_VARIABLES_H
#include "tests/graphs.h"

static inline Variable *matrix(int rows, int columns) {
  double numbers[64];
  for (int i = 0; i < rows * columns; i++) numbers[i] = i;
  return leaf_of(array(DTYPE_FLOAT64, SHAPE(rows, columns), numbers));
}

static inline Variable *transposed(Variable *x) {
  return own(variable_view(&graph, x, OP_transpose, NULL));
}

static inline Variable *squares(Variable *x) {
  return apply1(OP_square, x);
}

static inline void backward_squares(Variable *x) {
  Variable *y = squares(x);
  backward(y);
  variable_unref(y);
}

static inline void fill(Variable *x, double value) {
  write_number(x, value);
}

#endif
