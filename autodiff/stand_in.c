/* SPDX-License-Identifier: MIT */
/* stand_in.c: making what stands for a constant while a derivative is taken. */
#include "autodiff/stand_in.h"

Variable *stand_in_new(Graph *graph, Tensor *node, StandsFor what) {
  Variable *variable = variable_new_take(graph, tensor_ref(node));
  if (!variable || what == STANDS_FOR_ITSELF) return variable;
  graph->marking = true;
  node_of(node)->stands_in = true;
  if (what == STANDS_FOR_CONSTANT) stand_in_make_cell(variable);
  return variable;
}
