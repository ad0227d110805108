/* SPDX-License-Identifier: MIT */
/* test_parser_limits.c: programs that are long, and programs that nest deeply. */
#include "tests/parsing.h"

typedef struct Repeated { const char *before, *text, *after; } Repeated;

static const Repeated long_chains[] = {
  {"1", "+1", ""}, {"x", "[:]", ""}, {"f", "(x)", ""}, {"x", ".T", ""}, {"f", "'", "(2)"}, {"a", " and a", ""},
  {"a", " < a", ""}, {"", "a;", ""}, {"", "a\n", ""}, {"[", "1,", "]"}, {"f(", "1,", ")"}, {"", "a,", "a"},
  {"x[", ":,", ":]"}, {"", "a=", "a"}, {"f\"", "{x}", "\""}, {"if a { }", "\n", "else { }"}, {"", "if a { }\n", ""},
};

START_TEST(long_chains_are_flat) {
  Repeated chain = long_chains[_i];
  char *text = repeat(chain.before, chain.text, 100000, chain.after);
  expect_parsed(text);
  ck_assert_uint_le(parsed.program->height, 3);
  Buffer out = {0};
  unparse(&out, parsed.program);
  ck_assert(!out.failed);
  buffer_free(&out);
  free(text);
}
END_TEST

START_TEST(a_million_terms) {
  char *text = repeat("1", "+1", 1000000, "");
  expect_parsed(text);
  ck_assert_uint_eq(parsed.program->children[0]->height, 2);
  free(text);
}
END_TEST

static const Repeated nests[] = {
  {"", "(", ")"}, {"", "[", "]"}, {"", "{a: ", "}"}, {"", "f(", ")"}, {"", "-", ""}, {"", "not ", ""}, {"", "2**", ""},
  {"", "x -> ", ""}, {"", "a if b else ", ""}, {"if a { }", " else if a { }", NULL}, {"", "if a { ", " }"},
  {"", "x[", "]"}, {"", "def f() { ", "}"}, {"", "-(", ")"}, {"", "(x -> ", ")"}, {"", "[x for x in ", "]"},
};

static char *nest(Repeated form, size_t levels) {
  if (!form.after) return repeat(form.before, form.text, levels, "");
  char *closed = repeat("1", form.after, levels, "");
  char *text = repeat(form.before, form.text, levels, closed);
  free(closed);
  return text;
}

START_TEST(a_thousand_levels_are_read) {
  char *text = nest(nests[_i], 1000);
  expect_parsed(text);
  free(text);
}
END_TEST

/* Most often one was never closed, long before the place where they are too many. */
START_TEST(too_many_open_brackets_are_told) {
  char *text = repeat("x = ", "(", 1000000, "");
  ck_assert_int_eq(parse(text), PARSE_FAILED);
  ck_assert_str_eq(buffer_text(&parsed.error.message), "nested too deeply: more than 1000 brackets are open here");
  ck_assert_str_eq(buffer_text(&parsed.error.hint), "close brackets that are complete, or give parts of it names");
  free(text);
}
END_TEST

/* Where those begin that are too many; or, if the parser itself is full, by where it was. */
START_TEST(too_many_levels_are_told) {
  char *text = repeat("x = ", "-", 10000, "y");
  ck_assert_int_eq(parse(text), PARSE_FAILED);
  ck_assert_str_eq(buffer_text(&parsed.error.message), "nested too deeply: more than 1000 levels begin here");
  ck_assert_str_eq(buffer_text(&parsed.error.hint), "give parts of it names");
  ck_assert_uint_eq(parsed.error.place.end - parsed.error.place.start, 1025 + 1);
  free(text);
  text = repeat("x = ", "-", 100000, "y");
  ck_assert_int_eq(parse(text), PARSE_FAILED);
  ck_assert_str_eq(buffer_text(&parsed.error.message), "nested too deeply: more than 1000 levels are open here");
  free(text);
}
END_TEST

START_TEST(deeper_nesting_is_refused) {
  char *text = nest(nests[_i], 100000);
  ck_assert_int_eq(parse(text), PARSE_FAILED);
  ck_assert_int_eq(strncmp(buffer_text(&parsed.error.message), "nested too deeply", 17), 0);
  ck_assert_uint_ne(parsed.error.place.end, 0);
  free(text);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("parser_limits");
  TCase *cases = tcase_create("limits");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, a_million_terms);
  tcase_add_loop_test(cases, long_chains_are_flat, 0, COUNT(long_chains));
  tcase_add_loop_test(cases, a_thousand_levels_are_read, 0, COUNT(nests));
  tcase_add_test(cases, too_many_open_brackets_are_told);
  tcase_add_test(cases, too_many_levels_are_told);
  tcase_add_loop_test(cases, deeper_nesting_is_refused, 0, COUNT(nests));
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
