/* SPDX-License-Identifier: MIT */
/* wide.h: sums of many terms that arrive one by one, at places that an index or an overlapping window names.

   Terms of type float32 are added up in double.  Of float64 each sum has beside it what rounding took from it.  The
   error stays below that of a pairwise sum, however often a place repeats.  Other types are exact as they are. */
#ifndef MGRAD_RUNTIME_KERNELS_WIDE_H
#define MGRAD_RUNTIME_KERNELS_WIDE_H
#include "runtime/tensor.h"

/* So many terms may be added one after the other in their own type: (n - 1) u is within 2 (log2 n + 16) u. */
enum { WIDE_TERMS = 32 };

typedef struct LongSum { double sum, rest; } LongSum;

static inline void wide_add_float32(double *sum, float x) { *sum += (double)x; }
static inline void wide_add_float64(LongSum *to, double x) {
  double sum = to->sum + x, added = sum - to->sum;
  to->rest += (to->sum - (sum - added)) + (x - added);
  to->sum = sum;
}

/* Zeros for every element of a layout, in C order; wide_size bytes each.  Float types only. */
Tensor *wide_new(Runtime *runtime, DType dtype, const Layout *layout);
size_t wide_size(DType dtype);
/* The sums, rounded to the type of their terms. */
Tensor *wide_total(Runtime *runtime, Tensor *wide_taken, DType dtype, Layout *layout);

#endif
