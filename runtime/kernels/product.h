/* SPDX-License-Identifier: MIT */
/* product.h: the program's own loops for products of matrices; see runtime/blas.h for who chooses between them. */
#ifndef MGRAD_RUNTIME_KERNELS_PRODUCT_H
#define MGRAD_RUNTIME_KERNELS_PRODUCT_H
#include "runtime/blas.h"

/* out = a @ b row by row, any dtype (bool: "or" of "and"s); good for small products.  False: interrupted. */
bool product_by_rows(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride);

/* out = a @ b in blocks that stay in the caches, float64 and float32.  False: interrupted or out of memory. */
bool product_in_blocks(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride);
bool product_blocks_float64(Runtime *runtime, const Matrix *a, const Matrix *b, double *out, int64_t out_stride);
bool product_blocks_float32(Runtime *runtime, const Matrix *a, const Matrix *b, float *out, int64_t out_stride);
bool product_blocks_float64_avx2(Runtime *runtime, const Matrix *a, const Matrix *b, double *out, int64_t out_stride);
bool product_blocks_float32_avx2(Runtime *runtime, const Matrix *a, const Matrix *b, float *out, int64_t out_stride);
bool product_blocks_float64_avx512(Runtime *runtime, const Matrix *a, const Matrix *b, double *out, int64_t out_stride);
bool product_blocks_float32_avx512(Runtime *runtime, const Matrix *a, const Matrix *b, float *out, int64_t out_stride);

/* A dense copy of a matrix (`*bytes` of memory_allocate_data), in row order. */
void *matrix_pack(Runtime *runtime, DType dtype, const Matrix *matrix, size_t *bytes);

/* Float products whose inner axis repeats in one operand are a sum times the other: sums[j] = the sum of column j. */
bool matrix_sum_columns(Runtime *runtime, DType dtype, const Matrix *matrix, void *sums);
/* out[i, j] = column[i * stride] * row[j * row_stride]. */
void matrix_outer(DType dtype, const Matrix *column, const Matrix *row, void *out, int64_t out_stride);

#endif
