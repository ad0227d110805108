/* SPDX-License-Identifier: MIT */
/* explain_check.c: a gradient compared with a central difference: the recorded operations are computed again
   on a changed variable. */
#include <math.h>
#include "autodiff/explain.h"
#include "base/memory.h"

double explain_work(const Explanation *explanation) {
  double work = 0;
  for (uint32_t i = 0; i < explanation->count; i++)
    work += 1 + (double)tensor_size(&explanation->rows[i].node->tensor) / 16;
  return work;
}

/* ---- computing again */
typedef struct Replay {
  const Explanation *explanation;
  Tensor **values; /* by row: owned; NULL: as recorded */
} Replay;

static Tensor *operand_of(const Replay *replay, const ExplainRow *row, uint32_t index) {
  uint32_t at = replay->explanation->edges[row->edge + index].row;
  Tensor *changed = at == EXPLAIN_NO_ROW ? NULL : replay->values[at];
  return changed ? tensor_ref(changed) : node_input(replay->explanation->graph, row->node, (int)index);
}

static bool is_changed(const Replay *replay, const ExplainRow *row) {
  bool changed = false;
  for (uint32_t i = 0; !changed && i < row->edge_count; i++) {
    uint32_t at = replay->explanation->edges[row->edge + i].row;
    changed = at != EXPLAIN_NO_ROW && replay->values[at];
  }
  return changed;
}

static Tensor *compute_row(const Replay *replay, const ExplainRow *row) {
  const Node *node = row->node;
  bool number = node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT);
  size_t bytes = row->edge_count * sizeof(Tensor *);
  Tensor **operands = memory_allocate_zeroed(bytes), *value = NULL;
  Runtime *runtime = replay->explanation->graph->runtime;
  if (!operands) return runtime_out_of_memory(runtime);
  for (uint32_t i = 0; i < row->edge_count; i++) operands[i] = operand_of(replay, row, i);
  if (runtime->error->kind == ERROR_NONE)
    value = op_apply(replay->explanation->graph, (OpId)node->tensor.op, (int)row->edge_count, operands,
                     number ? NULL : node->attributes);
  for (uint32_t i = 0; i < row->edge_count; i++) tensor_unref(operands[i]);
  memory_release(operands, bytes);
  return value;
}

static double sum_of(const Tensor *tensor) {
  double sum = 0;
  for (int64_t i = 0; i < tensor_size(tensor); i++) sum += tensor_number_at(tensor, i);
  return sum;
}

/* The sum of the result with another value (taken) in one row. */
static bool compute_again(Replay *replay, uint32_t leaf, Tensor *value_taken, double *result) {
  const Explanation *explanation = replay->explanation;
  bool done = value_taken != NULL;
  replay->values[leaf] = value_taken;
  for (uint32_t at = leaf + 1; done && at < explanation->count; at++) {
    if (!is_changed(replay, &explanation->rows[at])) continue;
    replay->values[at] = compute_row(replay, &explanation->rows[at]);
    done = replay->values[at] && !runtime_interrupted(explanation->graph->runtime);
  }
  uint32_t last = explanation->count - 1;
  if (done) *result = sum_of(replay->values[last] ? replay->values[last] : &explanation->rows[last].node->tensor);
  for (uint32_t at = leaf; at < explanation->count; at++) {
    tensor_unref(replay->values[at]);
    replay->values[at] = NULL;
  }
  return done;
}

/* ---- differences */
static Tensor *moved(Runtime *runtime, Tensor *value, int64_t index, const Tensor *direction, double step) {
  Tensor *copy = tensor_copy(runtime, value);
  for (int64_t i = 0; copy && i < tensor_size(copy); i++) {
    double change = direction ? step * tensor_number_at(direction, i) : i == index ? step : 0;
    if (copy->dtype == DTYPE_FLOAT32) ((float *)tensor_data(copy))[i] += (float)change;
    else ((double *)tensor_data(copy))[i] += change;
  }
  return copy;
}

static double expected_along(const ExplainRow *row, int64_t index, const Tensor *direction) {
  double sum = direction || !row->full ? 0 : tensor_number_at(row->full, index);
  for (int64_t i = 0; direction && row->full && i < tensor_size(direction); i++)
    sum += tensor_number_at(direction, i) * tensor_number_at(row->full, i);
  return sum;
}

/* 1e-5 where numbers are of everyday size; larger for large and for short ones. */
static double step_for(const Tensor *value, int64_t index, bool single) {
  double size = index < tensor_size(value) ? fabs(tensor_number_at(value, index)) : 1;
  return (single ? 1e-2 : 1e-5) * (isfinite(size) && size > 100 ? size / 100 : 1);
}

static bool has_short_numbers(const Explanation *explanation) {
  bool found = false;
  for (uint32_t i = 0; !found && i < explanation->count; i++)
    found = explanation->rows[i].node->tensor.dtype == DTYPE_FLOAT32;
  return found;
}

bool explain_check(const Explanation *explanation, uint32_t leaf, int64_t index, Tensor *direction,
                   ExplainCheck *check) {
  Graph *graph = explanation->graph;
  const ExplainRow *row = &explanation->rows[leaf];
  size_t bytes = explanation->count * sizeof(Tensor *);
  Replay replay = {explanation, memory_allocate_zeroed(bytes)};
  if (!replay.values) return runtime_out_of_memory(graph->runtime), false;
  struct RuntimeWarning warning = graph->runtime->warning;
  bool recording = graph->recording, single = has_short_numbers(explanation);
  graph->recording = false;
  double step = step_for(&row->node->tensor, direction ? 0 : index, single), above = 0, below = 0;
  bool done = compute_again(&replay, leaf, moved(graph->runtime, &row->node->tensor, index, direction, step), &above) &&
              compute_again(&replay, leaf, moved(graph->runtime, &row->node->tensor, index, direction, -step), &below);
  graph->recording = recording;
  graph->runtime->warning = warning;
  memory_release(replay.values, bytes);
  check->step = step;
  check->numeric = (above - below) / (2 * step);
  check->expected = expected_along(row, index, direction);
  check->agrees = fabs(check->numeric - check->expected) <= (single ? 3e-2 : 1e-4) * (1 + fabs(check->expected));
  return done;
}
