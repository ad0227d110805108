/* SPDX-License-Identifier: MIT */
/* operation.h: calling a row of the operation table with values, and what is said when it fails. */
#ifndef MGRAD_EVALUATOR_OPERATION_H
#define MGRAD_EVALUATOR_OPERATION_H
#include "evaluator/call.h"

/* The function behind every row of the table: operands and attributes from the arguments, then the operation, then
   out=, where=, dtype= and constant=. */
Value operation_call(Call *call);

/* Applies an operation to tensors and makes a value of the result; NULL operands are absent ones. */
Value operation_apply(Session *session, OpId op, int count, Tensor *const *tensors, Attributes *attributes);

/* A VIEW row on any value: a view where the value is a variable. */
Value operation_view(Session *session, OpId op, Value operand, Attributes *attributes);

/* After a failure: the names of operands that are plain names go where the message marks them, and the error is placed
   at the operand to blame, else at `place`.  Spans are those of the operands. */
void operation_explain(Session *session, int count, const Span *spans, Span place);

/* Passes on what the runtime warned about since the last call (log of a negative number ...). */
void operation_warn(Session *session, Span place);

#endif
