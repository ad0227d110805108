/* SPDX-License-Identifier: MIT */
/* test_highlight.c: the pure parts of the prompt: colours of an input, painting it again, moving in a block, pasted
   sessions, entries of the history, wrapped lines. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/wrap.h"
#include "repl/block.h"
#include "repl/highlight.h"
#include "repl/history.h"
#include "repl/paste.h"
#include "repl/repaint.h"
#include "tests/suite.h"

/* One letter per byte: . plain, n number, s string, c comment, k keyword, f function, ! stray, P a partner. */
static const char *styles_of(const char *text, long cursor) {
  static char shown[512];
  static const char letters[] = ".nsckf!";
  unsigned char styles[512];
  size_t length = strlen(text);
  highlight(text, length, cursor, styles);
  for (size_t k = 0; k < length; k++)
    shown[k] = styles[k] & STYLE_PARTNER ? 'P' : letters[styles[k]];
  shown[length] = '\0';
  return shown;
}

START_TEST(styles_follow_the_lexer) {
  static const struct { const char *text, *styles; } cases[] = {
      {"x = sin(2.5) # hi", "....fff.nnn..cccc"},
      {"return \"a # b\"", "kkkkkk.sssssss"},
      {"f\"v {x}\" + 'q'", "ssssssss...sss"},
      {"f'(2)", "...n."}, /* the prime begins no string */
      {"2x + 3(y)", "n....n..."},
      {"\"open", "sssss"},
      {"def f(a) { 1e3", "kkk.f......nnn"},
      {"# a\n1 # b", "ccc.n.ccc"},
      {"a ) b", "..!.."},
      {"(a]", "..!"},
      {":time sin(1)", "kkkkk.fff.n."},
      {"?sin", "k..."},
      {"x.sum(1)", "..fff.n."},
      {"", ""},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    ck_assert_str_eq(styles_of(cases[k].text, HIGHLIGHT_NO_CURSOR), cases[k].styles);
}
END_TEST

START_TEST(the_bracket_left_of_the_cursor_shows_its_partner) {
  ck_assert_str_eq(styles_of("(a[1])", 6), "P..n..");
  ck_assert_str_eq(styles_of("(a[1])", 5), "..Pn..");
  ck_assert_str_eq(styles_of("(a[1])", 1), "...n.P");
  ck_assert_str_eq(styles_of("(a[1])", 2), "...n..");
  ck_assert_str_eq(styles_of("(a]", 3), "..!");
}
END_TEST

/* What no lexer likes is painted all the same, within bounds (the sanitizers watch). */
START_TEST(any_bytes_can_be_painted) {
  unsigned char styles[300];
  char text[300];
  srand(7);
  for (int round = 0; round < 3000; round++) {
    static const char bytes[] = "()[]{}\"'#f.x1 \n\\:?\x80\xff\x1b\xe2\x82";
    size_t length = (size_t)rand() % sizeof text;
    for (size_t k = 0; k < length; k++) text[k] = bytes[(size_t)rand() % (sizeof bytes - 1)];
    highlight(text, length, rand() % 300, styles);
    for (size_t k = 0; k < length; k++) ck_assert_int_lt(styles[k] & ~STYLE_PARTNER, STYLE_COUNT);
  }
}
END_TEST

START_TEST(brackets_may_be_deep) {
  static char text[16000];
  static unsigned char styles[16000];
  for (size_t k = 0; k < 8000; k++) text[k] = '(', text[k + 8000] = ')';
  highlight(text, sizeof text, 16000, styles);
  for (size_t k = 0; k < sizeof text; k++) ck_assert_int_ne(styles[k], STYLE_STRAY);
}
END_TEST

static Picture picture_of(const char *text, size_t cursor) {
  return (Picture){.text = text, .length = strlen(text), .cursor = cursor, .partner = true, .prompt_columns = 4,
                   .rows = 24, .columns = 20};
}

static const char *painted(Picture picture) {
  static Buffer out;
  buffer_clear(&out);
  repaint(&out, &picture);
  return buffer_text(&out);
}

START_TEST(painting_ends_at_the_cursor) {
  ck_assert_str_eq(painted(picture_of("1 + x", 5)), "\r\x1b[4C\x1b[36m1\x1b[0m + x\r\x1b[9C");
  ck_assert_str_eq(painted(picture_of("1\n2", 0)), "\r\x1b[4C\x1b[36m1\r\n2\x1b[0m\x1b[1A\r\x1b[4C");
  /* 16 columns fill the first row: the cursor is in the next one, where Readline has put it */
  ck_assert_str_eq(painted(picture_of("abcdefghijklmnop", 16)), "\x1b[1A\r\x1b[4Cabcdefghijklmnop\x1b[1B\r");
  /* and a newline behind a full row needs one more step down */
  ck_assert_str_eq(painted(picture_of("abcdefghijklmnop\nq", 18)),
                   "\x1b[2A\r\x1b[4Cabcdefghijklmnop\r\n\r\nq\r\x1b[1C");
}
END_TEST

START_TEST(what_is_not_certain_is_not_painted) {
  static char long_text[HIGHLIGHT_MOST + 2];
  memset(long_text, 'a', sizeof long_text - 1);
  ck_assert_str_eq(painted(picture_of("a\x1b[31mb", 3)), ""); /* control characters */
  ck_assert_str_eq(painted(picture_of("a\xff", 2)), "");
  ck_assert_str_eq(painted(picture_of("a\tb", 3)), "");
  Picture large = picture_of(long_text, 0);
  large.rows = 100000;
  ck_assert_str_eq(painted(large), "");
  Picture tall = picture_of("a\nb\nc", 0);
  tall.rows = 2;
  ck_assert_str_eq(painted(tall), "");
}
END_TEST

/* The limit is 5 ms on a free machine; the least of several runs is taken, in processor time. */
START_TEST(painting_is_fast) {
  static char text[2001];
  for (size_t k = 0; k < 2000; k++) text[k] = "sin(x[1]) + \"a\" "[k % 16];
  double least = 1;
  for (int round = 0; round < 20; round++) {
    Picture picture = picture_of(text, 1000);
    picture.columns = 80;
    picture.rows = 50;
    clock_t start = clock();
    ck_assert_uint_gt(strlen(painted(picture)), 2000);
    double passed = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (passed < least) least = passed;
  }
  ck_assert_msg(least < 0.005, "2000 characters took %.2f ms", least * 1e3);
}
END_TEST

START_TEST(up_and_down_keep_the_column) {
  const char *text = "abc\nd\nαβγδ";
  ck_assert_int_eq(block_above(text, 2), -1);
  ck_assert_int_eq(block_below(text, strlen(text), 2), 5); /* the line is shorter: its end */
  ck_assert_int_eq(block_below(text, strlen(text), 5), 8); /* behind one Greek letter of two bytes */
  ck_assert_int_eq(block_above(text, 10), 5);
  ck_assert_int_eq(block_below(text, strlen(text), 10), -1);
  ck_assert(block_ends_blank("a\n  "));
  ck_assert(!block_ends_blank("a\nb"));
  ck_assert(!block_ends_blank("  "));
}
END_TEST

static const char *pasted(const char *text) {
  static Buffer out;
  buffer_clear(&out);
  paste_add(&out, text);
  return buffer_text(&out);
}

START_TEST(prompts_and_results_are_stripped) {
  ck_assert_str_eq(pasted("a = 1\nb"), "a = 1\nb");
  ck_assert_str_eq(pasted("mg> a = 1\nmg> def f(x) {\n...   x\n... }\nmg> f(a)\n1\n# note\n"),
                   "a = 1\ndef f(x) {\n  x\n}\nf(a)");
  ck_assert_str_eq(pasted("\n  mg> 1\n"), "1");
  ck_assert_str_eq(pasted("    mg> x = 5\n    mg> def f() {\n    ...   x\n    ...\n    ... }\n\n    mg> help(f)\n"
                          "      mg> 1\n    6"),
                   "x = 5\ndef f() {\n  x\n\n}\nhelp(f)");
  ck_assert_str_eq(pasted("mg>\n..."), "mg>\n...");
}
END_TEST

static const char *guarded(const char *text) {
  static Buffer out;
  buffer_clear(&out);
  history_guard(&out, text);
  return buffer_text(&out);
}

START_TEST(entries_that_look_like_stamps_survive) {
  ck_assert_str_eq(guarded("1 + 1"), "1 + 1");
  ck_assert_str_eq(guarded("#1 trick"), " #1 trick");
  ck_assert_str_eq(guarded("{\n\n#2\n# 3\n}"), "{\n \n #2\n# 3\n}");
}
END_TEST

START_TEST(long_lines_are_wrapped) {
  Buffer out = {0};
  wrap_text(&out, "one two three four five six\nshort\n\x1b[31m", 20);
  ck_assert_str_eq(buffer_text(&out), "one two three four\n    five six\nshort\n\\x1b[31m\n");
  buffer_free(&out);
}
END_TEST

int main(void) {
  setlocale(LC_CTYPE, "C.UTF-8");
  Suite *suite = suite_create("highlight");
  TCase *tests = tcase_create("highlight");
  tcase_add_test(tests, styles_follow_the_lexer);
  tcase_add_test(tests, the_bracket_left_of_the_cursor_shows_its_partner);
  tcase_add_test(tests, any_bytes_can_be_painted);
  tcase_add_test(tests, brackets_may_be_deep);
  tcase_add_test(tests, painting_ends_at_the_cursor);
  tcase_add_test(tests, what_is_not_certain_is_not_painted);
  tcase_add_test(tests, painting_is_fast);
  tcase_add_test(tests, up_and_down_keep_the_column);
  tcase_add_test(tests, prompts_and_results_are_stripped);
  tcase_add_test(tests, entries_that_look_like_stamps_survive);
  tcase_add_test(tests, long_lines_are_wrapped);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
