/* SPDX-License-Identifier: MIT */
/* test_remainder.c: remainders by one multiplication have the bits of those by fmod. */
#include <math.h>
#include <string.h>
#include "runtime/kernels/math.h"
#include "tests/suite.h"

static bool same_bits(double a, double b) {
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static void expect_remainders(double x, double y) {
  for (int signs = 0; signs < 4; signs++) {
    double a = signs & 1 ? -x : x, b = signs & 2 ? -y : y;
    double floored = floor_remainder(a, b), truncated = truncated_remainder(a, b);
    ck_assert_msg(same_bits(floored, far_floor_remainder(a, b)), "%a %% %a: %a", a, b, floored);
    ck_assert_msg(same_bits(truncated, fmod(a, b)), "fmod(%a, %a): %a", a, b, truncated);
  }
}

START_TEST(numbers_at_the_edges) {
  static const double edges[] = {0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 0.1, 0.3, 1, 3, 0x1p52, 0x1p53,
                                 1e22, 1e300, 1.7976931348623157e308, INFINITY, NAN};
  for (int i = 0; i < COUNT(edges); i++)
    for (int k = 0; k < COUNT(edges); k++) expect_remainders(edges[i], edges[k]);
}
END_TEST

/* Multiples and their neighbours, where a rounded quotient is whole though the exact one is not. */
START_TEST(numbers_beside_multiples) {
  uint32_t state = 1;
  for (int i = 0; i < 300000; i++) {
    double y = ldexp(1 + next_random(&state) / 0x1p24 + next_random(&state) / 0x1p48, (int)(next_random(&state) % 80) - 40);
    double x = y * floor(ldexp(1 + next_random(&state) / 0x1p24, (int)(next_random(&state) % 60)));
    expect_remainders(x, y);
    expect_remainders(nextafter(x, INFINITY), y);
    expect_remainders(nextafter(x, 0), y);
    expect_remainders(x * (next_random(&state) / 0x1p24), y);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("remainder");
  TCase *tests = tcase_create("remainder");
  tcase_add_test(tests, numbers_at_the_edges);
  tcase_add_test(tests, numbers_beside_multiples);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
