/* SPDX-License-Identifier: MIT */
/* explain_tables.c: the steps forward and backward as a table: of numbers in the order of evaluation, of tensors
   from the result back. */
#include <stdlib.h>
#include <string.h>
#include "evaluator/builtins/explain_grid.h"
#include "evaluator/builtins/explain_paths.h"

enum { OPERANDS_SHOWN = 3, PATHS_SHOWN = 4, TWO_LOCALS = 28, CALL_COLUMNS = 24,
       VALUE_NARROW = 22, LOCAL_LEAST = 20 };

/* What long names and expressions are cut to where the lines are too long. */
typedef struct Least { size_t name, expression; } Least;
static const Least number_least = {12, 10};

/* ---- cells */
/* A long call is `integrate(…)`, and what that is stands below. */
static bool is_long_call(Steps *steps, uint32_t at, const char *text) {
  return steps_call(steps, steps_row(steps, at)) && text_columns(text) > CALL_COLUMNS;
}

static const char *expression_cell(Steps *steps, uint32_t at, Buffer *buffer) {
  steps_add_expression(steps, buffer, at);
  const char *text = steps_text(steps, buffer);
  if (!is_long_call(steps, at, text)) return text;
  buffer_format(buffer, "%s(%s)", steps_rule(steps, steps_row(steps, at)), steps_ellipsis(steps));
  return steps_text(steps, buffer);
}

static void add_long_call(Steps *steps, Grid *grid, uint32_t at, Buffer *buffer) {
  steps_add_expression(steps, buffer, at);
  const char *text = steps_text(steps, buffer);
  if (!is_long_call(steps, at, text)) return;
  buffer_format(buffer, "        where %s = ", steps->names[at]);
  size_t used = text_columns(buffer_text(buffer));
  text_add_cut(buffer, text, used < EXPLAIN_WIDTH / 2 ? EXPLAIN_WIDTH - used : EXPLAIN_WIDTH / 2,
               steps_ellipsis(steps));
  grid_add(grid)->whole = steps_text(steps, buffer);
}

static const char *value_cell(Steps *steps, uint32_t at, Buffer *buffer) {
  steps_add_tensor(steps, buffer, &steps_row(steps, at)->node->tensor);
  return steps_text(steps, buffer);
}

static const char *gradient_cell(Steps *steps, uint32_t at, bool quiz, Buffer *buffer) {
  if (quiz && at + 1 < steps_count(steps)) return "?";
  steps_add_value(steps, buffer, &steps_row(steps, at)->gradient);
  return steps_text(steps, buffer);
}

/* `d/dx = 2*x = 4`; a number stands for its formula. */
static const char *local_cell(Steps *steps, uint32_t at, uint32_t operand, Buffer *buffer) {
  const ExplainRow *row = steps_row(steps, at);
  double number;
  Buffer formula = {0}, value = {0};
  bool known = steps_add_local(steps, &formula, at, operand), single = steps_local_number(steps, at, operand, &number);
  if (single) steps_add_number(&value, number, EXPLAIN_DIGITS);
  char *end = NULL;
  bool repeats = single && known && (strtod(buffer_text(&formula), &end), *end == '\0');
  buffer_format(buffer, "d/d%s", steps->names[steps_edge(steps, row, operand)->row]);
  if (known && !repeats) buffer_format(buffer, " = %s", buffer_text(&formula));
  if (single) buffer_format(buffer, " = %s", buffer_text(&value));
  buffer->failed |= formula.failed || value.failed;
  buffer_free(&formula);
  buffer_free(&value);
  return steps_text(steps, buffer);
}

static uint32_t next_operand(const Steps *steps, const ExplainRow *row, uint32_t from) {
  while (from < row->edge_count && !steps_edge_shown(steps, steps_edge(steps, row, from))) from++;
  return from;
}

/* ---- numbers: one line for every operand, two where they are short */
static void add_locals(Steps *steps, Grid *grid, GridLine *line, uint32_t at, Buffer *buffer) {
  const ExplainRow *row = steps_row(steps, at);
  uint32_t operand = next_operand(steps, row, 0);
  for (int shown = 0; operand < row->edge_count; shown++) {
    if (shown) line = grid_add(grid);
    const char *text = shown == OPERANDS_SHOWN ? steps_ellipsis(steps) : local_cell(steps, at, operand, buffer);
    line->cells[4] = text;
    if (shown == OPERANDS_SHOWN) return;
    operand = next_operand(steps, row, operand + 1);
    if (operand >= row->edge_count) return;
    const char *second = local_cell(steps, at, operand, buffer);
    if (text_columns(text) + text_columns(second) > TWO_LOCALS) continue;
    buffer_format(buffer, "%s, %s", text, second);
    line->cells[4] = steps_text(steps, buffer);
    operand = next_operand(steps, row, operand + 1);
  }
}

static void add_number_row(Steps *steps, Grid *grid, uint32_t at, bool quiz, Buffer *buffer) {
  GridLine *line = grid_add(grid);
  line->cells[0] = steps->names[at];
  line->cells[1] = expression_cell(steps, at, buffer);
  line->cells[2] = value_cell(steps, at, buffer);
  line->cells[3] = steps_rule(steps, steps_row(steps, at));
  line->cells[5] = gradient_cell(steps, at, quiz, buffer);
  add_locals(steps, grid, line, at, buffer);
  add_long_call(steps, grid, at, buffer);
}

static void add_number_head(Steps *steps, Grid *grid, Buffer *buffer) {
  GridLine *line = grid_add(grid);
  line->loose = true;
  line->cells[0] = "forward";
  buffer_add_text(buffer, "backward  (");
  text_add_cut(buffer, steps->result, number_least.name, steps_ellipsis(steps));
  buffer_add_text(buffer, "' = 1)");
  line->cells[4] = steps_text(steps, buffer);
  line = grid_add(grid);
  *line = (GridLine){.cells = {"step", "expression", "value", "rule", "local derivative"}};
  bool fits = text_columns(steps->result) <= number_least.name;
  buffer_format(buffer, fits ? "d%s/dv" : "gradient", steps->result);
  line->cells[5] = steps_text(steps, buffer);
}

/* ---- tensors: behind or below each gradient how it came about */
static const char *path_note(Steps *steps, const Path *path, bool first, Buffer *buffer) {
  bool broadcast = paths_is_broadcast(steps, path);
  buffer_format(buffer, "%s %s", first ? "=" : "+", broadcast ? "sum(" : "");
  paths_add_text(steps, buffer, path);
  if (broadcast) buffer_add_text(buffer, "), ");
  if (broadcast) paths_add_broadcast(steps, buffer, path);
  return steps_text(steps, buffer);
}

static void add_tensor_paths(Steps *steps, Grid *grid, GridLine *line, uint32_t at, Buffer *buffer) {
  Path path = paths_start(at);
  for (int shown = 0; shown <= PATHS_SHOWN && paths_next(steps, &path); shown++) {
    if (shown) line = grid_add(grid);
    if (shown == PATHS_SHOWN) buffer_format(buffer, "+ %s", steps_ellipsis(steps));
    line->note = shown == PATHS_SHOWN ? steps_text(steps, buffer) : path_note(steps, &path, shown == 0, buffer);
  }
}

static void add_tensor_row(Steps *steps, Grid *grid, uint32_t at, bool quiz, Buffer *buffer) {
  GridLine *line = grid_add(grid);
  const Layout *layout = steps_row(steps, at)->node->tensor.layout;
  ShapeText shape;
  line->cells[0] = steps->names[at];
  line->cells[1] = expression_cell(steps, at, buffer);
  buffer_add_text(buffer, layout->ndim ? layout_text(&shape, layout) : "()");
  line->cells[2] = steps_text(steps, buffer);
  line->cells[3] = value_cell(steps, at, buffer);
  line->cells[4] = gradient_cell(steps, at, quiz, buffer);
  add_tensor_paths(steps, grid, line, at, buffer);
  add_long_call(steps, grid, at, buffer);
}

static void add_tensor_head(Steps *steps, Grid *grid, size_t name, Buffer *buffer) {
  GridLine *line = grid_add(grid);
  *line = (GridLine){.cells = {"step", "expression", "shape", "value"}};
  buffer_add_text(buffer, "gradient of ");
  text_add_cut(buffer, steps->result, name, steps_ellipsis(steps));
  line->cells[4] = steps_text(steps, buffer);
}

/* ---- the table */
static const char *gap_text(Steps *steps, Buffer *buffer) {
  unsigned left = (unsigned)(steps->explanation.shown_count - EXPLAIN_FIRST - EXPLAIN_LAST);
  if (steps->traced || steps->only) buffer_format(buffer, "... %u more steps; the form \"json\" has them all", left);
  else buffer_format(buffer, "... %u more steps; run explain(%s, x) for the paths to x", left, steps->result);
  return steps_text(steps, buffer);
}

static void add_rows(Steps *steps, Grid *grid, bool scalar, bool quiz, Buffer *buffer) {
  uint32_t count = steps_count(steps), rank = 0;
  bool skipped = false;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t at = scalar ? i : count - 1 - i;
    if (!steps_row(steps, at)->shown) continue;
    bool printed = steps_row_printed(steps, rank++);
    if (!printed && !skipped) grid_add(grid)->whole = gap_text(steps, buffer);
    skipped |= !printed;
    if (printed && scalar) add_number_row(steps, grid, at, quiz, buffer);
    else if (printed) add_tensor_row(steps, grid, at, quiz, buffer);
  }
}

static bool fill(Steps *steps, Grid *grid, bool scalar, Least least, bool quiz) {
  Buffer buffer = {0};
  if (!grid_start(steps, grid, scalar ? 6 : 5)) return false;
  grid->least[0] = least.name;
  grid->least[1] = least.expression;
  if (scalar) grid->least[4] = LOCAL_LEAST;
  if (scalar) add_number_head(steps, grid, &buffer);
  else add_tensor_head(steps, grid, least.name, &buffer);
  add_rows(steps, grid, scalar, quiz, &buffer);
  buffer_free(&buffer);
  if (session_runtime(steps->session)->error->kind != ERROR_NONE) return false;
  return !steps->failed || error_out_of_memory(session_runtime(steps->session)->error);
}

/* Values are written with fewer digits where the lines are too long, and at last as ranges; they are never cut. */
static bool fill_tensors(Steps *steps, Grid *grid, bool quiz) {
  static const struct { size_t value; Least least; bool elements; } attempts[] = {
    {VALUE_WIDE, {24, 16}, true}, {VALUE_WIDE - 4, {24, 16}, true}, {VALUE_NARROW, {24, 16}, true},
    {VALUE_NARROW, {16, 12}, true}, {VALUE_NARROW, {10, 10}, false},
  };
  bool done = true, fits = false;
  for (size_t k = 0; done && !fits && k < sizeof attempts / sizeof *attempts; k++) {
    steps->value_columns = attempts[k].value;
    steps->elements = attempts[k].elements;
    done = fill(steps, grid, false, attempts[k].least, quiz);
    fits = done && grid_columns(grid) <= EXPLAIN_WIDTH;
  }
  steps->elements = false;
  steps->value_columns = VALUE_WIDE;
  return done;
}

bool explain_tables(Steps *steps, Buffer *out, bool quiz) {
  Grid grid;
  bool done = steps_are_scalar(steps) ? fill(steps, &grid, true, number_least, quiz)
                                      : fill_tensors(steps, &grid, quiz);
  if (done) grid_write(&grid, out);
  return done;
}
