/* SPDX-License-Identifier: MIT */
/* mixing.c: a warning where a derivative goes element by element and the function does not.

   Such a derivative is right if the matrix of all derivatives is diagonal: what comes back for any cotangent is then that
   times what comes back for ones.  One more cotangent, whose elements all differ, tells; functions that are made of
   elementwise rows alone need none, and the backward functions of custom operations need not be linear. */
#include <math.h>
#include "autodiff/rule.h"
#include "evaluator/builtins/trace.h"
#include "evaluator/machine.h"

static bool joins_elements(const Trace *trace, const Node *node) {
  OpId op = (OpId)node->tensor.op;
  if (op == OP_none || node->sequence <= trace->start) return false;
  return op_table[op].kind != OP_KIND_UNARY && op_table[op].kind != OP_KIND_BINARY && op != OP_where;
}

static bool is_custom(const Trace *trace, const Node *node) {
  (void)trace;
  return node->tensor.op == OP_custom;
}

/* Numbers from 1/2 to 1, none of which makes a result overflow that would not. */
static double weight_of(int64_t index) { return 0.5 + (double)((uint32_t)index * 40503 % 65536) / 131072; }

static bool fill_weights(Runtime *runtime, Tensor *weights) {
  enum { POLL_ELEMENTS = 1 << 16 };
  void *numbers = tensor_data(weights);
  const int64_t size = tensor_size(weights);
  for (int64_t i = 0; i < size; i++) {
    if (weights->dtype == DTYPE_FLOAT32) ((float *)numbers)[i] = (float)weight_of(i);
    else ((double *)numbers)[i] = weight_of(i);
    if (i % POLL_ELEMENTS == 0 && runtime_interrupted(runtime)) return false;
  }
  return true;
}

/* The largest size of a finite element, 0 where there is none; after an error nan. */
static double largest(Rule *rule, Tensor *x) {
  Tensor *finite = rule_op1(rule, OP_isfinite, x, NULL), *size = rule_op1(rule, OP_absolute, x, NULL);
  Tensor *most = rule_op1(rule, OP_max, rule_where(rule, finite, size, rule_number(rule, 0)), NULL);
  return most && tensor_ready(rule->graph->runtime, most) ? tensor_number_at(most, 0) : (double)NAN;
}

/* Whether it is by more than rounding that the weighted derivatives are not the weights times the plain ones. */
static bool differ(Rule *rule, Tensor *weighted, Tensor *plain, Tensor *weights) {
  Tensor *expected = rule_multiply(rule, weights, plain);
  double apart = largest(rule, rule_subtract(rule, weighted, expected));
  double size = fmax(largest(rule, weighted), largest(rule, expected));
  return apart > size * (plain->dtype == DTYPE_FLOAT32 ? 1e-3 : 1e-6);
}

static bool has_elements(const Tensor *output, const Tensor *fresh) {
  return tensor_size(output) > 1 && layout_same_shape(output->layout, fresh->layout);
}

static bool is_mixed(Trace *trace, Tensor *output, Tensor *const *derivatives) {
  Rule rule;
  Graph *graph = trace->graph;
  bool recording = graph->recording, nan_check = graph->nan_check, mixed = false;
  Tensor **found = trace_gradient_room(trace);
  Tensor *weights = found ? tensor_new_shape(graph->runtime, (DType)output->dtype, tensor_ndim(output),
                                             layout_shape(output->layout)) : NULL;
  rule_start(&rule, graph);
  graph->recording = graph->nan_check = false;
  if (weights && fill_weights(graph->runtime, weights) && trace_gradients(trace, output, weights, false, found))
    for (int i = 0; i < trace->fresh_count && !mixed; i++)
      mixed = has_elements(output, trace->fresh[i]) && differ(&rule, found[i], derivatives[i], weights);
  graph->recording = recording;
  graph->nan_check = nan_check;
  rule_finish(&rule);
  tensor_unref(weights);
  trace_release(trace, found);
  return mixed;
}

bool mixing_check(Trace *trace, Tensor *output, Tensor *const *derivatives, Span place) {
  bool asked = false;
  for (int i = 0; i < trace->fresh_count; i++) asked |= has_elements(output, trace->fresh[i]);
  if (!asked || trace->session->quiet || !tensor_is_tracked(output)) return true;
  bool mixed = trace_search(trace, output, joins_elements) && !trace_search(trace, output, is_custom) &&
               is_mixed(trace, output, derivatives);
  if (trace->graph->runtime->error->kind != ERROR_NONE) return false;
  if (mixed)
    session_warn(trace->session, place, "this derivative goes element by element, but the function mixes elements",
                 "these are the sums of the columns of `jacobian(f)`");
  return true;
}
