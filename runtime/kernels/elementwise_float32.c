/* SPDX-License-Identifier: MIT */
/* elementwise_float32.c: the elementwise loops on float32. */
#define ELEMENT float
#define WIDE float
#define LOOPS elementwise_float32
#define OPERAND float
#define COLUMN(value, integer) value
#define FLOAT_ROW(...) __VA_ARGS__
#ifdef __GNUC__
#define CONSTANTS "runtime/kernels/math_constants_float32.h"
#define LANE_BYTES 16
#define LANE_VECTORS 16
#endif
#include "runtime/kernels/elementwise_loops.h"
