/* SPDX-License-Identifier: MIT */
/* blocks.h: how tests of base begin and end: the budget is the usual one, no allocation is to fail, and every block has
   been given back by then. */
#ifndef MGRAD_TESTS_BLOCKS_H
#define MGRAD_TESTS_BLOCKS_H
#include "base/memory.h"
#include "tests/suite.h"

static inline void blocks_set_up(void) {
  memory_set_budget(0);
  memory_fail_at(0, false);
}

static inline void blocks_tear_down(void) {
  memory_fail_at(0, false);
  memory_set_budget(0);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

static inline bool all_bytes(const void *block, size_t length, int byte) {
  const unsigned char *bytes = block;
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != byte) return false;
  return true;
}

#endif
