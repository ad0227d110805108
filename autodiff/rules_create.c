/* SPDX-License-Identifier: MIT */
/* rules_create.c: rules of diagonals and triangles. */
#include "autodiff/rule.h"

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
