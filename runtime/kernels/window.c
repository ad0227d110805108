/* SPDX-License-Identifier: MIT */
/* window.c: writing into a part of a tensor, and adding where parts overlap. */
#include "runtime/kernels/window.h"

#include "runtime/displaced.h"
#include "runtime/iterator.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/wide.h"

enum { POLL_ELEMENTS = 1 << 20 };

Attributes *window_attributes(Runtime *runtime, const Layout *base, Layout *layout, int64_t offset) {
  Attributes *attributes = attributes_new(runtime, 1);
  if (!attributes) return NULL;
  attributes->layout = layout_ref(layout);
  attributes->offset = offset;
  if (attributes_set_integers(runtime, attributes, 0, base->ndim, layout_shape(base))) return attributes;
  attributes_unref(attributes);
  return NULL;
}

/* ---- writing */
/* The longest axis: what a large window is cut along. */
static int longest_axis(const Layout *window) {
  int longest = 0;
  for (int i = 1; i < window->ndim; i++) {
    if (layout_shape(window)[i] > layout_shape(window)[longest]) longest = i;
  }
  return longest;
}

/* The part of an operand that belongs to a part of the window; where it is repeated it stays whole. */
static Tensor *cut_operand(Runtime *runtime, Tensor *from, int axis, int64_t start, int64_t count) {
  if (axis < 0 || layout_shape(from->layout)[axis] == 1) return tensor_ref(from);
  int64_t offset = 0;
  Layout *layout = layout_slice(runtime, from->layout, axis, start, count, &offset);
  Tensor *part = layout ? tensor_window(runtime, from, layout, offset) : NULL;
  layout_unref(layout);
  return part;
}

static bool write_part(Runtime *runtime, Tensor *to, const Layout *window, int64_t offset, Tensor *from, int axis,
                       int64_t start, int64_t count) {
  Layout *target = layout_slice(runtime, window, axis, start, count, &offset);
  Tensor *source = cut_operand(runtime, from, axis - (window->ndim - from->layout->ndim), start, count);
  bool done = target && source && tensor_assign_window(runtime, to, target, offset, source);
  tensor_unref(source);
  layout_unref(target);
  return done && !runtime_interrupted(runtime);
}

bool window_write(Runtime *runtime, Tensor *to, Layout *window, int64_t offset, Tensor *from) {
  if (window->size <= 2 * POLL_ELEMENTS || !layout_fits(from->layout, window))
    return tensor_assign_window(runtime, to, window, offset, from);
  int axis = longest_axis(window);
  int64_t size = layout_shape(window)[axis], each = window->size / size;
  int64_t step = each > POLL_ELEMENTS ? 1 : POLL_ELEMENTS / each;
  for (int64_t start = 0; start < size; start += step) {
    int64_t count = size - start < step ? size - start : step;
    if (!write_part(runtime, to, window, offset, from, axis, start, count)) return false;
  }
  return true;
}

Tensor *op_window_put_forward(Runtime *runtime, const Operands *operands) {
  const Attributes *window = operands->attributes;
  Tensor *result = displaced_copy(runtime, operands->tensors[0], &(Written){window->layout, window->offset, NULL});
  if (!result) return NULL;
  result->op = OP_window_put;
  if (window_write(runtime, result, window->layout, window->offset, operands->tensors[1])) return result;
  tensor_unref(result);
  return NULL;
}

/* ---- adding: out[i] += in[i]; bool counts as "or" */
typedef void (*AddLoop)(char *out, int64_t out_stride, const char *in, int64_t in_stride, int64_t count);

#define SUM_BOOL(type, x, y) ((x) || (y))
#define SUM_INTEGER(type, x, y) ((type)((uint64_t)(x) + (uint64_t)(y)))
#define SUM_FLOAT(type, x, y) ((x) + (y))
#define DTYPE(name, type, text, kind, code) \
  static void add_##name(char *out, int64_t out_stride, const char *in, int64_t in_stride, int64_t count) { \
    if (out_stride == (int64_t)sizeof(type) && in_stride == (int64_t)sizeof(type)) { \
      type *restrict sums = (type *)(void *)out; \
      const type *restrict items = (const type *)(const void *)in; \
      for (int64_t i = 0; i < count; i++) sums[i] = SUM_##kind(type, sums[i], items[i]); \
      return; \
    } \
    for (int64_t i = 0; i < count; i++, out += out_stride, in += in_stride) { \
      type *sum = (type *)(void *)out; \
      *sum = SUM_##kind(type, *sum, *(const type *)(const void *)in); \
    } \
  }
#include "runtime/dtype.def"
#undef DTYPE

static const AddLoop add_loops[DTYPE_COUNT] = {
#define DTYPE(name, type, text, kind, code) [DTYPE_##name] = add_##name,
#include "runtime/dtype.def"
#undef DTYPE
};

#define ADD_WIDE(name, place_type, type) \
  static void add_wide_##name(char *out, int64_t out_stride, const char *in, int64_t in_stride, int64_t count) { \
    for (int64_t i = 0; i < count; i++, out += out_stride, in += in_stride) \
      wide_add_##name((place_type *)(void *)out, *(const type *)(const void *)in); \
  }
ADD_WIDE(float32, double, float)
ADD_WIDE(float64, LongSum, double)

/* `target` is a tensor whose layout is the window. */
static bool add_all(Runtime *runtime, Tensor *target, Tensor *from, AddLoop add) {
  Tensor *operands[] = {target, from};
  Iterator iterator;
  int64_t done = 0;
  iterator_start(&iterator, target->layout, 2, operands);
  while (iterator_next(&iterator)) {
    add(iterator.data[0], iterator.strides[0], iterator.data[1], iterator.strides[1], iterator.count);
    if ((done += iterator.count) < POLL_ELEMENTS) continue;
    if (runtime_interrupted(runtime)) return false;
    done = 0;
  }
  return true;
}

bool window_add(Runtime *runtime, Tensor *to, Layout *window, int64_t offset, Tensor *from) {
  Tensor target = *to;
  if (window->size == 0) return true;
  target.layout = window;
  target.data = (char *)tensor_data(to) + offset * (int64_t)dtype_info[to->dtype].size;
  return add_all(runtime, &target, from, add_loops[to->dtype]);
}

/* The sums are `step` doubles long. */
static bool window_add_wide(Runtime *runtime, Tensor *wide, Layout *window, int64_t offset, Tensor *from) {
  DType dtype = (DType)from->dtype;
  int64_t step = (int64_t)(wide_size(dtype) / sizeof(double)), strides[TENSOR_MAX_DIMS];
  for (int i = 0; i < window->ndim; i++) strides[i] = step * layout_strides(window)[i];
  Layout *places = layout_new_strided(runtime, window->ndim, layout_shape(window), strides);
  if (!places) return false;
  Tensor target = *wide;
  target.layout = places;
  target.data = (double *)tensor_data(wide) + step * offset;
  bool done = add_all(runtime, &target, from, dtype == DTYPE_FLOAT64 ? add_wide_float64 : add_wide_float32);
  layout_unref(places);
  return done;
}

static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }

/* From the shortest stride on: nothing meets as long as each steps over all that the ones before it reach. */
bool window_overlaps(const Layout *window) {
  int64_t reach = 0;
  uint32_t seen = 0;
  for (int i = 0; i < window->ndim; i++) {
    int next = -1;
    for (int k = 0; k < window->ndim; k++) {
      if (seen >> k & 1 || layout_shape(window)[k] == 1) continue;
      if (next < 0 || distance(layout_strides(window)[k]) < distance(layout_strides(window)[next])) next = k;
    }
    if (next < 0) return false;
    if (distance(layout_strides(window)[next]) <= reach) return true;
    reach += (layout_shape(window)[next] - 1) * distance(layout_strides(window)[next]);
    seen |= UINT32_C(1) << next;
  }
  return false;
}

static Tensor *add_to_zeros(Runtime *runtime, const Attributes *window, Tensor *g, Layout *base) {
  DType dtype = (DType)g->dtype;
  bool wide = tensor_is_float(g) && g->layout->size > WIDE_TERMS && window_overlaps(window->layout);
  Tensor *result = wide ? wide_new(runtime, dtype, base) : tensor_new_zeros(runtime, dtype, base);
  if (!result || g->layout->size == 0) return result;
  if (wide ? window_add_wide(runtime, result, window->layout, window->offset, g)
           : window_add(runtime, result, window->layout, window->offset, g))
    return wide ? wide_total(runtime, result, dtype, base) : result;
  tensor_unref(result);
  return NULL;
}

Tensor *op_window_add_forward(Runtime *runtime, const Operands *operands) {
  const int64_t *shape;
  int ndim = attribute_integers(operands->attributes, 0, &shape);
  Layout *base = layout_new(runtime, ndim, shape);
  Tensor *result = base ? add_to_zeros(runtime, operands->attributes, operands->tensors[0], base) : NULL;
  layout_unref(base);
  return result;
}
