/* SPDX-License-Identifier: MIT */
/* differentiate.h: functions made of functions: f', grad(f) and their relatives. */
#ifndef MGRAD_EVALUATOR_BUILTINS_DIFFERENTIATE_H
#define MGRAD_EVALUATOR_BUILTINS_DIFFERENTIATE_H
#include "evaluator/session.h"

/* f': the derivative of f with respect to its first argument, as a function value (owned): of a number, that of each
   element of the result; of a tensor, element by element.  The error value when `function` (borrowed) cannot be
   called. */
Value derivative_new(Session *session, Value function);

/* The function that the primes of f', f'', ... stand behind and how many there are; the function itself and 0 for any
   other value.  Borrowed. */
Value derivative_base(Value function, size_t *primes);

/* What f', D(f, 1), D(f', 1) and the like are derivatives of; any other value itself.  Borrowed. */
Value derivative_root(Value function);

/* `grad(f)`, `grad(f, (1, 0))`: as it would be written. */
void made_show(Session *session, Buffer *out, const char *name, Value function, Value positions);

/* grad(f, positions): positions is a number or a tuple of numbers. */
Value gradient_new(Session *session, Value function, Value positions);
/* The same, whose errors name hessian. */
Value gradient_new_for_hessian(Session *session, Value function, Value positions);

/* The function that one made by a call was made of: the first argument of that call.  Borrowed. */
Value native_function(const Native *native);

/* A function as it would be written: its name, or the text of a lambda. */
void function_show(Session *session, Buffer *out, Value function);

#endif
