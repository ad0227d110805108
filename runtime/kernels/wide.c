/* SPDX-License-Identifier: MIT */
/* wide.c: room for long sums, and their totals. */
#include "runtime/kernels/wide.h"

#include <math.h>

enum { POLL_ELEMENTS = 1 << 20 };

size_t wide_size(DType dtype) {
  return dtype == DTYPE_FLOAT64 ? sizeof(LongSum) : sizeof(double);
}

Tensor *wide_new(Runtime *runtime, DType dtype, const Layout *layout) {
  const int64_t shape[] = {layout->size, (int64_t)(wide_size(dtype) / sizeof(double))};
  Layout *flat = layout_new(runtime, 2, shape);
  Tensor *wide = flat ? tensor_new_zeros(runtime, DTYPE_FLOAT64, flat) : NULL;
  layout_unref(flat);
  return wide;
}

/* The rest of an infinite sum is nan. */
static void add_rests(double *restrict totals, const LongSum *restrict sums, int64_t count) {
  for (int64_t i = 0; i < count; i++) totals[i] = isfinite(sums[i].rest) ? sums[i].sum + sums[i].rest : sums[i].sum;
}

static bool round_sums(Runtime *runtime, Tensor *total, const Tensor *wide) {
  const LongSum *sums = tensor_data(wide);
  double *totals = tensor_data(total);
  for (int64_t size = tensor_size(total), i = 0; i < size; i += POLL_ELEMENTS) {
    add_rests(totals + i, sums + i, size - i < POLL_ELEMENTS ? size - i : POLL_ELEMENTS);
    if (runtime_interrupted(runtime)) return false;
  }
  return true;
}

Tensor *wide_total(Runtime *runtime, Tensor *wide, DType dtype, Layout *layout) {
  Tensor *total = NULL;
  if (dtype == DTYPE_FLOAT64) {
    total = tensor_new(runtime, dtype, layout);
    if (total && !round_sums(runtime, total, wide)) {
      tensor_unref(total);
      total = NULL;
    }
  } else {
    Tensor *shaped = tensor_window(runtime, wide, layout, 0);
    total = shaped ? tensor_cast(runtime, shaped, dtype) : NULL;
    tensor_unref(shaped);
  }
  tensor_unref(wide);
  return total;
}
