/* SPDX-License-Identifier: MIT */
/* test_elementwise_small.c: the short way of elementwise operations gives what the formulas give, keeps to what it can
   do, and few numbers that lie beside their storage behave as others do. */
#include "runtime/kernels/elementwise.h"
#include "tests/structures.h"

/* The last pair of each group is broadcast in a way that the short way leaves alone. */
static const struct { int x_ndim; int64_t x[3]; int y_ndim; int64_t y[3]; bool taken; } pairs[] = {
  {1, {5}, 1, {5}, true},       {2, {2, 3}, 1, {3}, true},    {1, {3}, 2, {2, 3}, true},  {2, {4, 3}, 0, {0}, true},
  {0, {0}, 1, {4}, true},       {3, {2, 3, 2}, 2, {3, 2}, true}, {2, {1, 1}, 1, {1}, true}, {2, {3, 1}, 1, {1}, true},
  {1, {0}, 1, {0}, false},      {2, {0, 3}, 1, {3}, true},    {2, {3, 1}, 2, {1, 4}, false}, {2, {3, 1}, 1, {4}, false},
  {2, {2, 3}, 2, {2, 1}, false}, {3, {2, 1, 3}, 2, {2, 3}, false},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

/* The element of an operand at a position of the result. */
static double element_at(const Tensor *x, const Layout *of, int64_t index) {
  int64_t at = 0, step = 1;
  for (int i = of->ndim - 1; i >= 0; i--) {
    int64_t position = index % layout_shape(of)[i];
    int own = i - (of->ndim - x->layout->ndim);
    index /= layout_shape(of)[i];
    if (own < 0) continue;
    if (layout_shape(x->layout)[own] > 1) at += position * step;
    step *= layout_shape(x->layout)[own];
  }
  return tensor_number_at(x, at);
}

START_TEST(small_operands_follow_the_formula) {
  static const OpId ops[] = {OP_add, OP_subtract, OP_divide, OP_maximum, OP_less, OP_not_equal};
  for (int k = 0; k < COUNT(ops) * 2 * DISGUISES; k++) {
    OpId op = ops[k / 2 / DISGUISES];
    DType dtype = k % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64;
    Tensor *x = disguised(numbered(dtype, pairs[_i].x_ndim, pairs[_i].x), k / 2 % DISGUISES);
    Tensor *y = numbered(dtype, pairs[_i].y_ndim, pairs[_i].y), *result = NULL;
    bool taken = elementwise_small_binary(&test_runtime, op, x, y, &result);
    if (x->layout->contiguous) ck_assert_int_eq(taken, pairs[_i].taken);
    tensor_unref(result);
    result = made(call2(op, tensor_ref(x), tensor_ref(y)));
    expect_type(result, op_table[op].type == OP_TYPE_LOGIC ? DTYPE_BOOL : dtype);
    for (int64_t i = 0; i < tensor_size(result); i++) {
      double wanted = op_binary_double[op](element_at(x, result->layout, i), element_at(y, result->layout, i));
      if (dtype == DTYPE_FLOAT32) wanted = (double)(float)wanted;
      ck_assert(same_number(tensor_number_at(result, i), wanted));
    }
    tensor_unref(result);
    tensor_unref(x);
    tensor_unref(y);
  }
}
END_TEST

START_TEST(one_small_operand_follows_the_formula) {
  for (int k = 0; k < 2 * DISGUISES; k++) {
    Tensor *x = disguised(numbered(k % 2 ? DTYPE_FLOAT32 : DTYPE_FLOAT64, SHAPE(3, 5)), k / 2), *result = NULL;
    ck_assert_int_eq(elementwise_small_unary(&test_runtime, OP_square, x, &result), x->layout->contiguous);
    tensor_unref(result);
    result = made(call1(OP_square, x, NULL));
    for (int64_t i = 0; i < 15; i++) ck_assert_double_eq(tensor_number_at(result, i), (double)(i * i));
    tensor_unref(result);
  }
}
END_TEST

/* Other types, operations that may warn, and many elements take the long way. */
START_TEST(the_rest_takes_the_long_way) {
  Tensor *whole = numbered(DTYPE_INT64, SHAPE(3)), *real = numbered(DTYPE_FLOAT64, SHAPE(3)), *result = NULL;
  Tensor *single = numbered(DTYPE_FLOAT32, SHAPE(3)), *many = numbered(DTYPE_FLOAT64, SHAPE(5000));
  ck_assert(!elementwise_small_binary(&test_runtime, OP_add, whole, whole, &result));
  ck_assert(!elementwise_small_binary(&test_runtime, OP_add, real, single, &result));
  ck_assert(!elementwise_small_binary(&test_runtime, OP_power, real, real, &result));
  ck_assert(!elementwise_small_binary(&test_runtime, OP_add, many, many, &result));
  ck_assert(!elementwise_small_unary(&test_runtime, OP_log, real, &result));
  ck_assert(!elementwise_small_unary(&test_runtime, OP_square, many, &result));
  tensor_unref(whole);
  tensor_unref(real);
  tensor_unref(single);
  tensor_unref(many);
}
END_TEST

/* Numbers beside their storage: sizes around the border, shared by windows, given back in any order. */
START_TEST(few_numbers_lie_beside_their_storage) {
  for (int64_t size = 0; size < 80; size++) {
    Tensor *x = numbered(DTYPE_FLOAT64, SHAPE(size)), *copy = made(tensor_copy(&test_runtime, x));
    int64_t shape = size / 2, stride = 2;
    Layout *half = layout_new_strided(&test_runtime, 1, &shape, &stride);
    Tensor *window = made(tensor_window(&test_runtime, x, half, 0));
    tensor_unref(x);
    for (int64_t i = 0; i < shape; i++) ck_assert_double_eq(tensor_number_at(window, i), (double)(2 * i));
    for (int64_t i = 0; i < size; i++) ck_assert_double_eq(tensor_number_at(copy, i), (double)i);
    tensor_unref(copy);
    tensor_unref(window);
    layout_unref(half);
  }
}
END_TEST

/* A value is moved out of a tensor that nobody else holds, and shared with one that somebody holds. */
START_TEST(values_move) {
  for (int held = 0; held < 2; held++) {
    for (int64_t ndim = 0; ndim < 2; ndim++) {
      Tensor *from = ndim ? numbered(DTYPE_FLOAT64, SHAPE(4)) : number(3), into = {.references = 1};
      if (held) tensor_ref(from);
      tensor_move_value(&into, from);
      ck_assert_double_eq(tensor_number_at(&into, tensor_size(&into) - 1), 3);
      tensor_release_value(&into);
      if (!held) continue;
      ck_assert_double_eq(tensor_number_at(from, tensor_size(from) - 1), 3);
      tensor_unref(from);
    }
  }
}
END_TEST

START_TEST(the_first_power_is_the_operand) {
  Tensor *x = vector(DTYPE_FLOAT32, NUMBERS(-2, NAN, 0.5));
  Tensor *power = made(call2(OP_power, tensor_ref(x), number(1)));
  ck_assert_ptr_eq(power, x);
  tensor_unref(power);
  tensor_unref(x);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("elementwise_small");
  TCase *tests = tcase_create("elementwise_small");
  tcase_add_checked_fixture(tests, tensors_set_up, tensors_tear_down);
  tcase_add_loop_test(tests, small_operands_follow_the_formula, 0, PAIRS);
  tcase_add_test(tests, one_small_operand_follows_the_formula);
  tcase_add_test(tests, the_rest_takes_the_long_way);
  tcase_add_test(tests, few_numbers_lie_beside_their_storage);
  tcase_add_test(tests, values_move);
  tcase_add_test(tests, the_first_power_is_the_operand);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
