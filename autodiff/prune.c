/* SPDX-License-Identifier: MIT */
/* prune.c: branches of a living graph that nobody can name.

   With `v = 0.9 * v + grad(w); w = w - v` the history of w always holds a name (v), so it stays; but the older values
   of w and v behind it can never be asked for.  A search of the whole graph finds such branches and drops them.  It is
   made only when as many nodes have come since the last one as that one left alive, so that it costs a constant amount
   per node, and memory stays within a constant factor of what is alive. */
#include "autodiff/run.h"
#include "base/interrupt.h"
#include "base/memory.h"

enum { PRUNE_LEAST = 128, PATH_MOST = 1 << 18 };

typedef struct Visit { Node *node; int next; bool live; } Visit;

typedef struct Prune {
  Visit *path;              /* from the loss down to the node being looked at */
  size_t count;
  uint32_t capacity;
  uint32_t seen, live;      /* epochs: dead or on the path; known to lead to a name */
  uint64_t survivors;
} Prune;

static bool push(Prune *prune, Node *node) {
  if (prune->count == prune->capacity) {
    Visit *grown = prune->count < PATH_MOST ? memory_grow(prune->path, &prune->capacity, sizeof *grown, 64) : NULL;
    if (!grown) return false;
    prune->path = grown;
  }
  node->epoch = prune->seen;
  prune->path[prune->count++] = (Visit){node, 0, node_is_named(node) || node->tensor.flags & NODE_RELEASED};
  return true;
}

/* All inputs are known: a node that leads nowhere becomes a leaf. */
static void pop(Prune *prune, const Node *loss) {
  Visit visit = prune->path[--prune->count];
  if (visit.live) {
    visit.node->epoch = prune->live;
    prune->survivors++;
    if (prune->count > 0) prune->path[prune->count - 1].live = true;
  } else if (visit.node != loss && visit.node->tensor.op != OP_none) {
    node_forget_history(visit.node);
  }
}

/* False: no room for a longer path, which only means that branches stay for now.  Loops that gather such branches make
   graphs of a few steps; a graph of millions in a row would cost more memory here than could be won. */
static bool visit_inputs(Prune *prune) {
  Visit *top = &prune->path[prune->count - 1];
  int count = node_input_count(top->node);
  while (top->next < count) {
    Tensor *tensor = node_peek_input(top->node, top->next++);
    Node *input = tensor ? node_of(tensor) : NULL;
    if (!input || input->epoch == prune->seen) continue;
    if (input->epoch == prune->live) top->live = true;
    else return push(prune, input);
  }
  return true;
}

static bool is_complete(const Visit *visit) {
  return visit->next >= node_input_count(visit->node);
}

static void search(Prune *prune, Node *loss) {
  bool room = push(prune, loss);
  while (room && prune->count > 0 && !interrupt_requested) {
    size_t depth = prune->count;
    room = visit_inputs(prune);
    if (room && prune->count == depth && is_complete(&prune->path[depth - 1])) pop(prune, loss);
  }
}

void prune_histories(Graph *graph, Node *loss) {
  if (graph->sequence < graph->prune_at) return;
  Prune prune = {.seen = ++graph->epoch, .live = ++graph->epoch};
  search(&prune, loss);
  memory_release(prune.path, prune.capacity * sizeof *prune.path);
  graph->prune_at = graph->sequence + PRUNE_LEAST + 2 * prune.survivors;
}
