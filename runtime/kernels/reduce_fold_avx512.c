/* SPDX-License-Identifier: MIT */
/* reduce_fold_avx512.c: the inner loops of reductions for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define KERNELS fold_kernels_avx512
#define BINARIES fold_binaries_avx512
#define MOMENTS moments_loops_avx512
#define LANE_BYTES 64
#include "runtime/kernels/reduce_fold_loops.h"
#endif
