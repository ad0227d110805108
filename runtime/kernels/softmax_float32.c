/* SPDX-License-Identifier: MIT */
/* softmax_float32.c: the loops over rows of float32 scores for every processor, and the choice among them. */
#define ELEMENT float
#define LOOPS softmax_float32_plain
#include "runtime/kernels/softmax_loops.h"

const SoftmaxLoops *softmax_loops_float32(void) {
  return TARGET_CHOSEN(&softmax_float32_plain, &softmax_float32_avx2, &softmax_float32_avx512);
}
