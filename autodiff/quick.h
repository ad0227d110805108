/* SPDX-License-Identifier: MIT */
/* quick.h: the short way of elementwise rows on small tensors, where finding out what to do would take longer than doing
   it.  op_apply takes it by itself; who has two operands at hand, or a plain number, may ask here first.

   False: they cannot take it, and nothing has happened.  Else `*result` is what op_apply would give (owned; NULL: error
   recorded). */
#ifndef MGRAD_AUTODIFF_QUICK_H
#define MGRAD_AUTODIFF_QUICK_H
#include "autodiff/node.h"

bool quick_unary(Graph *graph, OpId op, Tensor *x, Tensor **result);
bool quick_binary(Graph *graph, OpId op, Tensor *x, Tensor *y, Tensor **result);
/* x and a plain number; `number_flag`: which one is the right operand: NODE_NUMBER or NODE_NUMBER_LEFT. */
bool quick_number(Graph *graph, OpId op, Tensor *x, double number, int number_flag, Tensor **result);

#endif
