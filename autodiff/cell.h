/* SPDX-License-Identifier: MIT */
/* cell.h: what the files about variables share: owners of values, and windows of them. */
#ifndef MGRAD_AUTODIFF_CELL_H
#define MGRAD_AUTODIFF_CELL_H
#include "autodiff/variable.h"

static inline Variable *cell_owner(Variable *variable) { return variable->base ? variable->base : variable; }

/* A value that an owner can hold: contiguous, and no other variable's.  Takes the tensor; NULL: error recorded. */
Tensor *cell_claim(Graph *graph, Tensor *value_taken);
/* Replaces an owner's value by one that was claimed.  Cannot fail. */
void cell_set(Variable *owner, Tensor *value_claimed);
/* The same for a new leaf that is written without a record: gradients of the old leaf are still the variable's. */
void cell_set_leaf(Variable *owner, Tensor *leaf);
/* The same where the old value is no leaf, and the new one a recorded copy of it with other numbers. */
void cell_set_copy(Variable *owner, Tensor *copy);
/* Views forget the windows that they have looked at, so that nobody but the owner holds its numbers. */
void cell_drop_windows(Variable *owner);

/* Whether nothing that a new value made of these operands and the old one depends on will have a name. */
bool cell_is_nameless(Graph *graph, const Variable *owner, int count, Tensor *const *operands);

/* Whether a value has no history and no transform is going to ask about it: another leaf can take its place. */
static inline bool cell_is_free_leaf(const Tensor *value) {
  return value->op == OP_none && !(value->flags & (NODE_RELEASED | NODE_ASKED | NODE_TARGET));
}

#endif
