/* SPDX-License-Identifier: MIT */
/* reduce_moments.c: variances in one pass over memory: the moments of chunks, joined in pairs.

   Two groups of n1 and n2 elements, whose means differ by d, have together the squares s1 + s2 + d^2 n1 n2 / (n1 + n2)
   (Chan, Golub and LeVeque, 1979).  Means far from 0 differ by less than their rounding shows, so that each of them is
   the sum of two numbers. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/reduce.h"

/* As a FoldTree. */
typedef struct MomentsTree {
  int64_t width;
  uint64_t chunks;
  int height;
  Moments *levels; /* the caller's */
} MomentsTree;

typedef struct Variance {
  const ReducePlan *plan;
  const MomentsLoops *loops;
  MomentsChunk direct; /* of elements where they lie; NULL: they have to be gathered */
  int64_t stride;      /* its stride */
  bool by_line;        /* it takes lines */
  double *means, *rests, *squares; /* one line of results per segment of rows */
} Variance;

/* ---- tree */
static void join(Moments *into, const Moments *later, int64_t width) {
  const double before = (double)into->rows, after = (double)later->rows, all = before + after;
  const double share = after / all, weight = before * share;
  for (int64_t i = 0; i < width; i++) {
    const double apart = (later->mean[i] - into->mean[i]) + (later->rest[i] - into->rest[i]);
    into->rest[i] += add_exactly(&into->mean[i], apart * share);
    into->squares[i] += later->squares[i] + apart * apart * weight;
  }
  into->rows += later->rows;
}

static void join_last(MomentsTree *tree) {
  tree->height--;
  join(&tree->levels[tree->height - 1], &tree->levels[tree->height], tree->width);
}

static void start(MomentsTree *tree, int64_t width, Moments *levels) {
  *tree = (MomentsTree){.width = width, .levels = levels};
}

static void join_all(MomentsTree *tree) {
  while (tree->height > 1) join_last(tree);
}

/* What stands at the top is the moments of so many chunks, a power of two, which all before it are a multiple of. */
static void push(MomentsTree *tree, uint64_t chunks) {
  tree->height++;
  tree->chunks += chunks;
  for (uint64_t rest = tree->chunks / chunks; (rest & 1) == 0; rest >>= 1) join_last(tree);
}

/* Into results from `place` on. */
static void finish(MomentsTree *tree, const Variance *variance, int64_t place) {
  const size_t bytes = (size_t)tree->width * sizeof(double);
  join_all(tree);
  memcpy(variance->means + place, tree->levels[0].mean, bytes);
  memcpy(variance->rests + place, tree->levels[0].rest, bytes);
  memcpy(variance->squares + place, tree->levels[0].squares, bytes);
}

/* ---- shares */
static void take_chunk(const Variance *variance, RowWalk *walk, MomentsTree *tree) {
  Moments *top = &tree->levels[tree->height];
  int64_t rows = smaller_of(walk->left, FOLD_CHUNK);
  if (variance->direct && row_walk_run(walk) >= rows) {
    variance->direct(walk->data, variance->stride, rows, tree->width, top);
    row_walk_advance(walk, rows);
  } else {
    FoldNumber numbers[FOLD_CHUNK * MOMENTS_WIDTH];
    row_walk_gather(walk, rows, tree->width, numbers);
    if (tree->width == 1) variance->loops->lines(numbers, 0, rows, 1, top);
    else variance->loops->columns(numbers, tree->width, rows, tree->width, top);
  }
  push(tree, 1);
}

/* As many of a line's chunks as are a power of two: their quarters side by side, as if they were lines of their own. */
static void take_quarters(const Variance *variance, RowWalk *walk, MomentsTree *tree) {
  enum { HEIGHT = 6, MOST = MOMENTS_LINES * FOLD_CHUNK << (HEIGHT - 1) };
  Moments levels[HEIGHT];
  MomentsTree quarters;
  int64_t rows = MOST;
  while (rows > walk->left) rows /= 2;
  const int64_t quarter = rows / MOMENTS_LINES, item = (int64_t)dtype_info[variance->plan->dtype].size;
  start(&quarters, MOMENTS_LINES, levels);
  for (int64_t row = 0; row < quarter; row += FOLD_CHUNK) {
    variance->direct(walk->data + row * item, quarter, FOLD_CHUNK, MOMENTS_LINES, &levels[quarters.height]);
    push(&quarters, 1);
  }
  join_all(&quarters);
  for (int k = 0; k < MOMENTS_LINES; k++) {
    Moments *top = &tree->levels[tree->height];
    top->rows = quarter;
    top->mean[0] = levels->mean[k];
    top->rest[0] = levels->rest[k];
    top->squares[0] = levels->squares[k];
    push(tree, (uint64_t)(quarter / FOLD_CHUNK));
  }
  row_walk_advance(walk, rows);
}

static void take_share(void *context, const ReduceShare *share) {
  const Variance *variance = context;
  int64_t place = share->segment * variance->plan->results + share->result;
  bool line = variance->by_line && variance->plan->reduced == 1 && share->width == 1;
  MomentsTree tree;
  Moments levels[FOLD_LEVELS];
  RowWalk walk;
  start(&tree, share->width, levels);
  row_walk_start(&walk, variance->plan, share->data, share->first, share->rows);
  while (line && walk.left >= MOMENTS_LINES * FOLD_CHUNK) take_quarters(variance, &walk, &tree);
  while (walk.left > 0) take_chunk(variance, &walk, &tree);
  finish(&tree, variance, place);
}

/* Joins the segments of each result into those of the first. */
static void join_segments(const Variance *variance, const ReduceShares *shares) {
  int64_t results = variance->plan->results;
  for (int64_t result = 0; result < results; result++) {
    MomentsTree tree;
    Moments levels[FOLD_LEVELS];
    start(&tree, 1, levels);
    for (int64_t segment = 0; segment < shares->segments; segment++) {
      Moments *top = &tree.levels[tree.height];
      int64_t left = variance->plan->rows - segment * shares->segment_rows;
      top->rows = left < shares->segment_rows ? left : shares->segment_rows;
      top->mean[0] = variance->means[segment * results + result];
      top->rest[0] = variance->rests[segment * results + result];
      top->squares[0] = variance->squares[segment * results + result];
      push(&tree, 1);
    }
    finish(&tree, variance, result);
  }
}

/* ---- all */
static int64_t magnitude(int64_t x) {
  return x < 0 ? -x : x;
}

static bool has_lines(const ReducePlan *plan) {
  return dtype_is_float(plan->dtype) &&
         plan->reduced_stride[plan->reduced - 1] == (int64_t)dtype_info[plan->dtype].size;
}

/* Columns that are taken together. */
static int64_t tile_width(const ReducePlan *plan) {
  int64_t row_stride = magnitude(plan->reduced_stride[plan->reduced - 1]);
  int64_t column_stride = magnitude(plan->kept_stride[plan->kept - 1]), columns = plan->kept_size[plan->kept - 1];
  if (columns == 1) return 1;
  if (row_stride > column_stride || plan->reduced_size[plan->reduced - 1] < FOLD_GATHERED) return MOMENTS_WIDTH;
  return has_lines(plan) && columns >= MOMENTS_LINES ? MOMENTS_LINES : 1;
}

/* How the elements can be read where they lie. */
static void choose_loops(Variance *variance) {
  const ReducePlan *plan = variance->plan;
  const int64_t item = (int64_t)dtype_info[plan->dtype].size;
  const int64_t row = plan->reduced_stride[plan->reduced - 1], column = plan->kept_stride[plan->kept - 1];
  variance->loops = moments_loops();
  variance->by_line = has_lines(plan);
  variance->stride = (variance->by_line ? column : row) / item;
  if (variance->by_line)
    variance->direct = plan->dtype == DTYPE_FLOAT64 ? variance->loops->lines : variance->loops->lines_float32;
  else if (plan->dtype == DTYPE_FLOAT64 && column == item) variance->direct = variance->loops->columns;
}

/* The sums of squares, in `squares`, whose first line is what remains. */
static bool sum_squares(Runtime *runtime, const ReducePlan *plan, const ReduceShares *shares, double *out) {
  size_t line = (size_t)plan->results, all = line * (size_t)shares->segments, bytes = 3 * all * sizeof *out;
  double *room = memory_allocate_data(bytes);
  if (!room) return runtime_out_of_memory(runtime), false;
  Variance variance = {.plan = plan, .means = room, .rests = room + all, .squares = room + 2 * all};
  choose_loops(&variance);
  bool done = reduce_shares_run(runtime, shares, 0.3, take_share, &variance);
  if (done) {
    if (shares->segments > 1) join_segments(&variance, shares);
    memcpy(out, variance.squares, line * sizeof *out);
  }
  memory_release_data(room, bytes);
  return done;
}

Tensor *reduce_variance(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout, double divisor) {
  ReducePlan plan;
  ReduceShares shares;
  tensor_data(x);
  reduce_plan(&plan, x, axes);
  Tensor *result = tensor_new(runtime, DTYPE_FLOAT64, layout);
  if (!result || plan.results == 0) return result;
  double *numbers = tensor_data(result);
  reduce_shares_plan(&shares, &plan, tile_width(&plan));
  if (!sum_squares(runtime, &plan, &shares, numbers)) {
    tensor_unref(result);
    return NULL;
  }
  for (int64_t i = 0; i < plan.results; i++) numbers[i] /= divisor;
  return result;
}
