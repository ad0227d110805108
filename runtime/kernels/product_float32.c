/* SPDX-License-Identifier: MIT */
/* product_float32.c: the product of float32 matrices on any processor. */
#include <stdlib.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/threads.h"
#include "runtime/kernels/product.h"

typedef float Real;
#define PRODUCT product_blocks_float32
#define VECTOR_BYTES 16
#define TALL 4
#define VECTORS 3
#include "runtime/kernels/product_blocks.h"
