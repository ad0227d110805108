/* SPDX-License-Identifier: MIT */
/* test_evaluator_warnings.c: what is warned about though it is no error. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
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

/* A variable under the name of a namespace is an argument of its methods. */
#define NO_NAMESPACE(place, text) "test.mg:" place ": warning: " text ", not the namespace\n"
static const WarningCase hidden[] = {
    {"mg = 3; assert mg.eye().shape == (3, 3)", NO_NAMESPACE("1:16", "`mg` is a number since line 1")
     "hint: `del mg` brings the namespace back\n"},
    {"random = (2, 2)\nfor i in range(2) { assert random.full(1).shape == random }",
     NO_NAMESPACE("2:28", "`random` is a tuple since line 1") "hint: `del random` brings the namespace back\n"},
    {"random = 5; assert random.rand().shape == (5,)", NO_NAMESPACE("1:20", "`random` is a number since line 1")
     "hint: `del random` brings the namespace back\n"},
    {"np = \"/dev/null\"; assert np.read_file() == \"\"", NO_NAMESPACE("1:26", "`np` is a string since line 1")
     "hint: `del np` brings the namespace back\n"},
    {"f(random) = random.zeros()\nassert f((1, 2)).shape == (1, 2)", NO_NAMESPACE("1:13", "`random` is a tuple here")
     "hint: give the variable another name\n"},
    {"linalg = [3, 4]; assert linalg.norm() == 5; mg = 2; assert mg.sqrt() ** 2 > 1.9", ""},
};

/* Where a derivative that is taken would be 0 without a word. */
#define INTO_CONSTANT(place, name)                                                                            \
  "test.mg:1:" place ": warning: `" name "` is a constant: what is written into it is not differentiated\n"
#define BEFORE(name, more) "hint: write `" name " = tensor(" name more ")` before, or `detach` around what needs no derivative\n"
#define AS_CONSTANT(place, name) \
  "test.mg:1:" place ": warning: `" name "` counts as a constant: no derivative goes through it\n"
static const WarningCase cuts[] = {
    {"def f(x) { y = [0, 0]; y[0] = x ** 2; return sum(y) }\n(f'(3), f'(4))",
     INTO_CONSTANT("24", "y") BEFORE("y", "")},
    {"def f(x) { y = [0, 0]; y += x ** 2; return sum(y) }\nf'(3)", INTO_CONSTANT("24", "y") BEFORE("y", "")},
    {"def f(x) { y = copy([0, 0]); y[[0, 1]] *= x; return sum(y) }\ngrad(f)(3)",
     INTO_CONSTANT("30", "y") BEFORE("y", "")},
    {"def f(x) { y = [0, 0]; y[y == 0] = x; return y }\njacobian(f)(3)", INTO_CONSTANT("24", "y") BEFORE("y", "")},
    {"def f(x) { n = zeros(2, dtype=int); n[0] = x; return sum(n) }\nf'(3)",
     INTO_CONSTANT("37", "n") BEFORE("n", ", dtype=float64")},
    {"def f(x) { return sum(add(x, 1, out=[0, 0])) }\nhessian(f)(3)",
     INTO_CONSTANT("37", "[0, 0]")
     "hint: write into a variable such as `zeros((2,))`, or `detach` what needs no derivative\n"},
    {"def f(x) { r = {a: [0, 0]}; r.a[1:] = x; return sum(r.a) }\nf'(3)",
     INTO_CONSTANT("29", "r.a")
     "hint: write into a variable such as `zeros((2,))`, or `detach` what needs no derivative\n"},
    {"def f(x) { y = [0, 0]; y = tensor(y); y[0] = x ** 2; y[1] = x; return sum(y) }\nassert f'(3) == 7", ""},
    {"def f(x) { y = [0, 0]; y[0] = detach(x); y[1] = 3; return x * sum(y) }\nassert f'(3) == 6", ""},
    {"def f(x) { y = [0, 0]; y[0] = x ** 2; return sum(y) }\n(f(3), f(tensor(3)))", ""},
    {"def f(x) { y = [0]; no_autodiff { y[0] = x }; y.data += x; return x }\nassert f'(3) == 1", ""},
    {"w = tensor([1, 2]); losses = [0, 0]\n"
     "for i in range(2) { L = sum(w ** 2); losses[i] = L; w = tensor(w - 0.1 * grad(L, w)) }", ""},
    {"f(x) = sum(tensor([x, x ** 2]))\nf'(3)",
     "test.mg:1:12: warning: `tensor` starts anew: no derivative goes through it\n"
     "hint: write `[x, x ** 2]`, without `tensor`\n"},
    {"f(x) = sum(tensor((x, x ** 2)))\nf'(3)",
     "test.mg:1:12: warning: `tensor` starts anew: no derivative goes through it\n"
     "hint: write `stack((x, x ** 2))`\n"},
    {"f(x) = astensor(2x, dtype=float32)\nf'(3)",
     "test.mg:1:8: warning: `astensor` starts anew: no derivative goes through it\n"
     "hint: write `astype(2x, float32)`\n"},
    {"f(x) = x * tensor(x, constant=true) + constant(x) + item(x) + sum(tensor([1, 2])) + astensor(x) + tensor(x, dtype=int)\n"
     "assert f'(3) == 4", ""},
    {"f(d) = var([1, 2, 4], ddof=d)\n(f'(0.5), f(1))", AS_CONSTANT("28", "ddof")},
    {"f(m) = sum(random.normal(m, 1, 3))\nf'(2)", AS_CONSTANT("26", "mean")},
    {"f(n) = sum(linspace(0, 1, n))\nf'(3)", AS_CONSTANT("27", "num")},
    {"f(d) = sum(huber_loss([1], [0], delta=d)) + var([1, 2], ddof=0)\nassert f'(0.5) == 0.5", ""},
};

START_TEST(derivatives_do_not_end_without_a_word) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, cuts[_i].code), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), cuts[_i].warning);
  close_session(session);
}
END_TEST

/* What was read where the derivative ends is no formula of the function. */
START_TEST(cut_derivatives_have_no_formula) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "f(x) = sum(tensor([x, x ** 2])); print(f')"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "f'\n");
  close_session(session);
}
END_TEST

/* The library, which is not warned, is known by what it is, not by the names of its files. */
START_TEST(warnings_are_for_files_of_any_name) {
  static const char code[] = "x = []; x + [1]";
  Session *session = open_session();
  ck_assert_int_eq(session_run(session, "stdlib/arrays.mg", code, strlen(code), false), RUN_OK);
  ck_assert_ptr_nonnull(strstr(buffer_text(&diagnosed), "nothing is appended"));
  close_session(session);
}
END_TEST

/* Binary files that look like texts are told of, others are not, nor what has not been written. */
START_TEST(saving_under_the_name_of_a_text_is_told) {
  char folder[] = "/tmp/mgrad-test-XXXXXX", at[100];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  Session *session = open_session();
  const char *code = "save(\"a.npy\", [1]); save(\"b.npz\", a=[1]); save(\"c\", [1]); save(\"d.bin\", [1])\n"
                     "try { save(\"none/a.txt\", [1]) } catch err { }\nassert load(\"c\") == [1]";
  ck_assert_int_eq(run(session, code), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), "");
  code = "save(\"e.txt\", [1]); map(save, (\"f.CSV\",), ({a: 1},)); assert load(\"e.txt\") == [1]";
  ck_assert_int_eq(run(session, code), RUN_OK);
  for (int column = 6; column <= 21; column += 15) {
    snprintf(at, sizeof at, "test.mg:1:%d: warning: `save` writes NumPy's binary format, not the text", column);
    ck_assert_msg(strstr(buffer_text(&diagnosed), at), "%s", buffer_text(&diagnosed));
  }
  close_session(session);
  static const char *const written[] = {"a.npy", "b.npz", "c", "d.bin", "e.txt", "f.CSV"};
  for (size_t i = 0; i < COUNT(written); i++) ck_assert_int_eq(remove(written[i]), 0);
  ck_assert_int_eq(chdir("/"), 0);
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(warnings_say_what_has_no_effect) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, warnings[_i].code), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), warnings[_i].warning);
  close_session(session);
}
END_TEST

START_TEST(hidden_namespaces_are_told_of_once) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, hidden[_i].code), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), hidden[_i].warning);
  close_session(session);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator warnings");
  TCase *test = tcase_create("warnings");
  tcase_add_loop_test(test, warnings_say_what_has_no_effect, 0, COUNT(warnings));
  tcase_add_loop_test(test, hidden_namespaces_are_told_of_once, 0, COUNT(hidden));
  tcase_add_loop_test(test, derivatives_do_not_end_without_a_word, 0, COUNT(cuts));
  tcase_add_test(test, cut_derivatives_have_no_formula);
  tcase_add_test(test, warnings_are_for_files_of_any_name);
  tcase_add_test(test, saving_under_the_name_of_a_text_is_told);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
