/* SPDX-License-Identifier: MIT */
/* elementwise_float64_avx512.c: the elementwise loops on float64 for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define ELEMENT double
#define WIDE double
#define LOOPS elementwise_float64_avx512
#define OPERAND double
#define COLUMN(value, integer) value
#define FLOAT_ROW(...) __VA_ARGS__
#define CONSTANTS "runtime/kernels/math_constants_float64.h"
#define LANE_BYTES 64
#define LANE_VECTORS 4
#include "runtime/kernels/elementwise_loops.h"
#endif
