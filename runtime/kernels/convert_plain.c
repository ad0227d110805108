/* SPDX-License-Identifier: MIT */
/* convert_plain.c: the loops that convert elements, for any processor, and the choice of the best ones. */
#define LOOPS convert_loops_plain
#include "runtime/kernels/convert_loops.h"

ConvertLoop convert_loop(DType to, DType from) {
  const ConvertLoops *loops = TARGET_CHOSEN(&convert_loops_plain, &convert_loops_avx2, &convert_loops_avx512);
  return loops->between[to][from];
}
