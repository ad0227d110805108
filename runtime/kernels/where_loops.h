/* SPDX-License-Identifier: MIT */
/* where_loops.h: expands the inner loops of `where`, one per size of elements, free of branches.  The including file
   defines LOOPS, the name of their table, and FEATURES to compile them for more than the baseline
   (target.h). */
#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/target.h"

#ifdef FEATURES
TARGET_BEGIN(FEATURES)
#endif

#define CHOOSE(bits, first, second) (uint##bits##_t)(((first) & mask) | ((second) & (uint##bits##_t)~mask))
#define WHERE_RUN(bits, first, second) \
  for (int64_t i = 0; i < count; i++) { \
    const uint##bits##_t mask = (uint##bits##_t)(0 - (uint##bits##_t)conditions[i]); \
    out[i] = CHOOSE(bits, first, second); \
  }

#define WHERE_LOOP(bits) \
  static void where_any_##bits(char *const *data, const int64_t *strides, int64_t count) { \
    uint##bits##_t *out = (uint##bits##_t *)(void *)data[0]; \
    const char *condition = data[1], *x = data[2], *y = data[3]; \
    for (int64_t i = 0; i < count; i++, condition += strides[1], x += strides[2], y += strides[3]) { \
      const uint##bits##_t mask = (uint##bits##_t)(0 - (uint##bits##_t)*(const uint8_t *)(const void *)condition); \
      out[i] = CHOOSE(bits, *(const uint##bits##_t *)(const void *)x, *(const uint##bits##_t *)(const void *)y); \
    } \
  } \
  static void where_##bits(char *const *data, const int64_t *strides, int64_t count) { \
    const int64_t item = bits / 8; \
    bool lines = strides[1] == 1 && (strides[2] == item || strides[2] == 0) && \
                 (strides[3] == item || strides[3] == 0); \
    if (!lines || count == 0) { \
      where_any_##bits(data, strides, count); \
      return; \
    } \
    uint##bits##_t *restrict out = (uint##bits##_t *)(void *)data[0]; \
    const uint8_t *restrict conditions = (const uint8_t *)(void *)data[1]; \
    const uint##bits##_t *x = (const uint##bits##_t *)(void *)data[2], *y = (const uint##bits##_t *)(void *)data[3]; \
    const uint##bits##_t x0 = *x, y0 = *y; \
    if (strides[2] && strides[3]) WHERE_RUN(bits, x[i], y[i]) \
    else if (strides[2]) WHERE_RUN(bits, x[i], y0) \
    else if (strides[3]) WHERE_RUN(bits, x0, y[i]) \
    else WHERE_RUN(bits, x0, y0) \
  }
WHERE_LOOP(8)
WHERE_LOOP(32)
WHERE_LOOP(64)

const WhereLoops LOOPS = {where_8, where_32, where_64};

#ifdef FEATURES
TARGET_END
#endif
