/* SPDX-License-Identifier: MIT */
/* suite.h: what every test program shares: how it runs its suite, counts its cases and draws numbers. */
#ifndef MGRAD_TESTS_SUITE_H
#define MGRAD_TESTS_SUITE_H
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* A small generator, so that every run is the same. */
static inline uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525U + 1013904223U;
  return *state >> 8;
}

/* Runs the suite, prints what failed, and gives the exit status. */
static inline int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
