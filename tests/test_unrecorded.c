/* SPDX-License-Identifier: MIT */
/* test_unrecorded.c: what is said of a value that depends on no variable. */
#include <stdio.h>
#include "tests/evaluating.h"

#define CONSTANT(what) what " does not depend on any variable, so it has no gradient"
#define START "start from a variable, e.g. `x = tensor(2)`"
#define GIVES " gives a constant, which records nothing"
static const ErrorCase unrecorded[] = {
  {"L = 3 # price of one item\nbackward(L)", ERROR_GRADIENT, 2, 10, CONSTANT("`L`"), START},
  {"L = [1,2] @ [3,4] # we do not detach here\nbackward(L)", ERROR_GRADIENT, 2, 10, CONSTANT("`L`"), START},
  {"r = {item: 3, data: 4}; L = r.item * r.data; backward(L)", ERROR_GRADIENT, 1, 55, CONSTANT("`L`"), START},
  {"r = {item: x -> x}; L = r.item(2); backward(L)", ERROR_GRADIENT, 1, 45, CONSTANT("`L`"), START},
  {"x = tensor(2); y = x.item(); L = 3; backward(L)", ERROR_GRADIENT, 1, 46, CONSTANT("`L`"), START},
  {"item(x) = 2 * x; L = item(3); backward(L)", ERROR_GRADIENT, 1, 40, CONSTANT("`L`"), START},
  {"c = [1, 2, 3]; x = tensor(5); c[0] = x; c.constant; backward(sum(c))", ERROR_GRADIENT, 1, 62, CONSTANT("the value"),
   "start from `x = tensor(2)`; a constant that is written into stays one"},
  {"x = tensor(2)\nL = x.detach() ** 2 + 1\nprint(1); backward(L)", ERROR_GRADIENT, 3, 20, CONSTANT("`L`"), "`detach`" GIVES},
  {"L = 1; x = tensor([2]); backward(2 * sum(-x.data[0]))", ERROR_GRADIENT, 1, 34, CONSTANT("the value"), "`.data`" GIVES},
  {"f(x) = sum(detach(x)); L = f(tensor([1, 2])); backward(L)", ERROR_GRADIENT, 1, 56, CONSTANT("`L`"),
   "`detach` in `f`" GIVES},
  {"def f(x) { y = x.item(); z = 2 * y; return z }\nbackward(f(tensor(3)))", ERROR_GRADIENT, 2, 10, CONSTANT("the value"),
   "`item` in `f`" GIVES},
  {"def f(x) { no_autodiff { return x * 2 } }\nL = f(tensor(1)); backward(L)", ERROR_GRADIENT, 2, 28, CONSTANT("`L`"),
   "inside `no_autodiff`, as in `f`, nothing is recorded"},
  {"def f(x) { no_autodiff { y = x * 2 }; return y }\nL = 2 * f(tensor(1)); backward(L)", ERROR_GRADIENT, 2, 32,
   CONSTANT("`L`"), "inside `no_autodiff`, as in `f`, nothing is recorded"},
  {"def f(x) { no_autodiff { y = x * 2 }; y = [3]; return y }\nbackward(f(tensor(1)))", ERROR_GRADIENT, 2, 10,
   CONSTANT("the value"), START},
  {"L = detach(2)\ndef f(x) { L = x * 2; backward(L) }\nf(1)", ERROR_GRADIENT, 2, 32, CONSTANT("`L`"), START},
  {"def f(x) { L = sum(detach(x)); L = L * 2; backward(L) }\nf(tensor([1]))", ERROR_GRADIENT, 1, 52, CONSTANT("`L`"),
   START},
  {"def f(x) { M = sum(detach(x)); L = M * 2; backward(L) }\nf(tensor([1]))", ERROR_GRADIENT, 1, 52, CONSTANT("`L`"),
   "`detach`" GIVES},
};

START_TEST(constants_are_explained) { expect_error(&unrecorded[_i]); }
END_TEST

START_TEST(long_causes_end) {
  static char code[8000];
  size_t length = (size_t)snprintf(code, sizeof code, "def f(x) { y = 0; y = 0");
  for (int k = 0; k < 400; k++) length += (size_t)snprintf(code + length, sizeof code - length, " + y");
  length += (size_t)snprintf(code + length, sizeof code - length, "; y = y * (y + y); return y }\nbackward(f(1)");
  for (int k = 0; k < 400; k++) length += (size_t)snprintf(code + length, sizeof code - length, " + 1");
  snprintf(code + length, sizeof code - length, ")");
  const ErrorCase endless = {code, ERROR_GRADIENT, 2, 10, CONSTANT("the value"), START};
  expect_error(&endless);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("unrecorded");
  TCase *test = tcase_create("causes");
  tcase_add_loop_test(test, constants_are_explained, 0, COUNT(unrecorded));
  tcase_add_test(test, long_causes_end);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
