/* SPDX-License-Identifier: MIT */
/* product_float64.c: the product of float64 matrices on any processor. */
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/product.h"

typedef double Real;
#define PRODUCT product_blocks_float64
#define VECTOR_BYTES 16
#define TALL 4
#define VECTORS 3
#include "runtime/kernels/product_blocks.h"
