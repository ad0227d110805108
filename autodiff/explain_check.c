/* SPDX-License-Identifier: MIT */
/* explain_check.c: a gradient compared with differences: the recorded operations are computed again on a changed
   variable. */
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
  uint32_t at = replay->explanation->edges[row->inner + index].row;
  Tensor *changed = at == EXPLAIN_NO_ROW ? NULL : replay->values[at];
  return changed ? tensor_ref(changed) : node_input(replay->explanation->graph, row->node, (int)index);
}

static bool is_changed(const Replay *replay, const ExplainRow *row) {
  bool changed = false;
  for (uint32_t i = 0; !changed && i < row->inner_count; i++) {
    uint32_t at = replay->explanation->edges[row->inner + i].row;
    changed = at != EXPLAIN_NO_ROW && replay->values[at];
  }
  return changed;
}

bool explain_reads_triangle(const ExplainRow *row) {
  OpId op = (OpId)row->node->tensor.op;
  return op != OP_none && op_table[op].triangle;
}

/* What reads one triangle of a matrix takes it for symmetric, and so does its gradient: it is compared along the
   symmetric part of a change.  Takes both tensors. */
static Tensor *change_symmetrically(Runtime *runtime, Tensor *before, Tensor *after) {
  Tensor *result = before ? tensor_copy(runtime, after) : NULL;
  int64_t n = result ? layout_shape(after->layout)[tensor_ndim(after) - 1] : 0;
  for (int64_t i = 0; result && i < tensor_size(result); i++) {
    int64_t mirror = explain_mirror(i, n);
    double here = tensor_number_at(after, i) - tensor_number_at(before, i);
    double there = tensor_number_at(after, mirror) - tensor_number_at(before, mirror);
    double number = tensor_number_at(before, i) + (here + there) / 2;
    if (result->dtype == DTYPE_FLOAT32) ((float *)tensor_data(result))[i] = (float)number;
    else ((double *)tensor_data(result))[i] = number;
  }
  tensor_unref(before);
  tensor_unref(after);
  return result;
}

static Tensor *compute_row(const Replay *replay, const ExplainRow *row) {
  const Node *node = row->node;
  bool number = node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT);
  size_t bytes = row->inner_count * sizeof(Tensor *);
  Tensor **operands = memory_allocate_zeroed(bytes), *value = NULL;
  Runtime *runtime = replay->explanation->graph->runtime;
  if (!operands) return runtime_out_of_memory(runtime);
  for (uint32_t i = 0; i < row->inner_count; i++) operands[i] = operand_of(replay, row, i);
  if (explain_reads_triangle(row) && operands[0])
    operands[0] = change_symmetrically(runtime, node_input(replay->explanation->graph, node, 0), operands[0]);
  if (runtime->error->kind == ERROR_NONE)
    value = op_apply(replay->explanation->graph, (OpId)node->tensor.op, (int)row->inner_count, operands,
                     number ? NULL : node->attributes);
  for (uint32_t i = 0; i < row->inner_count; i++) tensor_unref(operands[i]);
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

/* ---- changed variables */
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

/* ---- how far rounding may put the result off: to first order, each operation's operands and its value, times the
   gradients that reach them */
static double unit_roundoff(const Tensor *tensor) { return tensor->dtype == DTYPE_FLOAT32 ? 0x1p-24 : 0x1p-53; }

/* A bound of the sum of absolute products; of large tensors only the sizes of gradients are kept. */
static double sum_of_products(const ExplainValue *gradient, const Tensor *value) {
  double sum = 0;
  for (int64_t i = 0; i < tensor_size(value); i++) {
    double slope = gradient->tensor ? fabs(tensor_number_at(gradient->tensor, i)) : gradient->size;
    sum += fabs(tensor_number_at(value, i)) * slope;
  }
  return isfinite(sum) ? sum : 0;
}

enum { ROUNDINGS = 2 }; /* of one operation, in units of its last place */

double explain_noise(const Explanation *explanation) {
  double noise = 0;
  for (uint32_t at = 0; at < explanation->count; at++) {
    const ExplainRow *row = &explanation->rows[at];
    double unit = ROUNDINGS * unit_roundoff(&row->node->tensor);
    noise += unit * sum_of_products(&row->gradient, &row->node->tensor);
    for (uint32_t i = 0; i < row->inner_count; i++) {
      const ExplainEdge *edge = &explanation->edges[row->inner + i];
      if (!edge->reached || edge->row == EXPLAIN_NO_ROW) continue;
      noise += unit * sum_of_products(&edge->contribution, &explanation->rows[edge->row].node->tensor);
    }
  }
  return noise;
}

/* ---- differences along an element or a direction */
typedef struct Line {
  Replay replay;
  uint32_t leaf;
  int64_t index;
  const Tensor *direction;
} Line;

static bool value_on_line(void *context, double distance, double *value) {
  Line *line = context;
  Runtime *runtime = line->replay.explanation->graph->runtime;
  Tensor *start = &line->replay.explanation->rows[line->leaf].node->tensor;
  if (compute_again(&line->replay, line->leaf, moved(runtime, start, line->index, line->direction, distance), value))
    return true;
  if (!difference_beyond_domain(runtime->error)) return false;
  error_clear(runtime->error);
  *value = NAN;
  return true;
}

/* Directions are made to fit their tensor, so their steps have the size 1. */
static double size_on_line(const Line *line) {
  const Tensor *value = &line->replay.explanation->rows[line->leaf].node->tensor;
  return line->direction ? 1 : fabs(tensor_number_at(value, line->index));
}

bool explain_check(const Explanation *explanation, uint32_t leaf, int64_t index, Tensor *direction, double noise,
                   ExplainCheck *check) {
  Graph *graph = explanation->graph;
  const ExplainRow *row = &explanation->rows[leaf];
  size_t bytes = explanation->count * sizeof(Tensor *);
  Line line = {{explanation, memory_allocate_zeroed(bytes)}, leaf, index, direction};
  if (!line.replay.values) return runtime_out_of_memory(graph->runtime), false;
  struct RuntimeWarning warning = graph->runtime->warning;
  bool recording = graph->recording;
  graph->recording = false;
  check->expected = expected_along(row, index, direction);
  DifferenceQuestion question = {value_on_line, &line, size_on_line(&line), noise,
                                 unit_roundoff(&row->node->tensor), check->expected};
  bool done = difference_compare(&question, &check->difference);
  graph->recording = recording;
  graph->runtime->warning = warning;
  memory_release(line.replay.values, bytes);
  return done;
}
