/* SPDX-License-Identifier: MIT */
/* forward.c: a Jacobian times a vector is a derivative of a derivative: u -> u J is linear, and its gradient along v
   is J v. */
#include "autodiff/backward.h"
#include "evaluator/builtins/trace.h"

/* The product, with a gradient of 0 where nothing moves. */
static Tensor *where_moving(Graph *graph, Tensor *moves, Tensor *product, Tensor *zero) {
  Tensor *all = op_apply1(graph, OP_all, moves, NULL), *result = NULL;
  if (all && tensor_number_at(all, 0) != 0) result = tensor_ref(product);
  else if (all) result = op_apply(graph, OP_where, 3, (Tensor *[]){moves, product, zero}, NULL);
  tensor_unref(all);
  return result;
}

/* Where a given direction is 0 nothing moves, however steep x is there: 0 times an infinite slope counts as 0. */
static Tensor *without_rest(Graph *graph, Tensor *product_taken, Tensor *direction) {
  Tensor *zero = tensor_new_number(graph->runtime, (DType)direction->dtype, 0);
  Tensor *moves = zero ? op_apply2(graph, OP_not_equal, direction, zero, NULL) : NULL;
  Tensor *result = moves ? where_moving(graph, moves, product_taken, zero) : NULL;
  tensor_unref(zero);
  tensor_unref(moves);
  tensor_unref(product_taken);
  return result;
}

static Tensor *add_product(Graph *graph, Tensor *total_taken, Tensor *x, Tensor *y) {
  Tensor *product = op_apply2(graph, OP_multiply, x, y, NULL);
  if (product && !tensor_is_tracked(y)) product = without_rest(graph, product, y);
  Tensor *sum = product ? op_apply1(graph, OP_sum, product, NULL) : NULL;
  Tensor *next = sum && total_taken ? op_apply2(graph, OP_add, total_taken, sum, NULL) : sum ? tensor_ref(sum) : NULL;
  tensor_unref(product);
  tensor_unref(sum);
  tensor_unref(total_taken);
  return next;
}

Tensor *trace_contract(Trace *trace, int count, Tensor *const *tensors, Tensor *const *directions) {
  Graph *graph = trace->graph;
  Tensor *total = NULL;
  graph->recording = true;
  for (int i = 0; i < count; i++) {
    if (!directions[i] || !tensor_is_tracked(tensors[i])) continue;
    total = add_product(graph, total, tensors[i], directions[i]);
    if (!total) break;
  }
  graph->recording = trace->recording;
  return total;
}

Tensor *trace_probe(Trace *trace, const Tensor *output) {
  Runtime *runtime = trace->graph->runtime;
  Tensor *ones = tensor_new(runtime, (DType)output->dtype, output->layout);
  Tensor *probe = ones && tensor_fill(runtime, ones, 1) ? (Tensor *)node_new_leaf(trace->graph, ones) : NULL;
  tensor_unref(ones);
  return probe;
}

static Tensor *stand_still(Trace *trace, const Tensor *output) {
  DType dtype = tensor_is_float(output) ? (DType)output->dtype : DTYPE_FLOAT64;
  return tensor_new_zeros(trace->graph->runtime, dtype, output->layout);
}

/* A derivative along directions that are variables depends on these, whatever f uses. */
bool trace_depends(const Trace *trace, const Tensor *output, Tensor *const *directions) {
  if (!trace->recording) return false;
  for (int i = 0; i < trace->fresh_count; i++)
    if (directions[i] && tensor_is_tracked(directions[i])) return true;
  return trace_is_connected(trace, output);
}

Tensor *trace_forward(Trace *trace, Tensor *output, Tensor *const *directions) {
  if (!tensor_is_tracked(output)) return stand_still(trace, output);
  Graph *graph = trace->graph;
  bool connected = trace_depends(trace, output, directions);
  Tensor **gradients = trace_gradient_room(trace), *probe = gradients ? trace_probe(trace, output) : NULL;
  Tensor *tangent = NULL;
  if (probe && trace_gradients(trace, output, probe, true, gradients)) {
    Tensor *along = trace_contract(trace, trace->fresh_count, gradients, directions);
    if (along) backward_gradients(graph, along, NULL, 1, &probe, connected, &tangent);
    else if (graph->runtime->error->kind == ERROR_NONE) tangent = stand_still(trace, output);
    tensor_unref(along);
  }
  tensor_unref(probe);
  trace_release(trace, gradients);
  return tangent;
}
