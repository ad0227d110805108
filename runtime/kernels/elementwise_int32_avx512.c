/* SPDX-License-Identifier: MIT */
/* elementwise_int32_avx512.c: the elementwise loops on int32 for processors with AVX-512. */
#include "runtime/kernels/target.h"

#if TARGET_AVX512
#define FEATURES TARGET_AVX512_FEATURES
#define ELEMENT int32_t
#define WIDE int32_t
#define LOOPS elementwise_int32_avx512
#define OPERAND int64_t
#define COLUMN(value, integer) integer
#define FLOAT_ROW(...)
#define DIVIDE_BITS 32
#include "runtime/kernels/elementwise_loops.h"
#endif
