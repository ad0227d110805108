/* SPDX-License-Identifier: MIT */
/* convert.h: calling a dtype: int(x), float(x), float32(x) ... */
#ifndef MGRAD_EVALUATOR_CONVERT_H
#define MGRAD_EVALUATOR_CONVERT_H
#include "evaluator/function.h"

/* A number stays a plain number (int cuts off the fraction), a string is read, a tensor is converted.  Arguments are
   borrowed. */
Value convert_call(Session *session, DType dtype, const Value *arguments, const CallSite *site);

#endif
