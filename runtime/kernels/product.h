/* SPDX-License-Identifier: MIT */
/* product.h: the program's own loops for products of matrices; see runtime/blas.h for who chooses between them. */
#ifndef MGRAD_RUNTIME_KERNELS_PRODUCT_H
#define MGRAD_RUNTIME_KERNELS_PRODUCT_H
#include <stdlib.h>

#include "runtime/blas.h"

/* Up to so many terms product_by_rows is the fastest for a product with a column. */
enum { FEW_TERMS = 4 };
/* The sums, side by side, that product_by_rows makes of the terms of such a product.  Up to SAME_TERMS go one into
   each, and product_vector.h, whose sums are at least so many, adds them up in the same order. */
enum { PRODUCT_SUMS = 8, SAME_TERMS = PRODUCT_SUMS };
/* out = a @ b row by row, any dtype (bool: "or" of "and"s), in ORDER_PLAIN, or of a column with at most SAME_TERMS in
   ORDER_VECTOR; good for small products.  False: interrupted. */
bool product_by_rows(DType dtype, const Matrix *a, const Matrix *b, void *out, int64_t out_stride);

/* Terms and rows of a block at most, columns of one with so many terms, and elements of a vector. */
enum { PRODUCT_DEPTH = 384, PRODUCT_HEIGHT = 1024, PRODUCT_WIDTH = 384, PRODUCT_LANES = 16 };

/* The most even pieces of an axis that have at most `most` elements: how many all but the last have. */
static inline int64_t product_piece(int64_t size, int64_t most) {
  int64_t pieces = (size + most - 1) / most;
  return pieces > 1 ? (size + pieces - 1) / pieces : size;
}
/* Terms of a block.  Every product of floats adds up as many at a time. */
static inline int64_t product_depth(int64_t terms) { return product_piece(terms, PRODUCT_DEPTH); }

/* Parts of a product that threads take one at a time: the result in pieces of so many rows and columns, `across` of
   them side by side; and the rooms for copies, one for each part or each thread, of so many elements.  How many there
   are changes no bit of any. */
typedef struct ProductParts { int64_t rows, columns, across, count, rooms, room; } ProductParts;
ProductParts product_parts(const Matrix *a, const Matrix *b, int threads);

/* Multiply-adds: many, and those between two looks for Ctrl-C. */
enum { PRODUCT_MUCH_WORK = 1 << 20, PRODUCT_POLL_WORK = 1 << 22 };

/* Whether rows of a are copied before they are multiplied: when there is much work for each. */
static inline bool product_copies_rows(const Matrix *a, const Matrix *b) {
  return (double)a->rows * (double)a->columns * (double)b->columns >= PRODUCT_MUCH_WORK;
}

/* Whether the columns of a matrix lie closer together than its rows do, so that its product with a vector is made of
   whole columns.  Of windows that slide along a line, whose rows and columns lie equally close, the longer ones are. */
static inline bool product_takes_columns(const Matrix *matrix) {
  int64_t down = llabs(matrix->row_stride), across = llabs(matrix->column_stride);
  return matrix->rows > 1 && (down < across || (down == across && matrix->rows > matrix->columns));
}

/* out = a @ b in ORDER_TILES or ORDER_VECTOR (one of them is a vector then), float64 and float32, with `room` for as
   many bytes of copies as product_room says.  False: interrupted. */
size_t product_room(const MatrixJob *job, const Matrix *a, const Matrix *b);
bool product_in_blocks(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                       int64_t out_stride);
#define PRODUCT_BLOCKS(name, type) \
  bool name(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, type *out, int64_t out_stride);
PRODUCT_BLOCKS(product_blocks_float64, double)
PRODUCT_BLOCKS(product_blocks_float32, float)
PRODUCT_BLOCKS(product_blocks_float64_avx2, double)
PRODUCT_BLOCKS(product_blocks_float32_avx2, float)
PRODUCT_BLOCKS(product_blocks_float64_avx512, double)
PRODUCT_BLOCKS(product_blocks_float32_avx512, float)

/* Copies a float matrix densely, in row order; not all of it once Ctrl-C was pressed, which callers ask for. */
void matrix_pack(DType dtype, const Matrix *matrix, void *out);

/* Float products whose inner axis repeats in one operand are a sum times the other: sums[j] = the sum of column j;
   `group` has room for one row.  False: interrupted. */
bool matrix_sum_columns(DType dtype, const Matrix *matrix, void *sums, void *group);
/* out[i, j] = column[i * stride] * row[j * row_stride]. */
void matrix_outer(DType dtype, const Matrix *column, const Matrix *row, void *out, int64_t out_stride);

#endif
