/* SPDX-License-Identifier: MIT */
/* hidden.h: names of functions and namespaces that mean a variable instead. */
#ifndef MGRAD_EVALUATOR_HIDDEN_H
#define MGRAD_EVALUATOR_HIDDEN_H
#include "evaluator/machine.h"

/* Records that a name is this value and not the function of that name; false: there is no such function.  `local`: the
   name belongs to a function. */
RARE bool fail_hidden(Session *session, const Ast *name, Value held, bool local);

/* Whether an expression is the name of a namespace, which may hold something else. */
bool names_namespace(Session *session, const Ast *expression);
/* Tells that the name is this value and not the namespace. */
RARE void warn_hidden_namespace(Session *session, const Ast *name, Value held);
/* The same as the hint of an error that a call with the value as an argument has just met. */
RARE void hint_hidden_namespace(Session *session, const Ast *name, Value held);

#endif
