/* SPDX-License-Identifier: MIT */
/* test_memory.c: the budget, general and pooled blocks, failure injection, arenas. */
#include <string.h>

#include "tests/blocks.h"

/* ---- general blocks */

START_TEST(general_blocks_are_counted) {
  size_t held = memory_held();
  char *block = memory_allocate(1000), *zeroed = memory_allocate_zeroed(500);
  ck_assert_uint_eq(memory_held(), held + 1500);
  ck_assert_uint_eq(memory_live_blocks(), 2);
  ck_assert(all_bytes(zeroed, 500, 0));
  memset(block, 'x', 1000);
  block = memory_resize(block, 1000, 100000);
  ck_assert_int_eq(block[999], 'x');
  ck_assert_uint_eq(memory_held(), held + 100500);
  ck_assert_uint_ge(memory_peak(), held + 100500);
  block = memory_resize(block, 100000, 10);
  ck_assert_uint_eq(memory_held(), held + 510);
  memory_release(block, 10);
  memory_release(zeroed, 500);
  ck_assert_uint_eq(memory_held(), held);
}
END_TEST

START_TEST(no_bytes_are_a_block_too) {
  void *general = memory_allocate(0), *zeroed = memory_allocate_zeroed(0), *pooled = memory_pool_take(0);
  void *data = memory_allocate_data(0), *grown = memory_resize(NULL, 0, 0);
  ck_assert(general && zeroed && pooled && data && grown);
  ck_assert_uint_eq(memory_live_blocks(), 5);
  grown = memory_resize(grown, 0, 8);
  grown = memory_resize(grown, 8, 0);
  ck_assert_ptr_nonnull(grown);
  memory_release(general, 0);
  memory_release(zeroed, 0);
  memory_release(grown, 0);
  memory_pool_put(pooled, 0);
  memory_release_data(data, 0);
}
END_TEST

START_TEST(releasing_nothing_is_allowed) {
  size_t held = memory_held(), blocks = memory_live_blocks();
  memory_release(NULL, 0);
  memory_release_data(NULL, 0);
  ck_assert_uint_eq(memory_held(), held);
  ck_assert_uint_eq(memory_live_blocks(), blocks);
}
END_TEST

START_TEST(arrays_grow_by_doubling) {
  uint32_t capacity = 0, most = UINT32_MAX / 2 + 1;
  size_t held = memory_held();
  int *array = memory_grow(NULL, &capacity, sizeof *array, 3);
  ck_assert_uint_eq(capacity, 3);
  array[2] = 7;
  array = memory_grow(array, &capacity, sizeof *array, 3);
  ck_assert_uint_eq(capacity, 6);
  ck_assert_uint_eq(memory_held(), held + 6 * sizeof *array);
  memory_fail_at(1, false);
  ck_assert_ptr_null(memory_grow(array, &capacity, sizeof *array, 3));
  memory_fail_at(0, false);
  ck_assert_ptr_null(memory_grow(array, &most, sizeof *array, 3)); /* twice as many cannot be counted */
  ck_assert_uint_eq(most, UINT32_MAX / 2 + 1);
  ck_assert_uint_eq(capacity, 6);
  ck_assert_int_eq(array[2], 7);
  memory_release(array, capacity * sizeof *array);
}
END_TEST

START_TEST(absurd_sizes_fail) {
  static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1, PTRDIFF_MAX, (size_t)1 << 60};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t held = memory_held();
    memory_set_budget((size_t)1 << 40);
    ck_assert_ptr_null(memory_allocate(sizes[i]));
    ck_assert_ptr_null(memory_allocate_zeroed(sizes[i]));
    ck_assert_ptr_null(memory_allocate_data(sizes[i]));
    char *block = memory_allocate(4);
    ck_assert_ptr_null(memory_resize(block, 4, sizes[i]));
    memory_release(block, 4);
    Arena arena = {0};
    ck_assert_ptr_null(arena_allocate(&arena, sizes[i]));
    arena_free(&arena);
    ck_assert_uint_eq(memory_held(), held);
  }
}
END_TEST

START_TEST(budget_is_kept) {
  size_t held = memory_held();
  memory_set_budget(held + 1000);
  memory_open_reserve();
  ck_assert_uint_eq(memory_budget(), held + 1000);
  char *block = memory_allocate(600);
  ck_assert_ptr_nonnull(block);
  ck_assert_ptr_null(memory_allocate(401));
  ck_assert_ptr_null(memory_allocate_data(4096));
  ck_assert_ptr_null(memory_resize(block, 600, 1001));
  block = memory_resize(block, 600, 1000);
  ck_assert_ptr_nonnull(block);
  ck_assert_ptr_null(memory_allocate(1));
  memory_set_budget(held + 500); /* below what is held: nothing more, but everything can be released */
  ck_assert_ptr_null(memory_allocate(1));
  memory_release(block, 1000);
  memory_close_reserve();
  ck_assert_uint_eq(memory_held(), held);
}
END_TEST

START_TEST(a_reserve_is_kept) {
  enum { BUDGET = 64 << 20, RESERVE = 1 << 20 };
  size_t held = memory_held(), free_bytes = BUDGET - held;
  memory_set_budget(BUDGET);
  ck_assert_ptr_null(memory_allocate(free_bytes - RESERVE + 1));
  void *most = memory_allocate(free_bytes - RESERVE);
  ck_assert_ptr_nonnull(most);
  ck_assert_ptr_null(memory_allocate(1));
  memory_open_reserve();
  memory_open_reserve();
  memory_close_reserve();
  void *block = memory_allocate(RESERVE);
  ck_assert_ptr_nonnull(block);
  ck_assert_ptr_null(memory_allocate(1));
  memory_close_reserve();
  memory_release(most, free_bytes - RESERVE);
  memory_release(block, RESERVE);
}
END_TEST

START_TEST(default_budget_is_plausible) {
  size_t budget = memory_default_budget();
  ck_assert_uint_gt(budget, 1 << 20);
  ck_assert_uint_le(budget, PTRDIFF_MAX / 4 * 3);
}
END_TEST

/* ---- pools */

START_TEST(pooled_blocks_are_apart_and_aligned) {
  enum { COUNT = 20000 };
  static unsigned char *blocks[COUNT];
  static size_t sizes[COUNT];
  uint32_t random = 1;
  for (int i = 0; i < COUNT; i++) {
    sizes[i] = next_random(&random) % (MEMORY_POOLED + 1);
    blocks[i] = memory_pool_take(sizes[i]);
    ck_assert_ptr_nonnull(blocks[i]);
    ck_assert_uint_eq((uintptr_t)blocks[i] % MEMORY_GRAIN, 0);
    memset(blocks[i], i & 0xFF, sizes[i]);
  }
  ck_assert_uint_eq(memory_live_blocks(), COUNT);
  for (int i = 0; i < COUNT; i++) ck_assert(all_bytes(blocks[i], sizes[i], i & 0xFF));
  for (int i = 0; i < COUNT; i++) memory_pool_put(blocks[i], sizes[i]);
}
END_TEST

START_TEST(pools_reuse_what_was_given_back) {
  for (int round = 0; round < 1000; round++) {
    void *block = memory_pool_take(48);
    ck_assert_ptr_nonnull(block);
    memory_pool_put(block, 48);
  }
  size_t held = memory_held();
  for (int round = 0; round < 1000; round++) memory_pool_put(memory_pool_take(48), 48);
  ck_assert_uint_eq(memory_held(), held);
}
END_TEST

START_TEST(pools_keep_the_budget) {
  enum { MOST = 40000 };
  static void *blocks[MOST];
  memory_set_budget(memory_held() + 200 * 1024);
  int count = 0;
  while (count < MOST && (blocks[count] = memory_pool_take(256))) count++;
  ck_assert_int_lt(count, MOST);
  ck_assert_uint_le(memory_held(), memory_budget());
  while (count) memory_pool_put(blocks[--count], 256);
}
END_TEST

/* Blocks of one size have used up the budget: when they are free again, others may have it.  A few stay. */
START_TEST(pools_give_back_what_others_need) {
  enum { MOST = 400000, KEPT = 5, EACH = MOST / KEPT };
  static void *blocks[MOST];
  size_t before = memory_live_blocks();
  memory_set_budget(memory_held() + 8 * 1024 * 1024);
  int count = 0;
  while (count < MOST && (blocks[count] = memory_pool_take(48))) count++;
  ck_assert_int_gt(count, EACH);
  ck_assert_ptr_null(memory_allocate(4 * 1024 * 1024));
  for (int i = 0; i < count; i++)
    if (i % EACH) memory_pool_put(blocks[i], 48);
  void *large = memory_allocate(4 * 1024 * 1024), *pooled = memory_pool_take(200);
  ck_assert_ptr_nonnull(large);
  ck_assert_ptr_nonnull(pooled);
  ck_assert_uint_le(memory_held(), memory_budget());
  memset(pooled, 1, 200);
  for (int i = 0; i < count; i += EACH) memory_pool_put(blocks[i], 48);
  memory_pool_put(pooled, 200);
  memory_release(large, 4 * 1024 * 1024);
  ck_assert_uint_eq(memory_live_blocks(), before);
  for (int i = 0; i < EACH; i++) ck_assert_ptr_nonnull(blocks[i] = memory_pool_take(48));
  for (int i = 0; i < EACH; i++) memory_pool_put(blocks[i], 48);
}
END_TEST

/* ---- failure injection */

/* Makes six allocations of every kind and gives them back; returns how many came. */
static int allocate_some(void) {
  void *general = memory_allocate(10), *zeroed = memory_allocate_zeroed(10), *data = memory_allocate_data(10);
  void *pooled = memory_pool_take(10), *again = memory_pool_take(100);
  void *grown = general ? memory_resize(general, 10, 20) : memory_allocate(20);
  int count = !!general + !!zeroed + !!data + !!pooled + !!again + !!grown;
  if (grown) memory_release(grown, 20);
  else if (general) memory_release(general, 10);
  memory_release(zeroed, 10);
  memory_release_data(data, 10);
  if (pooled) memory_pool_put(pooled, 10);
  if (again) memory_pool_put(again, 100);
  return count;
}

START_TEST(one_failure) {
  ck_assert_int_eq(allocate_some(), 6); /* the pools are warm now and must be counted all the same */
  for (size_t n = 1; n <= 6; n++) {
    memory_fail_at(n, false);
    ck_assert(memory_slow);
    ck_assert_int_eq(allocate_some(), 5);
    ck_assert(memory_failure_hit());
    ck_assert_int_eq(allocate_some(), 6);
    memory_fail_at(0, false);
    ck_assert(memory_failure_hit());
    ck_assert_uint_eq(memory_live_blocks(), 0);
  }
  memory_fail_at(7, false);
  ck_assert_int_eq(allocate_some(), 6);
  ck_assert(!memory_failure_hit());
}
END_TEST

START_TEST(failures_from_then_on) {
  for (size_t n = 1; n <= 6; n++) {
    memory_fail_at(n, true);
    ck_assert_int_eq(allocate_some(), (int)n - 1);
    ck_assert_int_eq(allocate_some(), 0);
    memory_fail_at(0, false);
    ck_assert_int_eq(allocate_some(), 6);
  }
}
END_TEST

START_TEST(failed_resize_keeps_the_block) {
  char *block = memory_allocate(10);
  memcpy(block, "123456789", 10);
  size_t held = memory_held();
  memory_fail_at(1, false);
  ck_assert_ptr_null(memory_resize(block, 10, 1000));
  ck_assert_str_eq(block, "123456789");
  ck_assert_uint_eq(memory_held(), held);
  memory_release(block, 10);
}
END_TEST

/* ---- arena */

START_TEST(arena_blocks) {
  Arena arena = {0};
  uint32_t random = 3;
  for (int i = 0; i < 5000; i++) {
    size_t bytes = next_random(&random) % (i % 100 == 0 ? 100000 : 200);
    unsigned char *block = arena_allocate(&arena, bytes);
    ck_assert_uint_eq((uintptr_t)block % 16, 0);
    ck_assert(all_bytes(block, bytes, 0));
    memset(block, 0xFF, bytes);
  }
  char *copy = arena_copy_text(&arena, "hello world", 5);
  ck_assert_str_eq(copy, "hello");
  ck_assert_str_eq(arena_copy_text(&arena, NULL, 0), "");
  arena_free(&arena);
  ck_assert_ptr_null(arena.chunks);
  arena_free(&arena);
}
END_TEST

START_TEST(arena_failure) {
  Arena arena = {0};
  memory_fail_at(1, false);
  ck_assert_ptr_null(arena_copy_text(&arena, "x", 1));
  ck_assert_ptr_nonnull(arena_allocate(&arena, 1));
  arena_free(&arena);
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    general_blocks_are_counted, no_bytes_are_a_block_too, releasing_nothing_is_allowed, arrays_grow_by_doubling,
    absurd_sizes_fail, budget_is_kept, a_reserve_is_kept, default_budget_is_plausible,
    pooled_blocks_are_apart_and_aligned,
    pools_reuse_what_was_given_back, pools_keep_the_budget, pools_give_back_what_others_need, one_failure,
    failures_from_then_on, failed_resize_keeps_the_block, arena_blocks, arena_failure,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("memory");
  TCase *group = tcase_create("memory");
  tcase_add_checked_fixture(group, blocks_set_up, blocks_tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
