/* SPDX-License-Identifier: MIT */
/* round.c: round(x, decimals). */
#include "base/threads.h"
#include "runtime/kernels/elementwise.h"

#define LOOPS round_loops_plain
#include "runtime/kernels/round_loops.h"

static const RoundLoops *round_loops(void) {
  return TARGET_CHOSEN(&round_loops_plain, &round_loops_avx2, &round_loops_avx512);
}

/* To a multiple of 10**digits; halves go to the even multiple. */
static int64_t round_integer(int64_t x, int digits) {
  if (digits > 18) return 0;
  int64_t scale = 1;
  for (int i = 0; i < digits; i++) scale *= 10;
  int64_t whole = x / scale, rest = x % scale, size = rest < 0 ? -rest : rest, twice = size - (scale - size);
  if (twice > 0 || (twice == 0 && whole & 1)) whole += x < 0 ? -1 : 1;
  return (int64_t)((uint64_t)whole * (uint64_t)scale);
}

/* ---- in chunks that threads share */
typedef struct Rounding {
  const RoundLoops *loops;
  DType dtype;
  void *out;
  const void *x;
  int64_t size, decimals;
  double scale;
} Rounding;

static void round_chunk(void *context, int64_t chunk) {
  const Rounding *rounding = context;
  int64_t start = chunk * ELEMENTWISE_RUN, left = rounding->size - start;
  int64_t count = left < ELEMENTWISE_RUN ? left : ELEMENTWISE_RUN;
  bool multiply = rounding->decimals > 0;
  if (rounding->dtype == DTYPE_FLOAT64) {
    rounding->loops->float64((double *)rounding->out + start, (const double *)rounding->x + start, count,
                             rounding->scale, multiply);
  } else if (rounding->dtype == DTYPE_FLOAT32) {
    rounding->loops->float32((float *)rounding->out + start, (const float *)rounding->x + start, count,
                             rounding->scale, multiply);
  } else {
    int digits = rounding->decimals < -19 ? 19 : (int)-rounding->decimals;
    int64_t *out = (int64_t *)rounding->out + start;
    for (int64_t i = 0; i < count; i++) out[i] = round_integer(((const int64_t *)rounding->x)[start + i], digits);
  }
}

/* Of float64, float32 or int64, side by side. */
static Tensor *rounded(Runtime *runtime, Tensor *x, int64_t decimals) {
  Tensor *result = tensor_ready(runtime, x) ? tensor_new(runtime, (DType)x->dtype, x->layout) : NULL;
  if (!result) return NULL;
  Rounding rounding = {.loops = round_loops(), .dtype = (DType)x->dtype, .out = tensor_data(result),
                       .x = tensor_data(x), .size = tensor_size(x), .decimals = decimals,
                       .scale = pow(10, fabs((double)decimals))};
  int64_t chunks = (rounding.size + ELEMENTWISE_RUN - 1) / ELEMENTWISE_RUN;
  bool done = threads_run(chunks, 0.5 * ELEMENTWISE_RUN, round_chunk, &rounding) || !runtime_interrupted(runtime);
  if (done) return result;
  tensor_unref(result);
  return NULL;
}

Tensor *op_round_forward(Runtime *runtime, const Operands *operands) {
  int64_t decimals = attribute_integer(operands->attributes, 0, 0);
  Tensor *x = operands->tensors[0];
  DType dtype = x->dtype == DTYPE_BOOL ? DTYPE_INT64 : (DType)x->dtype;
  bool real = dtype_is_float(dtype);
  if (!real && decimals >= 0) return x->dtype == dtype ? tensor_copy(runtime, x) : tensor_cast(runtime, x, dtype);
  if (decimals == 0) return op_unary_forward(runtime, &(Operands){.op = OP_rint, .count = 1, .tensors = &x});
  Tensor *wide = tensor_cast(runtime, x, real ? dtype : DTYPE_INT64);
  Tensor *dense = wide ? tensor_contiguous(runtime, wide) : NULL;
  Tensor *result = dense ? rounded(runtime, dense, decimals) : NULL, *cast = NULL;
  if (result) cast = tensor_cast(runtime, result, dtype);
  tensor_unref(wide);
  tensor_unref(dense);
  tensor_unref(result);
  return cast;
}
