/* SPDX-License-Identifier: MIT */
/* einsum_split.h: how two operands of einsum are multiplied as a stack of matrices. */
#ifndef MGRAD_RUNTIME_KERNELS_EINSUM_SPLIT_H
#define MGRAD_RUNTIME_KERNELS_EINSUM_SPLIT_H
#include "runtime/kernels/einsum.h"

/* An operand on its way: each label once, in the order of its axes. */
typedef struct Part { Tensor *tensor; EinsumTerm term; } Part;

/* The labels of two parts: rows of the left one, columns of the right one, what is multiplied and added up, and those
   of which each value has a product of its own: `summed` ones are added up afterwards. */
typedef struct Split { EinsumTerm stack, left, right, inner, summed; } Split;

static inline void einsum_append(EinsumTerm *term, int label) {
  term->labels[term->count++] = (uint8_t)label;
}

int64_t einsum_size(const Einsum *einsum, const EinsumTerm *term); /* of all labels; INT64_MAX: more than fits */

/* Puts labels of a split whose stack holds shared labels only into an order in which axes that lie one behind the other
   become one, and moves those that stand in the way to the stack, where that is cheaper than copying operands. */
void einsum_split_by_memory(const Einsum *einsum, const Part *left, const Part *right, Split *split);

#endif
