/* SPDX-License-Identifier: MIT */
/* sort_radix.h: the order of many numbers by the digits of their bits. */
#ifndef MGRAD_RUNTIME_KERNELS_SORT_RADIX_H
#define MGRAD_RUNTIME_KERNELS_SORT_RADIX_H
#include "runtime/tensor.h"

/* From how many numbers on it is faster than merging; more than RADIX_MOST cannot be counted in half a word. */
enum { RADIX_LEAST = 256 };
#define RADIX_MOST ((int64_t)UINT32_MAX)

/* The keys of n elements, float64 or int64, that lie `stride` elements apart: bits that rise as numbers do; -0 counts
   as 0, every nan as the same largest number.  False, with the error recorded: interrupted. */
bool radix_keys(Runtime *runtime, uint64_t *keys, const char *from, int64_t stride, int64_t n, bool real);
double radix_real(uint64_t key); /* the number of a key; that of a nan is some nan */
int64_t radix_integer(uint64_t key);

/* Sorts 0 to n - 1 stably by their keys.  `order` and `spare` have room for n each; the order stands in the lower
   halves of the words of one of them, which is returned.  NULL: interrupted. */
const uint64_t *radix_order(Runtime *runtime, const uint64_t *keys, int64_t n, uint64_t *order, uint64_t *spare);
/* Sorts the keys themselves: they stand in one of the two arrays afterwards, which is returned.  NULL: interrupted. */
uint64_t *radix_sort(Runtime *runtime, uint64_t *keys, uint64_t *spare, int64_t n);

#endif
