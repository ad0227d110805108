/* SPDX-License-Identifier: MIT */
/* target.h: the left sides of assignments: names, tuples of targets, x[i], x.name. */
#ifndef MGRAD_EVALUATOR_TARGET_H
#define MGRAD_EVALUATOR_TARGET_H
#include "evaluator/compile.h"

/* A compiled target is a closure whose tree says its kind: AST_NAME (slot, cell, or slot with `flag`: a Box),
   AST_TUPLE (children), AST_INDEX and AST_FIELD (a: the object). */
Closure *compile_target(Compiler *compiler, Ast *target);
bool target_is_local(const Closure *target); /* a name whose value stands in the frame itself */
/* Where the value of an AST_NAME target stands. */
static inline Value *target_place(const Closure *target, Value *frame) {
  if (target->cell) return target->cell;
  Value *place = &frame[target->slot];
  return target->flag ? &((Box *)place->object)->value : place;
}

/* Assigns a value (borrowed) to one target of any kind; nothing is changed when it fails. */
bool target_assign(Session *session, Closure *target, Value *frame, Value value);
/* The same to several: all are made ready before the first is written. */
bool targets_assign(Session *session, uint32_t count, Closure *const *targets, Value *frame, Value value);

#endif
