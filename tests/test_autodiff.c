/* SPDX-License-Identifier: MIT */
/* test_autodiff.c: recording, backward, grad, conventions at kinks, blanked gradients. */
#include "tests/graphs.h"

/* ---- backward and grad */
START_TEST(a_chain_has_a_gradient) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *square = apply_number(OP_power, x, 2), *loss = sum_of(square);
  backward(loss);
  expect_gradient(x, NUMBERS(2, 4, 6));
  expect_gradient(square, NUMBERS(1, 1, 1));
  expect_gradient(loss, NUMBERS(1));
  ck_assert(graph.backwards);
  variable_unref(loss), variable_unref(square), variable_unref(x);
}
END_TEST

START_TEST(losses_may_share_what_they_need) {
  Variable *x = leaf_number(3), *h = apply1(OP_square, x), *a = apply_number(OP_multiply, h, 2);
  Variable *b = apply_number(OP_multiply, h, 5);
  backward(a);
  expect_gradient(x, NUMBERS(12));
  backward(b);
  backward(b);
  expect_gradient(x, NUMBERS(30));
  expect_gradient(a, NUMBERS(1));
  variable_unref(a), variable_unref(b), variable_unref(h), variable_unref(x);
}
END_TEST

START_TEST(options_accumulate_and_keep_leaves_only) {
  Variable *x = leaf_number(3), *h = apply1(OP_square, x), *loss = apply2(OP_add, h, h);
  ck_assert(run_backward(loss, (BackwardOptions){.leaves_only = true}));
  expect_gradient(x, NUMBERS(12));
  expect_no_gradient(h);
  expect_no_gradient(loss);
  ck_assert(run_backward(loss, (BackwardOptions){.accumulate = true}));
  expect_gradient(x, NUMBERS(24));
  expect_gradient(h, NUMBERS(2));
  variable_clear_gradient(&graph, x);
  expect_no_gradient(x);
  variable_unref(loss), variable_unref(h), variable_unref(x);
}
END_TEST

START_TEST(a_gradient_can_be_given) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *y = apply1(OP_square, x);
  Tensor *numbers = vector(DTYPE_FLOAT64, NUMBERS(1, 10, 100)), *one = number(2);
  Tensor *wrong = vector(DTYPE_FLOAT64, NUMBERS(1, 2));
  ck_assert(backward_run(&graph, y, numbers, (BackwardOptions){.accumulate = false}));
  expect_gradient(x, NUMBERS(2, 40, 600));
  ck_assert(backward_run(&graph, y, one, (BackwardOptions){.accumulate = false}));
  expect_gradient(x, NUMBERS(4, 8, 12));
  ck_assert(!backward_run(&graph, y, wrong, (BackwardOptions){.accumulate = false}));
  expect_failure(NULL, ERROR_SHAPE, "(2,)");
  Variable *loss = sum_of(y);
  ck_assert(!backward_run(&graph, loss, numbers, (BackwardOptions){.accumulate = false}));
  expect_failure(NULL, ERROR_SHAPE, "differ in shape: (3,) and a scalar");
  tensor_unref(numbers), tensor_unref(one), tensor_unref(wrong);
  variable_unref(loss), variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(a_constant_has_no_gradient) {
  Variable *c = constant(NUMBERS(1, 2)), *sum = sum_of(c);
  ck_assert(!run_backward(sum, (BackwardOptions){.accumulate = false}));
  expect_failure(NULL, ERROR_GRADIENT, "does not depend on any variable");
  ck_assert(!graph.backwards);
  variable_unref(sum), variable_unref(c);
}
END_TEST

START_TEST(a_variable_itself_has_gradient_one) {
  Variable *x = leaf(NUMBERS(4, 5));
  backward(x);
  expect_gradient(x, NUMBERS(1, 1));
  variable_unref(x);
}
END_TEST

START_TEST(broadcasting_is_undone) {
  Variable *x = leaf_of(array(DTYPE_FLOAT64, SHAPE(2, 1), (double[]){1, 2})), *y = leaf(NUMBERS(1, 10, 100));
  Variable *product = apply2(OP_multiply, x, y);
  backward(product);
  expect_gradient(x, NUMBERS(111, 111));
  expect_gradient(y, NUMBERS(3, 3, 3));
  variable_unref(product), variable_unref(x), variable_unref(y);
}
END_TEST

START_TEST(gradients_have_the_type_of_their_variable) {
  Variable *x = leaf_of(vector(DTYPE_FLOAT32, NUMBERS(1, 2))), *y = leaf(NUMBERS(3, 4));
  Variable *product = apply2(OP_multiply, x, y);
  ck_assert_int_eq(variable_dtype(product), DTYPE_FLOAT64);
  backward(product);
  expect_gradient(x, NUMBERS(3, 4));
  expect_gradient(y, NUMBERS(1, 2));
  variable_unref(product), variable_unref(x), variable_unref(y);
}
END_TEST

START_TEST(nothing_is_recorded_when_recording_is_off) {
  Variable *x = leaf(NUMBERS(1, 2));
  graph.recording = false;
  Variable *y = apply1(OP_square, x);
  graph.recording = true;
  ck_assert(variable_is_constant(y));
  Variable *flags = apply_number(OP_greater, x, 1);
  ck_assert(variable_is_constant(flags));
  variable_unref(flags), variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(gradients_can_be_asked_for) {
  Variable *x = leaf(NUMBERS(1, 2)), *y = leaf_number(4), *other = leaf_number(1);
  Variable *square = apply1(OP_square, x), *sum = sum_of(square), *loss = apply2(OP_multiply, sum, y);
  Tensor *targets[] = {value_of(x), value_of(y), value_of(other), value_of(x), value_of(square)}, *gradients[5];
  ck_assert(backward_gradients(&graph, value_of(loss), NULL, 5, targets, false, gradients));
  expect_numbers(gradients[0], NUMBERS(8, 16));
  expect_numbers(gradients[1], NUMBERS(5));
  expect_numbers(gradients[2], NUMBERS(0));
  expect_numbers(gradients[3], NUMBERS(8, 16));
  expect_numbers(gradients[4], NUMBERS(4, 4));
  for (int i = 0; i < 5; i++) tensor_unref(gradients[i]);
  expect_no_gradient(x);
  variable_unref(loss), variable_unref(sum), variable_unref(square);
  variable_unref(x), variable_unref(y), variable_unref(other);
}
END_TEST

START_TEST(gradients_can_be_differentiated_again) {
  Variable *x = leaf_number(2), *y = apply_number(OP_power, x, 5);
  const double derivatives[] = {80, 160, 240, 240, 120, 0, 0};
  for (int order = 0; order < 7; order++) {
    rebind(&y, own(variable_new_take(&graph, asked_gradient(y, x, true))));
    expect_value(y, 1, &derivatives[order]);
  }
  variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(stored_gradients_can_be_tracked) {
  Variable *x = leaf_number(3), *y = apply_number(OP_power, x, 3);
  ck_assert(run_backward(y, (BackwardOptions){.create_graph = true}));
  Variable *first = own(variable_gradient(&graph, x));
  ck_assert(!variable_is_constant(first));
  backward(first);
  expect_gradient(x, NUMBERS(18));
  Variable *again = own(variable_gradient(&graph, x));
  ck_assert(variable_is_constant(again));
  variable_unref(again), variable_unref(first), variable_unref(y), variable_unref(x);
}
END_TEST

/* ---- kinks */
typedef struct Kink { OpId op; double x, slope; } Kink;
static const Kink kinks[] = {
  {OP_absolute, 0, 0}, {OP_sign, 0, 0}, {OP_relu, 0, 0}, {OP_soft_sign, 0, 1}, {OP_sqrt, 0, INFINITY},
  {OP_cbrt, 0, INFINITY}, {OP_log, 0, INFINITY}, {OP_log1p, -1, INFINITY}, {OP_reciprocal, 0, -INFINITY},
  {OP_arccosh, 1, INFINITY}, {OP_arctanh, 1, INFINITY}, {OP_arctanh, -1, INFINITY}, {OP_arcsin, 1, INFINITY},
  {OP_arcsin, -1, INFINITY}, {OP_arccos, 1, -INFINITY}, {OP_arccos, -1, -INFINITY}, {OP_sinc, 0, 0},
  {OP_sech, 1000, 0}, {OP_sech, -1000, 0}, {OP_tanh, 1000, 0}, {OP_expit, 1000, 0}, {OP_expit, -1000, 0},
  {OP_softplus, 800, 1}, {OP_softplus, -800, 0}, {OP_floor, 2, 0}, {OP_ceil, -2, 0}, {OP_trunc, 3, 0},
  {OP_rint, 3, 0}, {OP_soft_sign, INFINITY, 0}, {OP_soft_sign, -INFINITY, 0}, {OP_log, -1, NAN}, {OP_arcsin, 2, NAN},
  {OP_csc, 0, -INFINITY}, {OP_square, 0, 0},
};
enum { KINKS = sizeof kinks / sizeof *kinks };

/* As a scalar, which takes the fast path, and as a vector. */
START_TEST(kinks_have_their_conventions) {
  const Kink *kink = &kinks[_i];
  for (int size = 0; size < 2; size++) {
    Variable *x = size == 0 ? leaf_number(kink->x) : leaf(1, &kink->x), *y = apply1(kink->op, x);
    backward(y);
    expect_gradient(x, 1, &kink->slope);
    variable_unref(y), variable_unref(x);
  }
}
END_TEST

typedef struct Pair { OpId op; double x, y, dx, dy; } Pair;
static const Pair pairs[] = {
  {OP_maximum, 1, 1, 0.5, 0.5}, {OP_minimum, 1, 1, 0.5, 0.5}, {OP_maximum, 2, 1, 1, 0}, {OP_minimum, 2, 1, 0, 1},
  {OP_fmax, NAN, 1, 0, 1}, {OP_fmin, 1, NAN, 1, 0}, {OP_fmax, 1, 1, 0.5, 0.5}, {OP_power, 0, -1, -INFINITY, NAN},
  {OP_power, 0, 0, 0, 0}, {OP_power, 0, 0.5, INFINITY, 0}, {OP_power, 0, 1, 1, 0}, {OP_power, 0, 2, 0, 0},
  {OP_power, -2, -1, -0.25, NAN}, {OP_power, -2, 3, 12, NAN}, {OP_power, -2, 0, 0, NAN}, {OP_remainder, 7, 2, 1, -3},
  {OP_remainder, -7, 2, 1, 4}, {OP_floor_divide, 7, 2, 0, 0}, {OP_hypot, 0, 0, 0, 0}, {OP_arctan2, 0, 0, NAN, NAN},
  {OP_xlogy, 0, 0, -INFINITY, 0}, {OP_xlogy, 0, 2, log(2), 0}, {OP_logaddexp, -INFINITY, 0, 0, 1},
  {OP_logaddexp, 1000, 1000, 0.5, 0.5}, {OP_divide, 1, 0, INFINITY, -INFINITY},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

START_TEST(kinks_of_two_operands_have_their_conventions) {
  const Pair *pair = &pairs[_i];
  for (int size = 0; size < 2; size++) {
    Variable *x = size == 0 ? leaf_number(pair->x) : leaf(1, &pair->x);
    Variable *y = size == 0 ? leaf_number(pair->y) : leaf(1, &pair->y), *z = apply2(pair->op, x, y);
    backward(z);
    expect_gradient(x, 1, &pair->dx);
    if (pair->op != OP_power || pair->x != 0 || pair->y >= 0) expect_gradient(y, 1, &pair->dy);
    variable_unref(z), variable_unref(x), variable_unref(y);
  }
}
END_TEST

START_TEST(the_first_extreme_gets_everything) {
  Variable *x = leaf(NUMBERS(1, 3, 3, 2)), *most = apply1(OP_max, x), *least = apply1(OP_min, x);
  backward(most);
  expect_gradient(x, NUMBERS(0, 1, 0, 0));
  backward(least);
  expect_gradient(x, NUMBERS(1, 0, 0, 0));
  variable_unref(most), variable_unref(least), variable_unref(x);
  Variable *cube = leaf_of(array(DTYPE_FLOAT64, SHAPE(2, 2, 2), (double[]){1, 3, 7, 7, 3, 2, 7, 1}));
  Variable *rows = apply(OP_max, 1, &cube, "L0,2");
  backward(rows);
  expect_gradient(cube, NUMBERS(0, 1, 1, 0, 0, 0, 0, 0));
  variable_unref(rows), variable_unref(cube);
  Variable *bad = leaf(NUMBERS(1, 0, NAN)), *none = apply1(OP_min, bad);
  backward(none);
  expect_gradient(bad, NUMBERS(0, 0, 1));
  variable_unref(none), variable_unref(bad);
}
END_TEST

START_TEST(products_with_zeros_are_exact) {
  Variable *x = leaf(NUMBERS(2, 0, 3)), *one = apply1(OP_prod, x), *running = apply1(OP_cumprod, x);
  backward(one);
  expect_gradient(x, NUMBERS(0, 6, 0));
  backward(running);
  expect_gradient(x, NUMBERS(1, 8, 0));
  variable_unref(one), variable_unref(running), variable_unref(x);
  Variable *y = leaf(NUMBERS(2, 0, 0)), *none = apply1(OP_prod, y);
  Variable *first = own(variable_new_take(&graph, asked_gradient(none, y, true)));
  expect_value(first, NUMBERS(0, 0, 0));
  Tensor *second = asked_gradient(first, y, false);
  expect_numbers(second, NUMBERS(0, 2, 2));
  tensor_unref(second);
  variable_unref(first), variable_unref(none), variable_unref(y);
}
END_TEST

START_TEST(a_deviation_of_equal_elements_has_gradient_zero) {
  Variable *x = leaf_of(array(DTYPE_FLOAT64, SHAPE(2, 2), (double[]){3, 3, 1, 3}));
  Variable *deviation = apply(OP_std, 1, &x, "I1");
  backward(deviation);
  expect_gradient(x, NUMBERS(0, 0, -0.5, 0.5));
  variable_unref(deviation), variable_unref(x);
}
END_TEST

START_TEST(a_bound_of_clip_gets_nothing_at_the_bound) {
  Variable *x = leaf(NUMBERS(1, 2, 5, 7, 9)), *low = leaf_number(2), *high = leaf_number(7);
  Variable *clipped = apply(OP_clip, 3, (Variable *[]){x, low, high}, NULL);
  backward(clipped);
  expect_gradient(x, NUMBERS(0, 0, 1, 0, 0));
  expect_gradient(low, NUMBERS(1));
  expect_gradient(high, NUMBERS(1));
  variable_unref(clipped), variable_unref(low), variable_unref(high), variable_unref(x);
}
END_TEST

/* ---- blanked gradients */
static Variable *where_positive(Variable *condition, Variable *x) {
  Variable *zero = constant(NUMBERS(0)), *mask = apply_number(OP_greater, condition, 0);
  Variable *result = apply(OP_where, 3, (Variable *[]){mask, x, zero}, NULL);
  variable_unref(mask), variable_unref(zero);
  return result;
}

START_TEST(the_side_not_taken_contributes_nothing) {
  Variable *x = leaf(NUMBERS(0, 1, 4)), *logarithm = apply1(OP_log, x);
  Variable *twice = apply_number(OP_multiply, logarithm, 2);
  Variable *power = apply1(OP_exp, twice), *chosen = where_positive(x, power);
  backward(chosen);
  expect_gradient(x, NUMBERS(0, 2, 8));
  variable_unref(chosen), variable_unref(power), variable_unref(twice), variable_unref(logarithm), variable_unref(x);
}
END_TEST

START_TEST(a_blanked_scalar_contributes_nothing) {
  Variable *x = leaf_number(0), *logarithm = apply1(OP_log, x), *zero = leaf_number(0);
  Variable *mask = apply_number(OP_greater, x, 0);
  Variable *chosen = apply(OP_where, 3, (Variable *[]){mask, logarithm, zero}, NULL);
  backward(chosen);
  expect_gradient(x, NUMBERS(0));
  expect_gradient(zero, NUMBERS(1));
  variable_unref(chosen), variable_unref(mask), variable_unref(zero), variable_unref(logarithm), variable_unref(x);
}
END_TEST

START_TEST(blanked_gradients_differentiate_again) {
  Variable *x = leaf(NUMBERS(0, 2)), *logarithm = apply1(OP_log, x), *product = apply2(OP_multiply, x, logarithm);
  Variable *chosen = where_positive(x, product);
  Variable *first = own(variable_new_take(&graph, asked_gradient(chosen, x, true)));
  expect_value(first, NUMBERS(0, 1 + log(2)));
  Tensor *second = asked_gradient(first, x, false);
  expect_numbers(second, NUMBERS(0, 0.5));
  tensor_unref(second);
  variable_unref(first), variable_unref(chosen), variable_unref(product), variable_unref(logarithm), variable_unref(x);
}
END_TEST

START_TEST(elements_not_indexed_contribute_nothing) {
  Variable *x = leaf(NUMBERS(0, 4)), *root = apply1(OP_sqrt, x), *end = slice(root, 1, 2, 1), *loss = sum_of(end);
  backward(loss);
  expect_gradient(x, NUMBERS(0, 0.25));
  variable_unref(loss), variable_unref(end), variable_unref(root), variable_unref(x);
}
END_TEST

START_TEST(an_overwritten_element_contributes_nothing) {
  Variable *x = leaf(NUMBERS(0, 4)), *root = apply1(OP_sqrt, x);
  put(root, 0, 7);
  backward(root);
  expect_gradient(x, NUMBERS(0, 0.25));
  variable_unref(root), variable_unref(x);
}
END_TEST

static void add_all(TCase *tests) {
  tcase_add_test(tests, a_chain_has_a_gradient);
  tcase_add_test(tests, losses_may_share_what_they_need);
  tcase_add_test(tests, options_accumulate_and_keep_leaves_only);
  tcase_add_test(tests, a_gradient_can_be_given);
  tcase_add_test(tests, a_constant_has_no_gradient);
  tcase_add_test(tests, a_variable_itself_has_gradient_one);
  tcase_add_test(tests, broadcasting_is_undone);
  tcase_add_test(tests, gradients_have_the_type_of_their_variable);
  tcase_add_test(tests, nothing_is_recorded_when_recording_is_off);
  tcase_add_test(tests, gradients_can_be_asked_for);
  tcase_add_test(tests, gradients_can_be_differentiated_again);
  tcase_add_test(tests, stored_gradients_can_be_tracked);
  tcase_add_loop_test(tests, kinks_have_their_conventions, 0, KINKS);
  tcase_add_loop_test(tests, kinks_of_two_operands_have_their_conventions, 0, PAIRS);
  tcase_add_test(tests, the_first_extreme_gets_everything);
  tcase_add_test(tests, products_with_zeros_are_exact);
  tcase_add_test(tests, a_deviation_of_equal_elements_has_gradient_zero);
  tcase_add_test(tests, a_bound_of_clip_gets_nothing_at_the_bound);
  tcase_add_test(tests, the_side_not_taken_contributes_nothing);
  tcase_add_test(tests, a_blanked_scalar_contributes_nothing);
  tcase_add_test(tests, blanked_gradients_differentiate_again);
  tcase_add_test(tests, elements_not_indexed_contribute_nothing);
  tcase_add_test(tests, an_overwritten_element_contributes_nothing);
}

int main(void) {
  Suite *suite = suite_create("autodiff");
  TCase *tests = tcase_create("gradients");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  add_all(tests);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
