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

/* The transpose. */
static inline Matrix matrix_turned(const Matrix *matrix) {
  return (Matrix){matrix->data, matrix->columns, matrix->rows, matrix->column_stride, matrix->row_stride};
}

/* The order in which the terms of an element are added up.  It follows from the sizes of a whole product, of which this
   one may be a part, and never from strides or threads: */
typedef enum MatrixOrder {
  ORDER_PLAIN, /* one by one, each term rounded (a single column: in some sums side by side): tiny products */
  ORDER_TILES, /* one by one in blocks, fused where the processor can */
  ORDER_VECTOR /* in many sums side by side: one row or one column; long ones are halved */
} MatrixOrder;
MatrixOrder matrix_order(int64_t rows, int64_t terms, int64_t columns);
/* ORDER_PLAIN or ORDER_TILES, for products of which one row or one column is nothing special. */
MatrixOrder matrix_part_order(int64_t rows, int64_t terms, int64_t columns);

/* How a product is computed: by so many threads, no more than there are; 1 in chunks of shared work. */
typedef struct MatrixJob { DType dtype; MatrixOrder order; int threads; } MatrixJob;

/* out = a @ b for matrices of one dtype; `out` has a->rows x b->columns elements and overlaps neither operand; its rows
   are `out_stride` elements apart.  False: interrupted or out of memory. */
bool matrix_multiply(Runtime *runtime, DType dtype, MatrixOrder order, const Matrix *a, const Matrix *b, void *out,
                     int64_t out_stride);
/* The same for who may not allocate or multiplies again and again: `room` is aligned like tensor data and has the bytes
   that matrix_room says, a multiple of the alignment, for operands of these sizes and strides (their data may be
   NULL).  False: interrupted. */
size_t matrix_room(const MatrixJob *job, const Matrix *a, const Matrix *b);
bool matrix_multiply_in(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                        int64_t out_stride);

/* The library alone: out = a @ b, or out += a @ b, for float64 or float32 matrices that blas_takes accepts.  It is
   loaded when first asked for; blas_available: whether it could be.  Who multiplies asks blas_multiplies first, which
   is the same and leaves products to one thread: their bits depend on the number. */
bool blas_available(void);
bool blas_multiplies(void);
bool blas_takes(const Matrix *matrix); /* rows or columns lie densely in memory, and sizes fit the library's integers */
void blas_multiply(DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride, bool add);

/* Another routine of the library, "dgetrf_", through a pointer to a function pointer; false: it is missing.  The
   library gets as many threads for it as threads_count(). */
bool blas_find(const char *name, void *function_pointer);

/* What -V says: "openblas 0.3.21" when it can be loaded, else "built-in". */
const char *blas_name(void);

#endif
