/* SPDX-License-Identifier: MIT */
/* stand_in.c: what stands for a number while a derivative is taken. */
#include "autodiff/stand_in.h"

Variable *stand_in_new(Graph *graph, Tensor *node, StandsFor what) {
  Variable *variable = variable_new_take(graph, tensor_ref(node));
  if (!variable || what == STANDS_FOR_ITSELF) return variable;
  if (node->op == OP_none) node->flags |= NODE_STANDS_IN;
  if (what == STANDS_FOR_NUMBER) stand_in_mark(variable);
  return variable;
}

/* Nodes still to be looked at. */
enum { SEARCH_ROOM = 64, SEARCH_STEPS = 2000 };
typedef struct Search { const Node *nodes[SEARCH_ROOM]; int count, steps; } Search;

static bool add_inputs(Search *search, const Node *node) {
  for (int i = node_input_count(node) - 1; i >= 0; i--) {
    const Tensor *input = node_peek_input(node, i);
    if (!input || !tensor_is_tracked(input)) continue;
    if (search->count == SEARCH_ROOM) return false;
    search->nodes[search->count++] = node_of(input);
  }
  return true;
}

static bool is_known(const Node *node) {
  return node->holder && node->holder->object.flags & VARIABLE_NUMBER;
}

/* Whether only stand-ins are behind a node.  Where that would take long to find out, the answer is yes while a derivative
   is taken. */
static bool comes_of_stand_ins(const Graph *graph, const Node *node) {
  Search search = {{node}, 1, 0};
  while (search.count > 0) {
    const Node *next = search.nodes[--search.count];
    if (is_known(next)) continue;
    if (next->tensor.op == OP_none && !(next->tensor.flags & NODE_STANDS_IN)) return false;
    if (++search.steps > SEARCH_STEPS || !add_inputs(&search, next)) return graph->depth > 0;
  }
  return true;
}

bool stand_in_is_number(const Graph *graph, const Variable *variable) {
  if (variable->object.flags & VARIABLE_NUMBER) return true;
  const Node *node = variable->base ? NULL : node_of(variable->value);
  bool scalar = node && node->tensor.layout->ndim == 0 && node->tensor.dtype == DTYPE_FLOAT64;
  return scalar && node->tensor.op != OP_none && comes_of_stand_ins(graph, node);
}
