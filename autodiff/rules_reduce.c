/* SPDX-License-Identifier: MIT */
/* rules_reduce.c: rules of sums and of what is made of sums. */
#include "autodiff/rule.h"

/* What all reductions need: which axes, and how many elements make one. */
typedef struct Reduction { uint32_t axes; bool keepdims; int64_t count; } Reduction;

static bool read_reduction(Rule *rule, int keepdims_at, Reduction *reduction) {
  const Layout *shape = rule->x[0]->layout;
  if (!attribute_axes(rule->graph->runtime, rule->attributes, 0, shape, &reduction->axes)) return false;
  reduction->keepdims = attribute_bool(rule->attributes, keepdims_at, false);
  reduction->count = 1;
  for (int i = 0; i < shape->ndim; i++) {
    if (reduction->axes >> i & 1) reduction->count *= layout_shape(shape)[i];
  }
  return true;
}

/* A tensor of the result's shape with the reduced axes back as size 1, so that it broadcasts against x; a number does
   as it is. */
static Tensor *against_x(Rule *rule, Tensor *reduced, const Reduction *reduction) {
  if (reduced && tensor_ndim(reduced) == 0) return reduced;
  return rule_keep_axes(rule, reduced, rule->x[0]->layout, reduction->axes, reduction->keepdims);
}

void op_sum_backward(Rule *rule) {
  Reduction reduction;
  if (!read_reduction(rule, 1, &reduction)) return;
  rule->gradients[0] = rule_broadcast(rule, against_x(rule, rule->g, &reduction), rule->x[0]->layout);
}

void op_mean_backward(Rule *rule) {
  Reduction reduction;
  if (!read_reduction(rule, 1, &reduction)) return;
  Tensor *share = rule_op2(rule, OP_divide, rule->g, rule_number(rule, (double)reduction.count), NULL);
  rule->gradients[0] = rule_broadcast(rule, against_x(rule, share, &reduction), rule->x[0]->layout);
}

/* 2 (x - mean) / (n - ddof) */
void op_var_backward(Rule *rule) {
  Reduction reduction;
  if (!read_reduction(rule, 2, &reduction)) return;
  double divisor = (double)reduction.count - attribute_number(rule->attributes, 1, 0);
  Tensor *mean = rule_reduce(rule, OP_mean, rule->x[0], reduction.axes, true);
  Tensor *deviation = rule_subtract(rule, rule->x[0], mean);
  Tensor *g = rule_scale(rule, against_x(rule, rule->g, &reduction), 2 / divisor);
  rule->gradients[0] = rule_multiply(rule, g, deviation);
}

/* The square root has no derivative at 0; there the deviation has derivative 0 by convention. */
Tensor *op_std_compose(Rule *rule) {
  Tensor *variance = rule_op1(rule, OP_var, rule->x[0], attributes_ref(rule->attributes));
  Tensor *constant = rule_op2(rule, OP_equal, variance, rule_number(rule, 0), NULL);
  Tensor *safe = rule_op3(rule, OP_where, constant, rule_number(rule, 1), variance, NULL);
  return rule_op3(rule, OP_where, constant, rule_number(rule, 0), rule_op1(rule, OP_sqrt, safe, NULL), NULL);
}

/* x - r; an element that alone is infinite is what r is. */
static Tensor *below_sum(Rule *rule, Tensor *r, uint32_t axes) {
  Tensor *x = rule->x[0], *difference = rule_subtract(rule, x, r), *zero = rule_number(rule, 0);
  if (!r || tensor_is_finite(rule->r)) return difference;
  Tensor *infinite = rule_op2(rule, OP_logical_and, rule_op2(rule, OP_equal, x, r, NULL),
                              rule_op2(rule, OP_greater, x, zero, NULL), NULL);
  Tensor *single = rule_op2(rule, OP_equal, rule_sum(rule, infinite, axes, true), rule_number(rule, 1), NULL);
  return rule_op3(rule, OP_where, rule_op2(rule, OP_logical_and, infinite, single, NULL), zero, difference, NULL);
}

void op_logsumexp_backward(Rule *rule) {
  Reduction reduction;
  if (!read_reduction(rule, 1, &reduction)) return;
  Tensor *difference = below_sum(rule, against_x(rule, rule->r, &reduction), reduction.axes);
  Tensor *weight = rule_op1(rule, OP_exp, difference, NULL);
  rule->gradients[0] = rule_multiply(rule, against_x(rule, rule->g, &reduction), weight);
}
