/* SPDX-License-Identifier: MIT */
/* marshal.h: the arguments of a call of an operation as operands (tensors) and attributes (everything else). */
#ifndef MGRAD_EVALUATOR_MARSHAL_H
#define MGRAD_EVALUATOR_MARSHAL_H
#include "evaluator/call.h"

enum { MARSHAL_FEW = 8 };

typedef struct Marshal {
  Call *call;
  Session *session;
  int count, capacity;
  Tensor **operands;        /* owned; NULL stands for an absent one */
  Span *spans;              /* of the argument each came from */
  Tensor *few_operands[MARSHAL_FEW];
  Span few_spans[MARSHAL_FEW];
  Attributes *attributes;
  int attribute_count;
  Value viewed;             /* the first operand of a view, borrowed: it may be a variable */
} Marshal;

bool marshal_start(Marshal *marshal, Call *call); /* also after false, marshal_finish is called */
bool marshal_arguments(Marshal *marshal);
void marshal_finish(Marshal *marshal);

#endif
