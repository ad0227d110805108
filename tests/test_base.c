/* SPDX-License-Identifier: MIT */
/* test_base.c: memory, buffers, sources, UTF-8, errors, suggestions. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"

static void set_up(void) {
  memory_set_budget(0);
  memory_fail_at(0, false);
}

static void tear_down(void) {
  memory_fail_at(0, false);
  memory_set_budget(0);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

/* A small generator, so that every run is the same. */
static uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525U + 1013904223U;
  return *state >> 8;
}

static bool all_bytes(const void *block, size_t length, int byte) {
  const unsigned char *bytes = block;
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != byte) return false;
  return true;
}

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
  memory_release(NULL, 0);
  memory_release_data(NULL, 0);
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
  ck_assert_uint_eq(memory_held(), held);
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
    ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
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

/* ---- buffer */

START_TEST(buffer_grows) {
  Buffer buffer = {0};
  ck_assert_str_eq(buffer_text(&buffer), "");
  for (int i = 0; i < 1000; i++) buffer_format(&buffer, "%d,", i);
  ck_assert_int_eq(strncmp(buffer.text, "0,1,2,3,", 8), 0);
  ck_assert_str_eq(buffer.text + buffer.length - 8, "998,999,");
  buffer_clear(&buffer);
  ck_assert_str_eq(buffer_text(&buffer), "");
  buffer_add(&buffer, "a\0b", 3);
  ck_assert_uint_eq(buffer.length, 3);
  buffer_add_byte(&buffer, 'c');
  buffer_add_fill(&buffer, '-', 3);
  buffer_add_fill(&buffer, '+', 0);
  buffer_add(&buffer, NULL, 0);
  buffer_add_text(&buffer, "!");
  ck_assert_int_eq(memcmp(buffer.text, "a\0bc---!", 9), 0);
  buffer_free(&buffer);
  ck_assert_ptr_null(buffer.text);
  buffer_free(&buffer);
}
END_TEST

START_TEST(buffer_formats_any_length) {
  char text[301];
  memset(text, 'x', 300);
  text[300] = '\0';
  for (int length = 0; length <= 300; length++) {
    Buffer buffer = {0};
    buffer_add_text(&buffer, "<");
    buffer_format(&buffer, "%.*s>", length, text);
    ck_assert_uint_eq(buffer.length, (size_t)length + 2);
    ck_assert_uint_eq(strlen(buffer.text), buffer.length);
    ck_assert_int_eq(buffer.text[buffer.length - 1], '>');
    buffer_free(&buffer);
  }
}
END_TEST

START_TEST(buffer_fails_once_and_for_all) {
  Buffer buffer = {0};
  buffer_add_text(&buffer, "kept");
  memory_fail_at(1, true);
  buffer_add_fill(&buffer, ' ', 1000);
  ck_assert(buffer.failed);
  memory_fail_at(0, false);
  buffer_add_text(&buffer, "lost");
  buffer_format(&buffer, "%s", "lost");
  ck_assert_str_eq(buffer_text(&buffer), "kept");
  buffer_clear(&buffer);
  ck_assert(!buffer.failed);
  buffer_add_text(&buffer, "new");
  ck_assert_str_eq(buffer_text(&buffer), "new");
  buffer_add_fill(&buffer, ' ', SIZE_MAX - 2);
  ck_assert(buffer.failed);
  buffer_free(&buffer);
}
END_TEST

START_TEST(buffer_takes_what_just_fits_the_budget) {
  Buffer buffer = {0};
  buffer_add_fill(&buffer, 'x', 9999);
  memory_set_budget(memory_held() + 101);
  buffer_add_fill(&buffer, 'y', 100);
  ck_assert(!buffer.failed);
  ck_assert_uint_eq(buffer.length, 10099);
  buffer_free(&buffer);
}
END_TEST

START_TEST(buffer_with_borrowed_text) {
  char literal[] = "literal";
  Buffer buffer = {.text = literal, .length = 7};
  buffer_add_text(&buffer, " and more");
  ck_assert_str_eq(buffer_text(&buffer), "literal and more");
  ck_assert_str_eq(literal, "literal");
  buffer_free(&buffer);
  buffer = (Buffer){.text = literal, .length = 7};
  buffer_clear(&buffer);
  ck_assert_str_eq(buffer_text(&buffer), "");
  ck_assert_str_eq(literal, "literal");
  buffer = (Buffer){.text = literal, .length = 7};
  buffer_free(&buffer);
}
END_TEST

/* ---- UTF-8 */

static int decode(const char *text, uint32_t *character) {
  return utf8_decode(text, text + strlen(text), character);
}

START_TEST(utf8_round_trip) {
  for (uint32_t character = 1; character <= 0x10FFFF; character++) {
    char text[5] = {0};
    uint32_t back = 0;
    int length = utf8_encode(character, text);
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (decode(text, &back) != (surrogate ? 0 : length)) ck_abort_msg("U+%X", (unsigned)character);
    if (!surrogate && back != character) ck_abort_msg("U+%X gives U+%X", (unsigned)character, (unsigned)back);
  }
  static const char nul[] = "";
  uint32_t character = 1;
  ck_assert_int_eq(utf8_decode(nul, nul + 1, &character), 1);
  ck_assert_uint_eq(character, 0);
}
END_TEST

START_TEST(utf8_refuses_what_is_invalid) {
  static const char *const invalid[] = {
    "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2" "a", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE2\x82",
    "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xF0\x9F\x98", "",
  };
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
    uint32_t character;
    ck_assert_msg(decode(invalid[i], &character) == 0, "case %zu", i);
  }
}
END_TEST

START_TEST(utf8_widths) {
  static const struct { uint32_t character; int width; } cases[] = {
    {0, 0}, {'\n', 0}, {0x7F, 0}, {0x9B, 0}, {' ', 1}, {'a', 1}, {0xE9, 1}, {0xAD, 1}, {0x3B1, 1}, {0x2112, 1},
    {0x2081, 1}, {0x300, 0}, {0x36F, 0}, {0x200B, 0}, {0x200D, 0}, {0xFE0F, 0}, {0x1160, 0}, {0x1100, 2},
    {0x4E00, 2}, {0x3042, 2}, {0xAC00, 2}, {0xFF21, 2}, {0xFF71, 1}, {0x1F600, 2}, {0x20000, 2}, {0x3FFFD, 1},
    {0x2500, 1}, {0xE0100, 0}, {0x10FFFF, 1}, {0x303F, 1}, {0x302A, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg(utf8_width(cases[i].character) == cases[i].width, "U+%X", (unsigned)cases[i].character);
}
END_TEST

START_TEST(safe_text) {
  Buffer out = {0};
  static const char text[] = "a\n\t\r\x1b\x7f\0z \xCE\xB1 \xC2\x85 \xFF \xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF \\";
  text_add_safe(&out, text, sizeof text - 1);
  ck_assert_str_eq(buffer_text(&out),
                   "a\\n\\t\\r\\x1b\\x7f\\x00z \xCE\xB1 \\x85 \\xff \\u{202e}\\u{2066}\\u{feff} \\");
  buffer_free(&out);
}
END_TEST

/* ---- sources */

START_TEST(sources_and_places) {
  SourceMap map = {0};
  static const char text[] = "a = 1\r\n\xCE\xB1 = \xFFx\n";
  const Source *first = source_add(&map, "a.mg", text, sizeof text - 1, false);
  const Source *second = source_add(&map, NULL, "", 0, true);
  const Source *third = source_add(&map, "<stdin>", "x", 1, false);
  ck_assert_uint_eq(first->base, 1);
  ck_assert_str_eq(first->name, "a.mg");
  ck_assert_ptr_ne(first->text, text);
  ck_assert(second->interactive && !second->name);
  ck_assert_ptr_null(source_find(&map, 0));
  ck_assert_ptr_eq(source_find(&map, 1), first);
  ck_assert_ptr_eq(source_find(&map, second->base - 1), first);
  ck_assert_ptr_eq(source_find(&map, second->base), second);
  ck_assert_ptr_eq(source_find(&map, third->base + 1), third);
  ck_assert_ptr_null(source_find(&map, third->base + 2));
  ck_assert_ptr_null(source_find(&map, UINT32_MAX));
  Place place = source_place(&map, first->base + 13); /* the x */
  ck_assert(place.source == first && place.line == 2 && place.column == 6);
  place = source_place(&map, first->base + (uint32_t)first->length);
  ck_assert(place.line == 3 && place.column == 1);
  place = source_place(&map, 0);
  ck_assert(!place.source && place.line == 0);
  source_map_free(&map);
  ck_assert_uint_eq(map.count, 0);
}
END_TEST

START_TEST(source_lines) {
  SourceMap map = {0};
  const Source *source = source_add(&map, "a", "one\r\n\ntwo\rx\nlast\r", 17, false);
  static const char *const lines[] = {"one", "", "two\rx", "last\r", "", ""};
  for (uint32_t line = 1; line <= 6; line++) {
    size_t length;
    const char *text = source_line(source, line, &length);
    ck_assert_uint_eq(length, strlen(lines[line - 1]));
    ck_assert_int_eq(memcmp(text, lines[line - 1], length), 0);
  }
  source_map_free(&map);
}
END_TEST

START_TEST(source_spans) {
  SourceMap map = {0};
  const Source *source = source_add(&map, "a", "hello world", 11, false);
  size_t length;
  Span span = {source->base + 6, source->base + 11};
  ck_assert_int_eq(memcmp(source_text(&map, span, &length), "world", 5), 0);
  ck_assert_uint_eq(length, 5);
  ck_assert_ptr_null(source_text(&map, (Span){0, 0}, &length));
  ck_assert_uint_eq(length, 0);
  ck_assert_ptr_nonnull(source_text(&map, (Span){source->base + 6, 1000}, &length));
  ck_assert_uint_eq(length, 5); /* never beyond the text */
  source_text(&map, (Span){source->base + 6, source->base + 2}, &length);
  ck_assert_uint_eq(length, 0);
  Span joined = span_join((Span){3, 5}, (Span){1, 4}), one = span_join((Span){0, 0}, (Span){1, 4});
  ck_assert(joined.start == 1 && joined.end == 5 && one.start == 1 && one.end == 4);
  source_map_free(&map);
}
END_TEST

START_TEST(many_sources) {
  SourceMap map = {0};
  for (int i = 0; i < 1000; i++) ck_assert_ptr_nonnull(source_add(&map, NULL, "xy", (size_t)i % 3, true));
  for (size_t i = 0; i < 1000; i++) {
    ck_assert_ptr_eq(source_find(&map, map.sources[i]->base), map.sources[i]);
    ck_assert_ptr_eq(source_find(&map, map.sources[i]->base + (uint32_t)map.sources[i]->length), map.sources[i]);
  }
  source_map_free(&map);
}
END_TEST

START_TEST(positions_run_out) {
  SourceMap map = {.next = UINT32_MAX - 5};
  ck_assert_ptr_null(source_add(&map, NULL, "123456", 6, true));
  ck_assert_ptr_null(source_add(&map, NULL, "", SIZE_MAX, true));
  ck_assert_ptr_nonnull(source_add(&map, NULL, "1234", 4, true));
  ck_assert_ptr_null(source_add(&map, NULL, "", 0, true));
  source_map_free(&map);
}
END_TEST

START_TEST(source_add_without_memory) {
  for (size_t n = 1; n <= 4; n++) {
    SourceMap map = {0};
    memory_fail_at(n, false);
    ck_assert_ptr_null(source_add(&map, "name", "text", 4, false));
    ck_assert(memory_failure_hit());
    ck_assert_uint_eq(map.count, 0);
    memory_fail_at(0, false);
    ck_assert_ptr_nonnull(source_add(&map, "name", "text", 4, false));
    source_map_free(&map);
  }
}
END_TEST

/* ---- errors */

START_TEST(first_error_wins) {
  Error error = {0};
  error_hint(&error, "too early");
  error_label(&error, (Span){1, 2}, "too early");
  error_at(&error, (Span){1, 2});
  ck_assert(!error_set(&error, ERROR_SHAPE, "first %d", 1));
  ck_assert(!error_set(&error, ERROR_NAME, "second"));
  ck_assert(!error_out_of_memory(&error));
  error_hint(&error, "hint %s", "one");
  error_hint(&error, "hint two");
  ck_assert_int_eq(error.operand, -1);
  error_blame(&error, 1);
  error_at(&error, (Span){3, 4});
  error_at(&error, (Span){5, 6});
  ck_assert_int_eq(error.kind, ERROR_SHAPE);
  ck_assert_str_eq(buffer_text(&error.message), "first 1");
  ck_assert_str_eq(buffer_text(&error.hint), "hint one");
  ck_assert(error.operand == 1 && error.place.start == 3 && error.label_count == 0);
  error_clear(&error);
  ck_assert(error.kind == ERROR_NONE && error.operand == -1 && error.place.end == 0);
  ck_assert_str_eq(buffer_text(&error.hint), "");
  error_free(&error);
}
END_TEST

START_TEST(long_messages_are_cut) {
  Error error = {0};
  char text[10001];
  for (int shift = 0; shift < 3; shift++) {
    memset(text, 'x', sizeof text);
    for (int i = shift; i + 2 < 10000; i += 2) memcpy(text + i, "\xCE\xB1", 2);
    text[10000] = '\0';
    error_set(&error, ERROR_USER, "%s", text);
    ck_assert_uint_lt(error.message.length, ERROR_TEXT);
    ck_assert_uint_gt(error.message.length, ERROR_TEXT - 10);
    const char *end = error.message.text + error.message.length;
    ck_assert_str_eq(end - 3, "...");
    ck_assert_int_eq(memcmp(end - 5, "\xCE\xB1", 2), 0);
    error_clear(&error);
  }
  error_set(&error, ERROR_USER, "x");
  for (int i = 0; i < ERROR_LABELS + 3; i++) error_label(&error, (Span){1, 2}, "%s", text);
  ck_assert_int_eq(error.label_count, ERROR_LABELS);
  ck_assert_uint_lt(strlen(error.labels[0].text), sizeof error.labels[0].text);
  error_free(&error);
}
END_TEST

START_TEST(out_of_memory_needs_none) {
  Error error = {0};
  memory_fail_at(1, true);
  ck_assert(!error_out_of_memory(&error));
  ck_assert(!memory_failure_hit());
  ck_assert_int_eq(error.kind, ERROR_MEMORY);
  ck_assert_str_eq(buffer_text(&error.message), "out of memory");
  error_clear(&error);
  memory_fail_at(0, false);
  error_set(&error, ERROR_USER, "grows again after the borrowed text");
  ck_assert_str_eq(buffer_text(&error.message), "grows again after the borrowed text");
  error_free(&error);
  memory_fail_at(1, true);
  error_set(&error, ERROR_SHAPE, "cannot be stored");
  ck_assert_int_eq(error.kind, ERROR_MEMORY);
  ck_assert_str_eq(buffer_text(&error.message), "out of memory");
  error_free(&error);
}
END_TEST

START_TEST(prepared_errors_need_no_memory) {
  Error error = {0};
  ck_assert(error_prepare(&error));
  char text[10000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  memory_fail_at(1, true);
  for (int round = 0; round < 2; round++) {
    error_set(&error, ERROR_USER, "%s", text);
    error_hint(&error, "%s", text);
    error_label(&error, (Span){1, 2}, "%s", text);
    error_frame(&error, text, (Span){1, 2});
    ck_assert_int_eq(error.kind, ERROR_USER);
    error_clear(&error);
    error_out_of_memory(&error);
    ck_assert_str_eq(buffer_text(&error.message), "out of memory");
    error_clear(&error);
  }
  ck_assert(!memory_failure_hit());
  memory_fail_at(2, false);
  Error other = {0};
  ck_assert(!error_prepare(&other));
  error_free(&other);
  error_free(&error);
}
END_TEST

START_TEST(error_frames) {
  Error error = {0};
  error_frame(&error, "too early", (Span){1, 2});
  ck_assert_int_eq(error.frame_count, 0);
  error_set(&error, ERROR_DEPTH, "deep");
  for (uint32_t i = 1; i <= 20; i++) error_frame(&error, "f", (Span){i, i + 1});
  ck_assert_int_eq(error.frame_count, ERROR_FRAMES);
  ck_assert_int_eq(error.frames_dropped, 20 - ERROR_FRAMES);
  for (uint32_t i = 0; i < 4; i++) {
    ck_assert_uint_eq(error.frames[i].call.start, i + 1);
    ck_assert_uint_eq(error.frames[i + 4].call.start, i + 17);
  }
  char name[200];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  error_frame(&error, name, (Span){1, 2});
  const char *kept = error.frames[ERROR_FRAMES - 1].name;
  ck_assert_uint_eq(strlen(kept), sizeof error.frames[0].name - 1);
  ck_assert_str_eq(kept + strlen(kept) - 4, "n...");
  error_free(&error);
}
END_TEST

START_TEST(error_kinds_have_names) {
  for (int kind = ERROR_NONE; kind <= ERROR_EXIT; kind++) ck_assert_ptr_nonnull(error_kind_name((ErrorKind)kind));
  ck_assert_str_eq(error_kind_name(ERROR_SHAPE), "shape");
}
END_TEST

START_TEST(interrupt_starts_clear) {
  ck_assert_int_eq(interrupt_requested, 0);
}
END_TEST

/* ---- suggestions */

static int distance(const char *a, const char *b) {
  uint32_t left[64], right[64];
  int a_length = (int)strlen(a), b_length = (int)strlen(b);
  for (int i = 0; i < a_length; i++) left[i] = (uint32_t)a[i];
  for (int i = 0; i < b_length; i++) right[i] = (uint32_t)b[i];
  return text_distance(left, a_length, right, b_length);
}

START_TEST(distances) {
  ck_assert_int_eq(distance("", ""), 0);
  ck_assert_int_eq(distance("", "abc"), 3);
  ck_assert_int_eq(distance("abc", ""), 3);
  ck_assert_int_eq(distance("abc", "abc"), 0);
  ck_assert_int_eq(distance("grda", "grad"), 1);
  ck_assert_int_eq(distance("ca", "abc"), 3); /* each place is touched once */
  ck_assert_int_eq(distance("kitten", "sitting"), 3);
  ck_assert_int_eq(distance("backwrad", "backward"), 1);
}
END_TEST

/* The names that are suggested, joined by a blank; candidates end with NULL. */
static const char *suggestion(const char *wanted, ...) {
  static char joined[200];
  Suggest suggest;
  suggest_start(&suggest, wanted);
  va_list list;
  va_start(list, wanted);
  for (const char *candidate; (candidate = va_arg(list, const char *));) suggest_consider(&suggest, candidate);
  va_end(list);
  const char *first, *second;
  int count = suggest_result(&suggest, &first, &second);
  ck_assert(count == !!first + !!second);
  snprintf(joined, sizeof joined, "%s%s%s", first ? first : "", second ? " " : "", second ? second : "");
  return joined;
}

START_TEST(suggestions) {
  ck_assert_str_eq(suggestion("sinn", "cos", "sin", "sinh", "tan", NULL), "sin");
  ck_assert_str_eq(suggestion("grda", "grad", "add", "pad", NULL), "grad");
  ck_assert_str_eq(suggestion("axes", "axis", "keepdims", NULL), "axis");
  ck_assert_str_eq(suggestion("x", "y", "xs", NULL), "");
  ck_assert_str_eq(suggestion("X", "x", "y", NULL), "x");
  ck_assert_str_eq(suggestion("Tensor", "tensor", "tensors", NULL), "tensor");
  ck_assert_str_eq(suggestion("backwrds", "backward", "forward", NULL), "backward");
  ck_assert_str_eq(suggestion("zzzzzz", "sin", "cos", NULL), "");
  ck_assert_str_eq(suggestion("", "sin", NULL), "");
}
END_TEST

START_TEST(suggestions_of_prefixes) {
  ck_assert_str_eq(suggestion("trans", "transpose", "tan", NULL), "transpose");
  ck_assert_str_eq(suggestion("arc", "arcsin", "arccos", NULL), ""); /* not unique */
  ck_assert_str_eq(suggestion("tra", "transpose", "transpose", NULL), "transpose");
  ck_assert_str_eq(suggestion("tr", "transpose", NULL), "");
}
END_TEST

START_TEST(suggestions_that_tie) {
  ck_assert_str_eq(suggestion("bat", "cat", "rat", "hat", NULL), "cat rat");
  ck_assert_str_eq(suggestion("bat", "cat", "cat", NULL), "cat");
  ck_assert_str_eq(suggestion("batch", "match", "batches", "bat", NULL), "match batches");
}
END_TEST

START_TEST(suggestions_in_any_script) {
  ck_assert_str_eq(suggestion("\xCE\xB1\xCE\xB2\xCE\xB3", "\xCE\xB1\xCE\xB2\xCE\xB4", NULL), "\xCE\xB1\xCE\xB2\xCE\xB4");
  ck_assert_str_eq(suggestion("\xFF\xFE", "a", NULL), "");
  ck_assert_str_eq(suggestion("abcd", "abc\xFF", NULL), "");
  char longest[200];
  memset(longest, 'a', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  ck_assert_str_eq(suggestion(longest, "aaaa", longest, NULL), "");
  ck_assert_str_eq(suggestion("aaaa", longest, NULL), longest);
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    general_blocks_are_counted, no_bytes_are_a_block_too, releasing_nothing_is_allowed, absurd_sizes_fail,
    budget_is_kept, default_budget_is_plausible, pooled_blocks_are_apart_and_aligned,
    pools_reuse_what_was_given_back, pools_keep_the_budget, data_is_aligned_and_apart, data_of_every_class,
    data_is_recycled, cache_gives_way_to_the_budget, cache_is_bounded, lowering_the_budget_drops_the_cache,
    data_under_churn, one_failure, failures_from_then_on, failed_resize_keeps_the_block, arena_blocks,
    arena_failure, buffer_grows, buffer_formats_any_length, buffer_fails_once_and_for_all,
    buffer_takes_what_just_fits_the_budget, buffer_with_borrowed_text, utf8_round_trip,
    utf8_refuses_what_is_invalid, utf8_widths, safe_text, sources_and_places, source_lines, source_spans,
    many_sources, positions_run_out, source_add_without_memory, first_error_wins, long_messages_are_cut,
    out_of_memory_needs_none, prepared_errors_need_no_memory, error_frames, error_kinds_have_names,
    interrupt_starts_clear, distances, suggestions, suggestions_of_prefixes, suggestions_that_tie,
    suggestions_in_any_script,
  };
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("base");
  TCase *group = tcase_create("base");
  tcase_set_timeout(group, 30);
  tcase_add_checked_fixture(group, set_up, tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
