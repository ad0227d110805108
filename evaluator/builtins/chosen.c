/* SPDX-License-Identifier: MIT */
/* chosen.c: which arguments of a call are differentiated. */
#include <inttypes.h>
#include <string.h>
#include "evaluator/builtins/arguments.h"
#include "evaluator/builtins/trace.h"
#include "evaluator/function.h"

/* f' takes what f takes. */
static Value inner_function(Value function) {
  while (value_is(function, KIND_NATIVE)) {
    const Native *native = value_native(function);
    function = native->count ? native->kept[0] : value_none();
  }
  return function;
}

static int required_of(const FunctionCode *code) {
  int required = 0;
  for (uint32_t i = 0; i < function_positional(code); i++) required += !code->defaults[i];
  return required;
}

int parameters_required(Session *session, Value function) {
  function = inner_function(function);
  if (value_is(function, KIND_FUNCTION)) return required_of(value_function(function)->code);
  if (!value_is(function, KIND_BUILTIN)) return 0;
  const Signature *signature = builtin_signature(session, ((const Builtin *)(const void *)function.object)->info);
  int required = 0;
  for (int i = 0; signature && i < signature->positional; i++) required += !signature->parameters[i].has_default;
  return required;
}

bool parameters_exceeded(Session *session, Value function, int count) {
  function = inner_function(function);
  if (value_is(function, KIND_FUNCTION)) {
    const FunctionCode *code = value_function(function)->code;
    return !code->rest && count > (int)function_positional(code);
  }
  if (!value_is(function, KIND_BUILTIN)) return false;
  const Signature *signature = builtin_signature(session, ((const Builtin *)(const void *)function.object)->info);
  return signature && signature->rest < 0 && count > signature->positional;
}

const char *parameter_name(Session *session, Value function, int64_t position) {
  function = inner_function(function);
  if (value_is(function, KIND_FUNCTION)) {
    const FunctionCode *code = value_function(function)->code;
    return position < function_positional(code) ? function_parameter(code, (uint32_t)position) : NULL;
  }
  if (!value_is(function, KIND_BUILTIN)) return NULL;
  const Signature *signature = builtin_signature(session, ((const Builtin *)(const void *)function.object)->info);
  return signature && position < signature->positional ? signature->parameters[position].name : NULL;
}

static int find_given(const Arguments *given, const char *name) {
  for (int k = 0; name && k < given->named_count; k++)
    if (strcmp(given->names[k], name) == 0) return given->positional_count + k;
  return -1;
}

static bool read_position(Session *session, Value position, int64_t *which) {
  return value_to_integer(session, position, "the position of an argument", which);
}

static bool choose(Session *session, const char *who, Value function, Value position, const Arguments *given,
                   unsigned char *chosen, unsigned char place) {
  int64_t index;
  if (!read_position(session, position, &index)) return false;
  int count = given->positional_count + given->named_count;
  int64_t at = index < 0 ? index + count : index;
  const char *name = at < given->positional_count || at < 0 ? NULL : parameter_name(session, function, at);
  if (at >= given->positional_count) at = find_given(given, name);
  Error *error = session_runtime(session)->error;
  if (at >= 0 && chosen[at])
    return error_set(error, ERROR_ARGUMENT, "`%s` is to differentiate argument %" PRId64 " twice", who, at);
  if (at >= 0) {
    chosen[at] = place;
    return true;
  }
  if (name) {
    error_set(error, ERROR_ARGUMENT, "the derivative is by `%s`, which is not given", name);
    error_hint(error, "give it a value in the call");
    return false;
  }
  error_set(error, ERROR_ARGUMENT, "`%s` is to differentiate argument %" PRId64 ", but the function got %d", who, index,
            count);
  error_hint(error, "arguments are counted from 0");
  return false;
}

bool trace_choose(Session *session, const char *who, Value function, Value positions, const Arguments *given,
                  unsigned char chosen[TRACE_ARGUMENTS]) {
  Error *error = session_runtime(session)->error;
  int count = given->positional_count + given->named_count;
  if (count > TRACE_ARGUMENTS)
    return error_set(error, ERROR_ARGUMENT, "`%s` takes at most %d arguments", who, TRACE_ARGUMENTS);
  if (count == 0) return error_set(error, ERROR_ARGUMENT, "there is no argument to differentiate with respect to");
  memset(chosen, 0, TRACE_ARGUMENTS * sizeof *chosen);
  if (!value_is(positions, KIND_TUPLE)) return choose(session, who, function, positions, given, chosen, 1);
  for (uint32_t i = 0; i < value_tuple(positions)->count; i++)
    if (!choose(session, who, function, value_tuple(positions)->items[i], given, chosen, (unsigned char)(i + 1)))
      return false;
  return true;
}

static bool position_fits(Session *session, Value function, Value position) {
  int64_t place;
  if (!read_position(session, position, &place)) return false;
  if (place <= -TRACE_ARGUMENTS || place >= TRACE_ARGUMENTS) return true;
  int at = (int)place, needed = at < 0 ? -at : at + 1, most = 0;
  if (!parameters_exceeded(session, function, needed)) return true;
  while (!parameters_exceeded(session, function, most + 1)) most++;
  session_fail(session, ERROR_ARGUMENT, "there is no argument %d: the function takes %d argument%s", at, most,
               most == 1 ? "" : "s");
  Error *error = session_runtime(session)->error;
  if (most == 1) error_hint(error, "arguments are counted from 0, and that is the only one");
  if (most > 1) error_hint(error, "arguments are counted from 0: use 0 to %d", most - 1);
  return false;
}

bool argument_positions(Call *call, int index) {
  Value function = call->arguments[0], positions = call->arguments[index];
  bool many = value_is(positions, KIND_TUPLE), fit = true;
  uint32_t count = many ? value_tuple(positions)->count : 1;
  for (uint32_t i = 0; fit && i < count; i++)
    fit = position_fits(call->session, function, many ? value_tuple(positions)->items[i] : positions);
  if (!fit) argument_fail(call, index);
  return fit;
}
