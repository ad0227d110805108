/* SPDX-License-Identifier: MIT */
/* elementwise_float64.c: the elementwise loops on float64. */
#define ELEMENT double
#define WIDE double
#define LOOPS elementwise_float64
#define OPERAND double
#define COLUMN(value, integer) value
#define FLOAT_ROW(...) __VA_ARGS__
#ifdef __GNUC__
#define CONSTANTS "runtime/kernels/math_constants_float64.h"
#define LANE_BYTES 16
#define LANE_VECTORS 16
#endif
#include "runtime/kernels/elementwise_loops.h"
