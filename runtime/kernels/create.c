/* SPDX-License-Identifier: MIT */
/* create.c: tensors made from numbers, diagonals and triangles. */
#include "runtime/kernels/create.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "runtime/kernels/window.h"

enum { POLL_ELEMENTS = 1 << 16 };

/* ---- diagonals */
typedef struct Diagonal { int64_t start, length; } Diagonal; /* first element, as an offset into the C order */

static Diagonal find_diagonal(int64_t rows, int64_t columns, int64_t k) {
  if (k >= columns || k <= -rows) return (Diagonal){0, 0};
  int64_t down = k < 0 ? rows + k : rows, across = k > 0 ? columns - k : columns;
  return (Diagonal){k > 0 ? k : -k * columns, down < across ? down : across};
}

/* `values` on the k-th diagonal of zeros. */
static Tensor *with_diagonal(Runtime *runtime, DType dtype, int64_t rows, int64_t columns, int64_t k, Tensor *values) {
  const int64_t shape[] = {rows, columns}, stride = columns + 1;
  Layout *layout = layout_new(runtime, 2, shape), *line = NULL;
  Tensor *result = layout ? tensor_new_zeros(runtime, dtype, layout) : NULL;
  layout_unref(layout);
  if (!result) return NULL;
  Diagonal diagonal = find_diagonal(rows, columns, k);
  if (diagonal.length == 0) return result;
  line = layout_new_strided(runtime, 1, &diagonal.length, &stride);
  if (line && window_write(runtime, result, line, diagonal.start, values)) {
    layout_unref(line);
    return result;
  }
  layout_unref(line);
  tensor_unref(result);
  return NULL;
}

Tensor *tensor_eye(Runtime *runtime, DType dtype, int64_t rows, int64_t columns, int64_t k) {
  Tensor *one = tensor_new_number(runtime, dtype, 1);
  Tensor *result = one ? with_diagonal(runtime, dtype, rows, columns, k, one) : NULL;
  tensor_unref(one);
  return result;
}

static Tensor *matrix_of_diagonal(Runtime *runtime, Tensor *x, int64_t k) {
  int64_t size;
  if (k == INT64_MIN || __builtin_add_overflow(tensor_size(x), k < 0 ? -k : k, &size))
    return runtime_fail(runtime, ERROR_MEMORY, -1, "the matrix has more elements than memory can hold");
  return with_diagonal(runtime, (DType)x->dtype, size, size, k, x);
}

Tensor *op_diag_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0];
  Layout *layout = NULL;
  int64_t offset = 0;
  bool needs_copy = false;
  if (tensor_ndim(x) == 1) return matrix_of_diagonal(runtime, x, attribute_integer(operands->attributes, 0, 0));
  if (tensor_ndim(x) != 2) {
    ShapeText shape;
    return runtime_fail(runtime, ERROR_SHAPE, 0, "diag needs a vector or a matrix, got %s",
                        layout_phrase(&shape, x->layout));
  }
  /* The offset is the first parameter of both operations. */
  if (!op_diagonal_view(runtime, operands, x->layout, &layout, &offset, &needs_copy)) return NULL;
  Tensor *window = tensor_window(runtime, x, layout, offset), *result = window ? tensor_copy(runtime, window) : NULL;
  tensor_unref(window);
  layout_unref(layout);
  return result;
}

/* ---- triangles */
/* Sets to zero what lies above (`lower`) or below the k-th diagonal of every matrix of a dense tensor. */
static bool clear_triangle(Runtime *runtime, Tensor *to, int64_t k, bool lower) {
  const int64_t *shape = layout_shape(to->layout) + tensor_ndim(to) - 2;
  int64_t rows = shape[0], columns = shape[1], done = 0;
  size_t item = dtype_info[to->dtype].size;
  char *data = tensor_data(to), *end = data + (size_t)tensor_size(to) * item;
  if (k > columns) k = columns;
  if (k < -rows) k = -rows - 1;
  for (int64_t i = 0; data < end; i = i + 1 == rows ? 0 : i + 1, data += (size_t)columns * item) {
    int64_t edge = i + k + (lower ? 1 : 0);
    edge = edge < 0 ? 0 : edge > columns ? columns : edge;
    if (lower) memset(data + (size_t)edge * item, 0, (size_t)(columns - edge) * item);
    else memset(data, 0, (size_t)edge * item);
    if ((done += columns) < POLL_ELEMENTS) continue;
    done = 0;
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* A copy that may be cleared: of a vector, a matrix whose rows it is. */
static Tensor *copy_square(Runtime *runtime, Tensor *x) {
  if (tensor_ndim(x) > 1) return tensor_copy(runtime, x);
  const int64_t shape[] = {tensor_size(x), tensor_size(x)};
  Layout *square = layout_new(runtime, 2, shape);
  Tensor *rows = square ? tensor_broadcast_to(runtime, x, square) : NULL;
  Tensor *result = rows ? tensor_copy(runtime, rows) : NULL;
  tensor_unref(rows);
  layout_unref(square);
  return result;
}

static Tensor *triangle(Runtime *runtime, const Operands *operands, bool lower) {
  Tensor *x = operands->tensors[0];
  if (tensor_ndim(x) == 0)
    return runtime_fail(runtime, ERROR_SHAPE, 0,
                        "`%s` needs a matrix or the row of one, got " ERROR_OPERAND(0) "a scalar",
                        op_table[operands->op].name);
  Tensor *result = copy_square(runtime, x);
  if (!result || clear_triangle(runtime, result, attribute_integer(operands->attributes, 0, 0), lower)) return result;
  tensor_unref(result);
  return NULL;
}

Tensor *op_tril_forward(Runtime *runtime, const Operands *operands) {
  return triangle(runtime, operands, true);
}

Tensor *op_triu_forward(Runtime *runtime, const Operands *operands) {
  return triangle(runtime, operands, false);
}

Tensor *tensor_tri(Runtime *runtime, DType dtype, int64_t rows, int64_t columns, int64_t k) {
  const int64_t shape[] = {rows, columns};
  Tensor *ones = tensor_full(runtime, dtype, 2, shape, 1);
  if (!ones || clear_triangle(runtime, ones, k, true)) return ones;
  tensor_unref(ones);
  return NULL;
}

/* ---- filled tensors */
Tensor *tensor_full(Runtime *runtime, DType dtype, int ndim, const int64_t *shape, double number) {
  Tensor *value = tensor_new_number(runtime, dtype, number);
  Tensor *result = value ? tensor_new_shape(runtime, dtype, ndim, shape) : NULL;
  bool done = result && window_write(runtime, result, result->layout, 0, value);
  tensor_unref(value);
  if (done) return result;
  tensor_unref(result);
  return NULL;
}

/* ---- coordinates and classes */
/* 0 to n - 1, each `inner` times. */
static bool write_steps(Runtime *runtime, int64_t *out, int64_t n, int64_t inner) {
  int64_t number = 0, next = inner;
  for (int64_t start = 0; start < n * inner; start += POLL_ELEMENTS) {
    int64_t end = smaller_of(start + POLL_ELEMENTS, n * inner);
    for (int64_t i = start; i < end;) {
      for (int64_t stop = smaller_of(next, end); i < stop; i++) out[i] = number;
      if (i == next) number++, next += inner;
    }
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* What stands in the first `period` elements again and again, in pieces that grow. */
static bool repeat_period(Runtime *runtime, int64_t *out, int64_t period, int64_t size) {
  for (int64_t done = period, count; done < size; done += count) {
    const int64_t *from = out + done % period;
    count = smaller_of(smaller_of(out + done - from, size - done), POLL_ELEMENTS);
    memcpy(out + done, from, (size_t)count * sizeof *out);
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

static bool write_indices(Runtime *runtime, int64_t *out, int64_t each, int ndim, const int64_t *shape) {
  int64_t inner = 1;
  for (int axis = ndim - 1; axis >= 0; axis--) {
    int64_t *first = out + axis * each;
    if (!write_steps(runtime, first, shape[axis], inner)) return false;
    inner *= shape[axis];
    if (!repeat_period(runtime, first, inner, each)) return false;
  }
  return true;
}

Tensor *tensor_indices(Runtime *runtime, int ndim, const int64_t *shape) {
  int64_t full[TENSOR_MAX_DIMS + 1] = {ndim};
  if (ndim > TENSOR_MAX_DIMS) ndim = TENSOR_MAX_DIMS;
  for (int i = 0; i < ndim; i++) full[i + 1] = shape[i];
  Tensor *result = tensor_new_shape(runtime, DTYPE_INT64, ndim + 1, full);
  if (!result || tensor_size(result) == 0) return result;
  if (write_indices(runtime, tensor_data(result), tensor_size(result) / ndim, ndim, shape)) return result;
  tensor_unref(result);
  return NULL;
}

static bool read_label(Runtime *runtime, Tensor *labels, int64_t i, int64_t classes, int64_t *label) {
  double number = tensor_number_at(labels, i);
  if (number != floor(number)) {
    runtime_fail(runtime, ERROR_VALUE, 0, "labels must be whole numbers, got %.15g", number);
    return false;
  }
  *label = (int64_t)(fabs(number) < 0x1p62 ? number : -1);
  if (*label >= 0 && *label < classes) return true;
  runtime_fail(runtime, ERROR_VALUE, 0, "label %.15g is out of range for %" PRId64 " classes", number, classes);
  if (classes > 0) error_hint(runtime->error, "labels run from 0 to %" PRId64, classes - 1);
  return false;
}

Tensor *tensor_one_hot(Runtime *runtime, DType dtype, Tensor *labels, int64_t classes) {
  int64_t shape[TENSOR_MAX_DIMS + 1], label;
  int ndim = tensor_ndim(labels);
  for (int i = 0; i < ndim; i++) shape[i] = layout_shape(labels->layout)[i];
  shape[ndim] = classes;
  Layout *layout = layout_new(runtime, ndim + 1, shape);
  Tensor *result = layout ? tensor_new_zeros(runtime, dtype, layout) : NULL;
  Tensor *one = result ? tensor_new_number(runtime, dtype, 1) : NULL;
  size_t item = dtype_info[dtype].size;
  bool done = one != NULL;
  for (int64_t i = 0; done && i < tensor_size(labels); i++) {
    done = read_label(runtime, labels, i, classes, &label);
    if (done) memcpy((char *)tensor_data(result) + (size_t)(i * classes + label) * item, tensor_data(one), item);
    done = done && !(i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime));
  }
  tensor_unref(one);
  layout_unref(layout);
  if (done) return result;
  tensor_unref(result);
  return NULL;
}
