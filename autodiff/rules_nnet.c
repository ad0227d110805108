/* SPDX-License-Identifier: MIT */
/* rules_nnet.c: rules of softmax, its logarithm and cross-entropy. */
#include "autodiff/rule.h"

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
/* g / N (softmax(x) - 1 at the labels) */
void op_softmax_crossentropy_backward(Rule *rule) {
  Tensor *factor = rule_scale(rule, rule->g, 1 / (double)tensor_size(rule->x[1]));
  rule->gradients[0] = rule_op3(rule, OP_softmax_crossentropy_slope, rule->x[0], rule->x[1], factor, NULL);
}

/* By the scores: factor times that of softmax; by the factor: the sum of g times the slope without it. */
void op_softmax_crossentropy_slope_backward(Rule *rule) {
  if (rule->needs[0]) {
    Tensor *softmax = rule_op1(rule, OP_softmax, rule->x[0], NULL);
    Tensor *total = rule_sum(rule, rule_multiply(rule, rule->g, softmax), UINT32_C(2), true);
    Tensor *slope = rule_multiply(rule, softmax, rule_subtract(rule, rule->g, total));
    rule->gradients[0] = rule_multiply(rule, slope, rule->x[2]);
  }
  if (rule->needs[2]) {
    Tensor *slope = rule_op3(rule, OP_softmax_crossentropy_slope, rule->x[0], rule->x[1], rule_number(rule, 1), NULL);
    rule->gradients[2] = rule_sum(rule, rule_multiply(rule, rule->g, slope), UINT32_C(3), false);
  }
}
