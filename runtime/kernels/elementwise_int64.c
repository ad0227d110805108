/* SPDX-License-Identifier: MIT */
/* elementwise_int64.c: the elementwise loops on int64. */
#define ELEMENT int64_t
#define WIDE int64_t
#define LOOPS elementwise_int64
#define OPERAND int64_t
#define COLUMN(value, integer) integer
#define FLOAT_ROW(...)
#define DIVIDE_BITS 64
#include "runtime/kernels/elementwise_loops.h"
