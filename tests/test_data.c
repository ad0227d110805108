/* SPDX-License-Identifier: MIT */
/* test_data.c: blocks for the numbers of tensors: how they lie, what is kept for later, what is only set aside. */
#include "base/heap.h"
#include "tests/blocks.h"

/* ---- data */

START_TEST(data_is_aligned_and_apart) {
  enum { COUNT = 600 };
  static unsigned char *blocks[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    blocks[i] = memory_allocate_data(i * 97);
    ck_assert_uint_eq((uintptr_t)blocks[i] % 64, 0);
    memset(blocks[i], (int)(i & 0xFF), i * 97);
  }
  ck_assert_uint_eq(memory_live_blocks(), COUNT);
  for (size_t i = 0; i < COUNT; i++) ck_assert(all_bytes(blocks[i], i * 97, (int)(i & 0xFF)));
  for (size_t i = 0; i < COUNT; i++) memory_release_data(blocks[i], i * 97);
}
END_TEST

/* Around every class boundary up to 8 MB the block must hold what was asked for, and the books must balance. */
START_TEST(data_of_every_class) {
  size_t held = memory_held();
  for (size_t size = 64; size <= (size_t)8 << 20; size += size / 8) {
    for (size_t bytes = size - 1; bytes <= size + 1; bytes++) {
      char *block = memory_allocate_data(bytes);
      ck_assert_ptr_nonnull(block);
      ck_assert_uint_eq((uintptr_t)block % 64, 0);
      ck_assert_uint_ge(memory_held(), held + bytes);
      ck_assert_uint_le(memory_held(), held + bytes + bytes / 4 + 64);
      block[0] = block[bytes - 1] = 1;
      memory_release_data(block, bytes);
      ck_assert_uint_eq(memory_held(), held);
    }
  }
}
END_TEST

START_TEST(data_is_recycled) {
  if (HEAP_CHECKED) return;
  static const size_t sizes[] = {100, 5000, 1 << 20, (1 << 20) + 1, 5 << 20};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    void *first = memory_allocate_data(sizes[i]);
    memory_release_data(first, sizes[i]);
    void *second = memory_allocate_data(sizes[i]);
    ck_assert_ptr_eq(first, second);
    memory_release_data(second, sizes[i]);
  }
}
END_TEST

START_TEST(cache_gives_way_to_the_budget) {
  size_t megabyte = (size_t)1 << 20;
  data_drop_cache();
  memory_set_budget(memory_held() + 64 * megabyte);
  for (size_t size = 2; size < 14; size++) {
    void *block = memory_allocate_data(size * megabyte);
    ck_assert_ptr_nonnull(block);
    memory_release_data(block, size * megabyte);
  }
  ck_assert_uint_le(data_cached_bytes(), 17 * megabyte);
  void *large = memory_allocate_data(60 * megabyte);
  ck_assert_ptr_nonnull(large);
  ck_assert_uint_le(data_cached_bytes() + memory_held(), memory_budget());
  memory_release_data(large, 60 * megabyte);
}
END_TEST

START_TEST(cache_is_bounded) {
  size_t megabyte = (size_t)1 << 20;
  void *blocks[100];
  for (size_t i = 0; i < 100; i++) blocks[i] = memory_allocate_data((4 + i % 5) * megabyte);
  for (size_t i = 0; i < 100; i++) memory_release_data(blocks[i], (4 + i % 5) * megabyte);
  ck_assert_uint_le(data_cached_bytes(), 256 * megabyte);
  if (!HEAP_CHECKED) ck_assert_uint_gt(data_cached_bytes(), 100 * megabyte);
  data_drop_cache();
  ck_assert_uint_eq(data_cached_bytes(), 0);
}
END_TEST

/* Blocks that come and go together are kept, up to a limit, until a smaller need has lasted a while. */
START_TEST(cache_follows_the_need) {
  if (HEAP_CHECKED) return;
  enum { COUNT = 12 };
  size_t bytes = (size_t)100 << 20;
  void *blocks[COUNT];
  for (int i = 0; i < COUNT; i++) blocks[i] = memory_allocate_data(bytes);
  for (int i = 0; i < COUNT; i++) memory_release_data(blocks[i], bytes);
  ck_assert_uint_ge(data_cached_bytes(), 9 * bytes);
  ck_assert_uint_le(data_cached_bytes(), (size_t)1 << 30);
  for (int i = 0; i < 1000; i++) memory_release_data(memory_allocate_data((size_t)2 << 20), (size_t)2 << 20);
  ck_assert_uint_le(data_cached_bytes(), (size_t)256 << 20);
  data_drop_cache();
}
END_TEST

/* What is only set aside leaves the blocks that have been in use to those who write. */
START_TEST(reserved_data_gets_used_memory_when_it_is_placed) {
  static const size_t sizes[] = {100, 5000, 1 << 20, (1 << 20) + 1, 5 << 20};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t held = memory_held(), live = memory_live_blocks(), bytes = sizes[i];
    char *used = memory_allocate_data(bytes), *reserved;
    ck_assert_ptr_nonnull(used);
    memory_release_data(used, bytes);
    reserved = memory_reserve_data(bytes);
    ck_assert_uint_ge(memory_held(), held + bytes);
    memory_release_reserved(reserved, bytes);
    reserved = memory_reserve_data(bytes);
    char *placed = memory_place_data(reserved, bytes);
    ck_assert_ptr_nonnull(placed);
    if (!HEAP_CHECKED) ck_assert_ptr_eq(placed, used);
    ck_assert_uint_eq((uintptr_t)placed % 64, 0);
    placed[0] = placed[bytes - 1] = 1;
    memory_release_data(placed, bytes);
    ck_assert_uint_eq(memory_held(), held);
    ck_assert_uint_eq(memory_live_blocks(), live);
  }
}
END_TEST

START_TEST(lowering_the_budget_drops_the_cache) {
  void *block = memory_allocate_data((size_t)8 << 20);
  memory_release_data(block, (size_t)8 << 20);
  memory_set_budget(memory_held() + 1000);
  ck_assert_uint_eq(data_cached_bytes(), 0);
}
END_TEST

/* Random sizes, taken and given back in random order; every block keeps its own bytes. */
START_TEST(data_under_churn) {
  enum { SLOTS = 64 };
  static unsigned char *blocks[SLOTS];
  static size_t sizes[SLOTS];
  uint32_t random = 7;
  size_t held = memory_held();
  for (int round = 0; round < 4000; round++) {
    size_t slot = next_random(&random) % SLOTS;
    if (blocks[slot]) {
      unsigned char *block = blocks[slot];
      size_t last = sizes[slot] - 1;
      ck_assert(block[0] == slot && block[last / 2] == slot && block[last] == slot);
      memory_release_data(block, sizes[slot]);
    }
    sizes[slot] = 1 + next_random(&random) % ((size_t)1 << (next_random(&random) % 22));
    blocks[slot] = memory_allocate_data(sizes[slot]);
    size_t last = sizes[slot] - 1;
    blocks[slot][0] = blocks[slot][last / 2] = blocks[slot][last] = (unsigned char)slot;
  }
  for (int slot = 0; slot < SLOTS; slot++) {
    memory_release_data(blocks[slot], sizes[slot]);
    blocks[slot] = NULL;
  }
  ck_assert_uint_eq(memory_held(), held);
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    data_is_aligned_and_apart, data_of_every_class, data_is_recycled, cache_gives_way_to_the_budget, cache_is_bounded,
    cache_follows_the_need, reserved_data_gets_used_memory_when_it_is_placed, lowering_the_budget_drops_the_cache,
    data_under_churn,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("data");
  TCase *group = tcase_create("data");
  tcase_add_checked_fixture(group, blocks_set_up, blocks_tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
