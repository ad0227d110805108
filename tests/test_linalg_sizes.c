/* SPDX-License-Identifier: MIT */
/* test_linalg_sizes.c: matrices of very large and very small numbers, of none, and of numbers that are not finite; and
   eigenvalues that rounding can move far. */
#include "tests/matrix_rules.h"

/* ---- sizes of numbers */
/* Powers of two change no digit of eigenvalues, and nothing of eigenvectors. */
START_TEST(eigenvalues_of_all_sizes) {
  static const double numbers[] = {1, 2, 1, 3, 4, -1, 1, -1, 5};
  static const int exponents[] = {-1060, -1000, -600, -300, 300, 600, 1000, 1020};
  for (int n = 2; n <= 3; n++) {
    Tensor *plain = op1(OP_eig_parts, keep(matrix_of(n, n, numbers)));
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
      double scaled[9];
      for (int i = 0; i < 9; i++) scaled[i] = ldexp(numbers[i], exponents[k]);
      Tensor *parts = op1(OP_eig_parts, keep(matrix_of(n, n, scaled)));
      for (int i = 0; i < n * (n + 1); i++) {
        double size = i < n ? ldexp(1, exponents[k]) : 1, expected = tensor_number_at(plain, i) * size;
        ck_assert_double_eq_tol(tensor_number_at(parts, i), expected, 2e-15 * size + 5e-324);
      }
    }
  }
}
END_TEST

/* A large element does not hide what a block beside it has, and large values may be as large as numbers get. */
START_TEST(eigenvalues_of_uneven_sizes) {
  Tensor *largest = keep(matrix_of(2, 2, (double[]){1e308, 1e308, 1e308, -1e308}));
  Tensor *values = op1(OP_eigvals, largest);
  ck_assert_double_eq_tol(tensor_number_at(values, 0) / 1.4142135623730951e308, 1, 1e-15);
  ck_assert_double_eq_tol(tensor_number_at(values, 1) / -1.4142135623730951e308, 1, 1e-15);
  double uneven[] = {1, 0, 0, 0, 1e-200, 2e-200, 0, 3e-200, 4e-200};
  values = op1(OP_eigvals, keep(matrix_of(3, 3, uneven)));
  double smaller = fmin(tensor_number_at(values, 1), tensor_number_at(values, 2));
  ck_assert_double_eq_tol(smaller / -3.7228132326901432e-201, 1, 1e-14);
}
END_TEST

START_TEST(extreme_sizes_of_numbers) {
  Tensor *huge = keep(matrix_of(2, 2, (double[]){3e300, 0, 0, 4e300}));
  Tensor *tiny = keep(matrix_of(2, 2, (double[]){3e-300, 0, 0, 4e-300}));
  expect_vector(tensor_ref(op1(OP_svdvals, huge)), DTYPE_FLOAT64, NUMBERS(4e300, 3e300));
  expect_vector(tensor_ref(op1(OP_svdvals, tiny)), DTYPE_FLOAT64, NUMBERS(4e-300, 3e-300));
  expect_vector(tensor_ref(op1(OP_eigvalsh, tiny)), DTYPE_FLOAT64, NUMBERS(3e-300, 4e-300));
  expect_number(tensor_ref(op1(OP_norm, huge)), DTYPE_FLOAT64, 5e300);
  ck_assert_double_eq_tol(tensor_number_at(op1(OP_norm, tiny), 0) / 5e-300, 1, 1e-15);
  Tensor *scaled = keep(matrix_of(2, 2, (double[]){1, 1, 0, 1e-20}));
  expect_near(&rule, op1(OP_inv, scaled), keep(matrix_of(2, 2, (double[]){1, -1e20, 0, 1e20})), 1e5);
}
END_TEST

START_TEST(empty_and_missing_numbers) {
  const int64_t none[] = {0, 0}, batch[] = {0, 3, 3};
  expect_number(call1(OP_det, made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 2, none)), NULL), DTYPE_FLOAT64, 1);
  Tensor *empty = keep(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 3, batch));
  static const OpId ops[] = {OP_inv, OP_det, OP_cholesky, OP_qr_parts, OP_svd_parts, OP_eigh_parts, OP_eig_parts,
                             OP_expm};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) ck_assert_int_eq(tensor_size(op1(ops[i], empty)), 0);
  Tensor *missing = keep(matrix_of(2, 2, (double[]){NAN, 1, 1, 1}));
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) ck_assert(isnan(tensor_number_at(op1(ops[i], missing), 0)));
}
END_TEST

/* A matrix with an infinity is not singular; what follows from it is not known. */
START_TEST(infinite_numbers_give_nan) {
  Tensor *infinite = keep(matrix_of(2, 2, (double[]){INFINITY, 1, 1, 1}));
  Tensor *solution = made(matrix_solve(&rule, infinite, keep(vector(DTYPE_FLOAT64, NUMBERS(1, 2)))));
  Tensor *results[] = {op1(OP_inv, infinite), op1(OP_pinv, infinite), solution};
  for (size_t k = 0; k < sizeof results / sizeof *results; k++) {
    for (int64_t i = 0; i < tensor_size(results[k]); i++) ck_assert(isnan(tensor_number_at(results[k], i)));
  }
}
END_TEST

/* ---- double eigenvalues, which rounding moves by its square root */
static void expect_real(int n, const double *numbers, const double *wanted) {
  Tensor *a = keep(matrix_of(n, n, numbers)), *parts = op1(OP_eig_parts, a);
  Tensor *w = matrix_rows(&rule, parts, 0, 1), *v = matrix_rows(&rule, parts, 1, n);
  expect_near(&rule, times(a, v), made(rule_multiply(&rule, v, w)), 1e-13);
  expect_near(&rule, w, keep(matrix_of(1, n, wanted)), 1e-7);
}

START_TEST(double_eigenvalues_are_real) {
  expect_real(3, (double[]){-1, -1, 0, -1, -1, -1, -1, 1, 2}, (double[]){-2, 1, 1});
  expect_real(2, (double[]){1, 1, -1e-17, 1}, (double[]){1, 1});
  expect_real(2, (double[]){1, -1e-17, 1, 1}, (double[]){1, 1});
  expect_real(2, (double[]){3, 4, -1, -1}, (double[]){1, 1});
}
END_TEST

START_TEST(small_imaginary_parts_are_not_rounding) {
  static const double turns[][4] = {{1, -1e-9, 1e-9, 1}, {1, 1, -1e-12, 1}, {1, -1e-12, 1, 1}, {0, 1e-300, -1e-300, 0}};
  for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
    ck_assert_ptr_null(op_apply1(&graph, OP_eigvals, keep(matrix_of(2, 2, turns[i])), NULL));
    expect_failure(NULL, ERROR_VALUE, "complex");
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linalg_sizes");
  TCase *tests = tcase_create("linalg_sizes");
  tcase_add_checked_fixture(tests, rules_set_up, rules_tear_down);
  tcase_add_test(tests, eigenvalues_of_all_sizes);
  tcase_add_test(tests, eigenvalues_of_uneven_sizes);
  tcase_add_test(tests, extreme_sizes_of_numbers);
  tcase_add_test(tests, empty_and_missing_numbers);
  tcase_add_test(tests, infinite_numbers_give_nan);
  tcase_add_test(tests, double_eigenvalues_are_real);
  tcase_add_test(tests, small_imaginary_parts_are_not_rounding);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
