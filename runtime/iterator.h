/* SPDX-License-Identifier: MIT */
/* iterator.h: the one strided loop.  Axes that lie contiguously in every operand are merged; what is left is an inner
   loop over `count` elements with a byte stride per operand, and an outer walk. */
#ifndef MGRAD_RUNTIME_ITERATOR_H
#define MGRAD_RUNTIME_ITERATOR_H
#include "runtime/tensor.h"

enum { ITERATOR_OPERANDS = 4 };

typedef struct Iterator {
  int operands, ndim;
  int64_t count;                                    /* inner length */
  int64_t strides[ITERATOR_OPERANDS];               /* inner byte strides */
  char *data[ITERATOR_OPERANDS];                    /* where the current inner loop starts */
  int64_t shape[TENSOR_MAX_DIMS], position[TENSOR_MAX_DIMS];
  int64_t outer[ITERATOR_OPERANDS][TENSOR_MAX_DIMS];
  int64_t remaining;                                /* inner loops still to come, this one included */
  bool started;
} Iterator;

/* All operands broadcast to `shape` (they must be broadcastable to it). */
void iterator_start(Iterator *iterator, const Layout *shape, int operands, Tensor *const *tensors);
bool iterator_next(Iterator *iterator); /* false: done */

#endif
