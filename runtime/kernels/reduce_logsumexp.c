/* SPDX-License-Identifier: MIT */
/* reduce_logsumexp.c: m + log(1 + the rest), where m is the largest element: one of the elements that equal it stands
   for the 1, so that a small rest is not lost in it. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/math.h"
#include "runtime/kernels/softmax_rows.h"

enum { SHORT_ROW = 1 << 16, COLUMNS = 32, ROOM = FOLD_CHUNK * COLUMNS };
static const double NANOSECONDS = 1.3; /* a guess of the time per element */

/* exp(x - m) without the largest elements, summed up; and how many these are.  One line of results per segment. */
typedef struct Rest {
  const ReducePlan *plan;
  const SoftmaxLoops *loops;
  const FoldKernel *sums;
  UnaryLoop exponential;
  const double *most;
  FoldNumber *rests;
  double *counts;
} Rest;

/* The chunks that are being worked on. */
typedef struct Chunks {
  FoldNumber numbers[ROOM];
  double differences[ROOM], powers[ROOM];
} Chunks;

/* The next rows of some columns: where they lie, if they lie as float64 side by side, or gathered.  `stride`: from row
   to row, in elements. */
static const double *read_rows(const Rest *rest, RowWalk *walk, int64_t rows, int64_t width, FoldNumber *room,
                               int64_t *stride) {
  const ReducePlan *plan = rest->plan;
  const int64_t item = (int64_t)sizeof(double), apart = plan->reduced_stride[plan->reduced - 1];
  const double *data = (const double *)(const void *)walk->data;
  bool side_by_side = width == 1 ? apart == item : plan->kept_stride[plan->kept - 1] == item;
  *stride = width;
  if (plan->dtype != DTYPE_FLOAT64 || !side_by_side || row_walk_run(walk) < rows) {
    row_walk_gather(walk, rows, width, room);
    return &room->real;
  }
  *stride = apart / item;
  row_walk_advance(walk, rows);
  return data;
}

/* ---- one column, and columns side by side */
static void take_line(const Rest *rest, RowWalk *walk, double most, FoldTree *tree, double *count) {
  Chunks chunks;
  int64_t rows = walk->left < ROOM ? walk->left : ROOM, stride;
  rest->loops->subtract(chunks.differences, read_rows(rest, walk, rows, 1, chunks.numbers, &stride), most, rows);
  rest->exponential((char *)chunks.powers, (const char *)chunks.differences, sizeof(double), rows);
  *count += (double)rest->loops->drop_largest(chunks.powers, chunks.differences, rows);
  fold_tree_add(tree, rest->sums->chunk[DTYPE_FLOAT64], (const char *)chunks.powers, sizeof(double), rows);
}

static void take_columns(const Rest *rest, RowWalk *walk, const double *most, FoldTree *tree, double *counts) {
  Chunks chunks;
  int64_t rows = walk->left < FOLD_CHUNK ? walk->left : FOLD_CHUNK, width = tree->width, size = rows * width, stride;
  const double *x = read_rows(rest, walk, rows, width, chunks.numbers, &stride);
  rest->loops->subtract_each(chunks.differences, x, stride, most, rows, width);
  rest->exponential((char *)chunks.powers, (const char *)chunks.differences, sizeof(double), size);
  if (rest->loops->drop_largest(chunks.powers, chunks.differences, size) > 0)
    rest->loops->count_largest(counts, chunks.differences, rows, width);
  rest->sums->chunk[DTYPE_FLOAT64](chunks.powers, width * (int64_t)sizeof(double), rows, width, fold_tree_top(tree));
  fold_tree_push(tree);
}

/* ---- all of them */
static void take_share(void *context, const ReduceShare *share) {
  const Rest *rest = context;
  int64_t place = share->segment * rest->plan->results + share->result;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS * COLUMNS];
  RowWalk walk;
  fold_tree_start(&tree, rest->sums->merge_real, share->width, levels);
  row_walk_start(&walk, rest->plan, share->data, share->first, share->rows);
  memset(rest->counts + place, 0, (size_t)share->width * sizeof *rest->counts);
  while (walk.left > 0) {
    if (share->width == 1) take_line(rest, &walk, rest->most[share->result], &tree, rest->counts + place);
    else take_columns(rest, &walk, rest->most + share->result, &tree, rest->counts + place);
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
  Rest rest = {plan, softmax_loops(), fold_kernel(FOLD_SUM), elementwise_loops(DTYPE_FLOAT64)->unary[OP_exp], most,
               room, &(room + all)->real};
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
