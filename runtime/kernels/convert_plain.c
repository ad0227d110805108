/* SPDX-License-Identifier: MIT */
/* convert_plain.c: the loops that convert elements, for any processor, and the choice of the best ones. */
#define LOOPS convert_loops_plain
#include "runtime/kernels/convert_loops.h"

ConvertLoop convert_loop(DType to, DType from) {
  const ConvertLoops *loops = &convert_loops_plain;
#if TARGET_AVX2
  if (target_has_avx2()) loops = &convert_loops_avx2;
#endif
#if TARGET_AVX512
  if (target_has_avx512()) loops = &convert_loops_avx512;
#endif
  return loops->between[to][from];
}
