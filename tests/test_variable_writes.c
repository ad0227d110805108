/* SPDX-License-Identifier: MIT */
/* test_variable_writes.c: in-place writes: what they change, what gradients mean after them, which are recorded, and
   when numbers are copied. */
#include "tests/variables.h"

static bool write_slice(Variable *x, int64_t start, int64_t stop, Tensor *value) {
  Variable *view = slice(x, start, stop, 1);
  bool written = variable_write(&graph, view, value);
  variable_unref(view);
  return written;
}

/* ---- writes */
START_TEST(aliases_see_every_write) {
  Variable *x = leaf(NUMBERS(1, 2)), *alias = variable_ref(x);
  update(x, OP_multiply, 2);
  update(alias, OP_add, 1);
  expect_value(x, NUMBERS(3, 5));
  variable_unref(alias), variable_unref(x);
}
END_TEST

START_TEST(what_was_computed_before_keeps_the_old_values) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *w = apply1(OP_positive, x), *z = apply2(OP_multiply, w, w);
  put(w, 0, 10);
  expect_value(z, NUMBERS(1, 4, 9));
  expect_value(w, NUMBERS(10, 2, 3));
  backward(z);
  expect_gradient(x, NUMBERS(2, 4, 6));
  backward_squares(w);
  expect_gradient(x, NUMBERS(0, 4, 6));
  expect_gradient(w, NUMBERS(20, 4, 6));
  variable_unref(z), variable_unref(w), variable_unref(x);
}
END_TEST

START_TEST(a_leaf_after_a_write_is_what_was_written) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *z = apply2(OP_multiply, x, x);
  put(x, 0, 10);
  backward(z);
  expect_no_gradient(x);
  expect_value(z, NUMBERS(1, 4, 9));
  backward_squares(x);
  expect_gradient(x, NUMBERS(20, 4, 6));
  variable_unref(z), variable_unref(x);
}
END_TEST

START_TEST(operations_in_place_chain) {
  Variable *x0 = leaf(NUMBERS(2, 3)), *x = apply1(OP_positive, x0);
  update(x, OP_power, 2);
  update(x, OP_add, 1);
  update(x, OP_divide, 2);
  ck_assert(variable_write_op(&graph, x, OP_multiply, value_of(x)));
  expect_value(x, NUMBERS(6.25, 25));
  backward(x);
  expect_gradient(x0, NUMBERS(10, 30));
  variable_unref(x), variable_unref(x0);
}
END_TEST

START_TEST(overlapping_writes_read_first) {
  Variable *x = constant(NUMBERS(1, 2, 3, 4)), *head = slice(x, 0, 3, 1), *tail = slice(x, 1, 4, 1);
  ck_assert(variable_write(&graph, tail, value_of(head)));
  expect_value(x, NUMBERS(1, 1, 2, 3));
  ck_assert(variable_write(&graph, head, value_of(tail)));
  expect_value(x, NUMBERS(1, 2, 3, 3));
  Variable *reversed = slice(x, -1, 0, -1);
  ck_assert(variable_write(&graph, x, value_of(reversed)));
  expect_value(x, NUMBERS(3, 3, 2, 1));
  ck_assert(variable_is_constant(x));
  variable_unref(reversed), variable_unref(head), variable_unref(tail), variable_unref(x);
}
END_TEST

START_TEST(overlapping_writes_are_differentiated) {
  Variable *x0 = matrix(2, 2), *x = apply1(OP_positive, x0), *t = transposed(x);
  ck_assert(variable_write(&graph, x, value_of(t)));
  expect_value(x, NUMBERS(0, 2, 1, 3));
  Tensor *weights = array(DTYPE_FLOAT64, SHAPE(2, 2), (double[]){1, 2, 3, 4});
  ck_assert(backward_run(&graph, x, weights, (BackwardOptions){.accumulate = false}));
  expect_gradient(x0, NUMBERS(1, 3, 2, 4));
  tensor_unref(weights);
  variable_unref(t), variable_unref(x), variable_unref(x0);
}
END_TEST

START_TEST(writing_by_index_gathers_and_scatters) {
  Variable *x0 = leaf(NUMBERS(1, 2, 3)), *x = apply1(OP_positive, x0), *v = leaf(NUMBERS(7, 8));
  Tensor *places = vector(DTYPE_INT64, NUMBERS(2, 2));
  IndexItem item = {.kind = INDEX_TENSOR, .tensor = places};
  ck_assert(variable_write_index(&graph, x, &(Index){1, &item}, value_of(v)));
  expect_value(x, NUMBERS(1, 2, 8));
  backward_squares(x);
  expect_gradient(x0, NUMBERS(2, 4, 0));
  expect_gradient(v, NUMBERS(0, 16));
  tensor_unref(places);
  Variable *view = slice(x, 0, 2, 1);
  Tensor *mask = vector(DTYPE_BOOL, NUMBERS(1, 0)), *five = number(5);
  item = (IndexItem){.kind = INDEX_TENSOR, .tensor = mask};
  ck_assert(variable_write_index(&graph, view, &(Index){1, &item}, five));
  expect_value(x, NUMBERS(5, 2, 8));
  tensor_unref(mask), tensor_unref(five);
  variable_unref(view), variable_unref(x), variable_unref(x0), variable_unref(v);
}
END_TEST

START_TEST(masked_results_keep_the_rest) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *y = leaf(NUMBERS(5, 6, 7)), *t = apply_number(OP_multiply, y, 1);
  Variable *sum = apply_number(OP_add, x, 1);
  Tensor *mask = vector(DTYPE_BOOL, NUMBERS(1, 0, 1));
  ck_assert(variable_write_masked(&graph, t, value_of(sum), mask));
  expect_value(t, NUMBERS(2, 6, 4));
  backward(t);
  expect_gradient(x, NUMBERS(1, 0, 1));
  expect_gradient(y, NUMBERS(0, 1, 0));
  tensor_unref(mask);
  variable_unref(sum), variable_unref(t), variable_unref(x), variable_unref(y);
}
END_TEST

START_TEST(constants_stay_constants) {
  Variable *c = constant(NUMBERS(1, 2, 3)), *v = leaf_number(5);
  ck_assert(write_slice(c, 0, 1, value_of(v)));
  ck_assert(variable_write_op(&graph, c, OP_add, value_of(v)));
  expect_value(c, NUMBERS(10, 7, 8));
  ck_assert(variable_is_constant(c));
  variable_unref(c), variable_unref(v);
}
END_TEST

START_TEST(types_stay_what_they_are) {
  Variable *single = leaf_of(vector(DTYPE_FLOAT32, NUMBERS(1, 2))), *wide = leaf(NUMBERS(0.5, 4));
  Variable *kept = apply1(OP_positive, single);
  ck_assert(variable_write_op(&graph, kept, OP_multiply, value_of(wide)));
  ck_assert_int_eq(variable_dtype(kept), DTYPE_FLOAT32);
  backward(kept);
  expect_gradient(single, NUMBERS(0.5, 4));
  expect_gradient(wide, NUMBERS(1, 2));
  Variable *whole = own(variable_new_take(&graph, vector(DTYPE_INT64, NUMBERS(4, 6))));
  update(whole, OP_divide, 2);
  ck_assert_int_eq(variable_dtype(whole), DTYPE_INT64);
  expect_value(whole, NUMBERS(2, 3));
  Tensor *half = number(0.5);
  ck_assert(!variable_write_op(&graph, whole, OP_multiply, half));
  expect_failure(NULL, ERROR_TYPE, "cannot write 1.5 into");
  ck_assert(!write_at(whole, 0, half));
  expect_failure(NULL, ERROR_TYPE, "cannot write 0.5 into");
  expect_value(whole, NUMBERS(2, 3));
  tensor_unref(half);
  variable_unref(whole), variable_unref(kept), variable_unref(wide), variable_unref(single);
}
END_TEST

START_TEST(failed_writes_change_nothing) {
  Variable *x = leaf(NUMBERS(1, 2)), *y = squares(x);
  Tensor *grown = array(DTYPE_FLOAT64, SHAPE(2, 2), (double[]){1, 2, 3, 4}), *five = number(5);
  ck_assert(!variable_write_op(&graph, x, OP_add, grown));
  expect_failure(NULL, ERROR_SHAPE, "cannot write shape (2, 2) into");
  ck_assert(!variable_write(&graph, x, grown));
  expect_failure(NULL, ERROR_SHAPE, "cannot write shape (2, 2) into");
  ck_assert(!write_at(x, 5, five));
  expect_failure(NULL, ERROR_INDEX, "index 5");
  expect_value(x, NUMBERS(1, 2));
  backward(y);
  expect_gradient(x, NUMBERS(2, 4));
  tensor_unref(grown), tensor_unref(five);
  variable_unref(y), variable_unref(x);
}
END_TEST

/* ---- writes that are not recorded */
START_TEST(without_recording_writes_change_numbers) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *y = squares(x);
  graph.recording = false;
  update(x, OP_multiply, 2);
  update(y, OP_add, 1);
  graph.recording = true;
  expect_value(x, NUMBERS(2, 4, 6));
  ck_assert_int_eq(node_of(value_of(x))->tensor.op, OP_none);
  expect_value(y, NUMBERS(2, 5, 10));
  Variable *z = squares(y);
  backward(z);
  expect_gradient(y, NUMBERS(4, 10, 20));
  expect_gradient(x, NUMBERS(8, 40, 120));
  backward_squares(x);
  expect_gradient(x, NUMBERS(4, 8, 12));
  variable_unref(z), variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(data_is_written_without_a_record) {
  Variable *w = leaf(NUMBERS(1, 2)), *loss = squares(w), *tail = slice(w, 1, 2, 1);
  Tensor *numbers = vector(DTYPE_FLOAT64, NUMBERS(5, 6)), *seven = number(7);
  ck_assert(variable_write_data(&graph, w, numbers));
  ck_assert(variable_write_data(&graph, tail, seven));
  expect_value(w, NUMBERS(5, 7));
  expect_value(loss, NUMBERS(1, 4));
  backward_squares(w);
  expect_gradient(w, NUMBERS(10, 14));
  expect_numbers(numbers, NUMBERS(5, 6));
  tensor_unref(numbers), tensor_unref(seven);
  variable_unref(tail), variable_unref(loss), variable_unref(w);
}
END_TEST

/* ---- nobody else needs the old numbers: nothing is copied */
static void *memory_of(Variable *x) {
  return tensor_data(value_of(x));
}

START_TEST(unshared_numbers_are_written_in_place) {
  Variable *x = _i ? leaf(NUMBERS(1, 2, 3)) : constant(NUMBERS(1, 2, 3)), *view = slice(x, 0, 2, 1);
  void *memory = memory_of(x);
  put(x, 0, 4);
  ck_assert_ptr_eq(memory_of(x), memory);
  expect_value(view, NUMBERS(4, 2));
  put(x, 1, 5);
  update(view, OP_add, 1);
  fill(view, tensor_number_at(value_of(view), 0));
  ck_assert_ptr_eq(memory_of(x), memory);
  expect_value(x, NUMBERS(5, 5, 3));
  ck_assert(variable_is_constant(x) == !_i);
  variable_unref(view), variable_unref(x);
}
END_TEST

START_TEST(shared_numbers_are_copied_once) {
  Variable *x = constant(NUMBERS(1, 2, 3));
  Tensor *seen = tensor_ref(value_of(x));
  put(x, 0, 4);
  expect_numbers(seen, NUMBERS(1, 2, 3));
  void *memory = memory_of(x);
  put(x, 1, 4);
  ck_assert_ptr_eq(memory_of(x), memory);
  tensor_unref(seen);
  variable_unref(x);
}
END_TEST

START_TEST(a_leaf_that_somebody_asks_about_is_not_overwritten) {
  Variable *x = leaf_number(2);
  Tensor *target = tensor_ref(value_of(x)), *gradient;
  target->flags |= NODE_ASKED;
  update(x, OP_multiply, 3);
  Variable *y = squares(x);
  ck_assert(backward_gradients(&graph, value_of(y), NULL, 1, &target, false, &gradient));
  expect_numbers(gradient, NUMBERS(36));
  target->flags &= (uint8_t)~NODE_ASKED;
  tensor_unref(gradient), tensor_unref(target);
  variable_unref(y), variable_unref(x);
}
END_TEST

/* Neither a sum that looked at x before, nor writing what was read from x, makes a chain of old values. */
START_TEST(writes_without_a_name_behind_them_are_not_recorded) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *sum = sum_of(x), *a = leaf_number(2);
  for (int i = 0; i < 3; i++) put(x, i, 1);
  ck_assert_int_eq(node_of(value_of(x))->tensor.op, OP_none);
  for (int i = 1; i < 30; i++) {
    Variable *before = slice(x, (i - 1) % 3, (i - 1) % 3 + 1, 1), *less = apply_number(OP_subtract, before, 1);
    ck_assert(write_slice(x, i % 3, i % 3 + 1, value_of(less)));
    variable_unref(less), variable_unref(before);
  }
  expect_value(x, NUMBERS(-26, -27, -28));
  expect_value(sum, NUMBERS(6));
  ck_assert_uint_lt(node_graph_size(&graph, node_of(value_of(x)), 100).nodes, 8);
  fill(x, 2);
  put(x, 2, 4);
  ck_assert_int_eq(node_of(value_of(x))->tensor.op, OP_none);
  ck_assert(write_at(x, 0, value_of(a)));
  ck_assert_int_eq(node_of(value_of(x))->tensor.op, OP_window_put);
  backward_squares(x);
  expect_gradient(a, NUMBERS(4));
  expect_gradient(x, NUMBERS(4, 4, 8));
  variable_unref(sum), variable_unref(a), variable_unref(x);
}
END_TEST

START_TEST(a_loop_of_writes_keeps_memory) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *view = slice(x, 1, 3, 1);
  size_t blocks = 0;
  for (int i = 0; i < 100; i++) {
    put(x, i % 3, i);
    put(view, 0, tensor_number_at(value_of(view), 1));
    if (i == 10) blocks = memory_live_blocks();
  }
  ck_assert_uint_eq(memory_live_blocks(), blocks);
  variable_unref(view), variable_unref(x);
}
END_TEST

static void add_writes(TCase *tests) {
  tcase_add_test(tests, aliases_see_every_write);
  tcase_add_test(tests, what_was_computed_before_keeps_the_old_values);
  tcase_add_test(tests, a_leaf_after_a_write_is_what_was_written);
  tcase_add_test(tests, operations_in_place_chain);
  tcase_add_test(tests, overlapping_writes_read_first);
  tcase_add_test(tests, overlapping_writes_are_differentiated);
  tcase_add_test(tests, writing_by_index_gathers_and_scatters);
  tcase_add_test(tests, masked_results_keep_the_rest);
  tcase_add_test(tests, constants_stay_constants);
  tcase_add_test(tests, types_stay_what_they_are);
  tcase_add_test(tests, failed_writes_change_nothing);
  tcase_add_test(tests, without_recording_writes_change_numbers);
  tcase_add_test(tests, data_is_written_without_a_record);
  tcase_add_loop_test(tests, unshared_numbers_are_written_in_place, 0, 2);
  tcase_add_test(tests, shared_numbers_are_copied_once);
  tcase_add_test(tests, a_leaf_that_somebody_asks_about_is_not_overwritten);
  tcase_add_test(tests, writes_without_a_name_behind_them_are_not_recorded);
  tcase_add_test(tests, a_loop_of_writes_keeps_memory);
}

int main(void) {
  Suite *suite = suite_create("variable_writes");
  TCase *tests = tcase_create("variable_writes");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  add_writes(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
