/* SPDX-License-Identifier: MIT */
/* softmax_rows.h: exponentials of rows, in float64 and one row after the other. */
#ifndef MGRAD_RUNTIME_KERNELS_SOFTMAX_ROWS_H
#define MGRAD_RUNTIME_KERNELS_SOFTMAX_ROWS_H
#include "runtime/kernels/reduce.h"

/* The inner loops, per instruction set; the results are the same bits in each. */
typedef struct SoftmaxLoops {
  double (*largest)(const double *x, int64_t count); /* nan if one is nan */
  /* Sets the powers to 0 whose differences to the largest score are 0, and counts them. */
  int64_t (*drop_largest)(double *powers, const double *differences, int64_t count);
  void (*subtract)(double *out, const double *x, double subtrahend, int64_t count);
  /* Of rows of columns side by side: minus the subtrahend of each column, and to each column's count its zeros.  The
     rows of x are `stride` elements apart. */
  void (*subtract_each)(double *out, const double *x, int64_t stride, const double *subtrahends, int64_t rows,
                        int64_t width);
  void (*count_largest)(double *counts, const double *differences, int64_t rows, int64_t width);
  void (*divide)(double *numbers, double divisor, int64_t count);
  void (*scale)(double *out, const double *x, double factor, int64_t count);
} SoftmaxLoops;
extern const SoftmaxLoops softmax_loops_plain, softmax_loops_avx2, softmax_loops_avx512;
const SoftmaxLoops *softmax_loops(void); /* the best ones for this processor */

/* A matrix of scores; strides in bytes. */
typedef struct Scores {
  const char *data;
  DType dtype;
  int64_t rows, columns, row_stride, column_stride;
} Scores;

/* The rows that the axes make of x; false unless these are the last ones of a contiguous tensor with elements. */
bool scores_along(Scores *scores, const Tensor *x, uint32_t axes);

/* softmax or its logarithm of every row into contiguous float64.  False, with the error recorded, when interrupted. */
bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, double *out);
/* log(sum(exp(row))), one per row; rows have elements. */
bool logsumexp_rows(Runtime *runtime, const Scores *scores, double *out);
/* -log softmax(row)[label], one per row. */
bool crossentropy_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double *losses);
/* factor * (softmax(row) - 1 at the label, 0 elsewhere) into contiguous float64 or float32, and, unless `losses` is
   NULL, what crossentropy_rows gives: of the same exponentials. */
bool crossentropy_slope_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double factor, DType dtype,
                             void *out, double *losses);

#endif
