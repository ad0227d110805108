/* SPDX-License-Identifier: MIT */
/* elementwise_float32_avx2.c: the elementwise loops on float32 for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define ELEMENT float
#define WIDE float
#define LOOPS elementwise_float32_avx2
#define OPERAND float
#define COLUMN(value, integer) value
#define FLOAT_ROW(...) __VA_ARGS__
#define CONSTANTS "runtime/kernels/math_constants_float32.h"
#define LANE_BYTES 32
#define LANE_VECTORS 16
#include "runtime/kernels/elementwise_loops.h"
#endif
