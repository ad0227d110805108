/* SPDX-License-Identifier: MIT */
/* product_blocks.h: the blocked product, written once for both float types: `Real` is the type, PRODUCT the name, and
   LANE_BYTES the width of a tile, which changes no result.

   A block of b (DEPTH x WIDTH) is copied into panels of LANES columns, then every four rows of a meet it: a tile of
   4 x LANES sums stays in registers while the panel streams by. */
enum { TALL = 4, LANES = LANE_BYTES / (int)sizeof(Real), DEPTH = 256, WIDTH = 1024, POLL_WORK = 1 << 22 };

typedef Real Vector __attribute__((vector_size(32), aligned(sizeof(Real)), may_alias));
enum { VECTORS = LANE_BYTES / (int)sizeof(Vector) };

typedef struct Blocks {
  const Real *a, *b;
  int64_t a_row, a_column, b_row, b_column;
  Real *panels, *rows;             /* a block of b; TALL rows of a */
  int64_t depth, width;            /* of the present block of b */
} Blocks;

static void pack_panels(Blocks *blocks, const Real *b) {
  Real *out = blocks->panels;
  for (int64_t j = 0; j < blocks->width; j += LANES) {
    int64_t lanes = blocks->width - j < LANES ? blocks->width - j : LANES;
    for (int64_t k = 0; k < blocks->depth; k++) {
      const Real *row = b + k * blocks->b_row + j * blocks->b_column;
      for (int64_t lane = 0; lane < LANES; lane++) *out++ = lane < lanes ? row[lane * blocks->b_column] : 0;
    }
  }
}

static void pack_rows(Blocks *blocks, const Real *a, int64_t tall) {
  Real *out = blocks->rows;
  for (int64_t k = 0; k < blocks->depth; k++) {
    for (int64_t i = 0; i < TALL; i++) *out++ = i < tall ? a[i * blocks->a_row + k * blocks->a_column] : 0;
  }
}

/* sums = rows @ panel */
static void multiply_tile(const Real *restrict rows, const Real *restrict panel, int64_t depth,
                          Real sums[restrict TALL][LANES]) {
  Vector tile[TALL][VECTORS] = {{{0}}};
  for (int64_t k = 0; k < depth; k++, rows += TALL, panel += LANES) {
    for (int v = 0; v < VECTORS; v++) {
      Vector right = ((const Vector *)(const void *)panel)[v];
      for (int i = 0; i < TALL; i++) tile[i][v] += rows[i] * right;
    }
  }
  memcpy(sums, tile, sizeof tile);
}

static void store_tile(Real sums[TALL][LANES], Real *out, int64_t stride, int64_t tall, int64_t lanes, bool add) {
  for (int64_t i = 0; i < tall; i++, out += stride) {
    for (int64_t lane = 0; lane < lanes; lane++) out[lane] = add ? out[lane] + sums[i][lane] : sums[i][lane];
  }
}

/* Four rows of a against all panels. */
static void multiply_rows(Blocks *blocks, Real *out, int64_t stride, int64_t tall, bool add) {
  Real sums[TALL][LANES];
  const Real *panel = blocks->panels;
  for (int64_t j = 0; j < blocks->width; j += LANES, panel += LANES * blocks->depth) {
    int64_t lanes = blocks->width - j < LANES ? blocks->width - j : LANES;
    multiply_tile(blocks->rows, panel, blocks->depth, sums);
    store_tile(sums, out + j, stride, tall, lanes, add);
  }
}

static bool multiply_block(Runtime *runtime, Blocks *blocks, const Matrix *a, const Real *a_data, Real *out,
                           int64_t stride, bool add) {
  int64_t work = 0;
  for (int64_t i = 0; i < a->rows; i += TALL, out += TALL * stride) {
    int64_t tall = a->rows - i < TALL ? a->rows - i : TALL;
    pack_rows(blocks, a_data + i * blocks->a_row, tall);
    multiply_rows(blocks, out, stride, tall, add);
    if ((work += TALL * blocks->depth * blocks->width) < POLL_WORK) continue;
    work = 0;
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

bool PRODUCT(Runtime *runtime, const Matrix *a, const Matrix *b, Real *out, int64_t out_stride) {
  int64_t width = (b->columns < WIDTH ? b->columns + LANES - 1 : WIDTH) / LANES * LANES;
  int64_t depth = b->rows < DEPTH ? b->rows : DEPTH;
  size_t bytes = (size_t)((width + TALL) * depth) * sizeof(Real);
  Blocks blocks = {.a = a->data, .b = b->data, .a_row = a->row_stride, .a_column = a->column_stride,
                   .b_row = b->row_stride, .b_column = b->column_stride, .panels = memory_allocate_data(bytes)};
  bool done = true;
  if (!blocks.panels) return runtime_out_of_memory(runtime), false;
  blocks.rows = blocks.panels + width * depth;
  for (int64_t j = 0; done && j < b->columns; j += WIDTH) {
    blocks.width = b->columns - j < WIDTH ? b->columns - j : WIDTH;
    for (int64_t k = 0; done && k < b->rows; k += DEPTH) {
      blocks.depth = b->rows - k < DEPTH ? b->rows - k : DEPTH;
      pack_panels(&blocks, blocks.b + k * blocks.b_row + j * blocks.b_column);
      done = multiply_block(runtime, &blocks, a, blocks.a + k * blocks.a_column, out + j, out_stride, k > 0);
    }
  }
  memory_release_data(blocks.panels, bytes);
  return done;
}
