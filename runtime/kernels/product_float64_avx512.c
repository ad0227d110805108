/* SPDX-License-Identifier: MIT */
/* product_float64_avx512.c: the product of float64 matrices for processors with AVX-512. */
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/product.h"
#include "runtime/kernels/target.h"

#if TARGET_AVX512
typedef double Real;
#define PRODUCT product_blocks_float64_avx512
#define VECTOR_BYTES 64
#define TALL 8
#define VECTORS 3
TARGET_AVX512_BEGIN
#include "runtime/kernels/product_blocks.h"
TARGET_END
#endif
