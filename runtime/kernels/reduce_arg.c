/* SPDX-License-Identifier: MIT */
/* reduce_arg.c: argmax and argmin: the extreme first, then where it stands first. */
#include "base/memory.h"
#include "runtime/kernels/reduce.h"

/* Counting first, in a loop that vectorises, finds the chunk; few chunks are searched. */
#define FIND(name, NUMBER, matches) \
  static int64_t name(const NUMBER *numbers, NUMBER wanted, int64_t count) { \
    int64_t hits = 0, i = 0; \
    (void)wanted; \
    for (int64_t k = 0; k < count; k++) hits += matches(numbers[k]) ? 1 : 0; \
    if (hits == 0) return count; \
    while (!matches(numbers[i])) i++; \
    return i; \
  }
#define IS_WANTED(x) ((x) == wanted)
#define IS_NAN(x) ((x) != (x))
FIND(find_real, double, IS_WANTED)
FIND(find_nan, double, IS_NAN)
FIND(find_integer, int64_t, IS_WANTED)

/* Where the wanted number (nan: any nan) is first met; `count` when it is not. */
static int64_t find(const void *numbers, FoldNumber wanted, DType work, int64_t count) {
  if (work == DTYPE_INT64) return find_integer(numbers, wanted.integer, count);
  if (wanted.real != wanted.real) return find_nan(numbers, 0, count);
  return find_real(numbers, wanted.real, count);
}

typedef struct Search { const ReducePlan *plan; const FoldNumber *wanted; int64_t *found; } Search;

/* The first row of a share that holds what is wanted; the number of all rows when none does. */
static int64_t find_row(const ReducePlan *plan, const ReduceShare *share, FoldNumber wanted) {
  FoldNumber numbers[FOLD_CHUNK];
  bool direct = plan->dtype == plan->work && plan->reduced == 1 &&
                plan->reduced_stride[0] == (int64_t)sizeof(FoldNumber);
  RowWalk walk;
  row_walk_start(&walk, plan, share->data, share->first, share->rows);
  while (walk.left > 0) {
    int64_t start = share->first + share->rows - walk.left, count = walk.left < FOLD_CHUNK ? walk.left : FOLD_CHUNK;
    const void *chunk = direct ? (const void *)walk.data : numbers;
    if (direct) row_walk_advance(&walk, count);
    else row_walk_gather(&walk, count, 1, numbers);
    int64_t found = find(chunk, wanted, plan->work, count);
    if (found < count) return start + found;
  }
  return plan->rows;
}

static void find_share(void *context, const ReduceShare *share) {
  const Search *search = context;
  int64_t place = share->segment * search->plan->results + share->result;
  search->found[place] = find_row(search->plan, share, search->wanted[share->result]);
}

/* The first of the segments' rows, for each result. */
static void join_segments(const Search *search, int64_t segments, int64_t *indices) {
  int64_t results = search->plan->results;
  for (int64_t result = 0; result < results; result++) {
    int64_t segment = 0;
    while (segment + 1 < segments && search->found[segment * results + result] == search->plan->rows) segment++;
    indices[result] = search->found[segment * results + result];
  }
}

static bool find_all(Runtime *runtime, const ReducePlan *plan, Tensor *extremes, int64_t *indices) {
  ReduceShares shares;
  reduce_shares_plan(&shares, plan, 1);
  size_t bytes = (size_t)shares.segments * (size_t)plan->results * sizeof *indices;
  Search search = {plan, tensor_data(extremes), memory_allocate_data(bytes)};
  if (!search.found) return runtime_out_of_memory(runtime), false;
  bool done = reduce_shares_run(runtime, &shares, 0.3, find_share, &search);
  if (done) join_segments(&search, shares.segments, indices);
  memory_release_data(search.found, bytes);
  return done;
}

static Tensor *find_extremes(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout, FoldOp op) {
  ReducePlan plan;
  tensor_data(x);
  reduce_plan(&plan, x, axes);
  Tensor *extremes = reduce_fold(runtime, op, x, axes, layout, MAP_NONE, NULL);
  Tensor *indices = extremes ? tensor_new(runtime, DTYPE_INT64, layout) : NULL;
  if (indices && plan.results > 0 && !find_all(runtime, &plan, extremes, tensor_data(indices))) {
    tensor_unref(indices);
    indices = NULL;
  }
  tensor_unref(extremes);
  return indices;
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
  if (x->layout->size == 0 && layout->size > 0) {
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
