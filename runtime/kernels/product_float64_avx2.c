/* SPDX-License-Identifier: MIT */
/* product_float64_avx2.c: the blocked product of float64 matrices for processors with AVX2. */
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"

#if TARGET_AVX2
typedef double Real;
#define PRODUCT product_blocks_float64_avx2
#define LANE_BYTES 64
TARGET_AVX2_BEGIN
#include "runtime/kernels/product_blocks.h"
TARGET_AVX2_END
#endif
