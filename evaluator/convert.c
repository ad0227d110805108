/* SPDX-License-Identifier: MIT */
/* convert.c: calling a dtype. */
#include "evaluator/convert.h"
#include <math.h>
#include "autodiff/stand_in.h"
#include "evaluator/failure.h"
#include "runtime/format/number.h"

static Value convert_number(Session *session, DType dtype, double number, const CallSite *site) {
  if (dtype == DTYPE_FLOAT64) return value_number(number);
  if (dtype == DTYPE_BOOL) return value_bool(number != 0);
  if (dtype == DTYPE_INT64) {
    if (isfinite(number)) return value_number(trunc(number));
    return fail_at(session, site->span, ERROR_VALUE, "%s cannot become a whole number", isnan(number) ? "nan" : "inf");
  }
  return value_from_tensor(session, tensor_new_number(&session->runtime, dtype, number));
}

static Value convert_text(Session *session, DType dtype, const String *text, const CallSite *site) {
  double number;
  if (number_read(text->text, text->length, &number)) return convert_number(session, dtype, number, site);
  Buffer shown = {0};
  text_string_quoted(&shown, text->text, text->length < 40 ? text->length : 40);
  fail_at(session, site->span, ERROR_VALUE, "%s is not a number", buffer_text(&shown));
  buffer_free(&shown);
  return value_error();
}

static Value convert_tensor(Session *session, DType dtype, Value value, const CallSite *site) {
  Tensor *tensor = value_to_tensor(session, value);
  Attributes *attributes = tensor ? attributes_new(&session->runtime, 1) : NULL;
  Tensor *result = NULL;
  if (attributes) {
    attributes_set_dtype(attributes, 0, dtype);
    session->graph.span = site->span;
    result = op_apply1(&session->graph, OP_astype, tensor, attributes);
  }
  attributes_unref(attributes);
  tensor_unref(tensor);
  return value_from_tensor(session, result);
}

/* The whole part of what stands for a number: a number, too, which stays while that moves. */
static bool is_whole_part(Session *session, DType dtype, Value value, double *number) {
  const Variable *variable = value_as_variable(value);
  if (dtype != DTYPE_INT64 || !variable || !stand_in_is_number(variable)) return false;
  session->graph.choices++;
  *number = tensor_number_at(variable->value, 0);
  return true;
}

Value convert_call(Session *session, DType dtype, const Value *arguments, const CallSite *site) {
  const char *name = dtype_info[dtype].name;
  if (site->positional != 1 || site->named)
    return fail_at(session, site->span, ERROR_ARGUMENT, "`%s` converts one value, got %u", name,
                   (unsigned)(site->positional + site->named));
  Value value = arguments[0];
  Value result;
  double whole;
  if (value_is_number(value) || value_is_bool(value)) return convert_number(session, dtype, value.number, site);
  if (is_whole_part(session, dtype, value, &whole)) return convert_number(session, dtype, whole, site);
  if (value_is(value, KIND_STRING)) return convert_text(session, dtype, (String *)value.object, site);
  result = convert_tensor(session, dtype, value, site);
  return value_is_error(result) ? fail_operation(session, site->span, 1, site->operands) : result;
}
