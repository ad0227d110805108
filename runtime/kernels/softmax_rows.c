/* SPDX-License-Identifier: MIT */
/* softmax_rows.c: softmax, its logarithm and cross-entropy by rows, which threads share.

   A row goes through the cache in blocks; of short rows as many as fill a block go together, for an exponential is
   fastest on many numbers.  The largest score is subtracted before anything else, so nothing overflows; sums are those
   of reduce.h. */
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

/* A row and its exponentials: all of them, where they fit into a block, and else those of the block computed last. */
typedef struct Row {
  int64_t index;
  double most;                   /* the largest score */
  double *differences, *powers;  /* score - most, and exp of it */
} Row;

typedef struct Work {
  const Scores *scores;
  const SoftmaxLoops *loops;
  FoldKernel sums;
  UnaryLoop exponential, logarithm; /* exp; log1p */
  ConvertLoop widen, narrow; /* scores to float64; float64 to the result */
  const int64_t *labels;
  double *losses;            /* or whatever number a row gives */
  double factor;
  char *out;
  int64_t out_item;
  bool powers_out;           /* the exponentials are computed where the results will be */
  int64_t share;             /* rows */
  void (*row)(const struct Work *work, Row *row);
} Work;

/* ---- blocks of rows */
static const char *score_place(const Work *work, int64_t row, int64_t column) {
  return work->scores->data + row * work->scores->row_stride + column * work->scores->column_stride;
}

/* Scores of a row, from `start` on, as float64: where they lie, or in `room`. */
static const double *block_of(const Work *work, int64_t row, int64_t start, int64_t count, double *room) {
  const Scores *scores = work->scores;
  const char *data = score_place(work, row, start);
  if (scores->dtype == DTYPE_FLOAT64 && scores->column_stride == (int64_t)sizeof(double))
    return (const double *)(const void *)data;
  work->widen((char *)room, sizeof(double), data, scores->column_stride, count);
  return room;
}

static double largest(const Work *work, int64_t row) {
  double room[BLOCK], most = -(double)INFINITY;
  for (int64_t start = 0; start < work->scores->columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, work->scores->columns - start);
    most = real_maximum(most, work->loops->largest(block_of(work, row, start, count, room), count));
  }
  return most;
}

/* While exponentials are computed what comes after `rows` rows is fetched, and where the results of these go. */
static void fetch_both(const Work *work, int64_t row, int64_t rows, int64_t start, int64_t count) {
  const Scores *scores = work->scores;
  int64_t item = (int64_t)dtype_info[scores->dtype].size;
  if (scores->column_stride == item) fetch_ahead(score_place(work, row + rows, start), count * item);
  if (work->out) fetch_ahead(work->out + (row * scores->columns + start) * work->out_item, count * work->out_item);
}

static void take_powers(const Work *work, double *powers, double *differences, int64_t row, int64_t rows,
                        int64_t start, int64_t count) {
  for (int64_t i = 0; i < count; i += FOLD_CHUNK) {
    int64_t length = smaller_of(FOLD_CHUNK, count - i);
    fetch_both(work, row, rows, start + i, length);
    work->exponential((char *)(powers + i), (const char *)(differences + i), sizeof *differences, length);
  }
}

/* Where the exponentials of a row go. */
static double *powers_place(const Work *work, int64_t row, double *room) {
  return work->powers_out ? (double *)(void *)work->out + row * work->scores->columns : room;
}

/* score - most of a block. */
static double *differences_of(const Work *work, const Row *row, int64_t start, int64_t count) {
  double room[BLOCK];
  if (work->scores->columns > BLOCK)
    work->loops->subtract(row->differences, block_of(work, row->index, start, count, room), row->most, count);
  return row->differences;
}

/* exp(score - most) of a block. */
static double *powers_of(const Work *work, const Row *row, int64_t start, int64_t count) {
  if (work->scores->columns <= BLOCK) return row->powers;
  double *powers = work->powers_out ? row->powers + start : row->powers;
  take_powers(work, powers, differences_of(work, row, start, count), row->index, 1, start, count);
  return powers;
}

static void push_block(const Work *work, FoldTree *tree, const double *numbers, int64_t count) {
  fold_tree_add(tree, work->sums.chunk[DTYPE_FLOAT64], (const char *)numbers, sizeof *numbers, count);
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
    double *powers = powers_of(work, row, start, count);
    largest_count += work->loops->drop_largest(powers, row->differences, count);
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
  double *out = (double *)(void *)work->out + row->index * columns, logarithm = log_of_sum(work, row);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    work->loops->subtract(out + start, differences_of(work, row, start, count), logarithm, count);
  }
}

/* Where the largest is infinite or nan, so is the result. */
static void logsumexp_row(const Work *work, Row *row) {
  work->losses[row->index] = isfinite(row->most) ? row->most + log_of_sum(work, row) : row->most;
}

static double score_at(const Work *work, int64_t row, int64_t column) {
  double room[1];
  return *block_of(work, row, column, 1, room);
}

/* ---- cross-entropy */
/* exp(score - largest score) of a row's label, and the sum of the others'. */
typedef struct Parts { double label, others; } Parts;

static double *power_of_label(const Work *work, const Row *row, double *powers, int64_t start, int64_t count) {
  int64_t place = work->labels[row->index] - start;
  return place >= 0 && place < count ? &powers[place] : NULL;
}

/* The powers of the last block have 0 for the label afterwards. */
static Parts sum_parts(const Work *work, const Row *row) {
  int64_t columns = work->scores->columns;
  Parts parts = {0};
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS];
  fold_tree_start(&tree, work->sums.merge_real, 1, levels);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    double *powers = powers_of(work, row, start, count), *label = power_of_label(work, row, powers, start, count);
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
static void put_loss(const Work *work, const Row *row, const Parts *parts) {
  double distance = row->most - score_at(work, row->index, work->labels[row->index]);
  work->losses[row->index] = distance + log1p(parts->others + (parts->label - 1));
}

static void crossentropy_row(const Work *work, Row *row) {
  Parts parts = sum_parts(work, row);
  put_loss(work, row, &parts);
}

/* A block of the slope: where float64 is wanted, straight into the result. */
static void put_block(const Work *work, char *out, const double *powers, double share, int64_t count) {
  if (work->out_item == (int64_t)sizeof(double)) {
    work->loops->scale((double *)(void *)out, powers, share, count);
    return;
  }
  double scaled[BLOCK];
  work->loops->scale(scaled, powers, share, count);
  work->narrow(out, work->out_item, (const char *)scaled, sizeof *scaled, count);
}

/* At the label stands - factor (sum of the others) / sum: nothing cancels where the label is almost sure.  The powers
   of a row of several blocks are computed twice. */
static void slope_row(const Work *work, Row *row) {
  int64_t columns = work->scores->columns;
  Parts parts = sum_parts(work, row);
  double share = work->factor / (parts.others + parts.label);
  if (work->losses) put_loss(work, row, &parts);
  for (int64_t start = 0; start < columns; start += BLOCK) {
    int64_t count = smaller_of(BLOCK, columns - start);
    double *powers = powers_of(work, row, start, count), *label = power_of_label(work, row, powers, start, count);
    if (label) *label = -parts.others;
    put_block(work, work->out + (row->index * columns + start) * work->out_item, powers, share, count);
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

/* ---- rows of no more elements than a sum has lanes: the same bits without a tree for each */
static double sum_of_few(const double *numbers, int64_t columns) {
  double lanes[FOLD_LANES] = {0};
  for (int64_t i = 0; i < columns; i++) lanes[i] = numbers[i];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

/* What log_of_sum takes the logarithm of: differences of 0 are those of the largest scores. */
static double rest_of_few(const double *differences, double *powers, int64_t columns) {
  double count = 0;
  for (int64_t i = 0; i < columns; i++) {
    powers[i] = differences[i] == 0 ? 0 : powers[i];
    count += differences[i] == 0 ? 1 : 0;
  }
  return sum_of_few(powers, columns) + (count - 1);
}

static double largest_of_few(const double *scores, int64_t columns) {
  double most = -(double)INFINITY;
  bool nan = false;
  for (int64_t i = 0; i < columns; i++) {
    most = scores[i] > most ? scores[i] : most;
    nan |= scores[i] != scores[i];
  }
  return nan ? (double)NAN : most;
}

static void subtract_largest(const Work *work, int64_t first, int64_t rows, double *differences, double *most) {
  double room[BLOCK];
  const int64_t columns = work->scores->columns;
  const double *scores = block_of(work, first, 0, rows * columns, room);
  for (int64_t row = 0; row < rows; row++) {
    most[row] = largest_of_few(scores + row * columns, columns);
    for (int64_t i = row * columns; i < (row + 1) * columns; i++) differences[i] = scores[i] - most[row];
  }
}

static void divide_by_sums(double *powers, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++, powers += columns) {
    double sum = sum_of_few(powers, columns);
    for (int64_t i = 0; i < columns; i++) powers[i] /= sum;
  }
}

/* Of many rows together, as their exponentials are. */
static void put_logarithms(const Work *work, int64_t first, int64_t rows, const double *differences, double *powers,
                           const double *most) {
  double rests[BLOCK], logarithms[BLOCK];
  const int64_t columns = work->scores->columns;
  double *out = (double *)(void *)work->out + (work->out ? first * columns : 0);
  for (int64_t row = 0; row < rows; row++)
    rests[row] = rest_of_few(differences + row * columns, powers + row * columns, columns);
  work->logarithm((char *)logarithms, (const char *)rests, sizeof *rests, rows);
  for (int64_t row = 0; row < rows; row++) {
    if (!work->out) work->losses[first + row] = isfinite(most[row]) ? most[row] + logarithms[row] : most[row];
    else for (int64_t i = row * columns; i < (row + 1) * columns; i++) out[i] = differences[i] - logarithms[row];
  }
}

static void run_few(const Work *work, int64_t first, int64_t rows) {
  double differences[BLOCK], own_powers[BLOCK], most[BLOCK];
  const int64_t columns = work->scores->columns;
  double *powers = powers_place(work, first, own_powers);
  subtract_largest(work, first, rows, differences, most);
  take_powers(work, powers, differences, first, rows, 0, rows * columns);
  if (work->row == softmax_row) divide_by_sums(powers, rows, columns);
  else put_logarithms(work, first, rows, differences, powers, most);
}

static bool are_few(const Work *work) {
  bool known = work->row == softmax_row || work->row == logsoftmax_row || work->row == logsumexp_row;
  return known && work->scores->columns <= FOLD_LANES;
}

/* Rows that fit into a block together. */
static void run_short(const Work *work, int64_t first, int64_t rows) {
  double room[BLOCK], differences[BLOCK], own_powers[BLOCK], most[BLOCK];
  int64_t columns = work->scores->columns;
  double *powers = powers_place(work, first, own_powers);
  for (int64_t i = 0; i < rows; i++) {
    const double *scores = block_of(work, first + i, 0, columns, room);
    most[i] = work->loops->largest(scores, columns);
    work->loops->subtract(differences + i * columns, scores, most[i], columns);
  }
  take_powers(work, powers, differences, first, rows, 0, rows * columns);
  for (int64_t i = 0; i < rows; i++)
    work->row(work, &(Row){first + i, most[i], differences + i * columns, powers + i * columns});
}

static void run_long(const Work *work, int64_t index) {
  double differences[BLOCK], powers[BLOCK];
  work->row(work, &(Row){index, largest(work, index), differences, powers_place(work, index, powers)});
}

static void run_share(void *context, int64_t index) {
  const Work *work = context;
  int64_t start = index * work->share, end = smaller_of(start + work->share, work->scores->rows), rows;
  for (int64_t row = start; row < end; row += rows) {
    rows = work->scores->columns <= BLOCK ? smaller_of(BLOCK / work->scores->columns, end - row) : 1;
    if (are_few(work)) run_few(work, row, rows);
    else if (work->scores->columns <= BLOCK) run_short(work, row, rows);
    else run_long(work, row);
  }
}

static bool run(Runtime *runtime, Work *work, const Scores *scores) {
  work->scores = scores;
  work->loops = softmax_loops();
  work->sums = *fold_kernel(FOLD_SUM);
  work->exponential = elementwise_loops(DTYPE_FLOAT64)->unary[OP_exp];
  work->logarithm = elementwise_loops(DTYPE_FLOAT64)->unary[OP_log1p];
  work->widen = convert_loop(DTYPE_FLOAT64, scores->dtype);
  if (scores->rows == 0 || scores->columns == 0) return true;
  work->share = SHARE_ELEMENTS / scores->columns + 1;
  int64_t shares = (scores->rows + work->share - 1) / work->share;
  double each = NANOSECONDS * (double)work->share * (double)scores->columns;
  return threads_run(shares, each, run_share, work) || !runtime_interrupted(runtime);
}

bool softmax_rows(Runtime *runtime, const Scores *scores, bool logarithm, double *out) {
  Work work = {.out = (char *)out, .out_item = sizeof *out, .powers_out = !logarithm,
               .row = logarithm ? logsoftmax_row : softmax_row};
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
  Work work = {.labels = labels, .losses = losses, .factor = factor, .out = out,
               .out_item = (int64_t)dtype_info[dtype].size, .narrow = convert_loop(dtype, DTYPE_FLOAT64),
               .row = slope_row};
  return run(runtime, &work, scores);
}
