/* SPDX-License-Identifier: MIT */
/* reduce_run.c: folds a whole tensor: chunks of rows, combined as a balanced tree. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "runtime/kernels/reduce_run.h"

enum { FEW_ROWS = 32 };

/* ---- tree */
void fold_tree_start(FoldTree *tree, FoldMerge merge, int64_t width, FoldNumber *levels) {
  *tree = (FoldTree){.merge = merge, .width = width, .levels = levels};
}

/* Joins the two results at the top. */
static void join_top(FoldTree *tree) {
  tree->height--;
  tree->merge(fold_tree_top(tree) - tree->width, fold_tree_top(tree), tree->width);
}

void fold_tree_push(FoldTree *tree) {
  tree->height++;
  tree->chunks++;
  if (tree->any_order) {
    if (tree->height > 1) join_top(tree);
    return;
  }
  for (uint64_t rest = tree->chunks; (rest & 1) == 0; rest >>= 1) join_top(tree);
}

void fold_tree_add(FoldTree *tree, FoldChunk chunk, const char *data, int64_t row_stride, int64_t rows) {
  int64_t most = tree->any_order ? rows : FOLD_CHUNK;
  for (; rows > 0; rows -= most, data += most * row_stride) {
    chunk(data, row_stride, smaller_of(rows, most), 1, fold_tree_top(tree));
    fold_tree_push(tree);
  }
}

void fold_tree_add_two(FoldTree *tree, const FoldBinary *binary, FoldOperand x, FoldOperand y, int64_t rows) {
  for (; rows > 0; rows -= FOLD_CHUNK) {
    binary->line(&x, &y, smaller_of(rows, FOLD_CHUNK), fold_tree_top(tree));
    fold_tree_push(tree);
    x.data += FOLD_CHUNK * x.row_stride;
    y.data += FOLD_CHUNK * y.row_stride;
  }
}

/* Pushes what stands at the top of an empty tree `count` times: twice as many chunks are the merge of equal halves. */
static void push_repeatedly(FoldTree *tree, uint64_t count) {
  FoldNumber power[FOLD_WIDTH], half[FOLD_WIDTH];
  size_t bytes = (size_t)tree->width * sizeof *power;
  memcpy(power, tree->levels, bytes);
  tree->chunks = count;
  tree->height = __builtin_popcountll(count);
  for (int above = tree->height - 1; count > 0; count >>= 1) {
    if (count & 1) memcpy(tree->levels + above-- * tree->width, power, bytes);
    memcpy(half, power, bytes);
    tree->merge(power, half, tree->width);
  }
}

void fold_tree_finish(FoldTree *tree, FoldNumber *out) {
  while (tree->height > 1) join_top(tree);
  for (int64_t i = 0; i < tree->width; i++) out[i] = tree->levels[i];
}

double fold_short(FoldOp op, DType dtype, const void *data, int64_t count) {
  enum { CHUNKS = FOLD_SHORT / FOLD_CHUNK };
  FoldTree tree;
  FoldNumber result, levels[CHUNKS];
  const FoldKernel *kernel = fold_kernel(op);
  int64_t item = (int64_t)dtype_info[dtype].size;
  fold_tree_start(&tree, kernel->merge_real, 1, levels);
  fold_tree_add(&tree, kernel->chunk[dtype], data, item, count);
  fold_tree_finish(&tree, &result);
  return result.real;
}

/* ---- one tile */
/* An extreme of rows where they lie, as far as their stride is the same; returns how many. */
static int64_t take_extreme(const Fold *fold, RowWalk *walk, FoldTree *tree) {
  int64_t rows = row_walk_run(walk), stride = fold->plan->reduced_stride[fold->plan->reduced - 1];
  fold->kernel->chunk[fold->plan->dtype](walk->data, stride, stride ? rows : 1, tree->width, fold_tree_top(tree));
  fold_tree_push(tree);
  row_walk_advance(walk, rows);
  return rows;
}

/* A chunk of the same row: all lanes are equal, so one of them is folded, and then with itself. */
static void fold_repeated_chunk(const Fold *fold, const RowWalk *walk, int64_t width, FoldNumber *out) {
  FoldNumber half[FOLD_WIDTH];
  for (int64_t i = 0; i < width; i++) out[i] = fold->identity;
  for (int row = 0; row < FOLD_CHUNK / FOLD_LANES; row++)
    fold->kernel->row[fold->plan->dtype](walk->data, width, out);
  for (int lanes = 1; lanes < FOLD_LANES; lanes *= 2) {
    memcpy(half, out, (size_t)width * sizeof *half);
    fold->merge(out, half, width);
  }
}

/* The same row again and again, from the start of the tree; returns how many rows make whole chunks. */
static int64_t fold_repeated(const Fold *fold, const RowWalk *walk, int64_t rows, FoldTree *tree) {
  int64_t chunks = rows / FOLD_CHUNK;
  if (chunks == 0) return 0;
  fold_repeated_chunk(fold, walk, tree->width, fold_tree_top(tree));
  push_repeatedly(tree, (uint64_t)chunks);
  return chunks * FOLD_CHUNK;
}

/* Folds rows where they lie, as far as whole chunks go; returns how many. */
static int64_t fold_direct(const Fold *fold, RowWalk *walk, FoldTree *tree) {
  if (tree->any_order) return take_extreme(fold, walk, tree);
  int64_t rows = row_walk_run(walk);
  int64_t stride = fold->plan->reduced_stride[fold->plan->reduced - 1];
  FoldChunk chunk = fold->kernel->chunk[fold->plan->dtype];
  if (rows < walk->left) rows -= rows % FOLD_CHUNK;
  int64_t row = stride == 0 && tree->chunks == 0 ? fold_repeated(fold, walk, rows, tree) : 0;
  for (; row < rows; row += FOLD_CHUNK) {
    int64_t count = rows - row < FOLD_CHUNK ? rows - row : FOLD_CHUNK;
    chunk(walk->data + row * stride, stride, count, tree->width, fold_tree_top(tree));
    fold_tree_push(tree);
  }
  if (rows > 0) row_walk_advance(walk, rows);
  return rows;
}

/* A chunk of one column that does not lie in rows of the same stride. */
static void fold_gathered_line(const Fold *fold, RowWalk *walk, FoldTree *tree) {
  FoldNumber numbers[FOLD_CHUNK];
  int64_t rows = chunk_rows(walk);
  row_walk_gather(walk, rows, 1, numbers);
  fold->kernel->chunk[fold->plan->work](numbers, (int64_t)sizeof *numbers, rows, 1, fold_tree_top(tree));
  fold_tree_push(tree);
}

/* Also where a chunk of rows that could be folded where they lie ends in the middle: some columns at a time. */
static void fold_gathered(const Fold *fold, RowWalk *walk, FoldTree *tree) {
  enum { MOST_COLUMNS = 64 };
  FoldNumber numbers[FOLD_CHUNK * MOST_COLUMNS];
  int64_t rows = chunk_rows(walk), column_stride = fold->plan->kept_stride[fold->plan->kept - 1];
  RowWalk part = *walk;
  for (int64_t column = 0; column < tree->width; column += MOST_COLUMNS) {
    int64_t width = tree->width - column < MOST_COLUMNS ? tree->width - column : MOST_COLUMNS;
    part = *walk;
    part.data += column * column_stride;
    row_walk_gather(&part, rows, width, numbers);
    part.data -= column * column_stride;
    fold->kernel->chunk[fold->plan->work](numbers, width * (int64_t)sizeof *numbers, rows, width,
                                          fold_tree_top(tree) + column);
  }
  *walk = part;
  fold_tree_push(tree);
}

/* ---- shares */
/* A long line of whole chunks: its quarters side by side, since memory answers several readers faster than one, and
   sums wait for themselves.  Each is a branch of the tree.  False: it is no such line, and nothing has been done. */
static bool fold_quarters(const Fold *fold, const ReduceShare *share, FoldTree *tree) {
  enum { QUARTER = FOLD_SHORT / FOLD_LINES };
  const ReducePlan *plan = fold->plan;
  int64_t stride = plan->reduced_stride[0];
  bool line = plan->reduced == 1 && stride == (int64_t)dtype_info[plan->dtype].size;
  if (!line || tree->any_order || share->width > 1 || share->rows != FOLD_SHORT) return false;
  const char *data = share->data + share->first * stride;
  FoldTree branches;
  FoldNumber levels[FOLD_LINES * QUARTER / FOLD_CHUNK], quarters[FOLD_LINES];
  fold_tree_start(&branches, tree->merge, FOLD_LINES, levels);
  for (int64_t row = 0; row < QUARTER; row += FOLD_CHUNK, data += FOLD_CHUNK * stride) {
    fold->kernel->lines[plan->dtype](data, QUARTER * stride, fold_tree_top(&branches));
    fold_tree_push(&branches);
  }
  fold_tree_finish(&branches, quarters);
  for (int k = 0; k < FOLD_LINES; k++) {
    *fold_tree_top(tree) = quarters[k];
    fold_tree_push(tree);
  }
  return true;
}

/* (A tile of a pending tensor is wider than FOLD_WIDTH, but has so few rows that its tree is low.) */
static void fold_share(void *context, const ReduceShare *share) {
  const Fold *fold = context;
  const ReducePlan *plan = fold->plan;
  FoldNumber *out = fold->out + share->segment * plan->results + share->result;
  FoldTree tree;
  FoldNumber levels[FOLD_LEVELS * FOLD_WIDTH];
  RowWalk walk;
  fold_tree_start(&tree, fold->merge, share->width, levels);
  tree.any_order = fold->kernel->is_extreme;
  if (fold->pass) {
    reduce_stream(fold, share, &tree);
    fold_tree_finish(&tree, out);
    return;
  }
  if (fold_quarters(fold, share, &tree)) {
    fold_tree_finish(&tree, out);
    return;
  }
  if (fold->direct && plan->reduced == 1 && (plan->rows <= FOLD_CHUNK || tree.any_order)) { /* needs no tree */
    int64_t stride = plan->reduced_stride[0], rows = tree.any_order && stride == 0 ? 1 : share->rows;
    fold->kernel->chunk[plan->dtype](share->data + share->first * stride, stride, rows, share->width, out);
    return;
  }
  row_walk_start(&walk, plan, share->data, share->first, share->rows);
  while (walk.left > 0) {
    int64_t rows = fold->direct ? fold_direct(fold, &walk, &tree) : 0;
    if (rows > 0) continue;
    if (tree.width == 1) fold_gathered_line(fold, &walk, &tree);
    else fold_gathered(fold, &walk, &tree);
  }
  fold_tree_finish(&tree, out);
}

/* ---- all tiles */
static int64_t magnitude(int64_t x) {
  return x < 0 ? -x : x;
}

/* Results side by side are computed together when their elements lie closer than the rows, or when rows are few. */
bool reduce_is_line_by_line(const ReducePlan *plan) {
  int64_t row_stride = magnitude(plan->reduced_stride[plan->reduced - 1]);
  int64_t column_stride = magnitude(plan->kept_stride[plan->kept - 1]);
  if (plan->kept_size[plan->kept - 1] == 1) return true;
  return row_stride > 0 && row_stride <= column_stride && plan->reduced_size[plan->reduced - 1] >= FEW_ROWS;
}

static bool lies_side_by_side(const ReducePlan *plan) {
  return plan->kept_stride[plan->kept - 1] == (int64_t)dtype_info[plan->dtype].size;
}

int64_t reduce_tile_width(const ReducePlan *plan, const FoldKernel *kernel) {
  if (reduce_is_line_by_line(plan) || !lies_side_by_side(plan)) return 1;
  return kernel->is_extreme ? EXTREME_BYTES / (int64_t)dtype_info[plan->dtype].size : FOLD_WIDTH;
}

/* What cannot be folded where it lies is gathered. */
static int64_t tile_width(const Fold *fold) {
  const ReducePlan *plan = fold->plan;
  if (fold->pass) return reduce_stream_width(plan);
  return !lies_side_by_side(plan) && !reduce_is_line_by_line(plan) ? FOLD_GATHERED
                                                                   : reduce_tile_width(plan, fold->kernel);
}

/* Guesses of the time an element takes, for the choice whether threads share the work. */
static double fold_nanoseconds(const Fold *fold) {
  return fold->pass ? 0.2 + fuse_pass_cost(fold->pass) : 0.15;
}

void reduce_join_segments(FoldMerge merge, const FoldNumber *lines, int64_t segments, int64_t results,
                          FoldNumber *out) {
  for (int64_t start = 0; start < results; start += FOLD_WIDTH) {
    int64_t width = results - start < FOLD_WIDTH ? results - start : FOLD_WIDTH;
    FoldTree tree;
    FoldNumber levels[FOLD_LEVELS * FOLD_WIDTH];
    fold_tree_start(&tree, merge, width, levels);
    for (int64_t segment = 0; segment < segments; segment++) {
      memcpy(fold_tree_top(&tree), lines + segment * results + start, (size_t)width * sizeof *out);
      fold_tree_push(&tree);
    }
    fold_tree_finish(&tree, out + start);
  }
}

static bool fold_segments(Runtime *runtime, Fold *fold, const ReduceShares *shares, FoldNumber *out) {
  size_t bytes = (size_t)shares->segments * (size_t)fold->plan->results * sizeof *out;
  fold->out = memory_allocate_data(bytes);
  if (!fold->out) return runtime_out_of_memory(runtime), false;
  bool done = reduce_shares_run(runtime, shares, fold_nanoseconds(fold), fold_share, fold);
  if (done) reduce_join_segments(fold->merge, fold->out, shares->segments, fold->plan->results, out);
  memory_release_data(fold->out, bytes);
  return done;
}

static bool fold_all(Runtime *runtime, Fold *fold, FoldNumber *out) {
  const ReducePlan *plan = fold->plan;
  ReduceShares shares;
  reduce_shares_plan(&shares, plan, tile_width(fold));
  fold->direct = lies_side_by_side(plan) || shares.most == 1;
  if (shares.segments > 1) return fold_segments(runtime, fold, &shares, out);
  fold->out = out;
  return reduce_shares_run(runtime, &shares, fold_nanoseconds(fold), fold_share, fold);
}

static double identity_of(FoldOp op) {
  return op == FOLD_PRODUCT ? 1 : 0;
}

Tensor *reduce_fold(Runtime *runtime, FoldOp op, Tensor *x, uint32_t axes, Layout *layout) {
  ReducePlan plan;
  reduce_plan(&plan, x, axes);
  Tensor *result = tensor_new(runtime, plan.work, layout);
  if (!result || plan.results == 0) return result;
  if (plan.rows == 0) {
    tensor_fill(runtime, result, identity_of(op));
    return result;
  }
  const FoldKernel *kernel = fold_kernel(op);
  FusePass *pass = reduce_streams(&plan) ? fuse_open(x) : NULL;
  if (!pass) plan.data = tensor_data(x);
  Fold fold = {.pass = pass, .plan = &plan, .kernel = kernel, .binary = op == FOLD_SUM && pass ? fuse_last(pass) : NULL,
               .merge = plan.work == DTYPE_FLOAT64 ? kernel->merge_real : kernel->merge_integer,
               .identity = plan.work == DTYPE_FLOAT64 ? kernel->identity_real : kernel->identity_integer};
  bool done = fold_all(runtime, &fold, tensor_data(result));
  if (done && pass) fuse_close(pass);
  if (done) return result;
  tensor_unref(result);
  return NULL;
}
