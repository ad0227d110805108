/* SPDX-License-Identifier: MIT */
/* structure.h: nested tuples and records as a tree whose leaves are everything else. */
#ifndef MGRAD_EVALUATOR_BUILTINS_STRUCTURE_H
#define MGRAD_EVALUATOR_BUILTINS_STRUCTURE_H
#include "evaluator/session.h"

enum { STRUCTURE_DEPTH = 200 };

/* Changes one leaf in place (it is owned by the new structure); false: error recorded. */
typedef bool (*LeafFunction)(void *context, Value *leaf);

/* A fresh structure of the same form (owned; records are new records) whose leaves have gone through the function, in
   order.  A value that is no tuple and no record is a single leaf.  Deeper nesting than STRUCTURE_DEPTH is an error. */
Value structure_map(Session *session, Value value, LeafFunction function, void *context);

/* `value` (borrowed) with the fields of its records in the order of those of `like`, owned: walked side by side, both
   then have their leaves in the same order.  What has another form stays as it is. */
Value structure_align(Session *session, Value like, Value value);

#endif
