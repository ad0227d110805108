/* SPDX-License-Identifier: MIT */
/* multiply.c: chooses how two matrices are multiplied.

   Repeated rows and columns (gradients of sums are such) are computed once, with the bits that each of them has; tiny
   products and integers take plain loops; float products take the program's own blocks, parts of which go to threads.
   Processors without fused multiply-add leave large ones to OpenBLAS, in pieces short enough that Ctrl-C is heard:
   there it knows more. */
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

/* Multiply-adds: from where on blocks pay off, and OpenBLAS; what one piece may hold (a few tens of milliseconds).
   Numbers between two looks for Ctrl-C. */
#define BLOCK_WORK 64.0
#define BLAS_WORK 131072.0
#define PIECE_WORK 5e8
#define POLL_NUMBERS (INT64_C(1) << 20)

/* Bytes of `count` elements, so that what follows is aligned too. */
static size_t room_for(DType dtype, int64_t count) {
  return memory_aligned((size_t)count * dtype_info[dtype].size);
}

static double work_of(const Matrix *a, const Matrix *b) {
  return (double)a->rows * (double)a->columns * (double)b->columns;
}

MatrixOrder matrix_part_order(int64_t rows, int64_t terms, int64_t columns) {
  return (double)rows * (double)terms * (double)columns < BLOCK_WORK ? ORDER_PLAIN : ORDER_TILES;
}

MatrixOrder matrix_order(int64_t rows, int64_t terms, int64_t columns) {
  return rows == 1 || columns == 1 ? ORDER_VECTOR : matrix_part_order(rows, terms, columns);
}

/* Whether loops without any preparation are best for a matrix times a vector; they change no bit. */
static bool is_short(const Matrix *matrix) {
  int64_t terms = matrix->columns;
  return terms <= FEW_TERMS || (terms <= SAME_TERMS && (double)matrix->rows * (double)terms < BLOCK_WORK);
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
static bool uses_library(const MatrixJob *job, const Matrix *a, const Matrix *b) {
  bool fits = a->rows < INT_MAX && a->columns < INT_MAX && b->columns < INT_MAX;
  return job->order == ORDER_TILES && fits && work_of(a, b) >= BLAS_WORK && !target_has_fma() && blas_multiplies();
}

/* Alone, a row times a matrix is the transpose times a column. */
static bool multiply_vector(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                            int64_t out_stride) {
  Matrix column = matrix_turned(a), across = matrix_turned(b);
  if (b->columns > 1) return multiply_vector(job, room, &across, &column, out, 1);
  return is_short(a) ? product_by_rows(job->dtype, a, b, out, out_stride)
                     : product_in_blocks(job, room, a, b, out, out_stride);
}

static bool multiply_plain(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                           int64_t out_stride) {
  bool is_plain = !dtype_is_float(job->dtype) || job->order == ORDER_PLAIN;
  if (is_plain) return product_by_rows(job->dtype, a, b, out, out_stride);
  if (job->order == ORDER_VECTOR) return multiply_vector(job, room, a, b, out, out_stride);
  if (uses_library(job, a, b) && out_stride < INT_MAX)
    return multiply_by_library(room, job->dtype, a, b, out, out_stride);
  return product_in_blocks(job, room, a, b, out, out_stride);
}

/* ---- a repeated inner axis */
/* The largest magnitude; infinite where an element is infinite or nan, or once Ctrl-C was pressed.  Magnitudes are in
   the order of their bits. */
#define LARGEST(name, type, bits, not_sign) \
  static bits name##_of(const bits *numbers, int64_t stride, int64_t count, bits most) { \
    for (int64_t i = 0; i < count; i++) { \
      bits size = numbers[i * stride] & (not_sign); \
      most = size > most ? size : most; \
    } \
    return most; \
  } \
  static double name(const Matrix *matrix) { \
    const bits *row = matrix->data; \
    bits most = 0; \
    type result; \
    for (int64_t i = 0; i < matrix->rows; i++, row += matrix->row_stride) { \
      for (int64_t j = 0; j < matrix->columns; j += POLL_NUMBERS) { \
        int64_t count = smaller_of(POLL_NUMBERS, matrix->columns - j); \
        if (interrupt_seen()) return INFINITY; \
        most = name##_of(row + j * matrix->column_stride, matrix->column_stride, count, most); \
      } \
    } \
    memcpy(&result, &most, sizeof result); \
    return isnan(result) ? INFINITY : (double)result; \
  }
LARGEST(largest_float32, float, Bits4, INT32_MAX)
LARGEST(largest_float64, double, Bits8, INT64_MAX)

static double largest(DType dtype, const Matrix *matrix) {
  return dtype == DTYPE_FLOAT64 ? largest_float64(matrix) : largest_float32(matrix);
}

/* Whether no sum of products is infinite or nan on any way to it. */
static bool is_tame(DType dtype, int64_t count, const Matrix *a, const Matrix *b) {
  double limit = dtype == DTYPE_FLOAT64 ? DBL_MAX : (double)FLT_MAX;
  double left = largest(dtype, a), right = largest(dtype, b), terms = (double)count;
  return left * terms <= limit && right * terms <= limit && left * right * terms <= limit;
}

/* All columns of a are the same one: that times the sums of b's columns. */
static bool multiply_repeated_left(const MatrixJob *job, char *room, const Matrix *a, const Matrix *b, void *out,
                                   int64_t out_stride) {
  size_t bytes = room_for(job->dtype, b->columns);
  Matrix row = {room, 1, b->columns, b->columns, 1};
  if (!matrix_sum_columns(job->dtype, b, room, room + bytes)) return false;
  matrix_outer(job->dtype, a, &row, out, out_stride);
  return true;
}

/* All rows of b are the same one: the sums of a's rows times that. */
static bool multiply_repeated_right(const MatrixJob *job, char *room, const Matrix *a, const Matrix *b, void *out,
                                    int64_t out_stride) {
  size_t bytes = room_for(job->dtype, a->rows);
  Matrix across = matrix_turned(a), column = {room, a->rows, 1, 1, 1};
  if (!matrix_sum_columns(job->dtype, &across, room, room + bytes)) return false;
  matrix_outer(job->dtype, &column, b, out, out_stride);
  return true;
}

/* Where infinities, nan or an overflow are about, sums are not what the product gives, and it is computed term by
   term. */
static bool multiply_repeated(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                              int64_t out_stride) {
  Matrix left = *a, right = *b;
  if (a->column_stride == 0) left.columns = 1;
  if (b->row_stride == 0) right.rows = 1;
  if (!is_tame(job->dtype, a->columns, &left, &right)) return multiply_plain(job, room, a, b, out, out_stride);
  return a->column_stride == 0 ? multiply_repeated_left(job, room, a, b, out, out_stride)
                               : multiply_repeated_right(job, room, a, b, out, out_stride);
}

/* ---- all of it */
/* What of a product is computed: of repeated rows one, and of columns, unless it is so small that it would not pay. */
static void drop_repeated(const MatrixJob *job, Matrix *a, Matrix *b) {
  if (dtype_is_float(job->dtype) && job->order == ORDER_PLAIN) return;
  if (a->row_stride == 0) a->rows = smaller_of(a->rows, 1);
  if (b->column_stride == 0) b->columns = smaller_of(b->columns, 1);
}

/* Sums over a repeated inner axis save work where there are several rows and columns.  They change the last bits. */
static bool sums_inner(const MatrixJob *job, const Matrix *a, const Matrix *b) {
  bool repeats = a->column_stride == 0 || b->row_stride == 0;
  return repeats && dtype_is_float(job->dtype) && job->order == ORDER_TILES && a->rows > 1 && a->columns > 1 &&
         b->columns > 1;
}

bool matrix_multiply_in(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                        int64_t out_stride) {
  Matrix left = *a, right = *b;
  if (a->rows == 0 || b->columns == 0) return true;
  drop_repeated(job, &left, &right);
  bool sums = sums_inner(job, &left, &right);
  if (!(sums ? multiply_repeated : multiply_plain)(job, room, &left, &right, out, out_stride)) return false;
  if (right.columns < b->columns) repeat_first_column(job->dtype, out, left.rows, b->columns, out_stride);
  if (left.rows < a->rows) repeat_first_row(job->dtype, out, a->rows, b->columns, out_stride);
  return true;
}

/* ---- room, for the way that matrix_multiply_in takes */
static size_t larger_of(size_t x, size_t y) {
  return x > y ? x : y;
}

size_t matrix_room(const MatrixJob *job, const Matrix *a, const Matrix *b) {
  Matrix left = *a, right = *b;
  DType dtype = job->dtype;
  drop_repeated(job, &left, &right);
  if (!dtype_is_float(dtype) || job->order == ORDER_PLAIN) return 0;
  int64_t sums = !sums_inner(job, &left, &right) ? 0 : left.column_stride == 0 ? right.columns : left.rows;
  size_t library = uses_library(job, &left, &right) ? packed_bytes(dtype, &left) + packed_bytes(dtype, &right) : 0;
  return larger_of(2 * room_for(dtype, sums), larger_of(library, product_room(job, &left, &right)));
}

bool matrix_multiply(Runtime *runtime, DType dtype, MatrixOrder order, const Matrix *a, const Matrix *b, void *out,
                     int64_t out_stride) {
  MatrixJob job = {dtype, order, threads_count()};
  size_t bytes = matrix_room(&job, a, b);
  void *room = bytes > 0 ? memory_allocate_data(bytes) : NULL;
  if (bytes > 0 && !room) return runtime_out_of_memory(runtime), false;
  bool done = matrix_multiply_in(&job, room, a, b, out, out_stride) || (runtime_interrupted(runtime), false);
  if (room) memory_release_data(room, bytes);
  return done;
}
