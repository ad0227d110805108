/* SPDX-License-Identifier: MIT */
/* turn.h: small squares of a matrix turned around in registers: out[j][i] = in[i][j].

   `in` holds the first of the lines, in_stride bytes apart, `out` takes the first of the columns, out_stride bytes
   apart.  Nothing need be aligned beyond its own size. */
#ifndef MGRAD_RUNTIME_KERNELS_TURN_H
#define MGRAD_RUNTIME_KERNELS_TURN_H
#include <stdint.h>

#include "runtime/kernels/inline.h"

#if defined __has_builtin && __has_builtin(__builtin_shufflevector)
typedef uint64_t TurnPair __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint32_t TurnFour __attribute__((vector_size(16), aligned(4), may_alias));
#define JOINED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define FROM(vectors, k) (*(const vectors *)(const void *)(in + (k) * in_stride))
#define TO(vectors, k) (*(vectors *)(void *)(out + (k) * out_stride))

INLINE void turn_eights(char *out, int64_t out_stride, const char *in, int64_t in_stride) {
  TurnPair a = FROM(TurnPair, 0), b = FROM(TurnPair, 1);
  TO(TurnPair, 0) = JOINED(a, b, 0, 2);
  TO(TurnPair, 1) = JOINED(a, b, 1, 3);
}

INLINE void turn_fours(char *out, int64_t out_stride, const char *in, int64_t in_stride) {
  TurnFour a = FROM(TurnFour, 0), b = FROM(TurnFour, 1), c = FROM(TurnFour, 2), d = FROM(TurnFour, 3);
  TurnFour ab = JOINED(a, b, 0, 4, 1, 5), cd = JOINED(c, d, 0, 4, 1, 5);
  TO(TurnFour, 0) = JOINED(ab, cd, 0, 1, 4, 5);
  TO(TurnFour, 1) = JOINED(ab, cd, 2, 3, 6, 7);
  ab = JOINED(a, b, 2, 6, 3, 7);
  cd = JOINED(c, d, 2, 6, 3, 7);
  TO(TurnFour, 2) = JOINED(ab, cd, 0, 1, 4, 5);
  TO(TurnFour, 3) = JOINED(ab, cd, 2, 3, 6, 7);
}
#undef JOINED
#undef FROM
#undef TO
#else
#define TURN(name, type, side) \
  INLINE void name(char *out, int64_t out_stride, const char *in, int64_t in_stride) { \
    typedef type __attribute__((may_alias)) Word; \
    for (int i = 0; i < (side); i++) \
      for (int j = 0; j < (side); j++) \
        ((Word *)(void *)(out + j * out_stride))[i] = ((const Word *)(const void *)(in + i * in_stride))[j]; \
  }
TURN(turn_eights, uint64_t, 2)
TURN(turn_fours, uint32_t, 4)
#undef TURN
#endif

/* Squares of elements of `item` bytes, four or eight: their sides are TURN_BYTES. */
enum { TURN_BYTES = 16 };
INLINE void turn_square(char *out, int64_t out_stride, const char *in, int64_t in_stride, const int item) {
  if (item == 4) turn_fours(out, out_stride, in, in_stride);
  else turn_eights(out, out_stride, in, in_stride);
}

#endif
