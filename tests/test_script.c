/* SPDX-License-Identifier: MIT */
/* test_script.c: sessions as scripts: the order of names, what their lines say, and that they give the same. */
#include "repl/script.h"
#include "tests/evaluating.h"

static const char first_line[] =
  "# The names of a session of mgrad: `:load` this file, or run it.  Gradients are not kept.\n";

static void run_well(Session *session, const char *code) {
  RunStatus status = run(session, code);
  ck_assert_msg(status == RUN_OK, "%s\nfailed: %s", code, buffer_text(&session_error(session)->message));
}

/* Expects the lines that a session becomes after a program, and that they make as many names as they say. */
static void expect_script(const char *code, int names, const char *lines) {
  Session *session = open_session();
  Buffer script = {0}, missing = {0};
  int written = 0;
  run_well(session, code);
  ck_assert(script_of_session(session, &script, &written, &missing));
  ck_assert_msg(strncmp(buffer_text(&script), first_line, strlen(first_line)) == 0, "%s", buffer_text(&script));
  ck_assert_str_eq(buffer_text(&script) + strlen(first_line), lines);
  ck_assert_int_eq(written, names);
  session_forget(session);
  run_well(session, buffer_text(&script));
  buffer_free(&script);
  buffer_free(&missing);
  close_session(session);
}

/* Expects that a program prints the same whether it goes on in its session or in what that was saved as. */
static void expect_same_after(const char *code, const char *rest, const char *output) {
  Session *session = open_session();
  Buffer script = {0}, missing = {0};
  int written = 0;
  run_well(session, code);
  ck_assert(script_of_session(session, &script, &written, &missing));
  run_well(session, rest);
  ck_assert_str_eq(buffer_text(&printed), output);
  buffer_clear(&printed);
  session_forget(session);
  run_well(session, buffer_text(&script));
  run_well(session, rest);
  ck_assert_msg(strcmp(buffer_text(&printed), output) == 0, "%s\nprinted:\n%s", buffer_text(&script),
                buffer_text(&printed));
  buffer_free(&script);
  buffer_free(&missing);
  close_session(session);
}

/* ---- order */

START_TEST(names_stand_behind_what_they_need) {
  expect_script("g = 1; f(x) = x ** 2; g = f'; z = 5", 3, "f(x) = x ** 2\nz = 5\ng = f'\n");
  expect_script("g = 0; f(x) = x ** 2; g = grad(f)", 2, "f(x) = x ** 2\ng = grad(f, 0)\n");
  expect_script("a = b = c = 0; def f(x) { return x }; c = f'; b = c'; a = {\"b\": b}", 4,
                "def f(x) {\n  return x\n}\nc = f'\nb = c'\na = {\"b\": b}\n");
  expect_same_after("g = 1; f(x) = x ** 2; g = f'; h = g'", "print(g(3), h(3))", "6 2\n");
}
END_TEST

START_TEST(the_definition_of_a_function_is_where_its_other_names_point) {
  expect_script("g = 0; f(x) = x; g = f", 2, "f(x) = x\ng = f\n");
  expect_script("w = tensor([1, 2]); v = w; r = {a: w}; q = r", 4,
                "w = tensor([1, 2])\nv = w\nr = {\"a\": w}\nq = r\n");
  expect_same_after("w = tensor([1, 2]); r = {a: (w, 3)}", "w[0] = 7; print(r.a[0])", "[7, 2]\n");
}
END_TEST

START_TEST(functions_are_made_again_by_what_made_them) {
  expect_script("f(x) = x ** 3; h = hessian(f); j = jacobian(h, 0); c = custom_op(f, (g, x) -> 7 * g); "
                "k = hessian(x -> c(x), (0,))", 5,
                "f(x) = x ** 3\nh = hessian(f, 0)\nj = jacobian(h, 0)\nc = custom_op(f, ((g, x) -> 7 * g))\n"
                "k = hessian((x -> c(x)), (0,))\n");
  expect_same_after("f(x) = x ** 3; h = hessian(f); hh = hessian(h); c = custom_op(f, (g, x) -> 7 * g)",
                    "print(h(2), hh(2), c(2), c'(2))", "12 0 8 7\n");
}
END_TEST

START_TEST(builtins_go_by_their_own_names) {
  expect_script("dh = sin'; bi = sin; bj = bi", 3, "dh = sin'\nbi = sin\nbj = sin\n");
}
END_TEST

START_TEST(names_that_hide_builtins_come_last) {
  expect_script("s = sin; sin(x) = 3x; d = sin'; ds = s'", 4, "s = sin\nds = sin'\nsin(x) = 3 * x\nd = sin'\n");
  expect_script("tensor = 4; w = mg.tensor([1, 2])", 2, "w = tensor([1, 2])\ntensor = 4\n");
  expect_script("s = sin; sin(x) = 3x; both = (s, sin)", 2,
                "s = sin\nsin(x) = 3 * x\n# both: a tuple that cannot be written\n");
  expect_same_after("s = sin; sin(x) = 3x; d = sin'", "print(s(0), sin(1), d(2))", "0 3 3\n");
}
END_TEST

START_TEST(what_cannot_be_written_is_missed_by_others) {
  expect_script("r = {}; r.r = r; t = (1, r); z = 2", 1,
                "# r: a record that cannot be written, as it is a part of itself\n"
                "# t: a tuple that cannot be written, as it needs `r`\nz = 2\n");
  expect_script("a = {}; b = {a: a}; a.b = b; z = 2", 1,
                "z = 2\n# a: a record that cannot be written, as it needs `b`\n"
                "# b: a record that cannot be written, as it needs `a`\n");
  expect_script("make(a) = x -> a * x; m = make(3); d = m'", 1,
                "make(a) = x -> a * x\n# m: a function that cannot be written\n"
                "# d: a function that cannot be written, as it needs `m`\n");
}
END_TEST

/* ---- defaults */

START_TEST(defaults_have_the_values_that_they_had) {
  expect_script("k = 3; f(x, n=k) = x * n; k = 4; g = (x, n=k + 1) -> x", 3,
                "k = 4\nf(x, n=3) = x * n\ng = ((x, n=5) -> x)\n");
  expect_script("def f(x, m=[[1, 2], [3, 4]], t=(1, -2), *rest) { return x }", 1,
                "def f(x, m=[[1, 2],\n [3, 4]], t=(1, -2), *rest) {\n  return x\n}\n");
  expect_script("h(x) = x + 1; f(x, g=h) = g(x); h(x) = x + 2", 2,
                "h(x) = x + 2\nf(x, g=(x -> x + 1)) = g(x)\n");
  expect_same_after("k = 3; f(x, n=k) = x * n; k = 4", "print(f(1))", "3\n");
  expect_same_after("h(x) = x + 1; f(x, g=h) = g(x); h(x) = x + 2", "print(f(1))", "2\n");
}
END_TEST

START_TEST(defaults_are_the_objects_that_have_names) {
  expect_script("f = 0; w = tensor([1, 2]); f(x, w=w) = sum(w * x)", 2,
                "w = tensor([1, 2])\nf(x, w=w) = sum(w * x)\n");
  expect_same_after("w = tensor([1, 2]); f(x, v=w) = sum(v * x)", "backward(f(3)); print(w.grad)", "[3, 3]\n");
}
END_TEST

START_TEST(a_default_that_cannot_be_written_is_missed) {
  expect_script("make(a) = x -> a * x; f(x, g=make(3)) = g(x)", 1,
                "make(a) = x -> a * x\n# f: a function that cannot be written\n");
  expect_script("r = {}; f(x, m=r) = x; r.f = f", 0,
                "# r: a record that cannot be written, as it needs `f`\n"
                "# f: a function that cannot be written, as it needs `r`\n");
}
END_TEST

START_TEST(functions_are_defined_under_the_names_they_have_left) {
  expect_script("def f(x) { y = x; return y }; g = f; f = 3; d = g'", 3,
                "f = 3\ndef g(x) {\n  y = x\n  return y\n}\nd = g'\n");
  expect_script("f(x) = x ** 2; g = f'; f = 3", 2, "f = 3\ng = (x -> x ** 2)'\n");
}
END_TEST

/* ---- views */

START_TEST(views_of_variables_are_variables) {
  expect_script("v = tensor([1, 2, 3]); q = v[1:]; p = q; c = [1, 2]; d = c[1:]", 5,
                "v = tensor([1, 2, 3])\nq = tensor([2, 3])  # was a view of v; now a variable of its own\np = q\n"
                "c = [1, 2]\nd = [2]  # was a view of c; this is a copy\n");
  expect_script("q = tensor([1, 2], dtype=float32)[1:]", 1,
                "q = tensor([2], dtype=float32)  # was a view; now a variable of its own\n");
  expect_same_after("v = tensor([1, 2, 3]); q = v[1:]", "backward(sum(q ** 2)); print(q.grad)", "[4, 6]\n");
}
END_TEST

START_TEST(views_of_results_have_lost_their_history) {
  expect_script("v = tensor([1, 2]); y = 3v; z = y[1:]; u = (2v)[1:]", 4,
                "v = tensor([1, 2])\ny = [3, 6]  # its history is not kept\n"
                "z = [6]  # was a view of y; its history is not kept\n"
                "u = [4]  # was a view; its history is not kept\n");
}
END_TEST

START_TEST(what_is_lost_inside_of_values_is_told) {
  expect_script("v = tensor([1, 2]); r = {a: v[1:]}; t = (3v, 1); f(x, a=v[1:], b=3v) = x", 4,
                "v = tensor([1, 2])\nr = {\"a\": tensor([2])}  # views in it are not kept\n"
                "t = ([3, 6], 1)  # histories in it are not kept\n"
                "f(x, a=tensor([2]), b=[3, 6]) = x  # views and histories in it are not kept\n");
}
END_TEST

static void expect_missing(const char *code, int names, const char *text) {
  Session *session = open_session();
  Buffer script = {0}, missing = {0};
  int written = 0;
  run_well(session, code);
  ck_assert(script_of_session(session, &script, &written, &missing));
  ck_assert_int_eq(written, names);
  ck_assert_str_eq(buffer_text(&missing), text);
  buffer_free(&script);
  buffer_free(&missing);
  close_session(session);
}

START_TEST(names_that_are_left_out_are_told) {
  expect_missing("make(a) = x -> a * x; z = 3", 2, "");
  expect_missing("make(a) = x -> a * x; m = make(3)", 1, "1 name cannot be saved: `m`");
  expect_missing("make(a) = x -> a * x; m = make(3); o = adam({w: tensor(1)}); n = m; p = (m, 1)", 1,
                 "4 names cannot be saved: `m`, `o`, `n`, `p`");
  expect_missing("make(a) = x -> a * x; for k in range(2) { m = make(k) }; n = (m,); o = n; p = m; q = m; r = m", 2,
                 "6 names cannot be saved: `m`, `n`, `o`, `p` and 2 more");
}
END_TEST

START_TEST(any_allocation_may_fail) {
  const char *code = "make(a) = x -> a * x; m = make(2); g = 0; r = {}; f(x, n=[1, 2], m=r) = x * n; g = f'; v = tensor([1, 2]); r.v = v[1:]; "
                     "sin = (v, g)";
  for (size_t n = 1;; n = next_failure(n)) {
    size_t before = memory_live_blocks();
    Session *session = open_session();
    Buffer script = {0}, missing = {0};
    int names = 0;
    run_well(session, code);
    memory_fail_at(n, false);
    bool complete = script_of_session(session, &script, &names, &missing);
    bool hit = memory_failure_hit();
    memory_fail_at(0, false);
    ck_assert_msg(hit || (complete && names == 6 && missing.length), "allocation %zu: %s", n, buffer_text(&script));
    buffer_free(&script);
    buffer_free(&missing);
    close_session(session);
    ck_assert_msg(memory_live_blocks() == before, "allocation %zu leaves blocks", n);
    if (!hit) break;
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("script");
  TCase *tests = tcase_create("script");
  tcase_add_test(tests, names_stand_behind_what_they_need);
  tcase_add_test(tests, the_definition_of_a_function_is_where_its_other_names_point);
  tcase_add_test(tests, functions_are_made_again_by_what_made_them);
  tcase_add_test(tests, builtins_go_by_their_own_names);
  tcase_add_test(tests, names_that_hide_builtins_come_last);
  tcase_add_test(tests, what_cannot_be_written_is_missed_by_others);
  tcase_add_test(tests, defaults_have_the_values_that_they_had);
  tcase_add_test(tests, defaults_are_the_objects_that_have_names);
  tcase_add_test(tests, a_default_that_cannot_be_written_is_missed);
  tcase_add_test(tests, functions_are_defined_under_the_names_they_have_left);
  tcase_add_test(tests, views_of_variables_are_variables);
  tcase_add_test(tests, views_of_results_have_lost_their_history);
  tcase_add_test(tests, what_is_lost_inside_of_values_is_told);
  tcase_add_test(tests, names_that_are_left_out_are_told);
  tcase_add_test(tests, any_allocation_may_fail);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
