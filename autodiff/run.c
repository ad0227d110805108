/* SPDX-License-Identifier: MIT */
/* run.c: the work list of a backward run, a heap ordered by the age of nodes. */
#include "autodiff/run.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/window.h"

#define NO_ENTRY UINT32_MAX

/* ---- start and end */
void run_start(BackwardRun *run, Graph *graph, BackwardOptions options) {
  run->graph = graph;
  run->outer = graph->run;
  graph->run = run;
  run->options = options;
  run->observer = NULL;
  run->loss = NULL;
  run->target_count = run->targets_left = 0;
  run->formers = false;
  run->targets = NULL;
  run->results = NULL;
  run->entries = run->few_entries;
  run->heap = run->few_work;
  run->capacity = RUN_FEW;
  run->used = run->heap_count = 0;
  run->free = NO_ENTRY;
  run->outcomes = run->few_outcomes;
  run->outcome_count = 0;
  run->outcome_capacity = RUN_FEW;
  run->found = run->searching = 0;
  run->dead_end = run->met_name = false;
}

static void release_entry(Entry *entry) {
  node_set_slot(entry->node, entry->previous);
  tensor_unref(entry->gradient);
  tensor_unref(&entry->node->tensor);
}

static void release_outcomes(BackwardRun *run) {
  if (run->outcomes != run->few_outcomes) memory_release(run->outcomes, run->outcome_capacity * sizeof *run->outcomes);
}

void run_finish(BackwardRun *run) {
  for (uint32_t i = 0; i < run->heap_count; i++) release_entry(&run->entries[run->heap[i].slot]);
  if (run->entries != run->few_entries) {
    memory_release(run->entries, run->capacity * sizeof *run->entries);
    memory_release(run->heap, run->capacity * sizeof *run->heap);
  }
  for (uint32_t i = 0; i < run->outcome_count; i++) {
    variable_unref(run->outcomes[i].holder);
    tensor_unref(run->outcomes[i].gradient);
  }
  release_outcomes(run);
  run->graph->run = run->outer;
}

/* ---- entries */
static bool grow(BackwardRun *run) {
  size_t capacity = 2 * (size_t)run->capacity;
  Entry *entries = capacity < NO_ENTRY ? memory_allocate(capacity * sizeof *entries) : NULL;
  Work *heap = entries ? memory_allocate(capacity * sizeof *heap) : NULL;
  if (!heap) {
    memory_release(entries, capacity * sizeof *entries);
    return runtime_out_of_memory(run->graph->runtime), false;
  }
  memcpy(entries, run->entries, run->used * sizeof *entries);
  memcpy(heap, run->heap, run->heap_count * sizeof *heap);
  if (run->entries != run->few_entries) {
    memory_release(run->entries, run->capacity * sizeof *run->entries);
    memory_release(run->heap, run->capacity * sizeof *run->heap);
  }
  run->entries = entries;
  run->heap = heap;
  run->capacity = (uint32_t)capacity;
  return true;
}

static void sift_up(BackwardRun *run, Work work) {
  uint32_t at = run->heap_count++;
  while (at > 0 && run->heap[(at - 1) / 2].sequence < work.sequence) {
    run->heap[at] = run->heap[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  run->heap[at] = work;
}

Entry *run_add(BackwardRun *run, Node *node) {
  uint32_t slot = run->free;
  if (slot != NO_ENTRY) {
    run->free = run->entries[slot].previous;
  } else {
    if (run->used == run->capacity && !grow(run)) return NULL;
    slot = run->used++;
  }
  Entry *entry = &run->entries[slot];
  run_start_entry(run, entry, node);
  entry->previous = node->slot;
  node_set_slot(node, slot);
  sift_up(run, (Work){node->sequence, slot});
  return entry;
}

/* Moves the last element down from the top. */
static void sift_down(BackwardRun *run) {
  uint32_t count = --run->heap_count, at = 0;
  Work work = run->heap[count];
  for (uint32_t child = 1; child < count; child = 2 * at + 1) {
    if (child + 1 < count && run->heap[child + 1].sequence > run->heap[child].sequence) child++;
    if (run->heap[child].sequence <= work.sequence) break;
    run->heap[at] = run->heap[child];
    at = child;
  }
  run->heap[at] = work;
}

bool run_pop(BackwardRun *run, Entry *entry) {
  if (run->heap_count == 0) return false;
  uint32_t slot = run->heap[0].slot;
  sift_down(run);
  Entry *first = &run->entries[slot];
  *entry = *first;
  node_set_slot(entry->node, entry->previous);
  first->node = NULL;
  first->previous = run->free;
  run->free = slot;
  return true;
}

/* ---- contributions */
static Entry *reach(BackwardRun *run, Node *node, bool masked) {
  Entry *entry = run_find(run, node);
  if (!entry) entry = run_add(run, node);
  if (!entry) return NULL;
  entry->reached = true;
  entry->masked |= masked;
  return entry;
}

bool run_contribute_zero(BackwardRun *run, Node *node) {
  return reach(run, node, false) != NULL;
}

bool run_contribute(BackwardRun *run, Node *node, Tensor *gradient, bool masked) {
  Entry *entry = reach(run, node, masked);
  if (!entry) return false;
  if (entry->plain) {
    entry->number += tensor_number_at(gradient, 0);
    return true;
  }
  Tensor *sum = entry->gradient ? op_apply2(run->graph, OP_add, entry->gradient, gradient, NULL) : tensor_ref(gradient);
  if (!sum) return false;
  tensor_unref(entry->gradient);
  entry->gradient = sum;
  return true;
}

/* The sum so far as a tensor that may be written to; NULL: error recorded. */
static Tensor *writable_sum(BackwardRun *run, Entry *entry) {
  Runtime *runtime = run->graph->runtime;
  Tensor *sum = entry->gradient;
  if (sum && sum->layout->contiguous && tensor_is_unshared(sum)) return sum;
  const Tensor *value = &entry->node->tensor;
  Layout *full = layout_new(runtime, tensor_ndim(value), layout_shape(value->layout));
  Tensor *fresh = !full ? NULL : sum ? tensor_copy(runtime, sum) : tensor_new_zeros(runtime, (DType)value->dtype, full);
  layout_unref(full);
  if (!fresh) return NULL;
  tensor_unref(sum);
  return entry->gradient = fresh;
}

bool run_contribute_window(BackwardRun *run, Node *node, Tensor *gradient, Layout *window, int64_t offset,
                           bool masked) {
  Entry *entry = reach(run, node, masked);
  Tensor *sum = entry ? writable_sum(run, entry) : NULL;
  return sum && window_add(run->graph->runtime, sum, window, offset, gradient);
}

Tensor *run_gradient(BackwardRun *run, const Entry *entry) {
  Runtime *runtime = run->graph->runtime;
  if (entry->gradient) return tensor_ref(entry->gradient);
  Tensor *number = tensor_new_number(runtime, (DType)entry->node->tensor.dtype, entry->number);
  if (number && number->layout == entry->node->tensor.layout) return number;
  Tensor *full = number ? tensor_broadcast_to(runtime, number, entry->node->tensor.layout) : NULL;
  tensor_unref(number);
  return full;
}

/* ---- results */
static bool grow_outcomes(BackwardRun *run) {
  size_t bytes = run->outcome_capacity * sizeof *run->outcomes;
  Outcome *grown = run->outcome_capacity <= UINT32_MAX / 2 ? memory_allocate(2 * bytes) : NULL;
  if (!grown) return runtime_out_of_memory(run->graph->runtime), false;
  memcpy(grown, run->outcomes, bytes);
  release_outcomes(run);
  run->outcomes = grown;
  run->outcome_capacity *= 2;
  return true;
}

bool run_remember(BackwardRun *run, Variable *holder, Tensor *gradient_taken) {
  if (run->outcome_count == run->outcome_capacity && !grow_outcomes(run)) {
    tensor_unref(gradient_taken);
    return false;
  }
  run->outcomes[run->outcome_count++] = (Outcome){variable_ref(holder), gradient_taken};
  return true;
}

Outcome *run_outcome(BackwardRun *run, const Variable *holder) {
  for (uint32_t i = run->outcome_count; i-- > 0;)
    if (run->outcomes[i].holder == holder) return &run->outcomes[i];
  return NULL;
}

void run_store(BackwardRun *run) {
  for (uint32_t i = 0; i < run->outcome_count; i++) {
    Outcome *outcome = &run->outcomes[i];
    tensor_unref(outcome->holder->gradient);
    outcome->holder->gradient = outcome->gradient;
    outcome->gradient = NULL;
  }
}
