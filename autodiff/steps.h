/* SPDX-License-Identifier: MIT */
/* steps.h: the part of the graph that a computation recorded, and what it depends on besides. */
#ifndef MGRAD_AUTODIFF_STEPS_H
#define MGRAD_AUTODIFF_STEPS_H
#include "autodiff/implicit.h"

/* The nodes that the value depends on, by their age; the other places are NULL. */
typedef struct Steps { Node **nodes; size_t count; } Steps;

/* Nodes older than the computation that it uses, the oldest first; borrowed. */
typedef struct Parameters { Tensor **items; int count; uint32_t capacity; } Parameters;

static inline size_t steps_number(const Equations *equations, const Node *node) {
  return (size_t)(node->sequence - equations->start);
}

/* `parameters` may be NULL.  Both are released in any case. */
bool steps_find(Graph *graph, const Equations *equations, Steps *steps, Parameters *parameters);
void steps_release(Steps *steps);
void parameters_release(Parameters *parameters);
int parameters_by_age(const void *a, const void *b); /* compares two Tensor *, for bsearch */

#endif
