/* SPDX-License-Identifier: MIT */
/* test_elementwise.c: elementwise operations on all layouts, their errors, warnings and accuracy. */
#include <float.h>

#include "runtime/kernels/elementwise.h"
#include "runtime/kernels/math.h"
#include "tests/tensors.h"

/* ---- every row, on every layout */
static const double samples[] = {-2.5, -1, -0.5, -0.0, 0, 0.25, 0.5, 1, 1.5, 2, 3, 40, -40, 1e300, INFINITY,
                                 -INFINITY, NAN, 7};
enum { SAMPLES = sizeof samples / sizeof *samples };

/* The samples of a type as 2 by 9, seen plainly, turned, reversed, or with a gap. */
enum { LAYOUTS = 4 };
static Tensor *arranged(DType dtype, int kind) {
  static const int64_t strides[LAYOUTS][2] = {{9, 1}, {1, 2}, {-9, -1}, {36, 2}};
  static const int64_t offsets[LAYOUTS] = {0, 0, 17, 1};
  Tensor *base = made(tensor_new_zeros(&test_runtime, dtype, &layout_scalar)), *memory;
  tensor_unref(base);
  memory = made(tensor_new_shape(&test_runtime, dtype, SHAPE(60)));
  tensor_fill(&test_runtime, memory, 99);
  Layout *layout = layout_new_strided(&test_runtime, SHAPE(2, 9), strides[kind]);
  Tensor *window = made(tensor_window(&test_runtime, memory, layout, offsets[kind]));
  Tensor *values = array(dtype, SHAPE(2, 9), samples);
  ck_assert(tensor_assign(&test_runtime, window, values));
  layout_unref(layout);
  tensor_unref(values);
  tensor_unref(memory);
  return window;
}

static double rounded(double value, const Tensor *like) {
  return like->dtype == DTYPE_FLOAT32 ? (double)(float)value : like->dtype == DTYPE_BOOL ? value != 0 : value;
}

/* The scalar path computes on doubles; float32 has functions of its own, which differ by their rounding. */
static bool agrees(double got, double expected, const Tensor *like) {
  expected = rounded(expected, like);
  if (same_number(got, expected)) return true;
  if (like->dtype != DTYPE_FLOAT32 || !isfinite(expected)) return false;
  float size = (float)fabs(expected), step = nextafterf(size, INFINITY) - size;
  return fabs(got - expected) <= 3 * (double)step;
}

START_TEST(unary_rows_agree_with_their_formula) {
  static const DType types[] = {DTYPE_FLOAT64, DTYPE_FLOAT32};
  for (int op = 0; op < OP_COUNT; op++) {
    if (op_table[op].kind != OP_KIND_UNARY) continue;
    for (int k = 0; k < 2 * LAYOUTS; k++) {
      Tensor *x = arranged(types[k / LAYOUTS], k % LAYOUTS), *result = made(call1((OpId)op, tensor_ref(x), NULL));
      expect_type(result, op_table[op].type == OP_TYPE_LOGIC ? DTYPE_BOOL : (DType)x->dtype);
      ck_assert(layout_same_shape(x->layout, result->layout) && result->layout->contiguous);
      for (int64_t i = 0; i < SAMPLES; i++) {
        double expected = op_unary_double[op](tensor_number_at(x, i)), got = tensor_number_at(result, i);
        ck_assert_msg(agrees(got, expected, result), "%s(%g) gave %.17g, not %.17g", op_table[op].name,
                      tensor_number_at(x, i), got, expected);
      }
      tensor_unref(x);
      tensor_unref(result);
    }
  }
}
END_TEST

/* Pairs of layouts: x as a row against y as it is, so that broadcasting is met too. */
static Tensor *first_row(Tensor *tensor) {
  Layout *layout = layout_new_strided(&test_runtime, SHAPE(9), (int64_t[]){layout_strides(tensor->layout)[1]});
  Tensor *row = made(tensor_window(&test_runtime, tensor, layout, 0));
  layout_unref(layout);
  tensor_unref(tensor);
  return row;
}

static void check_binary(OpId op, DType dtype, int kind) {
  Tensor *x = arranged(dtype, kind % LAYOUTS), *y = arranged(dtype, kind / LAYOUTS % LAYOUTS);
  bool rows = kind >= LAYOUTS * LAYOUTS;
  if (rows) x = first_row(x);
  Tensor *result = made(call2(op, tensor_ref(x), tensor_ref(y)));
  for (int64_t i = 0; i < SAMPLES; i++) {
    double left = tensor_number_at(x, rows ? i % 9 : i), right = tensor_number_at(y, i);
    double expected = op_binary_double[op](left, right), got = tensor_number_at(result, i);
    ck_assert_msg(agrees(got, expected, result), "%s(%g, %g) gave %.17g, not %.17g", op_table[op].name, left, right,
                  got, expected);
  }
  tensor_unref(x);
  tensor_unref(y);
  tensor_unref(result);
}

START_TEST(binary_rows_agree_with_their_formula) {
  for (int op = 0; op < OP_COUNT; op++) {
    if (op_table[op].kind != OP_KIND_BINARY) continue;
    for (int kind = 0; kind < 2 * LAYOUTS * LAYOUTS; kind++) {
      check_binary((OpId)op, DTYPE_FLOAT64, kind);
      check_binary((OpId)op, DTYPE_FLOAT32, kind);
    }
  }
}
END_TEST

START_TEST(binary_rows_take_numbers) {
  for (int op = 0; op < OP_COUNT; op++) {
    if (op_table[op].kind != OP_KIND_BINARY) continue;
    for (int i = 0; i < SAMPLES; i++) {
      Tensor *x = arranged(DTYPE_FLOAT64, 0), *left = call2((OpId)op, number(samples[i]), tensor_ref(x));
      Tensor *right = made(call2((OpId)op, tensor_ref(x), number(samples[i])));
      for (int k = 0; k < SAMPLES; k++) {
        double one = tensor_number_at(left, k), other = tensor_number_at(right, k);
        ck_assert_msg(same_number(one, op_binary_double[op](samples[i], samples[k])) &&
                      same_number(other, op_binary_double[op](samples[k], samples[i])),
                      "%s of %g and %g gave %.17g, and %.17g the other way round", op_table[op].name, samples[i],
                      samples[k], one, other);
      }
      tensor_unref(x);
      tensor_unref(left);
      tensor_unref(right);
      Tensor *single = call2((OpId)op, number(samples[i]), number(2));
      expect_number(single, op_table[op].type == OP_TYPE_LOGIC ? DTYPE_BOOL : DTYPE_FLOAT64,
                    op_binary_double[op](samples[i], 2));
    }
  }
}
END_TEST

/* ---- errors and warnings */
START_TEST(shapes_must_fit) {
  Tensor *x = vector(DTYPE_FLOAT64, NUMBERS(1, 2, 3)), *y = vector(DTYPE_FLOAT64, NUMBERS(1, 2));
  expect_failure(call2(OP_add, tensor_ref(x), tensor_ref(y)), ERROR_SHAPE, "cannot add shapes");
  expect_failure(call2(OP_less, x, y), ERROR_SHAPE, "cannot compare shapes");
}
END_TEST

static void expect_warning(Tensor *result, const char *text) {
  tensor_unref(made(result));
  ck_assert_int_eq(test_runtime.warning.count, text != NULL);
  if (text) ck_assert_str_eq(test_runtime.warning.text, text);
  test_runtime.warning.count = 0;
}

START_TEST(leaving_the_domain_is_noticed) {
  Tensor *x = vector(DTYPE_FLOAT64, NUMBERS(-1, 2, -3, NAN));
  expect_warning(call1(OP_log, tensor_ref(x), NULL), "`log` of 2 negative elements gives nan");
  expect_warning(call1(OP_sin, tensor_ref(x), NULL), NULL);
  expect_warning(call1(OP_arcsin, tensor_ref(x), NULL), "`arcsin` of 2 elements outside -1 to 1 gives nan");
  expect_warning(call2(OP_power, x, number(1.5)),
                 "`power` of 2 negative elements with a fractional exponent gives nan");
  expect_warning(call1(OP_sqrt, number(-1), NULL), "`sqrt` of a negative number gives nan");
  expect_warning(call1(OP_arccosh, number(0), NULL), "`arccosh` of a number below 1 gives nan");
  expect_warning(call1(OP_sqrt, number(NAN), NULL), NULL);
  expect_warning(call1(OP_log, number(0), NULL), NULL);
  expect_warning(call1(OP_sqrt, vector(DTYPE_FLOAT32, NUMBERS(-1, 4)), NULL), "`sqrt` of a negative number gives nan");
  expect_warning(call1(OP_log, vector(DTYPE_INT64, NUMBERS(-1, -4)), NULL), "`log` of 2 negative elements gives nan");
}
END_TEST

START_TEST(numbers_that_wrap_are_noticed) {
  Tensor *byte = vector(DTYPE_UINT8, NUMBERS(5)), *whole = vector(DTYPE_INT32, NUMBERS(5));
  expect_warning(call2(OP_add, tensor_ref(byte), number(300)), "300 does not fit into uint8 and counts as 44");
  expect_warning(call2(OP_multiply, number(-1), tensor_ref(byte)), "-1 does not fit into uint8 and counts as 255");
  expect_warning(call2(OP_subtract, tensor_ref(whole), number(0x1p40)),
                 "1099511627776 does not fit into int32 and counts as 0");
  expect_warning(call2(OP_subtract, tensor_ref(byte), number(6)), NULL); /* the result wraps, as of any elements */
  expect_warning(call2(OP_maximum, byte, number(300)), NULL);            /* which is an int64 */
  expect_warning(call2(OP_multiply, whole, number(0x1p31 - 1)), NULL);
}
END_TEST

START_TEST(long_loops_can_be_interrupted) {
  Tensor *x = made(tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(1 << 18)));
  tensor_fill(&test_runtime, x, 1);
  Tensor *whole = made(tensor_cast(&test_runtime, x, DTYPE_INT64));
  interrupt_requested = 1;
  expect_failure(call1(OP_exp, tensor_ref(x), NULL), ERROR_INTERRUPT, "interrupted");
  expect_failure(call2(OP_add, tensor_ref(x), tensor_ref(x)), ERROR_INTERRUPT, "interrupted");
  for (int op = 0; op < 4; op++)
    expect_failure(call2((OpId[]){OP_bitwise_and, OP_bitwise_xor, OP_left_shift, OP_right_shift}[op], tensor_ref(whole),
                         tensor_ref(whole)), ERROR_INTERRUPT, "interrupted");
  interrupt_requested = 0;
  tensor_unref(x);
  tensor_unref(whole);
}
END_TEST

/* ---- the special rows */
START_TEST(where_chooses) {
  Tensor *c = vector(DTYPE_BOOL, NUMBERS(1, 0, 1)), *x = vector(DTYPE_INT32, NUMBERS(1, 2, 3));
  expect_vector(call(OP_where, 3, (Tensor *[]){tensor_ref(c), tensor_ref(x), number(9)}, NULL), DTYPE_INT32,
                NUMBERS(1, 9, 3));
  expect_vector(call(OP_where, 3, (Tensor *[]){tensor_ref(c), tensor_ref(x), number(0.5)}, NULL), DTYPE_FLOAT64,
                NUMBERS(1, 0.5, 3));
  expect_vector(call(OP_where, 3, (Tensor *[]){tensor_ref(x), number(1), number(2)}, NULL), DTYPE_FLOAT64,
                NUMBERS(1, 1, 1));
  Tensor *column = array(DTYPE_UINT8, SHAPE(2, 1), (double[]){7, 8}), *more = vector(DTYPE_UINT8, NUMBERS(1, 2, 3));
  expect_array(call(OP_where, 3, (Tensor *[]){tensor_ref(c), column, more}, NULL), DTYPE_UINT8, SHAPE(2, 3),
               (double[]){7, 2, 7, 8, 2, 8});
  expect_failure(call(OP_where, 3, (Tensor *[]){c, vector(DTYPE_FLOAT64, NUMBERS(1, 2)), x}, NULL), ERROR_SHAPE,
                 "(2,)");
}
END_TEST

static Tensor *clip(Tensor *x, Tensor *low, Tensor *high) {
  return call(OP_clip, 3, (Tensor *[]){x, low, high}, NULL);
}

START_TEST(clip_limits) {
  Tensor *x = vector(DTYPE_FLOAT64, NUMBERS(1, 5, 9, NAN)), *whole = vector(DTYPE_INT64, NUMBERS(-1, 0, 5));
  expect_vector(clip(tensor_ref(x), number(2), number(7)), DTYPE_FLOAT64, NUMBERS(2, 5, 7, NAN));
  expect_vector(clip(tensor_ref(x), NULL, number(7)), DTYPE_FLOAT64, NUMBERS(1, 5, 7, NAN));
  expect_vector(clip(tensor_ref(x), number(2), NULL), DTYPE_FLOAT64, NUMBERS(2, 5, 9, NAN));
  expect_vector(clip(x, NULL, NULL), DTYPE_FLOAT64, NUMBERS(1, 5, 9, NAN));
  expect_vector(clip(whole, number(0), number(1)), DTYPE_INT64, NUMBERS(0, 0, 1));
}
END_TEST

START_TEST(round_goes_to_even) {
  expect_vector(call1(OP_round, vector(DTYPE_FLOAT64, NUMBERS(0.5, 1.5, 2.5, -0.5, 1e300)), NULL), DTYPE_FLOAT64,
                NUMBERS(0, 2, 2, -0.0, 1e300));
  expect_vector(call1(OP_round, vector(DTYPE_FLOAT64, NUMBERS(1.25, -2.675, 1e308, INFINITY)), axis_of(1, 1)),
                DTYPE_FLOAT64, NUMBERS(1.2, -2.7, 1e308, INFINITY));
  expect_vector(call1(OP_round, vector(DTYPE_FLOAT64, NUMBERS(1250, 1350, 49)), axis_of(1, -2)), DTYPE_FLOAT64,
                NUMBERS(1200, 1400, 0));
  expect_vector(call1(OP_round, vector(DTYPE_INT32, NUMBERS(25, 35, -25, 26, 4)), axis_of(1, -1)), DTYPE_INT32,
                NUMBERS(20, 40, -20, 30, 0));
  expect_vector(call1(OP_round, vector(DTYPE_INT64, NUMBERS(25)), axis_of(1, -30)), DTYPE_INT64, NUMBERS(0));
  expect_vector(call1(OP_round, vector(DTYPE_INT64, NUMBERS(25)), axis_of(1, 3)), DTYPE_INT64, NUMBERS(25));
  expect_vector(call1(OP_round, vector(DTYPE_BOOL, NUMBERS(1)), axis_of(1, -1)), DTYPE_INT64, NUMBERS(0));
}
END_TEST

START_TEST(copies_have_memory_of_their_own) {
  Tensor *x = vector(DTYPE_FLOAT32, NUMBERS(1, 2.5));
  Attributes *attributes = attributes_new(&test_runtime, 1);
  attributes_set_dtype(attributes, 0, DTYPE_FLOAT32);
  Tensor *copy = call1(OP_copy, tensor_ref(x), NULL), *same = call1(OP_astype, tensor_ref(x), attributes);
  ck_assert(copy->storage != x->storage && same->storage != x->storage);
  tensor_unref(copy);
  tensor_unref(same);
  attributes = attributes_new(&test_runtime, 1);
  attributes_set_dtype(attributes, 0, DTYPE_INT64);
  expect_vector(call1(OP_astype, x, attributes), DTYPE_INT64, NUMBERS(1, 2));
}
END_TEST

/* ---- accuracy */
/* Reference values to 17 digits; the bound is in units of the last place. */
typedef struct Reference { OpId op; double x, y, value, bound; } Reference;
static const Reference references[] = {
#include "tests/references.inc"
};

static double ulps_between(double got, double expected) {
  if (same_number(got, expected)) return 0;
  double step = nextafter(fabs(expected), INFINITY) - fabs(expected);
  return fabs(got - expected) / step;
}

START_TEST(functions_are_accurate) {
  for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
    const Reference *row = &references[i];
    bool unary = op_unary_double[row->op] != NULL;
    double got = unary ? op_unary_double[row->op](row->x) : op_binary_double[row->op](row->x, row->y);
    ck_assert_msg(ulps_between(got, row->value) <= row->bound, "%s(%.17g, %g) gave %.17g, not %.17g",
                  op_table[row->op].name, row->x, row->y, got, row->value);
  }
}
END_TEST

START_TEST(beta_at_the_edges) {
  ck_assert(beta_function(0, 0) == INFINITY && beta_function(2, INFINITY) == 0 && beta_function(INFINITY, 3) == 0);
  ck_assert(beta_function(-2, 1) == -0.5 && beta_function(2, -3) == 1.0 / 6 && beta_function(-3, 3) == -1.0 / 3);
  ck_assert(isnan(beta_function(-1, 2)) && isnan(beta_function(-2, 1.5)) && isnan(beta_function(-2, -3)));
  ck_assert_double_eq_tol(beta_function(-20, 5), -1.2899896800825593e-05, 1e-20);
}
END_TEST

START_TEST(division_floors_exactly) {
  ck_assert(floor_quotient(1, 0.1) == 9 && floor_quotient(-1, 0.1) == -10 && floor_quotient(6, 2) == 3);
  ck_assert(floor_quotient(7, -2) == -4 && floor_quotient(1, 0) == INFINITY && isnan(floor_quotient(0, 0)));
  ck_assert(isnan(floor_quotient(INFINITY, 2)) && floor_quotient(-1, INFINITY) == -1);
  ck_assert(floor_quotient(INFINITY, 0) == INFINITY && floor_quotient(-INFINITY, 0) == -INFINITY);
  ck_assert(floor_quotient(1, INFINITY) == 0);
  ck_assert(floor_remainder(-7, 3) == 2 && floor_remainder(7, -3) == -2 && floor_remainder(5, INFINITY) == 5);
  ck_assert(floor_remainder(-5, INFINITY) == INFINITY && isnan(floor_remainder(1, 0)));
}
END_TEST

START_TEST(orders_of_polygamma_are_high) {
  static const double known[][3] = {
    {121, 50, 4.727799577992382e-07}, {1500, 560.5, -1.2627691832255662e-11}, {122, -1.5, -1.1166523430911778e+154},
    {131, -0.5, 9.224734492972685e+261}, {121, -3.75, 2.2882220145311023e+274}};
  for (int i = 0; i < 5; i++) ck_assert(fabs(polygamma(known[i][0], known[i][1]) / known[i][2] - 1) < 1e-15);
}
END_TEST

START_TEST(special_points) {
  ck_assert(polygamma(0, 0.0) == -INFINITY && isnan(polygamma(0, -1)) && polygamma(1, -2) == INFINITY);
  ck_assert(isnan(polygamma(0.5, 2)) && isnan(polygamma(-1, 2)) && polygamma(3, INFINITY) == 0);
  ck_assert(isnan(polygamma(1501, 2)) && polygamma(1500, 0.5) == -INFINITY && polygamma(201, -0.5) == INFINITY);
  ck_assert(polygamma(200, -0.75) == -INFINITY && polygamma(200, -0.25) == INFINITY);
  ck_assert(direction(INFINITY, 1) == 1 && direction(-INFINITY, NAN) == -1 && direction(5, -INFINITY) == 0);
  ck_assert(fabs(direction(INFINITY, -INFINITY) - sqrt(0.5)) < 1e-15 && isnan(direction(NAN, 1)));
  ck_assert(sinc_derivative(0, 0) == 1 && sinc_derivative(0, 3) == 0 && sinc_derivative(2, INFINITY) == 0);
  ck_assert(isnan(sinc_derivative(0.5, 1)) && isnan(sinc_derivative(1, NAN)));
  /* -745 exp(-745) is 426 times the smallest number, and exp(-745) only one or two. */
  ck_assert(op_unary_double[OP_silu](-745) == -2.105e-321 && op_unary_double[OP_mish](-750) == -1.5e-323);
  ck_assert(!signbit(op_unary_double[OP_silu](-INFINITY)) && signbit(op_unary_double[OP_silu](-0.0)));
  ck_assert(op_unary_double[OP_soft_sign](INFINITY) == 1 && op_unary_double[OP_soft_sign](-INFINITY) == -1);
  ck_assert(inverse_erf(1) == INFINITY && inverse_erf(-1) == -INFINITY && isnan(inverse_erf(1.5)));
  ck_assert(gamma_function(0) == INFINITY && isnan(gamma_function(-1)) && log_gamma(-1) == INFINITY);
  ck_assert(log_add_exp(-INFINITY, -INFINITY) == -INFINITY && log_add_exp(INFINITY, INFINITY) == INFINITY);
  ck_assert(real_sigmoid(-1000.0) == 0 && real_sigmoid(1000.0) == 1);
  ck_assert(real_softplus(-1000.0) == 0 && real_softplus(1000.0) == 1000);
  ck_assert(x_log_y(0, 0) == 0 && isnan(x_log_y(0, NAN)) && real_arccot(-0.0) == M_PI_2);
  ck_assert(real_power(-INFINITY, 0.5) == INFINITY && real_power(0, 0) == 1 && isnan(real_power(-8, 0.5)));
  ck_assert(heaviside(-1, 0.5) == 0 && heaviside(0, 0.5) == 0.5 && isnan(heaviside(NAN, 1)));
  ck_assert(bessel_i(0, 800) == INFINITY && bessel_i(1, -800) == -INFINITY && isnan(bessel_i(0, NAN)));
}
END_TEST

/* ---- running out of memory */
static bool work_with_memory(void) {
  Tensor *operands[] = {tensor_new_shape(&test_runtime, DTYPE_INT32, SHAPE(2, 1)),
                        tensor_new_shape(&test_runtime, DTYPE_FLOAT64, SHAPE(3)), NULL};
  Tensor *sum = NULL, *power = NULL, *choice = NULL, *limited = NULL;
  if (operands[0] && operands[1]) {
    tensor_fill(&test_runtime, operands[0], 2);
    tensor_fill(&test_runtime, operands[1], 3);
    operands[2] = tensor_ref(operands[1]);
    sum = op_binary_forward(&test_runtime, &(Operands){.op = OP_add, .count = 2, .tensors = operands});
    Tensor *same[] = {operands[0], operands[0]};
    power = op_binary_forward(&test_runtime, &(Operands){.op = OP_power, .count = 2, .tensors = same});
    choice = op_where_forward(&test_runtime, &(Operands){.op = OP_where, .count = 3, .tensors = operands});
    limited = op_clip_forward(&test_runtime, &(Operands){.op = OP_clip, .count = 3, .tensors = operands});
  }
  bool done = sum && power && choice && limited;
  for (int i = 0; i < 3; i++) tensor_unref(operands[i]);
  tensor_unref(sum);
  tensor_unref(power);
  tensor_unref(choice);
  tensor_unref(limited);
  return done;
}

START_TEST(every_allocation_may_fail) {
  every_allocation_fails_once(work_with_memory);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("elementwise");
  TCase *tests = tcase_create("elementwise");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, unary_rows_agree_with_their_formula);
  tcase_add_test(tests, binary_rows_agree_with_their_formula);
  tcase_add_test(tests, binary_rows_take_numbers);
  tcase_add_test(tests, shapes_must_fit);
  tcase_add_test(tests, leaving_the_domain_is_noticed);
  tcase_add_test(tests, numbers_that_wrap_are_noticed);
  tcase_add_test(tests, long_loops_can_be_interrupted);
  tcase_add_test(tests, where_chooses);
  tcase_add_test(tests, clip_limits);
  tcase_add_test(tests, round_goes_to_even);
  tcase_add_test(tests, copies_have_memory_of_their_own);
  tcase_add_test(tests, functions_are_accurate);
  tcase_add_test(tests, division_floors_exactly);
  tcase_add_test(tests, beta_at_the_edges);
  tcase_add_test(tests, orders_of_polygamma_are_high);
  tcase_add_test(tests, special_points);
  tcase_add_test(tests, every_allocation_may_fail);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
