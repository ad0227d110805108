/* SPDX-License-Identifier: MIT */
/* blas.h: products of matrices: OpenBLAS where it is installed and worth it, else loops of our own. */
#ifndef MGRAD_RUNTIME_BLAS_H
#define MGRAD_RUNTIME_BLAS_H
#include "runtime/tensor.h"

/* A matrix somewhere in memory; strides in elements, of any sign, 0 where rows or columns repeat. */
typedef struct Matrix {
  const void *data;
  int64_t rows, columns, row_stride, column_stride;
} Matrix;

/* out = a @ b for matrices of one dtype; `out` has a->rows x b->columns elements and overlaps neither operand; its rows
   are `out_stride` elements apart.  False: interrupted or out of memory. */
bool matrix_multiply(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride);

/* What -V says: "openblas 0.3.21" when it can be loaded, else "built-in". */
const char *blas_name(void);

#endif
