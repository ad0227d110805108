/* SPDX-License-Identifier: MIT */
/* scan.c: running sums and products, one element after the other. */
#include "runtime/kernels/math.h"
#include "runtime/op.h"

enum { POLL_ELEMENTS = 1 << 16 };

/* A contiguous tensor as `outer` blocks of `rows` rows of `inner` elements; the rows are scanned. */
typedef struct ScanShape { int64_t outer, rows, inner; } ScanShape;

static inline double real_add(double x, double y) { return x + y; }
static inline double real_multiply(double x, double y) { return x * y; }

/* Rows of one element are scanned with the running value in a register. */
#define SCAN(name, NUMBER, identity, combine) \
  static bool name##_line(Runtime *runtime, NUMBER *numbers, int64_t rows) { \
    NUMBER running = identity; \
    for (int64_t start = 0; start < rows; start += POLL_ELEMENTS) { \
      int64_t end = rows - start < POLL_ELEMENTS ? rows : start + POLL_ELEMENTS; \
      for (int64_t i = start; i < end; i++) numbers[i] = running = combine(running, numbers[i]); \
      if (end < rows && runtime_interrupted(runtime)) return false; \
    } \
    return true; \
  } \
  static bool name(Runtime *runtime, void *data, ScanShape shape) { \
    NUMBER *current = data; \
    int64_t since_poll = 0; \
    if (shape.inner == 1) { \
      for (int64_t block = 0; block < shape.outer; block++, current += shape.rows) { \
        if (!name##_line(runtime, current, shape.rows)) return false; \
        if ((since_poll += shape.rows) < POLL_ELEMENTS) continue; \
        if (runtime_interrupted(runtime)) return false; \
        since_poll = 0; \
      } \
      return true; \
    } \
    for (int64_t block = 0; block < shape.outer; block++) { \
      current += shape.inner; \
      for (int64_t row = 1; row < shape.rows; row++, current += shape.inner) { \
        const NUMBER *before = current - shape.inner; \
        for (int64_t i = 0; i < shape.inner; i++) current[i] = combine(before[i], current[i]); \
        if ((since_poll += shape.inner) < POLL_ELEMENTS) continue; \
        if (runtime_interrupted(runtime)) return false; \
        since_poll = 0; \
      } \
    } \
    return true; \
  }
SCAN(scan_sum_real, double, 0, real_add)
SCAN(scan_product_real, double, 1, real_multiply)
SCAN(scan_sum_integer, int64_t, 0, integer_add)
SCAN(scan_product_integer, int64_t, 1, integer_multiply)

typedef bool (*Scan)(Runtime *runtime, void *data, ScanShape shape);

static ScanShape scan_shape(const Layout *layout, int axis) {
  ScanShape shape = {1, layout->ndim ? layout_shape(layout)[axis] : 1, 1};
  for (int i = 0; i < layout->ndim; i++) {
    if (i < axis) shape.outer *= layout_shape(layout)[i];
    if (i > axis) shape.inner *= layout_shape(layout)[i];
  }
  return shape;
}

/* x in C order, with one axis when none is named, in memory of its own and the type that is scanned in. */
static Tensor *scan_start(Runtime *runtime, Tensor *x, bool flat) {
  DType work = tensor_is_float(x) ? DTYPE_FLOAT64 : DTYPE_INT64;
  Tensor *copy = x->dtype == work ? tensor_copy(runtime, x) : tensor_cast(runtime, x, work);
  if (!copy || !flat || tensor_ndim(copy) == 1) return copy;
  Layout *line = layout_new(runtime, 1, &copy->layout->size);
  Tensor *result = line ? tensor_window(runtime, copy, line, 0) : NULL;
  layout_unref(line);
  tensor_unref(copy);
  return result;
}

static Tensor *scan(Runtime *runtime, const Operands *operands, Scan real, Scan integer) {
  Tensor *x = operands->tensors[0];
  bool flat = attribute_is_none(operands->attributes, 0), is_real = tensor_is_float(x);
  int64_t wanted = attribute_integer(operands->attributes, 0, 0);
  int axis = 0;
  if (!flat && !axis_normalise(runtime, wanted, tensor_ndim(x), x->layout, &axis)) return NULL;
  Tensor *work = scan_start(runtime, x, flat);
  if (!work) return NULL;
  bool done = tensor_size(work) == 0 ||
              (is_real ? real : integer)(runtime, tensor_data(work), scan_shape(work->layout, axis));
  Tensor *result = done ? tensor_cast(runtime, work, is_real ? (DType)x->dtype : DTYPE_INT64) : NULL;
  tensor_unref(work);
  return result;
}

Tensor *op_cumsum_forward(Runtime *runtime, const Operands *operands) {
  return scan(runtime, operands, scan_sum_real, scan_sum_integer);
}

Tensor *op_cumprod_forward(Runtime *runtime, const Operands *operands) {
  return scan(runtime, operands, scan_product_real, scan_product_integer);
}
