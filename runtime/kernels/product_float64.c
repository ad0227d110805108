/* SPDX-License-Identifier: MIT */
/* product_float64.c: the blocked product of float64 matrices. */
#include <string.h>

#include "base/memory.h"
#include "runtime/kernels/product.h"

typedef double Real;
#define PRODUCT product_blocks_float64
#define LANE_BYTES 32
#include "runtime/kernels/product_blocks.h"
