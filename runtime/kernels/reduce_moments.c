/* SPDX-License-Identifier: MIT */
/* reduce_moments.c: variances in one pass over memory: the moments of chunks, joined in pairs.

   Two groups of n1 and n2 elements, whose means differ by d, have together the squares s1 + s2 + d^2 n1 n2 / (n1 + n2)
   (Chan, Golub and LeVeque, 1979).  Means far from 0 differ by less than their rounding shows, so that each of them is
   the sum of two numbers. */
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/reduce.h"

/* As a FoldTree. */
typedef struct MomentsTree {
  int64_t width;
  uint64_t pushed;
  int height;
  Moments *levels; /* the caller's */
} MomentsTree;

typedef struct Variance {
  const ReducePlan *plan;
  MomentsChunk chunk;
  bool direct;
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

static void push(MomentsTree *tree) {
  tree->height++;
  tree->pushed++;
  for (uint64_t rest = tree->pushed; (rest & 1) == 0; rest >>= 1) join_last(tree);
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
  int64_t width = tree->width, stride = variance->plan->reduced_stride[variance->plan->reduced - 1];
  int64_t rows = walk->left < FOLD_CHUNK ? walk->left : FOLD_CHUNK;
  if (variance->direct && row_walk_run(walk) >= rows) {
    variance->chunk((const double *)(const void *)walk->data, stride / (int64_t)sizeof(double), rows, width, top);
    row_walk_advance(walk, rows);
  } else {
    FoldNumber numbers[FOLD_CHUNK * MOMENTS_WIDTH];
    row_walk_gather(walk, rows, width, numbers);
    variance->chunk(&numbers->real, width, rows, width, top);
  }
  push(tree);
}

/* A long line in four quarters side by side, as sums are taken (reduce_run.c). */
static bool take_quarters(const Variance *variance, const ReduceShare *share, MomentsTree *tree) {
  enum { QUARTERS = 4, QUARTER = FOLD_SHORT / QUARTERS, HEIGHT = 6 /* of 2^5 chunks */ };
  _Static_assert(QUARTER == FOLD_CHUNK << (HEIGHT - 1), "a quarter is a tree of that height");
  const ReducePlan *plan = variance->plan;
  bool line = variance->direct && plan->reduced == 1 && plan->reduced_stride[0] == (int64_t)sizeof(double);
  if (!line || share->width > 1 || share->rows != FOLD_SHORT) return false;
  const double *data = (const double *)(const void *)share->data + share->first;
  MomentsTree branches[QUARTERS];
  Moments levels[QUARTERS][HEIGHT];
  for (int k = 0; k < QUARTERS; k++) start(&branches[k], 1, levels[k]);
  for (int64_t row = 0; row < QUARTER; row += FOLD_CHUNK)
    for (int k = 0; k < QUARTERS; k++) {
      variance->chunk(data + k * QUARTER + row, 1, FOLD_CHUNK, 1, &levels[k][branches[k].height]);
      push(&branches[k]);
    }
  for (int k = 0; k < QUARTERS; k++) {
    join_all(&branches[k]);
    tree->levels[tree->height] = levels[k][0];
    push(tree);
  }
  return true;
}

static void take_share(void *context, const ReduceShare *share) {
  const Variance *variance = context;
  int64_t place = share->segment * variance->plan->results + share->result;
  MomentsTree tree;
  Moments levels[FOLD_LEVELS];
  RowWalk walk;
  start(&tree, share->width, levels);
  if (!take_quarters(variance, share, &tree)) {
    row_walk_start(&walk, variance->plan, share->data, share->first, share->rows);
    while (walk.left > 0) take_chunk(variance, &walk, &tree);
  }
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
      push(&tree);
    }
    finish(&tree, variance, result);
  }
}

/* ---- all */
static int64_t magnitude(int64_t x) {
  return x < 0 ? -x : x;
}

static int64_t tile_width(const ReducePlan *plan) {
  int64_t row_stride = magnitude(plan->reduced_stride[plan->reduced - 1]);
  int64_t column_stride = magnitude(plan->kept_stride[plan->kept - 1]);
  if (plan->kept_size[plan->kept - 1] == 1) return 1;
  return row_stride <= column_stride && plan->reduced_size[plan->reduced - 1] >= FOLD_GATHERED ? 1 : MOMENTS_WIDTH;
}

static bool is_direct(const ReducePlan *plan, int64_t most) {
  const int64_t number = (int64_t)sizeof(double);
  int64_t stride = plan->reduced_stride[plan->reduced - 1];
  return plan->dtype == DTYPE_FLOAT64 && (most == 1 ? stride == number : plan->kept_stride[plan->kept - 1] == number);
}

/* The sums of squares, in `squares`, whose first line is what remains. */
static bool sum_squares(Runtime *runtime, const ReducePlan *plan, const ReduceShares *shares, double *out) {
  size_t line = (size_t)plan->results, all = line * (size_t)shares->segments, bytes = 3 * all * sizeof *out;
  double *room = memory_allocate_data(bytes);
  if (!room) return runtime_out_of_memory(runtime), false;
  Variance variance = {plan, moments_chunk(), is_direct(plan, shares->most), room, room + all, room + 2 * all};
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
