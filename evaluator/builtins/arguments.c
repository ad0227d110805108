/* SPDX-License-Identifier: MIT */
/* arguments.c: reading one argument of a call as what a builtin needs. */
#include "evaluator/builtins/arguments.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/closure.h"
#include "evaluator/cut.h"
#include "evaluator/foreign.h"
#include "evaluator/wanted.h"

typedef struct ArgumentName { char text[32]; } ArgumentName;

static const char *argument_name(const Call *call, int index, ArgumentName *name) {
  snprintf(name->text, sizeof name->text, "`%s`", call->signature->parameters[index].name);
  return name->text;
}

const char *argument_written(const Call *call, int index, size_t *length) {
  const char *text = source_text(session_sources(call->session), call->spans[index], length);
  return text && *length && text_name_length(text, *length) == *length ? text : NULL;
}

Value argument_fail(Call *call, int index) {
  error_at(call_runtime(call)->error, call->spans[index]);
  return value_error();
}

bool argument_refuse(Call *call, int index, ErrorKind kind, const char *hint, const char *format, ...) {
  Buffer message = {0};
  va_list list;
  va_start(list, format);
  buffer_format_list(&message, format, list);
  va_end(list);
  session_fail(call->session, kind, "%s", buffer_text(&message));
  buffer_free(&message);
  if (hint) error_hint(call_runtime(call)->error, "%s", hint);
  argument_fail(call, index);
  return false;
}

static bool fail_named(Call *call, int index, const char *name, const char *wanted) {
  bool none = argument_is_none(call, index);
  session_fail(call->session, ERROR_TYPE, "%s must be %s, not %s%s", name, wanted, none ? "`" : "a ",
               none ? "none`" : value_type_name(call->arguments[index]));
  call_runtime(call)->error->of_none |= none;
  argument_fail(call, index);
  return false;
}

static bool fail_kind(Call *call, int index, const char *wanted) {
  ArgumentName name;
  return fail_named(call, index, argument_name(call, index, &name), wanted);
}

static NOINLINE bool integer_of_other(Call *call, int index, int64_t *integer) {
  ArgumentName name;
  if (value_to_integer(call->session, call->arguments[index], argument_name(call, index, &name), integer)) return true;
  argument_fail(call, index);
  return false;
}

bool argument_integer(Call *call, int index, int64_t *integer) {
  Value value = call->arguments[index];
  bool whole = value_is_number(value) && fabs(value.number) < 9e15 && value.number == floor(value.number);
  if (!whole) return integer_of_other(call, index, integer);
  *integer = (int64_t)value.number;
  return true;
}

bool argument_number(Call *call, int index, double *number) {
  cut_check_number(call, index);
  return argument_read_number(call, index, number);
}

/* 0-d tensors count as numbers. */
bool argument_read_number(Call *call, int index, double *number) {
  Value value = call->arguments[index];
  Variable *variable = value_as_variable(value);
  if (value_is_number(value) || value_is_bool(value)) {
    *number = value.number;
    return true;
  }
  if (!variable || variable_layout(variable)->size != 1) return fail_kind(call, index, "a number");
  Tensor *tensor = variable_value(call_graph(call), variable);
  if (tensor) *number = tensor_number_at(tensor, 0);
  return tensor != NULL;
}

static NOINLINE bool truth_of_other(Call *call, int index, bool *truth) {
  ArgumentName name;
  if (value_truth(call->session, call->arguments[index], argument_name(call, index, &name), truth)) return true;
  argument_fail(call, index);
  return false;
}

bool argument_bool(Call *call, int index, bool *truth) {
  if (value_is_bool(call->arguments[index])) return *truth = call->arguments[index].number != 0, true;
  return truth_of_other(call, index, truth);
}

bool argument_dtype(Call *call, int index, DType *dtype) {
  Value value = call->arguments[index];
  if (value_is(value, KIND_DTYPE)) {
    *dtype = ((const DTypeObject *)(const void *)value.object)->dtype;
    return true;
  }
  if (value_is(value, KIND_STRING) && dtype_from_name(value_string(value)->text, dtype)) return true;
  if (!value_is(value, KIND_STRING)) return fail_kind(call, index, "a dtype");
  session_fail(call->session, ERROR_TYPE, "there is no dtype \"%s\"", value_string(value)->text);
  error_hint(call_runtime(call)->error, DTYPES_HINT);
  argument_fail(call, index);
  return false;
}

const String *argument_text(Call *call, int index) {
  if (value_is(call->arguments[index], KIND_STRING)) return value_string(call->arguments[index]);
  fail_kind(call, index, "a string");
  return NULL;
}

/* Behind the first argument, it is said which one is none. */
Tensor *argument_operand(Call *call, int index) {
  Value value = call->arguments[index];
  bool other = value_is(value, KIND_STRING) || value_is(value, KIND_RECORD) || value_is_none(value);
  if (UNLIKELY(index > 0 && other)) return fail_kind(call, index, "a number or a tensor"), NULL;
  Tensor *tensor = value_to_tensor(call->session, value);
  if (!tensor) argument_fail(call, index);
  return tensor;
}

Tensor *argument_tensor(Call *call, int index) {
  Tensor *tensor = argument_operand(call, index);
  if (!tensor || tensor_ready(call_runtime(call), tensor)) return tensor;
  tensor_unref(tensor);
  return NULL;
}

static bool check_whole(Call *call, int index, const Tensor *tensor) {
  ArgumentName name;
  int64_t misfit = tensor_find_misfit(call_runtime(call), tensor, DTYPE_INT64);
  if (misfit < 0 || misfit == tensor_size(tensor)) return misfit >= 0;
  session_fail(call->session, ERROR_TYPE, "%s must hold whole numbers, got %.6g", argument_name(call, index, &name),
               tensor_number_at(tensor, misfit));
  argument_fail(call, index);
  return false;
}

/* Labels, indices and counts: integral floats are accepted. */
Tensor *argument_whole(Call *call, int index) {
  Tensor *tensor = argument_tensor(call, index);
  bool whole = tensor && check_whole(call, index, tensor);
  Tensor *plain = whole ? tensor_plain(call_runtime(call), tensor) : NULL;
  Tensor *integers = plain ? tensor_cast(call_runtime(call), plain, DTYPE_INT64) : NULL;
  tensor_unref(plain);
  tensor_unref(tensor);
  return integers;
}

/* What the program calls its variable says more than the name of the parameter. */
static NOINLINE void fail_variable(Call *call, int index) {
  ArgumentName name;
  size_t length = 0;
  const char *text = argument_written(call, index, &length);
  argument_name(call, index, &name);
  if (text && length + 3 <= sizeof name.text) snprintf(name.text, sizeof name.text, "`%.*s`", (int)length, text);
  fail_named(call, index, name.text, "a tensor");
}

Variable *argument_variable(Call *call, int index) {
  Variable *variable = value_as_variable(call->arguments[index]);
  if (!variable) fail_variable(call, index);
  return variable;
}

static bool add_integer(Call *call, int index, IntegerList *list, double number) {
  bool whole = fabs(number) < 9e18 && number == floor(number);
  if (whole && list->count < ARGUMENT_INTEGERS) return list->values[list->count++] = (int64_t)number, true;
  ArgumentName name;
  argument_name(call, index, &name);
  if (list->count == ARGUMENT_INTEGERS)
    session_fail(call->session, ERROR_ARGUMENT, "%s holds more than %d numbers", name.text, ARGUMENT_INTEGERS);
  else session_fail(call->session, ERROR_TYPE, "%s must hold whole numbers, got %.6g", name.text, number);
  argument_fail(call, index);
  return false;
}

/* Nested tuples are read row by row: ((1, 2), (3, 4)). */
static bool add_elements(Call *call, int index, IntegerList *list) {
  Tensor *tensor = argument_tensor(call, index);
  if (!tensor) return false;
  bool added = true;
  for (int64_t i = 0; added && i < tensor_size(tensor); i++)
    added = add_integer(call, index, list, tensor_number_at(tensor, i));
  list->single = tensor_ndim(tensor) == 0;
  tensor_unref(tensor);
  return added;
}

bool argument_integers(Call *call, int index, IntegerList *list) {
  Value value = call->arguments[index];
  *list = (IntegerList){0};
  if (value_is_number(value)) {
    list->single = true;
    return add_integer(call, index, list, value.number);
  }
  bool listed = value_is(value, KIND_TUPLE) || value_is(value, KIND_RANGE) || value_as_variable(value);
  if (!listed) return fail_kind(call, index, "a whole number or a tuple of them");
  if (value_is(value, KIND_TUPLE) && value_tuple(value)->count == 0) return true;
  return add_elements(call, index, list);
}

bool argument_shape(Call *call, int index, IntegerList *list) {
  if (!argument_integers(call, index, list)) return false;
  if (list->count > TENSOR_MAX_DIMS)
    return argument_refuse(call, index, ERROR_SHAPE, NULL, "a shape has at most %d axes, got %d", TENSOR_MAX_DIMS,
                           list->count);
  for (int i = 0; i < list->count; i++)
    if (list->values[i] < 0)
      return argument_refuse(call, index, ERROR_SHAPE, NULL, "a shape cannot hold a negative size, got %" PRId64,
                             list->values[i]);
  return true;
}

/* uniform(-1, 1): what is no size was rather to be one of the numbers behind the sizes. */
static bool fail_sizes(Call *call, int index) {
  const ParameterInfo *behind = &call->signature->parameters[index + 1];
  if (call->signature->shown <= index + 1 || behind->kind != 'N') return false;
  bool pair = call->signature->shown > index + 2 && behind[1].kind == 'N';
  Error *error = call_runtime(call)->error;
  buffer_clear(&error->hint);
  error_hint(error, "numbers without a name are sizes: name `%s=`%s%s%s", behind->name, pair ? " and `" : "",
             pair ? behind[1].name : "", pair ? "=`" : "");
  return false;
}

static bool check_sizes(Call *call, int index, const Tuple *sizes) {
  for (uint32_t i = 0; sizes->count > 1 && i < sizes->count; i++) {
    const Variable *variable = value_as_variable(sizes->items[i]);
    bool listed = value_is(sizes->items[i], KIND_TUPLE) || (variable && variable_layout(variable)->ndim);
    if (listed)
      return argument_refuse(call, index, ERROR_ARGUMENT, NULL, "`%s` takes sizes, or one tuple of sizes, not both",
                             call->info->name);
  }
  return true;
}

/* The elements of a tuple are read through the rest argument. */
bool argument_rest_shape(Call *call, int index, IntegerList *shape) {
  const Tuple *sizes = value_tuple(call->arguments[index]);
  if (!check_sizes(call, index, sizes)) return fail_sizes(call, index);
  Value values[SIGNATURE_PARAMETERS];
  Call inner = *call;
  values[index] = sizes->count == 1 ? sizes->items[0] : call->arguments[index];
  inner.arguments = values;
  return argument_shape(&inner, index, shape) || (sizes->count > 1 && fail_sizes(call, index));
}

/* A matrix for `solve` is meant for `linalg.solve`. */
static void hint_not_function(Call *call, int index) {
  const Variable *variable = value_as_variable(call->arguments[index]);
  char name[64];
  int length = snprintf(name, sizeof name, "linalg.%s", call->info->name);
  bool matrix = variable && variable_layout(variable)->ndim == 2 && length < (int)sizeof name;
  if (matrix && builtin_find(name, (size_t)length))
    error_hint(call_runtime(call)->error, "of matrices it is `%s`", name);
  else hint_function(call, index);
}

bool argument_function(Call *call, int index) {
  if (value_is_callable(call->arguments[index])) return true;
  fail_kind(call, index, "a function");
  hint_not_function(call, index);
  return false;
}

Value value_from_text(Session *session, const char *text) {
  return value_object_or_error(string_new(session, text, strlen(text)));
}
