/* SPDX-License-Identifier: MIT */
/* einsum.h: what the subscripts of einsum mean, parsed and checked against the operands.

   Every letter is a label, a small number; the axes that `...` stands for have labels of their own, counted from the
   end.  A label has one size; an operand's axis of size 1 is repeated to it. */
#ifndef MGRAD_RUNTIME_KERNELS_EINSUM_H
#define MGRAD_RUNTIME_KERNELS_EINSUM_H
#include "runtime/op.h"

enum { EINSUM_OPERANDS = 64, EINSUM_LABELS = 52 + TENSOR_MAX_DIMS };

/* The labels of one operand, axis by axis, or of the result. */
typedef struct EinsumTerm { int count; uint8_t labels[TENSOR_MAX_DIMS]; } EinsumTerm;

typedef struct Einsum {
  int operand_count;
  EinsumTerm operands[EINSUM_OPERANDS], output;
  int64_t sizes[EINSUM_LABELS]; /* of each label that occurs; -1 of all others */
} Einsum;

/* Reads the attributes of OP_einsum: values[0] is the text the user wrote, or integers: the labels of each operand,
   -1 after each operand but the last, then -2 and the labels of the result ("ij,jk->ik" is 0 1 -1 1 2 -2 0 2). */
bool einsum_parse(Runtime *runtime, const Operands *operands, Einsum *einsum);

/* The same integers as attributes for another einsum: how a rule asks for the gradient. */
Attributes *einsum_attributes(Runtime *runtime, int count, const EinsumTerm *operands, const EinsumTerm *output);

/* The place of a label in a term, or -1. */
static inline int einsum_term_place(const EinsumTerm *term, int label) {
  for (int i = 0; i < term->count; i++) {
    if (term->labels[i] == label) return i;
  }
  return -1;
}
static inline bool einsum_term_has(const EinsumTerm *term, int label) { return einsum_term_place(term, label) >= 0; }
/* The labels of a term, each once, in the order of their first place. */
EinsumTerm einsum_distinct(const EinsumTerm *term);
/* An operand's layout with one axis per distinct label (those of einsum_distinct): repeated labels give diagonals. */
Layout *einsum_diagonal(Runtime *runtime, const EinsumTerm *term, const Layout *operand);

/* Whether the einsum of one operand of this layout sums nothing: then `*out` is its result as a window of the operand
   (offset 0), otherwise NULL.  False: error recorded. */
bool einsum_view(Runtime *runtime, const Attributes *attributes, Layout *in, Layout **out);

#endif
