/* SPDX-License-Identifier: MIT */
/* product_blocks.h: the product of float matrices, written once for both float types and every instruction set.  The
   including file defines

     Real, PRODUCT     the element type and the name of the function
     VECTOR_BYTES      the width of a vector register
     TALL, VECTORS     a tile of the result: so many rows, so many vectors across; it stays in registers

   A tile takes its columns of b from a panel: b itself where its rows lie densely, else a copy.  Large operands are
   copied block by block so that everything is read in order and from the caches; small ones are read where they lie.
   Threads share parts of the result, each with copies of its own: what another processor has just written comes slowly.
   Every element adds up its terms in one order, whatever the tile and whoever computes it: neither the shape of tiles
   nor the number of threads changes a result. */
#include "runtime/kernels/inline.h"
#include "runtime/kernels/turn.h"

enum { LANES = VECTOR_BYTES / (int)sizeof(Real), WIDE = VECTORS * LANES };
/* Rows of a block, and elements of b: a group of rows of a fits the first cache, a block of b the second, a block of a
   the third. */
enum { HEIGHT = PRODUCT_HEIGHT, BLOCK = PRODUCT_DEPTH * 8 * WIDE, POLL_WORK = PRODUCT_POLL_WORK };
_Static_assert(8 * (int)WIDE <= PRODUCT_WIDTH && (int)LANES <= PRODUCT_LANES, "room is reserved for these");
/* Bytes of b from where on it is copied when many rows of a are multiplied by it; a few will do where its own rows are
   so far apart that they compete for the same places of the first cache, and where vectors are short: their tiles need
   the next row of b sooner than the second cache gives it. */
enum { COPY_BYTES = 1 << 16, FEW_ROWS = 32, MANY_ROWS = VECTOR_BYTES < 64 ? FEW_ROWS : 160, FAR_BYTES = 8192 };
/* A row of b that is copied is asked for so many rows before. */
enum { ROWS_AHEAD = 16 };

typedef Real Vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(Real)), may_alias));

/* A part of the result and what it is made of. */
typedef struct Tile {
  const Real *a, *b;
  int64_t a_row, a_column, b_row, depth;
  Real *out;
  int64_t out_row, lanes; /* columns that belong to the result; the others are padding */
  bool add;               /* to what is there */
  Real *copy;             /* where the columns of b go, densely */
} Tile;

static inline __attribute__((always_inline)) void store_tile(const Tile *tile, Vector sums[TALL][VECTORS],
                                                             const int tall, const int vectors) {
  Real *out = tile->out;
  if (tile->lanes == vectors * LANES) {
    UNROLL for (int i = 0; i < tall; i++, out += tile->out_row) {
      UNROLL for (int v = 0; v < vectors; v++) {
        Vector *to = (Vector *)(void *)(out + v * LANES);
        if (tile->add) sums[i][v] += *to;
        *to = sums[i][v];
      }
    }
    return;
  }
  Vector copy[TALL][VECTORS]; /* so that the sums themselves are not in memory */
  UNROLL for (int i = 0; i < tall; i++) {
    UNROLL for (int v = 0; v < vectors; v++) copy[i][v] = sums[i][v];
  }
  for (int i = 0; i < tall; i++, out += tile->out_row) {
    const Real *row = (const Real *)(const void *)copy[i];
    for (int64_t j = 0; j < tile->lanes; j++) out[j] = tile->add ? out[j] + row[j] : row[j];
  }
}

/* out = a @ b, or out += a @ b; b may be copied on the way, which costs little beside the multiplications. */
static inline __attribute__((always_inline)) void multiply_tile(const Tile *tile, const int tall, const int vectors,
                                                                const bool copies) {
  Vector sums[TALL][VECTORS];
  const Real *a = tile->a, *b = tile->b;
  const int64_t a_row = tile->a_row;
  Vector *copy = (Vector *)(void *)tile->copy;
  UNROLL for (int i = 0; i < tall; i++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = (Vector){0};
  }
  for (int64_t k = 0; k < tile->depth; k++, a += tile->a_column, b += tile->b_row) {
    Vector right[VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) right[v] = *(const Vector *)(const void *)(b + v * LANES);
    if (copies) {
      __builtin_prefetch(b + ROWS_AHEAD * tile->b_row);
      __builtin_prefetch(b + ROWS_AHEAD * tile->b_row + vectors * LANES - 1);
      UNROLL for (int v = 0; v < vectors; v++) *copy++ = right[v];
    }
    UNROLL for (int i = 0; i < tall; i++) {
      const Real left = a[i * a_row];
      UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += left * right[v];
    }
  }
  store_tile(tile, sums, tall, vectors);
}

/* One function per shape, so that the sums of each are registers. */
#define TILE_SHAPE(tall, vectors) \
  static __attribute__((noinline)) void tile_##tall##_##vectors(const Tile *tile) { \
    multiply_tile(tile, tall, vectors, false); \
  }
#define TILE_SHAPES(tall) TILE_SHAPE(tall, 1) TILE_SHAPE(tall, 2) TILE_SHAPE(tall, 3)
#define TILE_NAMES(tall) {tile_##tall##_1, tile_##tall##_2, tile_##tall##_3}
_Static_assert(VECTORS == 3, "the shapes are listed for three vectors");
TILE_SHAPES(1)
TILE_SHAPES(2)
TILE_SHAPES(4)
#if TALL == 8
TILE_SHAPES(8)
#endif
static void (*const tile_functions[][VECTORS])(const Tile *tile) = {
  TILE_NAMES(1), TILE_NAMES(2), TILE_NAMES(4),
#if TALL == 8
  TILE_NAMES(8),
#endif
};
#define COPYING_TILE(vectors) \
  static __attribute__((noinline)) void copying_tile_##vectors(const Tile *tile) { \
    multiply_tile(tile, TALL, vectors, true); \
  }
COPYING_TILE(1)
COPYING_TILE(2)
COPYING_TILE(3)
static void (*const copying_functions[VECTORS])(const Tile *tile) = {copying_tile_1, copying_tile_2, copying_tile_3};

/* The rows of the next tile: a power of two, given by its exponent. */
enum { TALL_EXPONENT = TALL == 8 ? 3 : 2 };
_Static_assert(1 << TALL_EXPONENT == TALL, "tiles are this tall");
static int tall_exponent(int64_t rows) {
  return rows >= TALL ? TALL_EXPONENT : rows >= 4 ? 2 : rows >= 2 ? 1 : 0;
}

/* ---- copies */
typedef struct Block {
  Matrix a, b;             /* the operands of this block */
  Real *out;
  int64_t out_row;
  bool add, copies_a, copies_b, copies_now; /* the rows of a are copied when they are first needed */
  Real *rows, *panels;     /* where the copies go */
} Block;

/* Columns of a panel that starts at column j, padded to whole vectors. */
static int64_t padded(int64_t lanes) { return (lanes + LANES - 1) / LANES * LANES; }

/* One vector of every row of b from column j on. */
static void copy_vectors(const Matrix *b, int64_t j, Real *to, int64_t width) {
  const int64_t across = b->column_stride;
  const Real *row = (const Real *)b->data + j * across;
  for (int64_t k = 0; k < b->rows; k++, row += b->row_stride, to += width) {
    Vector elements = {0};
    UNROLL for (int lane = 0; lane < LANES; lane++) elements[lane] = row[lane * across];
    *(Vector *)(void *)to = elements;
  }
}

/* The same where columns of b lie densely, in squares. */
static void copy_turned_vectors(const Matrix *b, int64_t j, Real *to, int64_t width) {
  const int item = sizeof(Real);
  const int64_t side = TURN_BYTES / item, whole = b->rows / side * side;
  for (int64_t lane = 0; lane < LANES; lane += side) {
    const Real *columns = (const Real *)b->data + (j + lane) * b->column_stride;
    for (int64_t k = 0; k < whole; k += side)
      turn_square((char *)(to + k * width + lane), width * item, (const char *)(columns + k), b->column_stride * item,
                  item);
  }
  Matrix rest = {(const Real *)b->data + whole, b->rows - whole, b->columns, 1, b->column_stride};
  copy_vectors(&rest, j, to + whole * width, width);
}

static void copy_dense_vectors(const Matrix *b, int64_t j, Real *to, int64_t width) {
  const Real *row = (const Real *)b->data + j;
  for (int64_t k = 0; k < b->rows; k++, row += b->row_stride, to += width)
    *(Vector *)(void *)to = *(const Vector *)(const void *)row;
}

/* The last columns, padded with zeros. */
static void copy_last(const Matrix *b, int64_t j, Real *to, int64_t width) {
  const Real *row = (const Real *)b->data + j * b->column_stride;
  for (int64_t k = 0; k < b->rows; k++, row += b->row_stride, to += width) {
    *(Vector *)(void *)to = (Vector){0};
    for (int64_t lane = 0; lane < b->columns - j; lane++) to[lane] = row[lane * b->column_stride];
  }
}

/* Vectors of the next panel when so many columns are left: the last one is no single vector if it can be helped. */
static inline int panel_vectors(int64_t columns) {
  if (columns >= 2 * (int64_t)WIDE) return VECTORS;
  int vectors = ((int)columns + LANES - 1) / LANES;
  return vectors == VECTORS + 1 ? VECTORS - 1 : vectors < VECTORS ? vectors : VECTORS;
}

/* Panels of b follow each other; within one, rows do. */
static void copy_panel(const Matrix *b, int64_t j, int64_t lanes, Real *to) {
  int64_t width = padded(lanes);
  for (int64_t lane = 0; lane < lanes; lane += LANES) {
    if (lanes - lane < LANES) copy_last(b, j + lane, to + lane, width);
    else if (b->column_stride == 1) copy_dense_vectors(b, j + lane, to + lane, width);
    else if (b->row_stride == 1) copy_turned_vectors(b, j + lane, to + lane, width);
    else copy_vectors(b, j + lane, to + lane, width);
  }
}

/* Groups of rows follow each other; within one, columns do. */
static void copy_group(const Block *block, int64_t i, int64_t tall) {
  const Matrix *a = &block->a;
  const Real *from = (const Real *)a->data + i * a->row_stride;
  Real *to = block->rows + i * a->columns;
  if (a->row_stride == 1 && tall == TALL) {
    for (int64_t k = 0; k < a->columns; k++, from += a->column_stride, to += TALL) memcpy(to, from, TALL * sizeof *to);
    return;
  }
  for (int64_t k = 0; k < a->columns; k++, from += a->column_stride) {
    for (int64_t row = 0; row < tall; row++) *to++ = from[row * a->row_stride];
  }
}

/* ---- a block */
static Tile tile_of(const Block *block, int64_t i, int exponent) {
  const Matrix *a = &block->a;
  Tile tile = {.a = (const Real *)a->data + i * a->row_stride, .a_row = a->row_stride, .a_column = a->column_stride,
               .depth = block->b.rows, .out = block->out + i * block->out_row, .out_row = block->out_row,
               .add = block->add};
  if (block->copies_a) {
    tile.a = block->rows + i * a->columns;
    tile.a_row = 1;
    tile.a_column = 1 << exponent;
  }
  return tile;
}

/* A panel that cannot be read where it lies is copied when the first group of rows needs it, by the tile itself if its
   vectors can. */
static void multiply_first(const Block *block, Tile *tile, int exponent, int64_t j, int vectors) {
  const Matrix *b = &block->b;
  bool on_the_way = tile->lanes == vectors * LANES && b->column_stride == 1 && exponent == TALL_EXPONENT;
  Real *panel = block->panels + j * b->rows;
  if (on_the_way) {
    tile->b = (const Real *)b->data + j;
    tile->b_row = b->row_stride;
    tile->copy = panel;
    copying_functions[vectors - 1](tile);
    return;
  }
  copy_panel(b, j, tile->lanes, panel);
  tile->b = panel;
  tile->b_row = vectors * LANES;
  tile_functions[exponent][vectors - 1](tile);
}

static void multiply_group(const Block *block, int64_t i, int exponent) {
  const Matrix *b = &block->b;
  Tile tile = tile_of(block, i, exponent);
  int vectors;
  for (int64_t j = 0; j < b->columns; j += vectors * LANES, tile.out += vectors * LANES) {
    vectors = panel_vectors(b->columns - j);
    tile.lanes = smaller_of(b->columns - j, vectors * LANES);
    bool dense = !block->copies_b && tile.lanes == vectors * LANES;
    if (i == 0 && !dense) {
      multiply_first(block, &tile, exponent, j, vectors);
      continue;
    }
    tile.b = dense ? (const Real *)b->data + j : block->panels + j * b->rows;
    tile.b_row = dense ? b->row_stride : vectors * LANES;
    tile_functions[exponent][vectors - 1](&tile);
  }
}

static void multiply_block(const Block *block) {
  int64_t rows = block->a.rows, tall;
  for (int64_t i = 0; i < rows; i += tall) {
    int exponent = tall_exponent(rows - i);
    tall = 1 << exponent;
    if (block->copies_now) copy_group(block, i, tall);
    multiply_group(block, i, exponent);
  }
}

/* ---- all blocks */
static Matrix part_of(const Matrix *matrix, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  const Real *data = (const Real *)matrix->data + row * matrix->row_stride + column * matrix->column_stride;
  return (Matrix){data, smaller_of(rows, matrix->rows - row), smaller_of(columns, matrix->columns - column),
                  matrix->row_stride, matrix->column_stride};
}

/* Columns of a block: whole panels, as evenly many as there is room for. */
static int64_t width_of_block(int64_t depth, int64_t columns) {
  int64_t most = BLOCK / (depth > 0 ? depth : 1) / WIDE * WIDE;
  return (product_piece(columns, most) + WIDE - 1) / WIDE * WIDE;
}

static void multiply_blocks(Block *block, const Matrix *a, const Matrix *b, Real *out) {
  const int64_t depth = product_depth(b->rows), width = width_of_block(depth, b->columns);
  block->rows = block->panels + padded(smaller_of(width, b->columns)) * depth;
  bool polls = (double)a->rows * (double)b->rows * (double)b->columns >= POLL_WORK;
  for (int64_t i = 0; i < a->rows; i += HEIGHT) {
    for (int64_t k = 0; k < b->rows; k += depth) {
      block->a = part_of(a, i, HEIGHT, k, depth);
      block->add = k > 0;
      for (int64_t j = 0; j < b->columns; j += width) {
        block->b = part_of(b, k, depth, j, width);
        block->out = out + i * block->out_row + j;
        block->copies_now = block->copies_a && j == 0;
        multiply_block(block);
        if (polls && interrupt_seen()) return;
      }
    }
  }
}

static bool should_copy(const Matrix *b, int64_t rows) {
  const int64_t item = (int64_t)sizeof(Real);
  int64_t enough = llabs(b->row_stride) * item > FAR_BYTES ? FEW_ROWS : MANY_ROWS;
  return b->column_stride != 1 || (rows >= enough && b->rows * b->columns * item >= COPY_BYTES);
}

/* ---- parts */
typedef struct Shared {
  const Matrix *a, *b;
  Real *out, *room;
  int64_t out_row;
  ProductParts parts;
} Shared;

static void multiply_part(void *context, int64_t part) {
  const Shared *shared = context;
  const ProductParts *parts = &shared->parts;
  int64_t i = part / parts->across * parts->rows, j = part % parts->across * parts->columns;
  Matrix a = part_of(shared->a, i, parts->rows, 0, shared->a->columns);
  Matrix b = part_of(shared->b, 0, shared->b->rows, j, parts->columns);
  int64_t room = parts->rooms == parts->count ? part : threads_self();
  Block block = {.out_row = shared->out_row, .panels = shared->room + room * parts->room,
                 .copies_a = product_copies_rows(&a, &b) && a.column_stride != 1, .copies_b = should_copy(&b, a.rows)};
  multiply_blocks(&block, &a, &b, shared->out + i * shared->out_row + j);
}

static bool multiply_parts(const MatrixJob *job, Real *room, const Matrix *a, const Matrix *b, Real *out,
                           int64_t out_stride) {
  Shared shared = {a, b, out, room, out_stride, product_parts(a, b, job->threads)};
  double work = (double)shared.parts.rows * (double)shared.parts.columns * (double)b->rows;
  return threads_run(shared.parts.count, 0.3 / LANES * work, multiply_part, &shared) && !interrupt_seen();
}

#include "runtime/kernels/product_vector.h"

bool PRODUCT(const MatrixJob *job, void *room, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride) {
  Matrix row = matrix_turned(a), across = matrix_turned(b);
  if (b->columns == 1) return multiply_vector(job, room, a, b, out, out_stride);
  if (a->rows == 1) return multiply_vector(job, room, &across, &row, out, 1);
  return multiply_parts(job, room, a, b, out, out_stride);
}
