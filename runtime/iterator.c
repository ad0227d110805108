/* SPDX-License-Identifier: MIT */
/* iterator.c: merges axes and walks what is left. */
#include "runtime/iterator.h"

/* The byte stride of an operand along an axis of the common shape; 0 where it is broadcast. */
static int64_t stride_along(const Tensor *tensor, int ndim, int axis) {
  const Layout *layout = tensor->layout;
  int own = axis - (ndim - layout->ndim);
  if (own < 0 || layout_shape(layout)[own] == 1) return 0;
  return layout_strides(layout)[own] * (int64_t)dtype_info[tensor->dtype].size;
}

/* Whether stepping over the last axis kept so far is the same as going on along the new one, for every operand. */
static bool can_merge(const Iterator *iterator, const int64_t *strides, int64_t size) {
  for (int k = 0; k < iterator->operands; k++) {
    if (iterator->outer[k][iterator->ndim - 1] != strides[k] * size) return false;
  }
  return true;
}

static void add_axis(Iterator *iterator, const int64_t *strides, int64_t size) {
  int last = iterator->ndim;
  if (last > 0 && can_merge(iterator, strides, size)) {
    last--;
    size *= iterator->shape[last];
  } else {
    iterator->ndim++;
  }
  iterator->shape[last] = size;
  for (int k = 0; k < iterator->operands; k++) iterator->outer[k][last] = strides[k];
}

static void split_inner(Iterator *iterator) {
  iterator->count = 1;
  if (iterator->ndim > 0) {
    int inner = --iterator->ndim;
    iterator->count = iterator->shape[inner];
    for (int k = 0; k < iterator->operands; k++) iterator->strides[k] = iterator->outer[k][inner];
  }
  for (int i = 0; i < iterator->ndim; i++) {
    iterator->remaining *= iterator->shape[i];
    iterator->position[i] = 0;
  }
}

void iterator_start(Iterator *iterator, const Layout *shape, int operands, Tensor *const *tensors) {
  iterator->operands = operands;
  iterator->ndim = 0;
  iterator->started = false;
  iterator->remaining = shape->size > 0;
  for (int k = 0; k < operands; k++) {
    iterator->data[k] = tensor_data(tensors[k]);
    iterator->strides[k] = 0;
  }
  if (shape->size == 0) return;
  for (int axis = 0; axis < shape->ndim; axis++) {
    int64_t strides[ITERATOR_OPERANDS];
    if (layout_shape(shape)[axis] == 1) continue;
    for (int k = 0; k < operands; k++) strides[k] = stride_along(tensors[k], shape->ndim, axis);
    add_axis(iterator, strides, layout_shape(shape)[axis]);
  }
  split_inner(iterator);
}

bool iterator_next(Iterator *iterator) {
  if (!iterator->started) {
    iterator->started = true;
    return iterator->remaining > 0;
  }
  if (--iterator->remaining <= 0) return false;
  for (int axis = iterator->ndim - 1; axis >= 0; axis--) {
    bool wraps = ++iterator->position[axis] == iterator->shape[axis];
    int64_t steps = wraps ? 1 - iterator->shape[axis] : 1;
    for (int k = 0; k < iterator->operands; k++) iterator->data[k] += steps * iterator->outer[k][axis];
    if (!wraps) break;
    iterator->position[axis] = 0;
  }
  return true;
}
