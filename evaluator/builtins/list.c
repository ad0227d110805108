/* SPDX-License-Identifier: MIT */
/* list.c: collecting values that become a tuple or a tensor. */
#include "evaluator/builtins/list.h"
#include <string.h>
#include "base/memory.h"

ValueList value_list_start(Session *session) {
  return (ValueList){.session = session};
}

bool value_list_add_slowly(ValueList *list, Value value_taken) {
  Value *values = memory_grow(list->values, &list->capacity, sizeof *values, 8);
  if (!values) {
    value_unref(value_taken);
    return error_out_of_memory(session_runtime(list->session)->error);
  }
  list->values = values;
  list->values[list->count++] = value_taken;
  return true;
}

static void release_values(ValueList *list) {
  if (list->values) memory_release(list->values, list->capacity * sizeof *list->values);
  *list = (ValueList){.session = list->session};
}

Value value_list_drop(ValueList *list) {
  while (list->count) value_unref(list->values[--list->count]);
  release_values(list);
  return value_error();
}

bool value_list_is_uniform(const ValueList *list) {
  if (list->count == 0) return true;
  Value first = list->values[0];
  const Variable *like = value_as_variable(first);
  if (!like && !value_is_number(first) && !value_is_bool(first)) return false;
  for (uint32_t i = 1; i < list->count; i++) {
    Value value = list->values[i];
    const Variable *variable = value_as_variable(value);
    bool scalar = value_is_number(value) || (variable && variable_layout(variable)->ndim == 0);
    bool fits = value_is_bool(first) ? value_is_bool(value)
                : like && variable   ? layout_same_shape(variable_layout(like), variable_layout(variable))
                                     : scalar && (!like || variable_layout(like)->ndim == 0);
    if (!fits) return false;
  }
  return true;
}

Value value_list_finish(ValueList *list, ListForm form) {
  bool tensor = form == LIST_PREFER_TENSOR && value_list_is_uniform(list);
  Tuple *tuple = tuple_new(list->session, list->count);
  if (!tuple) return value_list_drop(list);
  if (list->count) memcpy(tuple->items, list->values, list->count * sizeof *list->values);
  release_values(list);
  Value value = value_object(tuple);
  if (!tensor) return value;
  Value stacked = value_from_tensor(list->session, value_to_tensor(list->session, value));
  value_unref(value);
  return stacked;
}

bool value_list_fill(ValueList *list, Value source) {
  ValueIterator iterator;
  if (!value_iterate(list->session, source, &iterator)) return false;
  Value item;
  bool added = true;
  while (added && value_iterate_next(list->session, &iterator, &item)) added = value_list_add(list, item);
  value_iterate_end(&iterator);
  return added && session_runtime(list->session)->error->kind == ERROR_NONE;
}
