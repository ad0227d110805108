/* SPDX-License-Identifier: MIT */
/* reduce_run.c: folds a whole tensor: chunks of rows, combined as a balanced tree. */
#include <math.h>

#include "runtime/kernels/reduce.h"

enum { POLL_ELEMENTS = 1 << 16, FEW_ROWS = 32 };

/* Partial results of 2^k chunks each, k falling; like a binary counter. */
typedef struct FoldTree {
  FoldMerge merge;
  int64_t width;
  uint64_t chunks;
  int height;
  FoldNumber levels[FOLD_LEVELS][FOLD_WIDTH];
} FoldTree;

typedef struct Fold {
  Runtime *runtime;
  const ReducePlan *plan;
  const FoldKernel *kernel;
  FoldMap map;
  bool direct;            /* chunks are read where they lie */
  int64_t since_poll;
} Fold;

/* ---- tree */
static FoldNumber *tree_top(FoldTree *tree) {
  return tree->levels[tree->height];
}

static void tree_push(FoldTree *tree) {
  tree->height++;
  tree->chunks++;
  for (uint64_t rest = tree->chunks; (rest & 1) == 0; rest >>= 1) {
    tree->height--;
    tree->merge(tree->levels[tree->height - 1], tree->levels[tree->height], tree->width);
  }
}

static void tree_finish(FoldTree *tree, FoldNumber *out) {
  while (tree->height > 1) {
    tree->height--;
    tree->merge(tree->levels[tree->height - 1], tree->levels[tree->height], tree->width);
  }
  for (int64_t i = 0; i < tree->width; i++) out[i] = tree->levels[0][i];
}

/* ---- maps */
/* `difference` is that of a number to the parameter of its column. */
#define MAP_ALL(expression) \
  for (int64_t row = 0; row < rows; row++, x += width, out += width) { \
    for (int64_t i = 0; i < width; i++) { \
      const double difference = x[i] - parameters[i]; \
      out[i] = expression; \
    } \
  }

static void map_rows(FoldMap map, double *restrict out, const double *restrict x, int64_t rows, int64_t width,
                     const double *restrict parameters) {
  switch (map) {
    case MAP_DIFFERENCE: MAP_ALL(difference) break;
    case MAP_SQUARE: MAP_ALL(difference * difference) break;
    case MAP_EXPONENTIAL: MAP_ALL(difference == 0 ? 0 : exp(difference)) break;
    case MAP_EQUAL: MAP_ALL(difference == 0 ? 1 : 0) break;
    case MAP_NONE: break;
  }
}

/* ---- one tile */
static bool poll(Fold *fold, int64_t elements) {
  if ((fold->since_poll += elements) < POLL_ELEMENTS) return true;
  fold->since_poll = 0;
  return !runtime_interrupted(fold->runtime);
}

/* Folds rows where they lie, as far as whole chunks go; returns how many. */
static int64_t fold_direct(Fold *fold, RowWalk *walk, FoldTree *tree) {
  int64_t run = row_walk_run(walk), rows = run < POLL_ELEMENTS ? run : POLL_ELEMENTS;
  int64_t stride = fold->plan->reduced_stride[fold->plan->reduced - 1];
  FoldChunk chunk = fold->kernel->chunk[fold->plan->dtype];
  if (rows < walk->left) rows -= rows % FOLD_CHUNK;
  for (int64_t row = 0; row < rows; row += FOLD_CHUNK) {
    int64_t count = rows - row < FOLD_CHUNK ? rows - row : FOLD_CHUNK;
    chunk(walk->data + row * stride, stride, count, tree->width, tree_top(tree));
    tree_push(tree);
  }
  if (rows > 0) row_walk_advance(walk, rows);
  return rows;
}

static int64_t chunk_rows(const RowWalk *walk) {
  return walk->left < FOLD_CHUNK ? walk->left : FOLD_CHUNK;
}

static int64_t fold_gathered(Fold *fold, RowWalk *walk, FoldTree *tree) {
  FoldNumber numbers[FOLD_CHUNK * FOLD_GATHERED];
  int64_t rows = chunk_rows(walk);
  row_walk_gather(walk, rows, tree->width, numbers);
  fold->kernel->chunk[fold->plan->work](numbers, tree->width * (int64_t)sizeof *numbers, rows, tree->width,
                                        tree_top(tree));
  tree_push(tree);
  return rows;
}

/* Rows of one column that lie side by side need not be gathered. */
static bool is_line(const RowWalk *walk, int64_t rows, int64_t width) {
  const ReducePlan *plan = walk->plan;
  return width == 1 && plan->dtype == DTYPE_FLOAT64 && row_walk_run(walk) >= rows &&
         plan->reduced_stride[plan->reduced - 1] == (int64_t)sizeof(double);
}

/* One column is mapped as one long row, for which its parameter is repeated. */
static int64_t fold_mapped(Fold *fold, RowWalk *walk, FoldTree *tree, const double *parameters) {
  FoldNumber numbers[FOLD_CHUNK * FOLD_GATHERED];
  double mapped[FOLD_CHUNK * FOLD_GATHERED];
  int64_t rows = chunk_rows(walk), width = tree->width;
  const double *x = &numbers->real;
  if (is_line(walk, rows, width)) {
    x = (const double *)(const void *)walk->data;
    row_walk_advance(walk, rows);
  } else {
    row_walk_gather(walk, rows, width, numbers);
  }
  if (width == 1) map_rows(fold->map, mapped, x, 1, rows, parameters);
  else map_rows(fold->map, mapped, x, rows, width, parameters);
  fold->kernel->chunk[DTYPE_FLOAT64](mapped, width * (int64_t)sizeof *mapped, rows, width, tree_top(tree));
  tree_push(tree);
  return rows;
}

static void repeat_parameters(double *out, const double *parameters, int64_t width) {
  for (int64_t i = 0; i < FOLD_CHUNK; i++) out[i] = parameters[i % width];
}

static bool fold_tile(Fold *fold, const char *data, int64_t width, const double *parameters, FoldNumber *out) {
  FoldTree tree;
  RowWalk walk;
  double repeated[FOLD_CHUNK];
  if (parameters) repeat_parameters(repeated, parameters, width);
  tree.merge = fold->plan->work == DTYPE_FLOAT64 ? fold->kernel->merge_real : fold->kernel->merge_integer;
  tree.width = width;
  tree.chunks = 0;
  tree.height = 0;
  row_walk_start(&walk, fold->plan, data);
  while (walk.left > 0) {
    int64_t rows = fold->direct ? fold_direct(fold, &walk, &tree) : 0;
    if (rows == 0) rows = parameters ? fold_mapped(fold, &walk, &tree, repeated) : fold_gathered(fold, &walk, &tree);
    if (!poll(fold, rows * width)) return false;
  }
  tree_finish(&tree, out);
  return true;
}

/* ---- all tiles */
static int64_t magnitude(int64_t x) {
  return x < 0 ? -x : x;
}

/* Results side by side are computed together when their elements lie closer than the rows, or when rows are few. */
static int64_t tile_width(const ReducePlan *plan, bool direct) {
  int64_t row_stride = magnitude(plan->reduced_stride[plan->reduced - 1]);
  int64_t column_stride = magnitude(plan->kept_stride[plan->kept - 1]);
  if (plan->kept_size[plan->kept - 1] == 1) return 1;
  if (row_stride <= column_stride && plan->reduced_size[plan->reduced - 1] >= FEW_ROWS) return 1;
  return direct ? FOLD_WIDTH : FOLD_GATHERED;
}

static bool fold_all(Fold *fold, const double *parameters, FoldNumber *out) {
  const ReducePlan *plan = fold->plan;
  TileWalk tiles;
  bool side_by_side = plan->kept_stride[plan->kept - 1] == (int64_t)dtype_info[plan->dtype].size;
  bool direct = fold->map == MAP_NONE;
  tile_walk_start(&tiles, plan, tile_width(plan, direct && side_by_side));
  fold->direct = direct && (side_by_side || tiles.most == 1);
  while (tile_walk_next(&tiles)) {
    const double *tile_parameters = parameters ? parameters + tiles.result : NULL;
    if (!fold_tile(fold, tiles.data, tiles.width, tile_parameters, out + tiles.result)) return false;
  }
  return true;
}

static double identity_of(FoldOp op) {
  return op == FOLD_PRODUCT ? 1 : 0;
}

Tensor *reduce_fold(Runtime *runtime, FoldOp op, Tensor *x, uint32_t axes, Layout *layout, FoldMap map,
                    Tensor *parameter) {
  ReducePlan plan;
  reduce_plan(&plan, x, axes);
  Tensor *result = tensor_new(runtime, plan.work, layout);
  if (!result) return NULL;
  if (plan.rows == 0) {
    tensor_fill(runtime, result, identity_of(op));
    return result;
  }
  Fold fold = {.runtime = runtime, .plan = &plan, .kernel = fold_kernel(op), .map = map};
  if (fold_all(&fold, parameter ? tensor_data(parameter) : NULL, tensor_data(result))) return result;
  tensor_unref(result);
  return NULL;
}
