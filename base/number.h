/* SPDX-License-Identifier: MIT */
/* number.h: arithmetic on sizes and counts that C has no operator for. */
#ifndef MGRAD_BASE_NUMBER_H
#define MGRAD_BASE_NUMBER_H
#include <stdint.h>

static inline int64_t smaller_of(int64_t a, int64_t b) { return a < b ? a : b; }

#endif
