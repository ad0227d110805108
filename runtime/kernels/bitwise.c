/* SPDX-License-Identifier: MIT */
/* bitwise.c: operations on the bits of integers and on booleans; whole floats count as int64. */
#include <math.h>
#include "runtime/kernels/elementwise.h"

typedef int64_t (*BitFunction)(int64_t x, int64_t y);

static int64_t bit_and(int64_t x, int64_t y) { return x & y; }
static int64_t bit_or(int64_t x, int64_t y) { return x | y; }
static int64_t bit_xor(int64_t x, int64_t y) { return x ^ y; }
static int64_t bit_not(int64_t x, int64_t y) { return (void)y, ~x; }
static int64_t shift_left(int64_t x, int64_t y) { return y > 63 ? 0 : (int64_t)((uint64_t)x << y); }
static int64_t shift_right(int64_t x, int64_t y) { return y > 63 ? (x < 0 ? -1 : 0) : x >> y; }

static bool require_whole(Runtime *runtime, const Tensor *tensor, int operand, const char *name) {
  int64_t misfit = tensor_find_misfit(runtime, tensor, DTYPE_INT64);
  if (misfit < 0 || misfit == tensor_size(tensor)) return misfit >= 0;
  runtime_fail(runtime, ERROR_TYPE, operand, "%s works on whole numbers and booleans, got %.6g", name,
               tensor_number_at(tensor, misfit));
  return false;
}

static bool require_shifts(Runtime *runtime, const Tensor *tensor, const char *name) {
  for (int64_t i = 0; i < tensor_size(tensor); i++) {
    if (tensor_integer_at(tensor, i) >= 0) continue;
    runtime_fail(runtime, ERROR_VALUE, 1, "%s cannot move bits by a negative number of places", name);
    return false;
  }
  return true;
}

static DType integer_type(const Tensor *x, const Tensor *y) {
  DType type = operands_promote(x, y, false);
  return dtype_is_float(type) ? DTYPE_INT64 : type;
}

static Tensor *combine(Runtime *runtime, Tensor *x, Tensor *y, Layout *shape, DType dtype, BitFunction function) {
  Tensor *wide = tensor_new(runtime, DTYPE_INT64, shape);
  Tensor *left = wide ? tensor_broadcast_to(runtime, x, shape) : NULL;
  Tensor *right = left ? tensor_broadcast_to(runtime, y, shape) : NULL;
  int64_t *out = right ? tensor_data(wide) : NULL;
  for (int64_t i = 0; out && i < shape->size; i++)
    out[i] = function(tensor_integer_at(left, i), tensor_integer_at(right, i));
  Tensor *result = out ? tensor_cast(runtime, wide, dtype) : NULL;
  tensor_unref(wide);
  tensor_unref(left);
  tensor_unref(right);
  return result;
}

static Tensor *apply(Runtime *runtime, const Operands *operands, BitFunction function) {
  const char *name = op_table[operands->op].name;
  Tensor *x = operands->tensors[0], *y = operands->tensors[operands->count > 1 ? 1 : 0];
  bool shifts = function == shift_left || function == shift_right;
  if (!require_whole(runtime, x, 0, name) || !require_whole(runtime, y, 1, name)) return NULL;
  if (shifts && !require_shifts(runtime, y, name)) return NULL;
  Layout *shape = layout_broadcast(runtime, x->layout, y->layout, "combine");
  if (!shape) return NULL;
  DType dtype = integer_type(x, y);
  if (shifts && dtype == DTYPE_BOOL) dtype = DTYPE_INT64;
  Tensor *result = combine(runtime, x, y, shape, dtype, function);
  layout_unref(shape);
  return result;
}

static int64_t truth_not(int64_t x, int64_t y) { return (void)y, !x; }

Tensor *op_bitwise_and_forward(Runtime *runtime, const Operands *operands) { return apply(runtime, operands, bit_and); }
Tensor *op_bitwise_or_forward(Runtime *runtime, const Operands *operands) { return apply(runtime, operands, bit_or); }
Tensor *op_bitwise_xor_forward(Runtime *runtime, const Operands *operands) { return apply(runtime, operands, bit_xor); }
Tensor *op_bitwise_not_forward(Runtime *runtime, const Operands *operands) {
  return apply(runtime, operands, operands->tensors[0]->dtype == DTYPE_BOOL ? truth_not : bit_not);
}
Tensor *op_left_shift_forward(Runtime *runtime, const Operands *operands) {
  return apply(runtime, operands, shift_left);
}
Tensor *op_right_shift_forward(Runtime *runtime, const Operands *operands) {
  return apply(runtime, operands, shift_right);
}
