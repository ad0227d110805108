/* SPDX-License-Identifier: MIT */
/* test_lexer.c: token streams. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "lexer/lexer.h"
#include "lexer/literal.h"
#include "tests/suite.h"

static SourceMap map;
static Buffer out;

static void set_up(void) {
  map = (SourceMap){0};
  out = (Buffer){0};
}

static void tear_down(void) {
  source_map_free(&map);
  buffer_free(&out);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

static const char *const kind_names[] = {
#define TOKEN(name, spelling, spoken, operation) [TOKEN_##name] = #name,
#define KEYWORD(name, spelling) [TOKEN_##name] = #name,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
};

static const Source *add(const char *text, size_t length) {
  const Source *source = source_add(&map, "t.mg", text, length, false);
  ck_assert_ptr_nonnull(source);
  return source;
}

/* The names of all tokens up to the end; checks that spans rise and stay within the text. */
static const char *names(const char *text, size_t length) {
  const Source *source = add(text, length);
  Lexer lexer;
  lexer_init(&lexer, source);
  buffer_clear(&out);
  uint32_t behind = source->base;
  for (;;) {
    Token token = lexer_next(&lexer);
    ck_assert_uint_ge(token.span.start, behind);
    ck_assert_uint_ge(token.span.end, token.span.start);
    ck_assert_uint_le(token.span.end, source->base + length);
    behind = token.span.start;
    if (token.kind == TOKEN_END) return buffer_text(&out);
    buffer_format(&out, "%s%s", out.length ? " " : "", kind_names[token.kind]);
  }
}

static void expect(const char *text, const char *expected) { ck_assert_str_eq(names(text, strlen(text)), expected); }

/* The first token that is an error. */
static Token first_error(const char *text, size_t length) {
  Lexer lexer;
  lexer_init(&lexer, add(text, length));
  Token token = lexer_next(&lexer);
  while (token.kind != TOKEN_ERROR && token.kind != TOKEN_END) token = lexer_next(&lexer);
  return token;
}

static void expect_error_of(const char *text, size_t length, LexicalError error, uint32_t start, uint32_t end) {
  uint32_t base = map.next ? map.next : 1;
  Token token = first_error(text, length);
  ck_assert_int_eq(token.kind, TOKEN_ERROR);
  ck_assert_int_eq(token.error, error);
  ck_assert_uint_eq(token.span.start - base, start);
  ck_assert_uint_eq(token.span.end - base, end);
}

static void expect_error(const char *text, LexicalError error, uint32_t start, uint32_t end) {
  expect_error_of(text, strlen(text), error, start, end);
}

/* ---- words and numbers */

START_TEST(operators) {
  expect("+ - * / // % @ ** ^", "PLUS MINUS STAR SLASH DOUBLE_SLASH PERCENT AT POWER POWER");
  expect("== != < <= > >= = ->", "EQUAL NOT_EQUAL LESS LESS_EQUAL GREATER GREATER_EQUAL ASSIGN ARROW");
  expect("+= -= *= /= //= %= **= ^= @=", "PLUS_ASSIGN MINUS_ASSIGN STAR_ASSIGN SLASH_ASSIGN DOUBLE_SLASH_ASSIGN "
         "PERCENT_ASSIGN POWER_ASSIGN POWER_ASSIGN AT_ASSIGN");
  expect("~ | & , : ; . ...", "TILDE PIPE AMPERSAND COMMA COLON SEMICOLON DOT ELLIPSIS");
}
END_TEST

START_TEST(operators_of_textbooks) {
  expect("a ≤ b ≥ c ≠ d", "NAME LESS_EQUAL NAME GREATER_EQUAL NAME NOT_EQUAL NAME");
  expect("a − b · c × d ⋅ e", "NAME MINUS NAME STAR NAME STAR NAME STAR NAME");
  expect("1e−3 2.5E−10 1e−", "NUMBER NUMBER NUMBER JUXTAPOSE NAME MINUS");
}
END_TEST

START_TEST(keywords_are_whole_words) {
  expect("and or not if else for in while", "AND OR NOT IF ELSE FOR IN WHILE");
  expect("break continue return def no_autodiff import", "BREAK CONTINUE RETURN DEF NO_AUTODIFF IMPORT");
  expect("try catch assert del global", "TRY CATCH ASSERT DEL GLOBAL");
  expect("android In iffy True none", "NAME NAME NAME NAME NAME");
  expect("no_grad { no_grad = 1", "NO_AUTODIFF LEFT_BRACE NAME ASSIGN NUMBER");
}
END_TEST

START_TEST(names_of_all_scripts) {
  expect("x _ x1 _a1 α θ₁ ℒ x₁₂ ж 変数 ŷ x\xCC\x82",
         "NAME NAME NAME NAME NAME NAME NAME NAME NAME NAME NAME NAME");
  expect("x.y", "NAME DOT NAME");
}
END_TEST

START_TEST(numbers) {
  expect("3 3. .5 1e-3 1_000_000 2.5E2 1e+3 0", "NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER");
  expect("x.5", "NAME NUMBER");
  expect("1.5.shape", "NUMBER DOT NAME");
  expect(".5.T 2e3.x 2.e1.x", "NUMBER DOT NAME NUMBER DOT NAME NUMBER DOT NAME");
  expect("3.x", "NUMBER JUXTAPOSE NAME");
  expect("[1.,2]", "LEFT_BRACKET NUMBER COMMA NUMBER RIGHT_BRACKET");
}
END_TEST

START_TEST(malformed_numbers) {
  expect_error("x = 1.2.3", LEXICAL_NUMBER, 4, 9);
  expect_error("1..2", LEXICAL_NUMBER, 0, 4);
  expect_error("1_", LEXICAL_NUMBER, 0, 2);
  expect_error("2 + 0x1F", LEXICAL_BASE, 4, 8);
  expect_error("0b11", LEXICAL_BASE, 0, 4);
  expect_error("0O17", LEXICAL_BASE, 0, 4);
  expect_error("1__0", LEXICAL_NUMBER, 0, 4);
  expect_error("1_000_x", LEXICAL_NUMBER, 0, 6);
}
END_TEST

START_TEST(numbers_multiply_what_touches_them) {
  expect("2x", "NUMBER JUXTAPOSE NAME");
  expect("2(x)", "NUMBER JUXTAPOSE LEFT_PAREN NAME RIGHT_PAREN");
  expect("3sin(x)", "NUMBER JUXTAPOSE NAME CALL_PAREN NAME RIGHT_PAREN");
  expect("2e", "NUMBER JUXTAPOSE NAME");
  expect("2e3", "NUMBER");
  expect("2e3x", "NUMBER JUXTAPOSE NAME");
  expect("2α", "NUMBER JUXTAPOSE NAME");
  expect("2 x", "NUMBER NAME");
  expect("2 (x)", "NUMBER LEFT_PAREN NAME RIGHT_PAREN");
  expect("2[0]", "NUMBER LEFT_BRACKET NUMBER RIGHT_BRACKET");
  expect("1if x", "NUMBER IF NAME");
}
END_TEST

START_TEST(long_names_are_refused) {
  size_t length = LEXER_NAME_BYTES + 1;
  char *text = malloc(length);
  memset(text, 'a', length);
  ck_assert_str_eq(names(text, length - 1), "NAME");
  expect_error_of(text, length, LEXICAL_LONG_NAME, 0, (uint32_t)length);
  free(text);
}
END_TEST

/* ---- context */

START_TEST(brackets_after_a_value_call_and_index) {
  expect("f(x)", "NAME CALL_PAREN NAME RIGHT_PAREN");
  expect("f (x)", "NAME CALL_PAREN NAME RIGHT_PAREN");
  expect("x[0][1]", "NAME INDEX_BRACKET NUMBER RIGHT_BRACKET INDEX_BRACKET NUMBER RIGHT_BRACKET");
  expect("f(x)(y)", "NAME CALL_PAREN NAME RIGHT_PAREN CALL_PAREN NAME RIGHT_PAREN");
  expect("f'(2)", "NAME PRIME CALL_PAREN NUMBER RIGHT_PAREN");
  expect("x\n[0]", "NAME NEWLINE LEFT_BRACKET NUMBER RIGHT_BRACKET");
  expect("+[0]", "PLUS LEFT_BRACKET NUMBER RIGHT_BRACKET");
  expect("return (x)", "RETURN LEFT_PAREN NAME RIGHT_PAREN");
  expect("{a}[0]", "LEFT_BRACE NAME RIGHT_BRACE INDEX_BRACKET NUMBER RIGHT_BRACKET");
}
END_TEST

START_TEST(apostrophes) {
  expect("f''", "NAME PRIME PRIME");
  expect("f(x)'", "NAME CALL_PAREN NAME RIGHT_PAREN PRIME");
  expect("x[0]'", "NAME INDEX_BRACKET NUMBER RIGHT_BRACKET PRIME");
  expect("print('a')", "NAME CALL_PAREN STRING RIGHT_PAREN");
  expect("x = 'it'", "NAME ASSIGN STRING");
  expect("x 'it'", "NAME STRING");
  expect_error("2'", LEXICAL_STRING_OPEN, 1, 2);
}
END_TEST

START_TEST(signs_twice) {
  expect("a ++b --c", "NAME PLUS PLUS NAME MINUS MINUS NAME");
  expect_error("a++", LEXICAL_FOREIGN, 1, 3);
  expect_error("f(a--)", LEXICAL_FOREIGN, 3, 5);
  expect_error("a++ # more", LEXICAL_FOREIGN, 1, 3);
}
END_TEST

START_TEST(white_space) {
  expect("a\tb\vc\fd\xC2\xA0" "e", "NAME NAME NAME NAME NAME");
  expect("a\r\nb\nc", "NAME NEWLINE NAME NEWLINE NAME");
  expect("\xEF\xBB\xBF" "a", "NAME");
  expect("#!/usr/bin/env mgrad\na # b\n", "NEWLINE NAME NEWLINE");
  expect("", "");
  expect_error("a\xEF\xBB\xBF", LEXICAL_CHARACTER, 1, 4);
}
END_TEST

START_TEST(tokens_know_the_space_before_them) {
  Lexer lexer;
  lexer_init(&lexer, add("a b(c #d\n)", 10));
  bool expected[] = {false, true, false, false, true, false, false};
  for (size_t i = 0; i < sizeof expected; i++) ck_assert_int_eq(lexer_next(&lexer).spaced, expected[i]);
}
END_TEST

START_TEST(the_end_repeats) {
  Lexer lexer;
  lexer_init(&lexer, add("a", 1));
  lexer_next(&lexer);
  for (int i = 0; i < 3; i++) ck_assert_int_eq(lexer_next(&lexer).kind, TOKEN_END);
}
END_TEST

START_TEST(nothing_behind_the_end_is_read) {
  static const char *const texts[] = {
    "ab", "2", "\"a\\", "f\"{x", "'a'", "no_grad {", "...", "/*", "# a", "\xE2\x89\xA4", "\r\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    size_t length = strlen(texts[i]);
    char *copy = malloc(length); /* a checked build sees every byte that is read behind it */
    memcpy(copy, texts[i], length);
    Source source = {.text = copy, .length = length, .base = 1};
    Lexer lexer;
    lexer_init(&lexer, &source);
    while (lexer_next(&lexer).kind != TOKEN_END) ck_assert_uint_le(lexer.previous_end, length + 1);
    free(copy);
  }
}
END_TEST

START_TEST(a_copy_looks_ahead) {
  Lexer lexer;
  lexer_init(&lexer, add("a b c", 5));
  Lexer ahead = lexer;
  lexer_next(&ahead);
  lexer_next(&ahead);
  ck_assert_uint_eq(lexer_next(&lexer).span.start, map.sources[0]->base);
}
END_TEST

/* ---- bytes */

START_TEST(comments_hold_any_bytes) {
  ck_assert_str_eq(names("a # \0 \xFF \xC3( \"\nb", 14), "NAME NEWLINE NAME");
  ck_assert_str_eq(names("# \0", 3), "");
}
END_TEST

START_TEST(strings_hold_any_bytes) {
  ck_assert_str_eq(names("\"a\0b\xFF\xC3\"", 7), "STRING");
  ck_assert_str_eq(names("\"\"\"a\n\0\"b\"\"\"", 11), "STRING");
  ck_assert_str_eq(names("f\"a\0\xFF{x}\"", 9), "FSTRING");
}
END_TEST

START_TEST(code_holds_no_strange_bytes) {
  expect_error_of("x = \0 1", 7, LEXICAL_NUL, 4, 5);
  expect_error_of("\0", 1, LEXICAL_NUL, 0, 1);
  expect_error("x = \xFF", LEXICAL_UTF8, 4, 5);
  expect_error("x\xC0\xAF", LEXICAL_UTF8, 1, 2);
  expect_error("\xED\xA0\x80", LEXICAL_UTF8, 0, 1);
  expect_error("\xE2\x89", LEXICAL_UTF8, 0, 1);
  expect_error("x \xE2\x82\xAC y", LEXICAL_CHARACTER, 2, 5);
  expect_error("x\x1B[31m", LEXICAL_CHARACTER, 1, 2);
}
END_TEST

START_TEST(operators_of_other_languages) {
  expect_error("a && b", LEXICAL_FOREIGN, 2, 4);
  expect_error("a || b", LEXICAL_FOREIGN, 2, 4);
  expect_error("!a", LEXICAL_FOREIGN, 0, 1);
  expect_error("a === b", LEXICAL_FOREIGN, 2, 5);
  expect_error("x => y", LEXICAL_FOREIGN, 2, 4);
  expect_error("a ? b", LEXICAL_CHARACTER, 2, 3);
}
END_TEST

/* ---- strings */

START_TEST(strings) {
  expect("\"a\" \"\" \"\\\"\" \"#\"", "STRING STRING STRING STRING");
  expect("\"\"\"a \"b\" \n\"\"\"", "STRING");
  expect("f\"a\" f\"\" f\"\"\"a\nb\"\"\" f", "FSTRING FSTRING FSTRING NAME");
  expect("conf\"a\"", "NAME STRING");
  expect("\"\\n\\t\\r\\0\\\\\\\"\\'\\u{3b1}\"", "STRING");
}
END_TEST

START_TEST(open_strings) {
  expect_error("x = \"abc\ny", LEXICAL_STRING_OPEN, 4, 8);
  expect_error("\"abc", LEXICAL_STRING_OPEN, 0, 4);
  expect_error("\"abc\\\"", LEXICAL_STRING_OPEN, 0, 6);
  expect_error("\"\"\"abc\n\"\"", LEXICAL_TEXT_OPEN, 0, 9);
  expect_error("f\"\"\"a{x", LEXICAL_TEXT_OPEN, 0, 7);
  ck_assert_str_eq(names("\"abc\ny", 6), "ERROR NEWLINE NAME");
}
END_TEST

START_TEST(bad_escapes) {
  expect_error("\"a\\q\"", LEXICAL_ESCAPE, 2, 4);
  expect_error("\"\\u{}\"", LEXICAL_ESCAPE, 1, 3);
  expect_error("\"\\u{110000}\"", LEXICAL_ESCAPE, 1, 11);
  expect_error("\"\\u{d800}\"", LEXICAL_ESCAPE, 1, 9);
  expect_error("\"\\u{fffffffffff}\"", LEXICAL_ESCAPE, 1, 16);
  expect_error("\"\\u{11000\"", LEXICAL_ESCAPE, 1, 3);
  expect_error("\"\\xg0\"", LEXICAL_ESCAPE, 1, 3);
  expect("\"\\xff\\x00\"", "STRING");
  expect_error("f\"{x:>{y}}\"", LEXICAL_FORMAT_NESTED, 6, 7);
  expect_error("\"\\α\"", LEXICAL_ESCAPE, 1, 4);
  ck_assert_str_eq(names("\"\\q\" x", 6), "ERROR NAME");
}
END_TEST

START_TEST(interpolations) {
  expect("f\"{x}\"", "FSTRING");
  expect("f\"{x[\"a\"]}\" y", "FSTRING NAME");
  expect("f\"{ {a: 1}.a:>10 }\" y", "FSTRING NAME");
  expect("f\"{{}}\"", "FSTRING");
  expect("f\"{f\"{x}\"}\" y", "FSTRING NAME");
  expect("f\"\"\"{\nx\n}\"\"\"", "FSTRING");
  expect_error("f\"a{x\"", LEXICAL_FORMAT_OPEN, 3, 4);
  expect_error("f\"a{x:.2\"", LEXICAL_FORMAT_OPEN, 3, 4);
  expect_error("f\"a{x\n}\"", LEXICAL_FORMAT_OPEN, 3, 4);
  expect_error("f\"a}\"", LEXICAL_FORMAT_BRACE, 3, 4);
  expect_error("f\"{x $ y}\"", LEXICAL_CHARACTER, 5, 6);
}
END_TEST

START_TEST(f_strings_nest_a_little) {
  char text[4096] = "";
  for (int i = 0; i < 1000; i++) strcat(text, "f\"{");
  Token token = first_error(text, strlen(text));
  ck_assert_int_eq(token.error, LEXICAL_FORMAT_DEPTH);
}
END_TEST

START_TEST(decoding) {
  static const char text[] = "a\\n\\u{3b1}\\0\\\\{{}}\\'";
  char decoded[sizeof text];
  const unsigned char *start = (const unsigned char *)text;
  size_t length = string_decode(start, start + sizeof text - 1, true, decoded);
  ck_assert_uint_eq(length, 9);
  ck_assert_mem_eq(decoded, "a\nα\0\\{}'", 9);
  ck_assert_uint_eq(string_decode(start, start + sizeof text - 1, false, decoded), 11);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lexer");
  TCase *cases = tcase_create("tokens");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  const TTest *tests[] = {
    operators, operators_of_textbooks, keywords_are_whole_words, names_of_all_scripts, numbers, malformed_numbers,
    numbers_multiply_what_touches_them, long_names_are_refused, brackets_after_a_value_call_and_index, apostrophes,
    signs_twice, white_space, tokens_know_the_space_before_them, the_end_repeats,
    nothing_behind_the_end_is_read, a_copy_looks_ahead,
    comments_hold_any_bytes, strings_hold_any_bytes, code_holds_no_strange_bytes, operators_of_other_languages, strings,
    open_strings, bad_escapes, interpolations, f_strings_nest_a_little, decoding,
  };
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(cases, tests[i]);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
