/* SPDX-License-Identifier: MIT */
/* softmax_rows.h: exponentials of rows, in the type of float scores, else in float64, one row after the other. */
#ifndef MGRAD_RUNTIME_KERNELS_SOFTMAX_ROWS_H
#define MGRAD_RUNTIME_KERNELS_SOFTMAX_ROWS_H
#include "runtime/kernels/reduce.h"

/* The inner loops on float32 or float64, per instruction set; the results are the same bits in each.  Sums are in
   float64 for both.  Whoever takes `most` takes the largest score, or one beside each score. */
typedef struct SoftmaxLoops {
  double (*largest)(const void *x, int64_t count); /* nan if one is nan */
  void (*spread_largest)(void *most, const void *x, int64_t rows, int64_t columns); /* of each row, to every column */
  /* Sets the powers to 0 where the score is the largest one, and counts them. */
  int64_t (*drop_largest)(void *powers, const void *x, double most, int64_t count);
  void (*subtract)(void *out, const void *x, double most, double logarithm, int64_t count);
  void (*divide)(void *numbers, double divisor, int64_t count);
  void (*scale)(void *out, const void *x, double factor, int64_t count);
  /* Of rows of columns side by side, to each column's count. */
  void (*drop_columns)(void *powers, double *counts, const void *x, const void *most, int64_t rows, int64_t width);
  /* Of rows of at most FOLD_LANES columns: by their sums; the sums without one of the largest; minus `most` and the
     row's logarithm. */
  void (*divide_few)(void *powers, int64_t rows, int64_t columns);
  void (*rests_of_few)(double *rests, void *powers, const void *x, const void *most, int64_t rows, int64_t columns);
  void (*subtract_few)(void *out, const void *x, const void *most, const double *logarithms, int64_t rows,
                       int64_t columns);
} SoftmaxLoops;
extern const SoftmaxLoops softmax_float32_plain, softmax_float32_avx2, softmax_float32_avx512;
extern const SoftmaxLoops softmax_float64_plain, softmax_float64_avx2, softmax_float64_avx512;
const SoftmaxLoops *softmax_loops_float32(void), *softmax_loops_float64(void); /* the best ones for this processor */
static inline const SoftmaxLoops *softmax_loops(DType real) {
  return real == DTYPE_FLOAT32 ? softmax_loops_float32() : softmax_loops_float64();
}

/* A matrix of scores; strides in bytes. */
typedef struct Scores {
  const char *data;
  DType dtype;
  int64_t rows, columns, row_stride, column_stride;
} Scores;

/* The rows that the axes make of x; false unless these are the last ones of a contiguous tensor with elements. */
bool scores_along(Scores *scores, const Tensor *x, uint32_t axes);

/* The type in which scores are computed with, and that of softmax. */
static inline DType score_type(DType scores) { return scores == DTYPE_FLOAT32 ? DTYPE_FLOAT32 : DTYPE_FLOAT64; }

/* softmax or its logarithm of every row, contiguous.  False, with the error recorded, when interrupted. */
bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, void *out);
/* log(sum(exp(row))), one per row; rows have elements. */
bool logsumexp_rows(Runtime *runtime, const Scores *scores, double *out);
/* -log softmax(row)[label], one per row. */
bool crossentropy_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double *losses);
/* factor * (softmax(row) - 1 at the label, 0 elsewhere), contiguous, and, unless `losses` is NULL, what
   crossentropy_rows gives: of the same exponentials. */
bool crossentropy_slope_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double factor, void *out,
                             double *losses);

#endif
