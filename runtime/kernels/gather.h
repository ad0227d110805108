/* SPDX-License-Identifier: MIT */
/* gather.h: the inner loops of gathers: elements at the places that indices name, against a dense stream of them. */
#ifndef MGRAD_RUNTIME_KERNELS_GATHER_H
#define MGRAD_RUNTIME_KERNELS_GATHER_H
#include "runtime/tensor.h"

/* For every index a run of `count` elements, `stride` bytes apart in x, the first one index * scale bytes after x. */
typedef struct Run {
  const int64_t *indices;
  int64_t scale, index_count, count, stride;
} Run;
typedef char *(*MoveLoop)(char *x, const Run *run, char *dense); /* returns the end of the dense side */

MoveLoop get_loop(DType dtype); /* from x to the dense side */
MoveLoop put_loop(DType dtype); /* from the dense side to x */
MoveLoop add_loop(DType dtype); /* from the dense side to x, added to what is there, one after the other */
MoveLoop add_wide_loop(DType dtype); /* from a dense side of a float type to sums of wide.h */

#endif
