/* SPDX-License-Identifier: MIT */
/* product_float32.c: the blocked product of float32 matrices. */
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/product.h"

typedef float Real;
#define PRODUCT product_blocks_float32
#define LANE_BYTES 32
#include "runtime/kernels/product_blocks.h"
