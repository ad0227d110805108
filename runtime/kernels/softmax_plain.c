/* SPDX-License-Identifier: MIT */
/* softmax_plain.c: the loops over rows of scores for every processor, and the choice among them. */
#define LOOPS softmax_loops_plain
#include "runtime/kernels/softmax_loops.h"

const SoftmaxLoops *softmax_loops(void) {
  return TARGET_CHOSEN(&softmax_loops_plain, &softmax_loops_avx2, &softmax_loops_avx512);
}
