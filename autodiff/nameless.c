/* SPDX-License-Identifier: MIT */
/* nameless.c: whether a write has to be recorded at all.

   After a write the old value of the variable has no name any more.  If nothing else that the new value would depend on
   has one, no gradient behind it can ever be asked for, and the new value may be a leaf.  With `x = zeros(n)`, writes
   of numbers make no graph at all, and those of `x[i] = x[i - 1]` no chain.  The search is short: a long history is
   not worth it, and is dropped by a later backward. */
#include "autodiff/cell.h"

enum { NAMELESS_NODES = 64 };

typedef struct Nodes {
  const Variable *owner; /* about to let go of its value */
  uint32_t epoch;
  int count;
  Node *list[NAMELESS_NODES];
} Nodes;

/* False: the node is named, or there are too many. */
static bool add_node(Nodes *nodes, Tensor *tensor) {
  Node *node = tensor ? node_of(tensor) : NULL;
  if (!node || node->epoch == nodes->epoch) return true;
  bool keeps_name = node->holder != nodes->owner && node_is_named(node);
  if (keeps_name || tensor->flags & (NODE_ASKED | NODE_TARGET | NODE_RELEASED)) return false;
  if (nodes->count == NAMELESS_NODES) return false;
  node->epoch = nodes->epoch;
  nodes->list[nodes->count++] = node;
  return true;
}

bool cell_is_nameless(Graph *graph, const Variable *owner, int count, Tensor *const *operands) {
  Nodes nodes; /* whose list is not cleared: that would take longer than the search */
  nodes.owner = owner;
  nodes.epoch = ++graph->epoch;
  nodes.count = 0;
  if (!add_node(&nodes, owner->value)) return false;
  for (int i = 0; i < count; i++) {
    if (!add_node(&nodes, operands[i])) return false;
  }
  for (int at = 0; at < nodes.count; at++) {
    const Node *node = nodes.list[at];
    int inputs = node_input_count(node);
    for (int i = 0; i < inputs; i++) {
      if (!add_node(&nodes, node_peek_input(node, i))) return false;
    }
  }
  return true;
}
