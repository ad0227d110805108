/* SPDX-License-Identifier: MIT */
/* test_excerpt.c: how reports show lines of sources: gutters, tabs and wide characters, lines that are too long, and
   bytes that no terminal may get. */
#include "tests/reports.h"

/* ---- places */

START_TEST(nothing_to_report) {
  expect_report("");
  error.kind = ERROR_EXIT;
  expect_report("");
}
END_TEST

START_TEST(error_without_a_place) {
  error_set(&error, ERROR_FILE, "no such file");
  expect_report("error: no such file\n");
  error_at(&error, (Span){77, 78}); /* a place that no text has */
  expect_report("error: no such file\n");
}
END_TEST

START_TEST(interrupt_is_a_sentence) {
  const Source *source = add_text(NULL, "f(1)");
  error_set(&error, ERROR_INTERRUPT, "interrupted after 1.9 s in f (line 4); variables are unchanged");
  error_at(&error, span_of(source, "f(1)", 0));
  expect_report("interrupted after 1.9 s in f (line 4); variables are unchanged\n");
}
END_TEST

START_TEST(input_of_several_lines_has_a_gutter) {
  const Source *source = add_text(NULL, "x = 1\ny = x + z\n");
  error_set(&error, ERROR_NAME, "unknown name `z`");
  error_at(&error, span_of(source, "z", 0));
  expect_report("error: unknown name `z`\n"
                "  2 | y = x + z\n"
                "    |         ^\n");
}
END_TEST

START_TEST(line_numbers_have_one_width) {
  const Source *source = add_text("a.mg", "y\n\n\n\n\n\n\n\n\ny = 1");
  error_set(&error, ERROR_NAME, "`y` is used before it is defined");
  error_at(&error, span_of(source, "y", 1));
  error_label(&error, span_of(source, "y", 0), "used here");
  expect_report("a.mg:10:1: error: `y` is used before it is defined\n"
                "   1 | y\n"
                "     | ~ used here\n"
                "  10 | y = 1\n"
                "     | ^\n");
}
END_TEST

START_TEST(span_over_several_lines_is_cut) {
  const Source *source = add_text("a.mg", "x = sum([1,\n  2])\n");
  error_set(&error, ERROR_TYPE, "no");
  error_at(&error, span_of(source, "sum([1,\n  2])", 0));
  expect_report("a.mg:1:5: error: no\n"
                "  1 | x = sum([1,\n"
                "    |     ^~~~~~~\n");
}
END_TEST

START_TEST(place_at_the_newline_and_the_end) {
  const Source *source = add_text("a.mg", "x = \r\ny");
  error_set(&error, ERROR_SYNTAX, "unexpected end of line");
  error_at(&error, (Span){source->base + 4, source->base + 6});
  expect_report("a.mg:1:5: error: unexpected end of line\n"
                "  1 | x =\n"
                "    |     ^\n");
  error.place = end_of(source);
  expect_report("a.mg:2:2: error: unexpected end of line\n"
                "  2 | y\n"
                "    |  ^\n");
}
END_TEST

START_TEST(place_in_an_empty_text) {
  const Source *source = add_text("<stdin>", "");
  error_set(&error, ERROR_SYNTAX, "nothing here");
  error_at(&error, end_of(source));
  expect_report("<stdin>:1:1: error: nothing here\n"
                "  1 |\n"
                "    | ^\n");
}
END_TEST

START_TEST(tabs_are_expanded) {
  const Source *source = add_text("a.mg", "if c {\n\tx =\ty\n}");
  error_set(&error, ERROR_NAME, "unknown name `y`");
  error_at(&error, span_of(source, "y", 0));
  error_label(&error, span_of(source, "x", 0), "%s", "");
  expect_report("a.mg:2:6: error: unknown name `y`\n"
                "  2 |     x = y\n"
                "    |     ~   ^\n");
}
END_TEST

START_TEST(columns_by_display_width) {
  const Source *source = add_text("a.mg", "\"\xE6\xBC\xA2\xE5\xAD\x97\" + \xCE\xB1\xCC\x81x * y");
  error_set(&error, ERROR_NAME, "unknown name `y`");
  error_at(&error, span_of(source, "y", 0));
  error_label(&error, span_of(source, "\xE6\xBC\xA2\xE5\xAD\x97", 0), "%s", "");
  expect_report("a.mg:1:14: error: unknown name `y`\n"
                "  1 | \"\xE6\xBC\xA2\xE5\xAD\x97\" + \xCE\xB1\xCC\x81x * y\n"
                "    |  ~~~~         ^\n");
}
END_TEST

START_TEST(byte_order_mark_is_not_shown) {
  const Source *source = add_text("a.mg", "\xEF\xBB\xBFy + 1");
  error_set(&error, ERROR_NAME, "unknown name `y`");
  error_at(&error, span_of(source, "y", 0));
  expect_report("a.mg:1:1: error: unknown name `y`\n"
                "  1 | y + 1\n"
                "    | ^\n");
}
END_TEST

/* ---- long lines */

static const Source *add_long_line(size_t before, size_t after) {
  char *text = malloc(before + after + 2);
  ck_assert_ptr_nonnull(text);
  memset(text, 'a', before);
  text[before] = '@';
  memset(text + before + 1, 'b', after);
  text[before + 1 + after] = '\0';
  const Source *source = add_text(NULL, text);
  free(text);
  return source;
}

/* Both lines as they come; the mark has to stand below the `@`, and no line may be wider than 2 + 72. */
static void check_window(const Source *source) {
  error_set(&error, ERROR_VALUE, "no");
  error.place = span_of(source, "@", 0);
  buffer_clear(&out);
  report_error(&out, &map, &error, false);
  const char *line = strchr(buffer_text(&out), '\n') + 1, *marks = strchr(line, '\n') + 1;
  ck_assert_int_le(marks - 1 - line, 2 + 72);
  const char *at = strchr(line, '@'), *mark = strchr(marks, '^');
  ck_assert_msg(at && mark && at - line == mark - marks, "%s", buffer_text(&out));
}

START_TEST(long_lines_are_windowed) {
  for (size_t before = 0; before < 200; before += 7)
    for (size_t after = 0; after < 200; after += 7) check_window(add_long_line(before, after));
  check_window(add_long_line(1000000, 1000000));
}
END_TEST

START_TEST(window_shows_where_it_is_cut) {
  const Source *source = add_long_line(100, 100);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, span_of(source, "@", 0));
  error_label(&error, span_of(source, "@", 0), "here");
  expect_report("error: no\n"
                "  ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...\n"
                "                                     ^ here\n");
}
END_TEST

START_TEST(window_with_wide_characters) {
  Buffer text = {0};
  for (int i = 0; i < 60; i++) buffer_add_text(&text, "\xE6\xBC\xA2");
  buffer_add_text(&text, "x@");
  for (int i = 0; i < 60; i++) buffer_add_text(&text, "\xE6\xBC\xA2");
  const Source *source = add_text(NULL, buffer_text(&text));
  buffer_free(&text);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, span_of(source, "@", 0));
  buffer_clear(&out);
  report_error(&out, &map, &error, false);
  const char *line = strchr(buffer_text(&out), '\n') + 1, *at = strchr(line, '@');
  const char *mark = strchr(strchr(line, '\n'), '^');
  size_t columns = 0;
  for (const char *c = line; c < at;) {
    uint32_t character = 0;
    c += utf8_decode(c, at, &character);
    columns += (size_t)utf8_width(character);
  }
  ck_assert_uint_eq(columns, (size_t)(mark - strchr(line, '\n') - 1));
}
END_TEST

START_TEST(span_wider_than_the_window) {
  char text[301];
  memset(text, 'x', 300);
  text[300] = '\0';
  const Source *source = add_text(NULL, text);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, (Span){source->base + 50, source->base + 250});
  report_error(&out, &map, &error, false);
  const char *line = strchr(buffer_text(&out), '\n') + 1, *marks = strchr(line, '\n') + 1;
  ck_assert_int_eq(marks - 1 - line, 2 + 72);
  ck_assert_int_le((int)strlen(marks), 2 + 72 + 2);
  ck_assert_str_eq(strchr(marks, '\n'), "\n");
  ck_assert_ptr_nonnull(strchr(marks, '^'));
}
END_TEST

/* ---- safety */

START_TEST(nothing_foreign_is_written_raw) {
  static const char text[] = "x\x1b[31m\x07 \xFF \xC2\x9B \xE2\x80\xAE \x7F @";
  const Source *source = add_text("e\x1b" "vil\n.mg", text);
  error_set(&error, ERROR_NAME, "unknown \x1b]0;title\x07 \xC2\x9B`\xFE`\n\t");
  error_hint(&error, "\x1b[2J");
  error_at(&error, span_of(source, "@", 0));
  error_label(&error, span_of(source, "@", 0), "\x1b[1m");
  error_frame(&error, "f\x1b", (Span){0, 0});
  expect_report("e\\x1bvil\\n.mg:1:17: error: unknown \\x1b]0;title\\x07 \\x9b`\\xfe`\\n\\t\n"
                "  1 | x\\x1b[31m\\x07 \\xff \\x9b \\u{202e} \\x7f @\n"
                "    |                                       ^ \\x1b[1m\n"
                "in f\\x1b\n"
                "hint: \\x1b[2J\n");
}
END_TEST

START_TEST(nul_bytes_are_shown) {
  const Source *source = source_add(&map, "a.mg", "a\0b", 3, false);
  error_set(&error, ERROR_SYNTAX, "a NUL byte");
  error_at(&error, (Span){source->base + 1, source->base + 2});
  expect_report("a.mg:1:2: error: a NUL byte\n"
                "  1 | a\\x00b\n"
                "    |  ^~~~\n");
}
END_TEST

START_TEST(operand_marks_are_dropped) {
  error_set(&error, ERROR_SHAPE, "cannot add " ERROR_OPERAND(0) "(2,) and " ERROR_OPERAND(1) "(3,)\001");
  expect_report("error: cannot add (2,) and (3,)\n");
}
END_TEST

START_TEST(report_survives_any_place) {
  add_text("a.mg", "x\t=\xFF\r\n\xE6\xBC\xA2\n\n");
  const Source *second = add_text(NULL, "\ty\n");
  uint32_t last = second->base + (uint32_t)second->length + 3;
  error_set(&error, ERROR_VALUE, "no");
  for (uint32_t a = 0; a < last; a++) {
    for (uint32_t b = a; b < last; b++) {
      error.place = (Span){a, b};
      error.label_count = 0;
      error_label(&error, (Span){b, a}, "label");
      error_label(&error, (Span){last - b, last}, "other");
      buffer_clear(&out);
      report_error(&out, &map, &error, true);
      ck_assert(out.length > 0 && out.text[out.length - 1] == '\n');
    }
  }
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    nothing_to_report, error_without_a_place, interrupt_is_a_sentence, input_of_several_lines_has_a_gutter,
    line_numbers_have_one_width, span_over_several_lines_is_cut, place_at_the_newline_and_the_end,
    place_in_an_empty_text, tabs_are_expanded, columns_by_display_width, byte_order_mark_is_not_shown,
    long_lines_are_windowed, window_shows_where_it_is_cut, window_with_wide_characters, span_wider_than_the_window,
    nothing_foreign_is_written_raw, nul_bytes_are_shown, operand_marks_are_dropped, report_survives_any_place,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("excerpt");
  TCase *group = tcase_create("excerpt");
  tcase_add_checked_fixture(group, reports_set_up, reports_tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
