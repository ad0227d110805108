/* SPDX-License-Identifier: MIT */
/* crossentropy.c: the mean cross-entropy of softmax, and its slope, without anything of the scores' size between. */
#include <inttypes.h>
#include <math.h>

#include "runtime/kernels/softmax_rows.h"

/* ---- operands */
static bool check_scores(Runtime *runtime, const Operands *operands) {
  const Layout *scores = operands->tensors[0]->layout, *labels = operands->tensors[1]->layout;
  ShapeText x, y;
  if (scores->ndim == 2 && labels->ndim == 1 && layout_shape(scores)[0] == layout_shape(labels)[0]) return true;
  runtime_fail(runtime, ERROR_SHAPE, scores->ndim == 2 ? 1 : 0,
               "%s needs scores of shape (N, C) and N labels, got " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1) "%s",
               op_table[operands->op].name, layout_text(&x, scores), layout_text(&y, labels));
  return false;
}

static bool check_labels(Runtime *runtime, const Tensor *labels, int64_t classes) {
  for (int64_t i = 0; i < tensor_size(labels); i++) {
    double label = tensor_number_at(labels, i);
    if (label >= 0 && label < (double)classes && label == floor(label)) continue;
    runtime_fail(runtime, ERROR_VALUE, 1,
                 "label %.17g at position %" PRId64 " is not a class: labels are whole numbers from 0 to %" PRId64,
                 label, i, classes - 1);
    return false;
  }
  return true;
}

/* The labels as contiguous int64. */
static Tensor *whole_labels(Runtime *runtime, const Operands *operands) {
  const Tensor *x = operands->tensors[0];
  if (!check_scores(runtime, operands)) return NULL;
  if (!check_labels(runtime, operands->tensors[1], layout_shape(x->layout)[1])) return NULL;
  Tensor *whole = tensor_cast(runtime, operands->tensors[1], DTYPE_INT64);
  Tensor *labels = whole ? tensor_contiguous(runtime, whole) : NULL;
  tensor_unref(whole);
  return labels;
}

static Scores scores_of(const Tensor *x) {
  int64_t item = (int64_t)dtype_info[x->dtype].size;
  const int64_t *shape = layout_shape(x->layout), *strides = layout_strides(x->layout);
  return (Scores){tensor_data(x), (DType)x->dtype, shape[0], shape[1], strides[0] * item, strides[1] * item};
}

static DType real_type(const Tensor *x) {
  return tensor_is_float(x) ? (DType)x->dtype : DTYPE_FLOAT64;
}

/* ---- the loss */
static Tensor *losses_of_rows(Runtime *runtime, const Tensor *x, const Tensor *labels) {
  Scores scores = scores_of(x);
  Tensor *losses = tensor_new(runtime, DTYPE_FLOAT64, labels->layout);
  if (losses && crossentropy_rows(runtime, &scores, tensor_data(labels), tensor_data(losses))) return losses;
  tensor_unref(losses);
  return NULL;
}

/* mean(-log softmax(x)[labels]) */
Tensor *op_softmax_crossentropy_forward(Runtime *runtime, const Operands *operands) {
  Tensor *labels = whole_labels(runtime, operands);
  Tensor *losses = labels ? losses_of_rows(runtime, operands->tensors[0], labels) : NULL;
  Tensor *sum = losses ? reduce_fold(runtime, FOLD_SUM, losses, 1, &layout_scalar, MAP_NONE, NULL) : NULL;
  Tensor *result = NULL;
  if (sum) {
    double mean = tensor_number_at(sum, 0) / (double)tensor_size(labels);
    result = tensor_new_number(runtime, real_type(operands->tensors[0]), mean);
  }
  tensor_unref(labels);
  tensor_unref(losses);
  tensor_unref(sum);
  return result;
}

/* ---- its slope */
/* factor * (softmax(x) - 1 at the labels) */
Tensor *op_softmax_crossentropy_slope_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *labels = whole_labels(runtime, operands);
  double factor = tensor_number_at(operands->tensors[2], 0);
  Tensor *result = labels ? tensor_new_shape(runtime, real_type(x), 2, layout_shape(x->layout)) : NULL;
  if (result) {
    Scores scores = scores_of(x);
    if (!crossentropy_slope_rows(runtime, &scores, tensor_data(labels), factor, (DType)result->dtype,
                                 tensor_data(result))) {
      tensor_unref(result);
      result = NULL;
    }
  }
  tensor_unref(labels);
  return result;
}
