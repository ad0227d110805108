/* SPDX-License-Identifier: MIT */
/* product.c: products of small matrices and of integers, in plain loops over any strides; copies for OpenBLAS; sums of
   columns, which products with a repeated inner axis are. */
#include "runtime/kernels/product.h"

#include <stdlib.h>

#include "base/interrupt.h"

enum { DOT_CHUNK = 128, POLL_WORK = PRODUCT_POLL_WORK, POLL_COPIES = 1 << 18, SUM_ROWS = 128 };

#define PRODUCT_BOOL(type, sum, x, y) ((sum) || ((x) && (y)))
#define PRODUCT_INTEGER(type, sum, x, y) ((type)((uint64_t)(sum) + (uint64_t)(x) * (uint64_t)(y)))
#define PRODUCT_FLOAT(type, sum, x, y) ((sum) + (x) * (y))
#define SUM_BOOL(type, x, y) ((x) || (y))
#define SUM_INTEGER(type, x, y) ((type)((uint64_t)(x) + (uint64_t)(y)))
#define SUM_FLOAT(type, x, y) ((x) + (y))

/* The sum of products of two vectors in PRODUCT_SUMS sums of their own, which the processor adds side by side; the
   order does not depend on the strides. */
#define DOT_LANES(type, kind, x_step, y_step) \
  for (; k + PRODUCT_SUMS <= count; k += PRODUCT_SUMS) { \
    for (int lane = 0; lane < PRODUCT_SUMS; lane++) \
      sums[lane] = PRODUCT_##kind(type, sums[lane], x[(k + lane) * (x_step)], y[(k + lane) * (y_step)]); \
  }
#define DOT(name, type, kind) \
  static type dot_##name(const type *x, int64_t x_stride, const type *y, int64_t y_stride, int64_t count) { \
    type sums[PRODUCT_SUMS] = {0}; \
    int64_t k = 0; \
    if (x_stride == 1 && y_stride == 1) DOT_LANES(type, kind, 1, 1) \
    else DOT_LANES(type, kind, x_stride, y_stride) \
    for (int lane = 0; k < count; k++, lane++) \
      sums[lane] = PRODUCT_##kind(type, sums[lane], x[k * x_stride], y[k * y_stride]); \
    for (int half = PRODUCT_SUMS / 2; half > 0; half /= 2) { \
      for (int lane = 0; lane < half; lane++) sums[lane] = SUM_##kind(type, sums[lane], sums[lane + half]); \
    } \
    return sums[0]; \
  }

/* out[j] += factor * row[j] */
#define ADD_ROW(name, type, kind) \
  static void add_row_##name(type *restrict out, type factor, const type *restrict row, int64_t stride, \
                             int64_t count) { \
    if (stride == 1) { \
      for (int64_t j = 0; j < count; j++) out[j] = PRODUCT_##kind(type, out[j], factor, row[j]); \
      return; \
    } \
    for (int64_t j = 0; j < count; j++) out[j] = PRODUCT_##kind(type, out[j], factor, row[j * stride]); \
  }

/* Rows of so few terms that a loop over them would take longer; folded like the sums of DOT. */
#define FEW_DOTS(name, type, kind) \
  static inline __attribute__((always_inline)) void few_dots_##name(const type *row, int64_t row_stride, \
                                                                    int64_t stride, const type *factors, \
                                                                    int64_t rows, type *out, int64_t out_stride, \
                                                                    const int terms) { \
    for (int64_t i = 0; i < rows; i++, row += row_stride, out += out_stride) { \
      type products[FEW_TERMS] = {0}; \
      for (int k = 0; k < terms; k++) products[k] = PRODUCT_##kind(type, 0, row[k * stride], factors[k]); \
      type even = SUM_##kind(type, products[0], products[2]), odd = SUM_##kind(type, products[1], products[3]); \
      *out = SUM_##kind(type, even, odd); \
    } \
  } \
  static bool by_few_terms_##name(const Matrix *a, const Matrix *b, type *out, int64_t out_stride) { \
    type factors[FEW_TERMS] = {0}; \
    const type *row = a->data, *column = b->data; \
    int64_t stride = a->column_stride, rows = POLL_WORK; \
    for (int64_t k = 0; k < b->rows; k++) factors[k] = column[k * b->row_stride]; \
    for (int64_t i = 0; i < a->rows; i += rows, row += rows * a->row_stride, out += rows * out_stride) { \
      if (a->rows - i < rows) rows = a->rows - i; \
      switch (b->rows) { \
        case 1: few_dots_##name(row, a->row_stride, stride, factors, rows, out, out_stride, 1); break; \
        case 2: few_dots_##name(row, a->row_stride, stride, factors, rows, out, out_stride, 2); break; \
        case 3: few_dots_##name(row, a->row_stride, stride, factors, rows, out, out_stride, 3); break; \
        default: few_dots_##name(row, a->row_stride, stride, factors, rows, out, out_stride, 4); break; \
      } \
      if (interrupt_seen()) return false; \
    } \
    return true; \
  }

/* Long vectors are halved until they are short: rounding errors grow with the logarithm of the length.  Nothing is
   computed any more once Ctrl-C was pressed; callers ask for that. */
#define BY_ROWS(name, type, kind) \
  static type long_dot_##name(const type *x, int64_t x_stride, const type *y, int64_t y_stride, int64_t count) { \
    if (count <= DOT_CHUNK || interrupt_seen()) \
      return dot_##name(x, x_stride, y, y_stride, count <= DOT_CHUNK ? count : 0); \
    int64_t half = (count / 2 + DOT_CHUNK - 1) / DOT_CHUNK * DOT_CHUNK; \
    type first = long_dot_##name(x, x_stride, y, y_stride, half); \
    return SUM_##kind(type, first, \
                      long_dot_##name(x + half * x_stride, x_stride, y + half * y_stride, y_stride, count - half)); \
  } \
  static bool row_times_##name(const type *row, int64_t stride, const Matrix *b, type *out, int64_t *work) { \
    const type *other = b->data; \
    for (int64_t j = 0; j < b->columns; j++) out[j] = 0; \
    for (int64_t k = 0; k < b->rows; k++) { \
      add_row_##name(out, row[k * stride], other + k * b->row_stride, b->column_stride, b->columns); \
      if ((*work += b->columns) < POLL_WORK) continue; \
      *work = 0; \
      if (interrupt_seen()) return false; \
    } \
    return true; \
  } \
  static bool by_rows_##name(const Matrix *a, const Matrix *b, void *out, int64_t out_stride) { \
    int64_t work = 0; \
    type *to = out; \
    if (b->columns == 1 && b->rows > 0 && b->rows <= FEW_TERMS) return by_few_terms_##name(a, b, out, out_stride); \
    for (int64_t i = 0; i < a->rows; i++, to += out_stride) { \
      const type *row = (const type *)a->data + i * a->row_stride; \
      if (b->columns == 1) { \
        *to = long_dot_##name(row, a->column_stride, b->data, b->row_stride, b->rows); \
        if (b->rows <= DOT_CHUNK && (work += b->rows) < POLL_WORK) continue; \
        work = 0; \
        if (interrupt_seen()) return false; \
      } else if (!row_times_##name(row, a->column_stride, b, to, &work)) { \
        return false; \
      } \
    } \
    return true; \
  }

#define DTYPE(name, type, text, kind, code) \
  DOT(name, type, kind) \
  ADD_ROW(name, type, kind) \
  FEW_DOTS(name, type, kind) \
  BY_ROWS(name, type, kind)
#include "runtime/dtype.def"
#undef DTYPE

bool product_by_rows(DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride) {
  switch (dtype) {
#define DTYPE(name, type, text, kind, code) \
  case DTYPE_##name: return by_rows_##name(a, b, out, out_stride);
#include "runtime/dtype.def"
#undef DTYPE
    case DTYPE_COUNT: break;
  }
  return true;
}

/* ---- packing */
#define PACK(name, type) \
  static void pack_##name(const Matrix *matrix, type *out) { \
    int64_t copied = 0; \
    for (int64_t i = 0; i < matrix->rows; i++) { \
      const type *row = (const type *)matrix->data + i * matrix->row_stride; \
      for (int64_t j = 0; j < matrix->columns; j++) *out++ = row[j * matrix->column_stride]; \
      if ((copied += matrix->columns) < POLL_COPIES) continue; \
      copied = 0; \
      if (interrupt_seen()) return; \
    } \
  }
PACK(float32, float)
PACK(float64, double)

void matrix_pack(DType dtype, const Matrix *matrix, void *out) {
  if (dtype == DTYPE_FLOAT64) pack_float64(matrix, out);
  else pack_float32(matrix, out);
}

/* ---- a repeated inner axis */
/* Columns that lie densely are added up one by one.  Otherwise rows are added up in groups, and the groups' sums then,
   so that rounding errors stay small. */
#define SUM_COLUMNS(name, type) \
  static void sum_each_column_##name(const Matrix *matrix, type *sums) { \
    const type *data = matrix->data, one = 1; \
    for (int64_t j = 0; j < matrix->columns; j++) \
      sums[j] = long_dot_##name(data + j * matrix->column_stride, matrix->row_stride, &one, 0, matrix->rows); \
  } \
  static void add_group_##name(const Matrix *matrix, int64_t start, int64_t end, type *sums, type *group) { \
    for (int64_t j = 0; j < matrix->columns; j++) group[j] = 0; \
    for (int64_t i = start; i < end; i++) \
      add_row_##name(group, 1, (const type *)matrix->data + i * matrix->row_stride, matrix->column_stride, \
                     matrix->columns); \
    for (int64_t j = 0; j < matrix->columns; j++) sums[j] += group[j]; \
  } \
  static bool sum_columns_##name(const Matrix *matrix, type *sums, type *group) { \
    if (llabs(matrix->row_stride) < llabs(matrix->column_stride)) { \
      sum_each_column_##name(matrix, sums); \
      return !interrupt_seen(); \
    } \
    for (int64_t j = 0; j < matrix->columns; j++) sums[j] = 0; \
    for (int64_t start = 0; start < matrix->rows; start += SUM_ROWS) { \
      int64_t end = matrix->rows - start < SUM_ROWS ? matrix->rows : start + SUM_ROWS; \
      add_group_##name(matrix, start, end, sums, group); \
      if (interrupt_seen()) return false; \
    } \
    return true; \
  } \
  static void outer_##name(const Matrix *column, const Matrix *row, type *out, int64_t out_stride) { \
    for (int64_t i = 0; i < column->rows; i++, out += out_stride) { \
      type factor = ((const type *)column->data)[i * column->row_stride]; \
      const type *factors = row->data; \
      for (int64_t j = 0; j < row->columns; j++) out[j] = factor * factors[j * row->column_stride]; \
    } \
  }
SUM_COLUMNS(FLOAT32, float)
SUM_COLUMNS(FLOAT64, double)

bool matrix_sum_columns(DType dtype, const Matrix *matrix, void *sums, void *group) {
  return dtype == DTYPE_FLOAT64 ? sum_columns_FLOAT64(matrix, sums, group)
                                : sum_columns_FLOAT32(matrix, sums, group);
}

void matrix_outer(DType dtype, const Matrix *column, const Matrix *row, void *out, int64_t out_stride) {
  if (dtype == DTYPE_FLOAT64) outer_FLOAT64(column, row, out, out_stride);
  else outer_FLOAT32(column, row, out, out_stride);
}
