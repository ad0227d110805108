/* SPDX-License-Identifier: MIT */
/* softmax.c: softmax and its logarithm, by rows; what does not lie in rows is put into rows, and back. */
#include "runtime/kernels/softmax_rows.h"

/* Without arguments the last axis is meant; a scalar has none, and its softmax is 1. */
static bool softmax_axes(Runtime *runtime, const Operands *operands, uint32_t *axes) {
  const Layout *layout = operands->tensors[0]->layout;
  if (operands->attributes && layout->ndim > 0) return attribute_axes(runtime, operands->attributes, 0, layout, axes);
  *axes = layout->ndim ? UINT32_C(1) << (layout->ndim - 1) : 0;
  return true;
}

/* The order of axes that puts some of them last, or, `back`, from there to where they were. */
static void order_axes(int order[], int ndim, uint32_t last, bool back) {
  int place = 0;
  for (int turn = 0; turn < 2; turn++)
    for (int axis = 0; axis < ndim; axis++) {
      if ((int)(last >> axis & 1) != turn) continue;
      order[back ? axis : place] = back ? place : axis;
      place++;
    }
}

static Tensor *with_axes(Runtime *runtime, Tensor *x, const int order[]) {
  int64_t sizes[TENSOR_MAX_DIMS], strides[TENSOR_MAX_DIMS];
  const int ndim = x->layout->ndim;
  for (int i = 0; i < ndim; i++) {
    sizes[i] = layout_shape(x->layout)[order[i]];
    strides[i] = layout_strides(x->layout)[order[i]];
  }
  Layout *layout = layout_new_strided(runtime, ndim, sizes, strides);
  Tensor *view = layout ? tensor_window(runtime, x, layout, 0) : NULL;
  Tensor *result = view ? tensor_contiguous(runtime, view) : NULL;
  layout_unref(layout);
  tensor_unref(view);
  return result;
}

static Tensor *normalise_rows(Runtime *runtime, const Tensor *x, const Scores *scores, bool logarithm) {
  Tensor *result = tensor_new_shape(runtime, score_type(scores->dtype), tensor_ndim(x), layout_shape(x->layout));
  if (!result || softmax_rows(runtime, scores, logarithm, tensor_data(result))) return result;
  tensor_unref(result);
  return NULL;
}

static Tensor *normalise_turned(Runtime *runtime, Tensor *x, uint32_t axes, bool logarithm) {
  int order[TENSOR_MAX_DIMS] = {0}, ndim = x->layout->ndim;
  uint32_t last = 0;
  for (int axis = 0; axis < ndim; axis++)
    if (axes >> axis & 1) last = last >> 1 | UINT32_C(1) << (ndim - 1);
  order_axes(order, ndim, axes, false);
  Tensor *turned = with_axes(runtime, x, order), *result = NULL;
  Scores scores;
  if (turned && scores_along(&scores, turned, last))
    result = normalise_rows(runtime, turned, &scores, logarithm);
  tensor_unref(turned);
  order_axes(order, ndim, axes, true);
  Tensor *back = result ? with_axes(runtime, result, order) : NULL;
  tensor_unref(result);
  return back;
}

static Tensor *normalise(Runtime *runtime, const Operands *operands, bool logarithm) {
  Tensor *x = operands->tensors[0];
  uint32_t axes;
  Scores scores;
  if (!softmax_axes(runtime, operands, &axes)) return NULL;
  if (tensor_size(x) == 0) return tensor_cast(runtime, x, score_type((DType)x->dtype));
  return scores_along(&scores, x, axes) ? normalise_rows(runtime, x, &scores, logarithm)
                                        : normalise_turned(runtime, x, axes, logarithm);
}

Tensor *op_softmax_forward(Runtime *runtime, const Operands *operands) {
  return normalise(runtime, operands, false);
}

Tensor *op_logsoftmax_forward(Runtime *runtime, const Operands *operands) {
  return normalise(runtime, operands, true);
}
