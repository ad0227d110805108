/* SPDX-License-Identifier: MIT */
/* test_quick.c: the short way of small tensors gives what the long way gives, values and gradients to the last bit, and
   leaves alone what it cannot do. */
#include <string.h>

#include "autodiff/quick.h"
#include "runtime/fuse/fuse.h"
#include "tests/graphs.h"

enum { SIZE = 9, RIGHT = NODE_NUMBER, LEFT = NODE_NUMBER_LEFT };
static const double first[SIZE] = {1.5, -2, 0.25, 3, -0.0, 700, -1e-9, 0.7, 1},
                    second[SIZE] = {2, 3, -0.5, 3, 4, 1e-3, 5, -0.7, 1};
static const DType types[] = {DTYPE_FLOAT64, DTYPE_FLOAT32};

static void expect_same_bits(OpId op, Tensor *got, Tensor *expected) {
  ck_assert_int_eq(got->dtype, expected->dtype);
  ck_assert(layout_same_shape(got->layout, expected->layout));
  size_t bytes = (size_t)tensor_size(got) * dtype_info[got->dtype].size;
  Tensor *left = made(tensor_contiguous(&test_runtime, got)), *right = made(tensor_contiguous(&test_runtime, expected));
  ck_assert_msg(memcmp(tensor_data(left), tensor_data(right), bytes) == 0, "%s", op_table[op].name);
  tensor_unref(left);
  tensor_unref(right);
}

/* Both results (taken), and the gradients of x of both. */
static void compare(OpId op, Tensor *x, Tensor *quick, Tensor *slow) {
  expect_same_bits(op, quick, slow);
  ck_assert(tensor_is_tracked(quick) == tensor_is_tracked(slow));
  if (tensor_is_tracked(quick)) {
    Tensor *gradients[2] = {NULL, NULL}, *losses[2] = {quick, slow};
    for (int k = 0; k < 2; k++)
      ck_assert(backward_gradients(&graph, losses[k], NULL, 1, &x, false, &gradients[k]));
    ck_assert((gradients[0] != NULL) == (gradients[1] != NULL));
    if (gradients[0]) expect_same_bits(op, gradients[0], gradients[1]);
    tensor_unref(gradients[0]);
    tensor_unref(gradients[1]);
  }
  tensor_unref(quick);
  tensor_unref(slow);
}

/* While everything is left pending, no tensor counts as small. */
static Tensor *by_long_way(OpId op, int count, Tensor *const *tensors) {
  ck_assert(fuse_start(&test_runtime, 1));
  Tensor *result = made(op_apply(&graph, op, count, tensors, NULL));
  ck_assert(tensor_ready(&test_runtime, result));
  fuse_free(&test_runtime);
  test_runtime.fuse_least = 0;
  return result;
}

static bool gives_floats(OpId op, OpKind kind) {
  return op_table[op].kind == kind && op_table[op].type != OP_TYPE_LOGIC;
}

START_TEST(one_operand) {
  int taken = 0;
  for (int op = 0; op < OP_COUNT; op++) {
    if (!gives_floats((OpId)op, OP_KIND_UNARY)) continue;
    Variable *variable = leaf_of(vector(types[_i], SIZE, first));
    Tensor *x = value_of(variable), *quick;
    if (quick_unary(&graph, (OpId)op, x, &quick)) {
      compare((OpId)op, x, made(quick), by_long_way((OpId)op, 1, &x));
      taken++;
    }
    variable_unref(variable);
  }
  ck_assert_int_gt(taken, 30);
}
END_TEST

START_TEST(two_operands) {
  int taken = 0;
  for (int op = 0; op < OP_COUNT; op++) {
    if (!gives_floats((OpId)op, OP_KIND_BINARY)) continue;
    Variable *variable = leaf_of(vector(types[_i], SIZE, first));
    Tensor *other = vector(types[_i], SIZE, second), *quick;
    Tensor *pairs[2][2] = {{value_of(variable), other}, {other, value_of(variable)}};
    for (int k = 0; k < 2; k++) {
      if (!quick_binary(&graph, (OpId)op, pairs[k][0], pairs[k][1], &quick)) continue;
      compare((OpId)op, value_of(variable), made(quick), by_long_way((OpId)op, 2, pairs[k]));
      taken++;
    }
    tensor_unref(other);
    variable_unref(variable);
  }
  ck_assert_int_gt(taken, 20);
}
END_TEST

/* Gradients of sums are one number at every place. */
START_TEST(one_number_at_every_place) {
  for (int k = 0; k < 2; k++) {
    Variable *variable = leaf_of(vector(types[_i], SIZE, first));
    Tensor *x = value_of(variable), *one = vector(types[_i], NUMBERS(0.3)), *quick;
    Tensor *spread = made(tensor_broadcast_to(&test_runtime, one, x->layout));
    Tensor *pair[2] = {k ? x : spread, k ? spread : x};
    ck_assert(quick_binary(&graph, OP_subtract, pair[0], pair[1], &quick));
    compare(OP_subtract, x, made(quick), by_long_way(OP_subtract, 2, pair));
    ck_assert(!quick_binary(&graph, OP_subtract, spread, spread, &quick));
    tensor_unref(spread);
    tensor_unref(one);
    variable_unref(variable);
  }
}
END_TEST

START_TEST(numbers_on_either_side) {
  static const double numbers[] = {2, -0.5, 0, 3, 0.1, 1e300, INFINITY, NAN};
  int taken = 0;
  for (int k = 0; k < OP_COUNT * COUNT(numbers) * 2; k++) {
    OpId op = (OpId)(k / 2 / COUNT(numbers));
    int side = k % 2 ? LEFT : RIGHT;
    if (!gives_floats(op, OP_KIND_BINARY)) continue;
    Variable *variable = leaf_of(vector(types[_i], SIZE, first));
    Tensor *x = value_of(variable), *y = number(numbers[k / 2 % COUNT(numbers)]), *quick;
    if (quick_number(&graph, op, x, y->number, side, &quick)) {
      compare(op, x, made(quick), by_long_way(op, 2, side == RIGHT ? (Tensor *[]){x, y} : (Tensor *[]){y, x}));
      taken++;
    }
    tensor_unref(y);
    variable_unref(variable);
  }
  ck_assert_int_gt(taken, 100);
}
END_TEST

START_TEST(constants_are_not_recorded) {
  Tensor *x = vector(DTYPE_FLOAT64, NUMBERS(1, 2)), *results[3];
  ck_assert(quick_unary(&graph, OP_exp, x, &results[0]) && quick_binary(&graph, OP_add, x, x, &results[1]) &&
            quick_number(&graph, OP_power, x, 2, RIGHT, &results[2]));
  for (int k = 0; k < 3; k++) {
    ck_assert(!tensor_is_tracked(results[k]));
    tensor_unref(results[k]);
  }
  tensor_unref(x);
}
END_TEST

/* What may warn, other types and shapes, results of another type, and what is no elementwise row. */
START_TEST(the_rest_is_left_alone) {
  Tensor *x = vector(DTYPE_FLOAT64, NUMBERS(1, 2)), *whole = vector(DTYPE_INT64, NUMBERS(1, 2)), *result;
  Tensor *longer = vector(DTYPE_FLOAT64, NUMBERS(1, 2, 3)), *single = vector(DTYPE_FLOAT32, NUMBERS(1, 2));
  Tensor *scalar = number(1);
  static const OpId unary[] = {OP_log, OP_sqrt, OP_isnan, OP_sum}, binary[] = {OP_power, OP_less, OP_matmul};
  for (int k = 0; k < COUNT(unary); k++) ck_assert(!quick_unary(&graph, unary[k], x, &result));
  for (int k = 0; k < COUNT(binary); k++) ck_assert(!quick_binary(&graph, binary[k], x, x, &result));
  ck_assert(!quick_unary(&graph, OP_exp, whole, &result) && !quick_unary(&graph, OP_exp, scalar, &result));
  ck_assert(!quick_binary(&graph, OP_add, x, longer, &result) && !quick_binary(&graph, OP_add, x, single, &result));
  ck_assert(!quick_binary(&graph, OP_add, x, whole, &result) && !quick_binary(&graph, OP_add, scalar, x, &result));
  ck_assert(!quick_number(&graph, OP_power, x, 0.5, RIGHT, &result));
  ck_assert(!quick_number(&graph, OP_power, x, 2, LEFT, &result));
  ck_assert(!quick_number(&graph, OP_add, whole, 2, RIGHT, &result));
  tensor_unref(x), tensor_unref(whole), tensor_unref(longer), tensor_unref(single), tensor_unref(scalar);
}
END_TEST

/* With failing allocations nothing is lost; 40 numbers do not lie beside their storage. */
static bool compute_all(bool variant) {
  const int64_t size = variant ? 40 : 4;
  Tensor *x = tensor_new_shape(&test_runtime, DTYPE_FLOAT32, 1, &size), *results[3] = {NULL, NULL, NULL};
  bool filled = x && tensor_fill(&test_runtime, x, 0.5);
  Node *node = filled ? node_new_leaf(&graph, x) : NULL;
  tensor_unref(x);
  if (!node) return false;
  bool done = quick_unary(&graph, OP_tanh, &node->tensor, &results[0]) && results[0] &&
              quick_binary(&graph, OP_add, &node->tensor, &node->tensor, &results[1]) && results[1] &&
              quick_number(&graph, OP_multiply, &node->tensor, 3, LEFT, &results[2]) && results[2];
  for (int k = 0; k < 3; k++) tensor_unref(results[k]);
  tensor_unref(&node->tensor);
  return done;
}

START_TEST(failing_allocations_lose_nothing) {
  failures_lose_nothing(compute_all, _i & 1, _i >> 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("quick");
  TCase *tests = tcase_create("quick");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  tcase_add_loop_test(tests, one_operand, 0, COUNT(types));
  tcase_add_loop_test(tests, two_operands, 0, COUNT(types));
  tcase_add_loop_test(tests, one_number_at_every_place, 0, COUNT(types));
  tcase_add_loop_test(tests, numbers_on_either_side, 0, COUNT(types));
  tcase_add_test(tests, constants_are_not_recorded);
  tcase_add_test(tests, the_rest_is_left_alone);
  tcase_add_loop_test(tests, failing_allocations_lose_nothing, 0, 4);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
