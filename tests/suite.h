/* SPDX-License-Identifier: MIT */
/* suite.h: what every test program shares: how it runs its suite, and how it counts its cases. */
#ifndef MGRAD_TESTS_SUITE_H
#define MGRAD_TESTS_SUITE_H
#include <check.h>
#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* Runs the suite, prints what failed, and gives the exit status. */
static inline int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
