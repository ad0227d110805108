/* SPDX-License-Identifier: MIT */
/* reduce_walk.c: how a tensor falls into rows and columns, and walking over them. */
#include "runtime/convert.h"
#include "runtime/kernels/reduce.h"

/* ---- plan */
/* Adds an axis inside the others, or lengthens the last one when memory just goes on. */
static int add_axis(int count, int64_t *sizes, int64_t *strides, int64_t size, int64_t stride) {
  if (size == 1) return count;
  if (count > 0 && strides[count - 1] == stride * size) {
    sizes[count - 1] *= size;
    strides[count - 1] = stride;
    return count;
  }
  sizes[count] = size;
  strides[count] = stride;
  return count + 1;
}

static int at_least_one(int count, int64_t *sizes, int64_t *strides) {
  if (count > 0) return count;
  sizes[0] = 1;
  strides[0] = 0;
  return 1;
}

void reduce_plan(ReducePlan *plan, const Tensor *x, uint32_t axes) {
  const Layout *layout = x->layout;
  int64_t item = (int64_t)dtype_info[x->dtype].size;
  plan->data = tensor_place(x);
  plan->dtype = (DType)x->dtype;
  plan->work = tensor_is_float(x) ? DTYPE_FLOAT64 : DTYPE_INT64;
  plan->kept = plan->reduced = 0;
  plan->rows = plan->results = 1;
  for (int i = 0; i < layout->ndim; i++) {
    int64_t size = layout_shape(layout)[i], stride = layout_strides(layout)[i] * item;
    if (axes >> i & 1) {
      plan->rows *= size;
      plan->reduced = add_axis(plan->reduced, plan->reduced_size, plan->reduced_stride, size, stride);
    } else {
      plan->results *= size;
      plan->kept = add_axis(plan->kept, plan->kept_size, plan->kept_stride, size, stride);
    }
  }
  plan->kept = at_least_one(plan->kept, plan->kept_size, plan->kept_stride);
  plan->reduced = at_least_one(plan->reduced, plan->reduced_size, plan->reduced_stride);
}

/* ---- rows */
void row_walk_start(RowWalk *walk, const ReducePlan *plan, const char *data, int64_t first, int64_t rows) {
  walk->plan = plan;
  walk->left = rows;
  int64_t rest = first;
  for (int axis = plan->reduced - 1; axis >= 0; axis--) {
    walk->position[axis] = rest % plan->reduced_size[axis];
    data += walk->position[axis] * plan->reduced_stride[axis];
    rest /= plan->reduced_size[axis];
  }
  walk->data = data;
  walk->in_run = walk->position[plan->reduced - 1];
}

int64_t row_walk_run(const RowWalk *walk) {
  int64_t run = walk->plan->reduced_size[walk->plan->reduced - 1] - walk->in_run;
  return run < walk->left ? run : walk->left;
}

static void next_run(RowWalk *walk) {
  const ReducePlan *plan = walk->plan;
  int inner = plan->reduced - 1;
  walk->data -= walk->in_run * plan->reduced_stride[inner];
  walk->in_run = 0;
  for (int axis = inner - 1; axis >= 0; axis--) {
    walk->data += plan->reduced_stride[axis];
    if (++walk->position[axis] < plan->reduced_size[axis]) return;
    walk->data -= walk->position[axis] * plan->reduced_stride[axis];
    walk->position[axis] = 0;
  }
}

void row_walk_advance(RowWalk *walk, int64_t rows) {
  walk->in_run += rows;
  walk->left -= rows;
  walk->data += rows * walk->plan->reduced_stride[walk->plan->reduced - 1];
  if (walk->in_run == walk->plan->reduced_size[walk->plan->reduced - 1]) next_run(walk);
}

void row_walk_gather(RowWalk *walk, int64_t rows, int64_t width, FoldNumber *out) {
  const ReducePlan *plan = walk->plan;
  ConvertLoop convert = convert_loop(plan->work, plan->dtype);
  int64_t row_stride = plan->reduced_stride[plan->reduced - 1], column_stride = plan->kept_stride[plan->kept - 1];
  const int64_t number = (int64_t)sizeof(FoldNumber);
  while (rows > 0) {
    int64_t run = row_walk_run(walk), count = run < rows ? run : rows;
    if (width == 1) {
      convert((char *)out, number, walk->data, row_stride, count);
    } else {
      for (int64_t i = 0; i < count; i++)
        convert((char *)(out + i * width), number, walk->data + i * row_stride, column_stride, width);
    }
    out += count * width;
    rows -= count;
    row_walk_advance(walk, count);
  }
}

