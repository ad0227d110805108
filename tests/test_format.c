/* SPDX-License-Identifier: MIT */
/* test_format.c: tensors as text. */
#include "runtime/format/text.h"
#include "tests/formats.h"

static TextOptions options;

static void set_up(void) {
  formats_set_up();
  text_options_default(&options);
}

/* 0, 1, 2, ... */
static Tensor *count_up(DType dtype, int ndim, const int64_t *shape) {
  Tensor *tensor = tensor_new_shape(&runtime, DTYPE_FLOAT64, ndim, shape);
  for (int64_t i = 0; i < tensor_size(tensor); i++) ((double *)tensor_data(tensor))[i] = (double)i;
  Tensor *result = tensor_cast(&runtime, tensor, dtype);
  tensor_unref(tensor);
  return result;
}

static void expect_tensor(Tensor *tensor, const char *expected) {
  Buffer out = {0};
  ck_assert(text_tensor(&out, &runtime, tensor, &options));
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
  tensor_unref(tensor);
}

#define EXPECT(shape, numbers, expected) expect_tensor(make(DTYPE_FLOAT64, shape, numbers), expected)

/* ---- vectors */
START_TEST(vectors) {
  EXPECT(SHAPE(3), NUMBERS(1, 2, 3), "[1, 2, 3]");
  EXPECT(SHAPE(3), NUMBERS(1.5, 2.25, 3), "[1.5, 2.25, 3]");
  EXPECT(SHAPE(2), NUMBERS(1.0 / 3, 100000), "[0.333333, 100000]");
  EXPECT(SHAPE(2), NUMBERS(1e10, 0.5), "[10000000000, 0.5]");
  EXPECT(SHAPE(3), NUMBERS(1, (double)NAN, (double)INFINITY), "[1, nan, inf]");
  EXPECT(SHAPE(2), NUMBERS(100000.5, 1), "[100000.5, 1]");
  EXPECT(SHAPE(2), NUMBERS(1e-8, 2e-8), "[1e-8, 2e-8]");
  EXPECT(SHAPE(2), NUMBERS(-0.0, 0), "[-0, 0]");
  EXPECT(SHAPE(3), NUMBERS(0.99999999, 1e15, 1e16), "[0.99999999, 1000000000000000, 1e16]");
  EXPECT(SHAPE(1), NUMBERS(1.0 / 3), "[0.3333333333333333]");
  EXPECT(SHAPE(1, 1), NUMBERS(1.0 / 3), "[[0.3333333333333333]]");
} END_TEST

START_TEST(other_types) {
  expect_tensor(make(DTYPE_FLOAT32, 0, NULL, NUMBERS(0.1)), "0.1");
  expect_tensor(make(DTYPE_FLOAT32, SHAPE(2), NUMBERS(0.1, 16777216)), "[0.1, 16777216]");
  expect_tensor(make(DTYPE_BOOL, SHAPE(2), NUMBERS(1, 0)), "[true, false]");
  expect_tensor(make(DTYPE_BOOL, SHAPE(2, 2), NUMBERS(1, 0, 0, 1)), "[[ true, false],\n [false,  true]]");
  expect_tensor(make(DTYPE_BOOL, 0, NULL, NUMBERS(1)), "true");
  Tensor *large = count_up(DTYPE_INT64, SHAPE(2));
  ((int64_t *)tensor_data(large))[0] = INT64_MAX;
  expect_tensor(large, "[9223372036854775807, 1]");
} END_TEST

START_TEST(empty_tensors) {
  EXPECT(SHAPE(0), NUMBERS(0), "[]");
  EXPECT(SHAPE(0, 3), NUMBERS(0), "zeros((0, 3))");
  EXPECT(SHAPE(2, 0, 3), NUMBERS(0), "zeros((2, 0, 3))");
} END_TEST

START_TEST(long_vectors_wrap_into_columns) {
  options.line_width = 30;
  expect_tensor(count_up(DTYPE_FLOAT64, SHAPE(12)), "[ 0,  1,  2,  3,  4,  5,  6,\n  7,  8,  9, 10, 11]");
  expect_tensor(count_up(DTYPE_FLOAT64, SHAPE(10)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]");
} END_TEST

START_TEST(large_vectors_are_summarised) {
  Tensor *tensor = count_up(DTYPE_FLOAT64, SHAPE(2000));
  double *numbers = tensor_data(tensor);
  for (int i = 0; i < 2000; i++) numbers[i] = (double)((i * 7919) % 1999) / 1999 + 0.000001;
  numbers[1000] = numbers[1001] = numbers[1002] = (double)NAN;
  numbers[1003] = -(double)INFINITY;
  expect_tensor(tensor, "[1e-6, 0.961482, 0.922962, 0.884443, ..., 0.115559, 0.0770395, 0.0385203, 1e-6]\n"
                        "# shape (2000,): min 1e-6 max 0.999501 mean 0.499654; 3 nan, 1 inf");
  options.threshold = 5;
  expect_tensor(count_up(DTYPE_INT32, SHAPE(8)), "[0, 1, 2, ..., 5, 6, 7]\n# shape (8,): min 0 max 7 mean 3.5");
  options.full = true;
  expect_tensor(count_up(DTYPE_INT32, SHAPE(8)), "[0, 1, 2, 3, 4, 5, 6, 7]");
} END_TEST

START_TEST(statistics_of_extremes) {
  options.threshold = 1;
  options.line_width = 0;
  EXPECT(SHAPE(2), NUMBERS((double)NAN, (double)NAN), "[nan, nan]");
  EXPECT(SHAPE(7), NUMBERS(1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308),
         "[1e308, 1e308, 1e308, ..., 1e308, 1e308, 1e308]\n# shape (7,): min 1e308 max 1e308 mean 1e308");
  Tensor *tensor = make(DTYPE_FLOAT64, SHAPE(7), NUMBERS(0, 0, 0, 0, 0, 0, 0));
  for (int i = 0; i < 7; i++) ((double *)tensor_data(tensor))[i] = (double)NAN;
  expect_tensor(tensor, "[nan, nan, nan, ..., nan, nan, nan]\n# shape (7,): 7 nan");
  expect_tensor(make(DTYPE_BOOL, SHAPE(7), NUMBERS(1, 1, 0, 0, 1, 0, 0)),
                "[true, true, false, ..., true, false, false]\n# shape (7,): 3 true");
} END_TEST

/* ---- matrices */
START_TEST(matrices) {
  EXPECT(SHAPE(2, 2), NUMBERS(1, 2.5, 3, 4), "[[1, 2.5],\n [3, 4.0]]");
  EXPECT(SHAPE(2, 3), NUMBERS(1, 2, 3, 4, 5, -60), "[[1, 2,   3],\n [4, 5, -60]]");
  EXPECT(SHAPE(2, 5),
         NUMBERS(3.74, 5162, 13683628846.64, 12783387559.86, 1.81, 9.55, 116, 189688622.37, 260332262, 1.97),
         "[[3.74, 5162, 13683628846.6, 12783387559.9, 1.81],\n [9.55,  116,   189688622.4,   260332262.0, 1.97]]");
  EXPECT(SHAPE(2, 3), NUMBERS(0.849812, 0.401341, 0.441341, 0.621931, 0.412851, 0.0972612),
         "[[0.84981, 0.40134, 0.44134],\n [0.62193, 0.41285, 0.09726]]");
  EXPECT(SHAPE(2, 3), NUMBERS(1, (double)NAN, -(double)INFINITY, 1e-9, 0.5, 2),
         "[[1.000000000, nan, -inf],\n [0.000000001, 0.5,    2]]");
  EXPECT(SHAPE(2, 2), NUMBERS(1e-12, 1, 2e20, 0.25), "[[1e-12, 1.00],\n [2e+20, 0.25]]");
  EXPECT(SHAPE(2, 1), NUMBERS(1e-12, 2.25e20), "[[1.00e-12],\n [2.25e+20]]");
  EXPECT(SHAPE(2, 1), NUMBERS(1e100, 0), "[[1e+100],\n [ 0e+00]]");
  EXPECT(SHAPE(1, 3), NUMBERS(1e16, 1, 1e15), "[[1e+16, 1, 1000000000000000]]");
  EXPECT(SHAPE(2, 1), NUMBERS(-0.0, 0.125), "[[-0.000],\n [ 0.125]]");
} END_TEST

START_TEST(precision_of_tensors) {
  options.precision = 17;
  EXPECT(SHAPE(2), NUMBERS(1.0 / 3, 2.0 / 3), "[0.3333333333333333, 0.6666666666666666]");
  EXPECT(SHAPE(2, 2), NUMBERS(1.0 / 3, 12.1, 2.0 / 3, 0.1),
         "[[0.3333333333333333, 12.1],\n [0.6666666666666666,  0.1]]");
  options.precision = 3;
  EXPECT(SHAPE(2), NUMBERS(1.0 / 3, 2.0 / 3), "[0.333, 0.667]");
  EXPECT(SHAPE(1), NUMBERS(1.0 / 3), "[0.3333333333333333]");
  options.precision = 1000;
  EXPECT(SHAPE(2), NUMBERS(0.1, 0.2), "[0.1, 0.2]");
} END_TEST

START_TEST(suppressed_exponents) {
  options.suppress = true;
  EXPECT(SHAPE(3), NUMBERS(1e-12, 1.0 / 3, 1e20), "[0.0, 0.333333, 100000000000000000000]");
  EXPECT(SHAPE(2, 2), NUMBERS(1e-12, 1e20, 0.5, 1),
         "[[0.000000, 100000000000000000000],\n [0.500000,                     1]]");
} END_TEST

START_TEST(windows_are_shown_as_they_are_seen) {
  Tensor *tensor = count_up(DTYPE_FLOAT64, SHAPE(2, 3));
  Layout *layout = layout_new_strided(&runtime, 2, (int64_t[]){3, 2}, (int64_t[]){1, 3});
  expect_tensor(tensor_window(&runtime, tensor, layout, 0), "[[0, 3],\n [1, 4],\n [2, 5]]");
  layout_unref(layout);
  tensor_unref(tensor);
} END_TEST

START_TEST(wide_matrices_lose_columns) {
  options.line_width = 40;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(2, 20)), "[[ 0,  1,  2,  3, ..., 16, 17, 18, 19],\n"
                                                     " [20, 21, 22, 23, ..., 36, 37, 38, 39]]\n"
                                                     "# shape (2, 20): min 0 max 39 mean 19.5");
} END_TEST

START_TEST(tall_matrices_lose_rows) {
  static const char cut[] = "[[ 0],\n [ 1],\n [ 2],\n ...,\n [17],\n [18],\n [19]]\n"
                            "# shape (20, 1): min 0 max 19 mean 9.5";
  options.max_rows = 8;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(20, 1)), cut);
  options.max_rows = 0;
  options.threshold = 19;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(20, 1)), cut);
  options.threshold = 11;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(2, 7)), "[[0, 1, 2, ...,  4,  5,  6],\n [7, 8, 9, ..., 11, 12, 13]]\n"
                                                    "# shape (2, 7): min 0 max 13 mean 6.5");
} END_TEST

START_TEST(prompts_summarise_what_is_long) {
  options.max_rows = 20;
  options.line_width = 20;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(100)), "[0, 1, 2, ..., 97, 98, 99]\n"
                                                   "# shape (100,): min 0 max 99 mean 49.5");
  expect_tensor(count_up(DTYPE_INT64, SHAPE(8)), "[0, 1, 2, 3, 4, 5,\n 6, 7]");
} END_TEST

START_TEST(no_more_blocks_than_lines) {
  options.max_rows = 8;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(3, 2, 1)), "# [0, :, :]\n[[[0],\n  [1]],\n# [1, :, :]\n [[2],\n  [3]],\n ...]\n"
                                                       "# shape (3, 2, 1): min 0 max 5 mean 2.5");
  options.max_rows = 12;
  expect_tensor(count_up(DTYPE_INT64, SHAPE(2, 20, 1)), "# [0, :, :]\n[[[ 0],\n  [ 1],\n  [ 2],\n  [ 3],\n  ...,\n  [16],\n"
                                                        "  [17],\n  [18],\n  [19]],\n ...]\n"
                                                        "# shape (2, 20, 1): min 0 max 39 mean 19.5");
} END_TEST

/* ---- higher rank */
START_TEST(blocks_have_their_index_above_them) {
  expect_tensor(count_up(DTYPE_INT64, SHAPE(2, 2, 2)), "# [0, :, :]\n[[[0, 1],\n  [2, 3]],\n"
                                                       "# [1, :, :]\n [[4, 5],\n  [6, 7]]]");
  expect_tensor(count_up(DTYPE_INT64, SHAPE(2, 2, 1, 1)), "# [0, 0, :, :]\n[[[[0]],\n# [0, 1, :, :]\n  [[1]]],\n"
                                                          "# [1, 0, :, :]\n [[[2]],\n# [1, 1, :, :]\n  [[3]]]]");
} END_TEST

START_TEST(many_blocks_are_cut) {
  expect_tensor(count_up(DTYPE_INT64, SHAPE(5, 1, 1)),
                "# [0, :, :]\n[[[0]],\n# [1, :, :]\n [[1]],\n# [2, :, :]\n [[2]],\n# [3, :, :]\n [[3]],\n ...]\n"
                "# shape (5, 1, 1): min 0 max 4 mean 2");
  options.full = true;
  Tensor *tensor = count_up(DTYPE_INT64, SHAPE(5, 1, 1));
  Buffer out = {0};
  ck_assert(text_tensor(&out, &runtime, tensor, &options));
  ck_assert_ptr_nonnull(strstr(out.text, "# [4, :, :]\n [[4]]]"));
  buffer_free(&out);
  tensor_unref(tensor);
} END_TEST

START_TEST(high_ranks_have_statistics_only) {
  expect_tensor(count_up(DTYPE_INT64, SHAPE(2, 1, 1, 1, 1, 1, 2)),
                "# shape (2, 1, 1, 1, 1, 1, 2): min 0 max 3 mean 1.5");
  expect_tensor(count_up(DTYPE_BOOL, SHAPE(1, 1001, 1000)), "# shape (1, 1001, 1000): 1000999 true");
} END_TEST

static void add_tensors(TCase *tests) {
  tcase_add_test(tests, vectors);
  tcase_add_test(tests, other_types);
  tcase_add_test(tests, empty_tensors);
  tcase_add_test(tests, long_vectors_wrap_into_columns);
  tcase_add_test(tests, large_vectors_are_summarised);
  tcase_add_test(tests, statistics_of_extremes);
  tcase_add_test(tests, matrices);
  tcase_add_test(tests, precision_of_tensors);
  tcase_add_test(tests, suppressed_exponents);
  tcase_add_test(tests, windows_are_shown_as_they_are_seen);
  tcase_add_test(tests, wide_matrices_lose_columns);
  tcase_add_test(tests, tall_matrices_lose_rows);
  tcase_add_test(tests, prompts_summarise_what_is_long);
  tcase_add_test(tests, no_more_blocks_than_lines);
  tcase_add_test(tests, blocks_have_their_index_above_them);
  tcase_add_test(tests, many_blocks_are_cut);
  tcase_add_test(tests, high_ranks_have_statistics_only);
}

int main(void) {
  Suite *suite = suite_create("format");
  TCase *tests = tcase_create("format");
  tcase_add_checked_fixture(tests, set_up, formats_tear_down);
  add_tensors(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
