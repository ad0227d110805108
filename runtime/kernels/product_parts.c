/* SPDX-License-Identifier: MIT */
/* product_parts.c: which parts of a product threads take, what room that needs, and which instructions compute them. */
#include <math.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"

/* Multiply-adds of a product that threads share.  Where little is copied, and where each thread has so many that copies
   cost little, there are more parts than threads, so that one that starts late or is interrupted does not keep the
   others waiting.  Room is lent in whole units, so that all of it is aligned. */
enum { SHARED_WORK = 1 << 18, LONG_WORK = 1 << 24, MANY_PARTS = 4, ROOM_UNIT = 64 };

/* Down and across so that the least is copied: the rows of b once for each piece down, those of a for each across. */
static int64_t pieces_down(const Matrix *a, const Matrix *b, int64_t pieces) {
  int64_t best = 1;
  double least = INFINITY;
  for (int64_t down = 1; down <= pieces; down++) {
    double copies = (double)down * (double)b->columns + (double)(pieces / down) * (double)a->rows;
    if (pieces % down != 0 || copies >= least) continue;
    best = down;
    least = copies;
  }
  return best;
}

/* A piece of at least one, of whole units. */
static int64_t whole_piece(int64_t size, int64_t pieces, int64_t unit) {
  return ((size + pieces - 1) / pieces + unit - 1) / unit * unit;
}

/* Elements for the copies of one part: rows of a, and a block of b whose columns are padded. */
static int64_t part_room(const Matrix *a, const Matrix *b, int64_t rows, int64_t columns) {
  int64_t depth = product_depth(b->rows), height = product_copies_rows(a, b) ? smaller_of(rows, PRODUCT_HEIGHT) : 0;
  int64_t most = PRODUCT_WIDTH * PRODUCT_DEPTH / (depth > 0 ? depth : 1);
  int64_t elements = (height + smaller_of(columns + PRODUCT_LANES, most)) * depth;
  return (elements + ROOM_UNIT - 1) / ROOM_UNIT * ROOM_UNIT;
}

ProductParts product_parts(const Matrix *a, const Matrix *b, int threads) {
  double work = (double)a->rows * (double)a->columns * (double)b->columns;
  if (threads == 1 || work < SHARED_WORK)
    return (ProductParts){a->rows, b->columns, 1, 1, 1, part_room(a, b, a->rows, b->columns)};
  bool many = work < PRODUCT_MUCH_WORK || work > LONG_WORK * (double)threads;
  int64_t pieces = many ? MANY_PARTS * threads : threads;
  int64_t down = pieces_down(a, b, pieces), across = pieces / down;
  int64_t rows = whole_piece(a->rows, down, PRODUCT_LANES), columns = whole_piece(b->columns, across, PRODUCT_LANES);
  down = (a->rows + rows - 1) / rows;
  across = (b->columns + columns - 1) / columns;
  return (ProductParts){rows, columns, across, down * across, smaller_of(down * across, threads),
                        part_room(a, b, rows, columns)};
}

static size_t parts_room(const MatrixJob *job, const Matrix *a, const Matrix *b) {
  ProductParts parts = product_parts(a, b, job->threads);
  return (size_t)parts.rooms * (size_t)parts.room * dtype_info[job->dtype].size;
}

/* A vector that does not lie densely is copied for products with rows. */
static size_t vector_room(const MatrixJob *job, const Matrix *matrix, const Matrix *vector) {
  if (product_takes_columns(matrix)) return 0;
  if (job->order == ORDER_TILES) return parts_room(job, matrix, vector);
  return vector->row_stride == 1 ? 0 : memory_aligned((size_t)vector->rows * dtype_info[job->dtype].size);
}

size_t product_room(const MatrixJob *job, const Matrix *a, const Matrix *b) {
  Matrix row = matrix_turned(a), across = matrix_turned(b);
  if (b->columns == 1) return vector_room(job, a, b);
  return a->rows == 1 ? vector_room(job, &across, &row) : parts_room(job, a, b);
}

bool product_in_blocks(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, void *out,
                       int64_t out_stride) {
  bool wide = job->dtype == DTYPE_FLOAT64;
#if TARGET_AVX512
  if (target_has_avx512())
    return wide ? product_blocks_float64_avx512(job, room, a, b, out, out_stride)
                : product_blocks_float32_avx512(job, room, a, b, out, out_stride);
#endif
#if TARGET_AVX2
  if (target_has_fma())
    return wide ? product_blocks_float64_avx2(job, room, a, b, out, out_stride)
                : product_blocks_float32_avx2(job, room, a, b, out, out_stride);
#endif
  return wide ? product_blocks_float64(job, room, a, b, out, out_stride)
              : product_blocks_float32(job, room, a, b, out, out_stride);
}
