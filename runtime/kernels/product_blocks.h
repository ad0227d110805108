/* SPDX-License-Identifier: MIT */
/* product_blocks.h: the product of float matrices, written once for both float types and every instruction set.  The
   including file defines

     Real, PRODUCT     the element type and the name of the function
     VECTOR_BYTES      the width of a vector register
     TALL, VECTORS     a tile of the result: so many rows, so many vectors across; it stays in registers

   A tile takes its columns of b from a panel: b itself where its rows lie densely, else a copy.  Large operands are
   copied block by block so that everything is read in order and from the caches; small ones are read where they lie.
   Every element adds up its terms in one order, whatever the tile and whoever computes it: neither the shape of tiles
   nor the number of threads changes a result. */
#include "runtime/kernels/inline.h"

enum { LANES = VECTOR_BYTES / (int)sizeof(Real), WIDE = VECTORS * LANES };
/* Terms, rows and columns of a block: a panel of b and a group of rows of a fit the first cache, a block of b the
   second, a block of a the third. */
enum { DEPTH = PRODUCT_DEPTH, HEIGHT = PRODUCT_HEIGHT, WIDTH = 8 * WIDE, POLL_WORK = 1 << 22 };
_Static_assert((int)WIDTH <= PRODUCT_WIDTH && (int)LANES <= PRODUCT_LANES, "room is reserved for these");
/* Multiply-adds of the rows that a thread takes at a time. */
enum { CHUNK_WORK = 1 << 19 };
/* Bytes of b from where on it is copied when many rows of a are multiplied by it; a few will do where its own rows are
   so far apart that they compete for the same places of the first cache, and where vectors are short: their tiles need
   the next row of b sooner than the second cache gives it. */
enum { COPY_BYTES = 1 << 16, FEW_ROWS = 32, MANY_ROWS = VECTOR_BYTES < 64 ? FEW_ROWS : 160, FAR_BYTES = 8192 };

typedef Real Vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(Real)), may_alias));

/* A part of the result and what it is made of. */
typedef struct Tile {
  const Real *a, *b;
  int64_t a_row, a_column, b_row, depth;
  Real *out;
  int64_t out_row, lanes; /* columns that belong to the result; the others are padding */
  bool add;               /* to what is there */
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

/* out = a @ b, or out += a @ b. */
static inline __attribute__((always_inline)) void multiply_tile(const Tile *tile, const int tall, const int vectors) {
  Vector sums[TALL][VECTORS];
  const Real *a = tile->a, *b = tile->b;
  const int64_t a_row = tile->a_row;
  UNROLL for (int i = 0; i < tall; i++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = (Vector){0};
  }
  for (int64_t k = 0; k < tile->depth; k++, a += tile->a_column, b += tile->b_row) {
    Vector right[VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) right[v] = *(const Vector *)(const void *)(b + v * LANES);
    UNROLL for (int i = 0; i < tall; i++) {
      const Real left = a[i * a_row];
      UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += left * right[v];
    }
  }
  store_tile(tile, sums, tall, vectors);
}

/* One function per shape, so that the sums of each are registers. */
#define SHAPE(tall, vectors) \
  static __attribute__((noinline)) void tile_##tall##_##vectors(const Tile *tile) { \
    multiply_tile(tile, tall, vectors); \
  }
#define SHAPES(tall) SHAPE(tall, 1) SHAPE(tall, 2) SHAPE(tall, 3)
#define SHAPE_NAMES(tall) {tile_##tall##_1, tile_##tall##_2, tile_##tall##_3}
_Static_assert(VECTORS == 3, "the shapes are listed for three vectors");
SHAPES(1)
SHAPES(2)
SHAPES(4)
#if TALL == 8
SHAPES(8)
#endif
static void (*const tile_functions[][VECTORS])(const Tile *tile) = {
  SHAPE_NAMES(1), SHAPE_NAMES(2), SHAPE_NAMES(4),
#if TALL == 8
  SHAPE_NAMES(8),
#endif
};

/* The rows of the next tile: a power of two, given by its exponent. */
static int tall_exponent(int64_t rows) {
  return rows >= TALL ? (TALL == 8 ? 3 : 2) : rows >= 4 ? 2 : rows >= 2 ? 1 : 0;
}

/* ---- copies */
typedef struct Block {
  Matrix a, b;             /* the operands of this block */
  Real *out;
  int64_t out_row, chunk;  /* rows that one thread takes at a time, a multiple of TALL */
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

/* Panels of b follow each other; within one, rows do. */
static void copy_panel(const Matrix *b, int64_t j, Real *to) {
  int64_t lanes = smaller_of(b->columns - j, WIDE), width = padded(lanes);
  for (int64_t lane = 0; lane < lanes; lane += LANES) {
    if (lanes - lane < LANES) copy_last(b, j + lane, to + lane, width);
    else if (b->column_stride == 1) copy_dense_vectors(b, j + lane, to + lane, width);
    else copy_vectors(b, j + lane, to + lane, width);
  }
}

/* Whether the panel at column j can be read where it lies: no vector reaches beyond it. */
static bool is_dense(const Block *block, int64_t j) {
  return !block->copies_b && smaller_of(block->b.columns - j, WIDE) % LANES == 0;
}

static void copy_panel_of(void *context, int64_t panel) {
  const Block *block = context;
  if (!is_dense(block, panel * WIDE)) copy_panel(&block->b, panel * WIDE, block->panels + panel * WIDE * block->b.rows);
}

/* Groups of rows follow each other; within one, columns do. */
static void copy_group(const Block *block, int64_t i, int64_t tall) {
  const Matrix *a = &block->a;
  const Real *from = (const Real *)a->data + i * a->row_stride;
  Real *to = block->rows + i * a->columns;
  for (int64_t k = 0; k < a->columns; k++, from += a->column_stride) {
    for (int64_t row = 0; row < tall; row++) *to++ = from[row * a->row_stride];
  }
}

/* ---- a block */
static void multiply_group(const Block *block, int64_t i, int exponent) {
  const Matrix *a = &block->a, *b = &block->b;
  Tile tile = {.a = (const Real *)a->data + i * a->row_stride, .a_row = a->row_stride, .a_column = a->column_stride,
               .depth = b->rows, .out_row = block->out_row, .add = block->add};
  if (block->copies_a) {
    tile.a = block->rows + i * a->columns;
    tile.a_row = 1;
    tile.a_column = 1 << exponent;
  }
  for (int64_t j = 0; j < b->columns; j += WIDE) {
    bool dense = is_dense(block, j);
    tile.lanes = smaller_of(b->columns - j, WIDE);
    tile.b = dense ? (const Real *)b->data + j : block->panels + j * b->rows;
    tile.b_row = dense ? b->row_stride : padded(tile.lanes);
    tile.out = block->out + i * block->out_row + j;
    tile_functions[exponent][padded(tile.lanes) / LANES - 1](&tile);
  }
}

static void multiply_rows(void *context, int64_t chunk) {
  const Block *block = context;
  int64_t end = smaller_of((chunk + 1) * block->chunk, block->a.rows), tall;
  for (int64_t i = chunk * block->chunk; i < end; i += tall) {
    int exponent = tall_exponent(end - i);
    tall = 1 << exponent;
    if (block->copies_now) copy_group(block, i, tall);
    multiply_group(block, i, exponent);
  }
}

/* False: interrupted. */
static bool run_chunks(int64_t chunks, double elements, ThreadsWork work, Block *block) {
  if (chunks > 1) return threads_run(chunks, elements / LANES, work, block);
  work(block, 0);
  return true;
}

static bool multiply_block(Block *block) {
  const Matrix *a = &block->a, *b = &block->b;
  int64_t panels = (b->columns + WIDE - 1) / WIDE, chunks = (a->rows + block->chunk - 1) / block->chunk;
  double work = (double)block->chunk * (double)b->rows * (double)b->columns;
  return run_chunks(panels, (double)b->rows * WIDE, copy_panel_of, block) &&
         run_chunks(chunks, 0.3 * work, multiply_rows, block);
}

/* ---- all blocks */
static Matrix part_of(const Matrix *matrix, int64_t row, int64_t rows, int64_t column, int64_t columns) {
  const Real *data = (const Real *)matrix->data + row * matrix->row_stride + column * matrix->column_stride;
  return (Matrix){data, smaller_of(rows, matrix->rows - row), smaller_of(columns, matrix->columns - column),
                  matrix->row_stride, matrix->column_stride};
}

static bool multiply_blocks(Block *block, const Matrix *a, const Matrix *b, Real *out) {
  bool polls = (double)a->rows * (double)b->rows * (double)b->columns >= POLL_WORK;
  for (int64_t i = 0; i < a->rows; i += HEIGHT) {
    for (int64_t k = 0; k < b->rows; k += DEPTH) {
      block->a = part_of(a, i, HEIGHT, k, DEPTH);
      block->add = k > 0;
      for (int64_t j = 0; j < b->columns; j += WIDTH) {
        block->b = part_of(b, k, DEPTH, j, WIDTH);
        block->out = out + i * block->out_row + j;
        block->copies_now = block->copies_a && j == 0;
        if (!multiply_block(block) || (polls && interrupt_seen())) return false;
      }
    }
  }
  return true;
}

/* Rows for one thread at a time: as many as make CHUNK_WORK in a block. */
static int64_t rows_of_chunk(int64_t depth, int64_t width) {
  int64_t groups = CHUNK_WORK / (depth * width * TALL + 1);
  return TALL * (groups > 0 ? groups : 1);
}

static bool should_copy(const Matrix *b, int64_t rows) {
  const int64_t item = (int64_t)sizeof(Real);
  int64_t enough = llabs(b->row_stride) * item > FAR_BYTES ? FEW_ROWS : MANY_ROWS;
  return b->column_stride != 1 || (rows >= enough && b->rows * b->columns * item >= COPY_BYTES);
}

#include "runtime/kernels/product_vector.h"

bool PRODUCT(void *room, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride) {
  if (product_is_dots(a, b)) return multiply_column(room, a, b, out, out_stride);
  if (product_is_row(a, b)) return multiply_row(a, b, out);
  int64_t depth = smaller_of(b->rows, DEPTH), width = padded(smaller_of(b->columns, WIDTH));
  Block block = {.out_row = out_stride, .chunk = rows_of_chunk(depth, width),
                 .copies_a = product_copies_rows(a, b) && a->column_stride != 1,
                 .copies_b = should_copy(b, a->rows)};
  block.panels = room;
  block.rows = block.panels + width * depth;
  return multiply_blocks(&block, a, b, out);
}
