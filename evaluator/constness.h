/* SPDX-License-Identifier: MIT */
/* constness.h: the argument `constant` that creations, operations and functions made of operations share. */
#ifndef MGRAD_EVALUATOR_CONSTNESS_H
#define MGRAD_EVALUATOR_CONSTNESS_H
#include "evaluator/call.h"

typedef enum Constness { CONSTNESS_KEEP, CONSTNESS_CONSTANT, CONSTNESS_VARIABLE } Constness;
bool constness_read(Session *session, Value argument, Constness *constness); /* none, true, false */

/* The value of a tensor just computed; takes the tensor. */
Value constness_apply(Session *session, Tensor *tensor_taken, Constness constness);

/* A value as a constant or as a variable: itself where it is one already. */
Value constness_set(Session *session, Value value_taken, Constness constness);

/* The same for all results of a call; whole numbers beside real ones (the indices of topk) stay constants. */
Value constness_set_all(Session *session, Value result_taken, Constness constness);

/* Calls a function whose only common argument is `constant`: a constant result records nothing, a variable starts
   here. */
Value constness_call(Call *call);

#endif
