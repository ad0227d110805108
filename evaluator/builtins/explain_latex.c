/* SPDX-License-Identifier: MIT */
/* explain_latex.c: an explanation as one `aligned` block, with nothing beyond amsmath. */
#include "evaluator/builtins/explain_paths.h"

enum { PATHS_SHOWN = 8 };

static void add_value(const Steps *steps, Buffer *out, const ExplainValue *value) {
  Buffer text = {0};
  bool single = value->tensor && tensor_size(value->tensor) == 1;
  if (single) latex_number(out, tensor_number_at(value->tensor, 0), EXPLAIN_DIGITS);
  else steps_add_value(steps, &text, value);
  if (!single) buffer_format(out, "\\texttt{%s}", buffer_text(&text));
  out->failed |= text.failed;
  buffer_free(&text);
}

static void add_tensor(Steps *steps, Buffer *out, Tensor *tensor) {
  ExplainValue value;
  if (explain_value(steps->explanation.graph, &value, tensor)) add_value(steps, out, &value);
  explain_value_free(&value);
}

static void add_partial(const Steps *steps, Buffer *out, const char *of, uint32_t by) {
  buffer_add_text(out, "\\tfrac{\\partial ");
  latex_name(out, of);
  buffer_add_text(out, "}{\\partial ");
  latex_name(out, steps->names[by]);
  buffer_add_byte(out, '}');
}

/* ---- forward */

/* Indices, lists and calls of library functions stand as they are written. */
static bool is_part(const ExplainRow *row) {
  OpId op = (OpId)row->node->tensor.op;
  return op == OP_window || op == OP_gather || op_puts(op);
}

static void add_written(Steps *steps, Buffer *out, uint32_t at) {
  Buffer text = {0};
  steps_add_expression(steps, &text, at);
  buffer_add_text(out, "\\texttt{");
  latex_text(out, buffer_text(&text));
  buffer_add_byte(out, '}');
  out->failed |= text.failed;
  buffer_free(&text);
}

/* What an elementwise step computes, from the names of its operands; others as an operator applied to them. */
static void add_expression(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  FormulaNames used;
  const Formula *formula = steps_value_formula(steps, at, &used);
  if (formula) {
    formula_write_latex(out, formula, &used);
    return;
  }
  if (row->call || is_part(row)) {
    add_written(steps, out, at);
    return;
  }
  buffer_add_text(out, "\\operatorname{");
  latex_text(out, op_table[row->node->tensor.op].name);
  buffer_add_text(out, "}\\left(");
  for (uint32_t i = 0; i < row->edge_count; i++) {
    uint32_t operand = steps_edge(steps, row, i)->row;
    if (i) buffer_add_text(out, ", ");
    if (operand != EXPLAIN_NO_ROW) latex_name(out, steps->names[operand]);
    else buffer_add_text(out, "\\cdot");
  }
  buffer_add_text(out, "\\right)");
}

static void add_local(Steps *steps, Buffer *out, uint32_t at, uint32_t operand) {
  FormulaNames used;
  const Formula *formula = steps_local_formula(steps, at, operand, &used);
  double number = 0;
  bool single = steps_local_number(steps, at, operand, &number);
  if (!formula && !single) return;
  buffer_add_text(out, ", & ");
  add_partial(steps, out, steps->names[at], steps_edge(steps, steps_row(steps, at), operand)->row);
  if (formula) {
    buffer_add_text(out, " &= ");
    formula_write_latex(out, formula, &used);
  }
  if (!single || (formula && formula->kind == FORMULA_NUMBER)) return;
  buffer_add_text(out, formula ? " = " : " &= ");
  latex_number(out, number, EXPLAIN_DIGITS);
}

static void add_step(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  latex_name(out, steps->names[at]);
  buffer_add_text(out, " &= ");
  if (!explain_is_leaf(row)) {
    add_expression(steps, out, at);
    buffer_add_text(out, " = ");
  }
  add_tensor(steps, out, &row->node->tensor);
  for (uint32_t i = 0; i < row->edge_count; i++)
    if (steps_edge_shown(steps, steps_edge(steps, row, i))) add_local(steps, out, at, i);
  buffer_add_text(out, " \\\\\n");
}

/* ---- backward */
static void add_path(Steps *steps, Buffer *out, const Path *path) {
  double local = 0;
  if (!steps_local_number(steps, path->step, path->operand, &local)) {
    add_value(steps, out, paths_value(steps, path));
    return;
  }
  add_value(steps, out, &steps_row(steps, path->step)->gradient);
  buffer_add_text(out, local < 0 ? " \\cdot (" : " \\cdot ");
  latex_number(out, local, EXPLAIN_DIGITS);
  buffer_add_text(out, local < 0 ? ")" : "");
}

/* A tensor that comes by one path is not repeated. */
static bool needs_total(Steps *steps, uint32_t at) {
  Path path = paths_start(at);
  double local;
  bool any = paths_next(steps, &path), number = any && steps_local_number(steps, path.step, path.operand, &local);
  return number || (any && paths_next(steps, &path));
}

static void add_gradient(Steps *steps, Buffer *out, uint32_t at) {
  Path path = paths_start(at);
  Buffer term = {0};
  add_partial(steps, out, steps->result, at);
  buffer_add_text(out, " &= ");
  for (int count = 0; paths_next(steps, &path); count++) {
    if (count == PATHS_SHOWN) buffer_add_text(out, " + \\cdots");
    if (count == PATHS_SHOWN) break;
    buffer_clear(&term);
    add_path(steps, &term, &path);
    bool taken = count && *buffer_text(&term) == '-';
    if (count) buffer_add_text(out, taken ? " - " : " + ");
    buffer_add_text(out, buffer_text(&term) + taken);
  }
  out->failed |= term.failed;
  buffer_free(&term);
  if (needs_total(steps, at)) {
    buffer_add_text(out, " = ");
    add_value(steps, out, &steps_row(steps, at)->gradient);
  }
  buffer_add_text(out, " \\\\\n");
}

void explain_add_latex(Steps *steps, Buffer *out) {
  uint32_t rank = 0, count = steps_count(steps);
  bool skipped = false;
  buffer_add_text(out, "\\begin{aligned}\n");
  for (uint32_t at = 0; at < count; at++) {
    if (!steps_row(steps, at)->shown) continue;
    bool printed = steps_row_printed(steps, rank++);
    if (printed) add_step(steps, out, at);
    else if (!skipped) buffer_add_text(out, "&\\;\\;\\vdots \\\\\n");
    skipped |= !printed;
  }
  rank = 0;
  for (uint32_t at = 0; at < count; at++) {
    const ExplainRow *row = steps_row(steps, at);
    if (row->shown && steps_row_printed(steps, rank++) && explain_is_leaf(row) && at + 1 < count)
      add_gradient(steps, out, at);
  }
  explain_add_formulas(steps, out, true);
  buffer_add_text(out, "\\end{aligned}\n");
}
