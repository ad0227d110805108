/* SPDX-License-Identifier: MIT */
/* formula_graph.c: from the nodes of a graph to a formula. */
#include <math.h>
#include "autodiff/formula.h"
#include "autodiff/rule.h"
#include "runtime/format/number.h"

enum { FORMULAS_MOST = 4000, DEPTH_MOST = 200, PIECES_DEPTH = 1000 };

typedef struct Reading {
  FormulaBuilder builder;
  Graph *graph;
  const FormulaNames *names;
  int depth;
} Reading;

static const Formula *read_tensor(Reading *reading, Tensor *tensor);

static const Formula *read_number(Reading *reading, double number) {
  FormulaBuilder *builder = &reading->builder;
  return reading->names->plain ? formula_number(builder, number) : formula_constant(builder, number);
}

static const Formula *read_leaf(Reading *reading, const Tensor *leaf) {
  double number = tensor_number_at(leaf, 0);
  bool single = reading->names->shown && leaf->dtype == DTYPE_FLOAT32;
  return read_number(reading, single ? number_shown_single(number) : number);
}

static const Formula *read_operand(Reading *reading, const Node *node, int index) {
  if (node->tensor.flags & (index == 0 ? NODE_NUMBER_LEFT : NODE_NUMBER))
    return read_number(reading, node->number);
  Tensor *operand = node_peek_input(node, index);
  return operand ? read_tensor(reading, operand) : NULL;
}

static const Formula *read_call(Reading *reading, const Node *node, int count) {
  OpId op = (OpId)node->tensor.op;
  const Formula *parts[2] = {read_operand(reading, node, 0), count > 1 ? read_operand(reading, node, 1) : NULL};
  const Formula *spelled = formula_spelled(&reading->builder, op, parts[0], parts[1]);
  return spelled ? spelled : formula_new(&reading->builder, FORMULA_CALL, (int)op, 0, count, parts);
}

/* The branch that the graph took.  Only rules choose here, around places where they would divide by zero: functions
   that choose themselves have pieces. */
static const Formula *read_choice(Reading *reading, const Node *node) {
  const Tensor *condition = node_peek_input(node, 0);
  if (!condition || tensor_size(condition) != 1) return NULL;
  return read_operand(reading, node, tensor_number_at(condition, 0) != 0 ? 1 : 2);
}

static const Formula *negated(Reading *reading, const Formula *formula) {
  return formula_product(&reading->builder, formula_number(&reading->builder, -1), formula);
}

static const Formula *raised(Reading *reading, const Node *node, double exponent) {
  return formula_power(&reading->builder, read_operand(reading, node, 0), formula_number(&reading->builder, exponent));
}

static const Formula *read_operation(Reading *reading, const Node *node) {
  FormulaBuilder *builder = &reading->builder;
  const OpInfo *info = &op_table[node->tensor.op];
  switch ((OpId)node->tensor.op) {
    case OP_add: return formula_sum(builder, read_operand(reading, node, 0), read_operand(reading, node, 1));
    case OP_subtract:
      return formula_sum(builder, read_operand(reading, node, 0), negated(reading, read_operand(reading, node, 1)));
    case OP_multiply: return formula_product(builder, read_operand(reading, node, 0), read_operand(reading, node, 1));
    case OP_divide:
      return formula_product(builder, read_operand(reading, node, 0),
                             formula_power(builder, read_operand(reading, node, 1), formula_number(builder, -1)));
    case OP_power:
      return formula_power(builder, read_operand(reading, node, 0), read_operand(reading, node, 1));
    case OP_negative: return negated(reading, read_operand(reading, node, 0));
    case OP_square: return raised(reading, node, 2);
    case OP_reciprocal: return raised(reading, node, -1);
    case OP_positive: case OP_copy: case OP_astype: case OP_sum: case OP_mean: case OP_window:
      return read_operand(reading, node, 0);
    case OP_where: return read_choice(reading, node);
    default: break;
  }
  if (info->kind == OP_KIND_VIEW) return read_operand(reading, node, 0);
  if (info->kind == OP_KIND_UNARY) return read_call(reading, node, 1);
  return info->kind == OP_KIND_BINARY ? read_call(reading, node, 2) : NULL;
}

static const Formula *read_tensor(Reading *reading, Tensor *tensor) {
  if (tensor_ndim(tensor) != 0 || reading->depth >= DEPTH_MOST) return NULL;
  for (int i = 0; i < reading->names->count; i++)
    if (reading->names->leaves[i] == tensor) return formula_new(&reading->builder, FORMULA_NAME, i, 0, 0, NULL);
  const Node *node = node_of(tensor);
  if (!node) return read_leaf(reading, tensor);
  if (node->tensor.op == OP_none) return NULL;
  reading->depth++;
  const Formula *formula = read_operation(reading, node);
  reading->depth--;
  return formula;
}

const Formula *formula_from_graph(Arena *arena, Graph *graph, Tensor *value, const FormulaNames *names) {
  Reading reading = {{arena, FORMULAS_MOST}, graph, names, 0};
  return read_tensor(&reading, value);
}

/* ---- pieces */
static bool has_pieces(const Node *node) {
  OpPieces pieces = node->tensor.op == OP_none ? OP_WHOLE : op_table[node->tensor.op].pieces;
  return pieces == OP_PIECES || (pieces == OP_PIECES_OF_MANY && tensor_size(node_peek_input(node, 0)) > 1);
}

static bool find_pieces(const Graph *graph, Tensor *tensor, int depth) {
  Node *node = tensor ? node_of(tensor) : NULL;
  if (!node || node->epoch == graph->epoch) return false;
  node->epoch = graph->epoch;
  if (has_pieces(node) || depth >= PIECES_DEPTH) return true;
  for (int i = 0; i < node_input_count(node); i++)
    if (find_pieces(graph, node_peek_input(node, i), depth + 1)) return true;
  return false;
}

bool formula_has_pieces(Graph *graph, Tensor *value) {
  graph->epoch++;
  return find_pieces(graph, value, 0);
}

/* ---- values */
static double evaluate_list(const Formula *formula, const double *values) {
  double result = formula->number;
  for (int i = 0; i < formula->count; i++) {
    double part = formula_evaluate(formula->parts[i], values);
    result = formula->kind == FORMULA_SUM ? result + part : result * part;
  }
  return result;
}

bool formula_agrees(double evaluated, double computed, DType dtype) {
  double bound = dtype == DTYPE_FLOAT32 ? 1e-4 : 1e-9;
  return fabs(evaluated - computed) <= bound * (1 + fabs(computed));
}

double formula_evaluate(const Formula *formula, const double *values) {
  double x, y;
  switch (formula->kind) {
    case FORMULA_NUMBER: case FORMULA_CONSTANT: return formula->number;
    case FORMULA_NAME: return values[formula->index];
    case FORMULA_SUM: case FORMULA_PRODUCT: return evaluate_list(formula, values);
    default: break;
  }
  x = formula_evaluate(formula->parts[0], values);
  y = formula->count > 1 ? formula_evaluate(formula->parts[1], values) : 0;
  if (formula->kind == FORMULA_POWER) return op_binary_double[OP_power](x, y);
  return formula->count > 1 ? op_binary_double[formula->index](x, y) : op_unary_double[formula->index](x);
}
