/* SPDX-License-Identifier: MIT */
/* finite.c: whether all elements of a tensor are finite, told by the bits of their exponents. */
#include "runtime/iterator.h"

typedef uint32_t __attribute__((may_alias)) Bits4;
typedef uint64_t __attribute__((may_alias)) Bits8;

/* Elements are looked at in groups: testing each for the end would take longer than the rest. */
enum { GROUP = 256 };

#define FINITE(type, exponent) \
  static bool finite_##type(const char *data, int64_t stride, int64_t count) { \
    const type *items = (const type *)(const void *)data; \
    const int64_t step = stride / (int64_t)sizeof(type); \
    for (int64_t start = 0; start < count; start += GROUP) { \
      int64_t end = count - start < GROUP ? count : start + GROUP; \
      bool bad = false; \
      if (step == 1) for (int64_t i = start; i < end; i++) bad |= (items[i] & (exponent)) == (exponent); \
      else for (int64_t i = start; i < end; i++) bad |= (items[i * step] & (exponent)) == (exponent); \
      if (bad) return false; \
    } \
    return true; \
  }
FINITE(Bits4, UINT32_C(0x7f800000))
FINITE(Bits8, UINT64_C(0x7ff0000000000000))

bool tensor_is_finite(Tensor *tensor) {
  Iterator iterator;
  bool finite = true;
  iterator_start(&iterator, tensor->layout, 1, &tensor);
  while (finite && iterator_next(&iterator))
    finite = tensor->dtype == DTYPE_FLOAT64 ? finite_Bits8(iterator.data[0], iterator.strides[0], iterator.count)
                                            : finite_Bits4(iterator.data[0], iterator.strides[0], iterator.count);
  return finite;
}
