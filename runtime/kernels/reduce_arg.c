/* SPDX-License-Identifier: MIT */
/* reduce_arg.c: argmax and argmin: the extreme of each block of rows, and where it stands in the best block. */
#include "base/memory.h"
#include "runtime/kernels/reduce.h"

/* Rows of a block: of a line, and of columns side by side, in which places are searched for one by one. */
enum { LINE_ROWS = 512, LONG_LINE_ROWS = 2048, COLUMN_ROWS = 32 };

/* An extreme and its row: first of the block in which it is, then its own. */
typedef struct Found { FoldNumber number; int64_t row; } Found;
typedef struct Search {
  const ReducePlan *plan;
  const FoldKernel *kernel;
  FoldOp op;
  Found *found; /* one line of results per segment of rows */
} Search;

/* Whether a later number takes the place of an earlier one; the first nan does. */
static bool exceeds(const Search *search, FoldNumber later, FoldNumber best) {
  if (search->plan->work == DTYPE_INT64)
    return search->op == FOLD_MAXIMUM ? later.integer > best.integer : later.integer < best.integer;
  if (later.real != later.real) return best.real == best.real;
  return search->op == FOLD_MAXIMUM ? later.real > best.real : later.real < best.real;
}

/* ---- shares */
static int64_t block_rows(const RowWalk *walk, int64_t width) {
  int64_t run = row_walk_run(walk), line = walk->plan->rows < 4 * LONG_LINE_ROWS ? LINE_ROWS : LONG_LINE_ROWS;
  int64_t most = width == 1 ? line : COLUMN_ROWS;
  return run < most ? run : most;
}

static void find_blocks(const Search *search, const ReduceShare *share, Found *found) {
  const ReducePlan *plan = search->plan;
  FoldNumber numbers[EXTREME_BYTES];
  int64_t stride = plan->reduced_stride[plan->reduced - 1];
  RowWalk walk;
  row_walk_start(&walk, plan, share->data, share->first, share->rows);
  while (walk.left > 0) {
    int64_t row = share->first + share->rows - walk.left, rows = block_rows(&walk, share->width);
    search->kernel->chunk[plan->dtype](walk.data, stride, rows, share->width, numbers);
    for (int64_t i = 0; i < share->width; i++)
      if (row == share->first || exceeds(search, numbers[i], found[i].number)) found[i] = (Found){numbers[i], row};
    row_walk_advance(&walk, rows);
  }
}

static void find_rows(const Search *search, const ReduceShare *share, Found *found) {
  const ReducePlan *plan = search->plan;
  int64_t stride = plan->reduced_stride[plan->reduced - 1], apart = plan->kept_stride[plan->kept - 1];
  RowWalk walk;
  for (int64_t i = 0; i < share->width; i++) {
    row_walk_start(&walk, plan, share->data + i * apart, found[i].row, share->first + share->rows - found[i].row);
    found[i].row += search->kernel->find[plan->dtype](walk.data, stride, block_rows(&walk, share->width),
                                                      found[i].number);
  }
}

static void find_share(void *context, const ReduceShare *share) {
  const Search *search = context;
  Found *found = search->found + share->segment * search->plan->results + share->result;
  find_blocks(search, share, found);
  find_rows(search, share, found);
}

/* ---- all */
/* The best of the segments' rows, for each result. */
static void join_segments(const Search *search, int64_t segments, int64_t *indices) {
  int64_t results = search->plan->results;
  for (int64_t result = 0; result < results; result++) {
    const Found *best = &search->found[result];
    for (int64_t segment = 1; segment < segments; segment++) {
      const Found *later = &search->found[segment * results + result];
      if (exceeds(search, later->number, best->number)) best = later;
    }
    indices[result] = best->row;
  }
}

static bool find_all(Runtime *runtime, const ReducePlan *plan, FoldOp op, int64_t *indices) {
  ReduceShares shares;
  const FoldKernel *kernel = fold_kernel(op);
  reduce_shares_plan(&shares, plan, reduce_tile_width(plan, kernel));
  size_t bytes = (size_t)shares.segments * (size_t)plan->results * sizeof(Found);
  Search search = {plan, kernel, op, memory_allocate_data(bytes)};
  if (!search.found) return runtime_out_of_memory(runtime), false;
  bool done = reduce_shares_run(runtime, &shares, 0.15, find_share, &search);
  if (done) join_segments(&search, shares.segments, indices);
  memory_release_data(search.found, bytes);
  return done;
}

static Tensor *find_extremes(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout, FoldOp op) {
  ReducePlan plan;
  tensor_data(x);
  reduce_plan(&plan, x, axes);
  Tensor *indices = tensor_new(runtime, DTYPE_INT64, layout);
  if (!indices || plan.results == 0 || find_all(runtime, &plan, op, tensor_data(indices))) return indices;
  tensor_unref(indices);
  return NULL;
}

/* Whether one of the axes has no elements: then no result has a value, however many results there are. */
static bool is_empty_along(const Layout *layout, uint32_t axes) {
  for (int i = 0; i < layout->ndim; i++)
    if (axes >> i & 1 && layout_shape(layout)[i] == 0) return true;
  return false;
}

static Tensor *arg_extreme(Runtime *runtime, const Operands *operands, FoldOp op) {
  Tensor *x = operands->tensors[0];
  ShapeText shape;
  uint32_t axes;
  if (!attribute_axes(runtime, operands->attributes, 0, x->layout, &axes)) return NULL;
  bool keepdims = attribute_bool(operands->attributes, 1, false);
  Layout *layout = reduce_layout(runtime, x->layout, axes, keepdims);
  if (!layout) return NULL;
  Tensor *result = NULL;
  if (is_empty_along(x->layout, axes)) {
    runtime_fail(runtime, ERROR_VALUE, 0, "`%s` of an empty tensor " ERROR_OPERAND(0) "%s has no value",
                 op_table[operands->op].name, layout_text(&shape, x->layout));
  } else {
    result = find_extremes(runtime, x, axes, layout, op);
  }
  layout_unref(layout);
  return result;
}

Tensor *op_argmax_forward(Runtime *runtime, const Operands *operands) {
  return arg_extreme(runtime, operands, FOLD_MAXIMUM);
}

Tensor *op_argmin_forward(Runtime *runtime, const Operands *operands) {
  return arg_extreme(runtime, operands, FOLD_MINIMUM);
}
