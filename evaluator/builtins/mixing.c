/* SPDX-License-Identifier: MIT */
/* mixing.c: a warning where a derivative goes element by element and the function does not.

   Such a derivative is right if the matrix of all derivatives is diagonal: what comes back for any cotangent is then that
   times what comes back for ones.  One more cotangent, whose elements all differ, tells; functions that are made of
   elementwise rows alone need none. */
#include <math.h>
#include "evaluator/builtins/trace.h"
#include "evaluator/machine.h"

static bool joins_elements(const Trace *trace, const Node *node) {
  OpId op = (OpId)node->tensor.op;
  if (op == OP_none || node->sequence <= trace->start) return false;
  return op_table[op].kind != OP_KIND_UNARY && op_table[op].kind != OP_KIND_BINARY && op != OP_where;
}

static double weight_of(int64_t index) { return 1 + (double)((uint64_t)index * 40503 % 65536) / 65536; }

static Tensor *new_weights(Runtime *runtime, const Tensor *output) {
  Tensor *weights = tensor_new_shape(runtime, (DType)output->dtype, tensor_ndim(output), layout_shape(output->layout));
  for (int64_t i = 0; weights && i < tensor_size(weights); i++) {
    if (weights->dtype == DTYPE_FLOAT32) ((float *)tensor_data(weights))[i] = (float)weight_of(i);
    else ((double *)tensor_data(weights))[i] = weight_of(i);
  }
  return weights;
}

/* Whether it is by more than rounding that the weighted derivatives are not the weights times the plain ones. */
static bool differ(const Tensor *weighted, const Tensor *plain) {
  double most = 0, largest = 0;
  for (int64_t i = 0; i < tensor_size(plain); i++) {
    double found = tensor_number_at(weighted, i), expected = weight_of(i) * tensor_number_at(plain, i);
    if (!isfinite(found) || !isfinite(expected)) continue;
    most = fmax(most, fabs(found - expected));
    largest = fmax(largest, fmax(fabs(found), fabs(expected)));
  }
  return most > largest * (plain->dtype == DTYPE_FLOAT32 ? 1e-3 : 1e-6);
}

static bool has_elements(const Tensor *output, const Tensor *fresh) {
  return tensor_size(output) > 1 && layout_same_shape(output->layout, fresh->layout);
}

static bool is_mixed(Trace *trace, Tensor *output, Tensor *const *derivatives) {
  Tensor **found = trace_gradient_room(trace), *weights = found ? new_weights(trace->graph->runtime, output) : NULL;
  bool mixed = false;
  if (weights && trace_gradients(trace, output, weights, false, found))
    for (int i = 0; i < trace->fresh_count; i++)
      mixed |= has_elements(output, trace->fresh[i]) && differ(found[i], derivatives[i]);
  tensor_unref(weights);
  trace_release(trace, found);
  return mixed;
}

bool mixing_check(Trace *trace, Tensor *output, Tensor *const *derivatives, Span place) {
  bool asked = false;
  for (int i = 0; i < trace->fresh_count; i++) asked |= has_elements(output, trace->fresh[i]);
  if (!asked || trace->session->quiet || !tensor_is_tracked(output)) return true;
  if (!trace_search(trace, output, joins_elements) || !is_mixed(trace, output, derivatives))
    return trace->graph->runtime->error->kind == ERROR_NONE;
  session_warn(trace->session, place, "this derivative goes element by element, but the function mixes elements",
               "these are the sums of the columns of `jacobian(f)`");
  return true;
}
