/* SPDX-License-Identifier: MIT */
/* conv_blocks.c: image by image, an image is unfolded into columns and multiplied by the filters.

   Columns are made for some rows of the result at a time, so that they stay in the cache and memory stays small.
   Threads share the images of a batch; where there are few, they share each product. */
#include "runtime/kernels/conv_blocks.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/blas.h"

#define BLOCK_BYTES 524288
/* Images from where on threads share them, and into how many shares; filters are summed up share by share, which takes
   memory. */
enum { BATCH_TO_SHARE = 4, SHARES_MOST = 64, SUMS_MOST = 16, SUMS_BYTES = 1 << 24 };
/* Rough guesses for one multiply-add, and for one element of the columns. */
#define PRODUCT_NANOSECONDS 0.02
#define COLUMN_NANOSECONDS 0.3

typedef struct Block {
  ConvShape part;           /* the rows of this block as a convolution of its own */
  int64_t first, places;    /* positions of the window: the first one and how many */
  char *image, *plane;      /* of x and of y: one item of the batch */
  char *weights;
  char *columns, *product, *room; /* memory of this thread: the columns, new filters, and what products need */
} Block;

typedef struct Factors { Matrix left, right; } Factors;

/* One of: unfold and multiply, multiply and fold, unfold and multiply into the filters. */
typedef struct ConvKind {
  Factors (*factors)(const Conv *conv, const Block *block); /* what is multiplied */
  bool (*run)(const Conv *conv, const Block *block);        /* false: interrupted */
  bool sums;                                                /* over the batch */
} Kind;

/* What a window sees that slides along one line with stride 1, beyond its positions. */
static int64_t line_beyond(const ConvShape *shape) {
  return (shape->window[0] - 1) * shape->dilation[0];
}

bool conv_slides(const ConvShape *shape) {
  enum { MOST_BEYOND = 8192 };
  return shape->axes == 1 && shape->channels == 1 && shape->stride[0] == 1 && line_beyond(shape) <= MOST_BEYOND;
}

/* ---- the walk over images and blocks of rows */
static Block block_of(const Conv *conv, int64_t row) {
  Block block = {.part = conv->shape, .first = row * conv->rest};
  block.part.out[0] = smaller_of(conv->rows, conv->shape.out[0] - row);
  block.part.padding[0] -= row * conv->shape.stride[0];
  block.places = block.part.out[0] * conv->rest;
  return block;
}

static int64_t share_count(const Conv *conv) {
  return (conv->shape.batch + conv->images - 1) / conv->images;
}

/* Who share a product: shares of images go to threads already. */
static int product_threads(const Conv *conv) {
  return share_count(conv) > 1 ? 1 : threads_count();
}

static int64_t filters_size(const Conv *conv) {
  return conv->shape.filters * conv->cells;
}

/* One share of the batch, block of rows by block of rows. */
static void run_share(void *context, int64_t share) {
  const Conv *conv = context;
  const ConvShape *shape = &conv->shape;
  int64_t item = (int64_t)dtype_info[conv->dtype].size, start = share * conv->images;
  int64_t image = shape->channels * conv_product(shape->in, shape->axes) * item;
  int64_t end = smaller_of(start + conv->images, shape->batch);
  char *memory = conv->memory + (size_t)threads_self() * conv->thread_bytes;
  for (int64_t row = 0; row < shape->out[0]; row += conv->rows) {
    Block block = block_of(conv, row);
    block.columns = memory;
    block.product = memory + conv->columns_bytes;
    block.room = block.product + conv->product_bytes;
    block.weights = conv->kind->sums && share > 0 ? conv->sums + (share - 1) * filters_size(conv) * item : conv->w;
    for (int64_t n = start; n < end; n++) {
      block.image = conv->x + n * image;
      block.plane = conv->y + (n * conv->y_batch + block.first * conv->y_place) * item;
      if (!conv->kind->run(conv, &block) || interrupt_seen()) return;
    }
  }
}

static Matrix filters_of(const Conv *conv, const Block *block) {
  return (Matrix){block->weights, conv->shape.filters, conv->cells, conv->cells, 1};
}

static Matrix plane_of(const Conv *conv, const Block *block) {
  return (Matrix){block->plane, conv->shape.filters, block->places, conv->y_filter, conv->y_place};
}

static Matrix columns_of(const Conv *conv, const Block *block) {
  int64_t down = conv->slides ? conv->shape.dilation[0] : block->places;
  return (Matrix){block->columns, conv->cells, block->places, down, 1};
}

static void unfold(const Conv *conv, const Block *block) {
  ConvShape part = block->part;
  if (conv->slides) {
    part.out[0] += line_beyond(&part);
    part.window[0] = part.dilation[0] = 1;
  }
  conv_unfold(&part, conv->dtype, block->image, block->columns);
}

/* Of all blocks together, so that no element depends on where they begin and end. */
static MatrixJob job_of(const Conv *conv) {
  int64_t filters = conv->shape.filters, cells = conv->cells, places = conv->places;
  MatrixOrder order =
      conv->kind->sums ? matrix_order(filters, places, cells) : matrix_part_order(filters, cells, places);
  return (MatrixJob){conv->dtype, order, product_threads(conv)};
}

static bool multiply(const Conv *conv, const Block *block, void *out, int64_t out_stride) {
  Factors factors = conv->kind->factors(conv, block);
  MatrixJob job = job_of(conv);
  return matrix_multiply_in(&job, block->room, &factors.left, &factors.right, out, out_stride);
}

/* y = w @ columns(x) */
static Factors correlate_factors(const Conv *conv, const Block *block) {
  return (Factors){filters_of(conv, block), columns_of(conv, block)};
}

static bool correlate_block(const Conv *conv, const Block *block) {
  unfold(conv, block);
  return multiply(conv, block, block->plane, conv->places);
}

/* x += fold(w^T @ y) */
static Factors spread_factors(const Conv *conv, const Block *block) {
  Matrix filters = filters_of(conv, block);
  return (Factors){matrix_turned(&filters), plane_of(conv, block)};
}

static bool spread_block(const Conv *conv, const Block *block) {
  if (!multiply(conv, block, block->columns, block->places)) return false;
  conv_fold(&block->part, conv->dtype, block->columns, block->image);
  return true;
}

/* w += y @ columns(x)^T */
static Factors match_factors(const Conv *conv, const Block *block) {
  Matrix columns = columns_of(conv, block);
  return (Factors){plane_of(conv, block), matrix_turned(&columns)};
}

static void add_all(DType dtype, int64_t count, void *to, const void *from) {
  double *doubles = to;
  float *floats = to;
  int64_t *integers = to;
  if (dtype == DTYPE_FLOAT64) for (int64_t i = 0; i < count; i++) doubles[i] += ((const double *)from)[i];
  else if (dtype == DTYPE_FLOAT32) for (int64_t i = 0; i < count; i++) floats[i] += ((const float *)from)[i];
  else
    for (int64_t i = 0; i < count; i++)
      integers[i] = (int64_t)((uint64_t)integers[i] + (uint64_t)((const int64_t *)from)[i]);
}

static bool match_block(const Conv *conv, const Block *block) {
  unfold(conv, block);
  if (!multiply(conv, block, block->product, conv->cells)) return false;
  add_all(conv->dtype, filters_size(conv), block->weights, block->product);
  return true;
}

const Kind conv_correlating = {correlate_factors, correlate_block, false};
const Kind conv_spreading = {spread_factors, spread_block, false};
const Kind conv_matching = {match_factors, match_block, true};

/* ---- all of it */
/* How many images a share has depends on sizes alone, so that sums do not depend on the number of threads. */
static void choose_shares(Conv *conv) {
  int64_t batch = conv->shape.batch, most = SHARES_MOST;
  if (conv->kind->sums) {
    double bytes = (double)filters_size(conv) * (double)dtype_info[conv->dtype].size;
    most = bytes * SUMS_MOST <= SUMS_BYTES ? SUMS_MOST : (int64_t)(SUMS_BYTES / bytes);
  }
  bool shared = batch >= BATCH_TO_SHARE && most > 1;
  conv->images = shared ? (batch + most - 1) / most : batch;
}

/* What products of a block need: the last one may have fewer rows. */
static size_t room_of(const Conv *conv, int64_t row) {
  Block block = block_of(conv, row);
  Factors factors = conv->kind->factors(conv, &block);
  MatrixJob job = job_of(conv);
  return matrix_room(&job, &factors.left, &factors.right);
}

/* Finds how many rows are done at a time: as many as have columns that fit into a block.  Both operands and the result
   exist, so that products of sizes of one of them can be counted. */
static bool choose_rows(Runtime *runtime, Conv *conv) {
  const ConvShape *shape = &conv->shape;
  int64_t item = (int64_t)dtype_info[conv->dtype].size, row;
  conv->places = conv_product(shape->out, shape->axes);
  conv->cells = shape->channels * conv_product(shape->window, shape->axes);
  conv->rest = conv->places / shape->out[0];
  if (__builtin_mul_overflow((conv->slides ? 1 : conv->cells) * item, conv->rest, &row))
    return runtime_out_of_memory(runtime), false;
  conv->rows = row > BLOCK_BYTES ? 1 : row > 0 ? BLOCK_BYTES / row : shape->out[0];
  conv->rows = smaller_of(conv->rows, shape->out[0]);
  int64_t beyond = conv->slides ? line_beyond(shape) * item : 0;
  conv->columns_bytes = memory_aligned((size_t)(row > 0 ? row * conv->rows + beyond : item));
  return true;
}

static void count_bytes(Conv *conv) {
  int64_t last = (conv->shape.out[0] - 1) / conv->rows * conv->rows;
  size_t first_room = room_of(conv, 0), last_room = room_of(conv, last);
  conv->product_bytes =
      conv->kind->sums ? memory_aligned((size_t)filters_size(conv) * dtype_info[conv->dtype].size) : 0;
  conv->thread_bytes = conv->columns_bytes + conv->product_bytes + (first_room > last_room ? first_room : last_room);
}

/* Threads that are not needed get no memory. */
static bool run_shares(Runtime *runtime, Conv *conv) {
  int64_t shares = share_count(conv), count = filters_size(conv);
  size_t filters = (size_t)count * dtype_info[conv->dtype].size;
  size_t bytes = conv->thread_bytes * (size_t)smaller_of(threads_count(), shares > 1 ? THREADS_MOST : 1);
  size_t sums_bytes = conv->kind->sums ? filters * (size_t)(shares - 1) : 0;
  double image = (double)conv->cells * (double)conv->places;
  double each = (PRODUCT_NANOSECONDS * (double)conv->shape.filters + COLUMN_NANOSECONDS) * image;
  conv->memory = memory_allocate_data(bytes + sums_bytes);
  if (!conv->memory) return runtime_out_of_memory(runtime), false;
  conv->sums = conv->memory + bytes;
  memset(conv->sums, 0, sums_bytes);
  threads_run(shares, each * (double)conv->images, run_share, conv);
  for (int64_t share = 1; share < shares && sums_bytes > 0; share++)
    add_all(conv->dtype, count, conv->w, conv->sums + (size_t)(share - 1) * filters);
  memory_release_data(conv->memory, bytes + sums_bytes);
  return !runtime_interrupted(runtime);
}

static void read_strides(Conv *conv, const Layout *y) {
  conv->y_batch = y->contiguous ? conv->shape.filters * conv->places : layout_strides(y)[0];
  conv->y_filter = y->contiguous ? conv->places : layout_strides(y)[1];
  conv->y_place = y->contiguous;
}

bool conv_run(Runtime *runtime, Conv *conv, const Kind *kind, Tensor *x, Tensor *y, Tensor *w) {
  conv->kind = kind;
  if (conv->shape.batch == 0) return true;
  conv->slides = kind != &conv_spreading && conv_slides(&conv->shape);
  if (!choose_rows(runtime, conv)) return false;
  read_strides(conv, y->layout);
  conv->x = tensor_data(x);
  conv->y = tensor_data(y);
  conv->w = tensor_data(w);
  choose_shares(conv);
  count_bytes(conv);
  return run_shares(runtime, conv);
}
