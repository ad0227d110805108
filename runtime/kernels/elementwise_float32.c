/* SPDX-License-Identifier: MIT */
/* elementwise_float32.c: the elementwise loops on float32. */
#define ELEMENT float
#define WIDE float
#define LOOPS elementwise_float32
#define OPERAND float
#define COLUMN(value, integer) value
#define FLOAT_ROW(...) __VA_ARGS__
#include "runtime/kernels/elementwise_loops.h"
