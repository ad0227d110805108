/* SPDX-License-Identifier: MIT */
/* elementwise_uint8.c: the elementwise loops on uint8. */
#define ELEMENT uint8_t
#define WIDE int
#define LOOPS elementwise_uint8
#define OPERAND int64_t
#define COLUMN(value, integer) integer
#define FLOAT_ROW(...)
#define DIVIDE_BITS 32
#include "runtime/kernels/elementwise_loops.h"
