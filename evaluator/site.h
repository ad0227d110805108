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
/* The same, with the items of what is spread: then the site is a copy that counts them.  `site` is the static one. */
typedef struct Passed { Value *values; const CallSite *site; CallSite counted; } Passed;
bool spread_arguments(Closure *self, uint32_t before, const CallSite *site, Value *frame, Session *session,
                      Passed *passed);
static inline bool pass_arguments(Closure *self, uint32_t before, const CallSite *site, Value *frame, Session *session,
                                  Passed *passed) {
  if (UNLIKELY(site->spread != NULL)) return spread_arguments(self, before, site, frame, session, passed);
  passed->site = site;
  passed->values = call_arguments(self, before, frame, session);
  return passed->values != NULL;
}
Value call_builtin(Session *session, const BuiltinInfo *info, Value *arguments, const CallSite *site); /* takes them */
Value function_call(Session *session, Function *function, Value *arguments, const CallSite *site);
bool function_box(Session *session, Value *place); /* puts the value there into a Box */

#endif
