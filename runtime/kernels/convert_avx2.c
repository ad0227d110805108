/* SPDX-License-Identifier: MIT */
/* convert_avx2.c: the loops that convert elements, for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define LOOPS convert_loops_avx2
#include "runtime/kernels/convert_loops.h"
#endif
