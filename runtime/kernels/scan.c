/* SPDX-License-Identifier: MIT */
/* scan.c: running sums and products, one element after the other, and what their derivatives are made of. */
#include <string.h>

#include "runtime/kernels/math.h"
#include "runtime/op.h"

enum { POLL_ELEMENTS = 1 << 16 };

/* `outer` blocks of `rows` rows of `inner` elements, densely in memory; the rows are scanned, from the last one of a
   block when `backward`. */
typedef struct ScanShape { int64_t outer, rows, inner; bool backward; } ScanShape;

static inline double real_add(double x, double y) { return x + y; }
static inline double real_multiply(double x, double y) { return x * y; }

/* `out` may be `in`.  Rows of one element are scanned with the running value in a register, which may have more digits
   than they. */
#define SCAN_LINE(name, ELEMENT, NUMBER, identity, combine) \
  static bool name##_line(Runtime *runtime, ELEMENT *out, const ELEMENT *in, int64_t rows, int64_t step) { \
    NUMBER running = identity; \
    for (int64_t start = 0; start < rows; start += POLL_ELEMENTS) { \
      int64_t count = rows - start < POLL_ELEMENTS ? rows - start : POLL_ELEMENTS; \
      for (int64_t i = 0; i < count; i++, in += step, out += step) { \
        running = combine(running, *in); \
        *out = (ELEMENT)running; \
      } \
      if (count == POLL_ELEMENTS && runtime_interrupted(runtime)) return false; \
    } \
    return true; \
  }
#define SCAN_ROWS(name, NUMBER, combine) \
  static bool name##_rows(Runtime *runtime, NUMBER *out, const NUMBER *in, int64_t rows, int64_t inner, \
                          int64_t step) { \
    int64_t since_poll = 0; \
    if (out != in && rows > 0) memcpy(out, in, (size_t)inner * sizeof *in); \
    for (int64_t row = 1; row < rows; row++) { \
      const NUMBER *before = out; \
      in += step; \
      out += step; \
      for (int64_t i = 0; i < inner; i++) out[i] = combine(before[i], in[i]); \
      if ((since_poll += inner) < POLL_ELEMENTS) continue; \
      if (runtime_interrupted(runtime)) return false; \
      since_poll = 0; \
    } \
    return true; \
  }
#define SCAN_BLOCKS(name, ELEMENT, scan_block) \
  static bool name(Runtime *runtime, void *result, const void *data, ScanShape shape) { \
    int64_t block = shape.rows * shape.inner, step = shape.backward ? -shape.inner : shape.inner, since_poll = 0; \
    int64_t first = shape.backward ? block - shape.inner : 0; \
    for (int64_t k = 0; k < shape.outer; k++, first += block) { \
      ELEMENT *out = (ELEMENT *)result + first; \
      const ELEMENT *in = (const ELEMENT *)data + first; \
      if (!(scan_block)) return false; \
      if ((since_poll += block) < POLL_ELEMENTS) continue; \
      if (runtime_interrupted(runtime)) return false; \
      since_poll = 0; \
    } \
    return true; \
  }
#define SCAN(name, NUMBER, identity, combine) \
  SCAN_LINE(name, NUMBER, NUMBER, identity, combine) \
  SCAN_ROWS(name, NUMBER, combine) \
  SCAN_BLOCKS(name, NUMBER, shape.inner == 1 ? name##_line(runtime, out, in, shape.rows, step) \
                                             : name##_rows(runtime, out, in, shape.rows, shape.inner, step))
/* Of float32, for rows of one element only. */
#define SCAN_SHORT(name, identity, combine) \
  SCAN_LINE(name, float, double, identity, combine) \
  SCAN_BLOCKS(name, float, name##_line(runtime, out, in, shape.rows, step))
SCAN(scan_sum_real, double, 0, real_add)
SCAN(scan_product_real, double, 1, real_multiply)
SCAN_SHORT(scan_sum_short, 0, real_add)
SCAN_SHORT(scan_product_short, 1, real_multiply)
SCAN(scan_sum_integer, int64_t, 0, integer_add)
SCAN(scan_product_integer, int64_t, 1, integer_multiply)

typedef bool (*Scan)(Runtime *runtime, void *result, const void *data, ScanShape shape);
typedef struct Scans { Scan real, real_short, integer; } Scans;

static ScanShape scan_shape(const Layout *layout, int axis) {
  ScanShape shape = {1, layout->ndim ? layout_shape(layout)[axis] : 1, 1, false};
  for (int i = 0; i < layout->ndim; i++) {
    if (i < axis) shape.outer *= layout_shape(layout)[i];
    if (i > axis) shape.inner *= layout_shape(layout)[i];
  }
  return shape;
}

/* x in C order, with one axis when none is named, in memory of its own and the type that is scanned in. */
static Tensor *scan_start(Runtime *runtime, Tensor *x, DType work, bool flat) {
  Tensor *copy = x->dtype == work ? tensor_copy(runtime, x) : tensor_cast(runtime, x, work);
  if (!copy || !flat || tensor_ndim(copy) == 1) return copy;
  Layout *line = layout_new(runtime, 1, &copy->layout->size);
  Tensor *result = line ? tensor_window(runtime, copy, line, 0) : NULL;
  layout_unref(line);
  tensor_unref(copy);
  return result;
}

/* Whether x is dense but for one axis along which it runs backward, as the gradient of a scan does. */
static bool runs_backward(const Tensor *x, int axis) {
  int64_t stride = 1;
  if (x->layout->size <= 1) return false;
  for (int i = tensor_ndim(x) - 1; i >= 0; i--) {
    int64_t size = layout_shape(x->layout)[i];
    if (size > 1 && layout_strides(x->layout)[i] != (i == axis ? -stride : stride)) return false;
    stride *= size;
  }
  return true;
}

/* x is read where it is; the result lies in memory as x does. */
static Tensor *scan_there(Runtime *runtime, Tensor *x, int axis, bool backward, Scan scan) {
  ScanShape shape = scan_shape(x->layout, axis);
  Tensor *result = tensor_new_shape(runtime, (DType)x->dtype, tensor_ndim(x), layout_shape(x->layout));
  if (!result) return NULL;
  shape.backward = backward;
  const char *data = tensor_data(x);
  int64_t last = (shape.rows - 1) * shape.inner; /* of the first block; x begins there when it runs backward */
  if (backward) data -= last * (int64_t)dtype_info[x->dtype].size;
  bool done = scan(runtime, tensor_data(result), data, shape);
  Tensor *found = !done ? NULL : backward ? tensor_window(runtime, result, x->layout, last) : tensor_ref(result);
  tensor_unref(result);
  return found;
}

static Tensor *scan_copy(Runtime *runtime, Tensor *x, int axis, bool flat, DType dtype, Scan scan) {
  Tensor *work = scan_start(runtime, x, dtype, flat);
  if (!work) return NULL;
  char *data = tensor_data(work);
  bool done = tensor_size(work) == 0 || scan(runtime, data, data, scan_shape(work->layout, axis));
  Tensor *result = done ? tensor_cast(runtime, work, tensor_is_float(x) ? (DType)x->dtype : DTYPE_INT64) : NULL;
  tensor_unref(work);
  return result;
}

/* The type that elements are scanned in. */
static DType scan_type(const Tensor *x, int axis, bool flat) {
  if (!tensor_is_float(x)) return DTYPE_INT64;
  bool line = flat || scan_shape(x->layout, axis).inner == 1;
  return x->dtype == DTYPE_FLOAT32 && line ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
}

static Tensor *scan_axis(Runtime *runtime, const Operands *operands, Scans scans) {
  Tensor *x = operands->tensors[0];
  bool flat = attribute_is_none(operands->attributes, 0);
  int64_t wanted = attribute_integer(operands->attributes, 0, 0);
  int axis = 0;
  if (!flat && !axis_normalise(runtime, wanted, tensor_ndim(x), x->layout, &axis)) return NULL;
  DType dtype = scan_type(x, axis, flat);
  Scan scan = dtype == DTYPE_INT64 ? scans.integer : dtype == DTYPE_FLOAT32 ? scans.real_short : scans.real;
  bool direct = x->dtype == dtype && x->data && x->layout->size > 0 && tensor_ndim(x) > 0 &&
                (!flat || tensor_ndim(x) == 1);
  bool backward = direct && runs_backward(x, axis);
  if (direct && (backward || x->layout->contiguous)) return scan_there(runtime, x, axis, backward, scan);
  return scan_copy(runtime, x, axis, flat, dtype, scan);
}

Tensor *op_cumsum_forward(Runtime *runtime, const Operands *operands) {
  return scan_axis(runtime, operands, (Scans){scan_sum_real, scan_sum_short, scan_sum_integer});
}

Tensor *op_cumprod_forward(Runtime *runtime, const Operands *operands) {
  return scan_axis(runtime, operands, (Scans){scan_product_real, scan_product_short, scan_product_integer});
}

/* ---- recurrence */
/* y[i] = x[i] + a[i] y[i - 1]; y comes in as x, behind a row that is finished. */
static void recur(double *y, const double *a, int64_t rows, int64_t inner) {
  double running = y[-inner];
  if (inner == 1)
    for (int64_t row = 0; row < rows; row++) y[row] = running = y[row] + a[row] * running;
  else
    for (int64_t row = 0; row < rows; row++, y += inner, a += inner)
      for (int64_t i = 0; i < inner; i++) y[i] += a[i] * y[i - inner];
}

static bool recur_block(Runtime *runtime, double *y, const double *a, ScanShape shape) {
  int64_t most = POLL_ELEMENTS / shape.inner + 1;
  for (int64_t row = 1; row < shape.rows; row += most) {
    int64_t rows = shape.rows - row < most ? shape.rows - row : most, place = row * shape.inner;
    if (runtime_interrupted(runtime)) return false;
    recur(y + place, a + place, rows, shape.inner);
  }
  return true;
}

/* x and a are tensors of one shape that has axes. */
Tensor *op_linear_recurrence_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *result = NULL;
  Tensor *work = scan_start(runtime, x, DTYPE_FLOAT64, false);
  Tensor *factors = scan_start(runtime, operands->tensors[1], DTYPE_FLOAT64, false);
  bool done = work && factors;
  if (done && tensor_size(work) > 0) {
    ScanShape shape = scan_shape(work->layout, (int)attribute_integer(operands->attributes, 0, 0));
    int64_t block = shape.rows * shape.inner;
    double *y = tensor_data(work);
    const double *a = tensor_data(factors);
    for (int64_t k = 0; done && k < shape.outer; k++) done = recur_block(runtime, y + k * block, a + k * block, shape);
  }
  if (done) result = tensor_cast(runtime, work, (DType)x->dtype);
  tensor_unref(work);
  tensor_unref(factors);
  return result;
}
