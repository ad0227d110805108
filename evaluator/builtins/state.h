/* SPDX-License-Identifier: MIT */
/* state.h: what builtins keep in a session between calls. */
#ifndef MGRAD_EVALUATOR_BUILTINS_STATE_H
#define MGRAD_EVALUATOR_BUILTINS_STATE_H
#include "evaluator/call.h"

struct BuiltinState {
  int signature_count;
  Signature **signatures;  /* by builtin index; NULL until first used */
  int library_count;
  Value *libraries;        /* by library file; none until first used */
  struct Figure *figure;   /* the last plot, for saveplot; NULL: none yet */
  struct RecordedCalls *recorded; /* of library functions; NULL: none yet */
  Buffer reached;          /* the variables that the last backward set, for notes at the prompt */
};

BuiltinState *builtin_state(Session *session); /* made at first use; NULL: out of memory, recorded */
int builtin_index(const BuiltinInfo *info);

#endif
