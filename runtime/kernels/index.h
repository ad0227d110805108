/* SPDX-License-Identifier: MIT */
/* index.h: what stands between the brackets of x[...], and how it becomes a window plus gathered axes.

   Semantics are NumPy's: integers, slices, `...`, newaxis, masks, tensors of integers, and mixtures. */
#ifndef MGRAD_RUNTIME_KERNELS_INDEX_H
#define MGRAD_RUNTIME_KERNELS_INDEX_H
#include "runtime/op.h"

typedef enum IndexKind { INDEX_INTEGER, INDEX_SLICE, INDEX_ELLIPSIS, INDEX_NEW_AXIS, INDEX_TENSOR } IndexKind;

typedef struct IndexItem {
  IndexKind kind;
  int64_t start, stop, step;       /* INDEX_INTEGER: start */
  bool has_start, has_stop, has_step;
  Tensor *tensor;                  /* INDEX_TENSOR: bool mask, integers, or integral floats; borrowed */
} IndexItem;

typedef struct Index { int count; const IndexItem *items; } Index;

/* The positions that a slice of something of this size has: first, first + step, ..., `count` of them. */
typedef struct IndexRun { int64_t first, step, count; } IndexRun;

/* Bounds beyond the ends are cut off.  False: the step is 0, and no error is recorded. */
bool index_slice(const IndexItem *slice, int64_t size, IndexRun *run);

/* The basic part as a window of the tensor (strides relative to its own layout), then, when `indices` is not empty, a
   gather over axes of that window.  Masks have become index tensors; all are int64, in range, not negative, and of one
   common shape.  `attributes` is what OP_gather, OP_gather_add and OP_gather_put take. */
/* Attributes of the three operations (x below is the operand of gather, the window above):
     values[0]  integers: the axes of x that the index tensors select, ascending, one per tensor
     values[1]  integer: where the axes of the index tensors stand in the result of gather (its other axes are those of
                x that are not selected)
     values[2]  integers: the shape of x
   The index tensors broadcast to one shape.  gather(x, *indices); gather_add(g, *indices): zeros of x's shape with g's
   elements added, repeats accumulate; gather_put(x, value, *indices): value broadcast to gather's result and cast to
   x's dtype; of repeats the last in C order wins. */
typedef struct IndexPlan {
  Layout *layout;
  int64_t offset;
  int index_count;
  Tensor *indices[TENSOR_MAX_DIMS];
  Attributes *attributes;
} IndexPlan;

/* Errors: out of range ("index 5 is out of range for {x} of size 3 (use 0 to 2, or -3 to -1)"), too many indices,
   fractional index tensors, mask shapes, index tensors that do not broadcast.  error->operand is the index item. */
bool index_plan(Runtime *runtime, const Layout *of, const Index *index, IndexPlan *plan);
void index_plan_free(IndexPlan *plan);

/* repeat(x, n, axis): whether all elements stand in one row: without an axis, or where a scalar has the only one. */
bool repeats_flat(const Attributes *attributes, const Tensor *x);
/* The attributes above. */
Attributes *gather_attributes(Runtime *runtime, const Layout *x, int count, const int64_t *axes, int place);

/* Where the elements are true (not 0), in C order: one int64 tensor per axis of x, each of shape (n,); x has axes. */
bool tensor_nonzero(Runtime *runtime, Tensor *x, Tensor **out);
/* The elements at `indices` (int64, in range) along one axis. */
Tensor *gather_along(Runtime *runtime, Tensor *x, int axis, Tensor *indices);

#endif
