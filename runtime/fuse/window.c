/* SPDX-License-Identifier: MIT */
/* window.c: windows of a pending tensor that only repeats numbers: they look at these, and the tensor stays pending. */
#include "runtime/fuse/lazy.h"

enum { MOST_WINDOWS = 64 };

bool lazy_is_spread(const Lazy *lazy) {
  if (lazy->kind != LAZY_CONVERT || lazy->inputs[0]->kind != LAZY_LEAF) return false;
  const Layout *layout = lazy->inputs[0]->layout;
  for (int axis = 0; axis < layout->ndim; axis++)
    if (layout_strides(layout)[axis] == 0 && layout_shape(layout)[axis] > 1) return true;
  return false;
}

/* The positions that a window reaches along each axis of the whole. */
typedef struct Reach { int64_t step, low, high; } Reach;

/* Those of the element at `offset` in C order. */
static void start_reach(Reach *reach, const Layout *whole, int64_t offset) {
  int64_t step = 1;
  for (int axis = whole->ndim - 1; axis >= 0; axis--) {
    int64_t size = layout_shape(whole)[axis], position = offset / step % size;
    reach[axis] = (Reach){step, position, position};
    step *= size;
  }
}

/* The axis of the whole along which a stride in C order leads. */
static int axis_of(const Reach *reach, const Layout *whole, int64_t stride) {
  int64_t size = stride < 0 ? -stride : stride;
  for (int axis = 0; axis < whole->ndim; axis++)
    if (layout_shape(whole)[axis] > 1 && size >= reach[axis].step) return axis;
  return -1;
}

static bool stays_inside(const Reach *reach, const Layout *whole) {
  for (int axis = 0; axis < whole->ndim; axis++)
    if (reach[axis].low < 0 || reach[axis].high >= layout_shape(whole)[axis]) return false;
  return true;
}

/* Translates a window of a C-ordered tensor into one of its numbers as `from` lays them out; false: it is none. */
static bool translate(const Layout *from, const Layout *window, int64_t *offset, int64_t strides[TENSOR_MAX_DIMS]) {
  Reach reach[TENSOR_MAX_DIMS];
  start_reach(reach, from, *offset);
  *offset = 0;
  for (int axis = 0; axis < from->ndim; axis++) *offset += reach[axis].low * layout_strides(from)[axis];
  for (int i = 0; i < window->ndim; i++) {
    int64_t size = layout_shape(window)[i], stride = layout_strides(window)[i];
    strides[i] = 0;
    if (size <= 1 || stride == 0) continue;
    int axis = axis_of(reach, from, stride);
    if (axis < 0 || stride % reach[axis].step) return false;
    int64_t steps = stride / reach[axis].step, way = steps * (size - 1);
    *(way < 0 ? &reach[axis].low : &reach[axis].high) += way;
    strides[i] = steps * layout_strides(from)[axis];
  }
  return stays_inside(reach, from);
}

/* What is read again and again, element by element, should rather lie in memory. */
static bool may_look(const Lazy *lazy) {
  return lazy->windows < MOST_WINDOWS && lazy->work == lazy->dtype && lazy_is_spread(lazy);
}

bool fuse_window(const Tensor *tensor, const Layout *window, int64_t offset, FuseWindow *found) {
  Lazy *lazy = tensor_is_pending(tensor) ? tensor->storage->pending : NULL;
  if (!lazy || window->size == 0 || !may_look(lazy)) return false;
  const Lazy *leaf = lazy->inputs[0];
  if (!layout_same_shape(leaf->layout, tensor->layout)) return false;
  if (!translate(leaf->layout, window, &offset, found->strides)) return false;
  lazy->windows++;
  found->data = leaf->leaf.data + offset * (int64_t)dtype_info[leaf->dtype].size;
  found->storage = leaf->leaf.storage;
  return true;
}
