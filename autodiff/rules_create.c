/* SPDX-License-Identifier: MIT */
/* rules_create.c: rules of diagonals and triangles, and of numbers in a row between two ends. */
#include "autodiff/rule.h"
#include "runtime/kernels/create.h"
#include "runtime/kernels/elementwise.h"

/* ---- diagonals and triangles */
static Attributes *diagonal_attribute(Rule *rule) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (attributes) attributes_set_integer(attributes, 0, attribute_integer(rule->attributes, 0, 0));
  return attributes;
}

/* Of a matrix: g back on the k-th diagonal of zeros. */
static Tensor *scatter_diagonal(Rule *rule) {
  int64_t k = attribute_integer(rule->attributes, 0, 0), columns = layout_shape(rule->x[0]->layout)[1];
  int64_t size = tensor_size(rule->g), stride = columns + 1;
  Layout *layout = layout_new_strided(rule->graph->runtime, 1, &size, &stride);
  int64_t offset = size == 0 ? 0 : k >= 0 ? k : -k * columns;
  Tensor *result = rule_window_add(rule, rule->g, rule->x[0]->layout, layout, offset);
  layout_unref(layout);
  return result;
}

void op_diag_backward(Rule *rule) {
  rule->gradients[0] = tensor_ndim(rule->x[0]) == 1 ? rule_op1(rule, OP_diagonal, rule->g, diagonal_attribute(rule))
                                                    : scatter_diagonal(rule);
}

void op_tril_backward(Rule *rule) {
  rule->masks = true;
  rule->gradients[0] = rule_op1(rule, OP_tril, rule->g, diagonal_attribute(rule));
}

void op_triu_backward(Rule *rule) {
  rule->masks = true;
  rule->gradients[0] = rule_op1(rule, OP_triu, rule->g, diagonal_attribute(rule));
}

/* ---- numbers in steps: where they end only says how many there are */
void op_arange_backward(Rule *rule) {
  Runtime *runtime = rule->graph->runtime;
  Tensor *g = rule->g;
  if (!rule->x[1]) return;
  if (rule->needs[0]) rule->gradients[0] = rule_reshape_like(rule, rule_sum(rule, g, 1, false), rule->x[0]->layout);
  if (!rule->needs[2]) return;
  Tensor *steps = rule_keep(rule, tensor_arange(runtime, (DType)g->dtype, 0, (double)tensor_size(g), 1));
  Tensor *slope = rule_sum(rule, rule_multiply(rule, g, steps), 1, false);
  rule->gradients[2] = rule_reshape_like(rule, slope, rule->x[2]->layout);
}

/* ---- numbers between two ends, along an axis of their own */
typedef struct Row { int64_t count; bool endpoint; int axis; } Row;

static bool read_row(Rule *rule, int axis_at, const Layout *points, Row *row) {
  row->count = attribute_integer(rule->attributes, 0, 50);
  row->endpoint = attribute_bool(rule->attributes, 1, true);
  int64_t axis = attribute_integer(rule->attributes, axis_at, 0);
  return axis_normalise(rule->graph->runtime, axis, points->ndim, points, &row->axis);
}

/* As wide as `points`, with size 1 along the axis of the row. */
static Tensor *beside_row(Rule *rule, Tensor *x, int ndim, int axis) {
  int64_t shape[TENSOR_MAX_DIMS];
  int missing = ndim - 1 - tensor_ndim(x);
  for (int i = 0; i < ndim; i++) {
    int from = i - missing - (i > axis);
    shape[i] = i == axis || from < 0 ? 1 : layout_shape(x->layout)[from];
  }
  return rule_reshape(rule, x, ndim, shape);
}

/* How near each point is to the end that counts 1, in the shape of one row. */
static Tensor *row_weights(Rule *rule, const Row *row, double start, const Tensor *like) {
  Runtime *runtime = rule->graph->runtime;
  Tensor *first = rule_number(rule, start), *last = rule_number(rule, 1 - start), *line = NULL;
  int64_t shape[TENSOR_MAX_DIMS];
  for (int i = 0; i < tensor_ndim(like); i++) shape[i] = i == row->axis ? row->count : 1;
  if (first && last)
    line = rule_keep(rule, tensor_linspace(runtime, first, last, (Spacing){row->count, 0, row->endpoint}));
  if (line) line = rule_keep(rule, tensor_cast(runtime, line, (DType)like->dtype));
  return rule_reshape(rule, line, tensor_ndim(like), shape);
}

static Tensor *sum_weighed(Rule *rule, Tensor *g, const Row *row, double start) {
  if (!g) return NULL;
  Tensor *weighed = rule_multiply(rule, g, row_weights(rule, row, start, g));
  return rule_sum(rule, weighed, UINT32_C(1) << row->axis, false);
}

void op_linspace_backward(Rule *rule) {
  Row row;
  if (!read_row(rule, 2, rule->g->layout, &row)) return;
  for (int i = 0; i < 2; i++)
    if (rule->needs[i]) rule->gradients[i] = sum_weighed(rule, rule->g, &row, i == 0);
}

/* A point is start**(1 - t) * stop**t. */
void op_geomspace_backward(Rule *rule) {
  Row row;
  if (!read_row(rule, 3, rule->g->layout, &row)) return;
  for (int i = 0; i < 2; i++) {
    if (!rule->needs[i]) continue;
    Tensor *end = beside_row(rule, rule->x[i], tensor_ndim(rule->g), row.axis);
    Tensor *slope = rule_op2(rule, OP_divide, rule->r, end, NULL);
    rule->gradients[i] = sum_weighed(rule, rule_multiply(rule, rule->g, slope), &row, i == 0);
  }
}

/* ---- logspace: the base to numbers between two ends, in float64 */
static DType logspace_dtype(const Rule *rule) {
  if (!attribute_is_none(rule->attributes, 2)) return rule->attributes->values[2].dtype;
  for (int i = 0; i < 3; i++) {
    bool number = i == 2 && operand_is_number(rule->x[i]);
    if (!number && rule->x[i]->dtype != DTYPE_FLOAT32) return DTYPE_FLOAT64;
  }
  return DTYPE_FLOAT32;
}

static Attributes *row_attributes(Rule *rule) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 3);
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, attribute_integer(rule->attributes, 0, 50));
  attributes_set_bool(attributes, 1, attribute_bool(rule->attributes, 1, true));
  attributes_set_integer(attributes, 2, attribute_integer(rule->attributes, 3, 0));
  return attributes;
}

/* The ends repeated to the shape of the base, so that the axis of the row is counted among all. */
static bool meet_base(Rule *rule, Tensor **ends, Layout *base) {
  if (base->ndim == 0) return true;
  for (int i = 0; i < 2; i++) {
    Layout *shape = ends[i] ? layout_broadcast(rule->graph->runtime, ends[i]->layout, base, "interpolate") : NULL;
    ends[i] = shape ? rule_broadcast(rule, ends[i], shape) : NULL;
    layout_unref(shape);
  }
  return ends[0] && ends[1];
}

Tensor *op_logspace_compose(Rule *rule) {
  Tensor *ends[] = {rule_cast(rule, rule->x[0], DTYPE_FLOAT64), rule_cast(rule, rule->x[1], DTYPE_FLOAT64)};
  Tensor *base = rule_cast(rule, rule->x[2], DTYPE_FLOAT64);
  Row row;
  if (!base || !meet_base(rule, ends, base->layout)) return NULL;
  Tensor *exponents = rule_op2(rule, OP_linspace, ends[0], ends[1], row_attributes(rule));
  if (!exponents || !read_row(rule, 3, exponents->layout, &row)) return NULL;
  if (tensor_ndim(base) > 0) base = beside_row(rule, base, tensor_ndim(exponents), row.axis);
  return rule_cast(rule, rule_op2(rule, OP_power, base, exponents, NULL), logspace_dtype(rule));
}
