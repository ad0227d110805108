/* SPDX-License-Identifier: MIT */
/* elementwise_int32_avx2.c: the elementwise loops on int32 for processors with AVX2. */
#include "runtime/kernels/target.h"

#if TARGET_AVX2
#define FEATURES TARGET_AVX2_FEATURES
#define ELEMENT int32_t
#define WIDE int32_t
#define LOOPS elementwise_int32_avx2
#define OPERAND int64_t
#define COLUMN(value, integer) integer
#define FLOAT_ROW(...)
#define DIVIDE_BITS 32
#include "runtime/kernels/elementwise_loops.h"
#endif
