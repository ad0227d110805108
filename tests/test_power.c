/* SPDX-License-Identifier: MIT */
/* test_power.c: x to the power y: special values, exact powers, and the same bits whatever way they are computed. */
#include <float.h>

#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/math.h"
#include "tests/tensors.h"

/* More than a block of the loops, which go a short way where all elements are ordinary. */
enum { MOST = 600 };

static const double edges[] = {
  0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 0.5, -0.5, 2, -2, 3, -3, 1.5, -1.5, 0x1p-1022, -0x1p-1022, 5e-324, -5e-324,
  1e-310, -1e-310, DBL_MAX, -DBL_MAX, FLT_MAX, 0x1p-126, 0x1p-149, -0x1p-149, 1 + 0x1p-52, 1 - 0x1p-53, 1 + 0x1p-23,
  1 - 0x1p-24, 0x1p23 + 1, 0x1p24 - 1, 0x1p24, 0x1p51 + 0.5, 0x1p52 + 1, 0x1p53 - 1, 1 - 0x1p53, 0x1p53, 0x1p60,
  -0x1p60, 1024, -1074, -1075, 1023.5, 128, -149, -150, 10, 22};
enum { EDGES = sizeof edges / sizeof *edges };

static double at(const void *elements, bool single, int64_t i) {
  return single ? (double)((const float *)elements)[i] : ((const double *)elements)[i];
}

static void put(void *elements, bool single, int64_t i, double value) {
  if (single) ((float *)elements)[i] = (float)value;
  else ((double *)elements)[i] = value;
}

/* One element on its own. */
static double power_of(bool single, double x, double y) {
  return single ? (double)power_plain_float32((float)x, y, power_float32((float)x, (float)y)) : real_power(x, y);
}

/* ---- special values, as C's annex F has them */
/* The power where it is 0, infinite, 1 or not a number whatever the digits of x and y are; false: somewhere else. */
static bool special_power(double x, double y, double *power) {
  double size = fabs(x), whole = y == rint(y), odd = whole && fmod(fabs(y), 2) == 1, sign = odd && signbit(x) ? -1 : 1;
  if (y == 0 || x == 1) *power = 1;
  else if (isnan(x) || isnan(y)) *power = (double)NAN;
  else if (isinf(y)) *power = size == 1 ? 1 : (size > 1) == (y > 0) ? INFINITY : 0;
  else if (x == 0) *power = sign * (y > 0 ? 0 : INFINITY);
  else if (isinf(x)) *power = sign * (y > 0 ? INFINITY : 0);
  else if (x < 0 && !whole) *power = (double)NAN;
  else if (size == 1) *power = sign;
  else if (y == 1) *power = x;
  else return false;
  return true;
}

START_TEST(special_values) {
  for (int single = 0; single < 2; single++) {
    for (int i = 0; i < EDGES * EDGES; i++) {
      double x = edges[i / EDGES], y = edges[i % EDGES], wanted;
      if (single) x = (double)(float)x, y = (double)(float)y;
      if (!special_power(x, y, &wanted)) continue;
      double got = power_of(single, x, y);
      ck_assert_msg(same_number(got, wanted), "%a to the power %a (float%d) is %a, not %a", x, y, single ? 32 : 64, got,
                    wanted);
    }
  }
}
END_TEST

START_TEST(out_of_range) {
  ck_assert(real_power(2, 1024) == INFINITY && real_power(-2, 1025) == -INFINITY && real_power(2, -1076) == 0);
  ck_assert(same_number(real_power(-2, -1077), -0.0) && real_power(1e-300, -2.5) == INFINITY &&
            real_power(5e-324, 1.5) == 0);
  ck_assert(real_power(1 + 0x1p-52, 0x1p63) == INFINITY && real_power(1 - 0x1p-53, 0x1p63) == 0);
  ck_assert(real_power(1 + 0x1p-52, DBL_MAX) == INFINITY && real_power(1e5, 5e-324) == 1);
  ck_assert(isnan(real_power(-2, 5e-324)) && isnan(real_power(-5e-324, 0x1p51 + 0.5)));
  ck_assert(power_float32(2, 128) == INFINITY && power_float32(-2, 129) == -INFINITY && power_float32(2, -151) == 0);
  ck_assert(power_float32(1.0000001f, FLT_MAX) == INFINITY && power_float32(0.99999994f, FLT_MAX) == 0);
  ck_assert(isnan(power_float32(-2, 0x1p-149f)) && power_float32(-2, 0x1p24f) == INFINITY);
}
END_TEST

/* ---- exact powers */
START_TEST(powers_of_two_are_exact) {
  for (int k = -1074; k < 1024; k++) {
    ck_assert(real_power(2, k) == ldexp(1, k) && real_power(0.5, -k) == ldexp(1, k));
    if (k >= -149 && k < 128) ck_assert(power_float32(2, (float)k) == ldexpf(1, k));
  }
}
END_TEST

START_TEST(whole_powers_are_exact) {
  for (int base = 1; base < 2000; base++) {
    double power = base;
    for (int k = 1; power <= 0x1p53; k++, power *= base) {
      double odd = k % 2 ? -power : power;
      if (k > 60) break;
      ck_assert_msg(real_power(base, k) == power && real_power(-base, k) == odd, "%d to the power %d", base, k);
      if (power <= 0x1p24) ck_assert(power_of(true, -base, k) == odd);
    }
  }
  for (double k = 0, power = 1; k <= 22; k++, power *= 10) ck_assert(real_power(10, k) == power);
}
END_TEST

START_TEST(cubes_are_correctly_rounded) {
  ck_assert(same_number(real_power(-0.0, 3), -0.0) && real_power(-INFINITY, 3) == -INFINITY &&
            isnan(real_power(NAN, 3)));
  ck_assert(real_power(0x1p-358, 3) == 0x1p-1074 && real_power(-1e200, 3) == -INFINITY && real_power(5e-324, 3) == 0);
  uint32_t state = 3;
  for (int i = 0; i < 1000; i++) {
    double x = 1 + next_random(&state) * 0x1p-24;
    long double cube = (long double)x * x * x; /* a few of which are too close to the middle to tell */
    double error = (double)((long double)real_power(x, 3) - cube), unit = ldexp(1, ilogb((double)cube) - 52);
    ck_assert(fabs(error) <= 0.501 * unit);
  }
}
END_TEST

/* ---- the same bits everywhere */
typedef struct Operand { char data[MOST * sizeof(double)]; } Operand;

static BinaryLoop loop_of(bool single, Isa isa) {
  return elementwise_loops_for(single ? DTYPE_FLOAT32 : DTYPE_FLOAT64, isa)->binary[OP_power];
}

/* Pairs and, where a step is 0, numbers, against one element at a time. */
static void expect_elements(bool single, const Operand *x, int x_step, const Operand *y, int y_step) {
  const int64_t item = single ? 4 : 8;
  Operand results;
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    loop_of(single, (Isa)isa)(results.data, x->data, x_step * item, y->data, y_step * item, MOST);
    for (int64_t i = 0; i < MOST; i++) {
      double base = at(x->data, single, i * x_step), exponent = at(y->data, single, i * y_step);
      double got = at(results.data, single, i), wanted = power_of(single, base, exponent);
      ck_assert_msg(same_number(got, wanted), "%a to the power %a (float%d, instruction set %d) is %a, not %a", base,
                    exponent, single ? 32 : 64, isa, got, wanted);
    }
  }
}

static void expect_all_ways(bool single, const Operand *x, const Operand *y) {
  expect_elements(single, x, 1, y, 1);
  for (int64_t i = 0; i < MOST; i += 37) {
    Operand number;
    put(number.data, single, 0, at(y->data, single, i));
    expect_elements(single, x, 1, &number, 0);
    put(number.data, single, 0, at(x->data, single, i));
    expect_elements(single, &number, 0, y, 1);
  }
}

START_TEST(ordinary_powers_have_the_same_bits_everywhere) {
  for (int single = 0; single < 2; single++) {
    Operand x, y;
    uint32_t state = 5;
    for (int64_t i = 0; i < MOST; i++) {
      put(x.data, single, i, ldexp(1 + next_random(&state) * 0x1p-24, (int)(next_random(&state) % 20) - 10));
      put(y.data, single, i, i % 3 ? (next_random(&state) * 0x1p-24 - 0.5) * 12 : (double)(i % 13) / 2 - 3);
    }
    expect_all_ways(single, &x, &y);
    for (int64_t i = 0; i < MOST; i++) put(y.data, single, i, 2.5 + (double)(i % 7));
    expect_all_ways(single, &x, &y);
    for (int64_t i = 0; i < MOST; i++) put(x.data, single, i, -at(x.data, single, i));
    for (int64_t i = 0; i < MOST; i++) put(y.data, single, i, (double)(i % 9 + 3));
    expect_all_ways(single, &x, &y);
  }
}
END_TEST

START_TEST(edges_have_the_same_bits_everywhere) {
  for (int single = 0; single < 2; single++) {
    for (int part = 0; part * MOST < EDGES * EDGES; part++) {
      Operand x, y;
      for (int64_t i = 0; i < MOST; i++) {
        put(x.data, single, i, edges[(part * MOST + i) / EDGES % EDGES]);
        put(y.data, single, i, edges[(part * MOST + i) % EDGES]);
      }
      expect_elements(single, &x, 1, &y, 1);
    }
  }
  for (int k = 0; k < EDGES; k++) {
    Operand x, y;
    for (int64_t i = 0; i < MOST; i++) put(x.data, false, i, edges[i % EDGES]);
    put(y.data, false, 0, edges[k]);
    expect_elements(false, &x, 1, &y, 0);
    expect_elements(false, &y, 0, &x, 1);
  }
}
END_TEST

/* The result may lie over an operand. */
START_TEST(results_over_operands) {
  Operand x, y, wanted, over;
  for (int64_t i = 0; i < MOST; i++) {
    put(x.data, false, i, 0.5 + (double)(i % 40));
    put(y.data, false, i, (double)(i % 9) / 2 - 1);
  }
  BinaryLoop loop = loop_of(false, target_isa());
  loop(wanted.data, x.data, 8, y.data, 8, MOST);
  over = x;
  loop(over.data, over.data, 8, y.data, 8, MOST);
  ck_assert_mem_eq(over.data, wanted.data, sizeof wanted);
  over = y;
  loop(over.data, x.data, 8, over.data, 8, MOST);
  ck_assert_mem_eq(over.data, wanted.data, sizeof wanted);
}
END_TEST

/* ---- integers: one exponent for all against one by one */
START_TEST(whole_numbers_to_one_exponent) {
  int64_t x[MOST], results[MOST];
  int32_t short_x[MOST], short_results[MOST];
  for (int i = 0; i < MOST; i++) short_x[i] = (int32_t)(x[i] = (i - MOST / 2) * (i % 3 ? 1 : 0x10001));
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    for (int64_t y = 0; y < 70; y++) {
      int32_t short_y = (int32_t)y;
      elementwise_loops_for(DTYPE_INT64, (Isa)isa)->binary[OP_power]((char *)results, (char *)x, 8, (char *)&y, 0,
                                                                     MOST);
      elementwise_loops_for(DTYPE_INT32, (Isa)isa)
        ->binary[OP_power]((char *)short_results, (char *)short_x, 4, (char *)&short_y, 0, MOST);
      for (int i = 0; i < MOST; i++) {
        ck_assert(results[i] == integer_power(x[i], y) && short_results[i] == (int32_t)integer_power(short_x[i], y));
      }
    }
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("power");
  TCase *tests = tcase_create("power");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, special_values);
  tcase_add_test(tests, out_of_range);
  tcase_add_test(tests, powers_of_two_are_exact);
  tcase_add_test(tests, whole_powers_are_exact);
  tcase_add_test(tests, cubes_are_correctly_rounded);
  tcase_add_test(tests, ordinary_powers_have_the_same_bits_everywhere);
  tcase_add_test(tests, edges_have_the_same_bits_everywhere);
  tcase_add_test(tests, results_over_operands);
  tcase_add_test(tests, whole_numbers_to_one_exponent);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
