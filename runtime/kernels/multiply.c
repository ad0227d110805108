/* SPDX-License-Identifier: MIT */
/* multiply.c: chooses how two matrices are multiplied.

   Repeated rows and columns (gradients of sums are such) are computed once; tiny products and integers take plain
   loops; float products take the program's own blocks, which share their rows between threads.  Processors without
   fused multiply-add leave large ones to OpenBLAS, in pieces short enough that Ctrl-C is heard: there it knows more. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"

/* Multiply-adds: from where on blocks pay off, and OpenBLAS; what one piece may hold (a few tens of milliseconds). */
#define BLOCK_WORK 64.0
#define BLAS_WORK 131072.0
#define PIECE_WORK 5e8

static double work_of(const Matrix *a, const Matrix *b) {
  return (double)a->rows * (double)a->columns * (double)b->columns;
}

/* ---- repetition */
static void repeat_first_row(DType dtype, char *out, int64_t rows, int64_t columns, int64_t out_stride) {
  size_t item = dtype_info[dtype].size;
  for (int64_t i = 1; i < rows; i++) memcpy(out + i * out_stride * (int64_t)item, out, (size_t)columns * item);
}

/* Elements as so many bits. */
typedef uint8_t __attribute__((may_alias)) Bits1;
typedef uint32_t __attribute__((may_alias)) Bits4;
typedef uint64_t __attribute__((may_alias)) Bits8;

#define REPEAT(type) \
  static void repeat_##type(type *out, int64_t rows, int64_t columns, int64_t out_stride) { \
    for (int64_t i = 0; i < rows; i++, out += out_stride) { \
      for (int64_t j = 1; j < columns; j++) out[j] = out[0]; \
    } \
  }
REPEAT(Bits1)
REPEAT(Bits4)
REPEAT(Bits8)

static void repeat_first_column(DType dtype, void *out, int64_t rows, int64_t columns, int64_t out_stride) {
  switch (dtype_info[dtype].size) {
    case sizeof(Bits1): repeat_Bits1(out, rows, columns, out_stride); break;
    case sizeof(Bits4): repeat_Bits4(out, rows, columns, out_stride); break;
    default: repeat_Bits8(out, rows, columns, out_stride); break;
  }
}

static Matrix turned(const Matrix *matrix) {
  return (Matrix){matrix->data, matrix->columns, matrix->rows, matrix->column_stride, matrix->row_stride};
}

/* ---- pieces for the library */
static Matrix part(const Matrix *matrix, DType dtype, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  int64_t offset = row * matrix->row_stride + column * matrix->column_stride;
  return (Matrix){(const char *)matrix->data + offset * (int64_t)dtype_info[dtype].size, rows, columns,
                  matrix->row_stride, matrix->column_stride};
}

/* How much of an axis a piece takes when the others take `others` multiply-adds per step. */
static int64_t piece_length(int64_t size, double others, int64_t least) {
  double steps = PIECE_WORK / others;
  return steps >= (double)size ? size : steps < (double)least ? smaller_of(size, least) : (int64_t)steps;
}

static bool multiply_pieces(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out,
                            int64_t out_stride) {
  int64_t m = a->rows, n = b->columns, k = a->columns, item = (int64_t)dtype_info[dtype].size;
  int64_t high = piece_length(m, (double)n * (double)k, 64), wide = piece_length(n, (double)high * (double)k, 64);
  int64_t deep = piece_length(k, (double)high * (double)wide, 64);
  for (int64_t i = 0; i < m; i += high) {
    for (int64_t j = 0; j < n; j += wide) {
      for (int64_t l = 0; l < k; l += deep) {
        Matrix left = part(a, dtype, i, smaller_of(high, m - i), l, smaller_of(deep, k - l));
        Matrix right = part(b, dtype, l, smaller_of(deep, k - l), j, smaller_of(wide, n - j));
        blas_multiply(dtype, &left, &right, (char *)out + (i * out_stride + j) * item, out_stride, l > 0);
        if (runtime_interrupted(runtime)) return false;
      }
    }
  }
  return true;
}

/* A matrix that the library cannot read is copied first. */
static bool pack_for_library(Runtime *runtime, DType dtype, Matrix *matrix, void **copy, size_t *bytes) {
  *copy = NULL;
  if (blas_takes(matrix)) return true;
  *copy = matrix_pack(runtime, dtype, matrix, bytes);
  *matrix = (Matrix){*copy, matrix->rows, matrix->columns, matrix->columns, 1};
  return *copy != NULL;
}

static bool multiply_by_library(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out,
                                int64_t out_stride) {
  Matrix left = *a, right = *b;
  void *left_copy = NULL, *right_copy = NULL;
  size_t left_bytes = 0, right_bytes = 0;
  bool done = pack_for_library(runtime, dtype, &left, &left_copy, &left_bytes) &&
              pack_for_library(runtime, dtype, &right, &right_copy, &right_bytes) &&
              multiply_pieces(runtime, dtype, &left, &right, out, out_stride);
  if (left_copy) memory_release_data(left_copy, left_bytes);
  if (right_copy) memory_release_data(right_copy, right_bytes);
  return done;
}

/* ---- the choice */
bool product_in_blocks(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride) {
  bool wide = dtype == DTYPE_FLOAT64;
#if TARGET_AVX512
  if (target_has_avx512())
    return wide ? product_blocks_float64_avx512(runtime, a, b, out, out_stride)
                : product_blocks_float32_avx512(runtime, a, b, out, out_stride);
#endif
#if TARGET_AVX2
  if (target_has_fma())
    return wide ? product_blocks_float64_avx2(runtime, a, b, out, out_stride)
                : product_blocks_float32_avx2(runtime, a, b, out, out_stride);
#endif
  return wide ? product_blocks_float64(runtime, a, b, out, out_stride)
              : product_blocks_float32(runtime, a, b, out, out_stride);
}

static bool fits_library(const Matrix *a, const Matrix *b, int64_t out_stride) {
  return a->rows < INT_MAX && a->columns < INT_MAX && b->columns < INT_MAX && out_stride < INT_MAX;
}

/* A matrix times a column; where its columns lie densely it is the row times the transpose, which are read in order. */
static bool multiply_column(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out,
                            int64_t out_stride) {
  if (a->row_stride != 1 || a->column_stride == 1 || out_stride != 1)
    return product_by_rows(runtime, dtype, a, b, out, out_stride);
  Matrix row = turned(b), across = turned(a);
  return product_in_blocks(runtime, dtype, &row, &across, out, a->rows);
}

/* A row times a matrix, the other way round. */
static bool multiply_row(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out) {
  if (b->row_stride != 1 || b->column_stride == 1) return product_in_blocks(runtime, dtype, a, b, out, b->columns);
  Matrix column = turned(a), across = turned(b);
  return product_by_rows(runtime, dtype, &across, &column, out, 1);
}

static bool multiply_plain(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out,
                           int64_t out_stride) {
  double work = work_of(a, b);
  bool vectors = a->rows == 1 && b->columns == 1;
  if (!dtype_is_float(dtype) || vectors || work < BLOCK_WORK)
    return product_by_rows(runtime, dtype, a, b, out, out_stride);
  if (work >= BLAS_WORK && !target_has_fma() && fits_library(a, b, out_stride) && blas_available())
    return multiply_by_library(runtime, dtype, a, b, out, out_stride);
  if (b->columns == 1) return multiply_column(runtime, dtype, a, b, out, out_stride);
  if (a->rows == 1) return multiply_row(runtime, dtype, a, b, out);
  return product_in_blocks(runtime, dtype, a, b, out, out_stride);
}

/* ---- a repeated inner axis */
/* The largest magnitude; infinite where an element is infinite or nan. */
static double largest(DType dtype, const void *data, int64_t stride, int64_t count) {
  const double *doubles = data;
  const float *floats = data;
  double most = 0;
  for (int64_t i = 0; i < count; i++) {
    double size = fabs(dtype == DTYPE_FLOAT64 ? doubles[i * stride] : (double)floats[i * stride]);
    most = size <= most ? most : isnan(size) ? INFINITY : size;
  }
  return most;
}

/* Whether no factor and no product of factors is infinite or nan. */
static bool is_tame(DType dtype, const void *x, int64_t x_stride, int64_t x_count, const void *y, int64_t y_stride,
                    int64_t y_count) {
  double x_most = largest(dtype, x, x_stride, x_count), y_most = largest(dtype, y, y_stride, y_count);
  double limit = dtype == DTYPE_FLOAT64 ? DBL_MAX : (double)FLT_MAX;
  return x_most <= limit && y_most <= limit && x_most * y_most <= limit;
}

/* All columns of a are the same one: that times the sums of b's columns.  Where infinities, nan or an overflow are about
   this is not what the product gives, and it is computed term by term. */
static bool multiply_repeated_left(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out,
                                   int64_t out_stride) {
  size_t bytes = (size_t)b->columns * dtype_info[dtype].size;
  void *sums = memory_allocate_data(bytes);
  if (!sums) return runtime_out_of_memory(runtime), false;
  Matrix row = {sums, 1, b->columns, b->columns, 1};
  bool done = matrix_sum_columns(runtime, dtype, b, sums);
  bool tame = done && is_tame(dtype, a->data, a->row_stride, a->rows, sums, 1, b->columns);
  if (tame) matrix_outer(dtype, a, &row, out, out_stride);
  memory_release_data(sums, bytes);
  return done && (tame || multiply_plain(runtime, dtype, a, b, out, out_stride));
}

/* All rows of b are the same one: the sums of a's rows times that. */
static bool multiply_repeated_right(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out,
                                    int64_t out_stride) {
  size_t bytes = (size_t)a->rows * dtype_info[dtype].size;
  void *sums = memory_allocate_data(bytes);
  if (!sums) return runtime_out_of_memory(runtime), false;
  Matrix across = turned(a), column = {sums, a->rows, 1, 1, 1};
  bool done = matrix_sum_columns(runtime, dtype, &across, sums);
  bool tame = done && is_tame(dtype, sums, 1, a->rows, b->data, b->column_stride, b->columns);
  if (tame) matrix_outer(dtype, &column, b, out, out_stride);
  memory_release_data(sums, bytes);
  return done && (tame || multiply_plain(runtime, dtype, a, b, out, out_stride));
}

bool matrix_multiply(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride) {
  if (a->rows == 0 || b->columns == 0) return true;
  if (a->rows > 1 && a->row_stride == 0) {
    Matrix one = {a->data, 1, a->columns, 0, a->column_stride};
    if (!matrix_multiply(runtime, dtype, &one, b, out, out_stride)) return false;
    repeat_first_row(dtype, out, a->rows, b->columns, out_stride);
    return true;
  }
  if (b->columns > 1 && b->column_stride == 0) {
    Matrix one = {b->data, b->rows, 1, b->row_stride, 0};
    if (!matrix_multiply(runtime, dtype, a, &one, out, out_stride)) return false;
    repeat_first_column(dtype, out, a->rows, b->columns, out_stride);
    return true;
  }
  bool long_inner = dtype_is_float(dtype) && a->columns > 1 && work_of(a, b) >= BLOCK_WORK;
  if (long_inner && a->column_stride == 0) return multiply_repeated_left(runtime, dtype, a, b, out, out_stride);
  if (long_inner && b->row_stride == 0) return multiply_repeated_right(runtime, dtype, a, b, out, out_stride);
  return multiply_plain(runtime, dtype, a, b, out, out_stride);
}
