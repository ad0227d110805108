/* SPDX-License-Identifier: MIT */
/* explain.c: collects the rows of an explanation: nodes by age, then what a backward run says about them. */
#include "autodiff/explain.h"
#include <math.h>
#include <stdlib.h>
#include "autodiff/run.h"
#include "base/memory.h"
#include "runtime/iterator.h"

enum { POLL_ROWS = 4096 };

/* ---- values */
static double read_element(const char *at, DType dtype) {
  return dtype == DTYPE_FLOAT32 ? (double)*(const float *)(const void *)at : *(const double *)(const void *)at;
}

/* nan stays visible: it is the least, the most and the mean. */
static bool measure(Graph *graph, ExplainValue *value, Tensor *tensor) {
  Iterator iterator;
  double sum = 0, least = INFINITY, most = -INFINITY;
  iterator_start(&iterator, tensor->layout, 1, &tensor);
  while (iterator_next(&iterator)) {
    const char *at = iterator.data[0];
    for (int64_t i = 0; i < iterator.count; i++, at += iterator.strides[0]) {
      double x = read_element(at, (DType)tensor->dtype);
      least = x >= least ? least : x;
      most = x <= most ? most : x;
      sum += fabs(x);
    }
    if (runtime_interrupted(graph->runtime)) return false;
  }
  *value = (ExplainValue){NULL, isnan(sum) ? sum : least, isnan(sum) ? sum : most, sum / (double)tensor_size(tensor)};
  return true;
}

bool explain_value(Graph *graph, ExplainValue *value, Tensor *tensor) {
  *value = (ExplainValue){0};
  if (tensor_size(tensor) > EXPLAIN_ELEMENTS && tensor_is_float(tensor)) return measure(graph, value, tensor);
  value->tensor = tensor_plain(graph->runtime, tensor);
  return value->tensor != NULL;
}

void explain_value_free(ExplainValue *value) {
  tensor_unref(value->tensor);
  value->tensor = NULL;
}

/* ---- rows */
static bool out_of_memory(Explanation *explanation) {
  return runtime_out_of_memory(explanation->graph->runtime), false;
}

static bool add_row(Explanation *explanation, Node *node) {
  if (explanation->count == EXPLAIN_ROWS)
    return runtime_fail(explanation->graph->runtime, ERROR_VALUE, 0,
                        "the graph of " ERROR_OPERAND(0) "has more than %d operations, too many to explain",
                        EXPLAIN_ROWS), false;
  if (explanation->count == explanation->capacity) {
    ExplainRow *rows = memory_grow(explanation->rows, &explanation->capacity, sizeof *rows, 32);
    if (!rows) return out_of_memory(explanation);
    explanation->rows = rows;
  }
  node->tensor.references++;
  node->epoch = explanation->graph->epoch;
  explanation->rows[explanation->count++] = (ExplainRow){.node = node};
  explanation->edge_capacity += (uint32_t)node_input_count(node);
  return true;
}

/* What an operand stands for: transforms give their functions the same value under another node, which no variable
   holds afterwards. */
static Node *node_behind(Tensor *operand) {
  Node *node = operand ? node_of(operand) : NULL;
  while (node && node->tensor.op == OP_positive && !node->holder && !(node->tensor.flags & NODE_RELEASED)) {
    Tensor *input = node_peek_input(node, 0);
    Node *behind = input ? node_of(input) : NULL;
    if (!behind) break;
    node = behind;
  }
  return node;
}

/* All nodes that the result depends on: the rows found so far are the list of those still to be looked at. */
static bool add_rows(Explanation *explanation, Node *result) {
  uint32_t epoch = ++explanation->graph->epoch;
  if (!add_row(explanation, result)) return false;
  for (uint32_t at = 0; at < explanation->count; at++) {
    const Node *node = explanation->rows[at].node;
    for (int i = 0; i < node_input_count(node); i++) {
      Tensor *input = node_peek_input(node, i);
      Node *made = node_behind(input);
      if (made && made->epoch != epoch && !add_row(explanation, made)) return false;
    }
    if (at % POLL_ROWS == 0 && runtime_interrupted(explanation->graph->runtime)) return false;
  }
  return true;
}

static int compare_age(const void *a, const void *b) {
  uint64_t x = ((const ExplainRow *)a)->node->sequence, y = ((const ExplainRow *)b)->node->sequence;
  return x < y ? -1 : x > y;
}

uint32_t explain_find(const Explanation *explanation, const Tensor *tensor) {
  const Node *node = tensor ? node_of(tensor) : NULL;
  uint32_t low = 0, high = node ? explanation->count : 0;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const Node *there = explanation->rows[middle].node;
    if (there == node) return middle;
    if (there->sequence < node->sequence) low = middle + 1;
    else high = middle;
  }
  return EXPLAIN_NO_ROW;
}

static bool is_elementwise(const Node *node) {
  OpKind kind = op_table[node->tensor.op].kind;
  return kind == OP_KIND_UNARY || kind == OP_KIND_BINARY;
}

bool explain_takes_twice(const Node *node) {
  if (!is_elementwise(node) || node_input_count(node) != 2) return false;
  const Node *first = node_behind(node_peek_input(node, 0));
  return first && first == node_behind(node_peek_input(node, 1));
}

static bool add_edges(Explanation *explanation) {
  if (!explanation->edge_capacity) explanation->edge_capacity = 1;
  explanation->edges = memory_allocate_zeroed(explanation->edge_capacity * sizeof *explanation->edges);
  if (!explanation->edges) return out_of_memory(explanation);
  for (uint32_t at = 0; at < explanation->count; at++) {
    ExplainRow *row = &explanation->rows[at];
    row->edge = row->inner = explanation->edge_count;
    row->edge_count = row->inner_count = (uint32_t)node_input_count(row->node);
    for (uint32_t i = 0; i < row->edge_count; i++) {
      Tensor *operand = node_peek_input(row->node, (int)i);
      const Node *behind = node_behind(operand);
      ExplainEdge *edge = &explanation->edges[explanation->edge_count++];
      edge->row = explain_find(explanation, behind ? &behind->tensor : NULL);
      edge->broadcast = operand && is_elementwise(row->node) &&
                        !layout_same_shape(operand->layout, row->node->tensor.layout);
      edge->repeated = i == 1 && explain_takes_twice(row->node);
    }
  }
  return true;
}

static void mark_shown(Explanation *explanation, const Tensor *only) {
  for (uint32_t at = 0; at < explanation->count; at++) {
    ExplainRow *row = &explanation->rows[at];
    row->shown = !only || &row->node->tensor == only;
    for (uint32_t i = 0; !row->shown && i < row->inner_count; i++) {
      uint32_t operand = explanation->edges[row->inner + i].row;
      row->shown = operand != EXPLAIN_NO_ROW && explanation->rows[operand].shown;
    }
  }
  for (uint32_t at = 0; at < explanation->count; at++) {
    ExplainRow *row = &explanation->rows[at];
    row->shown = row->shown && !row->hidden;
    explanation->shown_count += row->shown;
  }
}

/* ---- gradients */
static bool observe_node(void *context, const Node *node, Tensor *gradient) {
  Explanation *explanation = context;
  uint32_t at = explain_find(explanation, &node->tensor);
  if (at == EXPLAIN_NO_ROW) return true;
  ExplainRow *row = &explanation->rows[at];
  if (explain_is_leaf(row) || row->joined) row->full = tensor_ref(gradient);
  return explain_value(explanation->graph, &row->gradient, gradient);
}

/* Both contributions of a value that a step takes twice are one: that to its first operand. */
static bool add_contribution(Explanation *explanation, ExplainEdge *edge, Tensor *contribution) {
  if (!edge->reached) edge->first = tensor_ref(contribution);
  if (!edge->reached) return explain_value(explanation->graph, &edge->contribution, contribution);
  Tensor *sum = op_apply2(explanation->graph, OP_add, edge->first, contribution, NULL);
  tensor_unref(edge->first);
  edge->first = NULL;
  explain_value_free(&edge->contribution);
  bool done = sum && explain_value(explanation->graph, &edge->contribution, sum);
  tensor_unref(sum);
  return done;
}

static bool observe_edge(void *context, const Node *node, int operand, Tensor *contribution) {
  Explanation *explanation = context;
  uint32_t at = explain_find(explanation, &node->tensor);
  if (at == EXPLAIN_NO_ROW) return true;
  const ExplainRow *row = &explanation->rows[at];
  bool twice = explain_takes_twice(node);
  ExplainEdge *edge = &explanation->edges[row->inner + (twice ? 0 : (uint32_t)operand)];
  bool done = twice ? add_contribution(explanation, edge, contribution)
                    : explain_value(explanation->graph, &edge->contribution, contribution);
  edge->reached = true;
  return done;
}

static bool observe(Explanation *explanation, Node *result) {
  Graph *graph = explanation->graph;
  bool checks = graph->nan_check;
  graph->nan_check = false;
  RunObserver observer = {observe_node, observe_edge, explanation};
  bool done = backward_observe(graph, result, &observer);
  graph->nan_check = checks;
  return done;
}

bool explain_collect(Explanation *explanation, Graph *graph, Tensor *result, const Tensor *only,
                     const ExplainCalls *calls) {
  *explanation = (Explanation){.graph = graph};
  if (!add_rows(explanation, node_of(result))) return false;
  qsort(explanation->rows, explanation->count, sizeof *explanation->rows, compare_age);
  if (!add_edges(explanation) || (calls && !explain_join(explanation, calls))) return false;
  mark_shown(explanation, only);
  return observe(explanation, node_of(result)) && explain_fill_joined(explanation);
}

void explain_free(Explanation *explanation) {
  for (uint32_t i = 0; i < explanation->count; i++) {
    ExplainRow *row = &explanation->rows[i];
    explain_value_free(&row->gradient);
    tensor_unref(row->full);
  }
  for (uint32_t i = 0; i < explanation->edge_count; i++) {
    explain_value_free(&explanation->edges[i].contribution);
    tensor_unref(explanation->edges[i].local);
    tensor_unref(explanation->edges[i].first);
  }
  for (uint32_t i = 0; i < explanation->count; i++) tensor_unref(&explanation->rows[i].node->tensor);
  memory_release(explanation->rows, explanation->capacity * sizeof *explanation->rows);
  if (explanation->edges)
    memory_release(explanation->edges, explanation->edge_capacity * sizeof *explanation->edges);
}
