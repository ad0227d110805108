/* SPDX-License-Identifier: MIT */
/* reduce_stream.c: folds a pending tensor while it is computed, piece by piece. */
#include "runtime/kernels/reduce_run.h"

#include <string.h>

#include "base/number.h"
#include "runtime/convert.h"
#include "runtime/kernels/fetch.h"

enum { FEWEST = 32 };

static bool has_rows_side_by_side(const ReducePlan *plan) {
  return plan->reduced_stride[plan->reduced - 1] == (int64_t)dtype_info[plan->dtype].size;
}

bool reduce_streams(const ReducePlan *plan) {
  if (has_rows_side_by_side(plan)) return plan->reduced_size[plan->reduced - 1] >= FEWEST;
  int inner = plan->kept - 1;
  return plan->kept_stride[inner] == (int64_t)dtype_info[plan->dtype].size && plan->kept_size[inner] >= FEWEST;
}

int64_t reduce_stream_width(const ReducePlan *plan) {
  return has_rows_side_by_side(plan) ? 1 : FUSE_PIECE;
}

/* ---- one column: rows that lie side by side */
static int64_t place_of(const Fold *fold, const RowWalk *walk) {
  return (walk->data - fold->plan->data) / (int64_t)dtype_info[fold->plan->dtype].size;
}

/* From one row to the next, in elements. */
static int64_t way_of(const Fold *fold) {
  const ReducePlan *plan = fold->plan;
  return plan->reduced_stride[plan->reduced - 1] / (int64_t)dtype_info[plan->dtype].size;
}

/* `way`: from one piece to the next. */
static const void *read_piece(const Fold *fold, FuseReader *reader, const RowWalk *walk, int64_t count, int64_t way,
                              void *room) {
  int64_t start = place_of(fold, walk);
  return fuse_read(reader, start, count, start + FETCH_ROWS * way, room);
}

/* As many rows as can be computed together: chunks. */
static int64_t piece_rows(const Fold *fold, const RowWalk *walk) {
  return smaller_of(walk->left, fuse_piece(fold->pass));
}

/* The next rows, in `block`, maybe of several lines. */
static int64_t read_rows(const Fold *fold, FuseReader *reader, RowWalk *walk, char *block) {
  int64_t item = (int64_t)dtype_info[fold->plan->dtype].size, rows = piece_rows(fold, walk);
  for (int64_t done = 0; done < rows;) {
    int64_t run = row_walk_run(walk), count = run < rows - done ? run : rows - done;
    char *room = block + done * item;
    const void *piece = read_piece(fold, reader, walk, count, count, room);
    if (piece != room) memcpy(room, piece, (size_t)(count * item));
    row_walk_advance(walk, count);
    done += count;
  }
  return rows;
}

/* False: the piece goes on on another line. */
static bool fold_column_of_two(const Fold *fold, FuseReader *reader, RowWalk *walk, FoldTree *tree) {
  FoldOperand x, y;
  int64_t rows = piece_rows(fold, walk), start = place_of(fold, walk);
  if (row_walk_run(walk) < rows) return false;
  fuse_read_line(reader, start, rows, start + FETCH_ROWS * rows, &x, &y);
  fold_tree_add_two(tree, fold->binary, x, y, rows);
  row_walk_advance(walk, rows);
  return true;
}

static void fold_column(const Fold *fold, FuseReader *reader, RowWalk *walk, FoldTree *tree) {
  if (fold->binary && fold_column_of_two(fold, reader, walk, tree)) return;
  char *block = fuse_room(reader);
  int64_t rows = read_rows(fold, reader, walk, block);
  fold_tree_add(tree, fold->kernel->chunk[fold->plan->dtype], block, (int64_t)dtype_info[fold->plan->dtype].size, rows);
}

/* ---- many columns: row by row into their lanes, in the order of a chunk that lies in memory */
typedef struct Lanes {
  FoldNumber numbers[FOLD_LANES][FUSE_PIECE];
  char row[FUSE_PIECE * sizeof(FoldNumber)];
} Lanes;
_Static_assert(sizeof(Lanes) <= FUSE_ROOM, "the lanes have room");

static void start_lanes(FoldNumber identity, Lanes *lanes, int64_t width) {
  for (int k = 0; k < FOLD_LANES; k++)
    for (int64_t i = 0; i < width; i++) lanes->numbers[k][i] = identity;
}

/* Pairs of lanes, pairs of these, and so on, into the first. */
static void join_lanes(const Fold *fold, Lanes *lanes, int64_t width) {
  for (int apart = 1; apart < FOLD_LANES; apart *= 2)
    for (int k = 0; k < FOLD_LANES; k += 2 * apart) fold->merge(lanes->numbers[k], lanes->numbers[k + apart], width);
}

/* False: the chunk does not lie in rows of the same stride, or the pass has more to do. */
static bool fold_columns_of_two(const Fold *fold, FuseReader *reader, RowWalk *walk, FoldTree *tree) {
  FoldOperand x, y;
  int64_t rows = chunk_rows(walk), start = place_of(fold, walk);
  if (row_walk_run(walk) < rows) return false;
  if (!fuse_read_rows(reader, start, tree->width, rows, way_of(fold), &x, &y)) return false;
  for (int64_t column = 0; column < tree->width; column += FOLD_WIDTH) {
    int64_t width = tree->width - column < FOLD_WIDTH ? tree->width - column : FOLD_WIDTH;
    fold->binary->columns(&x, &y, rows, width, fold_tree_top(tree) + column);
    x.data += width * x.column_stride;
    y.data += width * y.column_stride;
  }
  fold_tree_push(tree);
  row_walk_advance(walk, rows);
  return true;
}

static void fold_columns(const Fold *fold, FuseReader *reader, RowWalk *walk, FoldTree *tree) {
  if (fold->binary && fold_columns_of_two(fold, reader, walk, tree)) return;
  Lanes *lanes = (Lanes *)(void *)fuse_room(reader);
  int64_t width = tree->width, rows = chunk_rows(walk), way = way_of(fold);
  FoldRow fold_row = fold->kernel->row[fold->plan->dtype];
  start_lanes(fold->identity, lanes, width);
  for (int64_t row = 0; row < rows; row++) {
    const void *piece = read_piece(fold, reader, walk, width, way, lanes->row);
    fold_row(piece, width, lanes->numbers[row % FOLD_LANES]);
    row_walk_advance(walk, 1);
  }
  join_lanes(fold, lanes, width);
  memcpy(fold_tree_top(tree), lanes->numbers[0], (size_t)width * sizeof(FoldNumber));
  fold_tree_push(tree);
}

/* The best of each column so far, in its own type. */
typedef struct Best {
  FoldNumber numbers[FUSE_PIECE];
  char row[FUSE_PIECE * sizeof(FoldNumber)];
} Best;

static void take_extremes(const Fold *fold, FuseReader *reader, RowWalk *walk, FoldTree *tree) {
  Best *best = (Best *)(void *)fuse_room(reader);
  const ReducePlan *plan = fold->plan;
  const int64_t number = (int64_t)sizeof(FoldNumber), item = (int64_t)dtype_info[plan->dtype].size;
  int64_t width = tree->width, rows = chunk_rows(walk), way = way_of(fold);
  for (int64_t row = 0; row < rows; row++) {
    const void *piece = read_piece(fold, reader, walk, width, way, best->row);
    if (row == 0) memcpy(best->numbers, piece, (size_t)(width * item));
    else fold->kernel->row[plan->dtype](piece, width, best->numbers);
    row_walk_advance(walk, 1);
  }
  convert_loop(plan->work, plan->dtype)((char *)fold_tree_top(tree), number, (const char *)best->numbers, item, width);
  fold_tree_push(tree);
}

/* Whether the extreme of a column of truth values is known before its end. */
static bool is_decided(const Fold *fold, const FoldTree *tree) {
  if (fold->plan->dtype != DTYPE_BOOL || !fold->kernel->is_extreme) return false;
  if (tree->width > 1 || tree->height == 0 || !fuse_may_stop(fold->pass)) return false;
  return tree->levels->integer == (fold->kernel->identity_integer.integer < 0);
}

void reduce_stream(const Fold *fold, const ReduceShare *share, FoldTree *tree) {
  RowWalk walk;
  FuseReader *reader = fuse_reader(fold->pass);
  row_walk_start(&walk, fold->plan, share->data, share->first, share->rows);
  while (walk.left > 0 && !is_decided(fold, tree)) {
    if (has_rows_side_by_side(fold->plan)) fold_column(fold, reader, &walk, tree);
    else if (fold->kernel->is_extreme) take_extremes(fold, reader, &walk, tree);
    else fold_columns(fold, reader, &walk, tree);
  }
}
