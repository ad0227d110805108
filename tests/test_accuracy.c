/* SPDX-License-Identifier: MIT */
/* test_accuracy.c: every elementwise row on real numbers is as accurate as docs/accuracy.md says. */
#if __has_include(<mpfr.h>)
#include "tools/accuracy.h"

#include "tests/tensors.h"

/* A part of what `make accuracy` measures. */
enum { BLOCKS = 2 };

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
  tcase_set_timeout(tests, 300);
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, every_row_keeps_its_bound, 0, ACCURACY_ROWS);
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
