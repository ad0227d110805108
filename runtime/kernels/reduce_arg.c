/* SPDX-License-Identifier: MIT */
/* reduce_arg.c: argmax and argmin: the extreme first, then where it stands first. */
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

static int64_t find_row(const ReducePlan *plan, const char *data, FoldNumber wanted) {
  FoldNumber numbers[FOLD_CHUNK];
  bool direct = plan->dtype == plan->work && plan->reduced == 1 &&
                plan->reduced_stride[0] == (int64_t)sizeof(FoldNumber);
  RowWalk walk;
  row_walk_start(&walk, plan, data);
  while (walk.left > 0) {
    int64_t start = plan->rows - walk.left, count = walk.left < FOLD_CHUNK ? walk.left : FOLD_CHUNK;
    const void *chunk = direct ? (const void *)walk.data : numbers;
    if (direct) row_walk_advance(&walk, count);
    else row_walk_gather(&walk, count, 1, numbers);
    int64_t found = find(chunk, wanted, plan->work, count);
    if (found < count) return start + found;
  }
  return 0;
}

static bool find_all(Runtime *runtime, const ReducePlan *plan, Tensor *extremes, int64_t *indices) {
  const FoldNumber *wanted = tensor_data(extremes);
  TileWalk tiles;
  int64_t since_poll = 0;
  tile_walk_start(&tiles, plan, 1);
  while (tile_walk_next(&tiles)) {
    indices[tiles.result] = find_row(plan, tiles.data, wanted[tiles.result]);
    if ((since_poll += plan->rows) < 1 << 16) continue;
    if (runtime_interrupted(runtime)) return false;
    since_poll = 0;
  }
  return true;
}

static Tensor *find_extremes(Runtime *runtime, Tensor *x, uint32_t axes, Layout *layout, FoldOp op) {
  ReducePlan plan;
  reduce_plan(&plan, x, axes);
  Tensor *extremes = reduce_fold(runtime, op, x, axes, layout, MAP_NONE, NULL);
  Tensor *indices = extremes ? tensor_new(runtime, DTYPE_INT64, layout) : NULL;
  if (indices && !find_all(runtime, &plan, extremes, tensor_data(indices))) {
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
