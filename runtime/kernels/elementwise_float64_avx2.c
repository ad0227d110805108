/* SPDX-License-Identifier: MIT */
/* elementwise_float64_avx2.c: the elementwise loops on float64 for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define ELEMENT double
#define WIDE double
#define LOOPS elementwise_float64_avx2
#define OPERAND double
#define COLUMN(value, integer) value
#define FLOAT_ROW(...) __VA_ARGS__
#define CONSTANTS "runtime/kernels/math_constants_float64.h"
#define LANE_BYTES 32
#define LANE_VECTORS 16
#include "runtime/kernels/elementwise_loops.h"
#endif
