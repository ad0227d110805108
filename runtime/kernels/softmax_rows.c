/* SPDX-License-Identifier: MIT */
/* softmax_rows.c: softmax, its logarithm and cross-entropy by rows, which threads share.

   A row goes through the cache in blocks.  The largest score is subtracted before anything else, so nothing overflows;
   sums are those of reduce.h. */
#include "runtime/kernels/softmax_rows.h"

#include <math.h>

#include "base/threads.h"
#include "runtime/convert.h"
#include "runtime/kernels/elementwise.h"

enum { BLOCK = 8 * FOLD_CHUNK, SHARE_ELEMENTS = 1 << 13 };

typedef struct Work {
  const Scores *scores;
  FoldKernel sums, maxima;
  UnaryLoop exponential;
  ConvertLoop widen, narrow; /* scores to float64; float64 to the result */
  const int64_t *labels;
  double *losses;
  double factor;
  char *out;
  int64_t out_item;
  int64_t share;             /* rows */
  void (*row)(const struct Work *work, const char *scores, int64_t row);
} Work;

/* ---- blocks of a row */
static int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}

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
  double room[BLOCK];
  FoldNumber most = {.real = -(double)INFINITY}, next;
  for (int64_t start = 0; start < work->scores->columns; start += FOLD_CHUNK) {
    int64_t count = least(FOLD_CHUNK, work->scores->columns - start);
    const double *x = block_of(work, row, start, count, room);
    work->maxima.chunk[DTYPE_FLOAT64](x, sizeof *x, count, 1, &next);
    work->maxima.merge_real(&most, &next, 1);
  }
  return most.real;
}

static void subtract(double *out, const double *x, double most, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = x[i] - most;
}

static void exponentials(const Work *work, double *out, const double *differences, int64_t count) {
  work->exponential((char *)out, (const char *)differences, sizeof *differences, count);
}

static void push_block(const Work *work, FoldTree *tree, const double *numbers, int64_t count) {
  for (int64_t start = 0; start < count; start += FOLD_CHUNK) {
    work->sums.chunk[DTYPE_FLOAT64](numbers + start, sizeof *numbers, least(FOLD_CHUNK, count - start), 1,
                                    fold_tree_top(tree));
    fold_tree_push(tree);
  }
}

static double total(FoldTree *tree) {
  FoldNumber sum;
  fold_tree_finish(tree, &sum);
  return sum.real;
}

/* The largest scores are left out of the sum and counted. */
static int64_t drop_largest(double *powers, const double *differences, int64_t count) {
  int64_t dropped = 0;
  for (int64_t i = 0; i < count; i++) {
    dropped += differences[i] == 0;
    powers[i] = differences[i] == 0 ? 0 : powers[i];
  }
  return dropped;
}

/* log(sum(exp(row - most))): one of the largest scores stands for the 1 of log1p, so that a small rest is not lost. */
static double log_of_sum(const Work *work, const char *row, double most) {
  double room[BLOCK], differences[BLOCK], powers[BLOCK];
  int64_t columns = work->scores->columns, largest_count = 0;
  FoldTree tree;
  fold_tree_start(&tree, work->sums.merge_real, 1);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = least(BLOCK, columns - start);
    subtract(differences, block_of(work, row, start, count, room), most, count);
    exponentials(work, powers, differences, count);
    largest_count += drop_largest(powers, differences, count);
    push_block(work, &tree, powers, count);
  }
  return log1p(total(&tree) + (double)(largest_count - 1));
}

/* ---- rows */
static void divide(double *numbers, double divisor, int64_t count) {
  for (int64_t i = 0; i < count; i++) numbers[i] /= divisor;
}

static void softmax_row(const Work *work, const char *scores, int64_t row) {
  double room[BLOCK], differences[BLOCK], most = largest(work, scores);
  int64_t columns = work->scores->columns;
  double *out = (double *)(void *)work->out + row * columns;
  FoldTree tree;
  fold_tree_start(&tree, work->sums.merge_real, 1);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = least(BLOCK, columns - start);
    subtract(differences, block_of(work, scores, start, count, room), most, count);
    exponentials(work, out + start, differences, count);
    push_block(work, &tree, out + start, count);
  }
  divide(out, total(&tree), columns);
}

static void logsoftmax_row(const Work *work, const char *scores, int64_t row) {
  double room[BLOCK], most = largest(work, scores), logarithm = log_of_sum(work, scores, most);
  int64_t columns = work->scores->columns;
  double *out = (double *)(void *)work->out + row * columns;
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = least(BLOCK, columns - start);
    subtract(out + start, block_of(work, scores, start, count, room), most, count);
    subtract(out + start, out + start, logarithm, count);
  }
}

static double score_at(const Work *work, const char *row, int64_t column) {
  double room[1];
  return *block_of(work, row, column, 1, room);
}

static void crossentropy_row(const Work *work, const char *scores, int64_t row) {
  double most = largest(work, scores), apart = most - score_at(work, scores, work->labels[row]);
  work->losses[row] = apart + log_of_sum(work, scores, most);
}

/* The powers of a block, with 0 for the label, which `label` gets. */
static void powers_beside_label(const Work *work, const double *x, double most, int64_t count, int64_t place,
                                double *powers, double *label) {
  double differences[BLOCK];
  subtract(differences, x, most, count);
  exponentials(work, powers, differences, count);
  if (place < 0 || place >= count) return;
  *label = powers[place];
  powers[place] = 0;
}

static void scale(double *out, const double *x, double factor, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = x[i] * factor;
}

/* At the label stands - factor (sum of the others) / sum: nothing cancels where the label is almost sure.  The powers of
   a row of several blocks are computed twice. */
static void slope_row(const Work *work, const char *scores, int64_t row) {
  double room[BLOCK], powers[BLOCK], most = largest(work, scores), label_power = 0;
  int64_t columns = work->scores->columns, label = work->labels[row];
  char *out = work->out + row * columns * work->out_item;
  FoldTree tree;
  fold_tree_start(&tree, work->sums.merge_real, 1);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = least(BLOCK, columns - start);
    const double *x = block_of(work, scores, start, count, room);
    powers_beside_label(work, x, most, count, label - start, powers, &label_power);
    push_block(work, &tree, powers, count);
  }
  double others = total(&tree), share = work->factor / (others + label_power);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = least(BLOCK, columns - start);
    if (columns > BLOCK)
      powers_beside_label(work, block_of(work, scores, start, count, room), most, count, label - start, powers,
                          &label_power);
    scale(powers, powers, share, count);
    if (label >= start && label < start + count) powers[label - start] = -others * share;
    work->narrow(out + start * work->out_item, work->out_item, (const char *)powers, sizeof *powers, count);
  }
}

/* ---- all rows */
static void run_share(void *context, int64_t index) {
  const Work *work = context;
  int64_t start = index * work->share, end = least(start + work->share, work->scores->rows);
  for (int64_t row = start; row < end; row++)
    work->row(work, work->scores->data + row * work->scores->row_stride, row);
}

static bool run(Runtime *runtime, Work *work, const Scores *scores, double nanoseconds) {
  work->scores = scores;
  work->sums = *fold_kernel(FOLD_SUM);
  work->maxima = *fold_kernel(FOLD_MAXIMUM);
  work->exponential = elementwise_loops(DTYPE_FLOAT64)->unary[OP_exp];
  work->widen = convert_loop(DTYPE_FLOAT64, scores->dtype);
  if (scores->rows == 0 || scores->columns == 0) return true;
  work->share = SHARE_ELEMENTS / scores->columns + 1;
  int64_t shares = (scores->rows + work->share - 1) / work->share;
  double each = nanoseconds * (double)work->share * (double)scores->columns;
  return threads_run(shares, each, run_share, work) || !runtime_interrupted(runtime);
}

bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, double *out) {
  Work work = {.out = (char *)out, .row = logarithm ? logsoftmax_row : softmax_row};
  return run(runtime, &work, scores, 2);
}

bool crossentropy_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double *losses) {
  Work work = {.labels = labels, .losses = losses, .row = crossentropy_row};
  return run(runtime, &work, scores, 2);
}

bool crossentropy_slope_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double factor, DType dtype,
                             void *out) {
  Work work = {.labels = labels, .factor = factor, .out = out, .out_item = (int64_t)dtype_info[dtype].size,
               .narrow = convert_loop(dtype, DTYPE_FLOAT64), .row = slope_row};
  return run(runtime, &work, scores, 2);
}
