/* SPDX-License-Identifier: MIT */
/* test_format_number.c: numbers and strings as text, and reading numbers. */
#include <stdlib.h>

#include "runtime/format/number.h"
#include "runtime/format/text.h"
#include "tests/formats.h"

/* ---- single numbers */
static const struct { double number; const char *text; } number_cases[] = {
  {0.1 + 0.2, "0.30000000000000004"}, {1.0 / 3, "0.3333333333333333"}, {0.5, "0.5"}, {3, "3"}, {-2.25, "-2.25"},
  {123456.789, "123456.789"}, {1e-5, "0.00001"}, {1.5e-6, "1.5e-6"}, {1e15, "1000000000000000"}, {1e16, "1e16"},
  {5e-324, "5e-324"}, {123456789012345678.0, "1.2345678901234568e17"}, {-0.0, "-0"}, {0, "0"},
  {9007199254740993.0, "9007199254740992"}, {1.7976931348623157e308, "1.7976931348623157e308"},
  {2.2250738585072014e-308, "2.2250738585072014e-308"}, {999999999999999.9, "999999999999999.9"},
  {0.000123456789, "0.000123456789"}, {1e-4, "0.0001"}, {9.999e-6, "9.999e-6"}, {14, "14"}, {1e300, "1e300"},
};

START_TEST(numbers_are_shortest) {
  Buffer out = {0};
  text_number(&out, number_cases[_i].number, NULL);
  ck_assert_str_eq(buffer_text(&out), number_cases[_i].text);
  buffer_free(&out);
} END_TEST

START_TEST(numbers_that_are_not_finite) {
  Buffer out = {0};
  text_number(&out, (double)NAN, NULL);
  text_number(&out, -(double)NAN, NULL);
  text_number(&out, (double)INFINITY, NULL);
  text_number(&out, -(double)INFINITY, NULL);
  ck_assert_str_eq(buffer_text(&out), "nannaninf-inf");
  buffer_free(&out);
} END_TEST

START_TEST(number_precision_concerns_single_numbers) {
  Buffer out = {0};
  TextOptions options;
  text_options_default(&options);
  options.precision = 3;
  text_number(&out, 1.0 / 3, &options);
  buffer_add_byte(&out, ' ');
  options.number_precision = 6;
  text_number(&out, 0.1 + 0.2, &options);
  buffer_add_byte(&out, ' ');
  text_number(&out, 1234567, &options);
  buffer_add_byte(&out, ' ');
  text_number(&out, 1234567.25, &options);
  ck_assert_str_eq(buffer_text(&out), "0.3333333333333333 0.3 1234567 1234567.2");
  buffer_free(&out);
} END_TEST

static uint64_t next_bits(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state ^ *state >> 29;
}

/* Random bits, numbers of few digits, powers of two: all read back. */
static double sample(uint64_t *state, int i) {
  uint64_t bits = next_bits(state);
  double number;
  memcpy(&number, &bits, sizeof number);
  if (i % 3 == 1) number = (double)(int64_t)(bits % 2000000 - 1000000) / (i % 2 ? 1000 : 4096);
  if (i % 3 == 2) number = ldexp(1, (int)(bits % 2090) - 1074);
  return number;
}

START_TEST(numbers_read_back) {
  uint64_t state = 7;
  for (int i = 0; i < 20000; i++) {
    double number = sample(&state, i), back = 0;
    if (!isfinite(number)) continue;
    Buffer out = {0};
    text_number(&out, number, NULL);
    ck_assert_uint_eq(number_read(out.text, out.length, &back), out.length);
    ck_assert_msg(memcmp(&back, &number, sizeof back) == 0, "%a gave %s", number, out.text);
    ck_assert(strtod(out.text, NULL) == number);
    buffer_free(&out);
  }
} END_TEST

START_TEST(single_precision_reads_back) {
  uint64_t state = 11;
  for (int i = 0; i < 20000; i++) {
    uint32_t bits = (uint32_t)next_bits(&state);
    float number;
    memcpy(&number, &bits, sizeof number);
    if (!isfinite(number)) continue;
    Decimal decimal = decimal_from_number((double)number, true, DECIMAL_SHORTEST);
    Buffer out = {0};
    decimal_write(&out, &decimal);
    ck_assert_int_le(decimal.count, 9);
    ck_assert_msg(strtof(out.text, NULL) == number, "%a gave %s", (double)number, out.text);
    buffer_free(&out);
  }
} END_TEST

/* Below a power of two numbers lie twice as dense as above it: the nearest decimal of the fewest digits that read back
   is not always the number rounded to so many. */
static const struct { double number; bool single; const char *text; } power_cases[] = {
  {0x1p-24, false, "5.960464477539063e-8"}, {0x1p-44, false, "5.684341886080802e-14"},
  {0x1p89, false, "6.189700196426902e26"}, {0x1p122, false, "5.316911983139664e36"},
  {0x1p-1022, false, "2.2250738585072014e-308"}, {0x1p-1074, false, "5e-324"},
  {-0x1p-24, false, "-5.960464477539063e-8"}, {0x1p87, true, "1.5474251e26"}, {0x1p90, true, "1.2379401e27"},
  {0x1p-96, true, "1.2621775e-29"},
};

START_TEST(powers_of_two_are_shortest) {
  Buffer out = {0};
  Decimal decimal = decimal_from_number(power_cases[_i].number, power_cases[_i].single, DECIMAL_SHORTEST);
  decimal_write(&out, &decimal);
  ck_assert_str_eq(buffer_text(&out), power_cases[_i].text);
  buffer_free(&out);
} END_TEST

START_TEST(decimals_round_at_a_place) {
  static const struct { double number; int places; const char *text; } cases[] = {
    {0.006, 2, "0.01"}, {0.004, 2, "0.00"}, {0.05, 0, "0"}, {0.6, 0, "1"}, {-0.004, 2, "-0.00"}, {9.996, 2, "10.00"},
    {1234.5678, 2, "1234.57"}, {0.0001, 2, "0.00"}, {5, 2, "5.00"}, {1e20, 1, "100000000000000000000.0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Buffer out = {0};
    Decimal decimal = decimal_from_places(cases[i].number, false, cases[i].places);
    decimal_write_positional(&out, &decimal, cases[i].places);
    ck_assert_str_eq(buffer_text(&out), cases[i].text);
    buffer_free(&out);
  }
} END_TEST

/* ---- reading numbers */
static const struct { const char *text; size_t used; double number; } read_cases[] = {
  {"1", 1, 1}, {"-1.5e3x", 6, -1500}, {"+.5", 3, 0.5}, {"5.", 2, 5}, {".", 0, 0}, {"", 0, 0}, {"-", 0, 0}, {"e5", 0, 0},
  {"1e", 1, 1}, {"1e+", 1, 1}, {"0x10", 1, 0}, {"1,5", 1, 1}, {"9007199254740993", 16, 9007199254740992},
  {"2.2250738585072011e-308", 23, 2.2250738585072011e-308}, {"1e999", 5, (double)INFINITY}, {"1e-999", 6, 0},
  {"2.4703282292062327e-324", 23, 0}, {"2.4703282292062328e-324", 23, 5e-324},
  {"1e99999999999999999999", 22, (double)INFINITY}, {"0e99999999999999999999", 22, 0}, {"0.1", 3, 0.1},
  {"123456789012345678901234567890", 30, 123456789012345678901234567890.0},
  {"1e23", 4, 1e23}, {"8.5e-1", 6, 0.85}, {"00012", 5, 12}, {"nan", 0, 0}, {"inf", 0, 0},
};

START_TEST(reading_a_number) {
  double number = 0;
  size_t used = number_read(read_cases[_i].text, strlen(read_cases[_i].text), &number);
  ck_assert_uint_eq(used, read_cases[_i].used);
  if (used) ck_assert(number == read_cases[_i].number);
} END_TEST

/* Halfway between two doubles but for a digit far behind. */
START_TEST(reading_many_digits) {
  char text[2100] = "9007199254740993.";
  size_t length = strlen(text);
  memset(text + length, '0', 2000);
  double number = 0;
  ck_assert_uint_eq(number_read(text, length + 2000, &number), length + 2000);
  ck_assert(number == 9007199254740992);
  text[length + 1999] = '1';
  number_read(text, length + 2000, &number);
  ck_assert(number == 9007199254740994);
  memset(text, '0', 2000);
  strcpy(text + 2000, "7e0");
  ck_assert_uint_eq(number_read(text, 2003, &number), 2003);
  ck_assert(number == 7);
} END_TEST

/* ---- strings */
START_TEST(quoted_strings) {
  static const char text[] = "a\"b\\c\n\t\r\x1b\xc2\x9b\xff \xce\xb1\xe2\x80\xae\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f\0.";
  Buffer out = {0};
  text_string_quoted(&out, text, sizeof text - 1);
  ck_assert_str_eq(buffer_text(&out),
                   "\"a\\\"b\\\\c\\n\\t\\u{d}\\u{1b}\\u{9b}\\xff \xce\xb1\\u{202e}\\u{61c}\\u{200e}\\u{200f}\\u{0}.\"");
  buffer_free(&out);
} END_TEST

static void add_numbers(TCase *tests) {
  tcase_add_loop_test(tests, numbers_are_shortest, 0, COUNT(number_cases));
  tcase_add_test(tests, numbers_that_are_not_finite);
  tcase_add_test(tests, number_precision_concerns_single_numbers);
  tcase_add_test(tests, numbers_read_back);
  tcase_add_test(tests, single_precision_reads_back);
  tcase_add_loop_test(tests, powers_of_two_are_shortest, 0, COUNT(power_cases));
  tcase_add_test(tests, decimals_round_at_a_place);
  tcase_add_loop_test(tests, reading_a_number, 0, COUNT(read_cases));
  tcase_add_test(tests, reading_many_digits);
  tcase_add_test(tests, quoted_strings);
}

int main(void) {
  Suite *suite = suite_create("format_number");
  TCase *tests = tcase_create("format_number");
  tcase_add_checked_fixture(tests, formats_set_up, formats_tear_down);
  add_numbers(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
