/* SPDX-License-Identifier: MIT */
/* constness.c: constant=true (stop here) and constant=false (start here). */
#include "evaluator/constness.h"
#include "autodiff/stand_in.h"
#include "evaluator/builtins/arguments.h"

bool constness_read(Session *session, Value argument, Constness *constness) {
  *constness = CONSTNESS_KEEP;
  if (value_is_none(argument)) return true;
  if (!value_is_bool(argument)) {
    session_fail(session, ERROR_ARGUMENT, "`constant` is true, false or none, not a %s", value_type_name(argument));
    return false;
  }
  *constness = argument.number != 0 ? CONSTNESS_CONSTANT : CONSTNESS_VARIABLE;
  return true;
}

static Tensor *make_leaf(Session *session, Tensor *tensor_taken) {
  Tensor *result = NULL;
  if (tensor_is_float(tensor_taken))
    result = (Tensor *)node_new_leaf(session_graph(session), tensor_taken);
  else
    session_fail(session, ERROR_TYPE, "a tensor of %s is always constant: `constant=false` needs a float dtype",
                 dtype_info[tensor_taken->dtype].name);
  tensor_unref(tensor_taken);
  return result;
}

Value constness_apply(Session *session, Tensor *tensor_taken, Constness constness) {
  Tensor *tensor = tensor_taken;
  if (!tensor) return value_error();
  if (constness == CONSTNESS_CONSTANT && tensor_is_tracked(tensor)) {
    Tensor *plain = tensor_plain(session_runtime(session), tensor);
    tensor_unref(tensor);
    tensor = plain;
  } else if (constness == CONSTNESS_VARIABLE && !tensor_is_tracked(tensor)) {
    tensor = make_leaf(session, tensor);
  } else if (constness == CONSTNESS_VARIABLE) {
    stand_in_make_variable(tensor);
  }
  return value_from_tensor(session, tensor);
}

Value constness_set(Session *session, Value value_taken, Constness constness) {
  if (value_is_error(value_taken)) return value_taken;
  Variable *variable = value_as_variable(value_taken);
  if (variable && variable_is_constant(variable) == (constness == CONSTNESS_CONSTANT)) {
    if (constness == CONSTNESS_VARIABLE && !variable->base) stand_in_make_variable(variable->value);
    return value_taken;
  }
  Tensor *tensor = value_to_tensor(session, value_taken);
  value_unref(value_taken);
  return constness_apply(session, tensor, constness);
}

static bool is_real(Value value) {
  Variable *variable = value_as_variable(value);
  return variable ? dtype_is_float(variable_dtype(variable)) : value_is_number(value);
}

Value constness_set_all(Session *session, Value result_taken, Constness constness) {
  if (value_is_error(result_taken) || constness == CONSTNESS_KEEP) return result_taken;
  if (!value_is(result_taken, KIND_TUPLE)) return constness_set(session, result_taken, constness);
  const Tuple *given = value_tuple(result_taken);
  Tuple *made = tuple_new(session, given->count);
  bool set = made != NULL;
  for (uint32_t i = 0; set && i < given->count; i++) {
    Value item = value_ref(given->items[i]);
    if (is_real(item) || !is_real(given->items[0])) item = constness_set(session, item, constness);
    set = !value_is_error(item);
    if (set) made->items[i] = item;
  }
  value_unref(result_taken);
  if (set) return value_object(made);
  if (made) value_unref(value_object(made));
  return value_error();
}

Value constness_call(Call *call) {
  int at = call->signature->shown;
  Constness constness;
  if (!constness_read(call->session, call->arguments[at], &constness)) return argument_fail(call, at);
  Graph *graph = call_graph(call);
  bool recording = graph->recording;
  if (constness == CONSTNESS_CONSTANT) graph->recording = false;
  Value result = call->info->function(call);
  graph->recording = recording;
  return constness_set_all(call->session, result, constness);
}
