/* SPDX-License-Identifier: MIT */
/* test_angles.c: inverse trigonometric functions, hypot and cube roots where their values are known: in every type, by
   the loops of every instruction set, and of plain numbers. */
#include <float.h>

#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/math.h"
#include "tests/tensors.h"

#define PI M_PI
#define SIXTH 0.5235987755982989 /* of pi, which PI / 6 is not */
#define THIRD 1.0471975511965979
#define LEAST 5e-324 /* in float32 it is 0 */

typedef struct Point { OpId op; double x, y, value; } Point;

/* ---- one operand, of which negative ones mirror the value or take it from pi */
static const Point odd_points[] = {
  {OP_arcsin, 0, 0, 0}, {OP_arcsin, 0.5, 0, SIXTH}, {OP_arcsin, 1, 0, PI / 2}, {OP_arcsin, LEAST, 0, LEAST},
  {OP_arcsin, 1e-30f, 0, 1e-30f}, {OP_arcsin, FLT_MIN, 0, FLT_MIN}, {OP_arcsin, 1.125, 0, NAN},
  {OP_arcsin, INFINITY, 0, NAN}, {OP_arcsin, NAN, 0, NAN}, {OP_arctan, 0, 0, 0}, {OP_arctan, 1, 0, PI / 4},
  {OP_arctan, INFINITY, 0, PI / 2}, {OP_arctan, 1e30f, 0, PI / 2}, {OP_arctan, 1e-30f, 0, 1e-30f},
  {OP_arctan, LEAST, 0, LEAST}, {OP_arctan, NAN, 0, NAN}, {OP_arccot, 1, 0, PI / 4}, {OP_arccot, 1e-30f, 0, PI / 2},
  {OP_arccot, INFINITY, 0, 0}, {OP_arccot, 0x1p120, 0, 0x1p-120}, {OP_arccot, NAN, 0, NAN}, {OP_arccsc, 1, 0, PI / 2},
  {OP_arccsc, 2, 0, SIXTH}, {OP_arccsc, INFINITY, 0, 0}, {OP_arccsc, 0.875, 0, NAN}, {OP_arccsc, 0, 0, NAN},
  {OP_arccsc, NAN, 0, NAN}, {OP_cbrt, 0, 0, 0}, {OP_cbrt, 1, 0, 1}, {OP_cbrt, 8, 0, 2}, {OP_cbrt, 27, 0, 3},
  {OP_cbrt, 1000, 0, 10}, {OP_cbrt, 0x1p-126, 0, 0x1p-42}, {OP_cbrt, 0x1p-147, 0, 0x1p-49},
  {OP_cbrt, LEAST, 0, 1.7031839360032603e-108}, {OP_cbrt, DBL_MAX, 0, 5.643803094122362e+102},
  {OP_cbrt, FLT_MAX, 0, 6981463519622.336}, {OP_cbrt, INFINITY, 0, INFINITY}, {OP_cbrt, NAN, 0, NAN},
};

static const Point turned_points[] = {
  {OP_arccos, 0, 0, PI / 2}, {OP_arccos, 0.5, 0, THIRD}, {OP_arccos, 1, 0, 0}, {OP_arccos, 1e-30f, 0, PI / 2},
  {OP_arccos, 1.125, 0, NAN}, {OP_arccos, INFINITY, 0, NAN}, {OP_arccos, NAN, 0, NAN}, {OP_arcsec, 1, 0, 0},
  {OP_arcsec, 2, 0, THIRD}, {OP_arcsec, INFINITY, 0, PI / 2}, {OP_arcsec, 0.875, 0, NAN}, {OP_arcsec, 0, 0, NAN},
  {OP_arcsec, NAN, 0, NAN},
};

/* ---- two operands: signs are those of C's Annex F */
static const Point pair_points[] = {
  {OP_arctan2, 0.0, 0.0, 0}, {OP_arctan2, -0.0, 0.0, -0.0}, {OP_arctan2, 0.0, -0.0, PI},
  {OP_arctan2, -0.0, -0.0, -PI}, {OP_arctan2, 0.0, 2, 0}, {OP_arctan2, -0.0, 2, -0.0}, {OP_arctan2, 0.0, -2, PI},
  {OP_arctan2, -0.0, -2, -PI}, {OP_arctan2, 2, 0.0, PI / 2}, {OP_arctan2, 2, -0.0, PI / 2},
  {OP_arctan2, -2, 0.0, -PI / 2}, {OP_arctan2, -2, -0.0, -PI / 2}, {OP_arctan2, 3, 3, PI / 4},
  {OP_arctan2, 3, -3, 3 * PI / 4}, {OP_arctan2, -3, 3, -PI / 4}, {OP_arctan2, -3, -3, -3 * PI / 4},
  {OP_arctan2, INFINITY, INFINITY, PI / 4}, {OP_arctan2, INFINITY, -INFINITY, 3 * PI / 4},
  {OP_arctan2, -INFINITY, INFINITY, -PI / 4}, {OP_arctan2, -INFINITY, -INFINITY, -3 * PI / 4},
  {OP_arctan2, INFINITY, 5, PI / 2}, {OP_arctan2, -INFINITY, -5, -PI / 2}, {OP_arctan2, 5, INFINITY, 0},
  {OP_arctan2, -5, INFINITY, -0.0}, {OP_arctan2, 5, -INFINITY, PI}, {OP_arctan2, -5, -INFINITY, -PI},
  {OP_arctan2, NAN, 0, NAN}, {OP_arctan2, 0, NAN, NAN}, {OP_arctan2, INFINITY, NAN, NAN},
  {OP_arctan2, NAN, -INFINITY, NAN}, {OP_arctan2, 0x1p-120, 0x1p-126, 1.5551725981744198},
  {OP_arctan2, 0x1p-140, 0x1p120, 0x1p-260}, {OP_arctan2, 0x1p120, 0x1p-140, PI / 2}, {OP_arctan2, LEAST, -1, PI},
  {OP_hypot, 3, 4, 5}, {OP_hypot, -5, 12, 13}, {OP_hypot, 20, -21, 29}, {OP_hypot, 0, -0.0, 0},
  {OP_hypot, -0.0, -0.0, 0}, {OP_hypot, 1, 0, 1}, {OP_hypot, 0, -7, 7}, {OP_hypot, 1, 1, M_SQRT2},
  {OP_hypot, INFINITY, NAN, INFINITY}, {OP_hypot, NAN, -INFINITY, INFINITY}, {OP_hypot, -INFINITY, 0, INFINITY},
  {OP_hypot, NAN, 0, NAN}, {OP_hypot, 1, NAN, NAN}, {OP_hypot, 0x3p120, 0x4p120, 0x5p120},
  {OP_hypot, 0x3p-149, 0x4p-149, 0x5p-149}, {OP_hypot, 0x3p1000, 0x4p1000, 0x5p1000},
  {OP_hypot, 0x3p-1074, 0x4p-1074, 0x5p-1074}, {OP_hypot, DBL_MAX, DBL_MAX, INFINITY},
  {OP_hypot, 1, 1.7320508075688772, 2}, {OP_hypot, LEAST, 0, LEAST},
};

/* What a loop of some instruction set makes of many elements like this, in one of its vectors. */
static double by_loop(const Point *point, double x, double y, DType dtype, Isa isa) {
  enum { COUNT = 16 };
  double wide[3 * COUNT];
  float narrow[3 * COUNT];
  for (int i = 0; i < COUNT; i++) {
    wide[i] = x, wide[COUNT + i] = y;
    narrow[i] = (float)x, narrow[COUNT + i] = (float)y;
  }
  bool single = dtype == DTYPE_FLOAT32;
  int64_t item = single ? 4 : 8;
  char *first = single ? (char *)narrow : (char *)wide, *second = first + COUNT * item, *result = second + COUNT * item;
  const ElementwiseLoops *loops = elementwise_loops_for(dtype, isa);
  if (loops->unary[point->op]) loops->unary[point->op](result, first, item, COUNT);
  else loops->binary[point->op](result, first, item, second, item, COUNT);
  return single ? (double)narrow[2 * COUNT] : wide[2 * COUNT];
}

static void expect_point(const Point *point, double x, double y, double value) {
  double alone = op_unary_double[point->op] ? op_unary_double[point->op](x) : op_binary_double[point->op](x, y);
  ck_assert_msg(same_number(alone, value), "%s(%.17g, %.17g) is %.17g, not %.17g", op_table[point->op].name, x, y,
                alone, value);
  for (int isa = 0; isa < ISA_COUNT && target_has((Isa)isa); isa++) {
    double wide = by_loop(point, x, y, DTYPE_FLOAT64, (Isa)isa);
    ck_assert_msg(same_number(wide, value), "%s(%.17g, %.17g) is %.17g", op_table[point->op].name, x, y, wide);
    double narrow = by_loop(point, x, y, DTYPE_FLOAT32, (Isa)isa);
    bool fits = !isfinite(x) || !isfinite(y) || ((double)(float)x == x && (double)(float)y == y);
    if (fits) {
      ck_assert_msg(same_number(narrow, (double)(float)value), "%s(%.9g, %.9g) in float32 is %.9g",
                    op_table[point->op].name, x, y, narrow);
    }
  }
}

START_TEST(odd_functions) {
  const Point *point = &odd_points[_i];
  expect_point(point, point->x, 0, point->value);
  expect_point(point, -point->x, 0, -point->value);
}
END_TEST

START_TEST(functions_that_turn_around) {
  const Point *point = &turned_points[_i];
  expect_point(point, point->x, 0, point->value);
  if (point->value != THIRD) expect_point(point, -point->x, 0, PI - point->value);
}
END_TEST

START_TEST(functions_of_pairs) {
  const Point *point = &pair_points[_i];
  expect_point(point, point->x, point->y, point->value);
  if (point->op == OP_hypot) expect_point(point, point->y, point->x, point->value);
}
END_TEST

START_TEST(the_inverse_cotangent_of_both_zeros_is_positive) {
  Point point = {OP_arccot, 0, 0, 0};
  expect_point(&point, 0.0, 0, PI / 2);
  expect_point(&point, -0.0, 0, PI / 2);
}
END_TEST

/* ---- many points */
START_TEST(exact_cubes_have_exact_roots) {
  for (int i = -208063; i <= 208063; i++) {
    double root = i, cube = root * root * root;
    ck_assert_msg(cbrt_float64(cube) == root, "cbrt(%.17g) is %.17g", cube, cbrt_float64(cube));
  }
  for (int i = -255; i <= 255; i++) ck_assert(cbrt_float32((float)(i * i * i)) == (float)i);
  for (int power = -340; power <= 340; power++) ck_assert(cbrt_float64(ldexp(3.375, 3 * power)) == ldexp(1.5, power));
}
END_TEST

/* (m^2 - n^2, 2 m n, m^2 + n^2), at all sizes */
START_TEST(sides_of_whole_triangles_are_whole) {
  for (int m = 2; m < 300; m++) {
    for (int n = 1; n < m; n++) {
      double a = m * m - n * n, b = 2 * m * n, c = m * m + n * n, scale = ldexp(1, (m * 37 + n * 11) % 2000 - 1000);
      ck_assert_msg(hypot_float64(a * scale, -b * scale) == c * scale, "%g, %g", a, b);
      ck_assert(hypot_float32((float)b, (float)a) == (float)c);
    }
  }
}
END_TEST

static double random_of(uint32_t *state) {
  double sign = next_random(state) & 1 ? 1 : -1, fraction = 1 + next_random(state) * 0x1p-24;
  return sign * ldexp(fraction, (int)(next_random(state) % 8) - 6);
}

/* Far from the special points the C library is another witness. */
START_TEST(values_are_near_those_of_the_library) {
  uint32_t state = 5;
  for (int i = 0; i < 20000; i++) {
    double x = random_of(&state), y = random_of(&state), part = x / 4;
    ck_assert(fabs(arcsin_float64(part) - asin(part)) <= 2 * DBL_EPSILON * fabs(asin(part)));
    ck_assert(fabs(arccos_float64(part) - acos(part)) <= 2 * DBL_EPSILON * acos(part));
    ck_assert(fabs(arctan2_float64(x, y) - atan2(x, y)) <= 2 * DBL_EPSILON * fabs(atan2(x, y)));
    ck_assert(fabs(arctan_float64(x) - atan(x)) <= 2 * DBL_EPSILON * fabs(atan(x)));
    ck_assert(fabs(hypot_float64(x, y) - hypot(x, y)) <= DBL_EPSILON * hypot(x, y));
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("angles");
  TCase *tests = tcase_create("angles");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, odd_functions, 0, COUNT(odd_points));
  tcase_add_loop_test(tests, functions_that_turn_around, 0, COUNT(turned_points));
  tcase_add_loop_test(tests, functions_of_pairs, 0, COUNT(pair_points));
  tcase_add_test(tests, the_inverse_cotangent_of_both_zeros_is_positive);
  tcase_add_test(tests, exact_cubes_have_exact_roots);
  tcase_add_test(tests, sides_of_whole_triangles_are_whole);
  tcase_add_test(tests, values_are_near_those_of_the_library);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
