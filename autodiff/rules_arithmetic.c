/* SPDX-License-Identifier: MIT */
/* rules_arithmetic.c: rules of elementwise operations with more than two operands or a derivative by cases. */
#include <float.h>

#include "autodiff/rule.h"
#include "runtime/kernels/elementwise.h"

/* The gradient is zero almost everywhere. */
void op_round_backward(Rule *rule) {
  rule->gradients[0] = NULL;
}

static Tensor *both(Rule *rule, Tensor *a, Tensor *b) {
  return rule_op2(rule, OP_logical_and, a, b, NULL);
}

static Tensor *less(Rule *rule, Tensor *a, Tensor *b) {
  return rule_op2(rule, OP_less, a, b, NULL);
}

/* clip is min(max(x, low), high): at a bound nobody gets the gradient, and where low > high all goes to high. */
static Tensor *clip_inside(Rule *rule, Tensor *x, Tensor *low, Tensor *high) {
  if (!low) return less(rule, x, high);
  if (!high) return less(rule, low, x);
  return both(rule, less(rule, low, x), less(rule, x, high));
}

static Tensor *clip_below(Rule *rule, Tensor *x, Tensor *low, Tensor *high) {
  Tensor *below = less(rule, x, low);
  return high ? both(rule, below, less(rule, low, high)) : below;
}

static Tensor *clip_above(Rule *rule, Tensor *x, Tensor *low, Tensor *high) {
  Tensor *above = less(rule, high, x);
  return low ? rule_op2(rule, OP_logical_or, above, less(rule, high, low), NULL) : above;
}

void op_clip_backward(Rule *rule) {
  Tensor *x = rule->x[0], *low = rule->x[1], *high = rule->x[2];
  if (rule->needs[0]) rule->gradients[0] = rule_mask(rule, clip_inside(rule, x, low, high), rule->g);
  if (rule->needs[1]) rule->gradients[1] = rule_mask(rule, clip_below(rule, x, low, high), rule->g);
  if (rule->needs[2]) rule->gradients[2] = rule_mask(rule, clip_above(rule, x, low, high), rule->g);
}

void op_where_backward(Rule *rule) {
  rule->masks = true;
  Tensor *condition = rule->x[0], *zero = rule_number(rule, 0);
  if (rule->needs[1]) rule->gradients[1] = rule_op3(rule, OP_where, condition, rule->g, zero, NULL);
  if (rule->needs[2]) rule->gradients[2] = rule_op3(rule, OP_where, condition, zero, rule->g, NULL);
}

/* ---- compositions */
/* Unless one is given, the largest number stands for infinity; none widens the type of x. */
static Tensor *replacement(Rule *rule, int index, double sign) {
  DType dtype = (DType)rule->x[0]->dtype;
  double most = dtype == DTYPE_FLOAT32 ? (double)FLT_MAX : DBL_MAX;
  return rule_cast(rule, rule->x[index] ? rule->x[index] : rule_number(rule, sign * most), dtype);
}

Tensor *op_nan_to_num_compose(Rule *rule) {
  Tensor *x = rule->x[0], *zero = rule_number(rule, 0);
  if (!tensor_is_float(x)) return rule_keep(rule, tensor_copy(rule->graph->runtime, x));
  Tensor *high = replacement(rule, 2, 1), *low = replacement(rule, 3, -1), *nan = replacement(rule, 1, 1);
  Tensor *limit = rule_op3(rule, OP_where, less(rule, zero, x), high, low, NULL);
  Tensor *number = rule_op3(rule, OP_where, rule_op1(rule, OP_isinf, x, NULL), limit, x, NULL);
  return rule_op3(rule, OP_where, rule_op1(rule, OP_isnan, x, NULL), nan, number, NULL);
}

/* Whether it takes part in the arithmetic of integers, which wraps. */
static bool may_wrap(const Tensor *x) { return !tensor_is_float(x) || operand_is_number(x); }

Tensor *op_float_power_compose(Rule *rule) {
  Tensor *x = rule_cast(rule, rule->x[0], DTYPE_FLOAT64), *y = rule_cast(rule, rule->x[1], DTYPE_FLOAT64);
  return rule_op2(rule, OP_power, x, y, NULL);
}

/* From the nearer end, which is met exactly, however far away the other one lies. */
Tensor *op_lerp_compose(Rule *rule) {
  Tensor *a = rule->x[0], *b = rule->x[1], *t = rule->x[2];
  /* Differences and multiples of whole numbers may be none of their type. */
  if (may_wrap(a) && may_wrap(b)) {
    a = rule_cast(rule, a, DTYPE_FLOAT64);
    b = rule_cast(rule, b, DTYPE_FLOAT64);
  }
  Tensor *difference = rule_subtract(rule, b, a);
  if (!difference) return NULL;
  if (!tensor_is_float(t)) t = rule_cast(rule, t, (DType)difference->dtype);
  Tensor *near_a = less(rule, t, rule_number(rule, 0.5)), *rest = rule_subtract(rule, rule_number(rule, 1), t);
  Tensor *from_a = rule_add(rule, a, rule_multiply(rule, t, difference));
  Tensor *from_b = rule_subtract(rule, b, rule_multiply(rule, rest, difference));
  return rule_where(rule, near_a, from_a, from_b);
}

static Tensor *fold(Rule *rule, OpId op) {
  if (rule->count < 2)
    return runtime_fail(rule->graph->runtime, ERROR_ARGUMENT, -1, "`%s` needs two tensors or more, got %d",
                        op_table[rule->op].name, rule->count);
  Tensor *result = rule->x[0];
  for (int i = 1; i < rule->count; i++) result = rule_op2(rule, op, result, rule->x[i], NULL);
  return result;
}

Tensor *op_add_sequence_compose(Rule *rule) {
  return fold(rule, OP_add);
}

Tensor *op_multiply_sequence_compose(Rule *rule) {
  return fold(rule, OP_multiply);
}
