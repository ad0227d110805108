/* SPDX-License-Identifier: MIT */
/* made.h: how a value was made, as far as its graph still tells. */
#ifndef MGRAD_EVALUATOR_BUILTINS_MADE_H
#define MGRAD_EVALUATOR_BUILTINS_MADE_H
#include "evaluator/session.h"

/* For a leaf that structure_map hands on: computed in the argument, so no name holds it and nothing depends on it. */
bool made_only_here(const Variable *variable);

/* Whether no name holds the structure or a part of it that holds others. */
bool made_structure_only_here(Value structure);

/* Arguments that are variables in any structure: a list of them, which is one tensor by now, becomes a tuple. */
Value made_unlisted(Session *session, Value structure);

#endif
