/* SPDX-License-Identifier: MIT */
/* bitwise.c: operations on the bits of integers and on booleans; whole floats count as int64. */
#include "runtime/kernels/elementwise.h"

/* ---- loops, of one type throughout */
#define RUN(left, right, expression) \
  for (int64_t i = 0; i < count; i++) { \
    const Element x = left, y = right; \
    results[i] = (Element)(expression); \
  }

/* One operand for all elements and operands side by side have loops that vectorise. */
#define LOOP(name, ELEMENT, expression) \
  static void name##_##ELEMENT(char *out, const char *x_data, int64_t x_stride, const char *y_data, int64_t y_stride, \
                               int64_t count) { \
    typedef ELEMENT Element; \
    Element *restrict results = (Element *)(void *)out; \
    const Element *xs = (const Element *)(const void *)x_data, *ys = (const Element *)(const void *)y_data; \
    const int64_t item = (int64_t)sizeof(Element), x_step = x_stride / item, y_step = y_stride / item; \
    if (x_step == 1 && y_step == 1) RUN(xs[i], ys[i], expression) \
    else if (x_step == 1 && y_step == 0) RUN(xs[i], *ys, expression) \
    else if (x_step == 0 && y_step == 1) RUN(*xs, ys[i], expression) \
    else RUN(xs[i * x_step], ys[i * y_step], expression) \
  }

#define LOOPS(name, expression) \
  LOOP(name, uint8_t, expression) \
  LOOP(name, int32_t, expression) \
  LOOP(name, int64_t, expression) \
  static const BinaryLoop name[DTYPE_COUNT] = {[DTYPE_BOOL] = name##_uint8_t, [DTYPE_UINT8] = name##_uint8_t, \
                                               [DTYPE_INT32] = name##_int32_t, [DTYPE_INT64] = name##_int64_t};

#define BITS (8 * (int64_t)sizeof(Element))
#define SIGNED ((Element)-1 < 1)
LOOPS(bit_and, x & y)
LOOPS(bit_or, x | y)
LOOPS(bit_xor, x ^ y)
LOOPS(bit_not, ((void)y, ~x))
LOOPS(truth_not, ((void)y, !x))
LOOPS(shift_left, y >= BITS ? 0 : (uint64_t)x << y)
LOOPS(shift_right, x >> (y < BITS ? y : SIGNED ? BITS - 1 : BITS))

/* ---- checks */
static bool is_whole(Runtime *runtime, const Tensor *tensor, int operand, const char *name) {
  int64_t misfit = tensor_find_misfit(runtime, tensor, DTYPE_INT64);
  if (misfit < 0 || misfit == tensor_size(tensor)) return misfit >= 0;
  runtime_fail(runtime, ERROR_TYPE, operand, "%s works on whole numbers and booleans, got %.6g", name,
               tensor_number_at(tensor, misfit));
  return false;
}

static bool require_whole(Runtime *runtime, const Operands *operands) {
  for (int k = 0; k < operands->count; k++)
    if (!is_whole(runtime, operands->tensors[k], k, op_table[operands->op].name)) return false;
  return true;
}

static DType integer_type(const Tensor *x, const Tensor *y) {
  DType type = operands_promote(x, y, false);
  return dtype_is_float(type) ? DTYPE_INT64 : type;
}

/* ---- running them */
static bool run_loop(Runtime *runtime, BinaryLoop loop, Tensor *const *tensors) {
  Iterator iterator;
  int64_t done = 0, item = (int64_t)dtype_info[tensors[0]->dtype].size;
  if (!tensor_ready(runtime, tensors[1]) || !tensor_ready(runtime, tensors[2])) return false;
  iterator_start(&iterator, tensors[0]->layout, 3, tensors);
  const int64_t *strides = iterator.strides;
  while (iterator_next(&iterator)) {
    for (int64_t start = 0; start < iterator.count; start += ELEMENTWISE_RUN) {
      int64_t left = iterator.count - start, count = left < ELEMENTWISE_RUN ? left : ELEMENTWISE_RUN;
      loop(iterator.data[0] + start * item, iterator.data[1] + start * strides[1], strides[1],
           iterator.data[2] + start * strides[2], strides[2], count);
      if ((done += count) < ELEMENTWISE_RUN) continue;
      if (runtime_interrupted(runtime)) return false;
      done = 0;
    }
  }
  return true;
}

static Tensor *combine(Runtime *runtime, Tensor *x, Tensor *y, const BinaryLoop *loops) {
  Layout *shape = layout_broadcast(runtime, x->layout, y->layout, "combine");
  Tensor *result = shape ? tensor_new(runtime, (DType)x->dtype, shape) : NULL;
  layout_unref(shape);
  if (!result || run_loop(runtime, loops[x->dtype], (Tensor *[]){result, x, y})) return result;
  tensor_unref(result);
  return NULL;
}

static Tensor *combine_as(Runtime *runtime, const Operands *operands, const BinaryLoop *loops, DType dtype) {
  Tensor *x = operand_as(runtime, operands->tensors[0], dtype), *y = x;
  if (x && operands->count > 1) y = operand_as(runtime, operands->tensors[1], dtype);
  else if (x) tensor_ref(x);
  Tensor *result = y ? combine(runtime, x, y, loops) : NULL;
  tensor_unref(x);
  tensor_unref(y);
  return result;
}

static Tensor *apply(Runtime *runtime, const Operands *operands, const BinaryLoop *loops) {
  Tensor *x = operands->tensors[0], *y = operands->tensors[operands->count > 1 ? 1 : 0];
  if (!require_whole(runtime, operands)) return NULL;
  return combine_as(runtime, operands, loops, integer_type(x, y));
}

/* The bits of all numbers of places together: negative where one is. */
static bool join_places(Runtime *runtime, Tensor *places, int64_t *bits) {
  Iterator iterator;
  int64_t done = 0;
  if (!tensor_ready(runtime, places)) return false;
  iterator_start(&iterator, places->layout, 1, &places);
  for (*bits = 0; iterator_next(&iterator);) {
    const int64_t *numbers = (const int64_t *)(const void *)iterator.data[0], step = iterator.strides[0] / 8;
    for (int64_t i = 0; i < iterator.count; i++) {
      *bits |= numbers[i * step];
      if (++done % ELEMENTWISE_RUN == 0 && runtime_interrupted(runtime)) return false;
    }
  }
  return true;
}

static bool require_shifts(Runtime *runtime, const Operands *operands, int64_t *bits) {
  Tensor *places = operand_as(runtime, operands->tensors[1], DTYPE_INT64);
  bool done = places && join_places(runtime, places, bits);
  tensor_unref(places);
  if (!done || *bits >= 0) return done;
  runtime_fail(runtime, ERROR_VALUE, 1, "%s cannot move bits by a negative number of places",
               op_table[operands->op].name);
  return false;
}

/* A single number of a wider type does not widen the result; but it counts as it is. */
static Tensor *shift(Runtime *runtime, const Operands *operands, const BinaryLoop *loops) {
  Tensor *x = operands->tensors[0];
  int64_t bits;
  if (!require_whole(runtime, operands) || !require_shifts(runtime, operands, &bits)) return NULL;
  DType dtype = integer_type(x, operands->tensors[1]);
  if (dtype == DTYPE_BOOL) dtype = DTYPE_INT64;
  bool wide = (DType)x->dtype > dtype || bits > INT8_MAX;
  Tensor *shifted = combine_as(runtime, operands, loops, wide ? DTYPE_INT64 : dtype);
  Tensor *result = shifted ? tensor_cast(runtime, shifted, dtype) : NULL;
  tensor_unref(shifted);
  return result;
}

Tensor *op_bitwise_and_forward(Runtime *runtime, const Operands *operands) { return apply(runtime, operands, bit_and); }
Tensor *op_bitwise_or_forward(Runtime *runtime, const Operands *operands) { return apply(runtime, operands, bit_or); }
Tensor *op_bitwise_xor_forward(Runtime *runtime, const Operands *operands) { return apply(runtime, operands, bit_xor); }
Tensor *op_bitwise_not_forward(Runtime *runtime, const Operands *operands) {
  return apply(runtime, operands, operands->tensors[0]->dtype == DTYPE_BOOL ? truth_not : bit_not);
}
Tensor *op_left_shift_forward(Runtime *runtime, const Operands *operands) {
  return shift(runtime, operands, shift_left);
}
Tensor *op_right_shift_forward(Runtime *runtime, const Operands *operands) {
  return shift(runtime, operands, shift_right);
}
