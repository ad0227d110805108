/* SPDX-License-Identifier: MIT */
/* rules_einsum.c: the rule of einsum: the gradient of an operand is an einsum of g and the other operands. */
#include "autodiff/rule.h"
#include "runtime/kernels/einsum.h"

/* g and all operands but one, with their labels. */
typedef struct Others {
  int count;
  Tensor *tensors[EINSUM_OPERANDS];
  EinsumTerm terms[EINSUM_OPERANDS];
} Others;

static void collect_others(Rule *rule, const Einsum *einsum, int operand, Others *others) {
  others->count = 1;
  others->tensors[0] = rule->g;
  others->terms[0] = einsum->output;
  for (int i = 0; i < rule->count; i++) {
    if (i == operand) continue;
    others->tensors[others->count] = rule->x[i];
    others->terms[others->count++] = einsum->operands[i];
  }
}

static bool any_has(const Others *others, int label) {
  for (int i = 0; i < others->count; i++) {
    if (einsum_term_has(&others->terms[i], label)) return true;
  }
  return false;
}

/* A label that only this operand has was summed away: its gradient is the same all along that axis. */
static Tensor *along_distinct(Rule *rule, Tensor *found, const EinsumTerm *distinct, const EinsumTerm *target,
                              const Layout *diagonal) {
  int64_t with_ones[TENSOR_MAX_DIMS], full[TENSOR_MAX_DIMS];
  if (!found) return NULL;
  for (int i = 0, at = 0; i < distinct->count; i++) {
    bool present = einsum_term_has(target, distinct->labels[i]);
    with_ones[i] = present ? layout_shape(found->layout)[at++] : 1;
    full[i] = with_ones[i] == 1 ? layout_shape(diagonal)[i] : with_ones[i];
  }
  Layout *shape = layout_new(rule->graph->runtime, distinct->count, full);
  Tensor *spread = rule_reshape(rule, found, distinct->count, with_ones);
  if (shape) spread = rule_sum_to(rule, rule_broadcast(rule, spread, shape), diagonal);
  layout_unref(shape);
  return spread;
}

/* `base`: the operand's shape in C order. */
static Tensor *operand_gradient(Rule *rule, const Einsum *einsum, int operand, const Layout *base) {
  Runtime *runtime = rule->graph->runtime;
  const EinsumTerm *term = &einsum->operands[operand];
  EinsumTerm distinct = einsum_distinct(term), target = {.count = 0};
  Others others;
  collect_others(rule, einsum, operand, &others);
  for (int i = 0; i < distinct.count; i++) {
    if (any_has(&others, distinct.labels[i])) target.labels[target.count++] = distinct.labels[i];
  }
  Layout *diagonal = einsum_diagonal(runtime, term, base);
  Attributes *attributes = diagonal ? einsum_attributes(runtime, others.count, others.terms, &target) : NULL;
  Tensor *found = attributes ? rule_op(rule, OP_einsum, others.count, others.tensors, attributes) : NULL;
  Tensor *gradient = diagonal ? along_distinct(rule, found, &distinct, &target, diagonal) : NULL;
  if (distinct.count < term->count) gradient = rule_window_add(rule, gradient, base, diagonal, 0);
  layout_unref(diagonal);
  return gradient;
}

void op_einsum_backward(Rule *rule) {
  Runtime *runtime = rule->graph->runtime;
  Einsum einsum;
  Operands operands = {.op = OP_einsum, .count = rule->count, .tensors = rule->x, .attributes = rule->attributes};
  if (!einsum_parse(runtime, &operands, &einsum)) return;
  for (int i = 0; i < rule->count; i++) {
    if (!rule->needs[i]) continue;
    const Layout *shape = rule->x[i]->layout;
    Layout *base = layout_new(runtime, shape->ndim, layout_shape(shape));
    if (base) rule->gradients[i] = operand_gradient(rule, &einsum, i, base);
    layout_unref(base);
  }
}
