/* SPDX-License-Identifier: MIT */
/* softmax_float32_avx2.c: the loops over rows of float32 scores for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define ELEMENT float
#define LOOPS softmax_float32_avx2
#include "runtime/kernels/softmax_loops.h"
#endif
