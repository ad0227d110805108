/* SPDX-License-Identifier: MIT */
/* convert.c: copying numbers from one tensor to another, between element types and layouts. */
#include "runtime/convert.h"

#include <string.h>

#include "runtime/fuse/fuse.h"
#include "runtime/iterator.h"

/* Runs of so few bytes are copied fastest as bytes; processors copy longer ones slowly where places are unlucky. */
enum { POLL_ELEMENTS = 1 << 16, SHORT_BYTES = 1 << 10 };

/* ---- whole tensors */
/* `poll`: an unfinished copy harms nobody, so Ctrl-C may stop it. */
static bool convert_all(Runtime *runtime, Tensor *to, Tensor *from, bool poll) {
  Tensor *operands[] = {to, from};
  ConvertLoop loop = convert_loop((DType)to->dtype, (DType)from->dtype);
  Iterator iterator;
  int64_t done = 0;
  iterator_start(&iterator, to->layout, 2, operands);
  const int64_t *strides = iterator.strides, item = (int64_t)dtype_info[to->dtype].size;
  bool bytes = to->dtype == from->dtype && strides[0] == item && strides[1] == item;
  bytes = bytes && iterator.count * item <= SHORT_BYTES;
  while (iterator_next(&iterator)) {
    for (int64_t start = 0; start < iterator.count; start += POLL_ELEMENTS) {
      int64_t left = iterator.count - start, count = left < POLL_ELEMENTS ? left : POLL_ELEMENTS;
      char *out = iterator.data[0] + start * strides[0];
      const char *in = iterator.data[1] + start * strides[1];
      if (bytes) memcpy(out, in, (size_t)(count * item));
      else loop(out, strides[0], in, strides[1], count);
      if (!poll || (done += count) < POLL_ELEMENTS) continue;
      if (runtime_interrupted(runtime)) return false;
      done = 0;
    }
  }
  return true;
}

static Tensor *converted(Runtime *runtime, Tensor *tensor, DType dtype) {
  Layout *layout = tensor->layout->contiguous
                     ? layout_ref(tensor->layout)
                     : layout_new(runtime, tensor->layout->ndim, layout_shape(tensor->layout));
  if (!layout) return NULL;
  bool pending = fuse_is_worth(runtime, layout);
  Tensor *copy = pending ? fuse_convert(runtime, tensor, dtype, layout) : tensor_new(runtime, dtype, layout);
  layout_unref(layout);
  if (copy && !pending && !convert_all(runtime, copy, tensor, true)) {
    tensor_unref(copy);
    return NULL;
  }
  return copy;
}

Tensor *tensor_copy(Runtime *runtime, Tensor *tensor) {
  return converted(runtime, tensor, (DType)tensor->dtype);
}

Tensor *tensor_contiguous(Runtime *runtime, Tensor *tensor) {
  return tensor->layout->contiguous ? tensor_ref(tensor) : tensor_copy(runtime, tensor);
}

Tensor *tensor_cast(Runtime *runtime, Tensor *tensor, DType dtype) {
  return tensor->dtype == dtype ? tensor_ref(tensor) : converted(runtime, tensor, dtype);
}

bool tensor_fill(Runtime *runtime, Tensor *to, double number) {
  Tensor value = {.references = 1, .dtype = DTYPE_FLOAT64, .flags = TENSOR_INLINE, .layout = &layout_scalar,
                  .number = number};
  value.data = &value.number;
  return convert_all(runtime, to, &value, false);
}

/* ---- assignment */
static void byte_range(const Tensor *tensor, const char **first, const char **end) {
  int64_t low = 0, high = 0, item = (int64_t)dtype_info[tensor->dtype].size;
  for (int i = 0; i < tensor->layout->ndim; i++) {
    int64_t reach = (layout_shape(tensor->layout)[i] - 1) * layout_strides(tensor->layout)[i];
    if (reach < 0) low += reach;
    else high += reach;
  }
  *first = (const char *)tensor_data(tensor) + low * item;
  *end = (const char *)tensor_data(tensor) + (high + 1) * item;
}

static bool may_overlap(const Tensor *a, const Tensor *b) {
  if (a->flags & TENSOR_INLINE || b->flags & TENSOR_INLINE || a->storage != b->storage) return false;
  if (a->layout->size == 0 || b->layout->size == 0) return false;
  const char *a_first, *a_end, *b_first, *b_end;
  byte_range(a, &a_first, &a_end);
  byte_range(b, &b_first, &b_end);
  return a_first < b_end && b_first < a_end;
}

static bool can_broadcast(const Layout *from, const Layout *to) {
  int missing = to->ndim - from->ndim;
  for (int i = 0; i < from->ndim; i++) {
    int64_t size = layout_shape(from)[i];
    if (size != 1 && (missing + i < 0 || size != layout_shape(to)[missing + i])) return false;
  }
  return missing >= 0;
}

bool tensor_assign(Runtime *runtime, Tensor *to, Tensor *from) {
  if (!can_broadcast(from->layout, to->layout)) {
    ShapeText left, right;
    runtime_fail(runtime, ERROR_SHAPE, -1, "cannot write %s into %s",
                 layout_phrase(&left, from->layout), layout_phrase(&right, to->layout));
    return false;
  }
  if (!may_overlap(to, from)) return convert_all(runtime, to, from, false);
  Tensor *copy = tensor_copy(runtime, from);
  if (!copy) return false;
  bool done = convert_all(runtime, to, copy, false);
  tensor_unref(copy);
  return done;
}

bool tensor_assign_window(Runtime *runtime, Tensor *to, Layout *window, int64_t offset, Tensor *from) {
  Tensor part = *to;
  part.references = 1;
  part.layout = window;
  part.data = (char *)tensor_data(to) + offset * (int64_t)dtype_info[to->dtype].size;
  return tensor_assign(runtime, &part, from);
}

/* ---- single elements */
static const void *element_at(const Tensor *tensor, int64_t index) {
  const Layout *layout = tensor->layout;
  int64_t offset = index;
  if (!layout->contiguous) {
    offset = 0;
    for (int i = layout->ndim - 1; i >= 0; i--) {
      offset += index % layout_shape(layout)[i] * layout_strides(layout)[i];
      index /= layout_shape(layout)[i];
    }
  }
  return (const char *)tensor_data(tensor) + offset * (int64_t)dtype_info[tensor->dtype].size;
}

double tensor_number_at(const Tensor *tensor, int64_t index) {
  double number;
  const char *element = element_at(tensor, index);
  if (tensor->dtype == DTYPE_FLOAT64) return *(const double *)(const void *)element;
  convert_loop(DTYPE_FLOAT64, (DType)tensor->dtype)((char *)&number, 8, element, 8, 1);
  return number;
}

int64_t tensor_find_misfit(Runtime *runtime, const Tensor *tensor, DType dtype) {
  int64_t size = tensor_size(tensor);
  if (dtype_is_float(dtype) || tensor->dtype <= dtype) return size;
  if (!tensor_ready(runtime, tensor)) return -1;
  for (int64_t i = 0; i < size; i++) {
    if (!dtype_holds(dtype, tensor_number_at(tensor, i))) return i;
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return -1;
  }
  return size;
}

int64_t tensor_integer_at(const Tensor *tensor, int64_t index) {
  int64_t integer;
  convert_loop(DTYPE_INT64, (DType)tensor->dtype)((char *)&integer, 8, element_at(tensor, index), 8, 1);
  return integer;
}
