/* SPDX-License-Identifier: MIT */
/* where_avx2.c: the inner loops of `where` for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define LOOPS where_loops_avx2
#include "runtime/kernels/where_loops.h"
#endif
