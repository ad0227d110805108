/* SPDX-License-Identifier: MIT */
/* where_avx512.c: the inner loops of `where` for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define LOOPS where_loops_avx512
#include "runtime/kernels/where_loops.h"
#endif
