/* SPDX-License-Identifier: MIT */
/* suite.h: what every test program shares: how it runs its suite, counts its cases and draws numbers. */
#ifndef MGRAD_TESTS_SUITE_H
#define MGRAD_TESTS_SUITE_H
#include <check.h>
#include <stdint.h>
#include <stdlib.h>

/* Check's own notes each assertion that holds, and in a process without forks takes the notes away one by one, each time
 * moving the rest: tests that look at every element of a tensor would take minutes. */
#undef ck_assert
#undef ck_assert_msg
#define ck_assert(expression) ck_assert_msg(expression, "%s", "Assertion '" #expression "' failed")
#define ck_assert_msg(expression, ...) ((expression) ? (void)0 : ck_abort_msg(__VA_ARGS__))

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* A small generator, so that every run is the same. */
static inline uint32_t next_random(uint32_t *state) {
  *state = *state * 1664525U + 1013904223U;
  return *state >> 8;
}

/* Which allocation fails next: every one in turn, but fewer and fewer under a sanitizer, where a session takes long. */
static inline size_t next_failure(size_t allocation) {
#if defined __SANITIZE_ADDRESS__
  return allocation + 1 + allocation / 20;
#else
  return allocation + 1;
#endif
}

/* A test may take long on a busy machine, or under a sanitizer: only one that hangs is stopped.  Check's own four seconds
 * would say nothing of a test; it reads the environment before the first of them. */
__attribute__((constructor)) static void give_tests_time(void) {
  setenv("CK_DEFAULT_TIMEOUT", "300", 0);
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
