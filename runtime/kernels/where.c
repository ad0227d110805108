/* SPDX-License-Identifier: MIT */
/* where.c: the inner loops of `where` for any processor, and the choice of the best ones. */
#define LOOPS where_loops_plain
#include "runtime/kernels/where_loops.h"

WhereLoop where_loop(DType dtype) {
  const WhereLoops *loops = TARGET_CHOSEN(&where_loops_plain, &where_loops_avx2, &where_loops_avx512);
  size_t size = dtype_info[dtype].size;
  return size == 1 ? loops->bits_8 : size == 4 ? loops->bits_32 : loops->bits_64;
}
