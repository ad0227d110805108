/* SPDX-License-Identifier: MIT */
/* join.c: concatenate, repeat and roll: copies of windows into windows. */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/index.h"
#include "runtime/kernels/window.h"

/* All elements along one axis; a window where the memory allows it. */
static Tensor *flattened(Runtime *runtime, Tensor *x) {
  Tensor *dense = tensor_contiguous(runtime, x);
  if (!dense) return NULL;
  Layout *line = layout_new(runtime, 1, &dense->layout->size);
  Tensor *flat = line ? tensor_window(runtime, dense, line, 0) : NULL;
  layout_unref(line);
  tensor_unref(dense);
  return flat;
}

/* ---- concatenate */
static bool check_joinable(Runtime *runtime, const Tensor *first, const Tensor *other, int k, int axis) {
  ShapeText left, right;
  OperandMark mark;
  const Layout *a = first->layout, *b = other->layout;
  if (a->ndim != b->ndim) {
    runtime_fail(runtime, ERROR_SHAPE, k, "cannot concatenate " ERROR_OPERAND(0) "%s and %s%s: "
                 "they have %d and %d axes", layout_text(&left, a), operand_mark(&mark, k), layout_text(&right, b),
                 a->ndim, b->ndim);
    return false;
  }
  for (int i = 0; i < a->ndim; i++) {
    if (i == axis || layout_shape(a)[i] == layout_shape(b)[i]) continue;
    runtime_fail(runtime, ERROR_SHAPE, k, "cannot concatenate " ERROR_OPERAND(0) "%s and %s%s along axis %d: "
                 "axis %d has sizes %" PRId64 " and %" PRId64, layout_text(&left, a), operand_mark(&mark, k),
                 layout_text(&right, b), axis, i, layout_shape(a)[i], layout_shape(b)[i]);
    return false;
  }
  return true;
}

static Layout *joined_layout(Runtime *runtime, int count, Tensor *const *tensors, int axis) {
  AxisList list;
  axis_list_from(&list, tensors[0]->layout);
  for (int k = 1; k < count; k++) {
    if (!check_joinable(runtime, tensors[0], tensors[k], k, axis)) return NULL;
    if (__builtin_add_overflow(list.sizes[axis], layout_shape(tensors[k]->layout)[axis], &list.sizes[axis]))
      return runtime_fail(runtime, ERROR_MEMORY, -1, "the joined tensor has more elements than memory can hold");
  }
  return layout_new(runtime, list.count, list.sizes);
}

static bool write_pieces(Runtime *runtime, Tensor *to, int count, Tensor *const *tensors, int axis) {
  int64_t start = 0;
  for (int k = 0; k < count; k++) {
    int64_t offset = 0, size = layout_shape(tensors[k]->layout)[axis];
    Layout *window = layout_slice(runtime, to->layout, axis, start, size, &offset);
    bool done = window && window_write(runtime, to, window, offset, tensors[k]);
    layout_unref(window);
    if (!done) return false;
    start += size;
  }
  return true;
}

static Tensor *join(Runtime *runtime, DType dtype, int count, Tensor *const *tensors, int axis) {
  Layout *layout = joined_layout(runtime, count, tensors, axis);
  Tensor *result = layout ? tensor_new(runtime, dtype, layout) : NULL;
  layout_unref(layout);
  if (!result || write_pieces(runtime, result, count, tensors, axis)) return result;
  tensor_unref(result);
  return NULL;
}

/* axis=none: every tensor flattened. */
static Tensor *join_flat(Runtime *runtime, DType dtype, int count, Tensor *const *tensors) {
  size_t bytes = (size_t)count * sizeof(Tensor *);
  Tensor **flat = memory_allocate_zeroed(bytes), *result = NULL;
  if (!flat) return runtime_out_of_memory(runtime);
  int made = 0;
  while (made < count && (flat[made] = flattened(runtime, tensors[made]))) made++;
  if (made == count) result = join(runtime, dtype, count, flat, 0);
  for (int k = 0; k < made; k++) tensor_unref(flat[k]);
  memory_release(flat, bytes);
  return result;
}

static bool check_axes_exist(Runtime *runtime, int count, Tensor *const *tensors) {
  for (int k = 0; k < count; k++) {
    if (tensor_ndim(tensors[k]) > 0) continue;
    OperandMark mark;
    runtime_fail(runtime, ERROR_SHAPE, k, "cannot concatenate %sa scalar: it has no axis to join along",
                 operand_mark(&mark, k));
    bool others = false;
    for (int i = 0; i < count; i++) others |= tensor_ndim(tensors[i]) > 0;
    error_hint(runtime->error, others ? "a scalar gets an axis in brackets: [x]"
                                      : "`stack` joins scalars, and so does a list: [a, b]");
    return false;
  }
  return true;
}

Tensor *op_concatenate_forward(Runtime *runtime, const Operands *operands) {
  int count = operands->count, axis;
  Tensor *const *tensors = operands->tensors;
  if (count == 0) return runtime_fail(runtime, ERROR_ARGUMENT, -1, "there is nothing to concatenate");
  DType dtype = (DType)tensors[0]->dtype;
  for (int k = 1; k < count; k++) dtype = dtype_promote(dtype, false, (DType)tensors[k]->dtype, false);
  if (operands->attributes && attribute_is_none(operands->attributes, 0))
    return join_flat(runtime, dtype, count, tensors);
  if (!check_axes_exist(runtime, count, tensors)) return NULL;
  int64_t wanted = attribute_integer(operands->attributes, 0, 0);
  if (!axis_normalise(runtime, wanted, tensor_ndim(tensors[0]), tensors[0]->layout, &axis)) return NULL;
  return join(runtime, dtype, count, tensors, axis);
}

/* ---- repeat */
enum { POLL_ELEMENTS = 1 << 18 };

static bool check_repeats(Runtime *runtime, const Tensor *x, const Tensor *repeats, int axis) {
  int64_t count = tensor_size(repeats), size = layout_shape(x->layout)[axis];
  ShapeText shape;
  if (tensor_ndim(repeats) > 1) {
    runtime_fail(runtime, ERROR_SHAPE, 1, "repeats must be a number or a vector, got shape %s",
                 layout_text(&shape, repeats->layout));
    return false;
  }
  if (count != 1 && count != size) {
    runtime_fail(runtime, ERROR_SHAPE, 1, "repeat needs 1 count or %" PRId64 ", one per element of axis %d, "
                 "got %" PRId64, size, axis, count);
    return false;
  }
  for (int64_t i = 0; i < count; i++) {
    double number = tensor_number_at(repeats, i);
    if (number >= 0 && number < 0x1p62 && number == floor(number)) continue;
    runtime_fail(runtime, ERROR_VALUE, 1, "repeats must be whole numbers from 0 on, got %.15g", number);
    return false;
  }
  return true;
}

/* Every index of the axis as often as it is repeated. */
static Tensor *repeated_indices(Runtime *runtime, int64_t size, const Tensor *repeats) {
  bool single = tensor_size(repeats) == 1;
  int64_t total = 0, each = single ? tensor_integer_at(repeats, 0) : 0;
  bool overflow = single && __builtin_mul_overflow(size, each, &total);
  for (int64_t i = 0; !single && i < size; i++)
    overflow = overflow || __builtin_add_overflow(total, tensor_integer_at(repeats, i), &total);
  if (overflow)
    return runtime_fail(runtime, ERROR_MEMORY, -1, "the repeated tensor has more elements than memory can hold");
  Tensor *indices = tensor_new_shape(runtime, DTYPE_INT64, 1, &total);
  if (!indices) return NULL;
  int64_t *out = tensor_data(indices);
  for (int64_t i = 0, done = 0; i < size; i++) {
    for (int64_t k = single ? each : tensor_integer_at(repeats, i); k > 0; k--) {
      *out++ = i;
      if (++done % POLL_ELEMENTS || !runtime_interrupted(runtime)) continue;
      tensor_unref(indices);
      return NULL;
    }
  }
  return indices;
}

/* Everything `each` times, one copy after the other: into windows that step over the places of the others. */
static Tensor *repeat_evenly(Runtime *runtime, Tensor *x, int axis, int64_t each) {
  AxisList list;
  axis_list_from(&list, x->layout);
  list.sizes[axis] *= each;
  Layout *layout = layout_new(runtime, list.count, list.sizes), *window = NULL;
  Tensor *result = layout ? tensor_new(runtime, (DType)x->dtype, layout) : NULL;
  layout_unref(layout);
  if (!result) return NULL;
  int64_t step = layout_strides(result->layout)[axis];
  axis_list_from(&list, result->layout);
  list.sizes[axis] = layout_shape(x->layout)[axis];
  list.strides[axis] *= each;
  bool done = (window = axis_list_layout(runtime, &list)) != NULL;
  for (int64_t k = 0; done && k < each && x->layout->size > 0; k++)
    done = window_write(runtime, result, window, k * step, x) && !runtime_interrupted(runtime);
  layout_unref(window);
  if (done) return result;
  tensor_unref(result);
  return NULL;
}

static Tensor *repeat_along(Runtime *runtime, Tensor *x, Tensor *repeats, int axis) {
  enum { FEW = 8 };
  if (!check_repeats(runtime, x, repeats, axis)) return NULL;
  int64_t each = tensor_size(repeats) == 1 ? tensor_integer_at(repeats, 0) : 0;
  if (each > 0 && each <= FEW && layout_shape(x->layout)[axis] < INT64_MAX / FEW)
    return repeat_evenly(runtime, x, axis, each);
  Tensor *indices = repeated_indices(runtime, layout_shape(x->layout)[axis], repeats);
  Tensor *result = indices ? gather_along(runtime, x, axis, indices) : NULL;
  tensor_unref(indices);
  return result;
}

bool repeats_flat(const Attributes *attributes, const Tensor *x) {
  return attribute_is_none(attributes, 0) || attribute_is_scalar_axis(attributes, 0, x->layout);
}

Tensor *op_repeat_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *repeats = operands->tensors[1];
  int axis;
  if (repeats_flat(operands->attributes, x)) {
    Tensor *flat = flattened(runtime, x);
    Tensor *result = flat ? repeat_along(runtime, flat, repeats, 0) : NULL;
    tensor_unref(flat);
    return result;
  }
  int64_t wanted = attribute_integer(operands->attributes, 0, 0);
  if (!axis_normalise(runtime, wanted, tensor_ndim(x), x->layout, &axis)) return NULL;
  return repeat_along(runtime, x, repeats, axis);
}

/* ---- roll */
/* The last `shift` elements first, the others behind them. */
static Tensor *roll_along(Runtime *runtime, Tensor *x, int axis, int64_t shift) {
  int64_t size = layout_shape(x->layout)[axis], parts[2][2] = {{size - shift, shift}, {0, size - shift}};
  Tensor *result = tensor_new_shape(runtime, (DType)x->dtype, tensor_ndim(x), layout_shape(x->layout));
  int64_t written = 0;
  for (int k = 0; result && k < 2; k++) {
    int64_t from = 0, to = 0;
    Layout *source = layout_slice(runtime, x->layout, axis, parts[k][0], parts[k][1], &from);
    Layout *target = layout_slice(runtime, result->layout, axis, written, parts[k][1], &to);
    Tensor *part = source && target ? tensor_window(runtime, x, source, from) : NULL;
    if (!part || !window_write(runtime, result, target, to, part)) {
      tensor_unref(result);
      result = NULL;
    }
    written += parts[k][1];
    tensor_unref(part);
    layout_unref(source);
    layout_unref(target);
  }
  return result;
}

/* a + b modulo size, for any b. */
static int64_t add_shift(int64_t a, int64_t b, int64_t size) {
  if (size == 0) return 0;
  int64_t rest = b % size;
  if (rest < 0) rest += size;
  return a < size - rest ? a + rest : a - (size - rest);
}

static Tensor *roll_flat(Runtime *runtime, Tensor *x, const int64_t *shifts, int count) {
  int64_t shift = 0;
  for (int i = 0; i < count; i++) shift = add_shift(shift, shifts[i], x->layout->size);
  Tensor *flat = flattened(runtime, x);
  Tensor *rolled = flat ? roll_along(runtime, flat, 0, shift) : NULL;
  Layout *layout = rolled ? layout_new(runtime, tensor_ndim(x), layout_shape(x->layout)) : NULL;
  Tensor *result = layout ? tensor_window(runtime, rolled, layout, 0) : NULL;
  layout_unref(layout);
  tensor_unref(rolled);
  tensor_unref(flat);
  return result;
}

/* Shifts and axes go together; one of either serves all of the other. */
static bool read_shifts(Runtime *runtime, const Attributes *attributes, const Layout *layout, int64_t *per_axis) {
  const int64_t *shifts, *axes;
  int shift_count = attribute_integers(attributes, 0, &shifts), axis_count = attribute_integers(attributes, 1, &axes);
  if (shift_count != axis_count && shift_count != 1 && axis_count != 1) {
    runtime_fail(runtime, ERROR_ARGUMENT, -1, "roll needs one shift per axis, got %d and %d", shift_count, axis_count);
    return false;
  }
  int count = shift_count == 0 || axis_count == 0 ? 0 : shift_count > axis_count ? shift_count : axis_count;
  for (int i = 0; i < count; i++) {
    int axis;
    if (!axis_normalise(runtime, axes[axis_count == 1 ? 0 : i], layout->ndim, layout, &axis)) return false;
    per_axis[axis] = add_shift(per_axis[axis], shifts[shift_count == 1 ? 0 : i], layout_shape(layout)[axis]);
  }
  return true;
}

Tensor *op_roll_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *result = NULL;
  int64_t shifts[TENSOR_MAX_DIMS] = {0};
  const int64_t *given;
  int count = attribute_integers(operands->attributes, 0, &given);
  if (attribute_is_none(operands->attributes, 1)) return roll_flat(runtime, x, given, count);
  if (!read_shifts(runtime, operands->attributes, x->layout, shifts)) return NULL;
  for (int axis = 0; axis < tensor_ndim(x); axis++) {
    if (shifts[axis] == 0) continue;
    Tensor *next = roll_along(runtime, result ? result : x, axis, shifts[axis]);
    tensor_unref(result);
    result = next;
    if (!result) return NULL;
  }
  return result ? result : tensor_copy(runtime, x);
}
