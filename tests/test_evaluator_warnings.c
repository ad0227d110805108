/* SPDX-License-Identifier: MIT */
/* test_evaluator_warnings.c: what is warned about though it is no error. */
#include "tests/evaluating.h"

/* What is warned about, once per place, and what is not. */
typedef struct WarningCase { const char *code, *warning; } WarningCase;
static const WarningCase warnings[] = {
    {"losses = []; for i in range(3) { losses.append(i) }",
     "test.mg:1:34: warning: the result of `losses.append(i)` is not used\n"
     "hint: `append` gives a new tensor: write `losses = append(losses, i)`\n"},
    {"def f(x) { x.sort(); return x }\nf([3, 1]); f([2])",
     "test.mg:1:12: warning: the result of `x.sort()` is not used\n"
     "hint: `sort` gives a new tensor: write `x = sort(x)`\n"},
    {"if true { [1, 2].reshape(2, 1) }",
     "test.mg:1:11: warning: the result of `[1, 2].reshape(2, 1)` is not used\n"
     "hint: `reshape` gives a new tensor\n"},
    {"float_power([-1, -2, 4], 0.5)",
     "test.mg:1:1: warning: `float_power`: `power` of 2 negative elements with a fractional exponent gives nan\n"},
    {"(norm([1, 2], 0.5), float_power([-1, 4], 0.5, where=[false, true]))", ""},
    {"[nan, 1, inf].astype(int)", "test.mg:1:1: warning: nan is no whole number and becomes 0 in int64\n"},
    {"y = (tensor([2, nan], dtype=float32)[::-1] * 2).astype(uint8)",
     "test.mg:1:5: warning: nan is no whole number and becomes 0 in uint8\n"},
    {"([-inf, 300.5].astype(uint8), [nan, 1].astype(float32), [nan, 0].astype(bool), [0, 1].astype(int))", ""},
    {"x = [3, 1]; x.append(2)", ""},
    {"x = [3, 1]; x.append(2);", ""},
    {"f = x -> x.append(2); f([1])", ""},
    {"def f(x) { return x.sort() }\nf([2, 1])", ""},
    {"r = {append: x -> x}; for i in range(2) { r.append(i) }", ""},
    {"x = [1, 5]; for i in range(2) { x.clip(0, 1, out=x); x.shuffle(); x.print() }", ""},
    {"w = tensor([1]); opt = sgd((w,)); for i in range(2) { sum(w ** 2).backward(); opt.step(); w.null_grad() }", ""},
    {"x = []; for i in range(3) { x += [i] }",
     "test.mg:1:31: warning: the sum of an empty tensor and one element is empty: nothing is appended\n"
     "hint: `+` joins tuples: write `x = x + (e,)` from `x = ()` on, or `x = append(x, e)`\n"},
    {"x = []; for i in range(3) { x = x + [i] }",
     "test.mg:1:35: warning: the sum of an empty tensor and one element is empty: nothing is appended\n"
     "hint: `+` joins tuples: write `x = x + (e,)` from `x = ()` on, or `x = append(x, e)`\n"},
    {"x = []; (x + 1, x * [1], x + [], zeros((0, 1)) + [1], [1] - x)", ""},
};

/* The library, which is not warned, is known by what it is, not by the names of its files. */
START_TEST(warnings_are_for_files_of_any_name) {
  static const char code[] = "x = []; x + [1]";
  Session *session = open_session();
  ck_assert_int_eq(session_run(session, "stdlib/arrays.mg", code, strlen(code), false), RUN_OK);
  ck_assert_ptr_nonnull(strstr(buffer_text(&diagnosed), "nothing is appended"));
  close_session(session);
}
END_TEST

START_TEST(warnings_say_what_has_no_effect) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, warnings[_i].code), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), warnings[_i].warning);
  close_session(session);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator warnings");
  TCase *test = tcase_create("warnings");
  tcase_add_loop_test(test, warnings_say_what_has_no_effect, 0, COUNT(warnings));
  tcase_add_test(test, warnings_are_for_files_of_any_name);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
