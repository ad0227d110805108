/* SPDX-License-Identifier: MIT */
/* softmax_rows.c: softmax, its logarithm and cross-entropy by rows, which threads share.

   A row goes through the cache in blocks.  The largest score is subtracted before anything else, so nothing overflows;
   sums are those of reduce.h. */
#include "runtime/kernels/softmax_rows.h"

#include <math.h>

#include "base/number.h"
#include "base/threads.h"
#include "runtime/convert.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/fetch.h"
#include "runtime/kernels/math.h"

static const double NANOSECONDS = 1; /* a guess of the time per score */
enum { BLOCK = 8 * FOLD_CHUNK, SHARE_ELEMENTS = 1 << 13 };

typedef struct Work {
  const Scores *scores;
  const SoftmaxLoops *loops;
  FoldKernel sums;
  UnaryLoop exponential;
  ConvertLoop widen, narrow; /* scores to float64; float64 to the result */
  const int64_t *labels;
  double *losses;            /* or whatever number a row gives */
  double factor;
  char *out;
  int64_t out_item;
  int64_t share;             /* rows */
  void (*row)(const struct Work *work, const char *scores, int64_t row);
} Work;

/* ---- blocks of a row */
/* Scores from `start` on as float64: where they lie, or in `room`. */
static const double *block_of(const Work *work, const char *row, int64_t start, int64_t count, double *room) {
  const Scores *scores = work->scores;
  const char *data = row + start * scores->column_stride;
  if (scores->dtype == DTYPE_FLOAT64 && scores->column_stride == (int64_t)sizeof(double))
    return (const double *)(const void *)data;
  work->widen((char *)room, sizeof(double), data, scores->column_stride, count);
  return room;
}

static double largest(const Work *work, const char *row) {
  double room[BLOCK], most = -(double)INFINITY;
  for (int64_t start = 0; start < work->scores->columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, work->scores->columns - start);
    most = real_maximum(most, work->loops->largest(block_of(work, row, start, count, room), count));
  }
  return most;
}

/* While exponentials are computed the next row is fetched, for rows are short, and where the results of this one go. */
static void fetch_both(const Work *work, const char *row, int64_t start, int64_t count) {
  const Scores *scores = work->scores;
  int64_t item = (int64_t)dtype_info[scores->dtype].size;
  int64_t index = scores->row_stride ? (row - scores->data) / scores->row_stride : 0;
  if (scores->column_stride == item) fetch_ahead(row + scores->row_stride + start * item, count * item);
  if (work->out) fetch_ahead(work->out + (index * scores->columns + start) * work->out_item, count * work->out_item);
}

/* exp(x - most) of the scores of a block, with the differences beside it. */
static void take_powers(const Work *work, double *powers, double *differences, const char *row, int64_t start,
                        double most, int64_t count) {
  double room[BLOCK];
  const double *x = block_of(work, row, start, count, room);
  work->loops->subtract(differences, x, most, count);
  for (int64_t i = 0; i < count; i += FOLD_CHUNK) {
    int64_t length = smaller_of(FOLD_CHUNK, count - i);
    fetch_both(work, row, start + i, length);
    work->exponential((char *)(powers + i), (const char *)(differences + i), sizeof *differences, length);
  }
}

static void push_block(const Work *work, FoldTree *tree, const double *numbers, int64_t count) {
  for (int64_t start = 0; start < count; start += FOLD_CHUNK) {
    work->sums.chunk[DTYPE_FLOAT64](numbers + start, sizeof *numbers, smaller_of(FOLD_CHUNK, count - start), 1,
                                    fold_tree_top(tree));
    fold_tree_push(tree);
  }
}

static double total(FoldTree *tree) {
  FoldNumber sum;
  fold_tree_finish(tree, &sum);
  return sum.real;
}

/* log(sum(exp(row - most))): one of the largest scores stands for the 1 of log1p, so that a small rest is not lost. */
static double log_of_sum(const Work *work, const char *row, double most) {
  double powers[BLOCK], differences[BLOCK];
  int64_t columns = work->scores->columns, largest_count = 0;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    take_powers(work, powers, differences, row, start, most, count);
    largest_count += work->loops->drop_largest(powers, differences, count);
    push_block(work, &tree, powers, count);
  }
  return log1p(total(&tree) + (double)(largest_count - 1));
}

/* ---- rows */
static void softmax_row(const Work *work, const char *scores, int64_t row) {
  double differences[BLOCK], most = largest(work, scores);
  int64_t columns = work->scores->columns;
  double *out = (double *)(void *)work->out + row * columns;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    take_powers(work, out + start, differences, scores, start, most, count);
    push_block(work, &tree, out + start, count);
  }
  work->loops->divide(out, total(&tree), columns);
}

static void logsoftmax_row(const Work *work, const char *scores, int64_t row) {
  double room[BLOCK], differences[BLOCK], most = largest(work, scores), logarithm = log_of_sum(work, scores, most);
  int64_t columns = work->scores->columns;
  double *out = (double *)(void *)work->out + row * columns;
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    work->loops->subtract(differences, block_of(work, scores, start, count, room), most, count);
    work->loops->subtract(out + start, differences, logarithm, count);
  }
}

/* Where the largest is infinite or nan, so is the result. */
static void logsumexp_row(const Work *work, const char *scores, int64_t row) {
  double most = largest(work, scores);
  work->losses[row] = isfinite(most) ? most + log_of_sum(work, scores, most) : most;
}

static double score_at(const Work *work, const char *row, int64_t column) {
  double room[1];
  return *block_of(work, row, column, 1, room);
}

/* ---- cross-entropy */
/* exp(score - largest score) of a row's label, and the sum of the others'. */
typedef struct Parts { double most, label, others; } Parts;

static double *power_of_label(const Work *work, int64_t row, double *powers, int64_t start, int64_t count) {
  int64_t place = work->labels[row] - start;
  return place >= 0 && place < count ? &powers[place] : NULL;
}

/* The powers of the last block stay in `powers`, with 0 for the label. */
static Parts sum_parts(const Work *work, const char *scores, int64_t row, double *powers) {
  double differences[BLOCK];
  int64_t columns = work->scores->columns;
  Parts parts = {.most = largest(work, scores)};
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    take_powers(work, powers, differences, scores, start, parts.most, count);
    double *label = power_of_label(work, row, powers, start, count);
    if (label) {
      parts.label = *label;
      *label = 0;
    }
    push_block(work, &tree, powers, count);
  }
  parts.others = total(&tree);
  return parts;
}

/* -log(label / (label + others)).  Where the label has the largest score its power is 1, and a small sum of the others
   is not lost; elsewhere the result is never small. */
static void put_loss(const Work *work, const char *scores, int64_t row, const Parts *parts) {
  double distance = parts->most - score_at(work, scores, work->labels[row]);
  work->losses[row] = distance + log1p(parts->others + (parts->label - 1));
}

static void crossentropy_row(const Work *work, const char *scores, int64_t row) {
  double powers[BLOCK];
  Parts parts = sum_parts(work, scores, row, powers);
  put_loss(work, scores, row, &parts);
}

/* A block of the slope: where float64 is wanted, straight into the result. */
static void put_block(const Work *work, char *out, double *powers, double share, int64_t count) {
  if (work->out_item == (int64_t)sizeof(double)) {
    work->loops->scale((double *)(void *)out, powers, share, count);
    return;
  }
  double scaled[BLOCK];
  work->loops->scale(scaled, powers, share, count);
  work->narrow(out, work->out_item, (const char *)scaled, sizeof *scaled, count);
}

/* At the label stands - factor (sum of the others) / sum: nothing cancels where the label is almost sure.  The powers of
   a row of several blocks are computed twice. */
static void slope_row(const Work *work, const char *scores, int64_t row) {
  double powers[BLOCK], differences[BLOCK];
  int64_t columns = work->scores->columns;
  Parts parts = sum_parts(work, scores, row, powers);
  double share = work->factor / (parts.others + parts.label);
  if (work->losses) put_loss(work, scores, row, &parts);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    if (columns > BLOCK) take_powers(work, powers, differences, scores, start, parts.most, count);
    double *label = power_of_label(work, row, powers, start, count);
    if (label) *label = -parts.others;
    put_block(work, work->out + (row * columns + start) * work->out_item, powers, share, count);
  }
}

/* ---- all rows */
bool scores_along(Scores *scores, const Tensor *x, uint32_t axes) {
  const Layout *layout = x->layout;
  const int64_t item = (int64_t)dtype_info[x->dtype].size;
  int64_t length = 1;
  int axis = layout->ndim - 1;
  for (; axis >= 0 && axes >> axis & 1; axis--) length *= layout_shape(layout)[axis];
  bool are_last = axis < 0 || (axes & ((UINT32_C(2) << axis) - 1)) == 0;
  if (!layout->contiguous || !are_last || layout->size == 0) return false;
  *scores = (Scores){tensor_data(x), (DType)x->dtype, layout->size / length, length, length * item, item};
  return true;
}

static void run_share(void *context, int64_t index) {
  const Work *work = context;
  int64_t start = index * work->share, end = smaller_of(start + work->share, work->scores->rows);
  for (int64_t row = start; row < end; row++)
    work->row(work, work->scores->data + row * work->scores->row_stride, row);
}

static bool run(Runtime *runtime, Work *work, const Scores *scores) {
  work->scores = scores;
  work->loops = softmax_loops();
  work->sums = *fold_kernel(FOLD_SUM);
  work->exponential = elementwise_loops(DTYPE_FLOAT64)->unary[OP_exp];
  work->widen = convert_loop(DTYPE_FLOAT64, scores->dtype);
  if (scores->rows == 0 || scores->columns == 0) return true;
  work->share = SHARE_ELEMENTS / scores->columns + 1;
  int64_t shares = (scores->rows + work->share - 1) / work->share;
  double each = NANOSECONDS * (double)work->share * (double)scores->columns;
  return threads_run(shares, each, run_share, work) || !runtime_interrupted(runtime);
}

bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, double *out) {
  Work work = {.out = (char *)out, .out_item = sizeof *out, .row = logarithm ? logsoftmax_row : softmax_row};
  return run(runtime, &work, scores);
}

bool logsumexp_rows(Runtime *runtime, const Scores *scores, double *out) {
  Work work = {.losses = out, .row = logsumexp_row};
  return run(runtime, &work, scores);
}

bool crossentropy_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double *losses) {
  Work work = {.labels = labels, .losses = losses, .row = crossentropy_row};
  return run(runtime, &work, scores);
}

bool crossentropy_slope_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double factor, DType dtype,
                             void *out, double *losses) {
  Work work = {.labels = labels, .losses = losses, .factor = factor, .out = out, .out_item = (int64_t)dtype_info[dtype].size,
               .narrow = convert_loop(dtype, DTYPE_FLOAT64), .row = slope_row};
  return run(runtime, &work, scores);
}
