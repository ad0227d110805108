/* SPDX-License-Identifier: MIT */
/* test_linalg.c: values and errors of linear algebra: factors multiply to what was factored, at sizes on both sides of
   the limit from which LAPACK does the work, for stacks, both float types and every memory layout. */
#include "tests/matrix_rules.h"

static Tensor *turned(Tensor *x) { return made(matrix_turned(&rule, x)); }
static Tensor *gram(Tensor *x) { return times(turned(x), x); }

static void expect_identity(Tensor *x, double tolerance) {
  Tensor *identity = made(matrix_identity(&rule, x, matrix_width(x)));
  expect_near(&rule, x, made(rule_broadcast(&rule, identity, x->layout)), tolerance);
}

/* ---- factors */
static const char *const squares[] = {"1,1", "2,2", "3,3", "7,7", "2,3,3", "2,1,4,4", "64,64", "65,65", "100,100"};
enum { SQUARES = sizeof squares / sizeof *squares };
static const char *const tall[] = {"1,1", "2,1", "3,2", "5,5", "2,4,3", "3,1,6,2", "70,66", "100,68", "300,2", "600,9",
                                  "2,290,1", "66,44"};
enum { TALL = sizeof tall / sizeof *tall };

START_TEST(inverses_and_solutions) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, squares[_i], 5)), *inverse = op1(OP_inv, a);
  expect_identity(times(a, inverse), 1e-12);
  expect_identity(times(inverse, a), 1e-12);
  Tensor *b = keep(sample_matrix(DTYPE_FLOAT64, squares[_i], 6)), *x = made(matrix_solve(&rule, a, b));
  expect_near(&rule, times(a, x), b, 1e-11);
  Tensor *parts = op1(OP_slogdet_parts, a), *det = op1(OP_det, a);
  Tensor *log_size = rule_drop_last(&rule, matrix_columns(&rule, parts, 1, 1), 1);
  Tensor *sign = rule_drop_last(&rule, matrix_columns(&rule, parts, 0, 1), 1);
  expect_near(&rule, op1(OP_log, op1(OP_absolute, det)), log_size, 1e-10);
  expect_near(&rule, op1(OP_sign, det), sign, 0);
  expect_identity(times(op1(OP_pinv, a), a), 1e-11);
}
END_TEST

START_TEST(triangles) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, squares[_i], 7));
  Tensor *positive = made(rule_add(&rule, gram(a), matrix_identity(&rule, a, matrix_width(a))));
  Tensor *l = op1(OP_cholesky, positive);
  expect_near(&rule, times(l, turned(l)), positive, 1e-9);
}
END_TEST

static void check_qr(Tensor *a) {
  int64_t m = matrix_height(a), n = matrix_width(a);
  Tensor *parts = op1(OP_qr_parts, a);
  bool above = m >= n;
  Tensor *q = above ? matrix_rows(&rule, parts, 0, m) : matrix_columns(&rule, parts, 0, m);
  Tensor *r = above ? matrix_rows(&rule, parts, m, n) : matrix_columns(&rule, parts, m, n);
  expect_near(&rule, times(q, r), a, 1e-11);
  expect_identity(gram(q), 1e-13);
}

static void check_svd(Tensor *a, double tolerance) {
  int64_t m = matrix_height(a), n = matrix_width(a);
  Tensor *parts = op1(OP_svd_parts, a);
  Tensor *u = matrix_rows(&rule, parts, 0, m), *s = matrix_rows(&rule, parts, m, 1);
  Tensor *v = matrix_rows(&rule, parts, m + 1, n);
  expect_near(&rule, times(rule_multiply(&rule, u, s), turned(v)), a, tolerance);
  expect_identity(gram(u), 1e-12);
  expect_identity(gram(v), 1e-12);
  expect_near(&rule, made(rule_as_row(&rule, op1(OP_svdvals, a))), s, tolerance);
  for (int64_t k = 1; k < matrix_width(s); k++)
    ck_assert(tensor_number_at(s, k - 1) >= tensor_number_at(s, k) && tensor_number_at(s, k) >= 0);
}

START_TEST(orthogonal_factors) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, tall[_i], 8));
  check_qr(a);
  check_qr(turned(a));
  check_svd(a, 1e-11);
  check_svd(turned(a), 1e-11);
  Tensor *q = matrix_rows(&rule, op1(OP_qr_parts, a), 0, matrix_height(a));
  Tensor *rest = op1(OP_complement, q);
  expect_identity(gram(made(rule_join(&rule, q, rest, tensor_ndim(q) - 1))), 1e-13);
}
END_TEST

START_TEST(eigenvalues) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, squares[_i], 9)), *symmetric = made(matrix_symmetric(&rule, a));
  Tensor *parts = op1(OP_eigh_parts, symmetric);
  Tensor *w = matrix_rows(&rule, parts, 0, 1), *v = matrix_rows(&rule, parts, 1, matrix_width(a));
  expect_near(&rule, times(rule_multiply(&rule, v, w), turned(v)), symmetric, 1e-10);
  expect_identity(gram(v), 1e-12);
  expect_near(&rule, made(rule_as_row(&rule, op1(OP_eigvalsh, symmetric))), w, 1e-11);
  /* similar to a symmetric matrix: real eigenvalues without symmetry */
  Tensor *scaled = made(matrix_solve(&rule, a, times(symmetric, a)));
  parts = op1(OP_eig_parts, scaled);
  w = matrix_rows(&rule, parts, 0, 1), v = matrix_rows(&rule, parts, 1, matrix_width(a));
  expect_near(&rule, times(scaled, v), made(rule_multiply(&rule, v, w)), 1e-9);
  expect_near(&rule, made(rule_as_row(&rule, op1(OP_eigvals, scaled))), w, 1e-9);
}
END_TEST

START_TEST(float32_is_computed_in_double) {
  Tensor *single = keep(sample_matrix(DTYPE_FLOAT32, "2,4,4", 3));
  Tensor *wide = keep(tensor_cast(&test_runtime, single, DTYPE_FLOAT64));
  static const OpId ops[] = {OP_inv, OP_det, OP_qr_parts, OP_svd_parts, OP_svdvals, OP_eigvals, OP_eigvalsh, OP_pinv,
                             OP_slogdet_parts, OP_expm, OP_norm, OP_cond};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    Tensor *got = op1(ops[i], single), *wanted = op1(ops[i], wide);
    expect_type(got, DTYPE_FLOAT32);
    Tensor *widened = keep(tensor_cast(&test_runtime, got, DTYPE_FLOAT64));
    expect_near(&rule, widened, wanted, 2e-6 * fmax(1, largest_of(wanted)));
  }
}
END_TEST

START_TEST(memory_layout_does_not_matter) {
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, "3,3", 3));
  Tensor *copy = keep(tensor_copy(&test_runtime, turned(a)));
  static const OpId ops[] = {OP_inv, OP_det, OP_qr_parts, OP_svd_parts, OP_eigvals, OP_cholesky, OP_expm, OP_norm};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
    expect_near(&rule, op1(ops[i], turned(a)), op1(ops[i], copy), 0);
  Tensor *flipped = made(rule_flip(&rule, made(rule_flip(&rule, a, 0)), 1));
  Tensor *flipped_copy = keep(tensor_copy(&test_runtime, flipped));
  expect_near(&rule, op1(OP_inv, flipped), op1(OP_inv, flipped_copy), 0);
}
END_TEST

/* ---- special matrices */
START_TEST(known_values) {
  const double three[] = {2.5, -1, 0.5, 0.75, 3, -1.25, -0.5, 1, 4};
  expect_number(call1(OP_det, matrix_of(3, 3, three), NULL), DTYPE_FLOAT64, 36.625);
  Tensor *inverse = call1(OP_inv, matrix_of(2, 2, (double[]){2, 1, 1, 1}), NULL);
  expect_array(inverse, DTYPE_FLOAT64, 2, (const int64_t[]){2, 2}, (double[]){1, -1, -1, 2});
  Tensor *parts = call1(OP_slogdet_parts, matrix_of(2, 2, (double[]){1, 2, 2, 4}), NULL);
  expect_vector(parts, DTYPE_FLOAT64, NUMBERS(0, -INFINITY));
  expect_vector(call1(OP_eigvalsh, matrix_of(2, 2, (double[]){2, 99, 1, 2}), NULL), DTYPE_FLOAT64, NUMBERS(1, 3));
  Tensor *upper = call1(OP_eigvalsh, matrix_of(2, 2, (double[]){2, 1, 99, 2}), text_attribute(1, "U"));
  expect_vector(upper, DTYPE_FLOAT64, NUMBERS(1, 3));
  expect_vector(call1(OP_svdvals, matrix_of(2, 2, (double[]){0, 0, 0, 0}), NULL), DTYPE_FLOAT64, NUMBERS(0, 0));
  expect_number(call1(OP_matrix_rank, matrix_of(2, 2, (double[]){1, 2, 2, 4}), NULL), DTYPE_INT64, 1);
  expect_number(call1(OP_matrix_rank, vector(DTYPE_FLOAT64, NUMBERS(0, 0)), NULL), DTYPE_INT64, 0);
}
END_TEST

START_TEST(rank_deficient_matrices_have_bases) {
  const double numbers[] = {1, 2, 3, 2, 4, 6, 3, 6, 9, 0, 0, 0};
  Tensor *a = keep(matrix_of(4, 3, numbers));
  check_svd(a, 1e-13);
  check_svd(turned(a), 1e-13);
  check_svd(keep(matrix_of(3, 2, (double[]){0, 0, 0, 0, 0, 0})), 0);
  Tensor *p = op1(OP_pinv, a);
  expect_near(&rule, times(times(a, p), a), a, 1e-13);
  expect_near(&rule, times(times(p, a), p), p, 1e-13);
}
END_TEST

/* Equal rows stay equal while columns are rotated: what is left of dependent ones is never orthogonal to the others. */
START_TEST(dependent_columns_have_bases) {
  static const double numbers[][9] = {{1, 2, 0, 1, 2, 0, 0, 1, 1}, {1, -2, 2, 4, -2, -2, 2, -1, -1},
                                      {1, 2, 3, 2, 4, 6, 0, 1, 0}, {1, 2, 0, 1e-100, 2e-100, 0, 1e-100, 2e-100, 0},
                                      {3, 1, 2, 3e-200, 1e-200, 5e-200, 3e-200, 1e-200, 5e-200}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    Tensor *a = keep(matrix_of(3, 3, numbers[i])), *single = keep(tensor_cast(&test_runtime, a, DTYPE_FLOAT32));
    check_svd(a, 1e-14);
    check_svd(turned(a), 1e-14);
    expect_identity(gram(matrix_rows(&rule, op1(OP_svd_parts, single), 0, 3)), 1e-6);
  }
  for (uint32_t seed = 1; seed < 20; seed++) {
    Tensor *left = keep(sample_matrix(DTYPE_FLOAT64, "10,4", seed));
    check_svd(times(left, keep(sample_matrix(DTYPE_FLOAT64, "4,10", seed + 50))), 1e-12);
    check_svd(times(left, keep(sample_matrix(DTYPE_FLOAT64, "4,6", seed + 50))), 1e-12);
  }
}
END_TEST

/* Columns that are short because their numbers are small keep their directions and lengths. */
START_TEST(small_singular_values_stay_accurate) {
  Tensor *graded = keep(matrix_of(3, 3, (double[]){3, 4, 0, 4, -3, 0, 0, 0, 1e-200}));
  expect_vector(tensor_ref(op1(OP_svdvals, graded)), DTYPE_FLOAT64, NUMBERS(5, 5, 1e-200));
  check_svd(graded, 1e-15);
  double rows[] = {1, 2, 3, 2e-100, 1e-100, 1e-100, 1e-200, -1e-200, 2e-200};
  Tensor *s = op1(OP_svdvals, keep(matrix_of(3, 3, rows)));
  static const double wanted[] = {3.7416573867739414, 1.5811388300841897e-100, 2.0283702113484397e-200};
  for (int i = 0; i < 3; i++) ck_assert_double_eq_tol(tensor_number_at(s, i) / wanted[i], 1, 1e-14);
}
END_TEST

START_TEST(exponential_of_large_and_small_matrices) {
  const double angles[] = {1e-3, 0.1, 0.7, 2, 4, 30};
  for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
    double t = angles[i];
    Tensor *x = keep(matrix_of(2, 2, (double[]){0, -t, t, 0}));
    Tensor *rotation = keep(matrix_of(2, 2, (double[]){cos(t), -sin(t), sin(t), cos(t)}));
    expect_near(&rule, op1(OP_expm, x), rotation, 1e-13 * fmax(1, t));
  }
}
END_TEST

/* ---- errors */
static Attributes *integers_attribute(int count, const int64_t *integers) {
  Attributes *attributes = attributes_new(&test_runtime, 1);
  ck_assert(attributes && attributes_set_integers(&test_runtime, attributes, 0, count, integers));
  return attributes;
}

START_TEST(products_over_no_axes_are_outer) {
  Tensor *x = keep(vector(DTYPE_FLOAT64, NUMBERS(1, 2))), *y = keep(vector(DTYPE_FLOAT64, NUMBERS(3, 4)));
  Tensor *product = made(rule_op2(&rule, OP_tensordot, x, y, integers_attribute(0, NULL)));
  expect_near(&rule, product, keep(matrix_of(2, 2, (double[]){3, 4, 6, 8})), 0);
}
END_TEST

static Tensor *complain(OpId op, Tensor *x, Attributes *attributes) {
  Tensor *result = op_apply1(&graph, op, x, attributes);
  attributes_unref(attributes);
  return result;
}

START_TEST(errors_name_operation_and_shape) {
  Tensor *wide = keep(sample_matrix(DTYPE_FLOAT64, "2,3", 1)), *flat = keep(vector(DTYPE_FLOAT64, NUMBERS(1, 2)));
  static const OpId square[] = {OP_inv, OP_det, OP_cholesky, OP_eigvals, OP_eigvalsh, OP_slogdet_parts, OP_expm};
  for (size_t i = 0; i < sizeof square / sizeof *square; i++) {
    expect_failure(complain(square[i], wide, NULL), ERROR_SHAPE, "(2, 3)");
    expect_failure(complain(square[i], flat, NULL), ERROR_SHAPE, "(2,)");
  }
  expect_failure(complain(OP_inv, wide, NULL), ERROR_SHAPE, "inv needs a square matrix");
  expect_failure(complain(OP_svd_parts, flat, NULL), ERROR_SHAPE, "svd needs a matrix");
  expect_failure(op_apply2(&graph, OP_multi_matmul, wide, wide, NULL), ERROR_SHAPE, "0 (2, 3) and 1 (2, 3)");
  expect_failure(complain(OP_trace, flat, NULL), ERROR_SHAPE, "trace needs a matrix");
  expect_failure(complain(OP_norm, flat, text_attribute(3, "max")), ERROR_ARGUMENT, "\"max\"");
  expect_failure(complain(OP_norm, wide, text_attribute(3, "max")), ERROR_ARGUMENT, "\"max\"");
  expect_failure(complain(OP_eigvalsh, wide, text_attribute(1, "X")), ERROR_ARGUMENT, "\"X\"");
  expect_failure(op_apply2(&graph, OP_linalg_solve, wide, flat, NULL), ERROR_SHAPE, "solve needs a square matrix");
}
END_TEST

/* What few columns lack may be more than memory can hold. */
START_TEST(impossible_bases_are_refused) {
  const int64_t shape[] = {INT64_C(5000000000), 0}, batch[] = {0, INT64_C(5000000000), 0};
  Tensor *single = keep(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 2, shape));
  Tensor *several = keep(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 3, batch));
  expect_failure(complain(OP_complement, single, NULL), ERROR_MEMORY, "more elements than memory can hold");
  expect_failure(complain(OP_complement, several, NULL), ERROR_MEMORY, "more elements than memory can hold");
}
END_TEST

START_TEST(singular_matrices_are_refused) {
  Tensor *b = keep(vector(DTYPE_FLOAT64, NUMBERS(1, 2, 3)));
  static const double singular[][9] = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, {0}, {1, 0, 0, 0, 0, 0, 0, 0, 1},
                                       {0.1, 0.2, 0.3, 0.3, 0.6, 0.9, 1, 0, 1}};
  for (size_t i = 0; i < sizeof singular / sizeof *singular; i++) {
    Tensor *a = keep(matrix_of(3, 3, singular[i]));
    expect_failure(complain(OP_inv, a, NULL), ERROR_VALUE, "singular");
    expect_failure(op_apply2(&graph, OP_linalg_solve, a, b, NULL), ERROR_VALUE, "singular");
  }
  /* ill conditioned is not singular */
  double hilbert[64];
  for (int i = 0; i < 64; i++) hilbert[i] = 1.0 / (i / 8 + i % 8 + 1);
  ck_assert(op1(OP_inv, keep(matrix_of(8, 8, hilbert))) != NULL);
  Tensor *indefinite = keep(matrix_of(2, 2, (double[]){1, 2, 2, 1}));
  Tensor *turn = keep(matrix_of(2, 2, (double[]){0, 1, -1, 0}));
  expect_failure(complain(OP_cholesky, indefinite, NULL), ERROR_VALUE, "positive definite");
  expect_failure(complain(OP_eigvals, turn, NULL), ERROR_VALUE, "complex");
}
END_TEST

START_TEST(large_singular_matrices_are_refused) {
  Tensor *half = keep(sample_matrix(DTYPE_FLOAT64, "80,79", 4));
  expect_failure(complain(OP_inv, times(half, turned(half)), NULL), ERROR_VALUE, "singular");
}
END_TEST

START_TEST(interruption_stops_the_work) {
  static const OpId ops[] = {OP_inv, OP_det, OP_cholesky, OP_qr_parts, OP_svd_parts, OP_eigh_parts, OP_eig_parts,
                             OP_pinv, OP_svdvals, OP_matrix_rank};
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, "9,9", 4));
  interrupt_requested = 1;
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
    expect_failure(complain(ops[i], a, NULL), ERROR_INTERRUPT, "interrupted");
  expect_failure(op_apply2(&graph, OP_lstsq_parts, a, a, NULL), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
}
END_TEST

static Tensor *run_short(OpId op, Tensor *a) {
  return op == OP_lstsq_parts ? op_apply2(&graph, op, a, a, NULL) : complain(op, a, NULL);
}

static void run_out_of_memory(size_t count, const OpId *ops, Tensor *a) {
  for (size_t i = 0; i < count; i++) {
    Tensor *result = NULL;
    for (size_t n = 1; !result; n++) {
      memory_fail_at(n, true);
      result = run_short(ops[i], a);
      memory_fail_at(0, false);
      if (!result) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
      error_clear(&test_error);
    }
    tensor_unref(result);
  }
}

START_TEST(memory_may_run_out) {
  static const OpId ops[] = {OP_inv, OP_det, OP_qr_parts, OP_svd_parts, OP_eigh_parts, OP_eig_parts, OP_expm,
                             OP_norm, OP_cond};
  static const OpId any[] = {OP_svd_parts, OP_svdvals, OP_matrix_rank, OP_pinv, OP_lstsq_parts};
  static const char *const shapes[] = {"3,3", "66,66", "300,4", "150,70"};
  Tensor *a = keep(sample_matrix(DTYPE_FLOAT64, shapes[_i], 4));
  if (_i < 2) run_out_of_memory(sizeof ops / sizeof *ops, ops, a);
  run_out_of_memory(sizeof any / sizeof *any, any, a);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linalg");
  TCase *tests = tcase_create("linalg");
  tcase_add_checked_fixture(tests, rules_set_up, rules_tear_down);
  tcase_add_loop_test(tests, inverses_and_solutions, 0, SQUARES);
  tcase_add_loop_test(tests, triangles, 0, SQUARES);
  tcase_add_loop_test(tests, orthogonal_factors, 0, TALL);
  tcase_add_loop_test(tests, eigenvalues, 0, SQUARES);
  tcase_add_test(tests, float32_is_computed_in_double);
  tcase_add_test(tests, memory_layout_does_not_matter);
  tcase_add_test(tests, known_values);
  tcase_add_test(tests, rank_deficient_matrices_have_bases);
  tcase_add_test(tests, dependent_columns_have_bases);
  tcase_add_test(tests, small_singular_values_stay_accurate);
  tcase_add_test(tests, exponential_of_large_and_small_matrices);
  tcase_add_test(tests, products_over_no_axes_are_outer);
  tcase_add_test(tests, errors_name_operation_and_shape);
  tcase_add_test(tests, impossible_bases_are_refused);
  tcase_add_test(tests, singular_matrices_are_refused);
  tcase_add_test(tests, large_singular_matrices_are_refused);
  tcase_add_test(tests, interruption_stops_the_work);
  tcase_add_loop_test(tests, memory_may_run_out, 0, 4);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
