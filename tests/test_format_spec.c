/* SPDX-License-Identifier: MIT */
/* test_format_spec.c: format specs, and formatting under a foreign locale, without memory, and interrupted. */
#include <locale.h>

#include "runtime/format/number.h"
#include "runtime/format/text.h"
#include "tests/formats.h"

/* What Python's format() gives; NULL: refused. */
static const struct { double number; bool is_integer; const char *spec, *text; } number_cases[] = {
  {3.14159, false, ".2f", "3.14"}, {255, false, "d", "255"}, {1234.5, false, ".1e", "1.2e+03"},
  {3.235, false, "8.3f", "   3.235"}, {2, false, ".1f", "2.0"}, {0.25, false, ".3f", "0.250"},
  {5, true, ">10", "         5"}, {5, true, "<10", "5         "}, {5, true, "^10", "    5     "},
  {5, true, "*^9", "****5****"}, {5, true, "\xce\xb1>3", "\xce\xb1\xce\xb1""5"}, {5, true, "05d", "00005"},
  {-5, true, "05d", "-0005"}, {-5, true, "=5d", "-   5"}, {5, true, "+d", "+5"}, {5, true, " d", " 5"},
  {2.5, false, "+.2f", "+2.50"}, {1234567, true, ",", "1,234,567"}, {1234567.891, false, ",.2f", "1,234,567.89"},
  {1234567, true, "_d", "1_234_567"}, {1234, true, "010,d", "00,001,234"}, {1234.5, false, ",", "1,234.5"},
  {0.125, false, "%", "12.500000%"}, {0.125, false, ".1%", "12.5%"}, {255, true, "x", "ff"}, {255, true, "X", "FF"},
  {999.9995, false, "#.3g", "1.00e+03"}, {99.9995, false, "#.3g", "100."}, {0.000099999, false, "#.2g", "0.00010"},
  {9.5, false, "#.0g", "1.e+01"}, {0, false, "#.3g", "0.00"}, {-1e-5, false, "#.3G", "-1.00E-05"},
  {255, true, "#x", "0xff"}, {255, true, "#010x", "0x000000ff"}, {10, true, "b", "1010"}, {8, true, "o", "10"},
  {-255, true, "x", "-ff"}, {65535, true, "_b", "1111_1111_1111_1111"}, {1e-7, false, "g", "1e-07"},
  {123456789, false, "g", "1.23457e+08"}, {0.5, false, "G", "0.5"}, {1e10, false, ".2E", "1.00E+10"},
  {(double)NAN, false, ".2f", "nan"}, {(double)INFINITY, false, "F", "INF"},
  {-(double)INFINITY, false, "8.2f", "    -inf"}, {-0.0, false, ".1f", "-0.0"}, {0.5, false, "", "0.5"},
  {1.0 / 3, false, "", "0.3333333333333333"}, {3, false, "", "3"}, {1.0 / 3, false, ".3", "0.333"},
  {1234567, false, ".3", "1.23e6"}, {3, false, "8", "       3"}, {2.5, false, ".0f", "2"},
  {1e22, false, "d", "10000000000000000000000"}, {1e300, false, ".1f", NULL}, {2.5, false, "d", NULL},
  {(double)NAN, false, "d", NULL}, {(double)INFINITY, false, "x", NULL}, {1e300, false, "x", NULL},
  {1, false, "q", NULL},
  {1, false, ".f", NULL}, {1, false, "5.", NULL}, {1, false, "ff", NULL}, {1, false, "1001", NULL},
  {1, false, ".1001f", NULL}, {1, false, "99999999999999999999", NULL}, {1, false, "s", NULL}, {1, true, ".2d", NULL},
  {1, false, ".2f ", NULL}, {1, false, "%n", NULL}, {1, false, "\xff", NULL},
};

START_TEST(integers_keep_their_digits) {
  static const struct { int64_t number; const char *spec, *text; } cases[] = {
    {9223372030926249001, "d", "9223372030926249001"}, {9223372030926249001, ",", "9,223,372,030,926,249,001"},
    {9223372030926249001, "x", "7ffffffe9ea1dc29"}, {9223372030926249001, "", "9223372030926249001"},
    {INT64_MIN, "d", "-9223372036854775808"}, {9223372030926249001, ".2e", "9.22e+18"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Buffer out = {0};
    ck_assert(text_format_integer(&out, cases[i].number, cases[i].spec, strlen(cases[i].spec)));
    ck_assert_str_eq(buffer_text(&out), cases[i].text);
    buffer_free(&out);
  }
}
END_TEST

START_TEST(numbers_under_a_spec) {
  Buffer out = {0};
  const char *spec = number_cases[_i].spec, *text = number_cases[_i].text;
  double number = number_cases[_i].number;
  bool known = number_cases[_i].is_integer ? text_format_integer(&out, (int64_t)number, spec, strlen(spec))
                                           : text_format_number(&out, number, spec, strlen(spec));
  if (number_cases[_i].number == 1e300 && spec[0] == '.') {
    ck_assert(known);
    ck_assert_uint_eq(out.length, 303);
  } else {
    ck_assert_msg(known == (text != NULL), "spec `%s`", spec);
    ck_assert_str_eq(buffer_text(&out), text ? text : "");
  }
  buffer_free(&out);
} END_TEST

static const struct { const char *value, *spec, *text; } text_cases[] = {
  {"abc", "", "abc"}, {"abc", ">5", "  abc"}, {"abc", "5", "abc  "}, {"abc", "^7s", "  abc  "},
  {"abc", "-^7", "--abc--"}, {"abc", ".2", "ab"}, {"\xce\xb1\xce\xb2\xce\xb3", "*>5.2s", "***\xce\xb1\xce\xb2"},
  {"", "3", "   "}, {"a", "03", "a00"},
  {"a", "=3", NULL}, {"a", "+3", NULL}, {"a", "d", NULL}, {"a", ",", NULL}, {"a", "#", NULL}, {"a", ".0", ""},
};

START_TEST(strings_under_a_spec) {
  Buffer out = {0};
  const char *value = text_cases[_i].value, *spec = text_cases[_i].spec, *text = text_cases[_i].text;
  bool known = text_format_text(&out, value, strlen(value), spec, strlen(spec));
  ck_assert_msg(known == (text != NULL), "spec `%s`", spec);
  ck_assert_str_eq(buffer_text(&out), text ? text : "");
  buffer_free(&out);
} END_TEST

/* ---- a decimal comma */
START_TEST(locale_is_never_used) {
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8"};
  bool set = false;
  for (int i = 0; i < 4 && !set; i++) set = setlocale(LC_NUMERIC, names[i]) != NULL;
  Buffer out = {0};
  double back = 0;
  text_number(&out, 0.1 + 0.2, NULL);
  ck_assert_uint_eq(number_read(out.text, out.length, &back), out.length);
  ck_assert(back == 0.1 + 0.2);
  buffer_add_byte(&out, ' ');
  text_format_number(&out, 1234.5, ",.3f", 4);
  buffer_add_byte(&out, ' ');
  text_format_number(&out, 1234.5, ".2e", 3);
  setlocale(LC_NUMERIC, "C");
  ck_assert_str_eq(buffer_text(&out), "0.30000000000000004 1,234.500 1.23e+03");
  buffer_free(&out);
} END_TEST

/* ---- no memory */
static Tensor *matrix(int64_t rows, int64_t columns) {
  Tensor *tensor = tensor_new_shape(&runtime, DTYPE_FLOAT64, 2, (int64_t[]){rows, columns});
  for (int64_t i = 0; i < rows * columns; i++) ((double *)tensor_data(tensor))[i] = (double)i / 7;
  return tensor;
}

typedef bool (*Writer)(Buffer *out, const Tensor *tensor);

static bool write_text(Buffer *out, const Tensor *tensor) {
  TextOptions options;
  text_options_default(&options);
  return text_tensor(out, &runtime, tensor, &options);
}

static bool write_json(Buffer *out, const Tensor *tensor) {
  return json_write_tensor(out, &runtime, tensor);
}

/* The n-th allocation fails (and all later ones): an error, or the very text that it gives otherwise. */
static void starve(Writer write, const Tensor *tensor, bool on) {
  Buffer right = {0};
  ck_assert(write(&right, tensor));
  bool hit = true;
  for (size_t n = 1; hit; n++) {
    Buffer out = {0};
    memory_fail_at(n, on);
    bool written = write(&out, tensor);
    hit = memory_failure_hit();
    memory_fail_at(0, false);
    if (written) ck_assert_str_eq(buffer_text(&out), buffer_text(&right));
    else ck_assert_int_eq(error.kind, ERROR_MEMORY);
    error_free(&error);
    buffer_free(&out);
  }
  buffer_free(&right);
}

START_TEST(memory_may_run_out) {
  static const int64_t sizes[][2] = {{3, 4}, {1, 50}, {60, 40}, {0, 3}, {1, 1}};
  for (int i = 0; i < 5; i++) {
    Tensor *tensor = matrix(sizes[i][0], sizes[i][1]);
    starve(write_text, tensor, _i);
    starve(write_json, tensor, _i);
    Layout *flat = layout_new(&runtime, 1, &tensor->layout->size);
    Tensor *vector = tensor_window(&runtime, tensor, flat, 0);
    starve(write_text, vector, _i);
    layout_unref(flat);
    tensor_unref(vector);
    tensor_unref(tensor);
  }
} END_TEST

START_TEST(formatting_can_be_interrupted) {
  Tensor *tensor = matrix(300, 300);
  Buffer out = {0};
  interrupt_requested = 1;
  ck_assert(!write_text(&out, tensor));
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
  ck_assert(!write_json(&out, tensor));
  buffer_free(&out);
  tensor_unref(tensor);
} END_TEST

int main(void) {
  Suite *suite = suite_create("format specs");
  TCase *tests = tcase_create("specs");
  tcase_add_checked_fixture(tests, formats_set_up, formats_tear_down);
  tcase_add_loop_test(tests, numbers_under_a_spec, 0, COUNT(number_cases));
  tcase_add_test(tests, integers_keep_their_digits);
  tcase_add_loop_test(tests, strings_under_a_spec, 0, COUNT(text_cases));
  tcase_add_test(tests, locale_is_never_used);
  tcase_add_loop_test(tests, memory_may_run_out, 0, 2);
  tcase_add_test(tests, formatting_can_be_interrupted);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
