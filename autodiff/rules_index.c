/* SPDX-License-Identifier: MIT */
/* rules_index.c: rules of indexing by tensors.  Attributes: see runtime/kernels/index.h. */
#include "autodiff/rule.h"
#include "runtime/kernels/create.h"

enum { FEW_OPERANDS = TENSOR_MAX_DIMS + 2 };

/* The operation on `first` (and `second` unless NULL) with the index tensors of this one, which start at `from`. */
static Tensor *indexed(Rule *rule, OpId op, Tensor *first, Tensor *second, int from) {
  Tensor *operands[FEW_OPERANDS];
  int count = 0;
  if (rule->count - from > TENSOR_MAX_DIMS) return NULL;
  operands[count++] = first;
  if (second) operands[count++] = second;
  for (int i = from; i < rule->count; i++) operands[count++] = rule->x[i];
  return rule_op(rule, op, count, operands, attributes_ref(rule->attributes));
}

void op_gather_backward(Rule *rule) {
  rule->masks = true;
  if (rule->needs[0]) rule->gradients[0] = indexed(rule, OP_gather_add, rule->g, NULL, 1);
}

void op_gather_add_backward(Rule *rule) {
  if (rule->needs[0]) rule->gradients[0] = indexed(rule, OP_gather, rule->g, NULL, 1);
}

/* Where an index repeats only the last write is seen: numbers written the same way tell which ones these are. */
static Tensor *is_last_write(Rule *rule, Tensor *gathered) {
  Runtime *runtime = rule->graph->runtime;
  if (!gathered) return NULL;
  Tensor *numbers = rule_keep(rule, tensor_arange(runtime, DTYPE_INT64, 0, (double)tensor_size(gathered), 1));
  numbers = rule_reshape_like(rule, numbers, gathered->layout);
  Tensor *nowhere = rule_zeros(rule, DTYPE_INT64, rule->x[0]->layout);
  Tensor *written = numbers && nowhere ? indexed(rule, OP_gather_put, nowhere, numbers, 2) : NULL;
  Tensor *seen = written ? indexed(rule, OP_gather, written, NULL, 2) : NULL;
  return rule_op2(rule, OP_equal, seen, numbers, NULL);
}

/* The selected elements first: a write may displace g, whose numbers should not be asked for any more. */
void op_gather_put_backward(Rule *rule) {
  rule->masks = true;
  if (rule->needs[1]) {
    Tensor *gathered = indexed(rule, OP_gather, rule->g, NULL, 2);
    rule->gradients[1] = rule_mask(rule, is_last_write(rule, gathered), gathered);
  }
  if (rule->needs[0]) rule->gradients[0] = indexed(rule, OP_gather_put, rule->g, rule_number(rule, 0), 2);
}
