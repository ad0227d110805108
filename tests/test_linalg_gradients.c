/* SPDX-License-Identifier: MIT */
/* test_linalg_gradients.c: derivatives of linear algebra against finite differences, first and second order, and what
   holds at kinks and singular points. */
#include "tests/matrices.h"
#include "tests/numeric_check.h"

/* ---- subjects: functions of one or two sampled tensors */
typedef Tensor *(*Subject)(Rule *rule, Tensor *const *x);

static Tensor *parts_of(Rule *rule, OpId op, Tensor *x) { return rule_op1(rule, op, x, NULL); }
static Tensor *symmetric(Rule *rule, Tensor *x) { return matrix_symmetric(rule, x); }

static Tensor *norm_of(Rule *rule, Tensor *x, double ord, const char *text, int axes, const int64_t *list) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 3);
  if (!attributes) return NULL;
  bool set = !text || attributes_set_text(rule->graph->runtime, attributes, 0, text);
  if (!text) attributes_set_number(attributes, 0, ord);
  if (set && axes) set = attributes_set_integers(rule->graph->runtime, attributes, 1, axes, list);
  return rule_op1(rule, OP_norm, set ? x : NULL, attributes);
}

static Tensor *with_integer(Rule *rule, OpId op, Tensor *x, int64_t number) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_integer(attributes, 0, number);
  return rule_op1(rule, op, x, attributes);
}

#define PLAIN(name) static Tensor *name##_of(Rule *rule, Tensor *const *x) { return parts_of(rule, OP_##name, x[0]); }
#define SYMMETRIC(name) \
  static Tensor *name##_of(Rule *rule, Tensor *const *x) { return parts_of(rule, OP_##name, symmetric(rule, x[0])); }
PLAIN(inv) PLAIN(pinv) PLAIN(det) PLAIN(qr_parts) PLAIN(svd_parts) PLAIN(svdvals) PLAIN(eig_parts) PLAIN(eigvals)
PLAIN(expm) PLAIN(cond)
SYMMETRIC(cholesky) SYMMETRIC(eigh_parts) SYMMETRIC(eigvalsh)

static Tensor *solve_of(Rule *rule, Tensor *const *x) { return matrix_solve(rule, x[0], x[1]); }

static Tensor *lstsq_of(Rule *rule, Tensor *const *x) {
  return rule_op2(rule, OP_lstsq_parts, x[0], x[1], NULL);
}

static Tensor *log_determinant_of(Rule *rule, Tensor *const *x) {
  return matrix_columns(rule, parts_of(rule, OP_slogdet_parts, x[0]), 1, 1);
}

static Tensor *complement_of(Rule *rule, Tensor *const *x) {
  Tensor *q = matrix_rows(rule, parts_of(rule, OP_qr_parts, x[0]), 0, matrix_height(x[0]));
  return parts_of(rule, OP_complement, q);
}

static Tensor *cubed(Rule *rule, Tensor *const *x) { return with_integer(rule, OP_matrix_power, x[0], 3); }
static Tensor *inverse_squared(Rule *rule, Tensor *const *x) { return with_integer(rule, OP_matrix_power, x[0], -2); }
static Tensor *large_exponential(Rule *rule, Tensor *const *x) {
  return parts_of(rule, OP_expm, rule_scale(rule, x[0], 3));
}
static Tensor *small_exponential(Rule *rule, Tensor *const *x) {
  return parts_of(rule, OP_expm, rule_scale(rule, x[0], 0.1));
}

static Tensor *condition_in_1(Rule *rule, Tensor *const *x) {
  Attributes *attributes = attributes_new(rule->graph->runtime, 1);
  if (!attributes) return NULL;
  attributes_set_number(attributes, 0, 1);
  return rule_op1(rule, OP_cond, x[0], attributes);
}

#define NORM(name, ord, text) \
  static Tensor *name(Rule *rule, Tensor *const *x) { return norm_of(rule, x[0], ord, text, 0, NULL); }
NORM(norm_1, 1, NULL) NORM(norm_2, 2, NULL) NORM(norm_3, 3, NULL) NORM(norm_4, 4, NULL) NORM(norm_half, 0.5, NULL)
NORM(norm_minus_1, -1, NULL) NORM(norm_inf, INFINITY, NULL) NORM(norm_minus_inf, -INFINITY, NULL)
NORM(norm_minus_2, -2, NULL) NORM(norm_fro, 0, "fro") NORM(norm_nuc, 0, "nuc")

static Tensor *norm_nuc_outer_axes(Rule *rule, Tensor *const *x) {
  return norm_of(rule, x[0], 0, "nuc", 2, (const int64_t[]){2, 0});
}
static Tensor *norm_3_of_rows(Rule *rule, Tensor *const *x) {
  return norm_of(rule, x[0], 3, NULL, 1, (const int64_t[]){-1});
}

/* ---- rows: tolerances grow where derivatives of vectors are steep */
typedef struct Row { const char *name; Subject subject; const char *shapes[2]; double first, second; } Row;
#define ROW(subject, ...) {#subject, subject, {__VA_ARGS__}, 1e-8, 1e-6}

static const Row rows[] = {
  ROW(inv_of, "3,3"), ROW(inv_of, "2,3,3"), ROW(inv_of, "1,1"),
  ROW(pinv_of, "3,3"), ROW(pinv_of, "4,2"), ROW(pinv_of, "2,4"), ROW(pinv_of, "2,3,2"),
  ROW(solve_of, "3,3", "3"), ROW(solve_of, "3,3", "3,2"), ROW(solve_of, "2,3,3", "3"), ROW(solve_of, "3,3", "2,3,1"),
  ROW(solve_of, "2,1,3,3", "1,4,3,2"), ROW(solve_of, "2,3,3", "2,3"), ROW(solve_of, "2,1,3,3", "1,4,3"),
  ROW(lstsq_of, "3,3", "3,1"), ROW(lstsq_of, "5,2", "5,2"), ROW(lstsq_of, "2,4", "2,1"),
  ROW(lstsq_of, "2,4,2", "2,4,1"),
  ROW(det_of, "1,1"), ROW(det_of, "3,3"), ROW(det_of, "2,3,3"),
  ROW(log_determinant_of, "3,3"), ROW(log_determinant_of, "2,2,2"),
  ROW(cholesky_of, "1,1"), ROW(cholesky_of, "3,3"), ROW(cholesky_of, "2,3,3"),
  ROW(qr_parts_of, "3,3"), ROW(qr_parts_of, "4,3"), ROW(qr_parts_of, "2,4"), ROW(qr_parts_of, "2,3,2"),
  ROW(complement_of, "3,2"), ROW(complement_of, "4,2"), ROW(complement_of, "2,4,1"),
  ROW(svd_parts_of, "3,3"), ROW(svd_parts_of, "4,2"), ROW(svd_parts_of, "2,4"), ROW(svd_parts_of, "2,3,2"),
  ROW(svdvals_of, "3,3"), ROW(svdvals_of, "2,3"), ROW(svdvals_of, "2,3,2"),
  ROW(eigh_parts_of, "3,3"), ROW(eigh_parts_of, "2,3,3"), ROW(eigvalsh_of, "3,3"),
  ROW(eig_parts_of, "3,3"), ROW(eig_parts_of, "2,2,2"), ROW(eigvals_of, "3,3"),
  ROW(cubed, "3,3"), ROW(inverse_squared, "2,3,3"), ROW(expm_of, "3,3"), ROW(expm_of, "2,2,2"),
  ROW(large_exponential, "2,2"), ROW(small_exponential, "3,3"), ROW(cond_of, "3,3"), ROW(condition_in_1, "3,3"),
  ROW(norm_1, "4"), ROW(norm_2, "4"), ROW(norm_3, "4"), ROW(norm_4, "4"), ROW(norm_half, "3"), ROW(norm_minus_1, "3"),
  ROW(norm_inf, "4"), ROW(norm_minus_inf, "4"), ROW(norm_1, "3,2"), ROW(norm_minus_1, "3,2"), ROW(norm_2, "3,2"),
  ROW(norm_minus_2, "3,2"), ROW(norm_inf, "3,2"), ROW(norm_minus_inf, "2,3"),
  ROW(norm_fro, "2,3"), ROW(norm_nuc, "2,3"),
  ROW(norm_nuc_outer_axes, "3,2,2"), ROW(norm_3_of_rows, "2,2,3"),
};
enum { ROWS = sizeof rows / sizeof *rows };

static Tensor *run_subject(Graph *unused, void *context, int count, Tensor *const *x) {
  const Row *row = context;
  Rule rule;
  (void)unused, (void)count;
  rule_start(&rule, &graph);
  Tensor *result = row->subject(&rule, x);
  if (result) tensor_ref(result);
  rule_finish(&rule);
  return result;
}

static void check_order(const Check *check, int order, double tolerance) {
  const Row *row = check->context;
  double analytic, numeric;
  ck_assert_msg(check_run(check, order, &analytic, &numeric), "%s: %s", row->name, buffer_text(&test_error.message));
  double size = fmax(1, fmax(fabs(analytic), fabs(numeric)));
  ck_assert_msg(fabs(analytic - numeric) <= tolerance * size,
                "%s of %s, order %d: backward gives %.12g, differences %.12g", row->name,
                row->shapes[0], order, analytic, numeric);
}

static Check check_of(const Row *row, Tensor *const *x, uint64_t seed) {
  return (Check){.graph = &graph, .function = run_subject, .context = (void *)(uintptr_t)row,
                 .count = row->shapes[1] ? 2 : 1, .x = x, .seed = seed};
}

static void check_at(const Row *row, Tensor *const *x) {
  for (uint64_t seed = 3; seed < 6; seed++) {
    Check check = check_of(row, x, seed);
    check_order(&check, 1, row->first);
    check_order(&check, 2, row->second);
  }
}

START_TEST(derivatives_match_differences) {
  const Row *row = &rows[_i];
  Tensor *x[2] = {sample_matrix(DTYPE_FLOAT64, row->shapes[0], 11), NULL};
  if (row->shapes[1]) x[1] = sample_matrix(DTYPE_FLOAT64, row->shapes[1], 12);
  check_at(row, x);
  tensor_unref(x[0]);
  tensor_unref(x[1]);
}
END_TEST

START_TEST(float32_matches_float64) {
  const Row *row = &rows[_i];
  double slopes[2], numeric;
  for (int single = 0; single < 2; single++) {
    DType dtype = single ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
    Tensor *x[2] = {sample_matrix(dtype, row->shapes[0], 11), NULL};
    if (row->shapes[1]) x[1] = sample_matrix(dtype, row->shapes[1], 12);
    Check check = check_of(row, x, 3);
    ck_assert_msg(check_run(&check, 1, &slopes[single], &numeric), "%s", buffer_text(&test_error.message));
    tensor_unref(x[0]);
    tensor_unref(x[1]);
  }
  ck_assert_msg(fabs(slopes[0] - slopes[1]) <= 1e-4 * fmax(1, fabs(slopes[0])), "%s: %.9g against %.9g", row->name,
                slopes[1], slopes[0]);
}
END_TEST

/* ---- determinants of singular matrices: a polynomial has every derivative */
START_TEST(singular_determinants_have_derivatives) {
  static const double singular[][9] = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 2, 4, 6, 3, 6, 9}, {0},
                                       {1, 0, 0, 0, 0, 0, 0, 0, 1}};
  const Row row = {"det", det_of, {"3,3"}, 1e-8, 1e-6};
  for (size_t i = 0; i < sizeof singular / sizeof *singular; i++) {
    Tensor *x = matrix_of(3, 3, singular[i]);
    check_at(&row, &x);
    tensor_unref(x);
  }
}
END_TEST

/* ---- gradients at special points */
static Variable *gradient_of(Variable *x, Subject subject, Tensor *weights_taken) {
  const Row row = {"", subject, {""}, 0, 0};
  Tensor *value = value_of(x);
  Variable *y = own(variable_new_take(&graph, made(run_subject(&graph, (void *)(uintptr_t)&row, 1, &value))));
  bool done = backward_run(&graph, y, weights_taken, (BackwardOptions){.release_graph = false});
  ck_assert_msg(done, "%s", buffer_text(&test_error.message));
  tensor_unref(weights_taken);
  variable_unref(y);
  return own(variable_gradient(&graph, x));
}

static void expect_gradient_of(Subject subject, Tensor *x_taken, Tensor *weights_taken, int count,
                               const double *numbers) {
  Variable *x = leaf_of(x_taken), *gradient = gradient_of(x, subject, weights_taken);
  Tensor *value = value_of(gradient);
  ck_assert_int_eq(tensor_size(value), count);
  for (int i = 0; i < count; i++) {
    double got = tensor_number_at(value, i);
    bool near = isnan(numbers[i]) ? isnan(got) : fabs(got - numbers[i]) <= 1e-14;
    ck_assert_msg(near, "element %d is %.17g, not %.17g", i, got, numbers[i]);
  }
  variable_unref(gradient);
  variable_unref(x);
}

START_TEST(norms_of_zero_have_gradient_zero) {
  const Subject norms[] = {norm_1, norm_2, norm_3, norm_4, norm_half, norm_inf, norm_minus_1, norm_minus_inf};
  for (size_t i = 0; i < sizeof norms / sizeof *norms; i++)
    expect_gradient_of(norms[i], vector(DTYPE_FLOAT64, NUMBERS(0, 0)), NULL, NUMBERS(0, 0));
  const Subject matrix_norms[] = {norm_1, norm_2, norm_minus_2, norm_nuc, norm_fro, norm_inf};
  for (size_t i = 0; i < sizeof matrix_norms / sizeof *matrix_norms; i++)
    expect_gradient_of(matrix_norms[i], matrix_of(2, 2, (double[]){0, 0, 0, 0}), NULL, NUMBERS(0, 0, 0, 0));
}
END_TEST

START_TEST(norms_pass_zeros_and_ties) {
  expect_gradient_of(norm_2, vector(DTYPE_FLOAT64, NUMBERS(3, 0, 4)), NULL, NUMBERS(0.6, 0, 0.8));
  expect_gradient_of(norm_inf, vector(DTYPE_FLOAT64, NUMBERS(-2, 2, 1)), NULL, NUMBERS(-1, 0, 0));
  expect_gradient_of(norm_half, vector(DTYPE_FLOAT64, NUMBERS(1, 0)), NULL, NUMBERS(1, 0));
  expect_gradient_of(norm_minus_1, vector(DTYPE_FLOAT64, NUMBERS(2, 0)), NULL, NUMBERS(0, 0));
  expect_gradient_of(norm_1, matrix_of(2, 2, (double[]){1, -2, 1, 0}), NULL, NUMBERS(1, 0, 1, 0));
}
END_TEST

/* U V^T without the directions of values that are 0. */
START_TEST(singular_values_of_dependent_columns_have_gradients) {
  const double equal_rows[] = {1, 2, 0, 1, 2, 0, 0, 1, 1};
  const double polar[] = {0.36255462452684581, 0.59240504621733734, -0.13270420283635428, 0.36255462452684581,
                          0.59240504621733734, -0.13270420283635428, -0.26540840567270856, 0.36255462452684581,
                          0.89337143587226294};
  expect_gradient_of(norm_nuc, matrix_of(3, 3, equal_rows), NULL, 9, polar);
  expect_gradient_of(svdvals_of, matrix_of(3, 3, equal_rows), vector(DTYPE_FLOAT64, NUMBERS(1, 1, 1)), 9, polar);
}
END_TEST

START_TEST(repeated_values_have_gradients_their_vectors_none) {
  const double identity[] = {1, 0, 0, 1};
  expect_gradient_of(eigvalsh_of, matrix_of(2, 2, identity), vector(DTYPE_FLOAT64, NUMBERS(2, 2)), NUMBERS(2, 0, 0, 2));
  expect_gradient_of(svdvals_of, matrix_of(2, 2, identity), vector(DTYPE_FLOAT64, NUMBERS(3, 3)), NUMBERS(3, 0, 0, 3));
  expect_gradient_of(eigh_parts_of, matrix_of(2, 2, identity), matrix_of(3, 2, (double[]){2, 2, 0, 0, 0, 0}),
                     NUMBERS(2, 0, 0, 2));
  expect_gradient_of(svd_parts_of, matrix_of(2, 2, identity), matrix_of(5, 2, (double[]){0, 0, 0, 0, 1, 1, 0, 0, 0, 0}),
                     NUMBERS(1, 0, 0, 1));
  expect_gradient_of(eigh_parts_of, matrix_of(2, 2, identity), matrix_of(3, 2, (double[]){0, 0, 0, 1, 0, 0}),
                     NUMBERS(NAN, NAN, NAN, NAN));
  /* products and sums that cancel do not hide it */
  expect_gradient_of(eigh_parts_of, matrix_of(2, 2, identity), matrix_of(3, 2, (double[]){0, 0, 1, 1, 1, 1}),
                     NUMBERS(NAN, NAN, NAN, NAN));
  expect_gradient_of(eig_parts_of, matrix_of(2, 2, identity), matrix_of(3, 2, (double[]){0, 0, 1, 0, 0, 0}),
                     NUMBERS(NAN, NAN, NAN, NAN));
  expect_gradient_of(svd_parts_of, matrix_of(2, 2, identity),
                     matrix_of(5, 2, (double[]){1, 1, 1, 1, 0, 0, 0, 0, 0, 0}), NUMBERS(NAN, NAN, NAN, NAN));
  /* the vector of a value that is not repeated has its derivative */
  const double twice[] = {1, 0, 0, 0, 3, 0, 0, 0, 3};
  Tensor *first = matrix_of(4, 3, (double[]){0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0});
  expect_gradient_of(eigh_parts_of, matrix_of(3, 3, twice), first,
                     NUMBERS(0, -0.25, 0, -0.25, 0, 0, 0, 0, 0));
}
END_TEST

START_TEST(singular_log_determinant_says_so) {
  Variable *x = leaf_of(matrix_of(2, 2, (double[]){1, 2, 2, 4})), *y = apply1(OP_slogdet_parts, x);
  ck_assert(!backward_run(&graph, y, NULL, (BackwardOptions){.release_graph = false}));
  expect_failure(NULL, ERROR_VALUE, "singular");
  variable_unref(y);
  variable_unref(x);
}
END_TEST

/* Every allocation of a backward run may fail. */
START_TEST(memory_may_run_out_in_rules) {
  const Row *row = &rows[_i];
  Tensor *x[2] = {sample_matrix(DTYPE_FLOAT64, row->shapes[0], 11), NULL};
  if (row->shapes[1]) x[1] = sample_matrix(DTYPE_FLOAT64, row->shapes[1], 12);
  Check check = check_of(row, x, 3);
  double analytic, numeric;
  bool done = false;
  for (size_t n = 1; !done; n = n * 21 / 20 + 1) {
    memory_fail_at(n, true);
    done = check_run(&check, 2, &analytic, &numeric);
    memory_fail_at(0, false);
    if (!done) ck_assert_int_eq(test_error.kind, ERROR_MEMORY);
    error_clear(&test_error);
  }
  tensor_unref(x[0]);
  tensor_unref(x[1]);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("linalg_gradients");
  TCase *tests = tcase_create("linalg_gradients");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  tcase_add_loop_test(tests, derivatives_match_differences, 0, ROWS);
  tcase_add_loop_test(tests, float32_matches_float64, 0, ROWS);
  tcase_add_test(tests, singular_determinants_have_derivatives);
  tcase_add_test(tests, norms_of_zero_have_gradient_zero);
  tcase_add_test(tests, norms_pass_zeros_and_ties);
  tcase_add_test(tests, singular_values_of_dependent_columns_have_gradients);
  tcase_add_test(tests, repeated_values_have_gradients_their_vectors_none);
  tcase_add_test(tests, singular_log_determinant_says_so);
  tcase_add_loop_test(tests, memory_may_run_out_in_rules, 0, ROWS);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
