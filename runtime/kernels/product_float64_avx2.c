/* SPDX-License-Identifier: MIT */
/* product_float64_avx2.c: the product of float64 matrices for processors with AVX2 and fused multiply-add. */
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"

#if TARGET_AVX2
typedef double Real;
#define PRODUCT product_blocks_float64_avx2
#define VECTOR_BYTES 32
#define TALL 4
#define VECTORS 3
TARGET_FMA_BEGIN
#include "runtime/kernels/product_blocks.h"
TARGET_END
#endif
