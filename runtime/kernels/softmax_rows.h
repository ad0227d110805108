/* SPDX-License-Identifier: MIT */
/* softmax_rows.h: exponentials of rows, in float64 and one row after the other. */
#ifndef MGRAD_RUNTIME_KERNELS_SOFTMAX_ROWS_H
#define MGRAD_RUNTIME_KERNELS_SOFTMAX_ROWS_H
#include "runtime/kernels/reduce.h"

/* A matrix of scores; strides in bytes. */
typedef struct Scores {
  const char *data;
  DType dtype;
  int64_t rows, columns, row_stride, column_stride;
} Scores;

/* softmax or its logarithm of every row into contiguous float64.  False, with the error recorded, when interrupted. */
bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, double *out);
/* -log softmax(row)[label], one per row. */
bool crossentropy_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double *losses);
/* factor * (softmax(row) - 1 at the label, 0 elsewhere) into contiguous float64 or float32. */
bool crossentropy_slope_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double factor, DType dtype,
                             void *out);

#endif
