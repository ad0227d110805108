/* SPDX-License-Identifier: MIT */
/* explain_paths.c: what one step hands to one of its operands, in words of algebra: `2*v3 * dL/dv4`. */
#include <string.h>
#include "evaluator/builtins/explain_paths.h"

/* ---- paths */
Path paths_start(uint32_t to) { return (Path){.to = to, .step = to, .operand = UINT32_MAX}; }

/* Steps are younger than their operands. */
bool paths_next(const Steps *steps, Path *path) {
  for (; path->step < steps_count(steps); path->step++, path->operand = UINT32_MAX) {
    const ExplainRow *row = steps_row(steps, path->step);
    while (++path->operand < row->edge_count) {
      const ExplainEdge *edge = steps_edge(steps, row, path->operand);
      if (edge->row == path->to && !edge->repeated) return true;
    }
  }
  return false;
}

/* ---- texts */
static void add_gradient_name(const Steps *steps, Buffer *out, uint32_t at) {
  buffer_format(out, "d%s/d%s", steps->result, steps->names[at]);
}

static bool is_matrix_product(const ExplainRow *row) {
  const Tensor *x = node_peek_input(row->node, 0), *y = node_peek_input(row->node, 1);
  if (row->call || row->node->tensor.op != OP_matmul || !x || !y) return false;
  return tensor_ndim(x) + tensor_ndim(y) >= 3 && tensor_ndim(x) <= 2 && tensor_ndim(y) <= 2;
}

static void add_transposed(Steps *steps, Buffer *out, const ExplainRow *row, uint32_t operand) {
  steps_add_operand(steps, out, row, operand);
  if (tensor_ndim(node_peek_input(row->node, (int)operand)) == 2) buffer_add_text(out, ".T");
}

/* `dL/dv @ W.T` and `X.T @ dL/dv`; a vector beside a vector makes a matrix. */
static void add_matrix_path(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  const ExplainRow *row = steps_row(steps, at);
  bool vector = tensor_ndim(&row->node->tensor) == 1;
  bool outer = vector && tensor_ndim(node_peek_input(row->node, (int)operand)) == 2;
  buffer_add_text(out, outer ? "outer(" : "");
  if (operand == 0) add_gradient_name(steps, out, at);
  else add_transposed(steps, out, row, 0);
  buffer_add_text(out, outer ? ", " : " @ ");
  if (operand == 1) add_gradient_name(steps, out, at);
  else add_transposed(steps, out, row, 1);
  buffer_add_text(out, outer ? ")" : "");
}

static bool is_part(OpId op) { return op == OP_gather || op_table[op].kind == OP_KIND_VIEW; }

/* Operations without a factor of their own. */
static void add_other_path(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  OpId op = (OpId)steps_row(steps, at)->node->tensor.op;
  const RecordedCall *call = steps_call(steps, steps_row(steps, at));
  if (at + 1 == steps_count(steps)) buffer_add_byte(out, '1');
  else add_gradient_name(steps, out, at);
  if (call) buffer_format(out, ", through %s", call->info->name);
  else if (steps_row(steps, at)->call == EXPLAIN_LIST) buffer_add_text(out, ", its element");
  else if (is_part(op)) buffer_add_text(out, ", put back in its place");
  else if (op_puts(op))
    buffer_add_text(out, operand == 0 ? ", where nothing was written over it" : ", where it was written");
  else if (op == OP_concatenate) buffer_add_text(out, ", its part");
  else if (op == OP_where) buffer_add_text(out, operand == 1 ? ", where the condition is true" : ", where it is false");
  else if (op == OP_sum || op == OP_mean) buffer_add_text(out, ", repeated");
  else if (op == OP_custom) buffer_add_text(out, ", through your own rule");
  else buffer_format(out, ", through the rule of %s", steps_rule(steps, steps_row(steps, at)));
}

static void add_factor_path(Steps *steps, Buffer *out, uint32_t at, const char *factor) {
  bool last = at + 1 == steps_count(steps), sum = strstr(factor, " + ") || strstr(factor, " - ");
  buffer_format(out, sum && !last ? "(%s)" : "%s", factor);
  if (last) return;
  buffer_add_text(out, " * ");
  add_gradient_name(steps, out, at);
}

void paths_add_text(Steps *steps, Buffer *out, const Path *path) {
  const ExplainRow *row = steps_row(steps, path->step);
  Buffer factor = {0};
  if (is_matrix_product(row)) add_matrix_path(steps, out, path->step, path->operand);
  else if (!steps_add_local(steps, &factor, path->step, path->operand))
    add_other_path(steps, out, path->step, path->operand);
  else add_factor_path(steps, out, path->step, buffer_text(&factor));
  out->failed |= factor.failed;
  buffer_free(&factor);
}

/* ---- broadcasting */
static bool is_summed(const Layout *operand, const Layout *result, int axis) {
  int ahead = result->ndim - operand->ndim;
  return axis < ahead || (layout_shape(operand)[axis - ahead] == 1 && layout_shape(result)[axis] != 1);
}

void paths_add_broadcast(const Steps *steps, Buffer *out, const Path *path) {
  const Layout *result = steps_row(steps, path->step)->node->tensor.layout;
  const Layout *operand = steps_row(steps, path->to)->node->tensor.layout;
  int count = 0, shown = 0;
  for (int axis = 0; axis < result->ndim; axis++) count += is_summed(operand, result, axis);
  buffer_add_text(out, count > 1 ? "summed over axes" : "summed over axis");
  for (int axis = 0; axis < result->ndim; axis++)
    if (is_summed(operand, result, axis)) buffer_format(out, shown++ ? ", %d" : " %d", axis);
  buffer_format(out, " (%s was broadcast)", steps->names[path->to]);
}

bool paths_is_broadcast(const Steps *steps, const Path *path) {
  return steps_edge(steps, steps_row(steps, path->step), path->operand)->broadcast;
}

const ExplainValue *paths_value(const Steps *steps, const Path *path) {
  return &steps_edge(steps, steps_row(steps, path->step), path->operand)->contribution;
}
