/* SPDX-License-Identifier: MIT */
/* reduce_fold.c: the inner loops of reductions, and the choice of those for this processor. */
#include "runtime/kernels/target.h"

#define KERNELS fold_kernels_plain
#define MOMENTS moments_chunk_plain
#include "runtime/kernels/reduce_fold_loops.h"

const FoldKernel *fold_kernel(FoldOp op) {
#if TARGET_AVX512
  if (target_has_avx512()) return &fold_kernels_avx512[op];
#endif
#if TARGET_AVX2
  if (target_has_avx2()) return &fold_kernels_avx2[op];
#endif
  return &fold_kernels_plain[op];
}

MomentsChunk moments_chunk(void) {
#if TARGET_AVX512
  if (target_has_avx512()) return moments_chunk_avx512;
#endif
#if TARGET_AVX2
  if (target_has_avx2()) return moments_chunk_avx2;
#endif
  return moments_chunk_plain;
}
