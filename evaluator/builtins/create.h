/* SPDX-License-Identifier: MIT */
/* create.h: what creation routines share. */
#ifndef MGRAD_EVALUATOR_BUILTINS_CREATE_H
#define MGRAD_EVALUATOR_BUILTINS_CREATE_H
#include "evaluator/builtins/arguments.h"

/* A fresh tensor as the value of a creation routine: a variable when it is of floats, unless `constant` (the argument)
   says otherwise.  Takes the tensor; NULL gives the error value. */
Value create_finish(Call *call, Tensor *tensor_taken, int constant);
/* The dtype argument, or `otherwise` where it is none. */
bool create_dtype(Call *call, int index, DType otherwise, DType *dtype);
/* Whether an integer dtype can hold the numbers of a tensor as they are: nothing is rounded or wrapped silently.  All
   but 0 is true.  False: error recorded. */
bool create_holds(Call *call, const Tensor *tensor, DType dtype);
/* The dtype of random numbers, which no integer dtype could hold: float64 where it is none. */
bool create_float_dtype(Call *call, int index, DType *dtype);

#endif
