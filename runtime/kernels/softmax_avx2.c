/* SPDX-License-Identifier: MIT */
/* softmax_avx2.c: the loops over rows of scores for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define LOOPS softmax_loops_avx2
#include "runtime/kernels/softmax_loops.h"
#endif
