/* SPDX-License-Identifier: MIT */
/* softmax_float32_avx512.c: the loops over rows of float32 scores for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define ELEMENT float
#define LOOPS softmax_float32_avx512
#include "runtime/kernels/softmax_loops.h"
#endif
