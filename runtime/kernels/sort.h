/* SPDX-License-Identifier: MIT */
/* sort.h: what sorting functions share. */
#ifndef MGRAD_RUNTIME_KERNELS_SORT_H
#define MGRAD_RUNTIME_KERNELS_SORT_H
#include "runtime/op.h"

/* outer x inner lines of n elements, `inner` apart. */
typedef struct Lines { int64_t outer, n, inner; } Lines;
Lines lines_along(const Layout *layout, int axis);
/* x in C order as float64 or int64 (owned; NULL: error recorded). */
Tensor *sort_keys(Runtime *runtime, Tensor *x);

#endif
