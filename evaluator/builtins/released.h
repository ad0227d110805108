/* SPDX-License-Identifier: MIT */
/* released.h: telling in the user's names why a backward met a history that is gone. */
#ifndef MGRAD_EVALUATOR_BUILTINS_RELEASED_H
#define MGRAD_EVALUATOR_BUILTINS_RELEASED_H
#include "evaluator/call.h"

/* "`b` depends on `h`, whose history was released at line 4", where both have names; otherwise the error stays as it
   is.  `node` is what backward refused, `loss` the name of the loss in back-quotes or NULL. */
void released_explain(Call *call, const Node *node, const char *loss);

#endif
