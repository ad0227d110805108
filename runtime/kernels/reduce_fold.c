/* SPDX-License-Identifier: MIT */
/* reduce_fold.c: the inner loops of reductions, and the choice of those for this processor. */
#include "runtime/kernels/target.h"

#define KERNELS fold_kernels_plain
#define BINARIES fold_binaries_plain
#define MOMENTS moments_loops_plain
#define LANE_BYTES 16
#include "runtime/kernels/reduce_fold_loops.h"

const FoldKernel *fold_kernel(FoldOp op) {
  return TARGET_CHOSEN(&fold_kernels_plain[op], &fold_kernels_avx2[op], &fold_kernels_avx512[op]);
}

static const FoldBinaries *fold_binaries(void) {
  return TARGET_CHOSEN(&fold_binaries_plain, &fold_binaries_avx2, &fold_binaries_avx512);
}

const FoldBinary *fold_binary(OpId op, DType dtype) {
  if (!dtype_is_float(dtype)) return NULL;
  switch (op) {
    case OP_add: return &fold_binaries()->add[dtype];
    case OP_subtract: return &fold_binaries()->subtract[dtype];
    case OP_multiply: return &fold_binaries()->multiply[dtype];
    default: return NULL;
  }
}

const MomentsLoops *moments_loops(void) {
  return TARGET_CHOSEN(&moments_loops_plain, &moments_loops_avx2, &moments_loops_avx512);
}
