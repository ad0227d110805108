/* SPDX-License-Identifier: MIT */
/* test_format_json.c: JSON, written and read. */
#include "tests/formats.h"

START_TEST(json_tensors) {
  expect_json(make(DTYPE_FLOAT64, SHAPE(2, 2), NUMBERS(1, 0.1, 1.0 / 3, 1e-7)),
              "[[1, 0.1], [0.3333333333333333, 1e-7]]");
  expect_json(make(DTYPE_FLOAT64, SHAPE(4), NUMBERS((double)NAN, (double)INFINITY, -(double)INFINITY, -0.0)),
              "[NaN, Infinity, -Infinity, -0.0]");
  expect_json(make(DTYPE_FLOAT32, 0, NULL, NUMBERS(0.1)), "0.1");
  expect_json(make(DTYPE_BOOL, SHAPE(2), NUMBERS(1, 0)), "[true, false]");
  expect_json(make(DTYPE_UINT8, SHAPE(1, 1, 2), NUMBERS(3, 255)), "[[[3, 255]]]");
  expect_json(make(DTYPE_FLOAT64, SHAPE(2, 0), NUMBERS(0)), "[[], []]");
  expect_json(make(DTYPE_FLOAT64, SHAPE(0, (int64_t)1 << 40), NUMBERS(0)), "[]");
} END_TEST

START_TEST(json_of_many_empty_arrays) {
  Tensor *endless = make(DTYPE_FLOAT64, SHAPE(4096, (int64_t)1 << 40, 0), NUMBERS(0));
  Tensor *long_one = make(DTYPE_FLOAT64, SHAPE(1 << 20, 0), NUMBERS(0));
  Buffer out = {0};
  ck_assert(!json_write_tensor(&out, &runtime, endless));
  expect_error("the empty arrays of shape (4096, 1099511627776, 0) are too many to write as JSON");
  interrupt_requested = 1;
  ck_assert(!json_write_tensor(&out, &runtime, long_one));
  interrupt_requested = 0;
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
  error_free(&error);
  buffer_free(&out);
  tensor_unref(endless);
  tensor_unref(long_one);
} END_TEST

START_TEST(json_strings) {
  static const char text[] = "q\"\\/\n\r\t\b\f\x01\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9d\x84\x9e \xff\0";
  Buffer out = {0};
  json_write_string(&out, text, sizeof text - 1);
  ck_assert_str_eq(buffer_text(&out),
                   "\"q\\\"\\\\/\\n\\r\\t\\b\\f\\u0001\\u007f \\u00e9 \\u20ac \\ud834\\udd1e \\ufffd\\u0000\"");
  buffer_free(&out);
} END_TEST

/* The events of a text, a letter each, with numbers and strings. */
static void read_events(const char *text, size_t length, Buffer *events) {
  static const char letters[] = "!.ntf0is[]{}k";
  JsonReader reader;
  json_reader_start(&reader, &runtime, text, length);
  JsonEvent event;
  do {
    event = json_next(&reader);
    buffer_add_byte(events, letters[event]);
    if (event == JSON_NUMBER) buffer_format(events, "%g ", reader.number);
    if (event == JSON_INTEGER) buffer_format(events, "%lld ", (long long)reader.integer);
    if (event == JSON_STRING || event == JSON_KEY)
      buffer_add(events, buffer_text(&reader.string), reader.string.length);
  } while (event > JSON_DONE);
  ck_assert_int_eq(json_next(&reader), event);
  json_reader_free(&reader);
}

START_TEST(json_reading_can_be_interrupted) {
  Buffer text = {0};
  JsonReader reader;
  JsonEvent event;
  buffer_add_byte(&text, '[');
  for (int i = 0; i < 10000; i++) buffer_add_text(&text, "1,");
  buffer_add_text(&text, "1]");
  json_reader_start(&reader, &runtime, text.text, text.length);
  interrupt_requested = 1;
  while ((event = json_next(&reader)) > JSON_DONE) continue;
  interrupt_requested = 0;
  ck_assert_int_eq(event, JSON_ERROR);
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
  ck_assert_int_eq(json_next(&reader), JSON_ERROR);
  json_reader_free(&reader);
  buffer_free(&text);
} END_TEST

static const struct { const char *text, *events; } json_cases[] = {
  {"{\"w\": [[1, 2.5e1], []], \"n\":-0.5,\"z\":null}", "{kw[[01 025 ][]]kn0-0.5 kzn}."},
  {" [true , false,\r\n\tnull] ", "[tfn]."}, {"\"a\\u00e9\\ud834\\udd1e\\n\\/\"", "sa\xc3\xa9\xf0\x9d\x84\x9e\n/."},
  {"[NaN, Infinity, -Infinity]", "[0nan 0inf 0-inf ]."}, {"\xef\xbb\xbf{}", "{}."}, {"0", "00 ."}, {"1E+2", "0100 ."},
  {"\"\xce\xb1\"", "s\xce\xb1."}, {"[[],{}]", "[[]{}]."},
  {"[9007199254740993, 9007199254740992, -9007199254740993, 9223372036854775807]",
   "[i9007199254740993 09.0072e+15 i-9007199254740993 i9223372036854775807 ]."},
  {"[9223372036854775808, -9223372036854775808, 9223372036854775809, 9007199254740993.0, 18446744073709551617]",
   "[09.22337e+18 0-9.22337e+18 09.22337e+18 09.0072e+15 01.84467e+19 ]."},
};

START_TEST(json_reading) {
  Buffer events = {0};
  read_events(json_cases[_i].text, strlen(json_cases[_i].text), &events);
  ck_assert_str_eq(buffer_text(&events), json_cases[_i].events);
  buffer_free(&events);
} END_TEST

static const struct { const char *text, *message; } json_errors[] = {
  {"", "expected a value before the end in JSON at line 1, column 1"},
  {"[1,\n 2,]", "expected a value in JSON at line 2, column 4"},
  {"{\"a\":1,}", "expected a key in double quotes in JSON at line 1, column 8"},
  {"{\"a\" 1}", "expected `:` in JSON at line 1, column 6"},
  {"[1}", "expected `,` or `]` in JSON at line 1, column 3"},
  {"{\"a\":1]", "expected `,` or `}` in JSON at line 1, column 7"},
  {"1 2", "more text after the value in JSON at line 1, column 3"},
  {"[01]", "a malformed number in JSON at line 1, column 2"}, {"1.", "a malformed number in JSON at line 1, column 1"},
  {"-", "a malformed number in JSON at line 1, column 1"}, {"1e", "a malformed number in JSON at line 1, column 1"},
  {".5", "expected a value in JSON at line 1, column 1"}, {"nul", "expected a value in JSON at line 1, column 1"},
  {"\"\xce\xb1", "a string that is never closed in JSON at line 1, column 1"},
  {"\"\\", "unknown escape in JSON at line 1, column 3"}, {"\"\\x\"", "unknown escape in JSON at line 1, column 3"},
  {"\"\\u12g4\"", "expected four hexadecimal digits in JSON at line 1, column 6"},
  {"\"\\ud800\"", "half of a surrogate pair in JSON at line 1, column 8"},
  {"\"\\udc00\"", "half of a surrogate pair in JSON at line 1, column 8"},
  {"\"\xce\xb1\n\"", "a control character in a string in JSON at line 1, column 3"},
  {"\"\xff\"", "a byte that is not UTF-8 in JSON at line 1, column 2"},
};

START_TEST(json_mistakes) {
  Buffer events = {0};
  read_events(json_errors[_i].text, strlen(json_errors[_i].text), &events);
  ck_assert_int_eq(events.text[events.length - 1], '!');
  expect_error(json_errors[_i].message);
  buffer_free(&events);
} END_TEST

START_TEST(json_depth_is_limited) {
  enum { DEEP = 2001 };
  char text[DEEP * 2];
  Buffer events = {0};
  memset(text, '[', DEEP);
  memset(text + DEEP, ']', DEEP);
  read_events(text + DEEP - JSON_DEPTH, (size_t)2 * JSON_DEPTH, &events);
  ck_assert_uint_eq(events.length, 2 * JSON_DEPTH + 1);
  read_events(text, sizeof text, &events);
  expect_error("nested too deeply in JSON at line 1, column 1001");
  buffer_free(&events);
} END_TEST

START_TEST(json_text_may_hold_nul) {
  Buffer events = {0};
  read_events("1\0", 2, &events);
  expect_error("more text after the value in JSON at line 1, column 2");
  buffer_clear(&events);
  read_events("\"\\u0000\"", 8, &events);
  ck_assert_uint_eq(events.length, 3);
  buffer_free(&events);
} END_TEST

START_TEST(json_without_memory) {
  static const char text[] = "[\"a string that needs memory of its own, and some more of it to grow again and again\"]";
  for (size_t n = 1; n < 4; n++) {
    JsonReader reader;
    json_reader_start(&reader, &runtime, text, sizeof text - 1);
    ck_assert_int_eq(json_next(&reader), JSON_ARRAY);
    memory_fail_at(n, _i);
    JsonEvent event = json_next(&reader);
    memory_fail_at(0, false);
    ck_assert(event == JSON_ERROR || reader.string.length == sizeof text - 5);
    ck_assert_int_eq(error.kind, event == JSON_ERROR ? ERROR_MEMORY : ERROR_NONE);
    error_free(&error);
    json_reader_free(&reader);
  }
} END_TEST

static void add_json(TCase *tests) {
  tcase_add_test(tests, json_tensors);
  tcase_add_test(tests, json_strings);
  ADD_CASES(tests, json_reading, json_cases);
  ADD_CASES(tests, json_mistakes, json_errors);
  tcase_add_test(tests, json_depth_is_limited);
  tcase_add_test(tests, json_of_many_empty_arrays);
  tcase_add_test(tests, json_reading_can_be_interrupted);
  tcase_add_test(tests, json_text_may_hold_nul);
  tcase_add_loop_test(tests, json_without_memory, 0, 2);
}

int main(void) {
  Suite *suite = suite_create("JSON");
  TCase *tests = tcase_create("json");
  tcase_add_checked_fixture(tests, formats_set_up, formats_tear_down);
  add_json(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
