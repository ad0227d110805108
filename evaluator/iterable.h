/* SPDX-License-Identifier: MIT */
/* iterable.h: loops over range(...), which count without making a range. */
#ifndef MGRAD_EVALUATOR_ITERABLE_H
#define MGRAD_EVALUATOR_ITERABLE_H
#include "evaluator/function.h"

typedef struct Counting { double start, step; int64_t count; } Counting;
/* COUNTING_OTHER: the name `range` means something else now, or the arguments are no plain whole numbers; nothing has
   been evaluated. */
typedef enum CountingStatus { COUNTING_READY, COUNTING_FAILED, COUNTING_OTHER } CountingStatus;

/* Whether a compiled call is one of the builtin range with one to three positional arguments. */
bool counting_is_possible(const Closure *call);
CountingStatus counting_start(Closure *call, Value *frame, Session *session, Counting *counting);

#endif
