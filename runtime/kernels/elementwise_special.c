/* SPDX-License-Identifier: MIT */
/* elementwise_special.c: where, clip, copy and astype. */
#include <math.h>
#include <stdio.h>

#include "runtime/fuse/fuse.h"
#include "runtime/kernels/elementwise.h"

/* ---- copies */
/* The numbers of x in memory of their own. */
static Tensor *fresh_as(Runtime *runtime, Tensor *x, DType dtype) {
  return x->dtype == dtype ? tensor_copy(runtime, x) : tensor_cast(runtime, x, dtype);
}

Tensor *op_copy_forward(Runtime *runtime, const Operands *operands) {
  return tensor_copy(runtime, operands->tensors[0]);
}

/* Infinities become the extreme number of the type, but for nan there is none. */
static void warn_of_nan(Runtime *runtime, Tensor *x, DType dtype) {
  bool whole = tensor_is_float(x) && !dtype_is_float(dtype) && dtype != DTYPE_BOOL;
  if (runtime->quiet || !whole || tensor_is_finite(x)) return;
  for (int64_t i = 0; i < tensor_size(x); i++) {
    if (!isnan(tensor_number_at(x, i))) continue;
    if (runtime->warning.count++ == 0)
      snprintf(runtime->warning.text, sizeof runtime->warning.text, "nan is no whole number and becomes 0 in %s",
               dtype_info[dtype].name);
    return;
  }
}

Tensor *op_astype_forward(Runtime *runtime, const Operands *operands) {
  DType dtype = operands->attributes->values[0].dtype;
  warn_of_nan(runtime, operands->tensors[0], dtype);
  return fresh_as(runtime, operands->tensors[0], dtype);
}

/* ---- where */
static bool run_where(Runtime *runtime, Tensor *const *tensors) {
  WhereLoop loop = where_loop((DType)tensors[0]->dtype);
  Iterator iterator;
  int64_t done = 0;
  iterator_start(&iterator, tensors[0]->layout, 4, tensors);
  iterator.strides[0] = (int64_t)dtype_info[tensors[0]->dtype].size;
  while (iterator_next(&iterator)) {
    for (int64_t start = 0; start < iterator.count; start += ELEMENTWISE_RUN) {
      int64_t left = iterator.count - start, count = left < ELEMENTWISE_RUN ? left : ELEMENTWISE_RUN;
      char *data[4];
      for (int k = 0; k < 4; k++) data[k] = iterator.data[k] + start * iterator.strides[k];
      loop(data, iterator.strides, count);
      if ((done += count) < ELEMENTWISE_RUN) continue;
      if (runtime_interrupted(runtime)) return false;
      done = 0;
    }
  }
  return true;
}

static Tensor *choose(Runtime *runtime, Layout *layout, Tensor *condition, Tensor *x, Tensor *y) {
  if (fuse_is_worth(runtime, layout)) return fuse_where(runtime, layout, condition, x, y);
  Tensor *result = tensor_new(runtime, (DType)x->dtype, layout), *tensors[] = {result, condition, x, y};
  if (!result || run_where(runtime, tensors)) return result;
  tensor_unref(result);
  return NULL;
}

static Tensor *compute_where(Runtime *runtime, Tensor *condition, Tensor *x, Tensor *y) {
  Layout *values = layout_broadcast(runtime, x->layout, y->layout, "choose between");
  if (!values) error_map_operands(runtime->error, 2, (const int[]){1, 2});
  Layout *layout = values ? layout_broadcast(runtime, condition->layout, values, "choose by") : NULL;
  if (values && !layout) error_map_operands(runtime->error, 1, (const int[]){0});
  Tensor *result = layout ? choose(runtime, layout, condition, x, y) : NULL;
  layout_unref(values);
  layout_unref(layout);
  return result;
}

Tensor *op_where_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[1], *y = operands->tensors[2];
  if (!x || !y)
    return runtime_fail(runtime, ERROR_ARGUMENT, -1, "`where` needs a value for either side, and none is no value");
  DType dtype = operands_promote(x, y, false);
  Tensor *condition = tensor_cast(runtime, operands->tensors[0], DTYPE_BOOL);
  Tensor *first = condition ? operand_as(runtime, x, dtype) : NULL;
  Tensor *second = first ? operand_as(runtime, y, dtype) : NULL;
  Tensor *result = second ? compute_where(runtime, condition, first, second) : NULL;
  tensor_unref(condition);
  tensor_unref(first);
  tensor_unref(second);
  return result;
}

/* ---- clip */
static Tensor *limit(Runtime *runtime, OpId op, Tensor *x, Tensor *bound) {
  Tensor *pair[] = {x, bound};
  Operands operands = {.op = op, .count = 2, .tensors = pair};
  return bound ? op_binary_forward(runtime, &operands) : tensor_ref(x);
}

Tensor *op_clip_forward(Runtime *runtime, const Operands *operands) {
  Tensor *const *tensors = operands->tensors;
  if (!tensors[1] && !tensors[2]) return tensor_copy(runtime, tensors[0]);
  Tensor *raised = limit(runtime, OP_maximum, tensors[0], tensors[1]);
  if (!raised) return NULL;
  Tensor *result = limit(runtime, OP_minimum, raised, tensors[2]);
  tensor_unref(raised);
  return result;
}
