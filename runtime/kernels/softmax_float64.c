/* SPDX-License-Identifier: MIT */
/* softmax_float64.c: the loops over rows of float64 scores for every processor, and the choice among them. */
#define ELEMENT double
#define LOOPS softmax_float64_plain
#include "runtime/kernels/softmax_loops.h"

const SoftmaxLoops *softmax_loops_float64(void) {
  return TARGET_CHOSEN(&softmax_float64_plain, &softmax_float64_avx2, &softmax_float64_avx512);
}
