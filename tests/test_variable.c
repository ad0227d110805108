/* SPDX-License-Identifier: MIT */
/* test_variable.c: views, in-place writes, identity, and what gradients mean after them. */
#include "tests/graphs.h"

static Variable *matrix(int rows, int columns) {
  double numbers[64];
  for (int i = 0; i < rows * columns; i++) numbers[i] = i;
  return leaf_of(array(DTYPE_FLOAT64, SHAPE(rows, columns), numbers));
}

static Variable *transposed(Variable *x) {
  return own(variable_view(&graph, x, OP_transpose, NULL));
}

static Variable *squares(Variable *x) {
  return apply1(OP_square, x);
}

static void backward_squares(Variable *x) {
  Variable *y = squares(x);
  backward(y);
  variable_unref(y);
}

static void fill(Variable *x, double value) {
  write_number(x, value);
}

static bool write_slice(Variable *x, int64_t start, int64_t stop, Tensor *value) {
  Variable *view = slice(x, start, stop, 1);
  bool written = variable_write(&graph, view, value);
  variable_unref(view);
  return written;
}

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
static bool try_writes(void) {
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
  for (size_t n = 1;; n++) {
    size_t before = memory_live_blocks();
    memory_fail_at(n, false);
    bool done = try_writes(), hit = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert_uint_eq(memory_live_blocks(), before);
    if (!hit) {
      ck_assert(done);
      break;
    }
    if (!done) expect_failure(NULL, ERROR_MEMORY, "memory");
    error_clear(&test_error);
  }
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
}

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
  tcase_add_test(tests, changing_a_gradient_changes_nothing_else);
  tcase_add_test(tests, two_names_of_one_node_both_get_gradients);
  tcase_add_test(tests, every_allocation_may_fail);
}

int main(void) {
  Suite *suite = suite_create("variable");
  TCase *tests = tcase_create("variable");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  add_views(tests);
  add_writes(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
