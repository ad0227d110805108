/* SPDX-License-Identifier: MIT */
/* conv.c: the three operations of convolutions: operands, settings and results. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "runtime/kernels/axes.h"
#include "runtime/kernels/conv_blocks.h"

static void conv_finish(Conv *conv) {
  tensor_unref(conv->operands[0]);
  tensor_unref(conv->operands[1]);
}

static bool check_operands(Runtime *runtime, const Operands *operands, const char *first, const char *second) {
  const Layout *x = operands->tensors[0]->layout, *w = operands->tensors[1]->layout;
  ShapeText left, right;
  if (x->ndim >= 3 && x->ndim == w->ndim) return true;
  runtime_fail(runtime, ERROR_SHAPE, x->ndim < 3 ? 0 : 1,
               "%s needs %s and %s with equally many axes, got " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1)
               "%s",
               op_table[operands->op].name, first, second, layout_text(&left, x), layout_text(&right, w));
  return false;
}

static bool read_settings(Runtime *runtime, const Attributes *attributes, ConvShape *shape) {
  return conv_read_numbers(runtime, attributes, 0, "stride", shape->axes, 1, 1, shape->stride) &&
         conv_read_numbers(runtime, attributes, 1, "padding", shape->axes, 0, 0, shape->padding) &&
         conv_read_numbers(runtime, attributes, 2, "dilation", shape->axes, 1, 1, shape->dilation);
}

/* The spatial sizes of an operand. */
static void read_sizes(const Tensor *tensor, int axes, int64_t *sizes) {
  for (int i = 0; i < axes; i++) sizes[i] = layout_shape(tensor->layout)[i + 2];
}

static int64_t size_of(const Operands *operands, int operand, int axis) {
  return layout_shape(operands->tensors[operand]->layout)[axis];
}

/* Both operands must agree about a size; the error says what it counts. */
static bool check_equal(Runtime *runtime, const Operands *operands, int64_t left, int64_t right, const char *what) {
  ShapeText first, second;
  if (left == right) return true;
  runtime_fail(runtime, ERROR_SHAPE, 1,
               "%s: " ERROR_OPERAND(0) "%s has %" PRId64 " %s, but " ERROR_OPERAND(1) "%s has %" PRId64,
               op_table[operands->op].name, layout_text(&first, operands->tensors[0]->layout), left, what,
               layout_text(&second, operands->tensors[1]->layout), right);
  return false;
}

static DType working_dtype(DType dtype) {
  return dtype_is_float(dtype) ? dtype : DTYPE_INT64;
}

/* One number for all positions of the window. */
static bool is_flat(const Layout *y) {
  if (y->incidental) return false;
  for (int i = 2; i < y->ndim; i++) {
    if (layout_strides(y)[i] != 0 && layout_shape(y)[i] > 1) return false;
  }
  return true;
}

static bool prepare_operand(Runtime *runtime, Conv *conv, int index, Tensor *tensor, bool is_y) {
  Tensor *cast = tensor_cast(runtime, tensor, conv->dtype);
  if (cast)
    conv->operands[index] = is_y && is_flat(cast->layout) ? tensor_ref(cast) : tensor_contiguous(runtime, cast);
  tensor_unref(cast);
  return conv->operands[index] != NULL;
}

/* Takes the operands; the shape is complete.  `y`: which of them is y, if any. */
static bool conv_start(Runtime *runtime, Conv *conv, const Operands *operands, int y) {
  Tensor *const *given = operands->tensors;
  conv->result = dtype_promote((DType)given[0]->dtype, false, (DType)given[1]->dtype, false);
  if (conv->result == DTYPE_BOOL) conv->result = DTYPE_INT64;
  conv->dtype = working_dtype(conv->result);
  return prepare_operand(runtime, conv, 0, given[0], y == 0) && prepare_operand(runtime, conv, 1, given[1], y == 1);
}

static Tensor *new_result(Runtime *runtime, const Conv *conv, int64_t first, int64_t second, const int64_t *sizes,
                          bool zeros) {
  AxisList list = {0};
  axis_list_add(runtime, &list, first, 0);
  axis_list_add(runtime, &list, second, 0);
  for (int i = 0; i < conv->shape.axes; i++) axis_list_add(runtime, &list, sizes[i], 0);
  Layout *layout = layout_new(runtime, list.count, list.sizes);
  Tensor *result = !layout ? NULL : zeros ? tensor_new_zeros(runtime, conv->dtype, layout)
                                          : tensor_new(runtime, conv->dtype, layout);
  layout_unref(layout);
  return result;
}

/* The result (taken) in its own type, or NULL when the work was not done. */
static Tensor *conv_result(Runtime *runtime, Conv *conv, Tensor *result, bool done) {
  Tensor *cast = done ? tensor_cast(runtime, result, conv->result) : NULL;
  tensor_unref(result);
  conv_finish(conv);
  return cast;
}

/* ---- one line, one filter */
static bool is_finite(const Tensor *x) {
  for (int64_t i = 0; i < tensor_size(x); i++)
    if (!isfinite(tensor_number_at(x, i))) return false;
  return true;
}

/* Spreading along one line is correlating with the filter turned around, where the zeros that then stand beside the
   line give zeros. */
static bool is_turned(const Conv *conv) {
  const ConvShape *shape = &conv->shape;
  return conv_slides(shape) && shape->filters == 1 &&
         shape->padding[0] <= (shape->window[0] - 1) * shape->dilation[0] && is_finite(conv->operands[1]);
}

static Tensor *turned_filter(Runtime *runtime, const Tensor *w) {
  Tensor *turned = tensor_new(runtime, (DType)w->dtype, w->layout);
  int64_t size = tensor_size(w), item = (int64_t)dtype_info[w->dtype].size;
  const char *from = turned ? tensor_data(w) : NULL;
  char *to = turned ? tensor_data(turned) : NULL;
  for (int64_t i = 0; from && i < size; i++) memcpy(to + i * item, from + (size - 1 - i) * item, (size_t)item);
  return turned;
}

static bool correlate_turned(Runtime *runtime, Conv *conv, Tensor *x, Tensor *y, Tensor *w) {
  ConvShape *shape = &conv->shape;
  int64_t in = shape->in[0];
  Tensor *line = tensor_contiguous(runtime, y), *turned = line ? turned_filter(runtime, w) : NULL;
  shape->in[0] = shape->out[0];
  shape->out[0] = in;
  shape->padding[0] = (shape->window[0] - 1) * shape->dilation[0] - shape->padding[0];
  bool done = turned && conv_run(runtime, conv, &conv_correlating, line, x, turned);
  tensor_unref(line);
  tensor_unref(turned);
  return done;
}

/* ---- the three operations */
Tensor *op_conv_nd_forward(Runtime *runtime, const Operands *operands) {
  Conv conv = {.shape.axes = tensor_ndim(operands->tensors[0]) - 2};
  ConvShape *shape = &conv.shape;
  if (!check_operands(runtime, operands, "(N, C, ...)", "(F, C, ...)")) return NULL;
  shape->batch = size_of(operands, 0, 0);
  shape->channels = size_of(operands, 0, 1);
  shape->filters = size_of(operands, 1, 0);
  read_sizes(operands->tensors[0], shape->axes, shape->in);
  read_sizes(operands->tensors[1], shape->axes, shape->window);
  if (!check_equal(runtime, operands, shape->channels, size_of(operands, 1, 1), "channels")) return NULL;
  if (!read_settings(runtime, operands->attributes, shape) || !conv_fit(runtime, shape, "filters")) return NULL;
  Tensor *result = NULL;
  bool done = conv_start(runtime, &conv, operands, -1) &&
              (result = new_result(runtime, &conv, shape->batch, shape->filters, shape->out, false)) != NULL &&
              conv_run(runtime, &conv, &conv_correlating, conv.operands[0], result, conv.operands[1]);
  return conv_result(runtime, &conv, result, done);
}

Tensor *op_conv_transpose_nd_forward(Runtime *runtime, const Operands *operands) {
  Conv conv = {.shape.axes = tensor_ndim(operands->tensors[0]) - 2};
  ConvShape *shape = &conv.shape;
  if (!check_operands(runtime, operands, "(N, C, ...)", "(C, F, ...)")) return NULL;
  shape->batch = size_of(operands, 0, 0);
  shape->filters = size_of(operands, 0, 1);
  shape->channels = size_of(operands, 1, 1);
  read_sizes(operands->tensors[0], shape->axes, shape->out);
  read_sizes(operands->tensors[1], shape->axes, shape->window);
  if (!check_equal(runtime, operands, shape->filters, size_of(operands, 1, 0), "channels")) return NULL;
  if (!read_settings(runtime, operands->attributes, shape) || !conv_find_in(runtime, shape)) return NULL;
  bool started = conv_start(runtime, &conv, operands, 0), turned = started && is_turned(&conv);
  Tensor *result = started ? new_result(runtime, &conv, shape->batch, shape->channels, shape->in, !turned) : NULL;
  bool done = result && (turned ? correlate_turned(runtime, &conv, result, conv.operands[0], conv.operands[1])
                                : conv_run(runtime, &conv, &conv_spreading, result, conv.operands[0],
                                           conv.operands[1]));
  return conv_result(runtime, &conv, result, done);
}

Tensor *op_conv_filters_forward(Runtime *runtime, const Operands *operands) {
  Conv conv = {.shape.axes = tensor_ndim(operands->tensors[0]) - 2};
  ConvShape *shape = &conv.shape;
  if (!check_operands(runtime, operands, "(N, C, ...)", "(N, F, ...)")) return NULL;
  shape->batch = size_of(operands, 0, 0);
  shape->channels = size_of(operands, 0, 1);
  shape->filters = size_of(operands, 1, 1);
  read_sizes(operands->tensors[0], shape->axes, shape->in);
  read_sizes(operands->tensors[1], shape->axes, shape->out);
  if (!check_equal(runtime, operands, shape->batch, size_of(operands, 1, 0), "images")) return NULL;
  if (!read_settings(runtime, operands->attributes, shape) || !conv_find_window(runtime, shape)) return NULL;
  Tensor *result = NULL;
  bool done = conv_start(runtime, &conv, operands, 1) &&
              (result = new_result(runtime, &conv, shape->filters, shape->channels, shape->window, true)) != NULL &&
              conv_run(runtime, &conv, &conv_matching, conv.operands[0], conv.operands[1], result);
  return conv_result(runtime, &conv, result, done);
}
