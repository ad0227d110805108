/* SPDX-License-Identifier: MIT */
/* test_accuracy.c: every elementwise row on real numbers is as accurate as docs/accuracy.md says. */
#if __has_include(<mpfr.h>)
#include "tools/derivatives.h"

#include "tests/tensors.h"

/* A part of what `make accuracy` measures. */
enum { BLOCKS = 1, SAMPLES = 16 };

START_TEST(every_row_keeps_its_bound) {
  const AccuracyRow *row = &accuracy_rows[_i];
  for (int single = 0; single < 2; single++) {
    AccuracyResult result = accuracy_measure(row, single, BLOCKS);
    ck_assert_msg(result.worst <= row->bound, "%s(%.17g, %.17g) in %s is %g units in the last place off, not %g",
                  op_table[row->op].name, result.x, result.y, single ? "float32" : "float64", result.worst, row->bound);
  }
  mpfr_free_cache();
}
END_TEST

START_TEST(derivatives_keep_their_bounds) {
  const AccuracyRow *row = &accuracy_rows[_i];
  for (int single = 0; single < 2; single++) {
    DerivativeResult result = derivatives_measure(row, single, SAMPLES);
    for (int order = 1; order <= 2; order++) {
      AccuracyResult worst = result.order[order - 1];
      ck_assert_msg(worst.worst <= derivative_bound(order),
                    "derivative %d of %s at %.17g, %.17g in %s is %g units in the last place off, not %g", order,
                    op_table[row->op].name, worst.x, worst.y, single ? "float32" : "float64", worst.worst,
                    derivative_bound(order));
    }
  }
  mpfr_free_cache();
}
END_TEST

/* What was once far off: tails, neighbourhoods of zeros and of the ends of ranges, quotients next to whole numbers. */
typedef struct Spot { OpId op; int which; double x, y; } Spot;
static const Spot spots[] = {
  {OP_erf, BY_X, -23.557090533999734, 0}, {OP_erf, BY_XX, 26.4, 0}, {OP_erfc, BY_X, 25.87519372650349, 0},
  {OP_gelu, BY_X, -35.001203108728660, 0}, {OP_gelu, BY_XX, 35.001203108728660, 0}, {OP_mish, BY_XX, 300.25, 0},
  {OP_erfinv, BY_X, -0.99999999999999, 0}, {OP_erfinv, BY_XX, 0.99999999810787887, 0}, {OP_cbrt, BY_XX, 8.97e-8, 0},
  {OP_arcsin, BY_XX, 1e-9, 0}, {OP_arccos, BY_XX, -1e-60, 0}, {OP_arctanh, BY_XX, 1e-12, 0}, {OP_csc, BY_XX, 1e-91, 0},
  {OP_arctan, BY_XX, 1e90, 0}, {OP_arccot, BY_XX, -1e92, 0}, {OP_arcsec, BY_XX, 1e99, 0}, {OP_arccoth, BY_XX, 1e83, 0},
  {OP_soft_sign, BY_XX, -1e99, 0}, {OP_expit, BY_XX, 1e-12, 0}, {OP_i0, BY_XX, 1e-300, 0}, {OP_i1, BY_XX, 1e-8, 0},
  {OP_hypot, BY_XX, 167.6, 1e-40}, {OP_hypot, BY_YY, 1e-9, 3}, {OP_arctan2, BY_YY, 2, 1e-7},
  {OP_logaddexp, BY_X, 0.82666920325333315, 173.10251915463641}, {OP_logaddexp2, BY_XX, 0.94, 700.118225492222351},
  {OP_beta, BY_X, 0.0031854018288257104, 22}, {OP_beta, BY_X, 80.5, 1e-3}, {OP_beta, BY_XX, 80.5, 1e-3},
  {OP_power, BY_X, 1e300, 0.1}, {OP_power, BY_XX, 2.1e228, 0.1}, {OP_power, BY_X, 1e-200, -0.3},
  {OP_remainder, BY_Y, 2.9999999999999996, 1}, {OP_fmod, BY_Y, -2.9999999999999996, 1},
};
enum { SPOTS = sizeof spots / sizeof *spots };

START_TEST(derivatives_keep_their_bounds_where_it_is_hard) {
  const Spot *spot = &spots[_i];
  static Slopes slopes;
  slopes_of(spot->op, &spot->x, &spot->y, 1, false, &slopes);
  double got = slopes.of[spot->which][0];
  double error = derivative_error_at(accuracy_row(spot->op), spot->which, spot->x, spot->y, got, false);
  ck_assert_msg(error <= derivative_bound(spot->which < BY_XX ? 1 : 2),
                "%s, derivative %d at %.17g, %.17g: %.17g is %g off",
                op_table[spot->op].name, spot->which, spot->x, spot->y, got, error);
  mpfr_free_cache();
}
END_TEST

/* A scalar's derivatives have the bits of an element's. */
START_TEST(scalars_have_the_derivatives_of_elements) {
  const AccuracyRow *row = &accuracy_rows[_i];
  static Slopes many, one;
  double x[DERIVATIVE_BLOCK], y[DERIVATIVE_BLOCK];
  uint64_t state = accuracy_seed(row->op);
  derivatives_sample(row, false, &state, DERIVATIVE_BLOCK, x, y);
  slopes_of(row->op, x, y, DERIVATIVE_BLOCK, false, &many);
  for (int i = 0; i < DERIVATIVE_BLOCK; i++) {
    slopes_of(row->op, &x[i], &y[i], 1, false, &one);
    for (int which = 0; which < DERIVATIVES; which++) {
      if (!has_derivative(row->op, which)) continue;
      double scalar = one.of[which][0], element = many.of[which][i];
      ck_assert_msg(scalar == element || (isnan(scalar) && isnan(element)),
                    "%s, derivative %d at %.17g, %.17g: %.17g, %.17g",
                    op_table[row->op].name, which, x[i], y[i], scalar, element);
    }
  }
}
END_TEST

/* The exact derivatives themselves, where they are known. */
START_TEST(differences_are_exact) {
  mpfr_t r, x, y;
  mpfr_inits2(ACCURACY_BITS, r, x, y, (mpfr_ptr)0);
  mpfr_set_d(x, 3, MPFR_RNDN);
  mpfr_set_d(y, 5, MPFR_RNDN);
  static const double of_product[] = {5, 3, 0, 1, 0};
  for (int which = 0; which < DERIVATIVES; which++) {
    exact_derivative(r, accuracy_row(OP_multiply), x, y, which);
    ck_assert(mpfr_get_d(r, MPFR_RNDN) == of_product[which]);
  }
  exact_derivative(r, accuracy_row(OP_reciprocal), x, y, BY_XX);
  ck_assert(mpfr_get_d(r, MPFR_RNDN) == 2.0 / 27);
  mpfr_clears(r, x, y, (mpfr_ptr)0);
}
END_TEST

START_TEST(every_row_has_an_exact_counterpart) {
  for (int op = 0; op < OP_COUNT; op++) {
    const OpInfo *info = &op_table[op];
    bool real = (info->kind == OP_KIND_UNARY || info->kind == OP_KIND_BINARY) && info->type != OP_TYPE_LOGIC;
    int count = 0;
    for (int i = 0; i < ACCURACY_ROWS; i++) count += accuracy_rows[i].op == (OpId)op;
    ck_assert_msg(count == real, "%s has %d lines in tools/accuracy.def", info->name, count);
  }
}
END_TEST

/* The measure itself: one step beside 1 is one unit, and inf stands for the number after the largest. */
START_TEST(errors_are_measured_in_units_of_the_last_place) {
  mpfr_t exact;
  mpfr_init2(exact, ACCURACY_BITS);
  mpfr_set_d(exact, 1.5, MPFR_RNDN);
  ck_assert(accuracy_error(1.5, exact, false) == 0 && accuracy_error(1.5 + 0x1p-52, exact, false) == 1);
  ck_assert(accuracy_error(1.5 + 0x1p-23, exact, true) == 1 && accuracy_error((double)NAN, exact, true) == INFINITY);
  mpfr_set_d(exact, 0x1p-1074, MPFR_RNDN);
  ck_assert(accuracy_error(0, exact, false) == 1);
  mpfr_set_d(exact, DBL_MAX, MPFR_RNDN);
  ck_assert(accuracy_error((double)INFINITY, exact, false) == 1);
  mpfr_set_ui_2exp(exact, 1, 5000, MPFR_RNDN);
  ck_assert(accuracy_error((double)INFINITY, exact, false) == 0 && accuracy_error(DBL_MAX, exact, false) == 1);
  mpfr_clear(exact);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("accuracy");
  TCase *tests = tcase_create("accuracy");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, every_row_keeps_its_bound, 0, ACCURACY_ROWS);
  tcase_add_loop_test(tests, derivatives_keep_their_bounds, 0, ACCURACY_ROWS);
  tcase_add_loop_test(tests, derivatives_keep_their_bounds_where_it_is_hard, 0, SPOTS);
  tcase_add_loop_test(tests, scalars_have_the_derivatives_of_elements, 0, ACCURACY_ROWS);
  tcase_add_test(tests, differences_are_exact);
  tcase_add_test(tests, every_row_has_an_exact_counterpart);
  tcase_add_test(tests, errors_are_measured_in_units_of_the_last_place);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
#else
#include <stdio.h>

/* The summary line of Check, for the script that counts. */
int main(void) {
  puts("skipped: MPFR is not installed (libmpfr-dev), so the accuracy of functions is not tested");
  puts("100%: Checks: 0, Failures: 0, Errors: 0");
  return 0;
}
#endif
