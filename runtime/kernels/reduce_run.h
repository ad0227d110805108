/* SPDX-License-Identifier: MIT */
/* reduce_run.h: what folding whole tensors shares: reduce_run.c for numbers in memory, reduce_stream.c for pending
   ones. */
#ifndef MGRAD_RUNTIME_KERNELS_REDUCE_RUN_H
#define MGRAD_RUNTIME_KERNELS_REDUCE_RUN_H
#include "runtime/fuse/fuse.h"
#include "runtime/kernels/reduce.h"

typedef struct Fold {
  const ReducePlan *plan;
  const FoldKernel *kernel;
  FoldMerge merge;
  FoldNumber identity;
  bool direct;              /* chunks are read where they lie */
  FoldNumber *out;          /* results, one line per segment of rows */
  FusePass *pass;           /* the elements are computed as they are folded; NULL: they lie in memory */
  /* Of a sum: computes the last operation of the pass while it adds up; NULL: the pass does. */
  const FoldBinary *binary;
} Fold;

static inline int64_t chunk_rows(const RowWalk *walk) { return walk->left < FOLD_CHUNK ? walk->left : FOLD_CHUNK; }

/* Either the rows or the columns lie side by side in C order, and enough of them to be computed together. */
bool reduce_streams(const ReducePlan *plan);
/* The columns of a tile of a pending tensor that streams. */
int64_t reduce_stream_width(const ReducePlan *plan);
/* Folds a share of the pass into a tree that has been started. */
void reduce_stream(const Fold *fold, const ReduceShare *share, FoldTree *tree);

#endif
