/* SPDX-License-Identifier: MIT */
/* rules_nnet.c: rules of softmax and its logarithm, and the cross-entropy made of them. */
#include <inttypes.h>
#include <math.h>

#include "autodiff/rule.h"
#include "runtime/kernels/create.h"
#include "runtime/kernels/index.h"

/* Sum over the softmax's axes (the last one where none is given), kept as size 1. */
static Tensor *sum_over(Rule *rule, Tensor *x) {
  const Layout *shape = rule->x[0]->layout;
  uint32_t axes;
  if (shape->ndim == 0) return x;
  if (!rule->attributes || rule->attributes->count == 0) axes = UINT32_C(1) << (shape->ndim - 1);
  else if (!attribute_axes(rule->graph->runtime, rule->attributes, 0, shape, &axes)) return NULL;
  return rule_sum(rule, x, axes, true);
}

/* r (g - sum(g r)) */
void op_softmax_backward(Rule *rule) {
  Tensor *total = sum_over(rule, rule_multiply(rule, rule->g, rule->r));
  rule->gradients[0] = rule_multiply(rule, rule->r, rule_subtract(rule, rule->g, total));
}

/* g - softmax(x) sum(g) */
void op_logsoftmax_backward(Rule *rule) {
  Tensor *softmax = rule_op1(rule, OP_exp, rule->r, NULL);
  rule->gradients[0] = rule_subtract(rule, rule->g, rule_multiply(rule, softmax, sum_over(rule, rule->g)));
}

/* ---- cross-entropy */
static bool check_scores(Rule *rule) {
  const Layout *scores = rule->x[0]->layout, *labels = rule->x[1]->layout;
  ShapeText x, y;
  if (scores->ndim == 2 && labels->ndim == 1 && layout_shape(scores)[0] == layout_shape(labels)[0]) return true;
  runtime_fail(rule->graph->runtime, ERROR_SHAPE, scores->ndim == 2 ? 1 : 0,
               "%s needs scores of shape (N, C) and N labels, got " ERROR_OPERAND(0) "%s and " ERROR_OPERAND(1) "%s",
               op_table[rule->op].name, layout_text(&x, scores), layout_text(&y, labels));
  return false;
}

static bool check_labels(Rule *rule) {
  int64_t classes = layout_shape(rule->x[0]->layout)[1];
  for (int64_t i = 0; i < tensor_size(rule->x[1]); i++) {
    double label = tensor_number_at(rule->x[1], i);
    if (label >= 0 && label < (double)classes && label == floor(label)) continue;
    runtime_fail(rule->graph->runtime, ERROR_VALUE, 1,
                 "label %.17g at position %" PRId64 " is not a class: labels are whole numbers from 0 to %" PRId64,
                 label, i, classes - 1);
    return false;
  }
  return true;
}

static Tensor *whole_labels(Rule *rule) {
  return rule_keep(rule, tensor_cast(rule->graph->runtime, rule->x[1], DTYPE_INT64));
}

Tensor *op_softmax_crossentropy_compose(Rule *rule) {
  Runtime *runtime = rule->graph->runtime;
  if (!check_scores(rule) || !check_labels(rule)) return NULL;
  const int64_t axes[] = {0, 1};
  Attributes *last = attributes_new(runtime, 1);
  Attributes *selection = last ? gather_attributes(runtime, rule->x[0]->layout, 2, axes, 0) : NULL;
  if (!selection) {
    attributes_unref(last);
    return NULL;
  }
  attributes_set_integer(last, 0, -1);
  Tensor *logarithms = rule_op1(rule, OP_logsoftmax, rule->x[0], last);
  Tensor *rows = rule_keep(rule, tensor_arange(runtime, DTYPE_INT64, 0, (double)tensor_size(rule->x[1]), 1));
  Tensor *picked = rule_op3(rule, OP_gather, logarithms, rows, whole_labels(rule), selection);
  return rule_op1(rule, OP_negative, rule_op1(rule, OP_mean, picked, NULL), NULL);
}
