/* SPDX-License-Identifier: MIT */
/* steps.c: the part of the graph that a computation recorded. */
#include "autodiff/steps.h"
#include <stdlib.h>
#include "base/memory.h"

static bool add_parameter(Graph *graph, Parameters *parameters, Node *node) {
  if (node->epoch == graph->epoch) return true;
  node->epoch = graph->epoch;
  if ((uint32_t)parameters->count == parameters->capacity) {
    Tensor **grown = memory_grow(parameters->items, &parameters->capacity, sizeof *grown, 8);
    if (!grown) return runtime_out_of_memory(graph->runtime), false;
    parameters->items = grown;
  }
  parameters->items[parameters->count++] = &node->tensor;
  return true;
}

int parameters_by_age(const void *a, const void *b) {
  uint64_t left = node_of(*(Tensor *const *)a)->sequence, right = node_of(*(Tensor *const *)b)->sequence;
  return (left > right) - (left < right);
}

/* Inputs are older than results, so one pass from the newest node finds all. */
static bool find_all(Graph *graph, const Equations *equations, Steps *steps, Parameters *parameters) {
  for (size_t at = steps->count - 1; at > 0; at--) {
    const Node *node = steps->nodes[at];
    for (int i = 0; node && i < node_input_count(node); i++) {
      Tensor *tensor = node_peek_input(node, i);
      Node *input = tensor ? node_of(tensor) : NULL;
      if (!input) continue;
      if (input->sequence > equations->start) steps->nodes[steps_number(equations, input)] = input;
      else if (parameters && !add_parameter(graph, parameters, input)) return false;
    }
  }
  return true;
}

bool steps_find(Graph *graph, const Equations *equations, Steps *steps, Parameters *parameters) {
  Node *last = node_of(equations->value);
  steps->count = steps_number(equations, last) + 1;
  steps->nodes = memory_allocate_zeroed(steps->count * sizeof *steps->nodes);
  if (!steps->nodes) return runtime_out_of_memory(graph->runtime), false;
  steps->nodes[steps->count - 1] = last;
  graph->epoch++;
  if (!find_all(graph, equations, steps, parameters)) return false;
  if (parameters && parameters->count)
    qsort(parameters->items, (size_t)parameters->count, sizeof *parameters->items, parameters_by_age);
  return true;
}

void steps_release(Steps *steps) {
  if (steps->nodes) memory_release(steps->nodes, steps->count * sizeof *steps->nodes);
}

void parameters_release(Parameters *parameters) {
  memory_release(parameters->items, parameters->capacity * sizeof *parameters->items);
}
