/* SPDX-License-Identifier: MIT */
/* test_text.c: buffers, UTF-8, foreign text, suggestions. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/source.h"
#include "base/text.h"
#include "tests/blocks.h"

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
  memory_open_reserve();
  buffer_add_fill(&buffer, 'y', 100);
  memory_close_reserve();
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
    "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE2\x82",
    "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
    "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xF0\x9F\x98", "",
  };
  for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
    uint32_t character;
    ck_assert_msg(decode(invalid[i], &character) == 0, "case %zu", i);
  }
}
END_TEST

START_TEST(texts_are_cut_between_characters) {
  static const struct { const char *text; int most, shown; } cases[] = {
    {"", 3, 0}, {"abc", 3, 3}, {"abcd", 3, 3}, {"\u03b1\u03b2", 3, 2}, {"\u03b1\u03b2", 4, 4}, {"a\u20ac", 3, 1},
    {"\U0001F600", 3, 0}, {"a\U0001F600b", 5, 5},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_int_eq(text_cut(cases[i].text, strlen(cases[i].text), cases[i].most), cases[i].shown);
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

START_TEST(unseen_characters_are_written_out) {
  static const struct { const char *text, *shown; } cases[] = {
    {"1\u200b + 2", "1\\u{200b} + 2"}, {"\u00ad\u2060\u200d", "\\u{ad}\\u{2060}\\u{200d}"},
    {"\U000e0001\ufff9", "\\u{e0001}\\u{fff9}"}, {"e\u0301 \u2764\ufe0f \u0600", "e\u0301 \u2764\ufe0f \u0600"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Buffer out = {0};
    text_add_safe(&out, cases[i].text, strlen(cases[i].text));
    ck_assert_str_eq(buffer_text(&out), cases[i].shown);
    buffer_free(&out);
  }
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
  ck_assert_str_eq(suggestion("\xCE\xB1\xCE\xB2\xCE\xB3", "\xCE\xB1\xCE\xB2\xCE\xB4", NULL),
                   "\xCE\xB1\xCE\xB2\xCE\xB4");
  ck_assert_str_eq(suggestion("\xFF\xFE", "a", NULL), "");
  ck_assert_str_eq(suggestion("abcd", "abc\xFF", NULL), "");
  char longest[200];
  memset(longest, 'a', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  ck_assert_str_eq(suggestion(longest, "aaaa", longest, NULL), "");
  ck_assert_str_eq(suggestion("aaaa", longest, NULL), longest);
}
END_TEST

START_TEST(buffer_ends_are_trimmed) {
  Buffer buffer = {0};
  buffer_trim(&buffer, 0, " ");
  ck_assert_uint_eq(buffer.length, 0);
  buffer_add(&buffer, "a \n\n\0 ", 6);
  buffer_trim(&buffer, 0, " \n");
  ck_assert_uint_eq(buffer.length, 5);
  buffer_clear(&buffer);
  buffer_add_text(&buffer, "a \n\n");
  buffer_trim(&buffer, 3, " \n");
  ck_assert_str_eq(buffer_text(&buffer), "a \n");
  buffer_trim(&buffer, 0, " \na");
  ck_assert_str_eq(buffer_text(&buffer), "");
  buffer_free(&buffer);
  static char borrowed[] = "b  ";
  buffer = (Buffer){.text = borrowed, .length = 3};
  buffer_trim(&buffer, 0, " ");
  ck_assert_str_eq(buffer_text(&buffer), "b");
  ck_assert_str_eq(borrowed, "b  ");
  buffer_free(&buffer);
}
END_TEST

START_TEST(names_at_the_beginning) {
  static const struct { const char *text; size_t length; } cases[] = {
    {"x", 1}, {"x1 + 2", 2}, {"_a.b", 2}, {"\xce\xb1\xe2\x82\x82(x)", 5}, {"", 0}, {"2x", 0}, {".a", 0}, {"[a]", 0},
  };
  for (int i = 0; i < COUNT(cases); i++)
    ck_assert_uint_eq(text_name_length(cases[i].text, strlen(cases[i].text)), cases[i].length);
  ck_assert_uint_eq(text_name_length("abc", 2), 2);
  ck_assert(text_is_name_byte('9') && text_is_name_byte('_') && !text_is_name_byte('.') && !text_is_name_byte('\0'));
}
END_TEST

START_TEST(endings) {
  ck_assert(text_ends_with("plot.svg", 8, ".svg") && !text_ends_with("plot.SVG", 8, ".svg"));
  ck_assert(text_ends_with_any_case("plot.SvG", 8, ".svg") && !text_ends_with_any_case("plot.png", 8, ".svg"));
  ck_assert(!text_ends_with(".svg", 4, ".svg") && !text_ends_with_any_case(".svg", 4, ".svg"));
  ck_assert(!text_ends_with("g", 1, ".svg") && !text_ends_with_any_case("", 0, ".svg"));
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    buffer_grows, buffer_formats_any_length, buffer_fails_once_and_for_all, buffer_takes_what_just_fits_the_budget,
    buffer_with_borrowed_text, utf8_round_trip, utf8_refuses_what_is_invalid, utf8_widths,
    unseen_characters_are_written_out, safe_text, distances,
    suggestions, suggestions_of_prefixes, suggestions_that_tie, suggestions_in_any_script, buffer_ends_are_trimmed,
    names_at_the_beginning, endings, texts_are_cut_between_characters,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("text");
  TCase *group = tcase_create("text");
  tcase_add_checked_fixture(group, blocks_set_up, blocks_tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
