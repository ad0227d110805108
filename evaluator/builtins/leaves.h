/* SPDX-License-Identifier: MIT */
/* leaves.h: the tensors of a structure of tuples and records, in order. */
#ifndef MGRAD_EVALUATOR_BUILTINS_LEAVES_H
#define MGRAD_EVALUATOR_BUILTINS_LEAVES_H
#include "evaluator/builtins/structure.h"
#include "evaluator/builtins/trace.h"

typedef struct Leaves { Session *session; Tensor **tensors; int count; uint32_t capacity; } Leaves;

/* Owned tensors; leaves_release is called in any case. */
bool leaves_read(Leaves *leaves, Session *session, Value value);
/* The same, in the order of the tensors of `like` where records have the same fields in another order. */
bool leaves_read_like(Leaves *leaves, Session *session, Value like, Value value);
/* One for each fresh variable of a trace, in the structure of `like`, as directions to move them along. */
bool leaves_read_directions(Trace *trace, Value like, Value value, Leaves *directions);
void leaves_release(Leaves *leaves);

#endif
