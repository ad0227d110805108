/* SPDX-License-Identifier: MIT */
/* quick.c: the short way of elementwise rows on small tensors. */
#include "autodiff/quick.h"
#include "autodiff/rule.h"
#include "runtime/kernels/elementwise.h"

static inline bool is_recorded(const Graph *graph, OpId op, uint8_t flags) {
  return flags & TENSOR_TRACKED && rule_is_recorded(graph, op);
}

static inline int64_t item_of(const Tensor *tensor) {
  return (int64_t)dtype_info[tensor->dtype].size;
}

/* What the loops take: elements side by side, or one of them again and again. */
static inline int64_t stride_of(const Tensor *tensor, int64_t item) {
  return tensor->layout->contiguous ? item : 0;
}

/* Recorded or not, a result whose numbers are still to be computed. */
static inline Tensor *new_result(Graph *graph, OpId op, Layout *layout, Tensor *x, Tensor *y) {
  if (is_recorded(graph, op, y ? x->flags | y->flags : x->flags))
    return (Tensor *)node_new_unset(graph, op, layout, x, y);
  return tensor_new(graph->runtime, (DType)x->dtype, layout);
}

bool quick_binary(Graph *graph, OpId op, Tensor *x, Tensor *y, Tensor **result) {
  BinaryLoop loop = elementwise_quick_binary(graph->runtime, op, x, y);
  if (!loop) return false;
  *result = new_result(graph, op, x->layout->contiguous ? x->layout : y->layout, x, y);
  int64_t item = item_of(x);
  if (*result) loop((*result)->data, x->data, stride_of(x, item), y->data, stride_of(y, item), x->layout->size);
  return true;
}

bool quick_number(Graph *graph, OpId op, Tensor *x, double number, int number_flag, Tensor **result) {
  bool first = number_flag == NODE_NUMBER_LEFT;
  if (!elementwise_takes_number(graph->runtime, op, x, number, first)) return false;
  *result = is_recorded(graph, op, x->flags)
                ? (Tensor *)node_new_number(graph, op, x, number, number_flag)
                : tensor_new(graph->runtime, (DType)x->dtype, x->layout);
  if (*result) elementwise_with_number(op, *result, x, number, first);
  return true;
}

/* A row whose slope comes almost for free beside it. */
static bool apply_pair(Graph *graph, OpId op, Tensor *x, Tensor **result) {
  Tensor *value, *beside;
  if (!is_recorded(graph, op, x->flags)) return false;
  if (!elementwise_small_pair(graph->runtime, op, x, &value, &beside)) return false;
  Attributes *attributes = value ? attributes_new(graph->runtime, 0) : NULL;
  if (attributes) attributes->beside = beside;
  else tensor_unref(beside);
  bool done = attributes && graph->runtime->error->kind == ERROR_NONE;
  Node *node = done ? node_new_take(graph, op, value, 1, &x, attributes) : NULL;
  if (!done) tensor_unref(value);
  attributes_unref(attributes);
  *result = node ? &node->tensor : NULL;
  return true;
}

bool quick_unary(Graph *graph, OpId op, Tensor *x, Tensor **result) {
  if (elementwise_companion(op) != OP_none && apply_pair(graph, op, x, result)) return true;
  UnaryLoop loop = elementwise_quick_unary(graph->runtime, op, x);
  if (!loop) return false;
  *result = new_result(graph, op, x->layout, x, NULL);
  if (*result) loop((*result)->data, x->data, item_of(x), x->layout->size);
  return true;
}
