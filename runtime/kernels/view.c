/* SPDX-License-Identifier: MIT */
/* view.c: operations whose result is a window of their operand: only sizes and strides are computed. */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/kernels/axes.h"

static bool finish(Runtime *runtime, const AxisList *list, Layout **out) {
  *out = axis_list_layout(runtime, list);
  return *out != NULL;
}

/* ---- reshape, ravel */
/* (Of a product that is saturated no figure is told.) */
static bool fail_reshape(Runtime *runtime, const Layout *in, int ndim, const int64_t *shape, const char *relation,
                         int64_t number) {
  ShapeText from, to;
  CountText elements;
  char digits[32] = "so many";
  if (number < INT64_MAX) snprintf(digits, sizeof digits, "%" PRId64, number);
  runtime_fail(runtime, ERROR_SHAPE, -1, "cannot reshape " ERROR_OPERAND(0) "%s to %s: %s %s %s",
               layout_text(&from, in), shape_text(&to, ndim, shape),
               count_text(&elements, in->size, "element", "elements"), relation, digits);
  return false;
}

static bool fail_sizes(Runtime *runtime, int ndim, const int64_t *shape, const char *problem) {
  ShapeText text;
  runtime_fail(runtime, ERROR_SHAPE, -1, "%s, got %s", problem, shape_text(&text, ndim, shape));
  return false;
}

/* The product of all sizes but a -1, saturated, and where the -1 is. */
static bool multiply_sizes(Runtime *runtime, int ndim, const int64_t *shape, int64_t *product, int *unknown) {
  bool empty = false;
  *product = 1;
  *unknown = -1;
  for (int i = 0; i < ndim; i++) {
    if (shape[i] == -1) {
      if (*unknown >= 0) return fail_sizes(runtime, ndim, shape, "only one size can be -1");
      *unknown = i;
    } else if (shape[i] < 0) {
      return fail_sizes(runtime, ndim, shape, "sizes cannot be negative (one can be -1: what is left)");
    } else if (__builtin_mul_overflow(*product, shape[i] ? shape[i] : 1, product)) {
      *product = INT64_MAX;
    }
    empty = empty || shape[i] == 0;
  }
  if (empty) *product = 0;
  return true;
}

/* The sizes with the -1 replaced; false when the elements do not fill them. */
static bool complete_shape(Runtime *runtime, const Layout *in, int ndim, const int64_t *wanted, int64_t *shape) {
  int64_t product;
  int unknown;
  if (ndim > TENSOR_MAX_DIMS) {
    ShapeText text;
    runtime_fail(runtime, ERROR_SHAPE, -1, "a tensor has at most %d axes, got %s", TENSOR_MAX_DIMS,
                 shape_text(&text, ndim, wanted));
    return false;
  }
  if (!multiply_sizes(runtime, ndim, wanted, &product, &unknown)) return false;
  for (int i = 0; i < ndim; i++) shape[i] = wanted[i];
  if (unknown < 0) return product == in->size || fail_reshape(runtime, in, ndim, wanted,
                                                              in->size == 1 ? "does not fill" : "do not fill", product);
  if (product == 0) return fail_reshape(runtime, in, ndim, wanted, "leave open what -1 is beside", 0);
  if (in->size % product) return fail_reshape(runtime, in, ndim, wanted, "cannot be divided by", product);
  shape[unknown] = in->size / product;
  return true;
}

/* Axes of size 1 removed: they put no condition on strides. */
static AxisList without_ones(const Layout *in) {
  AxisList list = {0};
  for (int i = 0; i < in->ndim; i++) {
    if (layout_shape(in)[i] == 1) continue;
    list.sizes[list.count] = layout_shape(in)[i];
    list.strides[list.count++] = layout_strides(in)[i];
  }
  return list;
}

/* Strides of the new shape over the old memory, if there are any: groups of old and new axes with equal numbers of
   elements are matched; within a group the old axes must step evenly. */
static bool reshape_strides(const Layout *in, AxisList *to) {
  AxisList from = without_ones(in);
  int old = 0, new = 0;
  while (old < from.count && new < to->count) {
    int64_t have = from.sizes[old], want = to->sizes[new];
    int old_end = old + 1, new_end = new + 1;
    while (have != want) {
      if (have < want) have *= from.sizes[old_end++];
      else want *= to->sizes[new_end++];
    }
    for (int i = old; i + 1 < old_end; i++) {
      if (from.strides[i] != from.sizes[i + 1] * from.strides[i + 1]) return false;
    }
    int64_t stride = from.strides[old_end - 1];
    for (int i = new_end - 1; i >= new; i--) {
      to->strides[i] = stride;
      stride *= to->sizes[i];
    }
    old = old_end;
    new = new_end;
  }
  for (; new < to->count; new++) to->strides[new] = 1;
  return true;
}

static bool reshape_to(Runtime *runtime, const Layout *in, int ndim, const int64_t *wanted, Layout **out,
                       bool *needs_copy) {
  AxisList to = {.count = ndim};
  if (!complete_shape(runtime, in, ndim, wanted, to.sizes)) return false;
  if (in->contiguous) {
    *out = layout_new(runtime, ndim, to.sizes);
    return *out != NULL;
  }
  if (reshape_strides(in, &to)) return finish(runtime, &to, out);
  *needs_copy = true;
  return true;
}

bool op_reshape_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                     bool *needs_copy) {
  const int64_t *shape;
  *offset = 0;
  int ndim = attribute_integers(operands->attributes, 0, &shape);
  return reshape_to(runtime, in, ndim, shape, out, needs_copy);
}

/* A view of contiguous data only: even steps through memory are copied, as NumPy does. */
bool op_ravel_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                   bool *needs_copy) {
  (void)operands;
  *offset = 0;
  *needs_copy = !in->contiguous;
  return *needs_copy || reshape_to(runtime, in, 1, &in->size, out, needs_copy);
}

/* ---- axes in another order */
static bool permute(Runtime *runtime, const Layout *in, const int *order, Layout **out) {
  AxisList list = {.count = in->ndim};
  for (int i = 0; i < in->ndim; i++) {
    list.sizes[i] = layout_shape(in)[order[i]];
    list.strides[i] = layout_strides(in)[order[i]];
  }
  return finish(runtime, &list, out);
}

bool op_transpose_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                       bool *needs_copy) {
  const int64_t *given;
  int order[TENSOR_MAX_DIMS], count = attribute_integers(operands->attributes, 0, &given);
  (void)needs_copy;
  *offset = 0;
  for (int i = 0; i < in->ndim; i++) order[i] = in->ndim - 1 - i;
  if (count == 0) return permute(runtime, in, order, out);
  if (count != in->ndim) {
    ShapeText shape;
    CountText axes;
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "transpose of " ERROR_OPERAND(0) "%s needs %s, got %d",
                 layout_text(&shape, in), count_text(&axes, in->ndim, "axis", "axes"), count);
    return false;
  }
  return attribute_axis_list(runtime, operands->attributes, 0, in, in->ndim, &count, order) &&
         permute(runtime, in, order, out);
}

bool op_swapaxes_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                      bool *needs_copy) {
  int order[TENSOR_MAX_DIMS], first, second;
  (void)needs_copy;
  *offset = 0;
  if (!axis_normalise(runtime, attribute_integer(operands->attributes, 0, 0), in->ndim, in, &first)) return false;
  if (!axis_normalise(runtime, attribute_integer(operands->attributes, 1, 1), in->ndim, in, &second)) return false;
  for (int i = 0; i < in->ndim; i++) order[i] = i;
  order[first] = second;
  order[second] = first;
  return permute(runtime, in, order, out);
}

bool op_moveaxis_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                      bool *needs_copy) {
  int from[TENSOR_MAX_DIMS], to[TENSOR_MAX_DIMS], order[TENSOR_MAX_DIMS], count, places;
  uint32_t moved = 0, taken = 0;
  (void)needs_copy;
  *offset = 0;
  if (!attribute_axis_list(runtime, operands->attributes, 0, in, in->ndim, &count, from)) return false;
  if (!attribute_axis_list(runtime, operands->attributes, 1, in, in->ndim, &places, to)) return false;
  if (count != places) {
    CountText axes, spots;
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "moveaxis needs as many places as axes: %s, but %s",
                 count_text(&axes, count, "axis", "axes"), count_text(&spots, places, "place", "places"));
    return false;
  }
  for (int i = 0; i < count; i++) {
    order[to[i]] = from[i];
    moved |= UINT32_C(1) << from[i];
    taken |= UINT32_C(1) << to[i];
  }
  for (int place = 0, axis = 0; place < in->ndim; place++) {
    if (taken >> place & 1) continue;
    while (moved >> axis & 1) axis++;
    order[place] = axis++;
  }
  return permute(runtime, in, order, out);
}

/* ---- axes of size 1 */
static bool fail_squeeze(Runtime *runtime, const Attributes *attributes, const Layout *in, int axis) {
  const int64_t *given;
  ShapeText shape;
  int count = attribute_integers(attributes, 0, &given), at = 0;
  while (at + 1 < count && given[at] != axis && given[at] != axis - in->ndim) at++;
  runtime_fail(runtime, ERROR_SHAPE, -1, "cannot squeeze axis %" PRId64 " of " ERROR_OPERAND(0) "%s: its size is %" PRId64
               ", not 1", given[at], layout_text(&shape, in), layout_shape(in)[axis]);
  return false;
}

bool op_squeeze_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                     bool *needs_copy) {
  AxisList list = {0};
  uint32_t axes;
  bool all = attribute_is_none(operands->attributes, 0);
  (void)needs_copy;
  *offset = 0;
  if (attribute_is_scalar_axis(operands->attributes, 0, in)) return finish(runtime, &list, out);
  if (!attribute_axes(runtime, operands->attributes, 0, in, &axes)) return false;
  for (int i = 0; i < in->ndim; i++) {
    int64_t size = layout_shape(in)[i];
    if (axes >> i & 1 && size == 1) continue;
    if (axes >> i & 1 && !all) return fail_squeeze(runtime, operands->attributes, in, i);
    axis_list_add(runtime, &list, size, layout_strides(in)[i]);
  }
  return finish(runtime, &list, out);
}

bool op_expand_dims_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                         bool *needs_copy) {
  AxisList list = {0};
  const int64_t *given;
  int axes[TENSOR_MAX_DIMS], count = attribute_integers(operands->attributes, 0, &given), ndim = in->ndim + count;
  uint32_t fresh = 0;
  (void)needs_copy;
  *offset = 0;
  if (ndim > TENSOR_MAX_DIMS) {
    runtime_fail(runtime, ERROR_SHAPE, -1, "a tensor has at most %d axes", TENSOR_MAX_DIMS);
    return false;
  }
  if (!attribute_axis_list(runtime, operands->attributes, 0, in, ndim, &count, axes)) return false;
  for (int i = 0; i < count; i++) fresh |= UINT32_C(1) << axes[i];
  for (int i = 0, own = 0; i < ndim; i++) {
    bool is_fresh = fresh >> i & 1;
    axis_list_add(runtime, &list, is_fresh ? 1 : layout_shape(in)[own], is_fresh ? 1 : layout_strides(in)[own]);
    own += !is_fresh;
  }
  return finish(runtime, &list, out);
}

/* ---- repeated, reversed, diagonal */
static bool fail_broadcast_to(Runtime *runtime, const Layout *in, int ndim, const int64_t *shape) {
  ShapeText from, to;
  runtime_fail(runtime, ERROR_SHAPE, -1, "cannot broadcast " ERROR_OPERAND(0) "%s to %s", layout_text(&from, in),
               shape_text(&to, ndim, shape));
  error_hint(runtime->error, "compared from the last axis, sizes must be equal or 1");
  return false;
}

bool op_broadcast_to_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                          bool *needs_copy) {
  AxisList list = {0};
  const int64_t *shape;
  int ndim = attribute_integers(operands->attributes, 0, &shape), missing = ndim - in->ndim;
  (void)needs_copy;
  *offset = 0;
  if (missing < 0) return fail_broadcast_to(runtime, in, ndim, shape);
  for (int i = 0; i < ndim; i++) {
    int64_t size = i < missing ? 1 : layout_shape(in)[i - missing];
    int64_t stride = size == 1 ? 0 : layout_strides(in)[i - missing];
    if (shape[i] < 0) return fail_sizes(runtime, ndim, shape, "sizes cannot be negative");
    if (size != 1 && size != shape[i]) return fail_broadcast_to(runtime, in, ndim, shape);
    if (!axis_list_add(runtime, &list, shape[i], stride)) return false;
  }
  return finish(runtime, &list, out);
}

bool op_flip_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                  bool *needs_copy) {
  AxisList list;
  uint32_t axes;
  (void)needs_copy;
  *offset = 0;
  if (!attribute_axes(runtime, operands->attributes, 0, in, &axes)) return false;
  axis_list_from(&list, in);
  for (int i = 0; i < in->ndim; i++) {
    if (!(axes >> i & 1)) continue;
    if (in->size > 0) *offset += (list.sizes[i] - 1) * list.strides[i];
    list.strides[i] = -list.strides[i];
  }
  return finish(runtime, &list, out);
}

static bool diagonal_axes(Runtime *runtime, const Attributes *attributes, const Layout *in, int *first, int *second) {
  ShapeText shape;
  if (in->ndim < 2) {
    runtime_fail(runtime, ERROR_SHAPE, -1, "cannot take a diagonal of " ERROR_OPERAND(0) "%s: it needs at least 2 axes",
                 layout_text(&shape, in));
    return false;
  }
  if (!axis_normalise(runtime, attribute_integer(attributes, 1, 0), in->ndim, in, first)) return false;
  if (!axis_normalise(runtime, attribute_integer(attributes, 2, 1), in->ndim, in, second)) return false;
  if (*first != *second) return true;
  runtime_fail(runtime, ERROR_ARGUMENT, -1, "a diagonal needs two different axes, got %d twice", *first);
  return false;
}

bool op_diagonal_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                      bool *needs_copy) {
  AxisList list = {0};
  int row, column;
  (void)needs_copy;
  *offset = 0;
  if (!diagonal_axes(runtime, operands->attributes, in, &row, &column)) return false;
  const int64_t *shape = layout_shape(in), *strides = layout_strides(in);
  int64_t k = attribute_integer(operands->attributes, 0, 0);
  /* Off the matrix by any distance is the same as just off it. */
  if (k > shape[column]) k = shape[column];
  if (k < -shape[row]) k = -shape[row];
  int64_t rows = k < 0 ? shape[row] + k : shape[row], columns = k > 0 ? shape[column] - k : shape[column];
  int64_t length = rows < columns ? rows : columns;
  for (int i = 0; i < in->ndim; i++) {
    if (i != row && i != column) axis_list_add(runtime, &list, shape[i], strides[i]);
  }
  axis_list_add(runtime, &list, length, strides[row] + strides[column]);
  if (length > 0) *offset = k > 0 ? k * strides[column] : -k * strides[row];
  return finish(runtime, &list, out);
}

/* ---- a window given from outside */
bool op_window_view(Runtime *runtime, const Operands *operands, const Layout *in, Layout **out, int64_t *offset,
                    bool *needs_copy) {
  (void)runtime;
  *needs_copy = !in->contiguous;
  if (*needs_copy) return true;
  *out = layout_ref(operands->attributes->layout);
  *offset = operands->attributes->offset;
  return true;
}
