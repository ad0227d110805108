/* SPDX-License-Identifier: MIT */
/* test_base.c: sources and the places in them, errors, the interrupt. */
#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "tests/blocks.h"

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

START_TEST(marks_of_the_library_are_dropped_before_quotes) {
  Error error = {0};
  error_set(&error, ERROR_SHAPE, "\004`x` (2,), \004`y`, \005`z` and \004");
  error_hint(&error, "\004`x`");
  error_drop_marks(&error);
  ck_assert_str_eq(buffer_text(&error.message), "`x` (2,), `y`, `z` and \004");
  ck_assert_str_eq(buffer_text(&error.hint), "`x`");
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

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    sources_and_places, source_lines, source_spans, many_sources, positions_run_out, source_add_without_memory,
    first_error_wins, long_messages_are_cut, out_of_memory_needs_none, prepared_errors_need_no_memory, error_frames,
    marks_of_the_library_are_dropped_before_quotes,
    error_kinds_have_names, interrupt_starts_clear,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("base");
  TCase *group = tcase_create("base");
  tcase_add_checked_fixture(group, blocks_set_up, blocks_tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
