/* SPDX-License-Identifier: MIT */
/* test_variable.c: views, identity, gradients as values, and memory that runs out. */
#include "tests/variables.h"

/* ---- views */
START_TEST(views_share_their_base) {
  Variable *x = leaf(NUMBERS(1, 2, 3, 4)), *y = slice(x, 0, 2, 1), *z = slice(x, 1, 3, 1), *last = slice(x, 3, 4, 1);
  update(y, OP_multiply, -1);
  expect_value(x, NUMBERS(-1, -2, 3, 4));
  expect_value(z, NUMBERS(-2, 3));
  put(x, 1, 9);
  expect_value(y, NUMBERS(-1, 9));
  expect_value(z, NUMBERS(9, 3));
  ck_assert_ptr_eq(variable_base(y), x);
  ck_assert_ptr_null(variable_base(x));
  ck_assert(variable_shares_memory(&graph, y, z));
  ck_assert(variable_shares_memory(&graph, x, last));
  ck_assert(!variable_shares_memory(&graph, y, last));
  variable_unref(y), variable_unref(z), variable_unref(last), variable_unref(x);
}
END_TEST

START_TEST(interleaved_views_share_nothing) {
  Variable *x = leaf(NUMBERS(1, 2, 3, 4)), *even = slice(x, 0, 4, 2), *odd = slice(x, 1, 4, 2);
  ck_assert(!variable_shares_memory(&graph, even, odd));
  ck_assert(variable_shares_memory(&graph, even, even));
  variable_unref(even), variable_unref(odd), variable_unref(x);
}
END_TEST

START_TEST(views_of_views_look_at_the_owner) {
  Variable *x = matrix(3, 4), *t = transposed(x), *row = slice(t, 1, 2, 1), *back = slice(row, -1, 0, -1);
  ck_assert_ptr_eq(variable_base(back), x);
  fill(row, 50);
  expect_value(x, NUMBERS(0, 50, 2, 3, 4, 50, 6, 7, 8, 50, 10, 11));
  variable_unref(x), variable_unref(t), variable_unref(row);
  expect_value(back, NUMBERS(50, 50, 50));
  variable_unref(back);
}
END_TEST

START_TEST(what_is_no_window_is_copied) {
  Variable *x = matrix(2, 3), *t = transposed(x), *flat = own(variable_view(&graph, t, OP_ravel, NULL));
  ck_assert_ptr_null(variable_base(flat));
  fill(flat, 7);
  expect_value(x, NUMBERS(0, 1, 2, 3, 4, 5));
  variable_unref(flat), variable_unref(t), variable_unref(x);
}
END_TEST

START_TEST(repeated_views_cannot_be_written) {
  Variable *x = leaf(NUMBERS(1, 2));
  Attributes *shape = attributes_from("L3,2");
  Variable *wide = own(variable_view(&graph, x, OP_broadcast_to, shape)), *part = slice(wide, 0, 1, 1);
  attributes_unref(shape);
  Tensor *value = number(1);
  ck_assert(!variable_write(&graph, wide, value));
  expect_failure(NULL, ERROR_VALUE, "made by `broadcast_to`");
  ck_assert(!variable_write_op(&graph, part, OP_add, value));
  expect_failure(NULL, ERROR_VALUE, "read-only");
  tensor_unref(value);
  put(x, 0, 5);
  expect_value(part, NUMBERS(5, 2));
  backward_squares(wide);
  expect_gradient(x, NUMBERS(30, 12));
  variable_unref(part), variable_unref(wide), variable_unref(x);
}
END_TEST

START_TEST(gradients_of_views_are_windows) {
  Variable *x = matrix(2, 3), *t = transposed(x), *row = slice(t, 2, 3, 1);
  backward_squares(x);
  expect_gradient(t, NUMBERS(0, 6, 2, 8, 4, 10));
  expect_gradient(row, NUMBERS(4, 10));
  Variable *later = slice(x, 1, 2, 1);
  expect_gradient(later, NUMBERS(6, 8, 10));
  backward_squares(row);
  expect_gradient(x, NUMBERS(0, 0, 4, 0, 0, 10));
  expect_gradient(row, NUMBERS(4, 10));
  variable_unref(later), variable_unref(row), variable_unref(t), variable_unref(x);
}
END_TEST

START_TEST(writes_through_views_are_differentiated) {
  Variable *x0 = matrix(2, 3), *x = apply1(OP_positive, x0), *t = transposed(x), *row = slice(t, 0, 1, 1);
  update(row, OP_multiply, 3);
  backward_squares(x);
  expect_value(x, NUMBERS(0, 1, 2, 9, 4, 5));
  expect_gradient(x0, NUMBERS(0, 2, 4, 54, 8, 10));
  variable_unref(row), variable_unref(t), variable_unref(x), variable_unref(x0);
}
END_TEST

START_TEST(reshaping_in_place_keeps_views_connected) {
  Variable *x0 = leaf(NUMBERS(1, 2, 3, 4)), *x = apply1(OP_positive, x0), *head = slice(x, 0, 2, 1);
  backward_squares(x);
  const int64_t shape[] = {2, 2}, wrong[] = {3, 2};
  ck_assert(variable_reshape(&graph, x, 2, shape));
  ck_assert_int_eq(variable_layout(x)->ndim, 2);
  expect_gradient(x, NUMBERS(2, 4, 6, 8));
  update(head, OP_multiply, 10);
  expect_value(x, NUMBERS(10, 20, 3, 4));
  backward_squares(x);
  expect_gradient(x0, NUMBERS(200, 400, 6, 8));
  ck_assert(!variable_reshape(&graph, x, 2, wrong));
  expect_failure(NULL, ERROR_SHAPE, "(3, 2)");
  Variable *t = transposed(x);
  const int64_t flat[] = {4};
  ck_assert(!variable_reshape(&graph, t, 1, flat));
  expect_failure(NULL, ERROR_SHAPE, "in place");
  variable_unref(t), variable_unref(head), variable_unref(x), variable_unref(x0);
}
END_TEST

/* ---- gradients as values */
START_TEST(changing_a_gradient_changes_nothing_else) {
  Variable *x = leaf(NUMBERS(1, 2));
  backward_squares(x);
  Variable *g = own(variable_gradient(&graph, x));
  put(g, 0, 99);
  expect_value(g, NUMBERS(99, 4));
  expect_gradient(x, NUMBERS(2, 4));
  fill(x, 7);
  expect_value(g, NUMBERS(99, 4));
  Variable *sum = sum_of(x);
  backward(sum);
  Variable *ones = own(variable_gradient(&graph, x));
  put(ones, 1, 5);
  expect_value(ones, NUMBERS(1, 5));
  expect_gradient(x, NUMBERS(1, 1));
  variable_unref(ones), variable_unref(sum), variable_unref(g), variable_unref(x);
}
END_TEST

START_TEST(two_names_of_one_node_both_get_gradients) {
  Variable *x = leaf_number(3), *a = squares(x), *b = own(variable_new_take(&graph, tensor_ref(value_of(a))));
  Variable *loss = apply2(OP_multiply, a, b);
  backward(loss);
  expect_gradient(b, NUMBERS(9));
  expect_gradient(a, NUMBERS(18));
  expect_gradient(x, NUMBERS(108));
  variable_unref(loss), variable_unref(b), variable_unref(a), variable_unref(x);
}
END_TEST

/* ---- memory that runs out */
static bool try_writes(bool unused) {
  (void)unused;
  const int64_t shape[] = {2, 2};
  Tensor *numbers = tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 2, shape);
  Tensor *two = tensor_new_number(&test_runtime, DTYPE_FLOAT64, 2);
  Node *node = numbers && two && tensor_fill(&test_runtime, numbers, 3) ? node_new_leaf(&graph, numbers) : NULL;
  Tensor *square = node ? op_apply1(&graph, OP_square, &node->tensor, NULL) : NULL;
  Variable *x = variable_new_take(&graph, square), *view = x ? variable_view(&graph, x, OP_transpose, NULL) : NULL;
  Tensor *window = view ? variable_value(&graph, view) : NULL;
  bool done = window && variable_write(&graph, x, window) && variable_write_op(&graph, view, OP_multiply, two);
  done = done && variable_write_data(&graph, view, two) && variable_reshape(&graph, x, 2, shape) &&
         backward_run(&graph, view, NULL, (BackwardOptions){.accumulate = true});
  Variable *gradient = done ? variable_gradient(&graph, view) : NULL;
  variable_unref(gradient), variable_unref(view), variable_unref(x);
  if (node) tensor_unref(&node->tensor);
  tensor_unref(two), tensor_unref(numbers);
  return done && gradient;
}

START_TEST(every_allocation_may_fail) {
  failures_lose_nothing(try_writes, false, false);
}
END_TEST

static void add_views(TCase *tests) {
  tcase_add_test(tests, views_share_their_base);
  tcase_add_test(tests, interleaved_views_share_nothing);
  tcase_add_test(tests, views_of_views_look_at_the_owner);
  tcase_add_test(tests, what_is_no_window_is_copied);
  tcase_add_test(tests, repeated_views_cannot_be_written);
  tcase_add_test(tests, gradients_of_views_are_windows);
  tcase_add_test(tests, writes_through_views_are_differentiated);
  tcase_add_test(tests, reshaping_in_place_keeps_views_connected);
  tcase_add_test(tests, changing_a_gradient_changes_nothing_else);
  tcase_add_test(tests, two_names_of_one_node_both_get_gradients);
  tcase_add_test(tests, every_allocation_may_fail);
}

int main(void) {
  Suite *suite = suite_create("variable");
  TCase *tests = tcase_create("variable");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  add_views(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
