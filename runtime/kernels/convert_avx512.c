/* SPDX-License-Identifier: MIT */
/* convert_avx512.c: the loops that convert elements, for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define LOOPS convert_loops_avx512
#include "runtime/kernels/convert_loops.h"
#endif
