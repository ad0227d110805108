/* SPDX-License-Identifier: MIT */
/* custom.c: the backward side of operations from outside the table. */
#include "autodiff/rule.h"

void op_custom_backward(Rule *rule) {
  OpCallback *callback = rule->attributes ? rule->attributes->callback : NULL;
  if (callback) callback->backward(callback, rule);
}

void op_implicit_root_backward(Rule *rule) {
  op_custom_backward(rule);
}
