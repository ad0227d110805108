/* SPDX-License-Identifier: MIT */
/* test_remainder.c: remainders by one multiplication have the bits of those by fmod. */
#include <math.h>
#include <string.h>
#include "runtime/kernels/elementwise.h"
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

/* ---- loops over float32 */
enum { ELEMENTS = 600 };

static void expect_same_loop(OpId op, Isa isa, const float *x, const float *y, int y_step) {
  float got[ELEMENTS];
  const int64_t item = sizeof *x;
  elementwise_loops_for(DTYPE_FLOAT32, isa)->binary[op]((char *)got, (const char *)x, item, (const char *)y,
                                                        y_step * item, ELEMENTS);
  for (int i = 0; i < ELEMENTS; i++) {
    double a = (double)x[i], b = (double)y[i * y_step];
    float one = (float)(op == OP_fmod ? fmod(a, b) : far_floor_remainder(a, b));
    ck_assert_msg(same_bits((double)got[i], (double)one), "%s(%a, %a): %a", op_table[op].name, a, b, (double)got[i]);
  }
}

static void expect_same_loops(const float *x, const float *y) {
  static const OpId ops[] = {OP_remainder, OP_fmod};
  for (int k = 0; k < COUNT(ops); k++)
    for (Isa isa = ISA_BASELINE; isa < ISA_COUNT; isa++)
      for (int y_step = 0; y_step < 2 && target_has(isa); y_step++) expect_same_loop(ops[k], isa, x, y, y_step);
}

/* Near quotients, then with some far ones among them. */
START_TEST(loops_have_the_bits_of_single_ones) {
  uint32_t state = 3;
  float x[ELEMENTS], y[ELEMENTS];
  for (int i = 0; i < ELEMENTS; i++) {
    y[i] = (float)ldexp(next_random(&state) / 0x1p24 - 0.5, (int)(next_random(&state) % 20) - 10);
    x[i] = i % 3 ? (float)(y[i] * floor(next_random(&state) / 0x1p12)) : (float)(next_random(&state) / 0x1p20 - 7);
  }
  expect_same_loops(x, y);
  static const float edges[] = {0, -0.0f, 1e-45f, -1e-30f, 3e38f, INFINITY, -INFINITY, NAN, 0x1p28f, -0x1p28f};
  for (int i = 0; i < ELEMENTS; i += 7) x[i] = edges[i / 7 % COUNT(edges)];
  expect_same_loops(x, y);
  for (int i = 0; i < ELEMENTS; i += 11) y[i] = edges[i / 11 % COUNT(edges)];
  expect_same_loops(x, y);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("remainder");
  TCase *tests = tcase_create("remainder");
  tcase_add_test(tests, numbers_at_the_edges);
  tcase_add_test(tests, numbers_beside_multiples);
  tcase_add_test(tests, loops_have_the_bits_of_single_ones);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
