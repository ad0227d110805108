/* SPDX-License-Identifier: MIT */
/* test_elementwise_types.c: the types of elementwise results, and what becomes of integers and booleans. */
#include "tests/tensors.h"

/* ---- types */
/* The type of x * y, where an operand is a vector, a scalar tensor (0), or a plain number (-1). */
START_TEST(products_have_the_type_of_pytorch) {
  static const struct { DType x; DType y; int y_kind; double value; DType gives; } rows[] = {
    {DTYPE_FLOAT64, DTYPE_FLOAT32, 1, 2, DTYPE_FLOAT64}, {DTYPE_FLOAT32, DTYPE_INT64, 1, 2, DTYPE_FLOAT32},
    {DTYPE_UINT8, DTYPE_BOOL, 1, 1, DTYPE_UINT8},        {DTYPE_UINT8, DTYPE_INT32, 1, 1, DTYPE_INT32},
    {DTYPE_BOOL, DTYPE_BOOL, 1, 1, DTYPE_BOOL},          {DTYPE_BOOL, DTYPE_BOOL, 0, 1, DTYPE_BOOL},
    {DTYPE_INT64, DTYPE_FLOAT32, 0, 2, DTYPE_FLOAT32},   {DTYPE_INT64, DTYPE_UINT8, 0, 2, DTYPE_INT64},
    {DTYPE_UINT8, DTYPE_INT64, 0, 2, DTYPE_UINT8},       {DTYPE_FLOAT32, DTYPE_FLOAT64, -1, 2.5, DTYPE_FLOAT32},
    {DTYPE_INT32, DTYPE_FLOAT64, -1, 2, DTYPE_INT32},    {DTYPE_INT32, DTYPE_FLOAT64, -1, 2.5, DTYPE_FLOAT64},
    {DTYPE_INT64, DTYPE_FLOAT64, -1, INFINITY, DTYPE_FLOAT64}, {DTYPE_INT64, DTYPE_FLOAT64, -1, 1e30, DTYPE_FLOAT64},
    {DTYPE_BOOL, DTYPE_FLOAT64, -1, 2, DTYPE_INT64},     {DTYPE_BOOL, DTYPE_FLOAT64, -1, 0.5, DTYPE_FLOAT64},
    {DTYPE_UINT8, DTYPE_FLOAT64, -1, 300, DTYPE_UINT8},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (int swap = 0; swap < 2; swap++) {
      Tensor *x = vector(rows[i].x, NUMBERS(1, 0));
      Tensor *y = rows[i].y_kind == 1 ? vector(rows[i].y, NUMBERS(1, 1))
                                      : tensor_new_number(&test_runtime, rows[i].y, rows[i].value);
      Tensor *product = made(swap ? call2(OP_multiply, y, x) : call2(OP_multiply, x, y));
      expect_type(product, rows[i].gives);
      tensor_unref(product);
    }
  }
}
END_TEST

START_TEST(a_tracked_number_is_a_tensor) {
  Tensor *x = vector(DTYPE_INT64, NUMBERS(1, 2)), *s = number(2);
  s->flags |= TENSOR_TRACKED;
  Tensor *product = made(op_table[OP_multiply].forward(
    &test_runtime, &(Operands){.op = OP_multiply, .count = 2, .tensors = (Tensor *[]){x, s}}));
  expect_type(product, DTYPE_FLOAT64);
  s->flags = TENSOR_INLINE;
  tensor_unref(product);
  tensor_unref(x);
  tensor_unref(s);
}
END_TEST

START_TEST(functions_of_integers_are_real) {
  static const OpId ops[] = {OP_sin, OP_sqrt, OP_divide, OP_reciprocal, OP_expit};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    for (int dtype = DTYPE_BOOL; dtype <= DTYPE_FLOAT64; dtype++) {
      Tensor *operands[] = {vector((DType)dtype, NUMBERS(1, 1)), vector((DType)dtype, NUMBERS(1, 1))};
      int count = op_table[ops[i]].kind == OP_KIND_UNARY ? 1 : 2;
      if (count == 1) tensor_unref(operands[1]);
      Tensor *result = made(call(ops[i], count, operands, NULL));
      expect_type(result, dtype == DTYPE_FLOAT32 ? DTYPE_FLOAT32 : DTYPE_FLOAT64);
      tensor_unref(result);
    }
  }
}
END_TEST

/* ---- integers */
START_TEST(integers_wrap) {
  Tensor *big = made(tensor_new_integer(&test_runtime, DTYPE_INT64, INT64_MAX));
  Tensor *sum = call2(OP_add, big, made(tensor_new_integer(&test_runtime, DTYPE_INT64, 1)));
  ck_assert_int_eq(tensor_integer_at(sum, 0), INT64_MIN);
  Tensor *least = call2(OP_floor_divide, sum, made(tensor_new_integer(&test_runtime, DTYPE_INT64, -1)));
  ck_assert_int_eq(tensor_integer_at(least, 0), INT64_MIN);
  Tensor *rest = call2(OP_remainder, tensor_ref(least), made(tensor_new_integer(&test_runtime, DTYPE_INT64, -1)));
  expect_number(rest, DTYPE_INT64, 0);
  Tensor *size = call1(OP_absolute, tensor_ref(least), NULL);
  ck_assert_int_eq(tensor_integer_at(size, 0), INT64_MIN);
  tensor_unref(size);
  size = call1(OP_square, least, NULL);
  expect_number(size, DTYPE_INT64, 0);
  expect_vector(call2(OP_add, vector(DTYPE_UINT8, NUMBERS(250, 5)), number(10)), DTYPE_UINT8, NUMBERS(4, 15));
  expect_vector(call2(OP_add, vector(DTYPE_UINT8, NUMBERS(5, 6)), number(-1)), DTYPE_UINT8, NUMBERS(4, 5));
  expect_vector(call2(OP_multiply, vector(DTYPE_INT32, NUMBERS(65536)), number(65537)), DTYPE_INT32, NUMBERS(65536));
  expect_vector(call1(OP_negative, vector(DTYPE_UINT8, NUMBERS(1, 0)), NULL), DTYPE_UINT8, NUMBERS(255, 0));
}
END_TEST

START_TEST(integer_products_are_exact) {
  Tensor *x = vector(DTYPE_INT64, NUMBERS(3037000499.0)), *product = call2(OP_multiply, tensor_ref(x), tensor_ref(x));
  ck_assert_int_eq(tensor_integer_at(product, 0), INT64_C(9223372030926249001));
  tensor_unref(x);
  tensor_unref(product);
  expect_vector(call2(OP_power, vector(DTYPE_INT64, NUMBERS(2, -3, 0, 7)), number(3)), DTYPE_INT64,
                NUMBERS(8, -27, 0, 343));
  expect_vector(call2(OP_power, vector(DTYPE_INT64, NUMBERS(2, 0)), number(0)), DTYPE_INT64, NUMBERS(1, 1));
}
END_TEST

START_TEST(integer_division_floors) {
  double sevens[] = {7, -7, 5, -5, 6};
  expect_vector(call2(OP_floor_divide, vector(DTYPE_INT64, 5, sevens), number(2)), DTYPE_INT64,
                NUMBERS(3, -4, 2, -3, 3));
  expect_vector(call2(OP_floor_divide, vector(DTYPE_INT32, 5, sevens), number(-2)), DTYPE_INT32,
                NUMBERS(-4, 3, -3, 2, -3));
  expect_vector(call2(OP_remainder, vector(DTYPE_INT64, 5, sevens), number(3)), DTYPE_INT64, NUMBERS(1, 2, 2, 1, 0));
  expect_vector(call2(OP_remainder, vector(DTYPE_INT64, 5, sevens), number(-3)), DTYPE_INT64,
                NUMBERS(-2, -1, -1, -2, 0));
  expect_vector(call2(OP_fmod, vector(DTYPE_INT64, 5, sevens), number(3)), DTYPE_INT64, NUMBERS(1, -1, 2, -2, 0));
}
END_TEST

START_TEST(integers_refuse_what_they_cannot_do) {
  static const OpId ops[] = {OP_floor_divide, OP_remainder, OP_fmod};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    Tensor *x = vector(DTYPE_INT64, NUMBERS(1, 2)), *y = vector(DTYPE_INT32, NUMBERS(1, 0));
    expect_failure(call2(ops[i], tensor_ref(x), y), ERROR_VALUE, "integer division by zero");
    expect_failure(call2(ops[i], x, number(0)), ERROR_VALUE, "integer division by zero");
  }
  expect_failure(call2(OP_power, vector(DTYPE_INT64, NUMBERS(1, 2)), number(-1)), ERROR_VALUE, "negative power");
  expect_vector(call2(OP_divide, vector(DTYPE_INT64, NUMBERS(1, 0)), number(0)), DTYPE_FLOAT64,
                NUMBERS(INFINITY, NAN));
  expect_vector(call2(OP_floor_divide, vector(DTYPE_INT64, 0, NULL), number(0)), DTYPE_INT64, 0, NULL);
}
END_TEST

START_TEST(numbers_do_not_wrap_where_that_would_mislead) {
  expect_vector(call2(OP_less, vector(DTYPE_UINT8, NUMBERS(1, 200)), number(300)), DTYPE_BOOL, NUMBERS(1, 1));
  expect_vector(call2(OP_greater, vector(DTYPE_UINT8, NUMBERS(1, 200)), number(-1)), DTYPE_BOOL, NUMBERS(1, 1));
  expect_vector(call2(OP_maximum, vector(DTYPE_UINT8, NUMBERS(1, 200)), number(-1)), DTYPE_INT64, NUMBERS(1, 200));
  expect_vector(call2(OP_less, vector(DTYPE_INT64, NUMBERS(1, 2)), number(1.5)), DTYPE_BOOL, NUMBERS(1, 0));
  expect_vector(call2(OP_floor_divide, vector(DTYPE_UINT8, NUMBERS(200)), number(300)), DTYPE_INT64, NUMBERS(0));
}
END_TEST

START_TEST(booleans_add_up_as_in_numpy) {
  Tensor *x = vector(DTYPE_BOOL, NUMBERS(1, 0, 1)), *y = vector(DTYPE_BOOL, NUMBERS(1, 0, 0));
  expect_vector(call2(OP_add, tensor_ref(x), tensor_ref(y)), DTYPE_BOOL, NUMBERS(1, 0, 1));
  expect_vector(call2(OP_multiply, tensor_ref(x), tensor_ref(y)), DTYPE_BOOL, NUMBERS(1, 0, 0));
  expect_vector(call2(OP_subtract, tensor_ref(y), tensor_ref(x)), DTYPE_INT64, NUMBERS(0, 0, -1));
  expect_vector(call1(OP_negative, tensor_ref(x), NULL), DTYPE_INT64, NUMBERS(-1, 0, -1));
  expect_vector(call2(OP_multiply, tensor_ref(x), number(3)), DTYPE_INT64, NUMBERS(3, 0, 3));
  expect_vector(call1(OP_logical_not, x, NULL), DTYPE_BOOL, NUMBERS(0, 1, 0));
  tensor_unref(y);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("elementwise_types");
  TCase *tests = tcase_create("elementwise_types");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_test(tests, products_have_the_type_of_pytorch);
  tcase_add_test(tests, a_tracked_number_is_a_tensor);
  tcase_add_test(tests, functions_of_integers_are_real);
  tcase_add_test(tests, integers_wrap);
  tcase_add_test(tests, integer_products_are_exact);
  tcase_add_test(tests, integer_division_floors);
  tcase_add_test(tests, integers_refuse_what_they_cannot_do);
  tcase_add_test(tests, numbers_do_not_wrap_where_that_would_mislead);
  tcase_add_test(tests, booleans_add_up_as_in_numpy);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
