/* SPDX-License-Identifier: MIT */
/* list.h: collecting values that become a tuple or a tensor. */
#ifndef MGRAD_EVALUATOR_BUILTINS_LIST_H
#define MGRAD_EVALUATOR_BUILTINS_LIST_H
#include "evaluator/session.h"

typedef enum ListForm {
  LIST_TUPLE,
  LIST_PREFER_TENSOR /* a tensor when the values are numbers, or tensors of one shape; else a tuple */
} ListForm;

typedef struct ValueList {
  Session *session;
  Value *values;
  uint32_t count, capacity;
} ValueList;

ValueList value_list_start(Session *session);
bool value_list_add_slowly(ValueList *list, Value value_taken); /* to a list that is full */
Value value_list_finish(ValueList *list, ListForm form); /* owned; the list is empty afterwards */
bool value_list_is_uniform(const ValueList *list);       /* all booleans, all numbers, or all tensors of one shape */
Value value_list_drop(ValueList *list);                  /* releases all; gives the error value */
bool value_list_fill(ValueList *list, Value source);     /* every item of something that can be walked through */

static inline bool value_list_add(ValueList *list, Value value_taken) {
  if (list->count == list->capacity) return value_list_add_slowly(list, value_taken);
  list->values[list->count++] = value_taken;
  return true;
}

#endif
