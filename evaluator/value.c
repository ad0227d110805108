/* SPDX-License-Identifier: MIT */
/* value.c: making values and asking what they are. */
#include <math.h>
#include <string.h>
#include "evaluator/failure.h"
#include "evaluator/literal.h"

Tuple *tuple_new(Session *session, uint32_t count) {
  Tuple *tuple = object_new(session, KIND_TUPLE, sizeof *tuple + count * sizeof(Value));
  if (tuple) tuple->count = count;
  return tuple;
}

Native *native_new(Session *session, const NativeInfo *info, uint32_t count) {
  Native *native = object_new(session, KIND_NATIVE, sizeof *native + count * sizeof(Value));
  if (!native) return NULL;
  native->info = info;
  native->count = count;
  return native;
}

static Range *fail_range(Session *session, double number) {
  bool large = number == floor(number);
  Buffer text = {0};
  text_number(&text, number, NULL);
  session_fail(session, ERROR_VALUE, "`range` needs %s, got %s", large ? "numbers up to 2**53" : "whole numbers",
               buffer_text(&text));
  if (!large) error_hint(&session->error, "`linspace(0, 1, 11)` and `arange(0, 1, 0.1)` take fractions");
  buffer_free(&text);
  return NULL;
}

Range *range_new(Session *session, double start, double stop, double step) {
  const double parts[3] = {start, stop, step};
  for (int k = 0; k < 3; k++)
    if (parts[k] != floor(parts[k]) || fabs(parts[k]) > 9007199254740992.0) return fail_range(session, parts[k]);
  if (step == 0) {
    session_fail(session, ERROR_VALUE, "the step of `range` must not be zero");
    return NULL;
  }
  Range *range = object_new(session, KIND_RANGE, sizeof *range);
  if (!range) return NULL;
  double count = ceil((stop - start) / step);
  range->start = start;
  range->stop = stop;
  range->step = step;
  range->count = count > 0 ? (int64_t)count : 0;
  return range;
}

/* ---- tensors */

Value value_from_tensor(Session *session, Tensor *tensor) {
  if (!tensor) return value_error();
  bool scalar = tensor->layout->ndim == 0 && !tensor_is_tracked(tensor);
  if (scalar && (tensor->dtype == DTYPE_FLOAT64 || tensor->dtype == DTYPE_BOOL)) {
    double number = tensor_number_at(tensor, 0);
    Value value = tensor->dtype == DTYPE_BOOL ? value_bool(number != 0) : value_number(number);
    bool ready = tensor_ready(&session->runtime, tensor);
    tensor_unref(tensor);
    return ready ? value : value_error();
  }
  return value_object_or_error(variable_new_take(&session->graph, tensor));
}

Value value_from_variable(Session *session, Variable *variable) {
  if (!variable) return value_error();
  const Layout *layout = variable_layout(variable);
  DType dtype = variable_dtype(variable);
  bool plain = layout->ndim == 0 && !variable->base && variable_is_constant(variable);
  if (!plain || (dtype != DTYPE_FLOAT64 && dtype != DTYPE_BOOL)) return value_object(variable);
  Tensor *tensor = variable_value(&session->graph, variable);
  Value value = tensor ? value_from_tensor(session, tensor_ref(tensor)) : value_error();
  variable_unref(variable);
  return value;
}

Variable *value_as_variable(Value value) {
  return value_is(value, KIND_VARIABLE) ? (Variable *)value.object : NULL;
}

static Tensor *range_tensor(Session *session, const Range *range) {
  int64_t shape[1] = {range->count};
  Tensor *tensor = tensor_new_shape(&session->runtime, DTYPE_FLOAT64, 1, shape);
  if (!tensor) return NULL;
  double *numbers = tensor_data(tensor);
  for (int64_t k = 0; k < range->count; k++) numbers[k] = range->start + range->step * (double)k;
  return tensor;
}

Tensor *value_to_tensor(Session *session, Value value) {
  ShownText text;
  if (value_is_number(value)) return tensor_new_number(&session->runtime, DTYPE_FLOAT64, value.number);
  if (value_is_bool(value)) return tensor_new_number(&session->runtime, DTYPE_BOOL, value.number);
  if (value_is(value, KIND_VARIABLE)) {
    Tensor *tensor = variable_value(&session->graph, (Variable *)value.object);
    return tensor ? tensor_ref(tensor) : NULL;
  }
  if (value_is(value, KIND_RANGE)) return range_tensor(session, (Range *)value.object);
  if (value_is(value, KIND_TUPLE)) {
    const Tuple *tuple = (Tuple *)value.object;
    return list_stack(session, tuple->count, tuple->items);
  }
  session_fail(session, ERROR_TYPE, "%s is not a tensor", shown_kind(session, &text, value));
  if (value_is_function(value))
    error_hint(&session->error, "a function f has values `f(x)`, a derivative `f'` and a gradient `grad(f)`");
  return NULL;
}

/* ---- questions */

const char *value_kind_name(ObjectKind kind) {
  switch (kind) {
    case KIND_BOOL: return "bool";
    case KIND_NONE: return "none";
    case KIND_VARIABLE: return "tensor";
    case KIND_STRING: return "string";
    case KIND_TUPLE: return "tuple";
    case KIND_RECORD: return "record";
    case KIND_RANGE: return "range";
    case KIND_FUNCTION: case KIND_BUILTIN: case KIND_NATIVE: return "function";
    case KIND_DTYPE: return "dtype";
    case KIND_NAMESPACE: return "namespace";
    default: return NULL;
  }
}

const char *value_type_name(Value value) {
  const char *name = value_is_number(value) ? "number" : value_kind_name((ObjectKind)value.object->kind);
  return name ? name : "value";
}

static bool tensor_truth(Session *session, Variable *variable, const char *what, bool *truth) {
  ShapeText shape;
  if (variable_layout(variable)->size != 1) {
    session_fail(session, ERROR_VALUE, "%s needs a single true/false, but it has shape %s", what,
                 layout_text(&shape, variable_layout(variable)));
    return false;
  }
  Tensor *tensor = variable_value(&session->graph, variable);
  if (!tensor || !tensor_ready(&session->runtime, tensor)) return false;
  *truth = tensor_number_at(tensor, 0) != 0;
  return true;
}

bool value_truth(Session *session, Value value, const char *what, bool *truth) {
  if (LIKELY(value_is_bool(value) || value_is_number(value))) {
    *truth = value.number != 0;
    return true;
  }
  if (value_is_error(value)) return false;
  if (value_is(value, KIND_VARIABLE)) return tensor_truth(session, (Variable *)value.object, what, truth);
  ShownText text;
  session_fail(session, ERROR_TYPE, "%s needs true or false, not %s", what, shown_kind(session, &text, value));
  return false;
}

static bool fail_integer(Session *session, const char *what, double number) {
  Buffer text = {0};
  text_number(&text, number, NULL);
  bool large = isfinite(number) && number == floor(number);
  session_fail(session, ERROR_VALUE, "%s must be %s, got %s", what,
               large ? "between -2**63 and 2**63" : "a whole number", buffer_text(&text));
  buffer_free(&text);
  return false;
}

bool value_to_integer(Session *session, Value value, const char *what, int64_t *integer) {
  double number = value.number;
  Variable *variable = value_as_variable(value);
  if (variable && variable_layout(variable)->size == 1) {
    Tensor *tensor = variable_value(&session->graph, variable);
    if (!tensor || !tensor_ready(&session->runtime, tensor)) return false;
    if (!tensor_is_float(tensor)) return *integer = tensor_integer_at(tensor, 0), true;
    number = tensor_number_at(tensor, 0);
  } else if (!value_is_number(value)) {
    ShownText text;
    session_fail(session, ERROR_TYPE, "%s must be a whole number, not %s", what, shown_kind(session, &text, value));
    return false;
  }
  if (number != floor(number) || fabs(number) >= 0x1p63) return fail_integer(session, what, number);
  *integer = (int64_t)number;
  return true;
}
