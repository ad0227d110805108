/* SPDX-License-Identifier: MIT */
/* softmax_rows.c: softmax, its logarithm and cross-entropy by rows, which threads share.

   A row goes through the cache in blocks; of short rows as many as fill a block go together, for an exponential is
   fastest on many numbers.  The largest score is subtracted first, within the exponential (elementwise.h), so nothing
   overflows; sums are those of reduce.h. */
#include "runtime/kernels/softmax_rows.h"

#include <math.h>

#include "base/number.h"
#include "base/threads.h"
#include "runtime/convert.h"
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/fetch.h"
#include "runtime/kernels/math.h"

static const double NANOSECONDS = 1; /* a guess of the time per score */
enum { BLOCK = 8 * FOLD_CHUNK, SHORT_ROW = 64, SHARE_ELEMENTS = 1 << 13 };

/* Numbers of the type that scores are computed with, and one of them. */
typedef union Block { float float32[BLOCK]; double float64[BLOCK]; } Block;
typedef union Number { float float32; double float64; } Number;

/* A row and its exponentials: all of them, where they fit into a block, and else those of the block computed last. */
typedef struct Row {
  int64_t index;
  double most;        /* the largest score */
  const void *scores;
  void *powers;       /* exp(score - most) */
  Block *room;        /* for the scores of a block, where there is more than one */
} Row;

typedef struct Work {
  const Scores *scores;
  DType dtype;        /* of the numbers that are computed with, and of the result */
  int64_t item;
  const SoftmaxLoops *loops;
  const ElementwiseLoops *elementwise;
  FoldKernel sums;
  UnaryLoop logarithm;  /* log1p of float64 */
  ConvertLoop convert;  /* scores to `dtype` */
  const int64_t *labels;
  double *losses;     /* or whatever number a row gives */
  double factor;
  void *out;
  bool powers_out;    /* the exponentials are computed where the results will be */
  int64_t share;      /* rows */
  void (*row)(const struct Work *work, Row *row);
} Work;

/* ---- numbers */
static void *place(const Work *work, void *numbers, int64_t i) { return (char *)numbers + i * work->item; }

static const void *score_place(const Work *work, const void *numbers, int64_t i) {
  return (const char *)numbers + i * work->item;
}

static double number_at(const Work *work, const void *numbers, int64_t i) {
  return work->dtype == DTYPE_FLOAT32 ? (double)((const float *)numbers)[i] : ((const double *)numbers)[i];
}

static void set_number(const Work *work, void *numbers, int64_t i, double number) {
  if (work->dtype == DTYPE_FLOAT32) ((float *)numbers)[i] = (float)number;
  else ((double *)numbers)[i] = number;
}

/* ---- blocks of rows */
static const char *score_data(const Scores *scores, int64_t row, int64_t column) {
  return scores->data + row * scores->row_stride + column * scores->column_stride;
}

/* Whether scores of a row lie as the numbers that they are computed with. */
static bool lie_ready(const Work *work) {
  return work->scores->dtype == work->dtype && work->scores->column_stride == work->item;
}

/* Scores of a row, from `start` on: where they lie, or in `room`. */
static const void *block_of(const Work *work, int64_t row, int64_t start, int64_t count, void *room) {
  const char *data = score_data(work->scores, row, start);
  if (lie_ready(work)) return data;
  work->convert(room, work->item, data, work->scores->column_stride, count);
  return room;
}

/* Those of whole rows. */
static const void *rows_of(const Work *work, int64_t first, int64_t rows, void *room) {
  int64_t columns = work->scores->columns;
  if (lie_ready(work) && work->scores->row_stride == columns * work->item) return score_data(work->scores, first, 0);
  for (int64_t i = 0; i < rows; i++)
    work->convert(place(work, room, i * columns), work->item, score_data(work->scores, first + i, 0),
                  work->scores->column_stride, columns);
  return room;
}

static double largest(const Work *work, int64_t row) {
  Block room;
  double most = -(double)INFINITY;
  for (int64_t start = 0; start < work->scores->columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, work->scores->columns - start);
    most = real_maximum(most, work->loops->largest(block_of(work, row, start, count, &room), count));
  }
  return most;
}

/* While exponentials are computed what comes after `rows` rows is fetched, and where the results of these go. */
static void fetch_both(const Work *work, int64_t row, int64_t rows, int64_t start, int64_t count) {
  const Scores *scores = work->scores;
  int64_t item = (int64_t)dtype_info[scores->dtype].size;
  if (scores->column_stride == item) fetch_ahead(score_data(scores, row + rows, start), count * item);
  if (work->out) fetch_ahead(score_place(work, work->out, row * scores->columns + start), count * work->item);
}

/* exp(score - most) of rows, or of a block of one; `most`: beside each score, or one for all. */
static void take_powers(const Work *work, void *powers, const void *scores, const void *most, bool one, int64_t row,
                        int64_t rows, int64_t start, int64_t count) {
  for (int64_t i = 0; i < count; i += FOLD_CHUNK) {
    int64_t length = smaller_of(FOLD_CHUNK, count - i);
    fetch_both(work, row, rows, start + i, length);
    work->elementwise->exp_difference(place(work, powers, i), score_place(work, scores, i),
                                      one ? most : score_place(work, most, i), one, length);
  }
}

static void take_powers_of_one(const Work *work, const Row *row, void *powers, const void *scores, int64_t start,
                               int64_t count) {
  Number most;
  set_number(work, &most, 0, row->most);
  take_powers(work, powers, scores, &most, true, row->index, 1, start, count);
}

/* Where the exponentials of a row go. */
static void *powers_place(const Work *work, int64_t row, void *room) {
  return work->powers_out ? place(work, work->out, row * work->scores->columns) : room;
}

static const void *scores_of(const Work *work, const Row *row, int64_t start, int64_t count) {
  return work->scores->columns <= BLOCK ? row->scores : block_of(work, row->index, start, count, row->room);
}

/* exp(score - most) of a block. */
static void *powers_of(const Work *work, const Row *row, int64_t start, int64_t count) {
  if (work->scores->columns <= BLOCK) return row->powers;
  void *powers = work->powers_out ? place(work, row->powers, start) : row->powers;
  take_powers_of_one(work, row, powers, scores_of(work, row, start, count), start, count);
  return powers;
}

static void push_block(const Work *work, FoldTree *tree, const void *numbers, int64_t count) {
  fold_tree_add(tree, work->sums.chunk[work->dtype], numbers, work->item, count);
}

static double total(FoldTree *tree) {
  FoldNumber sum;
  fold_tree_finish(tree, &sum);
  return sum.real;
}

/* log(sum(exp(row - most))): one of the largest scores stands for the 1 of log1p, so that a small rest is not lost. */
static double log_of_sum(const Work *work, const Row *row) {
  int64_t columns = work->scores->columns, largest_count = 0;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    void *powers = powers_of(work, row, start, count);
    largest_count += work->loops->drop_largest(powers, scores_of(work, row, start, count), row->most, count);
    push_block(work, &tree, powers, count);
  }
  return real_log1p(total(&tree) + (double)(largest_count - 1));
}

/* ---- rows */
static void softmax_row(const Work *work, Row *row) {
  int64_t columns = work->scores->columns;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    push_block(work, &tree, powers_of(work, row, start, count), count);
  }
  work->loops->divide(row->powers, total(&tree), columns);
}

static void logsoftmax_row(const Work *work, Row *row) {
  int64_t columns = work->scores->columns;
  void *out = place(work, work->out, row->index * columns);
  double logarithm = log_of_sum(work, row);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    work->loops->subtract(place(work, out, start), scores_of(work, row, start, count), row->most, logarithm, count);
  }
}

/* Where the largest is infinite or nan, so is the result. */
static void logsumexp_row(const Work *work, Row *row) {
  work->losses[row->index] = isfinite(row->most) ? row->most + log_of_sum(work, row) : row->most;
}

static double score_at(const Work *work, int64_t row, int64_t column) {
  Number room;
  return number_at(work, block_of(work, row, column, 1, &room), 0);
}

/* ---- cross-entropy */
/* exp(score - largest score) of a row's label, and the sum of the others'. */
typedef struct Parts { double label, others; } Parts;

/* The place of a row's label in a block; -1: it is in another one. */
static int64_t label_in(const Work *work, const Row *row, int64_t start, int64_t count) {
  int64_t label = work->labels[row->index] - start;
  return label >= 0 && label < count ? label : -1;
}

/* The powers of the last block have 0 for the label afterwards. */
static Parts sum_parts(const Work *work, const Row *row) {
  int64_t columns = work->scores->columns;
  Parts parts = {0};
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start), label = label_in(work, row, start, count);
    void *powers = powers_of(work, row, start, count);
    if (label >= 0) {
      parts.label = number_at(work, powers, label);
      set_number(work, powers, label, 0);
    }
    push_block(work, &tree, powers, count);
  }
  parts.others = total(&tree);
  return parts;
}

/* -log(label / (label + others)).  Where the label has the largest score its power is 1, and a small sum of the others
   is not lost; elsewhere the result is never small. */
static void put_loss(const Work *work, const Row *row, const Parts *parts) {
  double distance = row->most - score_at(work, row->index, work->labels[row->index]);
  work->losses[row->index] = distance + log1p(parts->others + (parts->label - 1));
}

static void crossentropy_row(const Work *work, Row *row) {
  Parts parts = sum_parts(work, row);
  put_loss(work, row, &parts);
}

/* At the label stands - factor (sum of the others) / sum: nothing cancels where the label is almost sure.  The powers
   of a row of several blocks are computed twice. */
static void slope_row(const Work *work, Row *row) {
  int64_t columns = work->scores->columns;
  Parts parts = sum_parts(work, row);
  double share = work->factor / (parts.others + parts.label);
  if (work->losses) put_loss(work, row, &parts);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start), label = label_in(work, row, start, count);
    void *powers = powers_of(work, row, start, count), *out = place(work, work->out, row->index * columns + start);
    work->loops->scale(out, powers, share, count);
    if (label >= 0) set_number(work, out, label, -parts.others * share);
  }
}

/* ---- rows that fit into a block together */
/* Of many short rows together, as their exponentials are. */
static void put_logarithms(const Work *work, int64_t first, int64_t rows, void *powers, const void *scores,
                           const void *most) {
  double rests[BLOCK], logarithms[BLOCK];
  const int64_t columns = work->scores->columns;
  work->loops->rests_of_few(rests, powers, scores, most, rows, columns);
  work->logarithm((char *)logarithms, (const char *)rests, sizeof *rests, rows);
  if (work->out) {
    work->loops->subtract_few(place(work, work->out, first * columns), scores, most, logarithms, rows, columns);
    return;
  }
  for (int64_t row = 0; row < rows; row++) {
    double largest_score = number_at(work, most, row * columns);
    work->losses[first + row] = isfinite(largest_score) ? largest_score + logarithms[row] : largest_score;
  }
}

static bool are_few(const Work *work) {
  bool known = work->row == softmax_row || work->row == logsoftmax_row || work->row == logsumexp_row;
  return known && work->scores->columns <= FOLD_LANES;
}

static void run_rows(const Work *work, int64_t first, int64_t rows) {
  Block room, own_powers, most;
  int64_t columns = work->scores->columns;
  const void *scores = rows_of(work, first, rows, &room);
  void *powers = powers_place(work, first, &own_powers);
  work->loops->spread_largest(&most, scores, rows, columns);
  take_powers(work, powers, scores, &most, false, first, rows, 0, rows * columns);
  if (!are_few(work)) {
    for (int64_t i = 0; i < rows; i++)
      work->row(work, &(Row){first + i, number_at(work, &most, i * columns), score_place(work, scores, i * columns),
                             place(work, powers, i * columns), NULL});
  } else if (work->row == softmax_row) {
    work->loops->divide_few(powers, rows, columns);
  } else {
    put_logarithms(work, first, rows, powers, scores, &most);
  }
}

/* ---- one row */
static void run_block(const Work *work, int64_t index) {
  Block room, own_powers;
  int64_t columns = work->scores->columns;
  const void *scores = block_of(work, index, 0, columns, &room);
  Row row = {index, work->loops->largest(scores, columns), scores, powers_place(work, index, &own_powers), NULL};
  take_powers_of_one(work, &row, row.powers, scores, 0, columns);
  work->row(work, &row);
}

static void run_long(const Work *work, int64_t index) {
  Block room, powers;
  work->row(work, &(Row){index, largest(work, index), NULL, powers_place(work, index, &powers), &room});
}

static void run_share(void *context, int64_t index) {
  const Work *work = context;
  int64_t start = index * work->share, end = smaller_of(start + work->share, work->scores->rows), rows;
  int64_t columns = work->scores->columns;
  for (int64_t row = start; row < end; row += rows) {
    rows = columns <= SHORT_ROW ? smaller_of(BLOCK / columns, end - row) : 1;
    if (columns <= SHORT_ROW) run_rows(work, row, rows);
    else if (columns <= BLOCK) run_block(work, row);
    else run_long(work, row);
  }
}

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

static bool run(Runtime *runtime, Work *work, const Scores *scores) {
  work->scores = scores;
  work->dtype = score_type(scores->dtype);
  work->item = (int64_t)dtype_info[work->dtype].size;
  work->loops = softmax_loops(work->dtype);
  work->elementwise = elementwise_loops(work->dtype);
  work->sums = *fold_kernel(FOLD_SUM);
  work->logarithm = elementwise_loops(DTYPE_FLOAT64)->unary[OP_log1p];
  work->convert = convert_loop(work->dtype, scores->dtype);
  if (scores->rows == 0 || scores->columns == 0) return true;
  work->share = SHARE_ELEMENTS / scores->columns + 1;
  int64_t shares = (scores->rows + work->share - 1) / work->share;
  double each = NANOSECONDS * (double)work->share * (double)scores->columns;
  return threads_run(shares, each, run_share, work) || !runtime_interrupted(runtime);
}

bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, void *out) {
  Work work = {.out = out, .powers_out = !logarithm, .row = logarithm ? logsoftmax_row : softmax_row};
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

bool crossentropy_slope_rows(Runtime *runtime, const Scores *scores, const int64_t *labels, double factor, void *out,
                             double *losses) {
  Work work = {.labels = labels, .losses = losses, .factor = factor, .out = out, .row = slope_row};
  return run(runtime, &work, scores);
}
