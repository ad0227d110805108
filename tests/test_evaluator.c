/* SPDX-License-Identifier: MIT */
/* test_evaluator.c: what programs print: expressions, statements, scopes, functions, values. */
#include <stdio.h>
#include <unistd.h>
#include "tests/evaluating.h"

static const OutputCase expressions[] = {
  {"1 + 2 * 3; 7 // 2; -7 % 3; 2 ** 3 ** 2; -2 ** 2;", ""},
  {"1 + 2 * 3\n7 // 2\n-7 % 3\n2 ** 3 ** 2\n-2 ** 2\n1/2", "7\n3\n2\n512\n-4\n0.5\n"},
  {"x = 3\nx + 1\n1 + x\nx - x\n(x + 1) - x\nx - (x + 1)\n2x\n2 - (x * 2)\n(x * 2) / 4\n10 % (x + 1)",
   "4\n4\n0\n1\n-1\n6\n-4\n1.5\n2\n"},
  {"x = 7; y = 3\nx % y\nx % -y\n(-x) % y\n7.5 % 2\n0 % 3\n1e300 % 7\n1 % 3", "1\n-2\n2\n1.5\n0\n1\n1\n"},
  {"true + 1\ntrue + true\n+true\n-false", "2\n2\n1\n0\n"},
  {"1 < 2\n2 <= 1\n1 == 1\n1 != 1\n1 > 2\n2 >= 2", "true\nfalse\ntrue\nfalse\nfalse\ntrue\n"},
  {"x = 2; y = 3\nx < y\nx == y\nx + 1 <= 3\nx >= y - 1\nx != 2", "true\nfalse\ntrue\ntrue\nfalse\n"},
  {"0 < 1 <= 1\n0 < 2 < 1\n[1, 2, 3] > 1\n0 < [1, 2, 3] <= 2\n3 > 2 > [1, 1]",
   "true\nfalse\n[false, true, true]\n[true, true, false]\n[true, true]\n"},
  {"2 in (1, 2)\n\"b\" in \"abc\"\n3 in range(0, 10, 3)\n4 in range(0, 10, 3)\n2 in [1, 2]\n\"w\" in {w: 1}\n"
   "\"v\" in {w: 1}",
   "true\ntrue\ntrue\nfalse\ntrue\ntrue\nfalse\n"},
  {"\"a\" == \"a\"\n\"a\" < \"b\"\n\"ab\" >= \"abc\"\n(1, \"a\") == (1, \"a\")\n{a: 1} == {a: 2}\n1 == none\n"
   "[1, 2] == none",
   "true\ntrue\nfalse\ntrue\nfalse\nfalse\nfalse\n"},
  {"not true or true and true\ntrue and not false\nfalse or false\n1 and 2\nnot 0", "true\ntrue\nfalse\ntrue\ntrue\n"},
  {"def f() { print(\"called\"); return true }\nfalse and f()\ntrue or f()\ntrue and f()",
   "false\ntrue\ncalled\ntrue\n"},
  {"1 if true else 2\n1 if false else 2 if false else 3\n(1 if 2 < 1 else 5) + 1", "1\n3\n6\n"},
  {"[true, false] | [false, false]\ntrue & false\n~true\n~[true, false]",
   "[true, false]\nfalse\nfalse\n[false, true]\n"},
  {"\"a\" + \"b\"\n(1,) + (2, 3)\n()\n(1,)", "\"ab\"\n(1, 2, 3)\n()\n(1,)\n"},
  {"x = 3; f\"{x} {x:.2f} {\"s\"} {[1, 2]} {(1, \"a\")}\"\nf\"{x:>5}|{\"ab\":>4}|{tensor(1.5):.2f}\"",
   "\"3 3.00 s [1, 2] (1, \\\"a\\\")\"\n\"    3|  ab|1.50\"\n"},
  {"pi\ninf\n-inf\nnan\nnone\ntrue\nTrue\nfloat64", "3.141592653589793\ninf\n-inf\nnan\ntrue\ntrue\nfloat64\n"},
  {"int(3.7)\nint(-3.7)\nfloat(\"2.5\")\nbool(0)\nint(\"42\")\nint([1.5, 2.5])\nfloat32(0.1)",
   "3\n-3\n2.5\nfalse\n42\n[1, 2]\n0.1\n"},
};

static const OutputCase lists[] = {
  {"[1, 2]\n[]\n[[1, 2], [3, 4]]\n[true, false]\n[-1, 2]", "[1, 2]\n[]\n[[1, 2],\n [3, 4]]\n[true, false]\n[-1, 2]\n"},
  {"x = 3; [x, x + 1]\n[[x, 1], [2, 3]]\n[x > 1, false]\n[range(2), range(2, 4)]",
   "[3, 4]\n[[3, 1],\n [2, 3]]\n[true, false]\n[[0, 1],\n [2, 3]]\n"},
  {"x = tensor([1, 2]); y = [x[0] ** 2, x[1], 5]; backward(sum(y)); grad(x)\ny", "[2, 1]\n[1, 2, 5]\n"},
  /* what is not chosen contributes nothing, by infinite factors either, and by those that float32 cannot hold */
  {"x = tensor([0, 4]); for c in (inf, nan, 3) { backward(sum(where(x > 9, c * x, 2 * x))); print(grad(x)) }\n"
   "for c in (0, 2) { backward(sum(where(x > 9, x / c, 2 * x))); print(grad(x)) }\n"
   "y = tensor([0, 4], dtype=float32); backward(sum(where(y > 9, 1e300 * y, 2 * y))); grad(y)\n"
   "backward(sum(where(y > 9, y / 1e-300, 2 * y))); grad(y)", "[2, 2]\n[2, 2]\n[2, 2]\n[2, 2]\n[2, 2]\n[2, 2]\n[2, 2]\n"},
  {"def f() { x = [1, 2]; x[0] = 9; return x }\nf()\nf()", "[9, 2]\n[9, 2]\n"},
  {"[i ** 2 for i in range(4)]\n[i for i in range(10) if i % 3 == 0]\n[i for i in []]\n"
   "[[i * j for j in range(3)] for i in range(2)]",
   "[0, 1, 4, 9]\n[0, 3, 6, 9]\n[]\n[[0, 0, 0],\n [0, 1, 2]]\n"},
  {"[s for s in (\"a\", \"b\")]\n[zeros(n) for n in (1, 2)]\n[a * b for a, b in ((1, 2), (3, 4))]\n"
   "[x -> x for i in range(1)]",
   "(\"a\", \"b\")\n([0], [0, 0])\n[2, 12]\n(x -> x,)\n"},
  {"i = 7; [i for i in range(2)]\ni", "[0, 1]\n7\n"},
  {"g = [x -> x * k for k in range(3)]\ng[0](10)\nf(n) = [() -> n + i for i in range(2)]\n[h() for h in f(5)]",
   "20\n[6, 6]\n"},
  {"x = [1, 2, 3]\nx[0]\nx[-1]\nx[1:]\nx[::-1]\nx[[0, 2]]\nx[x > 1]\nx[...]\nx[none].shape",
   "1\n3\n[2, 3]\n[3, 2, 1]\n[1, 3]\n[2, 3]\n[1, 2, 3]\n(1, 3)\n"},
  {"A = [[1, 2], [3, 4]]\nA[0]\nA[1, 0]\nA[:, 1]\nA[(0, 1)]\nA.T[0]\nA[range(2), 0]",
   "[1, 2]\n3\n[2, 4]\n2\n[1, 3]\n[1, 3]\n"},
  {"\"añb\"[1]\n\"añb\"[-1]\n\"añb\"[::-1]\n(1, 2, 3)[1:]\nrange(10)[2:8:2]\nrange(10)[-1]\n{a: 1}[\"a\"]",
   "\"ñ\"\n\"b\"\n\"bña\"\n(2, 3)\nrange(2, 8, 2)\n9\n1\n"},
  {"x = tensor([1, 2]); x.shape\nx.ndim\nx.size\nx.dtype\nx.T\nx.constant\nx.base\nx.data.constant\n3 .shape\n"
   "(2).constant",
   "(2,)\n1\n2\nfloat64\n[1, 2]\nfalse\ntrue\n()\ntrue\n"},
};

static const OutputCase assignments[] = {
  {"a = b = c = 3\na\nc", "3\n3\n"},
  {"a, b = 1, 2; a, b = b, a\na\nb", "2\n1\n"},
  {"(a, b), c = (1, 2), 3\na + b + c\na, b = [[1, 2], [3, 4]]\nb\na, b = range(2)\nb", "6\n[3, 4]\n1\n"},
  {"x = [1, 2, 3]; x[0], y = 9, x[1]\nx\ny", "[9, 2, 3]\n2\n"},
  {"x = [1, 2, 3]; x[1:] = 5\nx\nx[x > 4] = 0\nx\nx[[0, 1]] = [7, 8]\nx\nx[0] += 1; x[1:] *= 2; x[[1, 2]] -= 1\nx",
   "[1, 5, 5]\n[1, 0, 0]\n[7, 8, 0]\n[8, 15, -1]\n"},
  {"x = 10; x += 5; x -= 3; x *= 2; x /= 8; x **= 2; x //= 2; x %= 3\nx", "1\n"},
  {"x = [1, 2]; y = x; x += 1; x *= [2, 3]\ny\nx = (1,); y = x; x += (2,)\ny\nx", "[4, 9]\n(1,)\n(1, 2)\n"},
  {"r = {w: 1}; r.w = 5; r.b = 2; r.w += 10; r[\"z\"] = [1, 2]; r[\"z\"] += 1; r.z[0] = 7\nr",
   "{w: 15, b: 2, z: [7, 3]}\n"},
  {"x = tensor([1, 2, 3, 4]); y = x[:2]; x.shape = (2, 2)\nx\nx.data = [[5, 6], [7, 8]]; y\nx.data -= 1; y",
   "[[1, 2],\n [3, 4]]\n[5, 6]\n[4, 5]\n"},
  {"r = {}; for i in range(5000) { r[f\"k{i}\"] = i }; r[\"k77\"] = -1; r.k4999 += 1\nr[\"k77\"] + r.k4999\nlen(r)\n"
   "\"k5000\" in r\n\"k3000\" in r",
   "4999\n5000\nfalse\ntrue\n"},
  {"s = \"\"; s += \"a\"; s += \"b\"\ns", "\"ab\"\n"},
  {"x = 1; del x; try { x } catch err { print(err.message) }\nsin = 3; del sin; sin(0)", "`x` was deleted\n0\n"},
  {"e = 2\n2e\ndel e\n2e", "4\n5.43656365691809\n"},
  {"try { p, q[7] = 1, 2 } catch err { 0 }\ntry { p } catch err { print(err.message) }", "unknown name `p`\n"},
  {"x = [1, 2]; try { x[0], x[9] = 5, 6 } catch err { print(err.kind) }\nx", "index\n[1, 2]\n"},
};

static const OutputCase statements[] = {
  {"for i in range(3) { print(i) }\nfor i in range(6, 0, -2) { print(i) }\ni", "0\n1\n2\n6\n4\n2\n2\n"},
  {"for v in (1, \"a\") { print(v) }\nfor c in \"hé\" { print(c) }\nfor k in {b: 1, a: 2} { print(k) }\n"
   "for row in [[1, 2], [3, 4]] { print(row) }",
   "1\na\nh\né\nb\na\n[1, 2]\n[3, 4]\n"},
  {"for i, (a, b) in ((0, (1, 2)), (1, (3, 4))) { print(i + a * b) }\nfor i in range(3) { i = i * 10; print(i) }",
   "2\n13\n0\n10\n20\n"},
  {"for i in range(5) { if i == 1 { continue }; if i == 3 { break }; print(i) }\nn = 3\n"
   "while n > 0 { n -= 1; if n == 1 { break } }\nn",
   "0\n2\n1\n"},
  {"range = (n) -> (7, 8)\nfor i in range(2) { print(i) }", "7\n8\n"},
  {"x = 3\nif x > 5 { print(1) } else if x > 2 { print(2) } else { print(3) }\nif false { y = 1 }\n"
   "if true { z = 5 }\nz",
   "2\n5\n"},
  {"no_autodiff { x = tensor(3) * 2 }\nx.constant\ndef f() { no_autodiff { return tensor(1) * 2 } }\n"
   "f().constant\n(tensor(1) * 2).constant",
   "true\ntrue\nfalse\n"},
  {"try { no_autodiff { error(\"x\") } } catch err { 0 }\n(tensor(1) * 2).constant", "false\n"},
  {"try {\n  x = [1, 2] + [1, 2, 3]\n} catch err { print(err.message); print(err.kind); print(err.line) }",
   "cannot add shapes (2,) and (3,)\nshape\n2\n"},
  {"try { try { error(\"inner\") } catch a { error(\"outer \" + a.message) } } catch b { print(b.message) }",
   "outer inner\n"},
  {"def f() { for i in range(3) { try { return i } catch e { 0 } } }\nf()", "0\n"},
  {"assert 1 < 2, \"never\"\nassert true\n"
   "try { assert 1 > 2, f\"n = {3}\" } catch err { print(err.message, err.kind) }",
   "n = 3 assertion\n"},
  {"1;\n2\nx = 3\nx; x + 1\nnone\n_ * 10", "2\n4\n40\n"},
};

static const OutputCase functions[] = {
  {"f(x, y=2, *rest) = (x, y, rest)\nf(1)\nf(1, 5)\nf(1, 5, 6, 7)\nf(y=3, x=1)\nf",
   "(1, 2, ())\n(1, 5, ())\n(1, 5, (6, 7))\n(1, 3, ())\nf(x, y=2, *rest) = (x, y, rest)\n"},
  {"n = 5; h = (x, y=n) -> x + y; n = 100\nh(1)\nh", "6\n(x, y=n) -> x + y\n"},
  {"def f(x) { \"adds one\"; return x + 1 }\nf(1)\nf", "2\ndef f(x) {\n  \"adds one\"\n  return x + 1\n}\n"},
  {"def f(x) { if x > 0 { if x > 10 { return \"big\" } else { return \"small\" } } else { y = 1 }; return \"neg\" }\n"
   "f(20)\nf(5)\nf(-1)",
   "\"big\"\n\"small\"\n\"neg\"\n"},
  {"def f(x) { for i in range(10) { if i == x { return i * 100 } }; return -1 }\nf(3)\nf(50)\ndef g() { 1 + 1 }\ng()",
   "300\n-1\n"},
  {"fib(n) = n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(15)\n"
   "def fact(n) { if n <= 1 { return 1 }; return n * fact(n - 1) }\nfact(10)",
   "610\n3628800\n"},
  {"even(n) = true if n == 0 else odd(n - 1)\nodd(n) = false if n == 0 else even(n - 1)\neven(101)", "false\n"},
  {"def counter() { n = 0; def next() { n += 1; return n }; return next }\n"
   "a = counter(); b = counter(); a(); a();\na()\nb()",
   "3\n1\n"},
  {"def mk() { fs = (); for i in range(3) { fs = fs + (() -> i,) }; return fs }\n[f() for f in mk()]", "[2, 2, 2]\n"},
  {"def outer(x) { def inner(y) { def deep(z) { return x + y + z }; return deep }; return inner(10)(100) }\nouter(1)",
   "111\n"},
  {"x = 1\ndef f() { x = 2; return x }\nf()\nx\ndef g() { global x; x = 3; return none }\ng()\nx\n"
   "def h() { x += 10; return none }\nh()\nx",
   "2\n1\n3\n13\n"},
  {"w = tensor([1, 2])\ndef step() { w -= 1; w[0] = 7; return none }\nstep()\nw", "[7, 1]\n"},
  {"add = a -> b -> a + b\nadd(1)(2)\nops = {sq: x -> x ** 2}\nops.sq(3)\n((x -> x + 1), 0)[0](4)", "3\n9\n5\n"},
  {"double(x) = 2x\n[1, 2].double()\n[1, 2].sum().double()\ndef f() { triple(x) = 3x; return (2).triple() }\nf()",
   "[2, 4]\n6\n6\n"},
  {"np.pi\nmg.nnet.relu(-3)\nnp.sum([1, 2])\nrandom.seed(0);\nnp.float32\n[np.exp(v) for v in (0, [0, 0])]\n"
   "np.maximum(1, 2)", "3.141592653589793\n0\n3\nfloat32\n(1, [1, 1])\n2\n"},
  {"sq(x) = 0\nr = {sq: x -> x * x}\nr.sq(5)\nmaximum(2, 3)\nmaximum([1, 5], 3)\nhypot(3, 4)", "25\n3\n[3, 5]\n5\n"},
  {"f = sin\nf(0)\nsin = x -> 7\nsin(0)\ndel sin\nsin(0)\nmap(cos, [0, 0])", "0\n7\n0\n[1, 1]\n"},
  {"f(x) = x ** 3\nf'(2)\nf''(2)\nsin'(0)\ng = x -> x * f(x)\ng'(1)", "12\n12\n1\n4\n"},
  {"x = tensor(2); y = sin(x) * x + 3 - x / 2; backward(y); print(f\"{grad(x):.12f}\")\n"
   "z = 2 / x; backward(z); grad(x)",
   "-0.422996246269\n-0.5\n"},
};

static const OutputCase shown[] = {
  {"range(5)\nrange(1, 5)\nrange(6, 0, -2)\nnp\n{a: 1, \"b c\": \"x\\n\"}",
   "range(5)\nrange(1, 5)\nrange(6, 0, -2)\nnp\n{a: 1, \"b c\": \"x\\n\"}\n"},
  {"sin\nprint(\"a\", 1, [1, 2], (1, \"b\"), none)",
   "sin(x): Sine of x (radians) (builtin; ?sin)\na 1 [1, 2] (1, \"b\") none\n"},
  {"r = {}; r.self = r; len(str(r)) < 2000", "true\n"},
  {"help\n(help,)",
   "help(sin) explains a function, help(\"records\") a topic, help() lists them all;\n"
   "at the prompt ?sin does the same, :help lists the commands, :demo is a tour\n(help,)\n"},
};

#define CASES(name, table)                                                                           \
  START_TEST(name) { expect_output(table[_i].code, table[_i].output); }                              \
  END_TEST
CASES(expressions_give, expressions)
CASES(lists_hold, lists)
CASES(assignments_write, assignments)
CASES(statements_run, statements)
CASES(functions_give, functions)
CASES(values_show, shown)

/* ---- sessions */

START_TEST(names_stay_from_run_to_run) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = 3\nf(y) = x * y"), RUN_OK);
  ck_assert_int_eq(run(session, "x = 4; f(2)"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "8\n");
  Value value;
  ck_assert(session_lookup(session, "x", &value) && value.number == 4);
  ck_assert(!session_lookup(session, "nobody", &value));
  ck_assert(session_last_value(session).number == 8);
  close_session(session);
}
END_TEST

START_TEST(a_failing_statement_leaves_the_others) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = 1\ny = [1, 2] + [1, 2, 3]\nx = 2"), RUN_FAILED);
  ck_assert_int_eq(run(session, "x"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "1\n");
  ck_assert_int_eq(session_error(session)->kind, ERROR_NONE);
  close_session(session);
}
END_TEST

START_TEST(incomplete_input_waits) {
  Session *session = open_session();
  ck_assert_int_eq(session_run(session, NULL, "f(x", 3, true), RUN_INCOMPLETE);
  ck_assert_int_eq(session_run(session, NULL, "f(x", 3, false), RUN_FAILED);
  ck_assert(session_is_complete(session, "1 + 1", 5) && !session_is_complete(session, "1 +", 3));
  ck_assert_int_eq(session_check(session, "a.mg", "x = = 1", 7), RUN_FAILED);
  ck_assert_int_eq(session_check(session, "a.mg", "print(1)", 8), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "");
  close_session(session);
}
END_TEST

START_TEST(exit_ends_with_its_status) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "try { exit(7) } catch err { print(1) }\nprint(2)"), RUN_EXIT);
  ck_assert_int_eq(session_exit_status(session), 7);
  ck_assert_str_eq(buffer_text(&printed), "");
  close_session(session);
}
END_TEST

START_TEST(prompts_comment_on_values) {
  Session *session = session_new(&(SessionOptions){.output = keep_output, .interactive = true});
  static const char code[] =
      "x = tensor([1, 2, 3]); L = sum(x ** 2)\nL\nx\n[[1, 2]]\n[1, 2]\nint32([1])\nx[0]\nzeros((0, 3), "
      "constant=true)\nnorm(x, 1)\n";
  ck_assert_int_eq(session_run(session, NULL, code, strlen(code), true), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "14  # from sum\n[1, 2, 3]  # variable\n[[1, 2]]  # shape (1, 2)\n[1, 2]\n"
                                          "[1]  # int32\n1  # from indexing\nzeros((0, 3))  # shape (0, 3)\n6  # from norm\n");
  close_session(session);
}
END_TEST

static void expect_prompt(Session *session, const char *text, const char *output) {
  buffer_clear(&printed);
  ck_assert_int_eq(session_run(session, NULL, text, strlen(text), true), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), output);
}

START_TEST(angles_in_degrees_are_noted_once) {
  Session *session = session_new(&(SessionOptions){.output = keep_output, .interactive = true});
  expect_prompt(session, "y = sin(90 * pi / 180); y = sin(4); y = cos(90.5); y = sin(100); y = exp(90)", "");
  expect_prompt(session, "y = 2 * sin(-90)", "# angles are in radians: sin(90*pi/180)\n");
  expect_prompt(session, "y = cos(60)", "");
  close_session(session);
  session = session_new(&(SessionOptions){.output = keep_output, .interactive = true});
  expect_prompt(session, "tan(x) = x; angle = 45; tan(angle)", "45\n");
  expect_prompt(session, "np.cos(angle) > 0", "true\n# angles are in radians: cos(angle*pi/180)\n");
  close_session(session);
  session = session_new(&(SessionOptions){.output = keep_output});
  expect_prompt(session, "y = sin(90)", "");
  close_session(session);
}
END_TEST

START_TEST(arguments_reach_the_script) {
  char *arguments[] = {"a", "b c"};
  Session *session = session_new(&(SessionOptions){.output = keep_output, .argument_count = 2, .arguments = arguments});
  ck_assert_int_eq(run(session, "args\nlen(args)"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "(\"a\", \"b c\")\n2\n");
  close_session(session);
}
END_TEST

static bool count_name(void *context, const char *name, Value value, Span defined) {
  ck_assert(!value_is_unbound(value) && defined.end != 0 && *name != '#');
  return ++*(int *)context < 3;
}

START_TEST(globals_are_listed) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "a = 1; b = sin(2); [i for i in range(2)]; def c() { return d }; d = 4; del a; x += 1"),
                   RUN_FAILED);
  int count = 0;
  session_each_global(session, count_name, &count);
  ck_assert_int_eq(count, 3);
  close_session(session);
}
END_TEST

START_TEST(warnings_come_once_per_place) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "for i in range(3) { x = log(-1) }\ny = log([-1])"), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), "test.mg:1:25: warning: `log` of a negative number gives nan\n"
                                            "test.mg:2:5: warning: `log` of a negative number gives nan\n");
  close_session(session);
}
END_TEST

START_TEST(a_tensor_that_becomes_a_function_is_told) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "f(x) = x\nf(x) = 2x\nn = 1\nn(x) = x\ndel n\nn(x) = x\n"
                                "y = [1]\ndef y(x) { return x }"), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), "");
  ck_assert_int_eq(run(session, "x = [1, 2, 3]; i = 2\nx(i) = 5"), RUN_OK);
  ck_assert_str_eq(buffer_text(&diagnosed), "test.mg:2:1: warning: `x` was a tensor and is a function now\n"
                                            "hint: `x[i] = ...` writes an element\n");
  close_session(session);
}
END_TEST

/* ---- imports: files in a folder that is removed afterwards */

static char folder[64];

static void write_file(const char *name, const char *text) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  fclose(file);
}

static void remove_files(const char *const *names) {
  char path[128];
  for (; *names; names++) {
    snprintf(path, sizeof path, "%s/%s", folder, *names);
    remove(path);
  }
  rmdir(folder);
}

static RunStatus run_in_folder(Session *session, const char *code) {
  char name[128];
  snprintf(name, sizeof name, "%s/main.mg", folder);
  return session_run(session, name, code, strlen(code), false);
}

START_TEST(files_are_imported_once) {
  strcpy(folder, "/tmp/mgrad-test-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  write_file("a.mg", "print(\"a\"); 1 + 1; import \"b.mg\"; k = 7");
  write_file("b.mg", "import \"./a.mg\"; def twice(x) { return 2x }");
  write_file("bad.mg", "x = 1\ny = [1, 2] + [1, 2, 3]\n");
  Session *session = open_session();
  ck_assert_int_eq(
      run_in_folder(session, "import \"a.mg\"; import \"a.mg\"; def f() { import \"b.mg\"; return twice(k) }\nf()"),
      RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "a\n14\n");
  for (int k = 0; k < 2; k++) {
    ck_assert_int_eq(run_in_folder(session, "import \"bad.mg\""), RUN_FAILED);
    Place place = source_place(session_sources(session), session_error(session)->place.start);
    ck_assert_uint_eq(place.line, 2);
    ck_assert_ptr_nonnull(strstr(place.source->name, "bad.mg"));
  }
  remove_files((const char *const[]){"a.mg", "b.mg", "bad.mg", NULL});
  close_session(session);
}
END_TEST

START_TEST(a_large_graph_is_noted_once) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = tensor(1); L = x\nfor i in range(2300000) { L = L + x }"), RUN_OK);
  const char *note = "note: the graph behind `L` holds more than 1000000 operations (";
  ck_assert_msg(strncmp(buffer_text(&diagnosed), note, strlen(note)) == 0, "%s", buffer_text(&diagnosed));
  ck_assert_ptr_null(strstr(buffer_text(&diagnosed) + 10, "note:"));
  ck_assert_ptr_nonnull(
      strstr(buffer_text(&diagnosed), "hint: `item(L)` or `detach(L)` keeps the plain number instead"));
  close_session(session);
}
END_TEST

/* Whether one note came, and which. */
static void expect_note(const char *code, const char *name, const char *part) {
  Session *session = open_session();
  Buffer note = {0}, hint = {0};
  ck_assert_int_eq(run(session, code), RUN_OK);
  buffer_format(&note, "note: the graph behind `%s` holds", name);
  buffer_format(&hint, "hint: `item(%s)` or `detach(%s)` keeps", part, part);
  const char *said = buffer_text(&diagnosed);
  ck_assert_msg(strncmp(said, buffer_text(&note), note.length) == 0 && strstr(said, buffer_text(&hint)), "%s: %s", code,
                said);
  ck_assert_ptr_null(strstr(said + note.length, "note:"));
  buffer_free(&note);
  buffer_free(&hint);
  close_session(session);
}

START_TEST(a_large_graph_is_noted_wherever_it_is_built) {
  expect_note("w = tensor(1)\ndef f() { t = 0; for i in range(1.1e6) { t += w * i }; return t }\nx = f()\ny = x + 1",
              "x", "x");
  expect_note("w = tensor(1); r = {t: 0}; for i in range(1.1e6) { r.t += w * i }", "r", "r.t");
  expect_note("w = tensor(1); q = ({a: 1}, {\"my sum\": 0})\nq[0].ring = q[1]\nq[1].ring = q[0]\n"
              "for i in range(6e5) { q[1][\"my sum\"] += w * i }",
              "q", "q[1][\"my sum\"]");
  expect_note("w = tensor(1); r = {r: 0, s: 0}; r.r = r; for i in range(1.1e6) { r.s += w * i }", "r", "r.s");
}
END_TEST

/* Results that are still to be computed are held already, though the machine has not given their memory yet. */
START_TEST(a_graph_of_large_tensors_is_noted) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = tensor(ones(1000000)); y = x\nfor i in range(200) { y = y * 1 }"), RUN_OK);
  const char *note = "note: the graph behind `y` holds 1";
  ck_assert_msg(strncmp(buffer_text(&diagnosed), note, strlen(note)) == 0, "%s", buffer_text(&diagnosed));
  ck_assert_ptr_null(strstr(buffer_text(&diagnosed) + 10, "note:"));
  close_session(session);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator");
  TCase *language = tcase_create("language"), *sessions = tcase_create("sessions");
#define LOOP(test, table) tcase_add_loop_test(language, test, 0, COUNT(table))
  LOOP(expressions_give, expressions);
  LOOP(lists_hold, lists);
  LOOP(assignments_write, assignments);
  LOOP(statements_run, statements);
  LOOP(functions_give, functions);
  LOOP(values_show, shown);
  tcase_add_test(sessions, names_stay_from_run_to_run);
  tcase_add_test(sessions, a_failing_statement_leaves_the_others);
  tcase_add_test(sessions, incomplete_input_waits);
  tcase_add_test(sessions, exit_ends_with_its_status);
  tcase_add_test(sessions, prompts_comment_on_values);
  tcase_add_test(sessions, angles_in_degrees_are_noted_once);
  tcase_add_test(sessions, arguments_reach_the_script);
  tcase_add_test(sessions, globals_are_listed);
  tcase_add_test(sessions, warnings_come_once_per_place);
  tcase_add_test(sessions, a_tensor_that_becomes_a_function_is_told);
  tcase_add_test(sessions, files_are_imported_once);
  tcase_add_test(sessions, a_large_graph_is_noted_once);
  tcase_add_test(sessions, a_large_graph_is_noted_wherever_it_is_built);
  tcase_add_test(sessions, a_graph_of_large_tensors_is_noted);
  suite_add_tcase(suite, language);
  suite_add_tcase(suite, sessions);
  return run_suite(suite);
}
