/* SPDX-License-Identifier: MIT */
/* elementwise_bool.c: the elementwise loops on bool. */
#define ELEMENT bool
#define WIDE int
#define LOOPS elementwise_bool
#define OPERAND int64_t
#define COLUMN(value, integer) integer
#define FLOAT_ROW(...)
#include "runtime/kernels/elementwise_loops.h"
