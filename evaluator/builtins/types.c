/* SPDX-License-Identifier: MIT */
/* types.c: type and isinstance. */
#include <string.h>
#include "autodiff/stand_in.h"
#include "base/text.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/library.h"

/* The names of types, one after the other; NULL: no more. */
static const char *name_at(int index) {
  static const ObjectKind kinds[] = {KIND_BOOL,  KIND_VARIABLE, KIND_STRING, KIND_TUPLE,    KIND_RECORD,
                                     KIND_RANGE, KIND_FUNCTION, KIND_DTYPE,  KIND_NAMESPACE, KIND_NONE};
  if (index == 0) return "number";
  return index <= (int)(sizeof kinds / sizeof *kinds) ? value_kind_name(kinds[index - 1]) : NULL;
}

/* A program takes the same way with a derivative and without: what stands for a number is one.  The library tells them
   apart, since it begins anew from numbers. */
static const char *type_of(Call *call, Value value) {
  const Variable *variable = value_as_variable(value);
  bool stands = variable && stand_in_is_number(variable);
  bool library = stands && library_is_at(call->session, call->span);
  return stands && !library ? name_at(0) : value_type_name(value);
}

Value builtin_type(Call *call) {
  return value_from_text(call->session, type_of(call, call->arguments[0]));
}

static bool matches(Call *call, Value value, Value type) {
  if (value_is(type, KIND_STRING)) return strcmp(value_string(type)->text, type_of(call, value)) == 0;
  DType dtype = ((const DTypeObject *)(const void *)type.object)->dtype;
  const Variable *variable = value_as_variable(value);
  if (variable) return variable_dtype(variable) == dtype;
  return value_is_bool(value) ? dtype == DTYPE_BOOL : value_is_number(value) && dtype == DTYPE_FLOAT64;
}

static bool is_type_name(const char *text) {
  for (int k = 0; name_at(k); k++)
    if (strcmp(name_at(k), text) == 0) return true;
  return false;
}

static void hint_names(Error *error, const char *text) {
  Buffer names = {0};
  Suggest suggest;
  SuggestText likely;
  suggest_start(&suggest, text);
  buffer_add_text(&names, "types:");
  for (int k = 0; name_at(k); k++) {
    suggest_consider(&suggest, name_at(k));
    buffer_format(&names, " %s", name_at(k));
  }
  bool near = *suggest_text(&suggest, "\"", &likely);
  error_hint(error, "%s", near ? likely.text : buffer_text(&names));
  buffer_free(&names);
}

/* Whether it is the name of a type, or a dtype; else the error. */
static bool check_type(Call *call, Value type) {
  Error *error = call_runtime(call)->error;
  DType dtype;
  if (value_is(type, KIND_DTYPE)) return true;
  if (!value_is(type, KIND_STRING)) {
    session_fail(call->session, ERROR_TYPE, "a type is given by its name, like \"tensor\", or as a dtype, not as a %s",
                 value_type_name(type));
    hint_names(error, "");
    return argument_fail(call, 1), false;
  }
  const char *text = value_string(type)->text;
  if (is_type_name(text)) return true;
  session_fail(call->session, ERROR_VALUE, "there is no type \"%s\"", text);
  if (dtype_from_name(text, &dtype)) error_hint(error, "a dtype is written without quotes: `%s`", text);
  else hint_names(error, text);
  return argument_fail(call, 1), false;
}

/* isinstance(x, type): type is a name, a dtype, or a tuple of them. */
Value builtin_isinstance(Call *call) {
  Value type = call->arguments[1];
  bool several = value_is(type, KIND_TUPLE), found = false;
  uint32_t count = several ? value_tuple(type)->count : 1;
  const Value *types = several ? value_tuple(type)->items : &type;
  for (uint32_t i = 0; i < count; i++) {
    if (!check_type(call, types[i])) return value_error();
    found = found || matches(call, call->arguments[0], types[i]);
  }
  return value_bool(found);
}
