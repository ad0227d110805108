/* SPDX-License-Identifier: MIT */
/* test_autodiff.c: recording, backward, conventions at kinks, masks, releasing, depth, memory. */
#include <time.h>

#include "autodiff/rule.h"
#include "tests/graphs.h"

static bool run_backward(Variable *loss, BackwardOptions options) {
  return backward_run(&graph, loss, NULL, options);
}

/* grad(sum(L), x) as a tensor, tracked with `again`. */
static Tensor *gradient_of(Variable *loss, Variable *x, bool again) {
  Tensor *target = value_of(x), *gradient;
  ck_assert_msg(backward_gradients(&graph, value_of(loss), NULL, 1, &target, again, &gradient), "%s",
                buffer_text(&test_error.message));
  return gradient;
}

/* ---- backward and grad */
START_TEST(a_chain_has_a_gradient) {
  Variable *x = leaf(NUMBERS(1, 2, 3)), *square = apply_number(OP_power, x, 2), *loss = sum_of(square);
  backward(loss);
  expect_gradient(x, NUMBERS(2, 4, 6));
  expect_gradient(square, NUMBERS(1, 1, 1));
  expect_gradient(loss, NUMBERS(1));
  ck_assert(graph.any_backward);
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
  variable_clear_gradient(x);
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
  expect_failure(NULL, ERROR_SHAPE, "shape (3,) does not fit");
  tensor_unref(numbers), tensor_unref(one), tensor_unref(wrong);
  variable_unref(loss), variable_unref(y), variable_unref(x);
}
END_TEST

START_TEST(a_constant_has_no_gradient) {
  Variable *c = constant(NUMBERS(1, 2)), *sum = sum_of(c);
  ck_assert(!run_backward(sum, (BackwardOptions){.accumulate = false}));
  expect_failure(NULL, ERROR_GRADIENT, "does not depend on any variable");
  ck_assert(!graph.any_backward);
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
    rebind(&y, own(variable_new_take(&graph, gradient_of(y, x, true))));
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
  {OP_rint, 3, 0}, {OP_soft_sign, INFINITY, 0}, {OP_soft_sign, -INFINITY, 0}, {OP_log, -1, NAN}, {OP_arcsin, 2, NAN}, {OP_csc, 0, -INFINITY}, {OP_square, 0, 0},
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
  Variable *first = own(variable_new_take(&graph, gradient_of(none, y, true)));
  expect_value(first, NUMBERS(0, 0, 0));
  Tensor *second = gradient_of(first, y, false);
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
  Variable *chosen = where_positive(x, product), *first = own(variable_new_take(&graph, gradient_of(chosen, x, true)));
  expect_value(first, NUMBERS(0, 1 + log(2)));
  Tensor *second = gradient_of(first, x, false);
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
  Tensor *second = gradient_of(y, x, true);
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
  for (size_t n = 1;; n++) {
    size_t before = memory_live_blocks();
    memory_fail_at(n, _i & 1);
    bool done = try_everything(_i >> 1);
    bool hit = memory_failure_hit();
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
  Suite *suite = suite_create("autodiff");
  TCase *tests = tcase_create("gradients"), *graphs = tcase_create("graphs");
  tcase_add_checked_fixture(tests, graphs_set_up, graphs_tear_down);
  tcase_add_checked_fixture(graphs, graphs_set_up, graphs_tear_down);
  tcase_set_timeout(graphs, 60);
  add_all(tests);
  add_graphs(graphs);
  suite_add_tcase(suite, tests);
  suite_add_tcase(suite, graphs);
  return run_suite(suite);
}
