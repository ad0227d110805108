/* SPDX-License-Identifier: MIT */
/* round_avx512.c: the loops that round to decimals, for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define LOOPS round_loops_avx512
#include "runtime/kernels/round_loops.h"
#endif
