/* SPDX-License-Identifier: MIT */
/* site.h: what all ways of calling share. */
#ifndef MGRAD_EVALUATOR_SITE_H
#define MGRAD_EVALUATOR_SITE_H
#include "evaluator/compile.h"

/* The static part of a call.  `object`: for x.f(a), the tree of x, which counts as the first argument. */
CallSite *site_new(Compiler *compiler, Ast *call, Ast *object);
bool compile_arguments(Compiler *compiler, Closure *closure, Ast *call);
Closure *compile_method(Compiler *compiler, Ast *call);
Closure *compile_callee(Compiler *compiler, Ast *callee); /* as compile_expression; an unknown name is a function */

/* Evaluates the arguments onto the value stack behind `before` places; NULL: an error, and nothing is left there. */
Value *call_arguments(Closure *self, uint32_t before, Value *frame, Session *session);
/* The same, with the items of what is spread, and a value (`before` is 1) that stands at the top of the value stack
   before them.  Items are counted by a copy of the site on the value stack, behind which all values are moved; so after
   the call the stack has to be brought back to where it was.  NULL values: an error. */
typedef struct Passed { Value *values; const CallSite *site; } Passed;
Passed spread_arguments(Closure *self, uint32_t before, const CallSite *site, Value *frame, Session *session);
static inline Passed pass_arguments(Closure *self, uint32_t before, const CallSite *site, Value *frame,
                                    Session *session) {
  if (UNLIKELY(site->spread != NULL)) return spread_arguments(self, before, site, frame, session);
  Value *values = call_arguments(self, before, frame, session);
  return (Passed){values ? values - before : NULL, site};
}
Value call_builtin(Session *session, const BuiltinInfo *info, Value *arguments, const CallSite *site); /* takes them */
Value function_call(Session *session, Function *function, Value *arguments, const CallSite *site);
bool function_box(Session *session, Value *place); /* puts the value there into a Box */

#endif
