/* SPDX-License-Identifier: MIT */
/* round_avx2.c: the loops that round to decimals, for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define LOOPS round_loops_avx2
#include "runtime/kernels/round_loops.h"
#endif
