/* SPDX-License-Identifier: MIT */
/* elementwise.c: the UNARY and BINARY rows on whole tensors. */
#include "runtime/kernels/elementwise.h"

#include <math.h>

#include "runtime/fuse/fuse.h"
#include "runtime/kernels/target.h"

/* ---- tables */
extern const ElementwiseLoops elementwise_bool, elementwise_uint8, elementwise_int32, elementwise_int64,
  elementwise_float32, elementwise_float64;
extern const ElementwiseLoops elementwise_int32_avx2, elementwise_int64_avx2, elementwise_float32_avx2,
  elementwise_float64_avx2;
extern const ElementwiseLoops elementwise_int32_avx512, elementwise_int64_avx512, elementwise_float32_avx512,
  elementwise_float64_avx512;

#define LOOPS_OF(set) \
  {[DTYPE_BOOL] = &elementwise_bool,           [DTYPE_UINT8] = &elementwise_uint8, \
   [DTYPE_INT32] = &elementwise_int32##set,     [DTYPE_INT64] = &elementwise_int64##set, \
   [DTYPE_FLOAT32] = &elementwise_float32##set, [DTYPE_FLOAT64] = &elementwise_float64##set}

static const ElementwiseLoops *const loops[ISA_COUNT][DTYPE_COUNT] = {
  [ISA_BASELINE] = LOOPS_OF(),
#if TARGET_AVX2
  [ISA_AVX2] = LOOPS_OF(_avx2),
  [ISA_AVX512] = LOOPS_OF(_avx512),
#endif
};

const ElementwiseLoops *elementwise_loops_for(DType dtype, Isa isa) {
  return loops[isa][dtype];
}

const ElementwiseLoops *elementwise_loops(DType dtype) {
  return elementwise_loops_for(dtype, target_isa());
}

/* ---- types */
/* Sums, products and extrema of booleans are booleans, as in NumPy; everything else counts them as integers. */
static bool keeps_bool(OpId op) {
  switch (op) {
    case OP_add: case OP_multiply: case OP_maximum: case OP_minimum: case OP_fmax: case OP_fmin: return true;
    default: return false;
  }
}

static bool wraps_numbers(OpId op) {
  return op == OP_add || op == OP_subtract || op == OP_multiply;
}

/* The type an operation computes in, given the common type of its operands. */
static DType working_type(OpId op, DType common) {
  OpType type = op_table[op].type;
  if (type == OP_TYPE_FLOAT && !dtype_is_float(common)) return DTYPE_FLOAT64;
  if (type == OP_TYPE_SAME && common == DTYPE_BOOL && !keeps_bool(op)) return DTYPE_INT64;
  return common;
}

static DType result_type(OpId op, DType working) {
  return op_table[op].type == OP_TYPE_LOGIC ? DTYPE_BOOL : working;
}

/* ---- domain warnings */
/* Results are looked at while they are in the nearest cache. */
enum { WATCHED_RUN = 1 << 10 };

static bool is_nan_at(const char *data, DType dtype) {
  if (dtype == DTYPE_FLOAT64) return isnan(*(const double *)(const void *)data);
  return isnan(*(const float *)(const void *)data);
}

/* How many elements of a finished run are nan though no operand was. */
static int64_t count_new_nan(const Iterator *iterator, DType dtype, int64_t start, int64_t count) {
  int64_t item = (int64_t)dtype_info[dtype].size, found = 0;
  const char *results = iterator->data[0] + start * item;
  if (!elementwise_loops(dtype)->any_nan(results, count)) return 0;
  for (int64_t i = 0; i < count; i++) {
    bool fresh = is_nan_at(results + i * item, dtype);
    for (int k = 1; k < iterator->operands && fresh; k++)
      fresh = !is_nan_at(iterator->data[k] + (start + i) * iterator->strides[k], dtype);
    found += fresh;
  }
  return found;
}

/* ---- running loops */
typedef struct Run { OpId op; DType dtype; UnaryLoop unary; BinaryLoop binary; bool watch; } Run;

static void run_part(const Run *run, const Iterator *iterator, int64_t start, int64_t count, int64_t out_item) {
  const char *x = iterator->data[1] + start * iterator->strides[1];
  char *out = iterator->data[0] + start * out_item;
  if (run->unary) {
    run->unary(out, x, iterator->strides[1], count);
  } else {
    const char *y = iterator->data[2] + start * iterator->strides[2];
    run->binary(out, x, iterator->strides[1], y, iterator->strides[2], count);
  }
}

/* tensors[0] is the fresh, contiguous result. */
static bool run_loops(Runtime *runtime, const Run *run, int count, Tensor *const *tensors) {
  Iterator iterator;
  int64_t done = 0, nan = 0, item = (int64_t)dtype_info[tensors[0]->dtype].size;
  int64_t step = run->watch ? WATCHED_RUN : ELEMENTWISE_RUN;
  iterator_start(&iterator, tensors[0]->layout, count, tensors);
  while (iterator_next(&iterator)) {
    for (int64_t start = 0; start < iterator.count; start += step) {
      int64_t left = iterator.count - start, length = left < step ? left : step;
      run_part(run, &iterator, start, length, item);
      if (run->watch) nan += count_new_nan(&iterator, run->dtype, start, length);
      if ((done += length) < ELEMENTWISE_RUN) continue;
      if (runtime_interrupted(runtime)) return false;
      done = 0;
    }
  }
  if (nan) domain_warn(runtime, run->op, nan);
  return true;
}

/* A temporary operand of the result's type and shape is written over, which saves the memory traffic of a fresh one;
   not where the operands are looked at again for nan. */
static Tensor *result_tensor(Runtime *runtime, const Run *run, Layout *layout, int operands, Tensor *const *converted) {
  Tensor *spare = runtime->spare;
  DType dtype = result_type(run->op, run->dtype);
  bool fits = spare && !run->watch && dtype == (DType)spare->dtype && spare->layout->contiguous &&
              (spare == converted[0] || (operands > 1 && spare == converted[1])) &&
              layout_same_shape(spare->layout, layout) && tensor_has_memory(spare);
  return fits ? tensor_ref(spare) : tensor_new(runtime, dtype, layout);
}

/* The result of the loops on operands that have been converted already. */
static Tensor *compute(Runtime *runtime, const Run *run, Layout *layout, int operands, Tensor *const *converted) {
  if (!run->watch && fuse_is_worth(runtime, layout)) {
    return fuse_elementwise(runtime, run->op, run->dtype, result_type(run->op, run->dtype), layout, converted[0],
                            operands > 1 ? converted[1] : NULL);
  }
  Tensor *tensors[3] = {result_tensor(runtime, run, layout, operands, converted), converted[0],
                        operands > 1 ? converted[1] : NULL};
  if (!tensors[0]) return NULL;
  if (run_loops(runtime, run, operands + 1, tensors)) return tensors[0];
  tensor_unref(tensors[0]);
  return NULL;
}

static Run run_of(const Runtime *runtime, OpId op, DType dtype) {
  return (Run){op, dtype, elementwise_loops(dtype)->unary[op], elementwise_loops(dtype)->binary[op],
               !runtime->quiet && dtype_is_float(dtype) && op_table[op].type != OP_TYPE_LOGIC && domain_reason(op)};
}

static bool is_double_scalar(const Tensor *tensor) {
  return (tensor->flags & TENSOR_INLINE) && tensor->dtype == DTYPE_FLOAT64;
}

static Tensor *scalar_result(Runtime *runtime, OpId op, double value, bool operand_nan) {
  if (isnan(value) && !operand_nan && domain_reason(op)) domain_warn(runtime, op, 1);
  return tensor_new_number(runtime, result_type(op, DTYPE_FLOAT64), value);
}

/* ---- one operand */
static Layout *contiguous_layout(Runtime *runtime, const Tensor *tensor) {
  Layout *layout = tensor->layout;
  return layout->contiguous ? layout_ref(layout) : layout_new(runtime, layout->ndim, layout_shape(layout));
}

Tensor *op_unary_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0];
  OpId op = operands->op;
  Tensor *result;
  if (is_double_scalar(x)) return scalar_result(runtime, op, op_unary_double[op](x->number), isnan(x->number));
  if (elementwise_small_unary(runtime, op, x, &result)) return result;
  Run run = run_of(runtime, op, working_type(op, (DType)x->dtype));
  Tensor *converted = tensor_cast(runtime, x, run.dtype);
  Layout *layout = converted ? contiguous_layout(runtime, converted) : NULL;
  result = layout ? compute(runtime, &run, layout, 1, &converted) : NULL;
  layout_unref(layout);
  tensor_unref(converted);
  return result;
}

/* ---- two operands */
static const char *verb_of(OpId op) {
  switch (op) {
    case OP_add: return "add";
    case OP_subtract: return "subtract";
    case OP_multiply: return "multiply";
    case OP_divide: case OP_floor_divide: return "divide";
    case OP_power: return "raise to a power";
    default: return op_table[op].type == OP_TYPE_LOGIC ? "compare" : "combine";
  }
}

/* Whether y holds a number that divides nothing (0) or is no exponent (below 0); also true when memory runs out. */
static bool any_forbidden(Runtime *runtime, Tensor *y, bool as_exponent) {
  Tensor *cast = tensor_cast(runtime, y, DTYPE_INT64), *whole = cast ? tensor_contiguous(runtime, cast) : NULL;
  bool found = !whole;
  const int64_t *elements = whole ? tensor_data(whole) : NULL;
  for (int64_t i = 0; !found && i < tensor_size(whole); i++) found = as_exponent ? elements[i] < 0 : elements[i] == 0;
  tensor_unref(cast);
  tensor_unref(whole);
  return found;
}

/* What integers cannot do and real numbers can. */
static bool check_integers(Runtime *runtime, OpId op, Tensor *y) {
  switch (op) {
    case OP_floor_divide: case OP_remainder: case OP_fmod:
      if (!any_forbidden(runtime, y, false)) return true;
      runtime_fail(runtime, ERROR_VALUE, 1, "integer division by zero");
      error_hint(runtime->error, "real numbers give inf or nan instead: astype(x, float64)");
      return false;
    case OP_power:
      if (!any_forbidden(runtime, y, true)) return true;
      runtime_fail(runtime, ERROR_VALUE, 1, "integers cannot be raised to a negative power");
      error_hint(runtime->error, "use real numbers: float_power(x, y) or astype(x, float64)");
      return false;
    default: return true;
  }
}

/* x**2 and x**-1 have loops of their own that give the same bits; x**1 is x. */
static Tensor *power_by_number(Runtime *runtime, Tensor *x, double exponent) {
  if (exponent == 1) return tensor_ref(x);
  OpId op = exponent == 2 ? OP_square : OP_reciprocal;
  return op_unary_forward(runtime, &(Operands){.op = op, .count = 1, .tensors = &x});
}

static Tensor *compute_binary(Runtime *runtime, const Run *run, Tensor *const *converted) {
  Layout *layout = layout_broadcast(runtime, converted[0]->layout, converted[1]->layout, verb_of(run->op));
  if (!layout) return NULL;
  bool fine = dtype_is_float(run->dtype) || layout->size == 0 || check_integers(runtime, run->op, converted[1]);
  Tensor *result = fine ? compute(runtime, run, layout, 2, converted) : NULL;
  layout_unref(layout);
  return result;
}

Tensor *op_binary_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *y = operands->tensors[1];
  OpId op = operands->op;
  if (is_double_scalar(x) && is_double_scalar(y)) {
    double value = op_binary_double[op](x->number, y->number);
    return scalar_result(runtime, op, value, isnan(x->number) || isnan(y->number));
  }
  Tensor *result;
  if (elementwise_small_binary(runtime, op, x, y, &result)) return result;
  if (op == OP_power && operand_is_number(y) && tensor_is_float(x) &&
      (y->number == 2 || y->number == 1 || y->number == -1))
    return power_by_number(runtime, x, y->number);
  Run run = run_of(runtime, op, working_type(op, operands_promote(x, y, wraps_numbers(op))));
  Tensor *converted[2] = {operand_as(runtime, x, run.dtype), NULL};
  if (converted[0]) converted[1] = operand_as(runtime, y, run.dtype);
  result = converted[1] ? compute_binary(runtime, &run, converted) : NULL;
  tensor_unref(converted[0]);
  tensor_unref(converted[1]);
  return result;
}
