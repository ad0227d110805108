/* SPDX-License-Identifier: MIT */
/* subscript.h: x[...]: reading and writing parts of tensors, strings, tuples, ranges and records. */
#ifndef MGRAD_EVALUATOR_SUBSCRIPT_H
#define MGRAD_EVALUATOR_SUBSCRIPT_H
#include "evaluator/machine.h"

/* What stands between the brackets, evaluated.  `items` refer to `held`. */
enum { SUBSCRIPT_ITEMS = TENSOR_MAX_DIMS * 2 + 2 };
typedef struct Subscript {
  const Ast *ast;               /* AST_INDEX */
  Value single;                 /* the value of the only item when it is an expression, else unbound; owned */
  int count, held_count;
  IndexItem items[SUBSCRIPT_ITEMS];
  Ast *trees[SUBSCRIPT_ITEMS];  /* of each item, for places in errors */
  Tensor *held[SUBSCRIPT_ITEMS];
} Subscript;

/* `self` is the closure of an AST_INDEX; false: error recorded, nothing to finish. */
bool subscript_start(Session *session, Closure *self, Value *frame, Subscript *subscript);
/* The same from indices that have been evaluated (taken); for closures whose `flag` is set: up to SUBSCRIPT_AXES
   expressions and nothing else. */
enum { SUBSCRIPT_AXES = 4 };
bool subscript_from_values(Session *session, Closure *self, const Value *indices, Subscript *subscript);
bool subscript_values(Session *session, Closure *self, Value *frame, Value indices[SUBSCRIPT_AXES]);
void subscript_drop_values(const Closure *self, const Value *indices);
/* The number that plain whole numbers as indices select in a constant float64 tensor; NULL: anything else.  `writes`:
   only where it may be overwritten; then the caller counts a write with subscript_touch. */
double *subscript_element(Value object, const Value *indices, uint32_t count, bool writes);
static inline void subscript_touch(Value object) { ((Variable *)object.object)->version++; }
/* Releases what subscript_start or subscript_from_values evaluated. */
void subscript_finish(Subscript *subscript);
Value subscript_read(Session *session, Value object, Subscript *subscript);             /* object is borrowed */
bool subscript_write(Session *session, Value object, Subscript *subscript, Value value); /* both borrowed */
/* x[i] OP= value */
bool subscript_augment(Session *session, Value object, Subscript *subscript, OpId op, Value value, const Ast *ast);
/* Whether a write would succeed; for statements that write several things or nothing. */
bool subscript_check(Session *session, Value object, Subscript *subscript, Value value);

/* Completes an index error: the place is the item to blame, and `x` in the message is the indexed name. */
Value subscript_fail(Session *session, Subscript *subscript);

Value subscript_row(Session *session, Value tensor, int64_t position); /* x[i] of a tensor with axes; owned */

#endif
