/* SPDX-License-Identifier: MIT */
/* explain_joined.c: many steps as one: what a call recorded is hidden but for its results, whose operands are then the
   values from outside that they were computed from.  For the derivatives the hidden operations are computed again on
   fresh variables in place of these, so that nothing flows around them. */
#include <string.h>
#include "autodiff/backward.h"
#include "autodiff/explain.h"
#include "base/memory.h"

/* ---- which steps belong together */
typedef struct Joining {
  Explanation *explanation;
  uint32_t *groups;          /* by row: 1 + the number of a call, or of a list behind those; 0: none */
  uint32_t calls;
} Joining;

static bool is_view(const ExplainRow *row) {
  return !explain_is_leaf(row) && op_table[row->node->tensor.op].kind == OP_KIND_VIEW;
}

/* Variables that a call made for itself belong to it; who can be named does not. */
static void find_calls(Joining *joining, const ExplainCalls *calls) {
  Explanation *explanation = joining->explanation;
  uint32_t call = 0;
  for (uint32_t at = 0; at < explanation->count; at++) {
    const Node *node = explanation->rows[at].node;
    while (call < calls->count && calls->calls[call].last < node->sequence) call++;
    bool inside = call < calls->count && calls->calls[call].first <= node->sequence;
    bool own = !explain_is_leaf(&explanation->rows[at]) || !node_is_named(node);
    if (inside && own) joining->groups[at] = call + 1;
  }
}

/* [a, b] is recorded as views that are joined. */
static void find_lists(Joining *joining) {
  Explanation *explanation = joining->explanation;
  for (uint32_t at = 0; at < explanation->count; at++) {
    const ExplainRow *row = &explanation->rows[at];
    if (row->node->tensor.op != OP_concatenate || joining->groups[at]) continue;
    for (uint32_t i = 0; i < row->inner_count; i++) {
      uint32_t part = explanation->edges[row->inner + i].row;
      const ExplainRow *operand = part == EXPLAIN_NO_ROW ? NULL : &explanation->rows[part];
      if (!operand || !is_view(operand) || joining->groups[part]) continue;
      Span a = operand->node->span, b = row->node->span;
      if (a.start == b.start && a.end == b.end) joining->groups[at] = joining->groups[part] = joining->calls + 1 + at;
    }
  }
}

/* Hidden is what only steps of the same group use. */
static void hide(Joining *joining) {
  Explanation *explanation = joining->explanation;
  const uint32_t *groups = joining->groups;
  for (uint32_t at = 0; at + 1 < explanation->count; at++) explanation->rows[at].hidden = groups[at] != 0;
  for (uint32_t at = 0; at < explanation->count; at++) {
    const ExplainRow *row = &explanation->rows[at];
    for (uint32_t i = 0; i < row->inner_count; i++) {
      uint32_t operand = explanation->edges[row->inner + i].row;
      if (operand != EXPLAIN_NO_ROW && groups[operand] != groups[at]) explanation->rows[operand].hidden = false;
    }
  }
}

static void mark_results(Joining *joining) {
  Explanation *explanation = joining->explanation;
  for (uint32_t at = 0; at < explanation->count; at++) {
    ExplainRow *row = &explanation->rows[at];
    uint32_t group = joining->groups[at];
    if (!group || row->hidden || explain_is_leaf(row)) continue;
    for (uint32_t i = 0; i < row->inner_count; i++) {
      uint32_t operand = explanation->edges[row->inner + i].row;
      row->joined |= operand != EXPLAIN_NO_ROW && explanation->rows[operand].hidden;
    }
    if (row->joined || !is_view(row)) row->call = group > joining->calls ? EXPLAIN_LIST : group;
    if (row->call == EXPLAIN_LIST && !row->joined) row->call = 0;
  }
}

/* ---- the hidden steps behind one, and what they were computed from */
enum { PART_NONE, PART_HIDDEN, PART_OUTSIDE };

/* Marks them in `parts`, by row; returns the first row that is marked. */
static uint32_t find_parts(const Explanation *explanation, uint32_t result, unsigned char *parts) {
  uint32_t first = result, waiting = 1;
  parts[result] = PART_HIDDEN;
  for (uint32_t at = result + 1; at-- > 0 && waiting;) {
    if (parts[at] != PART_HIDDEN) continue;
    const ExplainRow *row = &explanation->rows[at];
    waiting--;
    for (uint32_t i = 0; i < row->inner_count; i++) {
      uint32_t operand = explanation->edges[row->inner + i].row;
      if (operand == EXPLAIN_NO_ROW || parts[operand]) continue;
      bool hidden = explanation->rows[operand].hidden;
      parts[operand] = hidden ? PART_HIDDEN : PART_OUTSIDE;
      waiting += hidden;
      first = operand < first ? operand : first;
    }
  }
  return first;
}

static bool out_of_memory(const Explanation *explanation) {
  return runtime_out_of_memory(explanation->graph->runtime), false;
}

static bool add_edge(Explanation *explanation, uint32_t row) {
  if (explanation->edge_count == explanation->edge_capacity) {
    ExplainEdge *edges = memory_grow(explanation->edges, &explanation->edge_capacity, sizeof *edges, 32);
    if (!edges) return out_of_memory(explanation);
    explanation->edges = edges;
  }
  explanation->edges[explanation->edge_count++] = (ExplainEdge){.row = row};
  return true;
}

static bool add_edges(Explanation *explanation, uint32_t result, unsigned char *parts) {
  ExplainRow *row = &explanation->rows[result];
  uint32_t first = find_parts(explanation, result, parts);
  row->edge = explanation->edge_count;
  for (uint32_t at = first; at < result; at++)
    if (parts[at] == PART_OUTSIDE && !add_edge(explanation, at)) return false;
  row->edge_count = explanation->edge_count - row->edge;
  memset(parts + first, PART_NONE, result + 1 - first);
  return true;
}

static bool add_all_edges(Explanation *explanation) {
  unsigned char *parts = memory_allocate_zeroed(explanation->count);
  bool done = parts || out_of_memory(explanation);
  for (uint32_t at = 0; done && at < explanation->count; at++) {
    ExplainRow *row = &explanation->rows[at];
    if (row->hidden) row->edge_count = 0;
    if (row->joined) done = add_edges(explanation, at, parts);
  }
  if (parts) memory_release(parts, explanation->count);
  return done;
}

bool explain_join(Explanation *explanation, const ExplainCalls *calls) {
  size_t bytes = explanation->count * sizeof(uint32_t);
  Joining joining = {explanation, memory_allocate_zeroed(bytes), calls->count};
  if (!joining.groups) return out_of_memory(explanation);
  find_calls(&joining, calls);
  find_lists(&joining);
  hide(&joining);
  mark_results(&joining);
  memory_release(joining.groups, bytes);
  return add_all_edges(explanation);
}

/* ---- derivatives */
typedef struct Copy {
  const Explanation *explanation;
  uint32_t result, first;
  unsigned char *parts;      /* by row */
  Tensor **values;           /* by row from `first` on; owned */
} Copy;

static Tensor *copy_operand(const Copy *copy, const ExplainRow *row, uint32_t index) {
  uint32_t at = copy->explanation->edges[row->inner + index].row;
  if (at == EXPLAIN_NO_ROW) return node_input(copy->explanation->graph, row->node, (int)index);
  return tensor_ref(copy->values[at - copy->first]);
}

static Tensor *copy_operation(const Copy *copy, const ExplainRow *row) {
  Graph *graph = copy->explanation->graph;
  bool number = row->node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT);
  size_t bytes = row->inner_count * sizeof(Tensor *);
  Tensor **operands = memory_allocate_zeroed(bytes + 1), *value = NULL;
  if (!operands) return runtime_out_of_memory(graph->runtime);
  for (uint32_t i = 0; i < row->inner_count; i++) operands[i] = copy_operand(copy, row, i);
  if (graph->runtime->error->kind == ERROR_NONE)
    value = op_apply(graph, (OpId)row->node->tensor.op, (int)row->inner_count, operands,
                     number ? NULL : row->node->attributes);
  for (uint32_t i = 0; i < row->inner_count; i++) tensor_unref(operands[i]);
  memory_release(operands, bytes + 1);
  return value;
}

static Tensor *copy_leaf(const Copy *copy, const ExplainRow *row) {
  Node *leaf = node_new_leaf(copy->explanation->graph, &row->node->tensor);
  if (leaf) leaf->tensor.flags |= NODE_ASKED;
  return leaf ? &leaf->tensor : NULL;
}

static bool copy_all(Copy *copy) {
  const Explanation *explanation = copy->explanation;
  for (uint32_t at = copy->first; at <= copy->result; at++) {
    const ExplainRow *row = &explanation->rows[at];
    if (copy->parts[at] == PART_NONE) continue;
    bool leaf = copy->parts[at] == PART_OUTSIDE || explain_is_leaf(row);
    copy->values[at - copy->first] = leaf ? copy_leaf(copy, row) : copy_operation(copy, row);
    if (!copy->values[at - copy->first] || runtime_interrupted(explanation->graph->runtime)) return false;
  }
  return true;
}

/* The derivatives by all operands, for a gradient of the result. */
static bool differentiate(const Copy *copy, Tensor *gradient, Tensor **results) {
  const Explanation *explanation = copy->explanation;
  const ExplainRow *row = &explanation->rows[copy->result];
  size_t bytes = row->edge_count * sizeof(Tensor *);
  Tensor **leaves = memory_allocate_zeroed(bytes + 1);
  if (!leaves) return out_of_memory(explanation);
  for (uint32_t i = 0; i < row->edge_count; i++)
    leaves[i] = copy->values[explanation->edges[row->edge + i].row - copy->first];
  bool done = backward_gradients(explanation->graph, copy->values[copy->result - copy->first], gradient,
                                 (int)row->edge_count, leaves, false, results);
  memory_release(leaves, bytes + 1);
  return done;
}

static void forget(Copy *copy, size_t bytes) {
  for (uint32_t at = copy->first; copy->values && at <= copy->result; at++) {
    Tensor *value = copy->values[at - copy->first];
    if (value && node_of(value)) value->flags &= (uint8_t)~NODE_ASKED;
    tensor_unref(value);
  }
  if (copy->values) memory_release(copy->values, bytes);
  memset(copy->parts + copy->first, PART_NONE, copy->result + 1 - copy->first);
}

static bool run_backward(const Explanation *explanation, uint32_t result, unsigned char *parts, Tensor *gradient,
                         Tensor **results) {
  Copy copy = {explanation, result, find_parts(explanation, result, parts), parts, NULL};
  size_t bytes = (result + 1 - copy.first) * sizeof(Tensor *);
  copy.values = memory_allocate_zeroed(bytes);
  bool done = copy.values ? copy_all(&copy) && differentiate(&copy, gradient, results) : out_of_memory(explanation);
  forget(&copy, bytes);
  return done;
}

/* What one number as a result hands on is the local derivative times its gradient. */
static bool keep(Explanation *explanation, const ExplainRow *row, bool single, Tensor **results) {
  bool done = true;
  Graph *graph = explanation->graph;
  for (uint32_t i = 0; i < row->edge_count; i++) {
    ExplainEdge *edge = &explanation->edges[row->edge + i];
    Tensor *contribution = single ? op_apply2(graph, OP_multiply, results[i], row->full, NULL)
                                  : tensor_ref(results[i]);
    edge->reached = contribution != NULL;
    done = done && contribution && explain_value(graph, &edge->contribution, contribution);
    if (single) edge->local = results[i];
    else tensor_unref(results[i]);
    tensor_unref(contribution);
  }
  return done;
}

static bool fill(Explanation *explanation, uint32_t at, unsigned char *parts) {
  const ExplainRow *row = &explanation->rows[at];
  Runtime *runtime = explanation->graph->runtime;
  bool single = tensor_ndim(&row->node->tensor) == 0;
  size_t bytes = row->edge_count * sizeof(Tensor *);
  Tensor **results = memory_allocate_zeroed(bytes + 1);
  if (!results) return out_of_memory(explanation);
  Tensor *one = single ? tensor_new_number(runtime, (DType)row->node->tensor.dtype, 1) : NULL;
  bool done = (one || !single) && run_backward(explanation, at, parts, single ? one : row->full, results) &&
              keep(explanation, row, single, results);
  tensor_unref(one);
  memory_release(results, bytes + 1);
  return done;
}

bool explain_fill_joined(Explanation *explanation) {
  Graph *graph = explanation->graph;
  struct RuntimeWarning warning = graph->runtime->warning;
  bool recording = graph->recording, checks = graph->nan_check, done = true;
  unsigned char *parts = memory_allocate_zeroed(explanation->count);
  if (!parts) return out_of_memory(explanation);
  graph->nan_check = false;
  for (uint32_t at = 0; done && at < explanation->count; at++) {
    const ExplainRow *row = &explanation->rows[at];
    graph->recording = true;
    if (row->joined && row->full && row->edge_count) done = fill(explanation, at, parts);
  }
  graph->recording = recording;
  graph->nan_check = checks;
  graph->runtime->warning = warning;
  memory_release(parts, explanation->count);
  return done;
}
