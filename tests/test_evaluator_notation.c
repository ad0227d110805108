/* SPDX-License-Identifier: MIT */
/* test_evaluator_notation.c: errors speak of shapes, names and numbers as the user has them. */
#include "tests/evaluating.h"

static const ErrorCase notations[] = {
  {"x = tensor(2); y = x * 2; backward(y, [1, 2])", ERROR_SHAPE, 1, 36,
   "the gradient and the loss `y` differ in shape: (2,) and a scalar", ""},
  {"x = [1, 2]; x @= [3, 4]", ERROR_SHAPE, 1, 13, "cannot write a scalar into `x` (2,)", ""},
  {"diag(5)", ERROR_SHAPE, 1, 6, "diag needs a vector or a matrix, got a scalar", ""},
  {"diag(zeros((2, 2, 2)))", ERROR_SHAPE, 1, 6, "diag needs a vector or a matrix, got shape (2, 2, 2)", ""},
  {"[1, [2]]", ERROR_SHAPE, 1, 1, "elements 0 and 1 differ in shape: a scalar and (1,)", NULL},
  {"jvp(x -> x, 1, [1, 2])", ERROR_SHAPE, 1, 1, "`jvp`: `v` and `x` differ in shape: (2,) and a scalar", ""},
  {"vjp(x -> x, 1)([1, 2])", ERROR_SHAPE, 1, 1, "the cotangent has shape (2,), but the function returned a scalar", ""},
  {"sin([1, 2, 3], out=tensor([1, 2, 3], dtype=int))", ERROR_TYPE, 1, 20,
   "cannot write 0.8414709848078965 into the tensor of type int64", NULL},
  {"amin(zeros((2, 0)), axis=1)", ERROR_VALUE, 1, 6, "`amin` of an empty tensor (2, 0) has no value", ""},
  {"min(zeros((2, 0)), axis=1)", ERROR_VALUE, 1, 5, "`min` of an empty tensor (2, 0) has no value", ""},
  {"linalg.matrix_power([[1, 1], [1, 1]], -1)", ERROR_VALUE, 1, 21, "matrix_power of (2, 2): the matrix is singular",
   "linalg.pinv and linalg.lstsq also take singular matrices"},
  {"f = x -> x; f(1, 2)", ERROR_ARGUMENT, 1, 18, "`f` takes 1 argument, got 2", "it is defined as f(x)"},
  {"r = {g: x -> x}; r.g(a=2)", ERROR_ARGUMENT, 1, 22, "`r.g` has no argument `a`", "it is defined as r.g(x)"},
  {"f = (x, y) -> x; f(1)", ERROR_ARGUMENT, 1, 18, "f(x, y) needs `y`", ""},
  {"jvp((x, y) -> x, (1, 2, 3), (1, 0, 0))", ERROR_ARGUMENT, 1, 1, "the function takes 2 arguments, got 3", NULL},
  {"f = custom_op(x -> x * 2, g -> 2 * g); x = tensor(3); y = f(x); backward(y)", ERROR_ARGUMENT, 1, 65,
   "the function takes 1 argument, got 2", "`custom_op` calls it with g and the inputs: `(g, x) -> ...`"},
  {"len(none)", ERROR_TYPE, 1, 5, "`none` has no length", ""},
  {"pad([1, 2], -1)", ERROR_ARGUMENT, 1, 1, "`pad`: `width` cannot be negative, got -1", ""},
  {"pad([1, 2], (0, -3))", ERROR_ARGUMENT, 1, 1, "`pad`: `width` cannot be negative, got -3", ""},
  {"margin_ranking_loss([1, 2], [2, 1], [1, 0.5], 1)", ERROR_ARGUMENT, 1, 1,
   "`margin_ranking_loss`: `y` is 1 (x1 is to be larger) or -1 (x2), not 0.5", ""},
  {"hard_tanh([1], lower_bound=2, upper_bound=1)", ERROR_ARGUMENT, 1, 1,
   "`hard_tanh`: `lower_bound` cannot exceed `upper_bound`, got 2 and 1", ""},
  {"backward(3)", ERROR_GRADIENT, 1, 10, "the value does not depend on any variable, so it has no gradient",
   "start from a variable, e.g. `x = tensor(2)`"},
  {"explain(3)", ERROR_GRADIENT, 1, 9, "this value depends on no variable: nothing to explain",
   "start from `x = tensor(2)`, or give a function: `explain(x -> x ** 2, 3)`"},
  {"explain(x -> 5, 2)", ERROR_GRADIENT, 1, 9,
   "the result of this function depends on no variable: nothing to explain",
   "it is to be computed from the arguments, as in `explain(x -> x ** 2, 3)`"},
  {"hessian(x -> x)([1, 2])", ERROR_GRADIENT, 1, 9,
   "`hessian` needs a function with a scalar result, but it returned shape (2,)",
   "take the sum: `hessian(x -> sum(f(x)))`; for each element `jacobian(f')`"},
};

START_TEST(notations_are_the_users) { expect_error(&notations[_i]); }
END_TEST

/* A function value is called what it was called by, but not by the name of a builtin that calls it. */
START_TEST(frames_name_function_values) {
  static const char *const cases[][2] = {
    {"f = x -> x + \"a\"; f(2)", "f"},
    {"r = {g: x -> x + \"a\"}; r.g(2)", "r.g"},
    {"h(k) = k(1); h(x -> x + \"a\")", "k"},
    {"jacobian(x -> x + \"a\")(2)", "function"},
    {"(x -> x + \"a\")(2)", "function"},
  };
  for (size_t k = 0; k < COUNT(cases); k++) {
    Session *session = open_session();
    ck_assert_int_eq(run(session, cases[k][0]), RUN_FAILED);
    ck_assert_int_ge(session_error(session)->frame_count, 1);
    ck_assert_str_eq(session_error(session)->frames[0].name, cases[k][1]);
    close_session(session);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator notation");
  TCase *test = tcase_create("notation");
  tcase_add_loop_test(test, notations_are_the_users, 0, COUNT(notations));
  tcase_add_test(test, frames_name_function_values);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
