/* SPDX-License-Identifier: MIT */
/* test_format_data.c: NPY and CSV. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/format/csv.h"
#include "runtime/format/npy.h"
#include "tests/formats.h"

/* ---- NPY */
/* A file with this header (padded) and numbers. */
static Buffer npy_file(int version, const char *header, const void *numbers, size_t length) {
  Buffer file = {0};
  size_t size = strlen(header);
  buffer_add(&file, "\x93NUMPY", 6);
  buffer_add_byte(&file, (char)version);
  buffer_add_byte(&file, 0);
  for (int i = 0; i < (version == 1 ? 2 : 4); i++) buffer_add_byte(&file, (char)(size >> (8 * i)));
  buffer_add_text(&file, header);
  buffer_add(&file, numbers, length);
  return file;
}

static Tensor *read_npy(int version, const char *header, const void *numbers, size_t length) {
  Buffer file = npy_file(version, header, numbers, length);
  Tensor *tensor = npy_read(&runtime, "x.npy", file.text, file.length);
  buffer_free(&file);
  return tensor;
}

#define HEADER(type, fortran, shape) "{'descr': '" type "', 'fortran_order': " fortran ", 'shape': " shape ", }  \n"

static const struct { const char *header, *numbers; size_t length; DType dtype; const char *json; } npy_cases[] = {
  {HEADER("<f8", "False", "(2,)"), "\0\0\0\0\0\0\xf8\x3f\0\0\0\0\0\0\0\xc0", 16, DTYPE_FLOAT64, "[1.5, -2]"},
  {HEADER(">f8", "False", "(1,)"), "\x3f\xf8\0\0\0\0\0\0", 8, DTYPE_FLOAT64, "[1.5]"},
  {HEADER("<f4", "False", "()"), "\xcd\xcc\xcc\x3d", 4, DTYPE_FLOAT32, "0.1"},
  {HEADER(">f4", "False", "()"), "\x3d\xcc\xcc\xcd", 4, DTYPE_FLOAT32, "0.1"},
  {HEADER("<f2", "False", "(5,)"), "\0\x3c\0\xc0\1\0\0\x7c\xff\x7b", 10, DTYPE_FLOAT32,
   "[1, -2, 5.9604645e-8, Infinity, 65504]"},
  {HEADER("|b1", "False", "(3,)"), "\0\1\2", 3, DTYPE_BOOL, "[false, true, true]"},
  {HEADER("|i1", "False", "(2,)"), "\xff\x7f", 2, DTYPE_INT32, "[-1, 127]"},
  {HEADER("|u1", "False", "(2,)"), "\xff\x7f", 2, DTYPE_UINT8, "[255, 127]"},
  {HEADER("<i2", "False", "(2,)"), "\xfe\xff\0\1", 4, DTYPE_INT32, "[-2, 256]"},
  {HEADER(">u2", "False", "(2,)"), "\xff\xfe\0\1", 4, DTYPE_INT32, "[65534, 1]"},
  {HEADER("<i4", "True", "(2, 2)"), "\1\0\0\0\2\0\0\0\3\0\0\0\xfc\xff\xff\xff", 16, DTYPE_INT32, "[[1, 3], [2, -4]]"},
  {HEADER("<u4", "False", "(1,)"), "\xff\xff\xff\xff", 4, DTYPE_INT64, "[4294967295]"},
  {HEADER("<i8", "False", "(1,)"), "\0\0\0\0\0\0\0\x80", 8, DTYPE_INT64, "[-9223372036854775808]"},
  {HEADER(">u8", "False", "(1,)"), "\x7f\xff\xff\xff\xff\xff\xff\xff", 8, DTYPE_INT64, "[9223372036854775807]"},
  {HEADER("<f8", "False", "(0, 3)"), "", 0, DTYPE_FLOAT64, "[]"},
  {"{'shape':(1L,),\"fortran_order\":False,'descr':\"|u1\"}", "\7", 1, DTYPE_UINT8, "[7]"},
  {HEADER("|u1", "True", "(2, 1, 3)"), "\1\2\3\4\5\6", 6, DTYPE_UINT8, "[[[1, 3, 5]], [[2, 4, 6]]]"},
};

START_TEST(npy_reading) {
  for (int version = 1; version <= 3; version++) {
    Tensor *tensor = read_npy(version, npy_cases[_i].header, npy_cases[_i].numbers, npy_cases[_i].length);
    ck_assert_msg(tensor != NULL, "%s", buffer_text(&error.message));
    ck_assert_int_eq(tensor->dtype, (int)npy_cases[_i].dtype);
    ck_assert_int_eq(runtime.warning.count, 0);
    expect_json(tensor, npy_cases[_i].json);
  }
} END_TEST

static const struct { const char *header, *problem; } npy_errors[] = {
  {HEADER("|O", "False", "(1,)"), "object arrays are not supported"},
  {HEADER("<c16", "False", "(1,)"), "complex numbers are not supported"},
  {HEADER("<U3", "False", "(1,)"), "arrays of strings are not supported"},
  {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "structured arrays are not supported"},
  {HEADER("<M8[s]", "False", "(1,)"), "arrays of times are not supported"},
  {HEADER("<f3", "False", "(1,)"), "its type of elements is not supported"},
  {HEADER("", "False", "(1,)"), "its type of elements is not supported"},
  {HEADER("<f8", "False", "(-5,)"), "its shape is malformed"},
  {HEADER("<f8", "False", "(1)"), "its shape is malformed"},
  {HEADER("<f8", "False", "(1 2)"), "its shape is malformed"},
  {HEADER("<f8", "False", "(1.5,)"), "its shape is malformed"},
  {HEADER("<f8", "False", "1"), "its header is malformed"}, {HEADER("<f8", "0", "(1,)"), "its header is malformed"},
  {HEADER("<f8", "False", "(9999999999999999999,)"), "its shape is too large"},
  {HEADER("<f8", "False", "(4294967296, 4294967296)"),
   "it ends after 8 bytes of the numbers of shape (4294967296, 4294967296)"},
  {HEADER("<f8", "False", "(2,)"), "it ends after 8 bytes of the numbers of shape (2,)"},
  {HEADER("<f8", "False", "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)"),
   "it has more than 32 axes"},
  {HEADER(">u8", "False", "(1,)"), "18446744073709551615 does not fit in int64"},
  {"{}", "its header is malformed"}, {"", "its header is malformed"}, {"{'descr': '<f8'", "its header is malformed"},
  {"{'descr': '<f8', 'descr': '<f8', 'shape': (1,)}", "its header is malformed"},
  {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", "its header is malformed"},
  {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} + {}", "its header is malformed"},
  {"{'descr': '\\x3cf8', 'fortran_order': False, 'shape': (1,)}", "its header is malformed"},
  {"__import__('os').system('true')", "its header is malformed"},
};

START_TEST(npy_mistakes) {
  char message[200];
  Tensor *tensor = read_npy(1, npy_errors[_i].header, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  ck_assert_ptr_null(tensor);
  snprintf(message, sizeof message, "cannot read `x.npy`: %s", npy_errors[_i].problem);
  expect_error(message);
} END_TEST

START_TEST(npy_scalars_and_texts) {
  ck_assert_ptr_null(read_npy(1, HEADER("<f8", "False", "()"), "12345", 5));
  expect_error("cannot read `x.npy`: it ends after 5 bytes of a scalar");
  ck_assert_ptr_null(npy_read(&runtime, "x.csv", "a,b\n1,2\n", 8));
  ck_assert_str_eq(buffer_text(&error.hint), "numbers that are written as text are read by `loadtxt`");
  expect_error("cannot read `x.csv`: it is not an NPY file");
  ck_assert_ptr_null(npy_read(&runtime, "x.png", "\x89PNG\0\0\0\0", 8));
  ck_assert_str_eq(buffer_text(&error.hint), "");
  expect_error("cannot read `x.png`: it is not an NPY file");
} END_TEST

/* Every prefix of a good file is refused, every changed byte is refused or read without harm. */
START_TEST(npy_damage) {
  Buffer file = npy_file(1, HEADER("<i4", "True", "(2, 3)"), "abcdefghijklmnopqrstuvwx", 24);
  for (size_t length = 0; length < file.length; length++) {
    ck_assert_ptr_null(npy_read(&runtime, "x", file.text, length));
    error_free(&error);
  }
  for (size_t i = 0; i < file.length - 24; i++) {
    char right = file.text[i];
    for (int byte = 0; byte < 256; byte++) {
      file.text[i] = (char)byte;
      tensor_unref(npy_read(&runtime, "x", file.text, file.length));
      error_free(&error);
    }
    file.text[i] = right;
  }
  buffer_free(&file);
} END_TEST

START_TEST(npy_trailing_bytes_are_told) {
  expect_json(read_npy(1, HEADER("|u1", "False", "(2,)"), "\1\2\3", 3), "[1, 2]");
  ck_assert_int_eq(runtime.warning.count, 1);
  ck_assert_str_eq(runtime.warning.text, "bytes after the numbers are ignored: 1");
} END_TEST

START_TEST(npy_writing) {
  static const char header[] = "\x93NUMPY\1\0v\0{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }";
  Tensor *tensor = make(DTYPE_INT32, SHAPE(2, 2), NUMBERS(1, 2, 3, -4));
  Layout *layout = layout_new_strided(&runtime, 2, (int64_t[]){2, 2}, (int64_t[]){1, 2});
  Tensor *turned = tensor_window(&runtime, tensor, layout, 0);
  Buffer out = {0};
  ck_assert(npy_write(&runtime, &out, turned));
  ck_assert_uint_eq(out.length, 128 + 16);
  ck_assert_int_eq(memcmp(out.text, header, sizeof header - 1), 0);
  ck_assert_int_eq(out.text[127], '\n');
  ck_assert_int_eq(memcmp(out.text + 128, "\1\0\0\0\3\0\0\0\2\0\0\0\xfc\xff\xff\xff", 16), 0);
  expect_json(npy_read(&runtime, "x", out.text, out.length), "[[1, 3], [2, -4]]");
  layout_unref(layout);
  tensor_unref(turned);
  tensor_unref(tensor);
  buffer_free(&out);
} END_TEST

START_TEST(npy_round_trips) {
  for (int dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    Tensor *tensors[] = {make((DType)dtype, SHAPE(3), NUMBERS(0, 1, 2)), make((DType)dtype, 0, NULL, NUMBERS(1)),
                         make((DType)dtype, SHAPE(2, 0), NUMBERS(0)),
                         make((DType)dtype, SHAPE(1, 2, 1), NUMBERS(1, 0))};
    for (int i = 0; i < 4; i++) {
      Buffer out = {0}, json = {0};
      ck_assert(npy_write(&runtime, &out, tensors[i]) && json_write_tensor(&json, &runtime, tensors[i]));
      Tensor *back = npy_read(&runtime, "x", out.text, out.length);
      ck_assert(back && back->dtype == dtype && layout_same_shape(back->layout, tensors[i]->layout));
      expect_json(back, buffer_text(&json));
      buffer_free(&out);
      buffer_free(&json);
      tensor_unref(tensors[i]);
    }
  }
} END_TEST

/* ---- CSV */
static Tensor *read_csv(const char *text, char delimiter, int64_t skip) {
  CsvOptions options = {.delimiter = delimiter, .skip_header = skip};
  return csv_read(&runtime, "d.csv", text, strlen(text), &options);
}

static const struct { const char *text; char delimiter; int64_t skip; const char *json; } csv_cases[] = {
  {"a,b\n1,2\n3.5,-4e-3\n", ',', 1, "[[1, 2], [3.5, -0.004]]"}, {"0\n1\n2\n", ',', 0, "[0, 1, 2]"},
  {"1,2,3", ',', 0, "[1, 2, 3]"}, {"5\n", ',', 0, "5"}, {"", ',', 0, "[]"}, {"# only a comment\n\n", ',', 0, "[]"},
  {"\xef\xbb\xbf" "1;2\r\n3;4\r\n", ';', 0, "[[1, 2], [3, 4]]"}, {"1\t2\r3\t4", '\t', 0, "[[1, 2], [3, 4]]"},
  {" 1  2 \n\t3\t 4\n", ' ', 0, "[[1, 2], [3, 4]]"}, {"1 , 2 # two\n  \n3 ,4", ',', 0, "[[1, 2], [3, 4]]"},
  {"1,,3\n,,\n", ',', 0, "[[1, NaN, 3], [NaN, NaN, NaN]]"}, {"1,\n", ',', 0, "[1, NaN]"},
  {"\"1.5\",\"\"\n\" -2 \" , 3\n", ',', 0, "[[1.5, NaN], [-2, 3]]"},
  {"nan,-Inf,INFINITY", ',', 0, "[NaN, -Infinity, Infinity]"},
  {"1\n", ',', 5, "[]"}, {"\t\t", '\t', 0, "[NaN, NaN, NaN]"}, {"0.1,1e400,-1e-400", ',', 0, "[0.1, Infinity, -0.0]"},
};

START_TEST(csv_reading) {
  expect_json(read_csv(csv_cases[_i].text, csv_cases[_i].delimiter, csv_cases[_i].skip), csv_cases[_i].json);
} END_TEST

static const struct { const char *text, *problem; } csv_errors[] = {
  {"1,2\n3,abc\n", "line 2, column 2: `abc` is not a number"},
  {"1,2\n\n# c\n3\n", "line 4, column 1: the row has 1 number, but line 1 has 2"},
  {"1,2\n3,4,5", "line 2, column 3: the row has 3 numbers, but line 1 has 2"},
  {"1 2", "line 1, column 1: `1 2` is not a number"},
  {"1,\"2", "line 1, column 2: a quote is never closed"}, {"\"1\"2", "line 1, column 1: `\\\"1\\\"2` is not a number"},
  {"\"a\"", "line 1, column 1: `\\\"a\\\"` is not a number"}, {"1e", "line 1, column 1: `1e` is not a number"},
  {"0x10", "line 1, column 1: `0x10` is not a number"}, {"1_000", "line 1, column 1: `1_000` is not a number"},
  {"nano", "line 1, column 1: `nano` is not a number"}, {"\x1b[31m", "line 1, column 1: `\\u{1b}[31m` is not a number"},
  {"\xff\xfe" "1", "it is UTF-16 text, not UTF-8"},
};

START_TEST(csv_mistakes) {
  char message[200];
  ck_assert_ptr_null(read_csv(csv_errors[_i].text, ',', 0));
  snprintf(message, sizeof message, "cannot read `d.csv`: %s", csv_errors[_i].problem);
  expect_error(message);
} END_TEST

#define OTHER "the numbers stand apart by another delimiter: write `delimiter="
static const struct { const char *text; char delimiter; const char *hint; } csv_hints[] = {
  {"1;2\n3;4", ',', OTHER "\";\"`"}, {"1\t2\n", ',', OTHER "\"\\t\"`"}, {"1 2 # two\n", ',', OTHER "\" \"`"},
  {"1, 2\n", ';', OTHER "\",\"`"}, {"1;-2.5e3;\n", ' ', OTHER "\";\"`"},
  {"a;b\n1;2\n", ',', "to leave out a heading, write `skip_header=1`"},
  {"abc\n", ' ', ""}, {"true,false\n\n# end\n", ',', ""}, {"1,5;2,5\n", ',', ""}, {"1,2\n3;4\n", ',', ""},
};

START_TEST(csv_mistakes_have_hints) {
  ck_assert_ptr_null(read_csv(csv_hints[_i].text, csv_hints[_i].delimiter, 0));
  ck_assert_str_eq(buffer_text(&error.hint), csv_hints[_i].hint);
  error_free(&error);
} END_TEST

START_TEST(csv_delimiters_are_no_part_of_numbers) {
  static const char reserved[] = "1+-.e#\"\n";
  for (const char *c = reserved; *c; c++) {
    ck_assert_ptr_null(read_csv("1", *c, 0));
    expect_error("a delimiter is a mark such as `,`, `;`, a tab or a space");
  }
  CsvOptions options = {.delimiter = ','};
  ck_assert_ptr_null(csv_read(&runtime, "d.csv", "1,\0", 3, &options));
  expect_error("cannot read `d.csv`: line 1, column 2: `\\u{0}` is not a number");
} END_TEST

START_TEST(csv_long_fields_are_cut) {
  char text[5000];
  memset(text, 'x', sizeof text);
  CsvOptions options = {.delimiter = ','};
  ck_assert_ptr_null(csv_read(&runtime, "d.csv", text, sizeof text, &options));
  ck_assert_uint_lt(error.message.length, 120);
  error_free(&error);
} END_TEST

static void expect_csv(Tensor *tensor, const char *expected) {
  Buffer out = {0};
  ck_assert(csv_write(&runtime, &out, tensor, ','));
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
  tensor_unref(tensor);
}

START_TEST(csv_writing) {
  expect_csv(make(DTYPE_FLOAT64, SHAPE(2, 2), NUMBERS(0.1, 1.0 / 3, 1e-300, -5)),
             "0.1,0.3333333333333333\n1e-300,-5\n");
  expect_csv(make(DTYPE_FLOAT64, SHAPE(3), NUMBERS(1, (double)NAN, -(double)INFINITY)), "1\nnan\n-inf\n");
  expect_csv(make(DTYPE_FLOAT32, 0, NULL, NUMBERS(0.1)), "0.1\n");
  expect_csv(make(DTYPE_BOOL, SHAPE(1, 2), NUMBERS(1, 0)), "1,0\n");
  expect_csv(make(DTYPE_FLOAT64, SHAPE(0, 2), NUMBERS(0)), "");
  Tensor *cube = make(DTYPE_FLOAT64, SHAPE(1, 1, 1), NUMBERS(0));
  Buffer out = {0};
  ck_assert(!csv_write(&runtime, &out, cube, ','));
  ck_assert_int_eq(error.kind, ERROR_SHAPE);
  buffer_free(&out);
  tensor_unref(cube);
} END_TEST

/* ---- no memory, Ctrl-C */
START_TEST(memory_may_run_out) {
  Buffer file = npy_file(1, HEADER(">i4", "True", "(2, 3)"), "abcdefghijklmnopqrstuvwx", 24);
  bool hit = true;
  for (size_t n = 1; hit; n++) {
    memory_fail_at(n, _i);
    Tensor *tensor = npy_read(&runtime, "x", file.text, file.length), *table = read_csv("1,2\n3,4\n5,6\n", ',', 0);
    Buffer out = {0}, events = {0};
    bool written = tensor && npy_write(&runtime, &out, tensor);
    hit = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert(hit || (tensor && table && written));
    if (!tensor || !table || !written) ck_assert_int_eq(error.kind, ERROR_MEMORY);
    error_free(&error);
    tensor_unref(tensor);
    tensor_unref(table);
    buffer_free(&out);
    buffer_free(&events);
  }
  buffer_free(&file);
} END_TEST

START_TEST(reading_can_be_interrupted) {
  Buffer text = {0};
  for (int i = 0; i < 10000; i++) buffer_add_text(&text, "1\n");
  interrupt_requested = 1;
  ck_assert_ptr_null(read_csv(text.text, ',', 0));
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
  buffer_free(&text);
} END_TEST

/* Neither its lines nor their fields are many. */
START_TEST(reading_a_square_table_can_be_interrupted) {
  Buffer text = {0};
  for (int i = 0; i < 100 * 100; i++) buffer_add_text(&text, i % 100 == 99 ? "1\n" : "1,");
  interrupt_requested = 1;
  ck_assert_ptr_null(read_csv(text.text, ',', 0));
  ck_assert_int_eq(error.kind, ERROR_INTERRUPT);
  buffer_free(&text);
} END_TEST

static void add_tables(TCase *tests) {
  ADD_CASES(tests, npy_reading, npy_cases);
  ADD_CASES(tests, npy_mistakes, npy_errors);
  tcase_add_test(tests, npy_scalars_and_texts);
  tcase_add_test(tests, npy_damage);
  tcase_add_test(tests, npy_trailing_bytes_are_told);
  tcase_add_test(tests, npy_writing);
  tcase_add_test(tests, npy_round_trips);
  ADD_CASES(tests, csv_reading, csv_cases);
  ADD_CASES(tests, csv_mistakes, csv_errors);
  ADD_CASES(tests, csv_mistakes_have_hints, csv_hints);
  tcase_add_test(tests, csv_delimiters_are_no_part_of_numbers);
  tcase_add_test(tests, csv_long_fields_are_cut);
  tcase_add_test(tests, csv_writing);
  tcase_add_loop_test(tests, memory_may_run_out, 0, 2);
  tcase_add_test(tests, reading_can_be_interrupted);
  tcase_add_test(tests, reading_a_square_table_can_be_interrupted);
}

int main(void) {
  Suite *suite = suite_create("data formats");
  TCase *tests = tcase_create("data");
  tcase_add_checked_fixture(tests, formats_set_up, formats_tear_down);
  add_tables(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
