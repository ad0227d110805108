/* SPDX-License-Identifier: MIT */
/* history.c: what cannot be named any more costs nothing.

   When a backward run meets a held intermediate, its history is searched for another held node.  If there is none, no
   gradient of the history can ever be asked for: it is dropped, and the node becomes a leaf.  That is what lets
   `w = w - 0.1 * grad(w)` run in constant memory.

   The search follows the newest input first and needs no stack along chains.  Nodes passed are marked by epoch, so that
   all searches of one run together visit a node a bounded number of times: a failed search leaves its marks (nothing is
   held there), a successful one marks part of its trail as leading to a held node. */
#include "autodiff/run.h"
#include "base/interrupt.h"
#include "base/memory.h"

enum { TRAIL_LENGTH = 256, SHORT_HISTORY = 1000 };

typedef struct Search {
  BackwardRun *run;
  Node **branches;               /* inputs seen but not yet followed */
  size_t count;
  uint32_t capacity;
  Node *trail[TRAIL_LENGTH];     /* every `stride`-th node since the last branch was taken up */
  uint32_t trail_count, stride, steps;
  uint64_t visited;
} Search;

static bool push_branch(Search *search, Node *node) {
  if (search->count == search->capacity) {
    Node **grown = memory_grow(search->branches, &search->capacity, sizeof *grown, 64);
    if (!grown) return false;
    search->branches = grown;
  }
  search->branches[search->count++] = node;
  return true;
}

static void start_trail(Search *search) {
  search->trail_count = search->steps = 0;
  search->stride = 1;
}

static void extend_trail(Search *search, Node *node) {
  if (search->steps++ % search->stride != 0) return;
  if (search->trail_count == TRAIL_LENGTH) {
    for (uint32_t i = 0; i < TRAIL_LENGTH / 2; i++) search->trail[i] = search->trail[2 * i];
    search->trail_count = TRAIL_LENGTH / 2;
    search->stride *= 2;
    if ((search->steps - 1) % search->stride != 0) return;
  }
  search->trail[search->trail_count++] = node;
}

/* Whether reaching this node means that the history must stay: it is held, known to lead to such a node, or it was
   released on purpose, which a later backward has to report. */
static bool must_stay(const Search *search, const Node *node) {
  return node_is_named(node) || node->epoch == search->run->found || node->tensor.flags & NODE_RELEASED;
}

typedef enum Step { STEP_ON, STEP_FOUND, STEP_END } Step;

/* Looks at all inputs of a node; *next is the newest one still to be followed. */
static Step look_at_inputs(Search *search, const Node *node, Node **next) {
  Node *newest = NULL;
  int count = node_input_count(node);
  for (int i = 0; i < count; i++) {
    Tensor *tensor = node_peek_input(node, i);
    Node *input = tensor ? node_of(tensor) : NULL;
    if (!input || input->epoch == search->run->searching) continue;
    if (must_stay(search, input)) return STEP_FOUND;
    input->epoch = search->run->searching;
    Node *older = newest && newest->sequence > input->sequence ? input : newest;
    if (older != input) newest = input;
    if (older && !push_branch(search, older)) return STEP_FOUND;
  }
  *next = newest;
  return newest ? STEP_ON : STEP_END;
}

static bool find_held(Search *search, Node *start) {
  Node *node = start;
  start_trail(search);
  for (;;) {
    extend_trail(search, node);
    search->visited++;
    if (interrupt_requested) return true;
    switch (look_at_inputs(search, node, &node)) {
    case STEP_FOUND: return true;
    case STEP_ON: break;
    case STEP_END:
      if (search->count == 0) return false;
      node = search->branches[--search->count];
      start_trail(search);
    }
  }
}

static void mark_trail(Search *search) {
  for (uint32_t i = 0; i < search->trail_count; i++) search->trail[i]->epoch = search->run->found;
  search->run->searching = ++search->run->graph->epoch;
}

/* `keep_short`: the loss itself keeps a short history, so that explain(L) has something to show. */
void history_trim(BackwardRun *run, Node *node, bool keep_short) {
  if (node->tensor.op == OP_none) return;
  if (run->found == 0) {
    run->found = ++run->graph->epoch;
    run->searching = ++run->graph->epoch;
  }
  Search search;
  search.run = run;
  search.branches = NULL;
  search.count = 0;
  search.capacity = 0;
  search.visited = 0;
  bool found = find_held(&search, node);
  if (found) mark_trail(&search);
  else if (!keep_short || search.visited > SHORT_HISTORY) node_forget_history(node);
  memory_release(search.branches, search.capacity * sizeof *search.branches);
}
