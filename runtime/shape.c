/* SPDX-License-Identifier: MIT */
/* shape.c: layouts, broadcasting, axes, and shapes as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "runtime/tensor.h"

Layout layout_scalar = {.references = 1, .ndim = 0, .contiguous = true, .size = 1};

/* ---- layouts */
static size_t layout_bytes(int ndim) {
  return sizeof(Layout) + 2 * (size_t)ndim * sizeof(int64_t);
}

void layout_unref(Layout *layout) {
  if (!layout || --layout->references > 0) return;
  memory_put(layout, layout_bytes(layout->ndim));
}

static bool too_many_axes(Runtime *runtime, int ndim) {
  if (ndim <= TENSOR_MAX_DIMS) return false;
  runtime_fail(runtime, ERROR_SHAPE, -1, "a tensor has at most %d axes, got %d", TENSOR_MAX_DIMS, ndim);
  return true;
}

/* The number of elements; also the product without zeros must be countable in bytes, because strides are made of it. */
static bool count_elements(Runtime *runtime, int ndim, const int64_t *shape, int64_t *size) {
  ShapeText text;
  int64_t product = 1, most = PTRDIFF_MAX / (int64_t)sizeof(double);
  bool empty = false;
  for (int i = 0; i < ndim; i++) {
    if (shape[i] < 0) {
      runtime_fail(runtime, ERROR_SHAPE, -1, "sizes cannot be negative, got %s", shape_text(&text, ndim, shape));
      return false;
    }
    empty = empty || shape[i] == 0;
    int64_t factor = shape[i] ? shape[i] : 1;
    if (factor > most / product) {
      runtime_fail(runtime, ERROR_MEMORY, -1, "shape %s has more elements than memory can hold",
                   shape_text(&text, ndim, shape));
      return false;
    }
    product *= factor;
  }
  *size = empty ? 0 : product;
  return true;
}

static Layout *allocate_layout(Runtime *runtime, int ndim, const int64_t *shape) {
  int64_t size;
  if (too_many_axes(runtime, ndim) || !count_elements(runtime, ndim, shape, &size)) return NULL;
  Layout *layout = memory_take(layout_bytes(ndim));
  if (!layout) return runtime_out_of_memory(runtime);
  *layout = (Layout){.references = 1, .ndim = (uint8_t)ndim, .size = size};
  if (ndim) memcpy(layout->sizes, shape, (size_t)ndim * sizeof *shape);
  return layout;
}

Layout *layout_new(Runtime *runtime, int ndim, const int64_t *shape) {
  if (ndim == 0) return layout_ref(&layout_scalar);
  Layout *layout = allocate_layout(runtime, ndim, shape);
  if (!layout) return NULL;
  layout->contiguous = true;
  int64_t stride = 1;
  for (int i = ndim - 1; i >= 0; i--) {
    layout->sizes[ndim + i] = stride;
    if (shape[i]) stride *= shape[i];
  }
  return layout;
}

static bool is_contiguous(const Layout *layout) {
  if (layout->size <= 1) return true;
  int64_t stride = 1;
  for (int i = layout->ndim - 1; i >= 0; i--) {
    if (layout->sizes[i] == 1) continue;
    if (layout->sizes[layout->ndim + i] != stride) return false;
    stride *= layout->sizes[i];
  }
  return true;
}

Layout *layout_new_strided(Runtime *runtime, int ndim, const int64_t *shape, const int64_t *strides) {
  if (ndim == 0) return layout_ref(&layout_scalar);
  Layout *layout = allocate_layout(runtime, ndim, shape);
  if (!layout) return NULL;
  memcpy(layout->sizes + ndim, strides, (size_t)ndim * sizeof *strides);
  layout->contiguous = is_contiguous(layout);
  return layout;
}

bool layout_same_sizes(const Layout *a, const Layout *b) {
  for (int i = 0; i < a->ndim; i++) {
    if (a->sizes[i] != b->sizes[i]) return false;
  }
  return true;
}

/* ---- broadcasting */
static const char *axis_name(char *out, size_t bytes, int from_end) {
  if (from_end == 1) return "last axis";
  snprintf(out, bytes, "axis -%d", from_end);
  return out;
}

static Layout *fail_broadcast(Runtime *runtime, const Layout *a, const Layout *b, const char *verb, int from_end) {
  ShapeText left, right;
  char axis[24];
  runtime_fail(runtime, ERROR_SHAPE, -1,
               "cannot %s shapes " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1) "%s: %s has %" PRId64
               " against %" PRId64,
               verb, layout_text(&left, a), layout_text(&right, b), axis_name(axis, sizeof axis, from_end),
               a->sizes[a->ndim - from_end], b->sizes[b->ndim - from_end]);
  error_hint(runtime->error, "sizes must be equal, or one of them 1");
  return NULL;
}

Layout *layout_broadcast(Runtime *runtime, Layout *a, Layout *b, const char *verb) {
  if (a->contiguous && layout_same_shape(a, b)) return layout_ref(a);
  if (b->contiguous && layout_same_shape(a, b)) return layout_ref(b);
  if (a->contiguous && b->ndim == 0) return layout_ref(a);
  if (b->contiguous && a->ndim == 0) return layout_ref(b);
  int64_t shape[TENSOR_MAX_DIMS];
  int ndim = a->ndim > b->ndim ? a->ndim : b->ndim;
  for (int i = 1; i <= ndim; i++) {
    int64_t left = i <= a->ndim ? a->sizes[a->ndim - i] : 1, right = i <= b->ndim ? b->sizes[b->ndim - i] : 1;
    if (left != right && left != 1 && right != 1) return fail_broadcast(runtime, a, b, verb, i);
    shape[ndim - i] = left == 1 ? right : left;
  }
  return layout_new(runtime, ndim, shape);
}

/* ---- text */
const char *shape_text(ShapeText *out, int ndim, const int64_t *shape) {
  if (ndim == 0) return strcpy(out->text, "a scalar");
  size_t used = 1, room = sizeof out->text;
  strcpy(out->text, "(");
  for (int i = 0; i < ndim; i++) {
    if (used + 32 > room) {
      strcpy(out->text + used, "...)");
      return out->text;
    }
    used += (size_t)snprintf(out->text + used, room - used, i ? ", %" PRId64 : "%" PRId64, shape[i]);
  }
  strcpy(out->text + used, ndim == 1 ? ",)" : ")");
  return out->text;
}

const char *layout_text(ShapeText *out, const Layout *layout) {
  return shape_text(out, layout->ndim, layout->sizes);
}

const char *layout_phrase(ShapeText *out, const Layout *layout) {
  ShapeText shape;
  const char *text = layout_text(&shape, layout);
  snprintf(out->text, sizeof out->text, "%s%.*s", layout->ndim ? "shape " : "", (int)sizeof out->text - 8, text);
  return out->text;
}

const char *places_text(ShapeText *out, int64_t count) {
  if (count == 1) return "use 0 or -1";
  snprintf(out->text, sizeof out->text, "use 0 to %" PRId64 ", or -%" PRId64 " to -1", count - 1, count);
  return out->text;
}

/* ---- axes */
static const char *valid_axes(ShapeText *out, int ndim) {
  if (ndim == 0) return "it has no axes";
  return ndim == 2 ? "use 0, 1, -1 or -2" : places_text(out, ndim);
}

bool axis_normalise(Runtime *runtime, int64_t axis, int ndim, const Layout *of, int *result) {
  if (axis >= -ndim && axis < ndim) {
    *result = (int)(axis < 0 ? axis + ndim : axis);
    return true;
  }
  ShapeText shape, valid;
  runtime_fail(runtime, ERROR_INDEX, -1, "axis %" PRId64 " is out of range for " ERROR_OPERAND(0) "%s (%s)", axis,
               of ? layout_text(&shape, of) : "a shape", valid_axes(&valid, ndim));
  return false;
}
