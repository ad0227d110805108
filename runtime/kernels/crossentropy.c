/* SPDX-License-Identifier: MIT */
/* crossentropy.c: the mean cross-entropy of softmax, and its slope, without anything of the scores' size between. */
#include <inttypes.h>
#include <math.h>

#include "runtime/fuse/fuse.h"
#include "runtime/kernels/softmax_rows.h"

enum { POLL_ELEMENTS = 1 << 16 };

/* ---- operands */
static bool check_scores(Runtime *runtime, const Operands *operands) {
  const Layout *scores = operands->tensors[0]->layout, *labels = operands->tensors[1]->layout;
  ShapeText x, y;
  if (scores->ndim == 2 && labels->ndim == 1 && layout_shape(scores)[0] == layout_shape(labels)[0]) return true;
  runtime_fail(runtime, ERROR_SHAPE, scores->ndim == 2 ? 1 : 0,
               "%s needs scores (N, C) and N labels, got " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1) "%s",
               op_table[operands->op].name, layout_text(&x, scores), layout_text(&y, labels));
  return false;
}

static bool check_labels(Runtime *runtime, const Tensor *labels, int64_t classes) {
  for (int64_t i = 0; i < tensor_size(labels); i++) {
    double label = tensor_number_at(labels, i);
    if (i % POLL_ELEMENTS == POLL_ELEMENTS - 1 && runtime_interrupted(runtime)) return false;
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

static Scores scores_of(const FuseNumbers *x) {
  int64_t item = (int64_t)dtype_info[x->dtype].size;
  const int64_t *shape = layout_shape(x->layout), *strides = layout_strides(x->layout);
  return (Scores){x->data, x->dtype, shape[0], shape[1], strides[0] * item, strides[1] * item};
}

static FuseNumbers numbers_of(const Tensor *tensor) {
  return (FuseNumbers){tensor_data(tensor), (DType)tensor->dtype, tensor->layout};
}

/* ---- the loss */
static bool find_mean(Runtime *runtime, Tensor *losses, double *mean) {
  Tensor *sum = reduce_fold(runtime, FOLD_SUM, losses, 1, &layout_scalar);
  if (!sum) return false;
  *mean = tensor_number_at(sum, 0) / (double)tensor_size(losses);
  tensor_unref(sum);
  return true;
}

/* mean(-log softmax(x)[labels]) of scores and their labels */
static bool mean_loss(Runtime *runtime, const FuseNumbers operands[2], double *mean) {
  Scores scores = scores_of(&operands[0]);
  Tensor *losses = tensor_new_shape(runtime, DTYPE_FLOAT64, 1, &scores.rows);
  bool done = losses && crossentropy_rows(runtime, &scores, (const int64_t *)(const void *)operands[1].data,
                                          tensor_data(losses)) && find_mean(runtime, losses, mean);
  tensor_unref(losses);
  return done;
}

static Tensor *loss_now(Runtime *runtime, const Tensor *x, const Tensor *labels) {
  const FuseNumbers operands[] = {numbers_of(x), numbers_of(labels)};
  double mean;
  return mean_loss(runtime, operands, &mean) ? tensor_new_number(runtime, score_type((DType)x->dtype), mean) : NULL;
}

/* The loss waits until somebody wants to know it, unless there are so few scores that remembering them would take
   longer: where their gradient is wanted first, both take their exponentials from one pass. */
static bool waits(const Runtime *runtime, const Tensor *x) {
  enum { LEAST_SCORES = 64 };
  return fuse_is_worth(runtime, x->layout) || (runtime->fuse_least && tensor_size(x) >= LEAST_SCORES);
}

Tensor *op_softmax_crossentropy_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *labels = whole_labels(runtime, operands), *result = NULL;
  if (labels && waits(runtime, x))
    result = fuse_number(runtime, mean_loss, score_type((DType)x->dtype), x, labels);
  else if (labels)
    result = loss_now(runtime, x, labels);
  tensor_unref(labels);
  return result;
}

/* ---- its slope */
/* Into `out`; a loss that waits for the same exponentials is computed beside it. */
static bool fill_slope(Runtime *runtime, const Tensor *x, const Tensor *labels, double factor, Tensor *out) {
  const FuseNumbers numbers = numbers_of(x);
  Scores scores = scores_of(&numbers);
  Lazy *loss = fuse_wanted_number(runtime, mean_loss, x, labels);
  Tensor *losses = loss ? tensor_new(runtime, DTYPE_FLOAT64, labels->layout) : NULL;
  if (loss && !losses) return false;
  double mean;
  bool done = crossentropy_slope_rows(runtime, &scores, tensor_data(labels), factor, tensor_data(out),
                                      losses ? tensor_data(losses) : NULL);
  if (done && loss && (done = find_mean(runtime, losses, &mean))) fuse_set_number(loss, mean);
  tensor_unref(losses);
  return done;
}

/* factor * (softmax(x) - 1 at the labels) */
Tensor *op_softmax_crossentropy_slope_forward(Runtime *runtime, const Operands *operands) {
  Tensor *x = operands->tensors[0], *labels = whole_labels(runtime, operands);
  Tensor *result = labels ? tensor_new_shape(runtime, score_type((DType)x->dtype), 2, layout_shape(x->layout)) : NULL;
  if (result && !fill_slope(runtime, x, labels, tensor_number_at(operands->tensors[2], 0), result)) {
    tensor_unref(result);
    result = NULL;
  }
  tensor_unref(labels);
  return result;
}
