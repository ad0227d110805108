/* SPDX-License-Identifier: MIT */
/* test_reduce_values.c: what reductions, scans and softmax give at edges: no elements, no axes, nan, exact integers. */
#include "tests/tensors.h"

/* ---- edge cases */
START_TEST(nothing_to_reduce) {
  Tensor *none = vector(DTYPE_FLOAT64, 0, NULL);
  expect_number(call1(OP_sum, tensor_ref(none), NULL), DTYPE_FLOAT64, 0);
  expect_number(call1(OP_prod, tensor_ref(none), NULL), DTYPE_FLOAT64, 1);
  expect_number(call1(OP_mean, tensor_ref(none), NULL), DTYPE_FLOAT64, NAN);
  expect_number(call1(OP_var, tensor_ref(none), NULL), DTYPE_FLOAT64, NAN);
  expect_number(call1(OP_logsumexp, tensor_ref(none), NULL), DTYPE_FLOAT64, -INFINITY);
  expect_number(call1(OP_any, tensor_ref(none), NULL), DTYPE_BOOL, 0);
  expect_number(call1(OP_all, tensor_ref(none), NULL), DTYPE_BOOL, 1);
  expect_number(call1(OP_count_nonzero, tensor_ref(none), NULL), DTYPE_INT64, 0);
  expect_failure(call1(OP_max, tensor_ref(none), NULL), ERROR_VALUE, "`max` of an empty tensor");
  expect_failure(call1(OP_argmin, tensor_ref(none), NULL), ERROR_VALUE, "(0,) has no value");
  expect_vector(call1(OP_cumsum, none, NULL), DTYPE_FLOAT64, 0, NULL);
  Tensor *flat = array(DTYPE_FLOAT64, SHAPE(0, 3), NULL);
  expect_vector(call1(OP_sum, tensor_ref(flat), axis_of(1, 0)), DTYPE_FLOAT64, NUMBERS(0, 0, 0));
  expect_vector(call1(OP_max, tensor_ref(flat), axis_of(1, 1)), DTYPE_FLOAT64, 0, NULL);
  expect_vector(call1(OP_argmax, tensor_ref(flat), axis_of(1, 1)), DTYPE_INT64, 0, NULL);
  expect_failure(call1(OP_max, tensor_ref(flat), axis_of(1, 0)), ERROR_VALUE, "(0, 3)");
  expect_array(call1(OP_softmax, flat, axis_of(1, 0)), DTYPE_FLOAT64, SHAPE(0, 3), NULL);
}
END_TEST

START_TEST(no_axes_reduce_nothing) {
  static const OpId same[] = {OP_sum, OP_mean, OP_prod, OP_max, OP_logsumexp};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    Attributes *attributes = attributes_new(&test_runtime, 2);
    ck_assert(attributes_set_integers(&test_runtime, attributes, 0, 0, NULL));
    expect_vector(call1(same[i], vector(DTYPE_FLOAT64, NUMBERS(1.5, -2)), attributes), DTYPE_FLOAT64,
                  NUMBERS(1.5, -2));
  }
  expect_number(call1(OP_sum, number(4), NULL), DTYPE_FLOAT64, 4);
  expect_number(call1(OP_argmax, number(4), NULL), DTYPE_INT64, 0);
}
END_TEST

START_TEST(nan_is_the_extreme) {
  double numbers[] = {1, NAN, 5, NAN, -3};
  expect_number(call1(OP_max, vector(DTYPE_FLOAT64, 5, numbers), NULL), DTYPE_FLOAT64, NAN);
  expect_number(call1(OP_min, vector(DTYPE_FLOAT32, 5, numbers), NULL), DTYPE_FLOAT32, NAN);
  expect_number(call1(OP_argmax, vector(DTYPE_FLOAT64, 5, numbers), NULL), DTYPE_INT64, 1);
  expect_number(call1(OP_argmin, vector(DTYPE_FLOAT32, 5, numbers), NULL), DTYPE_INT64, 1);
  expect_number(call1(OP_argmax, vector(DTYPE_INT64, NUMBERS(1, 5, 5)), NULL), DTYPE_INT64, 1);
  expect_number(call1(OP_argmin, vector(DTYPE_BOOL, NUMBERS(1, 0, 0)), NULL), DTYPE_INT64, 1);
  expect_number(call1(OP_count_nonzero, vector(DTYPE_FLOAT64, NUMBERS(NAN, 0, 1)), NULL), DTYPE_INT64, 2);
  expect_number(call1(OP_max, vector(DTYPE_FLOAT64, NUMBERS(-0.0, -1)), NULL), DTYPE_FLOAT64, 0);
  expect_number(call1(OP_all, vector(DTYPE_BOOL, NUMBERS(1, 0, 1)), NULL), DTYPE_BOOL, 0);
  expect_number(call1(OP_any, vector(DTYPE_BOOL, NUMBERS(0, 0, 1)), NULL), DTYPE_BOOL, 1);
  expect_number(call1(OP_any, vector(DTYPE_BOOL, NUMBERS(0, 0, 0)), NULL), DTYPE_BOOL, 0);
  expect_number(call1(OP_max, vector(DTYPE_FLOAT64, NUMBERS(-INFINITY, -INFINITY)), NULL), DTYPE_FLOAT64, -INFINITY);
}
END_TEST

START_TEST(integer_sums_are_exact) {
  Tensor *x = made(tensor_new_integer(&test_runtime, DTYPE_INT64, INT64_MAX - 1));
  Layout *pair = layout_new(&test_runtime, SHAPE(1));
  Tensor *line = made(tensor_broadcast_to(&test_runtime, x, pair)), *sum = call1(OP_sum, line, NULL);
  ck_assert_int_eq(tensor_integer_at(sum, 0), INT64_MAX - 1);
  tensor_unref(x);
  tensor_unref(sum);
  layout_unref(pair);
  expect_number(call1(OP_sum, vector(DTYPE_BOOL, NUMBERS(1, 1, 0)), NULL), DTYPE_INT64, 2);
  expect_number(call1(OP_sum, vector(DTYPE_UINT8, NUMBERS(200, 200)), NULL), DTYPE_INT64, 400);
  expect_number(call1(OP_max, vector(DTYPE_UINT8, NUMBERS(200, 100)), NULL), DTYPE_UINT8, 200);
  expect_number(call1(OP_mean, vector(DTYPE_INT64, NUMBERS(0x1p62, 0x1p62, 0x1p62, 0x1p62)), NULL), DTYPE_FLOAT64,
                0x1p62);
  expect_number(call1(OP_mean, vector(DTYPE_INT32, NUMBERS(1, 2)), NULL), DTYPE_FLOAT64, 1.5);
  expect_number(call1(OP_mean, vector(DTYPE_BOOL, NUMBERS(1, 0)), NULL), DTYPE_FLOAT64, 0.5);
}
END_TEST

START_TEST(axes_are_checked) {
  Tensor *x = array(DTYPE_FLOAT64, SHAPE(2, 2), (double[]){1, 2, 3, 4});
  expect_failure(call1(OP_mean, tensor_ref(x), axis_of(1, -3)), ERROR_INDEX, "axis -3 is out of range");
  expect_failure(call1(OP_cumsum, tensor_ref(x), axis_of(1, 2)), ERROR_INDEX, "axis 2 is out of range");
  expect_failure(call1(OP_argmax, tensor_ref(x), axis_of(1, 5)), ERROR_INDEX, "(2, 2) (use 0, 1, -1 or -2)");
  expect_failure(call1(OP_softmax, x, axis_of(1, 5)), ERROR_INDEX, "axis 5");
}
END_TEST

/* ---- scans */
START_TEST(scans_run_along_an_axis) {
  Tensor *x = array(DTYPE_FLOAT64, SHAPE(2, 3), (double[]){1, 2, 3, 4, 5, 6});
  expect_vector(call1(OP_cumsum, tensor_ref(x), NULL), DTYPE_FLOAT64, NUMBERS(1, 3, 6, 10, 15, 21));
  expect_array(call1(OP_cumsum, tensor_ref(x), axis_of(1, 0)), DTYPE_FLOAT64, SHAPE(2, 3),
               (double[]){1, 2, 3, 5, 7, 9});
  expect_array(call1(OP_cumprod, tensor_ref(x), axis_of(1, -1)), DTYPE_FLOAT64, SHAPE(2, 3),
               (double[]){1, 2, 6, 4, 20, 120});
  Layout *turned = layout_new_strided(&test_runtime, SHAPE(3, 2), (int64_t[]){1, 3});
  Tensor *view = made(tensor_window(&test_runtime, x, turned, 0));
  expect_array(call1(OP_cumsum, view, axis_of(1, 1)), DTYPE_FLOAT64, SHAPE(3, 2), (double[]){1, 5, 2, 7, 3, 9});
  layout_unref(turned);
  tensor_unref(x);
  expect_vector(call1(OP_cumsum, vector(DTYPE_BOOL, NUMBERS(1, 0, 1)), NULL), DTYPE_INT64, NUMBERS(1, 1, 2));
  expect_vector(call1(OP_cumprod, vector(DTYPE_FLOAT32, NUMBERS(2, 0.5, 3)), NULL), DTYPE_FLOAT32, NUMBERS(2, 1, 3));
  expect_vector(call1(OP_cumsum, number(3), NULL), DTYPE_FLOAT64, NUMBERS(3));
}
END_TEST

/* Running values of float32 have the digits of float64, whether rows or columns are scanned. */
START_TEST(scans_of_float32_lose_nothing_on_the_way) {
  enum { ROWS = 1000 };
  static const OpId ops[] = {OP_cumsum, OP_cumprod};
  for (int k = 0; k < 2; k++) {
    Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT32, SHAPE(ROWS, 2)));
    for (int64_t i = 0; i < tensor_size(x); i++) put_number(x, i, 0.95 + (double)(i * i % 97) / 1000);
    Tensor *line = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT32, SHAPE(ROWS)));
    for (int64_t i = 0; i < ROWS; i++) put_number(line, i, tensor_number_at(x, 2 * i));
    Tensor *columns = made(call1(ops[k], tensor_ref(x), axis_of(1, 0))), *row = made(call1(ops[k], line, axis_of(1, 0)));
    double running = k ? 1 : 0;
    for (int64_t i = 0; i < ROWS; i++) {
      running = k ? running * tensor_number_at(x, 2 * i) : running + tensor_number_at(x, 2 * i);
      ck_assert(tensor_number_at(columns, 2 * i) == (double)(float)running);
      ck_assert(tensor_number_at(row, i) == (double)(float)running);
    }
    tensor_unref(columns);
    tensor_unref(row);
    tensor_unref(x);
  }
}
END_TEST

/* ---- softmax */
START_TEST(softmax_is_stable) {
  expect_vector(call1(OP_softmax, vector(DTYPE_FLOAT64, NUMBERS(0, 0)), NULL), DTYPE_FLOAT64, NUMBERS(0.5, 0.5));
  expect_vector(call1(OP_softmax, vector(DTYPE_FLOAT64, NUMBERS(1000, 0, 1000)), NULL), DTYPE_FLOAT64,
                NUMBERS(0.5, 0, 0.5));
  expect_vector(call1(OP_softmax, vector(DTYPE_FLOAT32, NUMBERS(0, -INFINITY)), NULL), DTYPE_FLOAT32, NUMBERS(1, 0));
  expect_vector(call1(OP_softmax, vector(DTYPE_FLOAT64, NUMBERS(INFINITY, 0)), NULL), DTYPE_FLOAT64,
                NUMBERS(NAN, NAN));
  expect_vector(call1(OP_logsoftmax, vector(DTYPE_FLOAT64, NUMBERS(1000, 0)), NULL), DTYPE_FLOAT64, NUMBERS(0, -1000));
  expect_vector(call1(OP_logsoftmax, vector(DTYPE_FLOAT64, NUMBERS(0, -50)), NULL), DTYPE_FLOAT64,
                NUMBERS(-1.9287498479639177830e-22, -50));
  Tensor *x = array(DTYPE_FLOAT64, SHAPE(2, 2), (double[]){0, 1, 0, 1});
  expect_array(call1(OP_softmax, tensor_ref(x), axis_of(1, 0)), DTYPE_FLOAT64, SHAPE(2, 2),
               (double[]){.5, .5, .5, .5});
  Attributes *all = attributes_new(&test_runtime, 1);
  Tensor *parts = made(call1(OP_softmax, x, all));
  ck_assert(fabs(tensor_number_at(parts, 1) - M_E / (2 + 2 * M_E)) < 1e-16);
  tensor_unref(parts);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("reduce_values");
  TCase *tests = tcase_create("reduce_values");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, nothing_to_reduce);
  tcase_add_test(tests, no_axes_reduce_nothing);
  tcase_add_test(tests, nan_is_the_extreme);
  tcase_add_test(tests, integer_sums_are_exact);
  tcase_add_test(tests, axes_are_checked);
  tcase_add_test(tests, scans_run_along_an_axis);
  tcase_add_test(tests, scans_of_float32_lose_nothing_on_the_way);
  tcase_add_test(tests, softmax_is_stable);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
