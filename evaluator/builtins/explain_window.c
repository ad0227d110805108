/* SPDX-License-Identifier: MIT */
/* explain_window.c: a recorded view as the index or method that makes it.  Windows are relative to the C order of their
   object, so that sizes, strides and offset say everything. */
#include "evaluator/builtins/explain_window.h"
#include <inttypes.h>

static void c_strides(const Layout *layout, int64_t *strides) {
  int64_t step = 1;
  for (int axis = layout->ndim - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= layout_shape(layout)[axis];
  }
}

/* What one axis of the object becomes: an integer, or a slice. */
typedef struct AxisIndex { bool slice; int64_t start, count, step; } AxisIndex;

static bool reach_is_inside(const AxisIndex *index, int64_t size) {
  int64_t last = index->start + (index->count - 1) * index->step;
  return index->start < size && last >= 0 && last < size;
}

/* The axes of the window in the order of those of the object; false: it is no index. */
static bool read_index(const Layout *object, const Layout *window, int64_t offset, AxisIndex *axes) {
  int64_t strides[TENSOR_MAX_DIMS];
  int next = 0;
  c_strides(object, strides);
  if (object->size == 0 || window->size == 0 || offset < 0) return false;
  for (int axis = 0; axis < object->ndim; axis++) {
    int64_t size = layout_shape(object)[axis];
    axes[axis] = (AxisIndex){false, offset / strides[axis] % size, 1, 1};
    int64_t stride = next < window->ndim ? layout_strides(window)[next] : 0;
    int64_t step = next < window->ndim && stride % strides[axis] == 0 ? stride / strides[axis] : 0;
    AxisIndex slice = {true, axes[axis].start, next < window->ndim ? layout_shape(window)[next] : 1, step};
    if (step == 0 || !reach_is_inside(&slice, size)) continue;
    axes[axis] = slice;
    next++;
  }
  return next == window->ndim;
}

static void add_axis(Buffer *out, const AxisIndex *index, int64_t size) {
  int64_t stop = index->start + index->count * index->step;
  bool first = index->step > 0 ? index->start == 0 : index->start == size - 1;
  bool last = index->step > 0 ? stop >= size : stop < 0;
  if (!index->slice) {
    buffer_format(out, "%" PRId64, index->start);
    return;
  }
  if (!first) buffer_format(out, "%" PRId64, index->start);
  buffer_add_byte(out, ':');
  if (!last) buffer_format(out, "%" PRId64, stop);
  if (index->step != 1) buffer_format(out, ":%" PRId64, index->step);
}

static bool add_index(Buffer *out, const Layout *object, const Layout *window, int64_t offset) {
  AxisIndex axes[TENSOR_MAX_DIMS];
  if (object->ndim == 0 || !read_index(object, window, offset, axes)) return false;
  int shown = object->ndim;
  while (shown > 1 && axes[shown - 1].slice && axes[shown - 1].step == 1 &&
         axes[shown - 1].count == layout_shape(object)[shown - 1]) shown--;
  buffer_add_byte(out, '[');
  for (int axis = 0; axis < shown; axis++) {
    if (axis) buffer_add_text(out, ", ");
    add_axis(out, &axes[axis], layout_shape(object)[axis]);
  }
  buffer_add_byte(out, ']');
  return true;
}

static bool is_transpose(const Layout *object, const Layout *window, int64_t offset) {
  int64_t strides[TENSOR_MAX_DIMS];
  bool same = object->ndim == window->ndim && object->ndim > 1 && offset == 0;
  if (same) c_strides(object, strides);
  for (int i = 0; same && i < object->ndim; i++) {
    int j = object->ndim - 1 - i;
    same = layout_shape(window)[i] == layout_shape(object)[j] && layout_strides(window)[i] == strides[j];
  }
  return same;
}

void window_add_text(Buffer *out, const char *name, const Tensor *object, const Attributes *attributes, bool indexed) {
  const Layout *window = attributes->layout;
  ShapeText shape;
  bool whole = window->contiguous && window->size == object->layout->size && attributes->offset == 0;
  if (is_transpose(object->layout, window, attributes->offset)) buffer_format(out, "%s.T", name);
  else if (whole && !(indexed && window->ndim < object->layout->ndim))
    buffer_format(out, "reshape(%s, %s)", name, window->ndim ? layout_text(&shape, window) : "()");
  else {
    size_t start = out->length;
    buffer_add_text(out, name);
    if (add_index(out, object->layout, window, attributes->offset) || out->failed) return;
    out->text[out->length = start] = '\0';
    buffer_format(out, "view(%s)", name);
  }
}
