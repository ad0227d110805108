/* SPDX-License-Identifier: MIT */
/* elementwise_int32.c: the elementwise loops on int32. */
#define ELEMENT int32_t
#define WIDE int32_t
#define LOOPS elementwise_int32
#define OPERAND int64_t
#define COLUMN(value, integer) integer
#define FLOAT_ROW(...)
#define DIVIDE_BITS 32
#include "runtime/kernels/elementwise_loops.h"
