/* SPDX-License-Identifier: MIT */
/* softmax_baseline.c: the loops over rows of scores for every processor, and the choice among them. */
#define LOOPS softmax_loops_baseline
#include "runtime/kernels/softmax_loops.h"

const SoftmaxLoops *softmax_loops(void) {
#if TARGET_AVX512
  if (target_has_avx512()) return &softmax_loops_avx512;
#endif
#if TARGET_AVX2
  if (target_has_avx2()) return &softmax_loops_avx2;
#endif
  return &softmax_loops_baseline;
}
