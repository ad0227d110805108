/* SPDX-License-Identifier: MIT */
/* test_histories.c: how long histories live and how large they may be: releasing, dropping, depth, numbers beside
   nodes, memory that runs out. */
#include <time.h>

#include "tests/graphs.h"

/* ---- releasing and dropping histories */
START_TEST(released_histories_are_reported) {
  Variable *x = leaf_number(3), *h = apply1(OP_square, x), *a = apply_number(OP_multiply, h, 2);
  Variable *b = apply_number(OP_multiply, h, 5);
  graph.span = (Span){4, 9};
  ck_assert(run_backward(a, (BackwardOptions){.release_graph = true}));
  expect_gradient(x, NUMBERS(12));
  ck_assert_int_eq(node_of(value_of(h))->released.end, 9);
  ck_assert(!run_backward(b, (BackwardOptions){.accumulate = false}));
  expect_failure(NULL, ERROR_GRADIENT, "released");
  ck_assert(!run_backward(a, (BackwardOptions){.accumulate = false}));
  expect_failure(NULL, ERROR_GRADIENT, "was released");
  expect_gradient(x, NUMBERS(12));
  Variable *fresh = apply_number(OP_multiply, x, 7);
  backward(fresh);
  expect_gradient(x, NUMBERS(7));
  variable_unref(fresh), variable_unref(a), variable_unref(b), variable_unref(h), variable_unref(x);
}
END_TEST

static Variable *step(Variable *w, bool in_place) {
  Variable *loss = apply1(OP_square, w);
  backward(loss);
  Variable *gradient = own(variable_gradient(&graph, w)), *move = apply_number(OP_multiply, gradient, 0.1);
  Variable *next;
  if (in_place) {
    ck_assert(variable_write_op(&graph, w, OP_subtract, value_of(move)));
    next = variable_ref(w);
  } else {
    next = apply2(OP_subtract, w, move);
  }
  variable_unref(move), variable_unref(gradient), variable_unref(w);
  variable_unref(loss);
  return next;
}

/* Both ways to write a step of gradient descent, for scalars and vectors. */
START_TEST(descent_runs_in_constant_memory) {
  Variable *w = _i & 1 ? leaf_number(10) : leaf(NUMBERS(10, 20));
  size_t held = 0;
  for (int i = 0; i < 200; i++) {
    w = step(w, _i >> 1);
    if (i == 20) held = memory_live_blocks();
  }
  ck_assert_uint_eq(memory_live_blocks(), held);
  ck_assert_double_lt(tensor_number_at(value_of(w), 0), 1e-15);
  variable_unref(w);
}
END_TEST

/* The history of w always holds a name, the velocity, but older values of both can never be asked for. */
START_TEST(descent_with_momentum_runs_in_constant_memory) {
  Variable *w = leaf_number(10), *velocity = leaf_number(0);
  for (int i = 0; i < 5000; i++) {
    Variable *loss = apply1(OP_square, w);
    Tensor *gradient = NULL, *target = value_of(w);
    if (_i) ck_assert(backward_gradients(&graph, value_of(loss), NULL, 1, &target, false, &gradient));
    else backward(loss);
    Variable *slope = _i ? own(variable_new_take(&graph, gradient)) : own(variable_gradient(&graph, w));
    rebind(&velocity, apply_number(OP_multiply, velocity, 0.5));
    Variable *scaled = apply_number(OP_multiply, slope, 0.1);
    rebind(&velocity, apply2(OP_add, velocity, scaled));
    rebind(&w, apply2(OP_subtract, w, velocity));
    variable_unref(scaled), variable_unref(slope), variable_unref(loss);
    ck_assert_uint_lt(memory_live_blocks(), test_blocks + 5000);
  }
  ck_assert_double_lt(fabs(tensor_number_at(value_of(w), 0)), 1e-15);
  variable_unref(velocity), variable_unref(w);
}
END_TEST

/* A transform asks for a value that its function has overwritten. */
START_TEST(what_is_asked_for_stays) {
  Variable *x = leaf_number(3);
  Tensor *target = tensor_ref(value_of(x)), *gradient;
  target->flags |= NODE_ASKED;
  update(x, OP_multiply, 2);
  Variable *y = apply1(OP_square, x);
  for (int i = 0; i < 400; i++) backward(y);
  ck_assert(backward_gradients(&graph, value_of(y), NULL, 1, &target, false, &gradient));
  expect_number(gradient, DTYPE_FLOAT64, 24);
  target->flags &= (uint8_t)~NODE_ASKED;
  tensor_unref(target);
  variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(a_history_with_a_name_in_it_stays) {
  Variable *x = leaf_number(2), *y = apply1(OP_square, x), *h = apply1(OP_exp, y), *loss = apply1(OP_sin, h);
  rebind(&y, NULL);
  backward(loss);
  ck_assert_int_eq(node_of(value_of(h))->tensor.op, OP_exp);
  variable_unref(x);
  Variable *again = apply1(OP_sin, h);
  backward(again);
  ck_assert_int_eq(node_of(value_of(h))->tensor.op, OP_none);
  expect_gradient(h, NUMBERS(cos(exp(4))));
  variable_unref(again), variable_unref(loss), variable_unref(h);
}
END_TEST

/* Processor time of backward from so many named values that share a long history: the least of three runs. */
static double seconds_of_backward(int names) {
  double least = 1e9;
  for (int run = 0; run < 3; run++) {
    Variable *x = leaf_number(1), *chain = own(variable_ref(x)), *total = leaf_number(0), *named[2000];
    for (int i = 0; i < 20000; i++) rebind(&chain, apply_number(OP_add, chain, 1));
    for (int i = 0; i < names; i++) {
      Variable *hidden = apply1(OP_sin, chain);
      named[i] = apply1(OP_sin, hidden);
      variable_unref(hidden);
      rebind(&total, apply2(OP_add, total, named[i]));
    }
    rebind(&chain, NULL);
    clock_t start = clock();
    backward(total);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds < least) least = seconds;
    for (int i = 0; i < names; i++) variable_unref(named[i]);
    variable_unref(total), variable_unref(x);
  }
  return least;
}

/* A hundred times as many searches take some two times as long; if each began anew, it would be some sixty. */
START_TEST(long_shared_histories_are_searched_once) {
  double few = seconds_of_backward(20), many = seconds_of_backward(2000);
  ck_assert_msg(many < 20 * few, "20 names take %g s, 2000 take %g s", few, many);
}
END_TEST

/* ---- depth */
START_TEST(deep_graphs_need_no_stack) {
  enum { DEPTH = 1000000 };
  Variable *x = leaf_number(1), *y = own(variable_ref(x));
  for (int i = 0; i < DEPTH; i++) {
    Node *node = node_new_scalar(&graph, OP_multiply, 1, value_of(y), NULL, 1, NODE_NUMBER);
    ck_assert_ptr_nonnull(node);
    rebind(&y, own(variable_new_take(&graph, &node->tensor)));
  }
  backward(y);
  expect_gradient(x, NUMBERS(1));
  GraphSize size = node_graph_size(&graph, node_of(value_of(y)), 2 * DEPTH);
  ck_assert_uint_eq(size.nodes, DEPTH + 1);
  ck_assert_uint_eq(node_graph_size(&graph, node_of(value_of(y)), 100).nodes, 100);
  variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(deep_graphs_of_vectors_need_no_stack) {
  Variable *x = leaf(NUMBERS(1, 2)), *y = own(variable_ref(x));
  for (int i = 0; i < 20000; i++) rebind(&y, apply_number(OP_add, y, 1));
  backward(y);
  expect_gradient(x, NUMBERS(1, 1));
  variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(wide_graphs_grow_the_work_list) {
  Variable *x = leaf_number(2), *total = leaf_number(0), *terms[100];
  for (int i = 0; i < 100; i++) terms[i] = apply_number(OP_multiply, x, i);
  for (int i = 0; i < 100; i++) rebind(&total, apply2(OP_add, total, terms[i]));
  backward(total);
  expect_gradient(x, NUMBERS(4950));
  for (int i = 0; i < 100; i++) variable_unref(terms[i]);
  variable_unref(total), variable_unref(x);
}
END_TEST

START_TEST(operations_may_have_many_operands) {
  Variable *x = leaf(NUMBERS(1, 2)), *joined;
  Tensor *parts[100];
  for (int i = 0; i < 100; i++) parts[i] = value_of(x);
  joined = own(variable_new_take(&graph, op_apply(&graph, OP_concatenate, 100, parts, NULL)));
  backward(joined);
  expect_gradient(x, NUMBERS(100, 100));
  variable_unref(joined), variable_unref(x);
}
END_TEST

/* ---- numbers beside nodes */
START_TEST(nodes_hold_plain_numbers) {
  Variable *x = leaf_number(3);
  Node *left = node_new_scalar(&graph, OP_divide, 2, NULL, value_of(x), 6, NODE_NUMBER_LEFT);
  Variable *y = own(variable_new_take(&graph, &left->tensor));
  ck_assert_int_eq(node_input_count(left), 2);
  expect_number(node_input(&graph, left, 0), DTYPE_FLOAT64, 6);
  Tensor *operand = node_input(&graph, left, 1);
  ck_assert_ptr_eq(operand, value_of(x));
  tensor_unref(operand);
  backward(y);
  expect_gradient(x, NUMBERS(-6.0 / 9));
  Tensor *second = asked_gradient(y, x, true);
  expect_numbers(second, NUMBERS(-6.0 / 9));
  tensor_unref(second);
  variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(warnings_of_rules_are_kept_quiet) {
  Variable *x = leaf(NUMBERS(-2, 1)), *y = leaf(NUMBERS(2, 2)), *power = apply2(OP_power, x, y);
  backward(power);
  ck_assert_int_eq(test_runtime.warning.count, 0);
  expect_gradient(y, NUMBERS(NAN, 0));
  variable_unref(power), variable_unref(x), variable_unref(y);
}
END_TEST

START_TEST(backward_can_be_interrupted) {
  Variable *x = leaf_number(1), *y = own(variable_ref(x));
  for (int i = 0; i < 5000; i++) rebind(&y, apply_number(OP_add, y, 1));
  interrupt_requested = 1;
  ck_assert(!run_backward(y, (BackwardOptions){.accumulate = false}));
  interrupt_requested = 0;
  expect_failure(NULL, ERROR_INTERRUPT, "interrupted");
  expect_no_gradient(x);
  backward(y);
  expect_gradient(x, NUMBERS(1));
  variable_unref(y), variable_unref(x);
}
END_TEST

/* ---- memory that runs out */
static bool try_everything(bool create_graph) {
  const int64_t size = 3;
  Tensor *numbers = tensor_new_shape(&test_runtime, DTYPE_FLOAT64, 1, &size), *result = NULL, *gradient = NULL;
  Tensor *second = NULL;
  for (int i = 0; numbers && i < 3; i++) ((double *)tensor_data(numbers))[i] = 0.5 + i * i;
  Node *x = numbers ? node_new_leaf(&graph, numbers) : NULL;
  Tensor *tensor = x ? &x->tensor : NULL, *squares = x ? op_apply1(&graph, OP_cumprod, tensor, NULL) : NULL;
  Tensor *operands[] = {tensor, squares, tensor};
  Tensor *joined = squares ? op_apply(&graph, OP_concatenate, 3, operands, NULL) : NULL;
  Tensor *spread = joined ? op_apply1(&graph, OP_std, joined, NULL) : NULL;
  result = spread ? op_apply2(&graph, OP_maximum, spread, joined, NULL) : NULL;
  bool done = result && backward_gradients(&graph, result, NULL, 1, &tensor, create_graph, &gradient);
  if (done && create_graph) done = backward_gradients(&graph, gradient, NULL, 1, &tensor, false, &second);
  tensor_unref(second), tensor_unref(gradient), tensor_unref(result), tensor_unref(spread), tensor_unref(joined);
  tensor_unref(squares), tensor_unref(tensor), tensor_unref(numbers);
  return done;
}

START_TEST(every_allocation_may_fail) {
  failures_lose_nothing(try_everything, _i >> 1, _i & 1);
}
END_TEST

static void add_graphs(TCase *tests) {
  tcase_add_test(tests, released_histories_are_reported);
  tcase_add_loop_test(tests, descent_runs_in_constant_memory, 0, 4);
  tcase_add_loop_test(tests, descent_with_momentum_runs_in_constant_memory, 0, 2);
  tcase_add_test(tests, what_is_asked_for_stays);
  tcase_add_test(tests, a_history_with_a_name_in_it_stays);
  tcase_add_test(tests, long_shared_histories_are_searched_once);
  tcase_add_test(tests, deep_graphs_need_no_stack);
  tcase_add_test(tests, deep_graphs_of_vectors_need_no_stack);
  tcase_add_test(tests, wide_graphs_grow_the_work_list);
  tcase_add_test(tests, operations_may_have_many_operands);
  tcase_add_test(tests, nodes_hold_plain_numbers);
  tcase_add_test(tests, warnings_of_rules_are_kept_quiet);
  tcase_add_test(tests, backward_can_be_interrupted);
  tcase_add_loop_test(tests, every_allocation_may_fail, 0, 4);
}

int main(void) {
  Suite *suite = suite_create("histories");
  TCase *graphs = tcase_create("graphs");
  tcase_add_checked_fixture(graphs, graphs_set_up, graphs_tear_down);
  add_graphs(graphs);
  suite_add_tcase(suite, graphs);
  return run_suite(suite);
}
