/* SPDX-License-Identifier: MIT */
/* softmax.c: softmax and its logarithm: by rows where these lie side by side, otherwise put together from reductions
   and elementwise operations in float64, which gives the same bits. */
#include "runtime/kernels/softmax_rows.h"

/* Both arguments may be NULL after an error. */
static Tensor *combine(Runtime *runtime, OpId op, Tensor *x, Tensor *y) {
  Tensor *pair[] = {x, y};
  return x && y ? op_binary_forward(runtime, &(Operands){.op = op, .count = 2, .tensors = pair}) : NULL;
}

static Tensor *exponential(Runtime *runtime, Tensor *x) {
  return x ? op_unary_forward(runtime, &(Operands){.op = OP_exp, .count = 1, .tensors = &x}) : NULL;
}

/* x minus its maximum along the axes: nothing in it is above 0. */
static Tensor *shifted(Runtime *runtime, Tensor *x, uint32_t axes, Layout *reduced) {
  Tensor *most = reduce_fold(runtime, FOLD_MAXIMUM, x, axes, reduced);
  Tensor *result = combine(runtime, OP_subtract, x, most);
  tensor_unref(most);
  return result;
}

static Tensor *softmax(Runtime *runtime, Tensor *shift, uint32_t axes, Layout *reduced) {
  Tensor *powers = exponential(runtime, shift);
  Tensor *sum = powers ? reduce_fold(runtime, FOLD_SUM, powers, axes, reduced) : NULL;
  Tensor *result = combine(runtime, OP_divide, powers, sum);
  tensor_unref(powers);
  tensor_unref(sum);
  return result;
}

static Tensor *logsoftmax(Runtime *runtime, Tensor *shift, uint32_t axes, Layout *reduced) {
  Tensor *sum = reduce_logsumexp(runtime, shift, axes, reduced);
  Tensor *result = combine(runtime, OP_subtract, shift, sum);
  tensor_unref(sum);
  return result;
}

static Tensor *normalise_rows(Runtime *runtime, Tensor *x, const Scores *scores, bool logarithm) {
  Tensor *result = tensor_new_shape(runtime, DTYPE_FLOAT64, tensor_ndim(x), layout_shape(x->layout));
  if (!result || softmax_rows(runtime, scores, logarithm, tensor_data(result))) return result;
  tensor_unref(result);
  return NULL;
}

static Tensor *normalise_real(Runtime *runtime, Tensor *x, uint32_t axes, bool logarithm) {
  Layout *reduced = reduce_layout(runtime, x->layout, axes, true);
  Tensor *shift = reduced ? shifted(runtime, x, axes, reduced) : NULL;
  Tensor *result = shift ? (logarithm ? logsoftmax : softmax)(runtime, shift, axes, reduced) : NULL;
  layout_unref(reduced);
  tensor_unref(shift);
  return result;
}

/* Without arguments the last axis is meant; a scalar has none, and its softmax is 1. */
static bool softmax_axes(Runtime *runtime, const Operands *operands, uint32_t *axes) {
  const Layout *layout = operands->tensors[0]->layout;
  if (operands->attributes && layout->ndim > 0) return attribute_axes(runtime, operands->attributes, 0, layout, axes);
  *axes = layout->ndim ? UINT32_C(1) << (layout->ndim - 1) : 0;
  return true;
}

static Tensor *normalise(Runtime *runtime, const Operands *operands, bool logarithm) {
  Tensor *x = operands->tensors[0];
  DType dtype = tensor_is_float(x) ? (DType)x->dtype : DTYPE_FLOAT64;
  uint32_t axes;
  if (!softmax_axes(runtime, operands, &axes)) return NULL;
  if (tensor_size(x) == 0) return tensor_cast(runtime, x, dtype);
  Scores scores;
  bool by_rows = scores_along(&scores, x, axes);
  Tensor *real = by_rows ? tensor_ref(x) : tensor_cast(runtime, x, DTYPE_FLOAT64), *wide = NULL;
  if (real && by_rows) wide = normalise_rows(runtime, real, &scores, logarithm);
  else if (real) wide = normalise_real(runtime, real, axes, logarithm);
  Tensor *result = wide ? tensor_cast(runtime, wide, dtype) : NULL;
  tensor_unref(real);
  tensor_unref(wide);
  return result;
}

Tensor *op_softmax_forward(Runtime *runtime, const Operands *operands) {
  return normalise(runtime, operands, false);
}

Tensor *op_logsoftmax_forward(Runtime *runtime, const Operands *operands) {
  return normalise(runtime, operands, true);
}
