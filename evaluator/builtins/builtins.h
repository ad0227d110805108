/* SPDX-License-Identifier: MIT */
/* builtins.h: one prototype for every row of builtins.def. */
#ifndef MGRAD_EVALUATOR_BUILTINS_BUILTINS_H
#define MGRAD_EVALUATOR_BUILTINS_BUILTINS_H
#include "evaluator/builtins/arguments.h"
#include "evaluator/operation.h"

#define BUILTIN(function, name, signature, doc, example, gives) Value builtin_##function(Call *call);
#define DIFFERENTIABLE BUILTIN
#define OUTSIDE BUILTIN
#define OPERATION(name, op)
#define OVERRIDE(function, op) Value builtin_##function(Call *call);
#include "evaluator/builtins/builtins.def"
#undef BUILTIN
#undef DIFFERENTIABLE
#undef OUTSIDE
#undef OPERATION
#undef OVERRIDE

Value library_call(Call *call); /* the function behind every row of evaluator/builtins/library.def */

#endif
