/* SPDX-License-Identifier: MIT */
/* sequence.c: numbers in arithmetic and geometric progression. */
#include <math.h>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/create.h"
#include "runtime/kernels/elementwise.h"

enum { POLL_ELEMENTS = 1 << 16 };

static Tensor *cast_away(Runtime *runtime, Tensor *owned, DType dtype) {
  Tensor *cast = owned ? tensor_cast(runtime, owned, dtype) : NULL;
  tensor_unref(owned);
  return cast;
}

/* ---- progressions with equal steps */
/* out[i] = start + (first + i) step, for few enough that `i` is a 32-bit integer: those become doubles on any vector
   unit. */
static void progress(double *restrict out, double start, double step, double first, int count) {
  for (int i = 0; i < count; i++) out[i] = start + (first + (double)i) * step;
}

/* Numbers 0, 1, ... of the progression.  False: interrupted, recorded. */
static bool fill_progression(Runtime *runtime, double *out, double start, double step, int64_t count) {
  for (int64_t first = 0; first < count; first += POLL_ELEMENTS) {
    int64_t left = count - first;
    progress(out + first, start, step, (double)first, left < POLL_ELEMENTS ? (int)left : POLL_ELEMENTS);
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* ---- arange */
static Tensor *progression(Runtime *runtime, double start, double step, int64_t count) {
  Tensor *result = tensor_new_shape(runtime, DTYPE_FLOAT64, 1, &count);
  if (!result || fill_progression(runtime, tensor_data(result), start, step, count)) return result;
  tensor_unref(result);
  return NULL;
}

Tensor *tensor_arange(Runtime *runtime, DType dtype, double start, double stop, double step) {
  if (step == 0) return runtime_fail(runtime, ERROR_VALUE, -1, "the step of `arange` cannot be zero");
  double count = ceil((stop - start) / step);
  if (!isfinite(start) || !isfinite(stop) || isnan(step) || !(count < 0x1p53))
    return runtime_fail(runtime, ERROR_VALUE, -1, "`arange` cannot go from %.15g to %.15g in steps of %.15g", start,
                        stop, step);
  /* The step as it is at `start`: then start + step is the second number to the last bit, as in NumPy. */
  return cast_away(runtime, progression(runtime, start, start + step - start, count > 0 ? (int64_t)count : 0), dtype);
}

/* ---- linspace */
static bool check_count(Runtime *runtime, int64_t count) {
  if (count >= 0) return true;
  runtime_fail(runtime, ERROR_VALUE, -1, "the number of points, `num`, cannot be negative, got %lld", (long long)count);
  return false;
}

/* Neither too small nor too large for its multiples. */
static bool is_step(double step) {
  return step != 0 && isfinite(step);
}

static double between(double start, double stop, int64_t i, int64_t parts, int64_t last) {
  if (i == last) return stop;
  double step = (stop - start) / (double)parts;
  return is_step(step) ? start + (double)i * step : start + (double)i / (double)parts * (stop - start);
}

/* The points of one pair. */
static bool fill_line(Runtime *runtime, double *out, double start, double stop, int64_t count, bool endpoint) {
  int64_t parts = endpoint ? count - 1 : count;
  if (!fill_progression(runtime, out, start, (stop - start) / (double)parts, count)) return false;
  if (endpoint) out[parts] = stop;
  return true;
}

/* The points of every pair (start, stop) along a new first axis. */
typedef bool (*PairFiller)(Runtime *runtime, double *out, const double *start, const double *stop, int64_t pairs,
                           Spacing spacing);

static int64_t count_parts(Spacing spacing) {
  return spacing.endpoint ? spacing.count - 1 : spacing.count;
}

static bool fill_between(Runtime *runtime, double *out, const double *start, const double *stop, int64_t pairs,
                         Spacing spacing) {
  int64_t parts = count_parts(spacing), done = 0;
  if (pairs == 1 && parts > 0 && is_step((*stop - *start) / (double)parts))
    return fill_line(runtime, out, *start, *stop, spacing.count, spacing.endpoint);
  for (int64_t i = 0; i < spacing.count; i++) {
    for (int64_t k = 0; k < pairs; k++)
      *out++ = parts == 0 ? start[k] : between(start[k], stop[k], i, parts, spacing.endpoint ? parts : -1);
    if ((done += pairs) < POLL_ELEMENTS) continue;
    done = 0;
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* The first axis moved to `axis`, densely. */
static Tensor *move_first_axis(Runtime *runtime, Tensor *owned, int axis) {
  AxisList from, to = {0};
  axis_list_from(&from, owned->layout);
  for (int i = 1; i <= from.count; i++) {
    if (i == axis + 1) axis_list_add(runtime, &to, from.sizes[0], from.strides[0]);
    if (i < from.count) axis_list_add(runtime, &to, from.sizes[i], from.strides[i]);
  }
  Layout *layout = axis_list_layout(runtime, &to);
  Tensor *window = layout ? tensor_window(runtime, owned, layout, 0) : NULL;
  Tensor *dense = window ? tensor_contiguous(runtime, window) : NULL;
  tensor_unref(window);
  layout_unref(layout);
  tensor_unref(owned);
  return dense;
}

/* `tensor` as float64, repeated to a shape, densely. */
static Tensor *dense_doubles(Runtime *runtime, Tensor *tensor, Layout *shape) {
  Tensor *cast = tensor_cast(runtime, tensor, DTYPE_FLOAT64);
  Tensor *all = cast ? tensor_broadcast_to(runtime, cast, shape) : NULL;
  Tensor *dense = all ? tensor_contiguous(runtime, all) : NULL;
  tensor_unref(all);
  tensor_unref(cast);
  return dense;
}

static Tensor *points_between(Runtime *runtime, Tensor *start, Tensor *stop, Layout *shape, Spacing spacing,
                              PairFiller fill_pairs) {
  AxisList list = {0};
  axis_list_add(runtime, &list, spacing.count, 0);
  for (int i = 0; i < shape->ndim; i++) {
    if (!axis_list_add(runtime, &list, layout_shape(shape)[i], 0)) return NULL;
  }
  Tensor *from = dense_doubles(runtime, start, shape), *to = from ? dense_doubles(runtime, stop, shape) : NULL;
  Tensor *result = to ? tensor_new_shape(runtime, DTYPE_FLOAT64, list.count, list.sizes) : NULL;
  bool none = shape->size == 0; /* however many points of none */
  bool done = result && (none || fill_pairs(runtime, tensor_data(result), tensor_data(from), tensor_data(to),
                                            shape->size, spacing));
  tensor_unref(from);
  tensor_unref(to);
  if (done) return result;
  tensor_unref(result);
  return NULL;
}

/* The points in float64, along the axis wanted. */
static Tensor *spaced(Runtime *runtime, Tensor *start, Tensor *stop, Spacing spacing, PairFiller fill_pairs) {
  int place;
  if (!check_count(runtime, spacing.count)) return NULL;
  Layout *shape = layout_broadcast(runtime, start->layout, stop->layout, "interpolate");
  if (!shape) return NULL;
  Tensor *result = axis_normalise(runtime, spacing.axis, shape->ndim + 1, shape, &place)
                     ? points_between(runtime, start, stop, shape, spacing, fill_pairs) : NULL;
  layout_unref(shape);
  return result && place > 0 ? move_first_axis(runtime, result, place) : result;
}

static DType spaced_dtype(const Tensor *start, const Tensor *stop) {
  return start->dtype == DTYPE_FLOAT32 && stop->dtype == DTYPE_FLOAT32 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
}

Tensor *tensor_linspace(Runtime *runtime, Tensor *start, Tensor *stop, Spacing spacing) {
  return cast_away(runtime, spaced(runtime, start, stop, spacing, fill_between), spaced_dtype(start, stop));
}

/* ---- geomspace */
static double geometric(double start, double stop, int64_t i, int64_t parts, int64_t last) {
  if (i == 0) return start;
  if (i == last) return stop;
  long double part = (long double)i / (long double)parts;
  long double ratio = (long double)stop / (long double)start;
  if (isnormal(ratio)) return (double)(start * powl(ratio, part));
  long double size = powl(fabsl(start), 1 - part) * powl(fabsl(stop), part);
  return copysign((double)size, start);
}

static bool check_ratio(Runtime *runtime, double start, double stop) {
  if (start == 0 || stop == 0)
    return runtime_fail(runtime, ERROR_VALUE, -1, "a geometric sequence cannot include 0"), false;
  if (signbit(start) == signbit(stop)) return true;
  runtime_fail(runtime, ERROR_VALUE, -1, "a geometric sequence cannot go from %.15g to %.15g through 0", start, stop);
  return false;
}

static bool fill_geometric(Runtime *runtime, double *out, const double *start, const double *stop, int64_t pairs,
                           Spacing spacing) {
  int64_t parts = count_parts(spacing), last = spacing.endpoint ? parts : -1, done = 0;
  for (int64_t k = 0; k < pairs; k++)
    if (!check_ratio(runtime, start[k], stop[k])) return false;
  for (int64_t i = 0; i < spacing.count; i++) {
    for (int64_t k = 0; k < pairs; k++) *out++ = geometric(start[k], stop[k], i, parts, last);
    if ((done += pairs) < POLL_ELEMENTS) continue;
    done = 0;
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

Tensor *tensor_geomspace(Runtime *runtime, Tensor *start, Tensor *stop, Spacing spacing) {
  return cast_away(runtime, spaced(runtime, start, stop, spacing, fill_geometric), spaced_dtype(start, stop));
}

/* ---- the rows */
/* An operand that is one number; an absent one leaves it as it is. */
static bool read_number(Runtime *runtime, const Operands *operands, int index, const char *name, double *number) {
  const Tensor *tensor = operands->tensors[index];
  ShapeText text;
  if (!tensor) return true;
  if (tensor_size(tensor) == 1) return *number = tensor_number_at(tensor, 0), true;
  runtime_fail(runtime, ERROR_ARGUMENT, index, "`%s` must be a number, got a tensor of shape %s", name,
               layout_text(&text, tensor->layout));
  return false;
}

/* arange(stop), arange(start, stop), arange(start, stop, step). */
Tensor *op_arange_forward(Runtime *runtime, const Operands *operands) {
  double start = 0, stop = 0, step = 1;
  bool ends = operands->tensors[1] != NULL;
  if (!read_number(runtime, operands, 0, ends ? "start" : "stop", ends ? &start : &stop) ||
      !read_number(runtime, operands, 1, "stop", &stop) || !read_number(runtime, operands, 2, "step", &step))
    return NULL;
  bool none = attribute_is_none(operands->attributes, 0);
  return tensor_arange(runtime, none ? DTYPE_FLOAT64 : operands->attributes->values[0].dtype, start, stop, step);
}

Tensor *op_linspace_forward(Runtime *runtime, const Operands *operands) {
  const Attributes *attributes = operands->attributes;
  Spacing spacing = {.count = attribute_integer(attributes, 0, 50), .endpoint = attribute_bool(attributes, 1, true),
                     .axis = attribute_integer(attributes, 2, 0)};
  Tensor *line = tensor_linspace(runtime, operands->tensors[0], operands->tensors[1], spacing);
  if (!line || attribute_is_none(attributes, 3)) return line;
  DType dtype = attributes->values[3].dtype;
  if (dtype_is_float(dtype)) return cast_away(runtime, line, dtype);
  Operands down = {.op = OP_floor, .count = 1, .tensors = &line}; /* evenly on both sides of 0 */
  Tensor *whole = op_unary_forward(runtime, &down);
  tensor_unref(line);
  return cast_away(runtime, whole, dtype);
}

Tensor *op_geomspace_forward(Runtime *runtime, const Operands *operands) {
  const Attributes *attributes = operands->attributes;
  Spacing spacing = {.count = attribute_integer(attributes, 0, 50), .endpoint = attribute_bool(attributes, 1, true),
                     .axis = attribute_integer(attributes, 3, 0)};
  Tensor *points = tensor_geomspace(runtime, operands->tensors[0], operands->tensors[1], spacing);
  return attribute_is_none(attributes, 2) ? points : cast_away(runtime, points, attributes->values[2].dtype);
}
