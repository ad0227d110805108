/* SPDX-License-Identifier: MIT */
/* test_linalg_least.c: least squares, and what the QR before a singular value decomposition must not lose. */
#include "tests/matrix_rules.h"

/* Orthogonal columns of ones and minus ones, scaled by powers of 16: no value may lose digits to larger ones. */
START_TEST(small_singular_values_of_tall_matrices) {
  enum { ROWS = 1024, COLUMNS = 8 };
  static double numbers[ROWS * COLUMNS];
  for (int i = 0; i < ROWS * COLUMNS; i++) {
    int row = i / COLUMNS, column = i % COLUMNS;
    numbers[i] = ldexp(row >> column & 1 ? -1 : 1, _i ? 4 * column : -4 * column);
  }
  Tensor *s = op1(OP_svdvals, keep(matrix_of(ROWS, COLUMNS, numbers)));
  for (int k = 0; k < COLUMNS; k++) {
    double expected = ldexp(32, _i ? 4 * (COLUMNS - 1 - k) : -4 * k);
    ck_assert_double_eq_tol(tensor_number_at(s, k) / expected, 1, 1e-14);
  }
}
END_TEST

/* ---- least squares */
static Attributes *share(double number) {
  Attributes *attributes = attributes_new(&test_runtime, 1);
  ck_assert(attributes != NULL);
  attributes_set_number(attributes, 0, number);
  return attributes;
}

static void check_least(Tensor *a, Tensor *b, double cutoff, int rank) {
  int64_t n = matrix_width(a), columns = matrix_width(b), k = n < matrix_height(a) ? n : matrix_height(a);
  Tensor *parts = made(rule_op2(&rule, OP_lstsq_parts, a, b, cutoff > 0 ? share(cutoff) : NULL));
  Tensor *beside = matrix_columns(&rule, parts, columns, 1);
  Tensor *x = matrix_columns(&rule, matrix_rows(&rule, parts, 0, n), 0, columns);
  Tensor *inverse = made(rule_op1(&rule, OP_pinv, a, cutoff > 0 ? share(cutoff) : NULL));
  expect_near(&rule, x, times(inverse, b), 1e-12 * fmax(1, largest_of(x)));
  Tensor *s = made(rule_drop_last(&rule, matrix_rows(&rule, beside, 0, k), 1)), *values = op1(OP_svdvals, a);
  expect_near(&rule, s, values, 1e-14 * largest_of(values));
  Tensor *ranks = matrix_rows(&rule, beside, n, 1);
  for (int64_t i = 0; i < tensor_size(ranks); i++) ck_assert_double_eq(tensor_number_at(ranks, i), rank);
}

static const struct { const char *a, *b; int rank; } equations[] = {
  {"1,1", "1,1", 1}, {"5,5", "5,2", 5}, {"6,5", "6,1", 5}, {"600,9", "600,3", 9}, {"3,7", "3,2", 3},
  {"2,40,3", "2,40,1", 3}, {"300,1", "300,1", 1}, {"1,300", "1,2", 1}, {"100,70", "100,3", 70},
  {"70,100", "70,1", 70}, {"70,70", "70,2", 70}};
enum { EQUATIONS = sizeof equations / sizeof *equations };

START_TEST(least_squares) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, equations[_i].a, 3));
  check_least(a, keep(sample_matrix(DTYPE_FLOAT64, equations[_i].b, 4)), 0, equations[_i].rank);
}
END_TEST

START_TEST(least_squares_of_lower_rank) {
  static const char *const left[] = {"600,3", "4,3", "90,50"}, *const right[] = {"3,9", "3,300", "50,80"};
  static const char *const b[] = {"600,2", "4,1", "90,1"};
  Tensor *a = times(keep(sample_matrix(DTYPE_FLOAT64, left[_i], 3)), keep(sample_matrix(DTYPE_FLOAT64, right[_i], 4)));
  check_least(a, keep(sample_matrix(DTYPE_FLOAT64, b[_i], 5)), 0, _i == 2 ? 50 : 3);
  Tensor *zero = made(rule_scale(&rule, a, 0));
  check_least(zero, keep(sample_matrix(DTYPE_FLOAT64, b[_i], 5)), 0, 0);
}
END_TEST

START_TEST(least_squares_leave_out_what_the_caller_says) {
  Tensor *a = keep(matrix_of(3, 2, (double[]){4, 0, 0, 1, 0, 0})), *b = keep(matrix_of(3, 1, (double[]){8, 2, 5}));
  check_least(a, b, 0.2, 2);
  check_least(a, b, 0.3, 1);
}
END_TEST

/* A right side with a nan has no solution; its neighbours have theirs.  Nor do large and small numbers get lost. */
START_TEST(least_squares_with_uncommon_numbers) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, "600,4", 3)), *b = keep(sample_matrix(DTYPE_FLOAT64, "600,2", 4));
  Tensor *plain = made(rule_op2(&rule, OP_lstsq_parts, a, b, NULL));
  put_number(b, 0, NAN);
  Tensor *parts = made(rule_op2(&rule, OP_lstsq_parts, a, b, NULL));
  ck_assert(isnan(tensor_number_at(parts, 0)));
  ck_assert_double_eq_tol(tensor_number_at(parts, 1), tensor_number_at(plain, 1), 1e-13);
  static const int exponents[] = {-1000, 1010};
  for (int i = 0; i < 2; i++) {
    double size = ldexp(1, exponents[i]);
    Tensor *scaled = made(rule_scale(&rule, a, size)), *right = made(rule_scale(&rule, b, size));
    parts = made(rule_op2(&rule, OP_lstsq_parts, scaled, right, NULL));
    ck_assert_double_eq_tol(tensor_number_at(parts, 1), tensor_number_at(plain, 1), 1e-13);
    ck_assert_double_eq_tol(tensor_number_at(parts, 2) / size, tensor_number_at(plain, 2), 1e-13);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linalg_least");
  TCase *tests = tcase_create("linalg_least");
  tcase_add_checked_fixture(tests, rules_set_up, rules_tear_down);
  tcase_add_loop_test(tests, small_singular_values_of_tall_matrices, 0, 2);
  tcase_add_loop_test(tests, least_squares, 0, EQUATIONS);
  tcase_add_loop_test(tests, least_squares_of_lower_rank, 0, 3);
  tcase_add_test(tests, least_squares_leave_out_what_the_caller_says);
  tcase_add_test(tests, least_squares_with_uncommon_numbers);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
