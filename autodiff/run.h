/* SPDX-License-Identifier: MIT */
/* run.h: the work list of one backward run: the nodes whose gradient is being collected, newest first.

   A node with a gradient under way has an entry; node->slot is its index.  Entries are reused, so memory is bounded by
   the widest front of the graph and not by its depth.  A run inside a run saves the slot that it overwrites. */
#ifndef MGRAD_AUTODIFF_RUN_H
#define MGRAD_AUTODIFF_RUN_H
#include "autodiff/backward.h"

typedef struct Entry {
  Node *node;        /* referenced */
  Tensor *gradient;  /* sum of the contributions so far; NULL: zero, or in `number` */
  double number;     /* the same for plain float64 scalars */
  uint32_t previous; /* node->slot of the run around this one; of a free entry: the next free one */
  bool plain;        /* the gradient is `number` */
  bool masked;       /* passed through something that blanks parts of a gradient */
  bool reached;      /* some contribution has come, even if it was zero */
  bool target;       /* its gradient was asked for */
} Entry;

typedef struct Work { uint64_t sequence; uint32_t slot; } Work;

/* Somebody who looks on: then nothing is stored, forgotten or pruned, and every tracked operand is followed.  A
   function that returns false (error recorded) ends the run. */
typedef struct RunObserver {
  bool (*node)(void *context, const Node *node, Tensor *gradient);                    /* all of it has come together */
  bool (*edge)(void *context, const Node *node, int operand, Tensor *contribution);  /* in the operand's shape */
  void *context;
} RunObserver;

/* What a run is going to store when it has succeeded. */
typedef struct Outcome { Variable *holder; Tensor *gradient; } Outcome;

enum { RUN_FEW = 16 };

typedef struct BackwardRun {
  Graph *graph;
  struct BackwardRun *outer;
  BackwardOptions options;
  const RunObserver *observer;    /* or NULL */
  Node *loss;
  int target_count, targets_left; /* grad(L, targets): nothing is stored in variables */
  bool formers;                   /* former values of the targets' variables may still be met */
  Tensor *const *targets;
  Tensor **results;               /* of the targets; owned; NULL: not reached, zero */
  Entry *entries;
  Work *heap;
  uint32_t capacity, used, free, heap_count; /* `free`: first reusable entry or UINT32_MAX */
  Outcome *outcomes;
  uint32_t outcome_count, outcome_capacity;
  uint32_t found, searching; /* epochs of the searches for nameable values: see history.c */
  bool dead_end;             /* a leaf was met that nobody can name */
  bool met_name;             /* something held was met behind the loss */
  Entry few_entries[RUN_FEW];
  Work few_work[RUN_FEW];
  Outcome few_outcomes[RUN_FEW];
} BackwardRun;

/* Runs backward from a node, starting from 1, for the observer alone. */
bool backward_observe(Graph *graph, Node *loss, const RunObserver *observer);

/* Makes the graph's current run, inside the one that was (rules can call backward); run_finish goes back to that. */
void run_start(BackwardRun *run, Graph *graph, BackwardOptions options);
void run_finish(BackwardRun *run);

/* The entry of a node, or NULL. */
static inline Entry *run_find(const BackwardRun *run, const Node *node) {
  return node->slot < run->used && run->entries[node->slot].node == node ? &run->entries[node->slot] : NULL;
}
/* A new entry with gradient zero; NULL: out of memory.  Earlier entries may move. */
Entry *run_add(BackwardRun *run, Node *node);
/* Takes the newest entry off the list; its references are the caller's.  False: none is left. */
bool run_pop(BackwardRun *run, Entry *entry);
/* An entry that is in no list yet, with gradient zero; references the node. */
static inline void run_start_entry(const BackwardRun *run, Entry *entry, Node *node) {
  entry->node = node;
  entry->gradient = NULL;
  entry->number = 0;
  entry->masked = entry->reached = entry->target = false;
  entry->plain = node->tensor.layout->ndim == 0 && node->tensor.dtype == DTYPE_FLOAT64 && !run->options.create_graph;
  node->tensor.references++;
}
/* Along a chain, where the list is empty and one operand needs a gradient, the entry in hand goes on to that operand and
   never sees the list.  The reference to the node before becomes the caller's. */
static inline void run_move(const BackwardRun *run, Entry *entry, Node *operand, bool masked) {
  tensor_unref(entry->gradient);
  run_start_entry(run, entry, operand);
  entry->masked = masked;
  entry->reached = true;
}

/* Adds to a node's gradient.  False: error recorded. */
bool run_contribute(BackwardRun *run, Node *node, Tensor *gradient, bool masked);
/* The same for a window of the node's value (in its C order): added in place where nobody else holds the sum. */
bool run_contribute_window(BackwardRun *run, Node *node, Tensor *gradient, Layout *window, int64_t offset, bool masked);
static inline bool run_contribute_number(BackwardRun *run, Node *node, double number, bool masked) {
  Entry *entry = run_find(run, node);
  if (!entry && !(entry = run_add(run, node))) return false;
  entry->reached = true;
  entry->masked |= masked;
  entry->number += number;
  return true;
}
/* Only that the node is reached: its gradient is 0 where nothing else arrives.  False: no memory, recorded. */
bool run_contribute_zero(BackwardRun *run, Node *node);
/* The collected gradient as a tensor of the node's shape and type (owned). */
Tensor *run_gradient(BackwardRun *run, const Entry *entry);
/* Whether a gradient of this operand can be of any use. */
static inline bool run_wants(BackwardRun *run, const Tensor *operand) {
  if (!operand || !tensor_is_tracked(operand)) return false;
  const Node *node = node_of(operand);
  bool wanted = operand->op != OP_none || node->holder || run->observer || operand->flags & NODE_RELEASED ||
                run_find(run, node);
  if (!wanted) run->dead_end = true;
  return wanted;
}

/* Runs the rule of a node on the gradient in its entry and hands the results to its operands, along a chain with
   run_move. */
bool run_apply_rule(BackwardRun *run, Entry *entry);

/* Remembers a gradient (taken) for a variable.  False: out of memory, recorded. */
bool run_remember(BackwardRun *run, Variable *holder, Tensor *gradient_taken);
Outcome *run_outcome(BackwardRun *run, const Variable *holder); /* what was remembered for it, or NULL */
void run_store(BackwardRun *run); /* gives the remembered gradients to their variables; cannot fail */

/* Drops the history of a held node when nothing in it can be named. */
void history_trim(BackwardRun *run, Node *node, bool keep_short);

/* Now and then, after a run: drops the histories of all nodes behind the loss from which nothing can be named. */
void prune_histories(Graph *graph, Node *loss);

#endif
