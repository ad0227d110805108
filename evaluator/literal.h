/* SPDX-License-Identifier: MIT */
/* literal.h: tensors from the values of a list. */
#ifndef MGRAD_EVALUATOR_LITERAL_H
#define MGRAD_EVALUATOR_LITERAL_H
#include "evaluator/compile.h"

/* Values stacked along a new first axis: a constant where all are constants, part of the graph where one is tracked.
   Owned; NULL: error recorded (not tensors; unequal shapes). */
Tensor *list_stack(Session *session, uint32_t count, const Value *items);
/* The same for a list in which runs of numbers stand; their values are place-holders. */
Tensor *list_stack_runs(Session *session, Closure *list, const Value *values);
/* Whether the values can be stacked: numbers, booleans and tensors of one shape. */
bool list_is_uniform(uint32_t count, const Value *items);

#endif
