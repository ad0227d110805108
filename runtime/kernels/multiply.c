/* SPDX-License-Identifier: MIT */
/* multiply.c: chooses how two matrices are multiplied.

   Repeated rows and columns (gradients of sums are such) are computed once; tiny products and integers take plain
   loops; float products take the program's own blocks, parts of which go to threads.  Processors without
   fused multiply-add leave large ones to OpenBLAS, in pieces short enough that Ctrl-C is heard: there it knows more. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"

/* Multiply-adds: from where on blocks pay off, and OpenBLAS; what one piece may hold (a few tens of milliseconds). */
#define BLOCK_WORK 64.0
#define BLAS_WORK 131072.0
#define PIECE_WORK 5e8

/* Bytes of `count` elements, so that what follows is aligned too. */
static size_t room_for(DType dtype, int64_t count) {
  return memory_aligned((size_t)count * dtype_info[dtype].size);
}

static double work_of(const Matrix *a, const Matrix *b) {
  return (double)a->rows * (double)a->columns * (double)b->columns;
}

/* Whether loops without any preparation are best.  They change no bit of a product with a column. */
static bool is_tiny(const Matrix *a, const Matrix *b) {
  if (b->columns == 1) return a->columns <= FEW_TERMS || (a->columns <= SAME_TERMS && work_of(a, b) < BLOCK_WORK);
  return work_of(a, b) < BLOCK_WORK;
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

static bool multiply_pieces(DType dtype, const Matrix *a, const Matrix *b, void *out,
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
        if (interrupt_seen()) return false;
      }
    }
  }
  return true;
}

/* A matrix that the library cannot read is copied first. */
static size_t packed_bytes(DType dtype, const Matrix *matrix) {
  return blas_takes(matrix) ? 0 : room_for(dtype, matrix->rows * matrix->columns);
}

static Matrix packed(DType dtype, const Matrix *matrix, void *copy) {
  if (blas_takes(matrix)) return *matrix;
  matrix_pack(dtype, matrix, copy);
  return (Matrix){copy, matrix->rows, matrix->columns, matrix->columns, 1};
}

static bool multiply_by_library(char *room, DType dtype, const Matrix *a, const Matrix *b, void *out,
                                int64_t out_stride) {
  Matrix left = packed(dtype, a, room), right = packed(dtype, b, room + packed_bytes(dtype, a));
  return !interrupt_seen() && multiply_pieces(dtype, &left, &right, out, out_stride);
}

/* ---- the choice */
static bool uses_library(const Matrix *a, const Matrix *b) {
  bool fits = a->rows < INT_MAX && a->columns < INT_MAX && b->columns < INT_MAX;
  return fits && work_of(a, b) >= BLAS_WORK && !target_has_fma() && blas_multiplies();
}

/* Where the columns of a matrix lie densely its product with a column is that of the row with the transpose.  Of
   windows that slide along a line, whose rows and columns do, there are more than a window has elements. */
static bool turns_column(const Matrix *a, int64_t out_stride) {
  bool slides = a->column_stride == 1 && a->rows > a->columns;
  return a->rows > 1 && a->row_stride == 1 && out_stride == 1 && (slides || a->column_stride != 1);
}

static bool choose_column(void *room, int threads, DType dtype, const Matrix *a, const Matrix *b, void *out,
                          int64_t out_stride) {
  Matrix row = matrix_turned(b), across = matrix_turned(a);
  if (turns_column(a, out_stride)) return product_in_blocks(room, threads, dtype, &row, &across, out, a->rows);
  if (product_is_dots(a, b)) return product_in_blocks(room, threads, dtype, a, b, out, out_stride);
  return product_by_rows(dtype, a, b, out, out_stride);
}

/* A row times a matrix, the other way round. */
static bool choose_row(void *room, int threads, DType dtype, const Matrix *a, const Matrix *b, void *out) {
  if (b->row_stride != 1 || b->column_stride == 1)
    return product_in_blocks(room, threads, dtype, a, b, out, b->columns);
  Matrix column = matrix_turned(a), across = matrix_turned(b);
  if (is_tiny(&across, &column)) return product_by_rows(dtype, &across, &column, out, 1);
  return product_in_blocks(room, threads, dtype, &across, &column, out, 1);
}

static bool multiply_plain(void *room, int threads, DType dtype, const Matrix *a, const Matrix *b, void *out,
                           int64_t out_stride) {
  if (!dtype_is_float(dtype) || is_tiny(a, b)) return product_by_rows(dtype, a, b, out, out_stride);
  if (uses_library(a, b) && out_stride < INT_MAX) return multiply_by_library(room, dtype, a, b, out, out_stride);
  if (b->columns == 1) return choose_column(room, threads, dtype, a, b, out, out_stride);
  if (a->rows == 1) return choose_row(room, threads, dtype, a, b, out);
  return product_in_blocks(room, threads, dtype, a, b, out, out_stride);
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

/* All columns of a are the same one: that times the sums of b's columns.  Where infinities, nan or an overflow are
   about this is not what the product gives, and it is computed term by term. */
static bool multiply_repeated_left(char *room, int threads, DType dtype, const Matrix *a, const Matrix *b, void *out,
                                   int64_t out_stride) {
  size_t bytes = room_for(dtype, b->columns);
  Matrix row = {room, 1, b->columns, b->columns, 1};
  if (!matrix_sum_columns(dtype, b, room, room + bytes)) return false;
  if (!is_tame(dtype, a->data, a->row_stride, a->rows, room, 1, b->columns))
    return multiply_plain(room, threads, dtype, a, b, out, out_stride);
  matrix_outer(dtype, a, &row, out, out_stride);
  return true;
}

/* All rows of b are the same one: the sums of a's rows times that. */
static bool multiply_repeated_right(char *room, int threads, DType dtype, const Matrix *a, const Matrix *b, void *out,
                                    int64_t out_stride) {
  size_t bytes = room_for(dtype, a->rows);
  Matrix across = matrix_turned(a), column = {room, a->rows, 1, 1, 1};
  if (!matrix_sum_columns(dtype, &across, room, room + bytes)) return false;
  if (!is_tame(dtype, room, 1, a->rows, b->data, b->column_stride, b->columns))
    return multiply_plain(room, threads, dtype, a, b, out, out_stride);
  matrix_outer(dtype, &column, b, out, out_stride);
  return true;
}

bool matrix_multiply_in(void *room, int threads, DType dtype, const Matrix *a, const Matrix *b, void *out,
                        int64_t out_stride) {
  if (a->rows == 0 || b->columns == 0) return true;
  if (a->rows > 1 && a->row_stride == 0) {
    Matrix one = {a->data, 1, a->columns, 0, a->column_stride};
    if (!matrix_multiply_in(room, threads, dtype, &one, b, out, out_stride)) return false;
    repeat_first_row(dtype, out, a->rows, b->columns, out_stride);
    return true;
  }
  if (b->columns > 1 && b->column_stride == 0) {
    Matrix one = {b->data, b->rows, 1, b->row_stride, 0};
    if (!matrix_multiply_in(room, threads, dtype, a, &one, out, out_stride)) return false;
    repeat_first_column(dtype, out, a->rows, b->columns, out_stride);
    return true;
  }
  bool long_inner = dtype_is_float(dtype) && a->columns > 1 && !is_tiny(a, b);
  if (long_inner && a->column_stride == 0) return multiply_repeated_left(room, threads, dtype, a, b, out, out_stride);
  if (long_inner && b->row_stride == 0) return multiply_repeated_right(room, threads, dtype, a, b, out, out_stride);
  return multiply_plain(room, threads, dtype, a, b, out, out_stride);
}

/* ---- room, for the way that matrix_multiply_in takes */
static size_t larger_of(size_t x, size_t y) {
  return x > y ? x : y;
}

static size_t plain_room(DType dtype, const Matrix *a, const Matrix *b, int threads) {
  Matrix row = matrix_turned(b), across = matrix_turned(a);
  bool turns = a->rows == 1 || b->columns == 1;
  size_t blocks = product_room(dtype, a, b, threads);
  if (turns) blocks = larger_of(blocks, product_room(dtype, &row, &across, threads));
  return uses_library(a, b) ? larger_of(blocks, packed_bytes(dtype, a) + packed_bytes(dtype, b)) : blocks;
}

size_t matrix_room(DType dtype, const Matrix *a, const Matrix *b, int threads) {
  Matrix row = {a->data, 1, a->columns, 0, a->column_stride}, column = {b->data, b->rows, 1, b->row_stride, 0};
  if (a->rows > 1 && a->row_stride == 0) return matrix_room(dtype, &row, b, threads);
  if (b->columns > 1 && b->column_stride == 0) return matrix_room(dtype, a, &column, threads);
  if (!dtype_is_float(dtype) || is_tiny(a, b)) return 0;
  size_t sums = a->column_stride == 0 ? room_for(dtype, b->columns) : b->row_stride == 0 ? room_for(dtype, a->rows) : 0;
  return larger_of(2 * sums, plain_room(dtype, a, b, threads));
}

bool matrix_multiply(Runtime *runtime, DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride) {
  int threads = threads_count();
  size_t bytes = matrix_room(dtype, a, b, threads);
  void *room = bytes > 0 ? memory_allocate_data(bytes) : NULL;
  if (bytes > 0 && !room) return runtime_out_of_memory(runtime), false;
  bool done = matrix_multiply_in(room, threads, dtype, a, b, out, out_stride) || (runtime_interrupted(runtime), false);
  if (room) memory_release_data(room, bytes);
  return done;
}
