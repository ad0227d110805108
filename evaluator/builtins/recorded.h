/* SPDX-License-Identifier: MIT */
/* recorded.h: which steps were recorded within calls of library functions, so that explanations can show such a call as
   one step.  Only the latest calls are kept, and of those within others the outer ones. */
#ifndef MGRAD_EVALUATOR_BUILTINS_RECORDED_H
#define MGRAD_EVALUATOR_BUILTINS_RECORDED_H
#include "autodiff/explain.h"
#include "evaluator/call.h"

enum { RECORDED_MOST = 1024, RECORDED_ARGUMENTS = 4 };

typedef struct RecordedCall {
  ExplainCall steps;
  const BuiltinInfo *info;
  Span span;
  Span places[RECORDED_ARGUMENTS];        /* where arguments are written */
  uint64_t arguments[RECORDED_ARGUMENTS]; /* the number of the step that each was; 0: none */
} RecordedCall;

typedef struct RecordedCalls { uint32_t count; RecordedCall calls[RECORDED_MOST]; } RecordedCalls;

/* Before the call; what it recorded is kept by the second one. */
RecordedCall recorded_start(Call *call);
void recorded_finish(Call *call, RecordedCall *recorded); /* lack of memory is no error: the steps are shown singly */
const RecordedCalls *recorded_calls(Session *session);    /* NULL: none */
void recorded_free(RecordedCalls *calls);                 /* NULL allowed */

#endif
