/* SPDX-License-Identifier: MIT */
/* implicit.c: implicit(f, x): a root that somebody found, as a function of the outer variables that f uses. */
#include "autodiff/implicit.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/trace.h"

static bool check_shape(Session *session, const Tensor *output, const Tensor *root) {
  ShapeText got, wanted;
  if (layout_same_shape(output->layout, root->layout)) return true;
  session_fail(session, ERROR_SHAPE,
               "`implicit` needs as many equations as unknowns: f gives %s for x, which is %s",
               layout_text(&got, output->layout), layout_text(&wanted, root->layout));
  return false;
}

/* The equations at the root, both tensors owned; false: error recorded. */
static bool record(Call *call, Value argument, Equations *equations) {
  Trace trace;
  const unsigned char chosen[] = {1};
  const Arguments given = {.positional_count = 1, .values = &argument};
  bool called = trace_start(&trace, call->session, "implicit", &given, chosen, call->span) &&
                trace_call(&trace, call->arguments[0]);
  Tensor *output = called ? trace_tensor(&trace, trace.result) : NULL;
  *equations = (Equations){NULL, output, trace.start};
  if (output) equations->unknown = tensor_ref(trace.fresh[0]);
  trace_finish(&trace);
  return output != NULL;
}

static Value connected_root(Call *call, Value argument) {
  Equations equations;
  if (!record(call, argument, &equations)) return value_error();
  Tensor *root = tensor_plain(call_runtime(call), equations.unknown);
  bool fits = root && check_shape(call->session, equations.value, root);
  Tensor *result = fits ? implicit_root(session_graph(call->session), root, &equations) : NULL;
  tensor_unref(root);
  tensor_unref(equations.unknown);
  tensor_unref(equations.value);
  return value_from_tensor(call->session, result);
}

Value builtin_implicit(Call *call) {
  if (!argument_function(call, 0)) return value_error();
  Tensor *given = value_to_tensor(call->session, call->arguments[1]);
  Tensor *root = given ? tensor_plain(call_runtime(call), given) : NULL;
  Value argument = value_from_tensor(call->session, root);
  tensor_unref(given);
  if (value_is_error(argument)) return argument;
  Value result = connected_root(call, argument);
  value_unref(argument);
  return result;
}
