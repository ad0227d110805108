/* SPDX-License-Identifier: MIT */
/* reduce_logsumexp.c: m + log(1 + the rest), where m is the largest element: one of the elements that equal it stands
   for the 1, so that a small rest is not lost in it. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/convert.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/fetch.h"
#include "runtime/kernels/math.h"
#include "runtime/kernels/softmax_rows.h"

enum { SHORT_ROW = 1 << 16, COLUMNS = 32, ROOM = FOLD_CHUNK * COLUMNS };
static const double NANOSECONDS = 1.3; /* a guess of the time per element */

/* exp(x - m) without the largest elements, summed up; and how many these are.  One line of results per segment. */
typedef struct Rest {
  const ReducePlan *plan;
  DType dtype; /* that is computed with */
  int64_t item;
  const SoftmaxLoops *loops;
  const ElementwiseLoops *elementwise;
  const FoldKernel *sums;
  ConvertLoop narrow;
  const double *most;
  FoldNumber *rests;
  double *counts;
} Rest;

/* The chunks that are being worked on, and the largest elements beside them: one, or those of columns row by row. */
typedef union Chunk { float float32[ROOM]; double float64[ROOM]; } Chunk;
typedef struct Chunks {
  FoldNumber numbers[ROOM];
  Chunk scores, powers, most;
} Chunks;

/* Numbers in the type of the computation. */
static void *narrowed(const Rest *rest, void *room, const void *numbers, int64_t count) {
  rest->narrow(room, rest->item, numbers, sizeof(double), count);
  return room;
}

/* Whether the next rows of some columns lie as they are computed with. */
static bool lie_ready(const Rest *rest, const RowWalk *walk, int64_t rows, int64_t width) {
  const ReducePlan *plan = rest->plan;
  int64_t apart = width == 1 ? plan->reduced_stride[plan->reduced - 1] : plan->kept_stride[plan->kept - 1];
  return plan->dtype == rest->dtype && apart == rest->item && row_walk_run(walk) >= rows;
}

static const void *gathered(const Rest *rest, RowWalk *walk, int64_t rows, int64_t width, Chunks *chunks) {
  row_walk_gather(walk, rows, width, chunks->numbers);
  return rest->dtype == DTYPE_FLOAT64 ? chunks->numbers
                                      : narrowed(rest, &chunks->scores, chunks->numbers, rows * width);
}

static const void *read_line(const Rest *rest, RowWalk *walk, int64_t rows, Chunks *chunks) {
  const char *data = walk->data;
  if (!lie_ready(rest, walk, rows, 1)) return gathered(rest, walk, rows, 1, chunks);
  row_walk_advance(walk, rows);
  return data;
}

/* Of several columns, moved together. */
static const void *read_columns(const Rest *rest, RowWalk *walk, int64_t rows, int64_t width, Chunks *chunks) {
  const char *data = walk->data;
  int64_t stride = rest->plan->reduced_stride[rest->plan->reduced - 1], bytes = width * rest->item;
  if (!lie_ready(rest, walk, rows, width)) return gathered(rest, walk, rows, width, chunks);
  for (int64_t row = 0; row < rows; row++, data += stride) {
    if (row + FETCH_ROWS < rows) fetch_ahead(data + FETCH_ROWS * stride, bytes);
    memcpy((char *)&chunks->scores + row * bytes, data, (size_t)bytes);
  }
  row_walk_advance(walk, rows);
  return &chunks->scores;
}

/* ---- one column, and columns side by side */
static void take_line(const Rest *rest, RowWalk *walk, double most, Chunks *chunks, FoldTree *tree, double *count) {
  int64_t rows = walk->left < ROOM ? walk->left : ROOM;
  const void *x = read_line(rest, walk, rows, chunks);
  rest->elementwise->exp_difference(&chunks->powers, x, &chunks->most, true, rows);
  *count += (double)rest->loops->drop_largest(&chunks->powers, x, most, rows);
  fold_tree_add(tree, rest->sums->chunk[rest->dtype], (const char *)&chunks->powers, rest->item, rows);
}

static void take_columns(const Rest *rest, RowWalk *walk, Chunks *chunks, FoldTree *tree, double *counts) {
  int64_t rows = walk->left < FOLD_CHUNK ? walk->left : FOLD_CHUNK, width = tree->width;
  const void *x = read_columns(rest, walk, rows, width, chunks);
  rest->elementwise->exp_difference(&chunks->powers, x, &chunks->most, false, rows * width);
  rest->loops->drop_columns(&chunks->powers, counts, x, &chunks->most, rows, width);
  rest->sums->chunk[rest->dtype](&chunks->powers, width * rest->item, rows, width, fold_tree_top(tree));
  fold_tree_push(tree);
}

/* The largest elements of some columns, as often as a chunk has rows. */
static void spread_most(const Rest *rest, const double *most, int64_t width, int64_t rows, Chunks *chunks) {
  int64_t bytes = width * rest->item;
  narrowed(rest, &chunks->most, most, width);
  for (int64_t row = 1; width > 1 && row < FOLD_CHUNK && row < rows; row++)
    memcpy((char *)&chunks->most + row * bytes, &chunks->most, (size_t)bytes);
}

/* ---- all of them */
static void take_share(void *context, const ReduceShare *share) {
  const Rest *rest = context;
  int64_t place = share->segment * rest->plan->results + share->result;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS * COLUMNS];
  RowWalk walk;
  Chunks chunks;
  spread_most(rest, rest->most + share->result, share->width, share->rows, &chunks);
  fold_tree_start(&tree, rest->sums->merge_real, share->width, levels);
  row_walk_start(&walk, rest->plan, share->data, share->first, share->rows);
  memset(rest->counts + place, 0, (size_t)share->width * sizeof *rest->counts);
  while (walk.left > 0) {
    if (share->width == 1) take_line(rest, &walk, rest->most[share->result], &chunks, &tree, rest->counts + place);
    else take_columns(rest, &walk, &chunks, &tree, rest->counts + place);
  }
  fold_tree_finish(&tree, rest->rests + place);
}

static void join_counts(double *counts, int64_t segments, int64_t results) {
  for (int64_t segment = 1; segment < segments; segment++)
    for (int64_t i = 0; i < results; i++) counts[i] += counts[segment * results + i];
}

/* Where the largest is infinite or nan, so is the result. */
static void join_logarithms(double *most, const Rest *rest, int64_t results) {
  for (int64_t i = 0; i < results; i++) {
    if (isfinite(most[i])) most[i] += real_log1p(rest->rests[i].real + (rest->counts[i] - 1));
  }
}

/* Adds the logarithms of the sums to the largest elements. */
static bool add_rest(Runtime *runtime, const ReducePlan *plan, double *most) {
  ReduceShares shares;
  reduce_shares_plan(&shares, plan, reduce_is_line_by_line(plan) ? 1 : COLUMNS);
  size_t all = (size_t)shares.segments * (size_t)plan->results, bytes = 2 * all * sizeof(FoldNumber);
  FoldNumber *room = memory_allocate_data(bytes);
  if (!room) return runtime_out_of_memory(runtime), false;
  DType dtype = score_type(plan->dtype);
  Rest rest = {plan, dtype, (int64_t)dtype_info[dtype].size, softmax_loops(dtype), elementwise_loops(dtype),
               fold_kernel(FOLD_SUM), convert_loop(dtype, DTYPE_FLOAT64), most, room, &(room + all)->real};
  bool done = reduce_shares_run(runtime, &shares, NANOSECONDS, take_share, &rest);
  if (done) {
    reduce_join_segments(rest.sums->merge_real, room, shares.segments, plan->results, room);
    join_counts(rest.counts, shares.segments, plan->results);
    join_logarithms(most, &rest, plan->results);
  }
  memory_release_data(room, bytes);
  return done;
}

/* Short rows that lie side by side go through the cache once; the bits are the same. */
static Tensor *logsumexp_of_rows(Runtime *runtime, const Scores *scores, Layout *layout) {
  Tensor *result = tensor_new(runtime, DTYPE_FLOAT64, layout);
  if (!result || logsumexp_rows(runtime, scores, tensor_data(result))) return result;
  tensor_unref(result);
  return NULL;
}

Tensor *reduce_logsumexp(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout) {
  Scores scores;
  ReducePlan plan;
  tensor_data(x);
  if (scores_along(&scores, x, axes) && scores.columns <= SHORT_ROW) return logsumexp_of_rows(runtime, &scores, layout);
  reduce_plan(&plan, x, axes);
  Tensor *most = reduce_fold(runtime, FOLD_MAXIMUM, x, axes, layout);
  if (!most || plan.results == 0 || add_rest(runtime, &plan, tensor_data(most))) return most;
  tensor_unref(most);
  return NULL;
}
