/* SPDX-License-Identifier: MIT */
/* list.h: collecting values that become a tuple or a tensor. */
#ifndef MGRAD_EVALUATOR_BUILTINS_LIST_H
#define MGRAD_EVALUATOR_BUILTINS_LIST_H
#include "evaluator/session.h"

typedef enum ListForm {
  LIST_TUPLE,
  LIST_PREFER_TENSOR /* a tensor when the values are numbers, or tensors of one shape; else a tuple */
} ListForm;

typedef struct List {
  Session *session;
  Value *values;
  uint32_t count, capacity;
} List;

List list_start(Session *session);
bool list_add(List *list, Value value_taken);
Value list_finish(List *list, ListForm form); /* owned; the list is empty afterwards */
Value list_drop(List *list);                  /* releases all; gives the error value */
bool list_fill(List *list, Value source);     /* every item of something that can be walked through */

#endif
