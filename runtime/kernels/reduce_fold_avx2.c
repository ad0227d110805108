/* SPDX-License-Identifier: MIT */
/* reduce_fold_avx2.c: the inner loops of reductions for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define KERNELS fold_kernels_avx2
#define BINARIES fold_binaries_avx2
#define MOMENTS moments_loops_avx2
#define LANE_BYTES 32
#include "runtime/kernels/reduce_fold_loops.h"
#endif
