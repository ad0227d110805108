/* SPDX-License-Identifier: MIT */
/* graph_lanes.c: a graph drawn in lanes, the result above: one column for every value that is still to come. */
#include <string.h>
#include "base/memory.h"
#include "evaluator/builtins/explain_grid.h"
#include "evaluator/builtins/graph.h"

enum {
  LANES_MOST = 16,                           /* operands beyond are left out, and counted */
  LINES_MOST = GRID_LINES - 3 * LANES_MOST,  /* a node may need that many lines around it */
  VALUE_COLUMNS = 20
};

/* ---- the order: a step comes after everything that uses it, what is computed first last */
typedef struct Order {
  uint32_t *rows, *stack, *next; /* next: operand to follow, by row */
  bool *seen;
  uint32_t count;
  size_t bytes;
} Order;

static bool order_start(Steps *steps, Order *order) {
  size_t count = steps_count(steps);
  *order = (Order){.bytes = count * (3 * sizeof(uint32_t) + sizeof(bool))};
  order->rows = memory_allocate_zeroed(order->bytes);
  if (!order->rows) return error_out_of_memory(session_runtime(steps->session)->error);
  order->stack = order->rows + count;
  order->next = order->stack + count;
  order->seen = (bool *)(order->next + count);
  return true;
}

static void order_fill(const Steps *steps, Order *order) {
  uint32_t depth = 0, last = steps_count(steps) - 1;
  order->stack[depth++] = last;
  order->seen[last] = true;
  while (depth > 0) {
    uint32_t at = order->stack[depth - 1];
    const ExplainRow *row = steps_row(steps, at);
    if (order->next[at] == row->edge_count) {
      order->rows[order->count++] = at;
      depth--;
      continue;
    }
    const ExplainEdge *edge = steps_edge(steps, row, order->next[at]++);
    if (!steps_edge_shown(steps, edge) || order->seen[edge->row]) continue;
    order->seen[edge->row] = true;
    order->stack[depth++] = edge->row;
  }
}

/* ---- lanes */
typedef struct Drawing {
  Steps *steps;
  Grid *grid;
  Buffer line;
  uint32_t lanes[LANES_MOST]; /* what each is waiting for */
  int count;
  uint32_t missed;            /* nodes without a lane */
} Drawing;

/* Lines are drawn cell by cell: lane k stands in column 2 k. */
typedef struct Strokes { char cells[2 * LANES_MOST + 2]; } Strokes;

static void clear(Strokes *strokes) {
  memset(strokes->cells, ' ', sizeof strokes->cells);
}

static const char *take(Drawing *drawing, const Strokes *strokes) {
  size_t length = sizeof strokes->cells;
  while (length > 0 && strokes->cells[length - 1] == ' ') length--;
  buffer_add(&drawing->line, strokes->cells, length);
  return steps_text(drawing->steps, &drawing->line);
}

static void stroke(Strokes *strokes, int from, int to, char sign) {
  for (int k = from; k < to; k++) strokes->cells[2 * k] = sign;
}

/* Lane j joins lane i, crossing those between them; those behind it move up. */
static void join(Drawing *drawing, int i, int j) {
  Strokes strokes;
  clear(&strokes);
  stroke(&strokes, 0, j, '|');
  for (int k = i + 1; k < j; k++) strokes.cells[2 * k - 1] = '_';
  for (int k = j; k < drawing->count; k++) strokes.cells[2 * k - 1] = '/';
  grid_add(drawing->grid)->whole = take(drawing, &strokes);
  memmove(&drawing->lanes[j], &drawing->lanes[j + 1], (size_t)(drawing->count - j - 1) * sizeof *drawing->lanes);
  drawing->count--;
}

static void join_equal(Drawing *drawing) {
  for (int j = 1; j < drawing->count; j++)
    for (int i = 0; i < j; i++) {
      if (drawing->lanes[i] != drawing->lanes[j]) continue;
      join(drawing, i, j);
      j = 0;
      break;
    }
}

static void end_lane(Drawing *drawing, int i) {
  Strokes strokes;
  clear(&strokes);
  stroke(&strokes, 0, i, '|');
  for (int k = i + 1; k < drawing->count; k++) strokes.cells[2 * k - 1] = '/';
  if (i + 1 < drawing->count) grid_add(drawing->grid)->whole = take(drawing, &strokes);
  memmove(&drawing->lanes[i], &drawing->lanes[i + 1], (size_t)(drawing->count - i - 1) * sizeof *drawing->lanes);
  drawing->count--;
}

/* A new lane at place i, branching off the one before it. */
static void branch(Drawing *drawing, int i, uint32_t row) {
  Strokes strokes;
  clear(&strokes);
  stroke(&strokes, 0, i, '|');
  for (int k = i; k <= drawing->count; k++) strokes.cells[2 * k - 1] = '\\';
  grid_add(drawing->grid)->whole = take(drawing, &strokes);
  memmove(&drawing->lanes[i + 1], &drawing->lanes[i], (size_t)(drawing->count - i) * sizeof *drawing->lanes);
  drawing->lanes[i] = row;
  drawing->count++;
}

/* ---- nodes */
static void add_cells(Drawing *drawing, GridLine *line, uint32_t at) {
  Steps *steps = drawing->steps;
  const ExplainRow *row = steps_row(steps, at);
  Buffer *text = &drawing->line;
  buffer_add_text(text, steps->names[at]);
  if (!explain_is_leaf(row)) {
    buffer_add_text(text, " = ");
    steps_add_expression(steps, text, at);
  } else if (steps->earlier[at]) buffer_add_text(text, " (earlier)");
  line->cells[1] = steps_text(steps, text);
  buffer_add_text(text, "= ");
  steps_add_tensor(steps, text, &row->node->tensor);
  line->cells[2] = steps_text(steps, text);
  buffer_add_text(text, "grad ");
  steps_add_value(steps, text, &row->gradient);
  line->cells[3] = steps_text(steps, text);
}

static void add_operands(Drawing *drawing, int lane, const ExplainRow *row) {
  uint32_t operands[LANES_MOST];
  int count = 0;
  for (uint32_t i = 0; i < row->edge_count && count + drawing->count < LANES_MOST; i++) {
    const ExplainEdge *edge = steps_edge(drawing->steps, row, i);
    bool known = !steps_edge_shown(drawing->steps, edge);
    for (int k = 0; k < count && !known; k++) known = operands[k] == edge->row;
    if (!known) operands[count++] = edge->row;
  }
  if (count == 0) {
    end_lane(drawing, lane);
    return;
  }
  drawing->lanes[lane] = operands[0];
  for (int k = 1; k < count; k++) branch(drawing, lane + k, operands[k]);
}

static void add_node(Drawing *drawing, uint32_t at) {
  Strokes strokes;
  int lane = 0;
  while (lane < drawing->count && drawing->lanes[lane] != at) lane++;
  if (lane == drawing->count) {
    drawing->missed++;
    return;
  }
  clear(&strokes);
  stroke(&strokes, 0, drawing->count, '|');
  strokes.cells[2 * lane] = '*';
  GridLine *line = grid_add(drawing->grid);
  line->cells[0] = take(drawing, &strokes);
  add_cells(drawing, line, at);
  add_operands(drawing, lane, steps_row(drawing->steps, at));
  join_equal(drawing);
}

static void add_rest(Drawing *drawing, const Order *order, uint32_t shown) {
  uint32_t left = order->count - shown + drawing->missed;
  if (left == 0) return;
  buffer_format(&drawing->line, "... %u more steps; graph(%s, \"graph.dot\") writes them all",
                (unsigned)left, drawing->steps->traced ? "f, ..." : drawing->steps->result);
  grid_add(drawing->grid)->whole = steps_text(drawing->steps, &drawing->line);
}

bool graph_add_lanes(Steps *steps, Buffer *out) {
  Grid grid;
  Order order;
  if (!grid_start(steps, &grid, 4) || !order_start(steps, &order)) return false;
  Drawing drawing = {.steps = steps, .grid = &grid, .lanes = {steps_count(steps) - 1}, .count = 1};
  grid.least[1] = 12;
  grid.least[2] = grid.least[3] = 16;
  steps->value_columns = VALUE_COLUMNS;
  order_fill(steps, &order);
  uint32_t shown = 0;
  for (; shown < order.count && shown < EXPLAIN_ROWS_SHOWN && grid.count < LINES_MOST; shown++)
    add_node(&drawing, order.rows[order.count - 1 - shown]);
  add_rest(&drawing, &order, shown);
  memory_release(order.rows, order.bytes);
  buffer_free(&drawing.line);
  if (session_runtime(steps->session)->error->kind != ERROR_NONE) return false;
  if (steps->failed) return error_out_of_memory(session_runtime(steps->session)->error);
  grid_write(&grid, out);
  return true;
}
