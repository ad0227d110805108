/* SPDX-License-Identifier: MIT */
/* test_evaluator_hints.c: a hint is true where it stands. */
#include "tests/evaluating.h"

#define TYPES "the types are number, bool, tensor, string, tuple, record, range, function, dtype, namespace and none"

static const ErrorCase types[] = {
  {"isinstance(1, \"numbr\")", ERROR_VALUE, 1, 15, "there is no type \"numbr\"", "did you mean \"number\"?  " TYPES},
  {"isinstance(1, \"\")", ERROR_VALUE, 1, 15, "there is no type \"\"", TYPES},
  {"isinstance(1, (\"number\", \"list\"))", ERROR_VALUE, 1, 15, "there is no type \"list\"", TYPES},
  {"isinstance([1], \"float64\")", ERROR_VALUE, 1, 17, "there is no type \"float64\"",
   "a dtype is written without quotes: `float64`"},
  {"isinstance(1, (\"number\", 2))", ERROR_TYPE, 1, 15,
   "a type is given by its name, like \"tensor\", or as a dtype, not as a number", ""},
};

static const ErrorCase deletes[] = {
  {"del nope", ERROR_NAME, 1, 5, "unknown name `nope`", ""},
  {"y = sin(2); del pi, sinn", ERROR_NAME, 1, 21, "unknown name `sinn`", ""},
  {"del null", ERROR_NAME, 1, 5, "unknown name `null`", ""},
  {"del q", ERROR_NAME, 1, 5, "unknown name `q`", ""},
  {"sin = 2; del sinn", ERROR_NAME, 1, 14, "unknown name `sinn`", "did you mean `sin`?"},
  {"value = 1; del valu", ERROR_NAME, 1, 16, "unknown name `valu`", "did you mean `value`?"},
  {"value = 1\ndef f(speed) { del valu }\nf(1)", ERROR_NAME, 2, 20, "unknown name `valu`", ""},
  {"def f(speed) { del sped }\nf(1)", ERROR_NAME, 1, 20, "unknown name `sped`", "did you mean `speed`?"},
};

#define BITS(call) "the bits of whole numbers are combined by `" call "`"
#define COMPARED(sign) "comparisons are put in parentheses: `(a < b) " sign " (c < d)`"

static const ErrorCase bits[] = {
  {"a = tensor([6, 3], dtype=int); a & 1", ERROR_TYPE, 1, 32,
   "`&` combines booleans, but one side is a tensor of type int64", BITS("bitwise_and(a, 1)")},
  {"3 | 4", ERROR_TYPE, 1, 1, "`|` combines booleans, but one side is a number", BITS("bitwise_or(3, 4)")},
  {"true & [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].astype(int)", ERROR_TYPE, 1, 8,
   "`&` combines booleans, but one side is a tensor of type int64", BITS("bitwise_and(true, y)")},
  {"f = x -> x & 1; f(2)", ERROR_TYPE, 1, 10, "`&` combines booleans, but one side is a number",
   BITS("bitwise_and(x, 1)")},
  {"(1 & 2) > 1", ERROR_TYPE, 1, 2, "`&` combines booleans, but one side is a number", BITS("bitwise_and(1, 2)")},
  {"2.5 & 1", ERROR_TYPE, 1, 1, "`&` combines booleans, but one side is a number", ""},
  {"y = [1.5]; (y > 1) & y", ERROR_TYPE, 1, 22, "`&` combines booleans, but one side is a tensor of type float64", ""},
  {"1 | none", ERROR_TYPE, 1, 1, "`|` combines booleans, but one side is a number", ""},
  {"x = [1, 2]; x > 1 & x < 3", ERROR_TYPE, 1, 17, "`&` combines booleans, but one side is a number", COMPARED("&")},
  {"x = 1; x == 1 | x == 3", ERROR_TYPE, 1, 13, "`|` combines booleans, but one side is a number", COMPARED("|")},
  {"1 | 2 != 3", ERROR_TYPE, 1, 1, "`|` combines booleans, but one side is a number", COMPARED("|")},
};

static const ErrorCase extremes[] = {
  {"max(3, 5)", ERROR_INDEX, 1, 8, "max(x, axis) goes along an axis, and a scalar has none", "of two values: maximum(x, y)"},
  {"min([1, 2], [3, 4])", ERROR_INDEX, 1, 13, "axis 3 is out of range for (2,) (use 0 or -1)",
   "of two values: minimum(x, y)"},
  {"max([1, 2], axis=3)", ERROR_INDEX, 1, 18, "axis 3 is out of range for (2,) (use 0 or -1)", ""},
};

/* What docs/coming_from.md promises. */
static const ErrorCase foreign[] = {
  {"mg.computational_graph.build_graph(3)", ERROR_NAME, 1, 4, "`mg` has no function `computational_graph`",
   "write `graph(L)`"},
  {"build_graph(3)", ERROR_NAME, 1, 1, "unknown function `build_graph`", "write `graph(L)`"},
  {"Infinity", ERROR_NAME, 1, 1, "unknown name `Infinity`", "the name here is `inf`"},
  {"with open(\"f\") as f: f.read()", ERROR_SYNTAX, 1, 6, "expected an operator or end of line, found `open`",
   "write `no_autodiff { ... }`; a file is read by `read_file(name)`"},
};

#define CASES(name, table) \
  START_TEST(name) { expect_error(&table[_i]); } \
  END_TEST

CASES(types_are_checked, types)
CASES(bits_are_told_from_booleans, bits)
CASES(extremes_of_two_values_are_told, extremes)
CASES(only_own_names_are_deleted, deletes)
CASES(words_of_other_libraries_are_known, foreign)

START_TEST(types_are_told_apart) {
  expect_output("print(isinstance(1, \"number\"), isinstance(\"a\", (\"tensor\", \"string\")), isinstance([1], float),"
                " isinstance(sin, \"function\"), isinstance(none, \"none\"), isinstance(true, \"number\"),"
                " isinstance(1, ()))",
                "true true true true true false false\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator hints");
  TCase *test = tcase_create("hints");
  tcase_add_loop_test(test, types_are_checked, 0, COUNT(types));
  tcase_add_loop_test(test, bits_are_told_from_booleans, 0, COUNT(bits));
  tcase_add_loop_test(test, extremes_of_two_values_are_told, 0, COUNT(extremes));
  tcase_add_loop_test(test, only_own_names_are_deleted, 0, COUNT(deletes));
  tcase_add_loop_test(test, words_of_other_libraries_are_known, 0, COUNT(foreign));
  tcase_add_test(test, types_are_told_apart);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
