/* SPDX-License-Identifier: MIT */
/* einsum_split.c: which labels of two operands are rows, columns, and inner axes of matrices.

   Several labels are one axis of a matrix only where memory has them one behind the other.  "ijk,j->ik" has j between i
   and k: either the operand is copied, or there is a product for each i.  All choices of that kind are tried. */
#include "runtime/kernels/einsum_split.h"

#include <stdlib.h>

/* Rough guesses: copying an element in another order, a product of small matrices, and an element of a sum. */
#define COPY_NANOSECONDS 2.0
#define PRODUCT_NANOSECONDS 30.0
#define SUM_NANOSECONDS 0.5

enum { LOOP_LEFT = 1, LOOP_RIGHT = 2, LOOP_INNER = 4, LOOP_ALL = 7 };

int64_t einsum_size(const Einsum *einsum, const EinsumTerm *term) {
  int64_t size = 1;
  for (int i = 0; i < term->count; i++) {
    if (__builtin_mul_overflow(size, einsum->sizes[term->labels[i]], &size)) return INT64_MAX;
  }
  return size;
}

static int64_t stride_of(const Part *part, int label) {
  return layout_strides(part->tensor->layout)[einsum_term_place(&part->term, label)];
}

/* The label with the longest way from one element to the next first. */
static EinsumTerm by_stride(const Part *part, EinsumTerm term) {
  for (int i = 1; i < term.count; i++) {
    uint8_t label = term.labels[i];
    int64_t stride = llabs(stride_of(part, label));
    int to = i;
    for (; to > 0 && llabs(stride_of(part, term.labels[to - 1])) < stride; to--) term.labels[to] = term.labels[to - 1];
    term.labels[to] = label;
  }
  return term;
}

/* How many labels at the end are one axis of the part. */
static int count_merged(const Einsum *einsum, const Part *part, const EinsumTerm *term) {
  int count = term->count > 0;
  for (; count > 0 && count < term->count; count++) {
    int inner = term->labels[term->count - count], outer = term->labels[term->count - count - 1];
    if (stride_of(part, outer) != stride_of(part, inner) * einsum->sizes[inner]) break;
  }
  return count;
}

/* Moves all but the last labels of a term away. */
static void move_first(EinsumTerm *term, int kept, EinsumTerm *to) {
  int moved = term->count - kept;
  for (int i = 0; i < moved; i++) einsum_append(to, term->labels[i]);
  for (int i = 0; i < kept; i++) term->labels[i] = term->labels[moved + i];
  term->count = kept;
}

typedef struct Candidate { Split split; double cost, stacked; } Candidate; /* stacked: elements that are added up */

static double elements_of(const Part *part) {
  return (double)tensor_size(part->tensor);
}

/* The split with the first labels of the named terms moved to the stack. */
static Candidate with_loops(const Einsum *einsum, const Part *a, const Part *b, const Split *ordered, int loops) {
  Candidate candidate = {.split = *ordered};
  Split *split = &candidate.split;
  int rows = count_merged(einsum, a, &split->left), columns = count_merged(einsum, b, &split->right);
  int in_left = count_merged(einsum, a, &split->inner), in_right = count_merged(einsum, b, &split->inner);
  int inner = in_left < in_right ? in_left : in_right;
  bool copies_a = (!(loops & LOOP_LEFT) && rows < split->left.count) ||
                  (!(loops & LOOP_INNER) && in_left < split->inner.count);
  bool copies_b = (!(loops & LOOP_RIGHT) && columns < split->right.count) ||
                  (!(loops & LOOP_INNER) && in_right < split->inner.count);
  if (loops & LOOP_LEFT) move_first(&split->left, rows, &split->stack);
  if (loops & LOOP_RIGHT) move_first(&split->right, columns, &split->stack);
  if (loops & LOOP_INNER) move_first(&split->inner, inner, &split->summed);
  double summed = (double)einsum_size(einsum, &split->summed);
  double products = (double)einsum_size(einsum, &split->stack) * summed;
  double results = products * (double)einsum_size(einsum, &split->left) * (double)einsum_size(einsum, &split->right);
  candidate.stacked = summed > 1 ? results : 0;
  candidate.cost = PRODUCT_NANOSECONDS * products + (copies_a ? COPY_NANOSECONDS * elements_of(a) : 0) +
                   (copies_b ? COPY_NANOSECONDS * elements_of(b) : 0) + SUM_NANOSECONDS * candidate.stacked;
  return candidate;
}

void einsum_split_by_memory(const Einsum *einsum, const Part *left, const Part *right, Split *split) {
  Split ordered = *split;
  const Part *larger = elements_of(left) >= elements_of(right) ? left : right;
  ordered.left = by_stride(left, split->left);
  ordered.right = by_stride(right, split->right);
  ordered.inner = by_stride(larger, split->inner);
  /* No more than a copy of the operands would take, which is what loops are to avoid. */
  double most_stacked = elements_of(left) + elements_of(right);
  Candidate best = with_loops(einsum, left, right, &ordered, 0);
  for (int loops = 1; loops <= LOOP_ALL; loops++) {
    Candidate next = with_loops(einsum, left, right, &ordered, loops);
    bool fits = next.split.stack.count + next.split.summed.count + 2 <= TENSOR_MAX_DIMS &&
                next.stacked <= most_stacked;
    if (fits && next.cost < best.cost) best = next;
  }
  *split = best.split;
}
