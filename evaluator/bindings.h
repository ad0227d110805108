/* SPDX-License-Identifier: MIT */
/* bindings.h: the names that statements bind. */
#ifndef MGRAD_EVALUATOR_BINDINGS_H
#define MGRAD_EVALUATOR_BINDINGS_H
#include "parser/ast.h"

/* Calls `visit` with every name that the statements of a body bind, in order, until it returns false.  Functions inside
   are bound themselves, what they bind is not visited. */
typedef bool (*BindingVisitor)(void *context, const char *text, size_t length, Span span);
bool bindings_visit(const Ast *body, BindingVisitor visit, void *context);
bool bindings_visit_globals(const Ast *body, BindingVisitor visit, void *context); /* the names of `global` instead */
bool bindings_visit_target(const Ast *target, BindingVisitor visit, void *context); /* of one assignment target */

#endif
