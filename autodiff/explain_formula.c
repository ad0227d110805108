/* SPDX-License-Identifier: MIT */
/* explain_formula.c: the gradient of a leaf as a formula in all leaves: the recorded operations are computed again
   on fresh variables, and their gradient is recorded and read. */
#include <math.h>
#include "autodiff/backward.h"
#include "autodiff/explain.h"
#include "base/memory.h"

enum { ROWS_MOST = 200 };

typedef struct Copy {
  const Explanation *explanation;
  Tensor **values; /* by row; owned */
  FormulaNames *names;
  double at[FORMULA_NAMES];
} Copy;

static bool copy_leaf(Copy *copy, uint32_t at, const char *name) {
  const ExplainRow *row = &copy->explanation->rows[at];
  FormulaNames *names = copy->names;
  if (names->count == FORMULA_NAMES || tensor_ndim(&row->node->tensor) != 0) return false;
  Node *leaf = node_new_leaf(copy->explanation->graph, &row->node->tensor);
  if (!leaf) return false;
  leaf->tensor.flags |= NODE_ASKED;
  copy->values[at] = &leaf->tensor;
  copy->at[names->count] = tensor_number_at(&leaf->tensor, 0);
  names->texts[names->count] = name;
  names->leaves[names->count++] = &leaf->tensor;
  return true;
}

static bool copy_operation(Copy *copy, uint32_t at) {
  const ExplainRow *row = &copy->explanation->rows[at];
  Graph *graph = copy->explanation->graph;
  bool number = row->node->tensor.flags & (NODE_NUMBER | NODE_NUMBER_LEFT), known = row->inner_count <= FORMULA_NAMES;
  Tensor *operands[FORMULA_NAMES] = {NULL};
  for (uint32_t i = 0; known && i < row->inner_count; i++) {
    uint32_t operand = copy->explanation->edges[row->inner + i].row;
    operands[i] = operand == EXPLAIN_NO_ROW ? node_input(graph, row->node, (int)i) : tensor_ref(copy->values[operand]);
  }
  if (known && graph->runtime->error->kind == ERROR_NONE)
    copy->values[at] = op_apply(graph, (OpId)row->node->tensor.op, (int)row->inner_count, operands,
                                number ? NULL : row->node->attributes);
  for (int i = 0; i < FORMULA_NAMES; i++) tensor_unref(operands[i]);
  return copy->values[at] != NULL;
}

static bool copy_rows(Copy *copy, const char *const *names) {
  bool done = true;
  for (uint32_t at = 0; done && at < copy->explanation->count; at++)
    done = explain_is_leaf(&copy->explanation->rows[at]) ? copy_leaf(copy, at, names[at]) : copy_operation(copy, at);
  return done;
}

static const Formula *read_gradient(Copy *copy, Arena *arena, uint32_t leaf) {
  const Explanation *explanation = copy->explanation;
  Tensor *gradient = NULL;
  if (!backward_gradients(explanation->graph, copy->values[explanation->count - 1], NULL, 1, &copy->values[leaf], true,
                          &gradient)) return NULL;
  const Formula *formula = formula_from_graph(arena, explanation->graph, gradient, copy->names);
  double expected = tensor_number_at(gradient, 0), got = formula ? formula_evaluate(formula, copy->at) : NAN;
  bool agrees = formula_agrees(got, expected, gradient->dtype);
  tensor_unref(gradient);
  return agrees ? formula : NULL;
}

const Formula *explain_formula(const Explanation *explanation, Arena *arena, uint32_t leaf, const char *const *names,
                               FormulaNames *used) {
  Graph *graph = explanation->graph;
  size_t bytes = explanation->count * sizeof(Tensor *);
  const Formula *formula = NULL;
  *used = (FormulaNames){.shown = true};
  if (explanation->count > ROWS_MOST || graph->runtime->error->kind != ERROR_NONE) return NULL;
  Copy copy = {.explanation = explanation, .values = memory_allocate_zeroed(bytes), .names = used};
  if (!copy.values) return NULL;
  bool recording = graph->recording;
  struct RuntimeWarning warning = graph->runtime->warning;
  graph->recording = true;
  if (copy_rows(&copy, names)) formula = read_gradient(&copy, arena, leaf);
  graph->recording = recording;
  graph->runtime->warning = warning;
  for (uint32_t at = 0; at < explanation->count; at++) {
    if (copy.values[at] && explain_is_leaf(&explanation->rows[at])) copy.values[at]->flags &= (uint8_t)~NODE_ASKED;
    tensor_unref(copy.values[at]);
  }
  memory_release(copy.values, bytes);
  return formula;
}
