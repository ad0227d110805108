/* SPDX-License-Identifier: MIT */
/* conv.c: convolutions: image by image, an image is unfolded into columns and multiplied by the filters.

   Columns are made for some rows of the result at a time, so that they stay in the cache and memory stays small. */
#include <inttypes.h>

#include "base/memory.h"
#include "runtime/blas.h"
#include "runtime/kernels/axes.h"
#include "runtime/kernels/conv.h"

#define BLOCK_BYTES 524288

/* ---- operands and sizes */
typedef struct Conv {
  ConvShape shape;
  DType dtype;              /* what is computed in; `result` where it differs is the one of the tensor */
  DType result;
  Tensor *operands[2];      /* of `dtype`, contiguous but where y is the same everywhere in a plane; owned */
  int64_t y_batch, y_filter, y_place; /* strides of y; the last is 0 where y repeats, as the gradient of a sum does */
  int64_t cells, places;    /* rows of the columns (channels * window), and positions of the window */
  int64_t rest, rows;       /* positions per row of the first axis; rows done at a time */
  size_t bytes;             /* of the columns */
  char *columns;
} Conv;

static void conv_finish(Conv *conv) {
  tensor_unref(conv->operands[0]);
  tensor_unref(conv->operands[1]);
  if (conv->columns) memory_release_data(conv->columns, conv->bytes);
}

static bool check_operands(Runtime *runtime, const Operands *operands, const char *first, const char *second) {
  const Layout *x = operands->tensors[0]->layout, *w = operands->tensors[1]->layout;
  ShapeText left, right;
  if (x->ndim >= 3 && x->ndim == w->ndim) return true;
  runtime_fail(runtime, ERROR_SHAPE, x->ndim < 3 ? 0 : 1,
               "%s needs shapes %s and %s with equally many axes, got " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1)
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

/* Room for the columns of as many rows as fit into a block.  Both operands and the result exist, so that products of
   sizes of one of them can be counted. */
static bool prepare_columns(Runtime *runtime, Conv *conv) {
  const ConvShape *shape = &conv->shape;
  int64_t item = (int64_t)dtype_info[conv->dtype].size, row;
  conv->places = conv_product(shape->out, shape->axes);
  conv->cells = shape->channels * conv_product(shape->window, shape->axes);
  conv->rest = conv->places / shape->out[0];
  if (__builtin_mul_overflow(conv->cells * item, conv->rest, &row)) return runtime_out_of_memory(runtime), false;
  conv->rows = row > BLOCK_BYTES ? 1 : row > 0 ? BLOCK_BYTES / row : shape->out[0];
  if (conv->rows > shape->out[0]) conv->rows = shape->out[0];
  conv->bytes = (size_t)(row > 0 ? row * conv->rows : item);
  conv->columns = memory_allocate_data(conv->bytes);
  return conv->columns || (runtime_out_of_memory(runtime), false);
}

/* ---- the walk over images and blocks of rows */
typedef struct Block {
  ConvShape part;           /* the rows of this block as a convolution of its own */
  int64_t first, places;    /* positions of the window: the first one and how many */
  char *image, *plane;      /* of x and of y: one item of the batch */
  char *weights;
} Block;

/* One of: unfold and multiply, multiply and fold, unfold and multiply into the filters. */
typedef bool (*BlockFunction)(Runtime *runtime, Conv *conv, const Block *block);

static Block block_of(const Conv *conv, int64_t row) {
  Block block = {.part = conv->shape, .first = row * conv->rest};
  int64_t left = conv->shape.out[0] - row;
  block.part.out[0] = left < conv->rows ? left : conv->rows;
  block.part.padding[0] -= row * conv->shape.stride[0];
  block.places = block.part.out[0] * conv->rest;
  return block;
}

static void read_strides(Conv *conv, const Layout *y) {
  conv->y_batch = y->contiguous ? conv->shape.filters * conv->places : layout_strides(y)[0];
  conv->y_filter = y->contiguous ? conv->places : layout_strides(y)[1];
  conv->y_place = y->contiguous;
}

static bool for_all_blocks(Runtime *runtime, Conv *conv, Tensor *x, Tensor *y, Tensor *w, BlockFunction function) {
  const ConvShape *shape = &conv->shape;
  if (shape->batch == 0) return true;
  if (!prepare_columns(runtime, conv)) return false;
  read_strides(conv, y->layout);
  int64_t item = (int64_t)dtype_info[conv->dtype].size;
  int64_t image = shape->channels * conv_product(shape->in, shape->axes) * item;
  for (int64_t row = 0; row < shape->out[0]; row += conv->rows) {
    Block block = block_of(conv, row);
    block.weights = tensor_data(w);
    for (int64_t n = 0; n < shape->batch; n++) {
      block.image = (char *)tensor_data(x) + n * image;
      block.plane = (char *)tensor_data(y) + (n * conv->y_batch + block.first * conv->y_place) * item;
      if (!function(runtime, conv, &block) || runtime_interrupted(runtime)) return false;
    }
  }
  return true;
}

static Matrix filters_of(const Conv *conv, const Block *block) {
  return (Matrix){block->weights, conv->shape.filters, conv->cells, conv->cells, 1};
}

static Matrix plane_of(const Conv *conv, const Block *block) {
  return (Matrix){block->plane, conv->shape.filters, block->places, conv->y_filter, conv->y_place};
}

static Matrix columns_of(const Conv *conv, const Block *block) {
  return (Matrix){conv->columns, conv->cells, block->places, block->places, 1};
}

static Matrix turned(Matrix matrix) {
  return (Matrix){matrix.data, matrix.columns, matrix.rows, matrix.column_stride, matrix.row_stride};
}

/* y = w @ columns(x) */
static bool correlate_block(Runtime *runtime, Conv *conv, const Block *block) {
  Matrix filters = filters_of(conv, block), columns = columns_of(conv, block);
  conv_unfold(&block->part, conv->dtype, block->image, conv->columns);
  return matrix_multiply(runtime, conv->dtype, &filters, &columns, block->plane, conv->places);
}

/* x += fold(w^T @ y) */
static bool spread_block(Runtime *runtime, Conv *conv, const Block *block) {
  Matrix filters = turned(filters_of(conv, block)), plane = plane_of(conv, block);
  if (!matrix_multiply(runtime, conv->dtype, &filters, &plane, conv->columns, block->places)) return false;
  conv_fold(&block->part, conv->dtype, conv->columns, block->image);
  return true;
}

static void add_all(DType dtype, int64_t count, void *to, const void *from) {
  double *doubles = to;
  float *floats = to;
  int64_t *integers = to;
  if (dtype == DTYPE_FLOAT64) for (int64_t i = 0; i < count; i++) doubles[i] += ((const double *)from)[i];
  else if (dtype == DTYPE_FLOAT32) for (int64_t i = 0; i < count; i++) floats[i] += ((const float *)from)[i];
  else
    for (int64_t i = 0; i < count; i++)
      integers[i] = (int64_t)((uint64_t)integers[i] + (uint64_t)((const int64_t *)from)[i]);
}

/* w += y @ columns(x)^T */
static bool match_block(Runtime *runtime, Conv *conv, const Block *block) {
  Matrix plane = plane_of(conv, block), columns = turned(columns_of(conv, block));
  int64_t count = conv->shape.filters * conv->cells;
  size_t bytes = (size_t)count * dtype_info[conv->dtype].size;
  if (count == 0) return true;
  void *product = memory_allocate_data(bytes);
  if (!product) return runtime_out_of_memory(runtime), false;
  conv_unfold(&block->part, conv->dtype, block->image, conv->columns);
  bool done = matrix_multiply(runtime, conv->dtype, &plane, &columns, product, conv->cells);
  if (done) add_all(conv->dtype, count, block->weights, product);
  memory_release_data(product, bytes);
  return done;
}

/* The result (taken) in its own type, or NULL when the work was not done. */
static Tensor *conv_result(Runtime *runtime, Conv *conv, Tensor *result, bool done) {
  Tensor *cast = done ? tensor_cast(runtime, result, conv->result) : NULL;
  tensor_unref(result);
  conv_finish(conv);
  return cast;
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
              for_all_blocks(runtime, &conv, conv.operands[0], result, conv.operands[1], correlate_block);
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
  Tensor *result = NULL;
  bool done = conv_start(runtime, &conv, operands, 0) &&
              (result = new_result(runtime, &conv, shape->batch, shape->channels, shape->in, true)) != NULL &&
              for_all_blocks(runtime, &conv, result, conv.operands[0], conv.operands[1], spread_block);
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
              for_all_blocks(runtime, &conv, conv.operands[0], conv.operands[1], result, match_block);
  return conv_result(runtime, &conv, result, done);
}
