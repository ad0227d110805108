/* SPDX-License-Identifier: MIT */
/* round.h: the inner loops that round to decimals. */
#ifndef MGRAD_RUNTIME_KERNELS_ROUND_H
#define MGRAD_RUNTIME_KERNELS_ROUND_H
#include <stdbool.h>
#include <stdint.h>

/* To multiples of 1 / scale (`multiply`) or of scale; scale is a power of ten.  Up to 10^22 every result is
   the number nearest to the exact one. */
typedef struct RoundLoops {
  void (*float64)(double *out, const double *x, int64_t count, double scale, bool multiply);
  void (*float32)(float *out, const float *x, int64_t count, double scale, bool multiply);
} RoundLoops;
extern const RoundLoops round_loops_plain, round_loops_avx2, round_loops_avx512;

#endif
