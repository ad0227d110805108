/* SPDX-License-Identifier: MIT */
/* apply.c: the one entry to all operations: computes, and records where a variable is involved. */
#include "autodiff/quick.h"
#include "autodiff/rule.h"
#include "runtime/displaced.h"

/* ---- computing */
static Tensor *window_by(Runtime *runtime, const Operands *operands, bool *needs_copy) {
  Tensor *x = operands->tensors[0];
  Layout *layout = NULL;
  int64_t offset = 0;
  *needs_copy = false;
  bool found = op_table[operands->op].view(runtime, operands, x->layout, &layout, &offset, needs_copy);
  Tensor *window = found && !*needs_copy ? displaced_window(runtime, x, layout, offset) : NULL;
  if (found) layout_unref(layout);
  return window;
}

/* A recorded window is one of the C order of its operand; other views take the strides as they come. */
static Tensor *compute_view(Runtime *runtime, const Operands *operands) {
  bool needs_copy = operands->op == OP_window && !operands->tensors[0]->layout->contiguous;
  Tensor *window = needs_copy ? NULL : window_by(runtime, operands, &needs_copy);
  if (window || !needs_copy) return window;
  Tensor *contiguous = tensor_contiguous(runtime, operands->tensors[0]);
  if (!contiguous) return NULL;
  Operands again = *operands;
  again.tensors = &contiguous;
  window = window_by(runtime, &again, &needs_copy);
  tensor_unref(contiguous);
  return window;
}

static Tensor *compute_composed(Graph *graph, const Operands *operands) {
  Rule rule;
  rule_start(&rule, graph);
  rule.op = operands->op;
  rule.count = operands->count;
  rule.x = operands->tensors;
  rule.attributes = (Attributes *)(uintptr_t)operands->attributes;
  Tensor *result = rule_table[operands->op].compose(&rule);
  if (result) tensor_ref(result);
  rule_finish(&rule);
  return result;
}

static Tensor *compute(Graph *graph, const Operands *operands) {
  switch (op_table[operands->op].kind) {
  case OP_KIND_VIEW: return compute_view(graph->runtime, operands);
  case OP_KIND_COMPOSED: return compute_composed(graph, operands);
  default: return op_table[operands->op].forward(graph->runtime, operands);
  }
}

/* ---- recording */
static bool is_tracked(int count, Tensor *const *tensors) {
  for (int i = 0; i < count; i++) {
    if (tensors[i] && tensor_is_tracked(tensors[i])) return true;
  }
  return false;
}

static bool is_recorded(const Graph *graph, const Operands *operands) {
  return rule_is_recorded(graph, operands->op) && is_tracked(operands->count, operands->tensors);
}

/* Some operations hand back an operand that they have nothing to do to. */
static Tensor *without_history(Graph *graph, Tensor *value_taken) {
  if (!value_taken || !tensor_is_tracked(value_taken)) return value_taken;
  Tensor *plain = tensor_plain(graph->runtime, value_taken);
  tensor_unref(value_taken);
  return plain;
}

Tensor *op_apply(Graph *graph, OpId op, int count, Tensor *const *tensors, Attributes *attributes) {
  Tensor *result;
  if (count == 2 && quick_binary(graph, op, tensors[0], tensors[1], &result)) return result;
  if (count == 1 && quick_unary(graph, op, tensors[0], &result)) return result;
  Operands operands = {.op = op, .count = count, .tensors = tensors, .attributes = attributes};
  Tensor *value = compute(graph, &operands);
  if (value && graph->runtime->error->kind != ERROR_NONE) { /* a pending operand was interrupted */
    tensor_unref(value);
    value = NULL;
  }
  if (op_table[op].kind == OP_KIND_COMPOSED && graph->recording) return value;
  if (!value || !tensor_is_float(value) || !is_recorded(graph, &operands)) {
    if (!graph->run && value && !tensor_is_float(value)) graph->choices += is_tracked(count, tensors);
    return without_history(graph, value);
  }
  Node *node = node_new_take(graph, op, value, count, tensors, attributes);
  return node ? &node->tensor : NULL;
}

Tensor *op_cast(Graph *graph, Tensor *x, DType dtype) {
  if (x->dtype == dtype) return tensor_ref(x);
  Attributes *attributes = attributes_new(graph->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_dtype(attributes, 0, dtype);
  Tensor *result = op_apply1(graph, OP_astype, x, attributes);
  attributes_unref(attributes);
  return result;
}
