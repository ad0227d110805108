/* SPDX-License-Identifier: MIT */
/* test_token.c: what tokens are called, and which kinds of them there are. */
#include <string.h>

#include "lexer/lexer.h"
#include "tests/suite.h"

START_TEST(every_token_is_spoken_of) {
  for (TokenKind kind = 0; kind < TOKEN_COUNT; kind++) {
    ck_assert_uint_gt(strlen(token_spoken(kind)), 0);
    ck_assert_ptr_nonnull(token_spelling(kind));
  }
  ck_assert_str_eq(token_spoken(TOKEN_WHILE), "`while`");
  ck_assert_str_eq(token_spelling(TOKEN_DOUBLE_SLASH), "//");
  ck_assert(token_is_keyword(TOKEN_GLOBAL) && !token_is_keyword(TOKEN_NAME));
}
END_TEST

START_TEST(brackets_open_and_close) {
  int opening = 0, closing = 0;
  for (TokenKind kind = 0; kind < TOKEN_COUNT; kind++) {
    const char *spelling = token_spelling(kind);
    bool single = strlen(spelling) == 1;
    int expected = single && strchr("([{", *spelling) ? 1 : single && strchr(")]}", *spelling) ? -1 : 0;
    ck_assert_int_eq(token_bracket(kind), expected);
    opening += expected > 0;
    closing += expected < 0;
  }
  ck_assert_int_eq(opening, 6);
  ck_assert_int_eq(closing, 3);
  ck_assert(token_ends_value(TOKEN_PRIME) && !token_ends_value(TOKEN_CALL_PAREN));
}
END_TEST

START_TEST(operators_are_told_from_the_rest) {
  int assignments = 0;
  for (TokenKind kind = 0; kind < TOKEN_COUNT; kind++) {
    const char *spelling = token_spelling(kind);
    size_t length = strlen(spelling);
    bool ends_so = length && spelling[length - 1] == '=';
    bool assigns = ends_so && (length == 1 || !strchr("=!<>", *spelling));
    bool sign = kind == TOKEN_PLUS || kind == TOKEN_MINUS || kind == TOKEN_TILDE;
    bool signs = length && strspn(spelling, "+-*/%@|&=!<>~") == length;
    bool between = kind == TOKEN_JUXTAPOSE || (signs && kind != TOKEN_ARROW);
    ck_assert_int_eq(token_is_operator(kind), between);
    ck_assert_int_eq(token_is_assignment(kind), assigns);
    ck_assert_int_eq(token_is_infix(kind), between && !assigns && !sign);
    assignments += assigns;
  }
  ck_assert_int_eq(assignments, 9);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("token");
  TCase *cases = tcase_create("kinds");
  const TTest *tests[] = {every_token_is_spoken_of, brackets_open_and_close, operators_are_told_from_the_rest};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(cases, tests[i]);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
