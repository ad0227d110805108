/* SPDX-License-Identifier: MIT */
/* test_unparse.c: trees as text: canonical, and reading back to the same tree. */
#include "tests/parsing.h"

static Buffer out;

static void expect_written(const char *text, const char *expected) {
  expect_parsed(text);
  buffer_clear(&out);
  unparse(&out, parsed.program);
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
}

START_TEST(canonical_text) {
  expect_written("f(x)=sin(x**2)+2x", "f(x) = sin(x ** 2) + 2 * x");
  expect_written("1/2x", "1 / (2 * x)");
  expect_written("((a+b))*c", "(a + b) * c");
  expect_written("(x)->x+1", "x -> x + 1");
  expect_written("a-(b-c)-d", "a - (b - c) - d");
  expect_written("(-2)**2; -2**2", "(-2) ** 2\n-2 ** 2");
  expect_written("x[a:b,:,::c]", "x[a:b, :, ::c]");
  expect_written("(1).T; (2x)'; 'a'", "(1).T\n(2 * x)'\n\"a\"");
  expect_written("x=(1,2)", "x = (1, 2)");
  expect_written("a,b=b,a", "a, b = b, a");
  expect_written("f(1,*r,*x.shape,*(1,2),k=2)", "f(1, *r, *x.shape, *(1, 2), k=2)");
  expect_written("not(a)==b", "not a == b");
  expect_written("f\"{ {a:1}.a:.2f}{{\"", "f\"{ {a: 1}.a:.2f}{{\"");
  expect_written("{\"a\":1,\"b c\":2,\"if\":3}", "{a: 1, \"b c\": 2, \"if\": 3}");
}
END_TEST

START_TEST(canonical_numbers) {
  expect_written("0.10;100;1e15;123456789012345680;1e16", "0.1\n100\n1000000000000000\n1.2345678901234568e17\n1e16");
  expect_written("0.00001;0.000001;5e-324;1e999;.5", "0.00001\n1e-6\n5e-324\n1e999\n0.5");
}
END_TEST

START_TEST(canonical_runs_of_numbers) {
  expect_written("[1,-2,.50,1e999,-1e999,-0,1_0,1e16,]", "[1, -2, 0.5, 1e999, -1e999, -0, 10, 1e16]");
  expect_written("[x,[1,2],[3,-4],[5,6],[7,8],y,(1),2]", "[x, [1, 2], [3, -4], [5, 6], [7, 8], y, 1, 2]");
  expect_written("[[[1],[2]],[[3],[4]],[[5],[6]],[[7],[8]]]", "[[[1], [2]], [[3], [4]], [[5], [6]], [[7], [8]]]");
}
END_TEST

START_TEST(canonical_blocks) {
  expect_written("def f(x,*r){\"doc\";if x>0{return 1}else if x<0{y}else{};for i in r{};return}",
                 "def f(x, *r) {\n  \"doc\"\n  if x > 0 {\n    return 1\n  } else if x < 0 {\n    y\n  } else { }\n"
                 "  for i in r { }\n  return\n}");
  expect_written("try{x}catch e{no_autodiff{del a,b}}",
                 "try {\n  x\n} catch e {\n  no_autodiff {\n    del a, b\n  }\n}");
}
END_TEST

START_TEST(escaped_strings) {
  expect_written("\"\\u{1b}[31m\\n\\0\\\\\\\"\\u{9b}α\"", "\"\\u{1b}[31m\\n\\0\\\\\\\"\\u{9b}α\"");
}
END_TEST

static const char *const corpus[] = {
  "f(x) = sin(x**2) + 2x", "f''(2)(3)", "x -> y -> -x ** -y", "(x, y=1 if a else 2, *z) -> (x, y)", "() -> ()",
  "f(*x)", "x.f(1, *(a, b), *c if d else e, y=2)", "f(*x -> y)",
  "(x -> x)(1)", "(a if b else c) if (d if e else f) else g", "(x -> x) if a else y -> y", "1/2x/(3y)", "2(3(4x))",
  "-(-x)**-(2)**2", "(2**3)**4**5", "~(a & b) | c == d", "(a < b) < (c < d)", "not (not a) and (b or c)", "(not a) + 1",
  "a - (b + c) - (d * e) / (f / g)", "(a or b) and (c and d)", "x[(1, 2), [3], ...]",
  "x[a:b:c, :, ::d, -1]", "[i ** 2 for i, (j, k) in xs if i]", "[x -> x for x in (a or b) if not c]",
  "{a: {b: x -> {c: 1}}, \"d e\": 2}", "f\"a{x:.4f}{{}}\\n{f\"{y}\" + \"z\"}{ {a: 1}.a }\"", "'a\"b' + \"c'd\"",
  "(1).sum() + (2.5).T", "\"a\".T + f\"b\"[0] + (\"c\")' + ({a: 1})'", "[1, 2]' + (1, 2)' + (a + b)'",
  "a, b, (c, d) = (e, f), g", "a = (b, c) = d, e", "x[0] **= y, 1", "f(*r) = r, 1", "f(a, b=c -> c) = a",
  "def f() { def g(x, *y) { return x, }\n return g }", "if a { } else if b { c } else { if d { e } }",
  "while a < b <= c { break; continue }", "for a, (b, c) in (d, e), f { try { g } catch h { assert i, j } }",
  "no_autodiff { global a, b; del a; import \"c d.mg\" }", "1 in (2 in x)", "0.1 + 1e-7 * 1e21 - 123456.789e-3",
  "[1, 2.5, -3, 4, 5, 6, 7, 8, x, [[1, 2], [3, 4], [5, 6], [7, -8]]]", "f(x) = [x, 1, 2, 3, 4, 5, 6, 7, 8, 9][0] * x",
};

START_TEST(written_text_reads_back) {
  const char *text = corpus[_i];
  expect_parsed(text);
  buffer_clear(&out);
  unparse(&out, parsed.program);
  Ast *again = NULL;
  const Source *source = source_add(&parsed.map, "again", buffer_text(&out), out.length, false);
  ParseStatus status = parser_parse(&parsed.arena, source, &parsed.error, &again);
  ck_assert_msg(status == PARSE_OK, "`%s`: %s", buffer_text(&out), buffer_text(&parsed.error.message));
  ck_assert_msg(same_tree(parsed.program, again), "`%s` was `%s`", buffer_text(&out), text);
  buffer_free(&out);
}
END_TEST

/* ---- memory */

static const char big_program[] =
  "def f(x, y=2, *z) { if x > 0 { return {a: f\"{x:.2f} {y}\", b: \"c\"} } else { x[0, 1:2] += y } }\n"
  "g(x) = [i ** 2 for i in x if i] + (a -> a)(2x)\na, b = b, 1 < 2 < 3 < 4\n(1, (2, 3.25))\n"
  "[a, [1, 2], [3, 4], [5, 6], [7, 8]] + [1, 2, 3, 4, 5, 6, 7, 8, 9]";

/* Parses and writes the program while the n-th allocation fails; returns whether that was reached. */
static bool survives_failure(size_t n, const char *expected) {
  SourceMap map = {0};
  Arena arena = {0};
  Error error = {.operand = -1};
  Ast *program = NULL;
  buffer_free(&out);
  memory_fail_at(n, false);
  const Source *source = source_add(&map, "t.mg", big_program, sizeof big_program - 1, false);
  ParseStatus status = source ? parser_parse(&arena, source, &error, &program) : PARSE_FAILED;
  if (status == PARSE_OK) unparse(&out, program);
  bool hit = memory_failure_hit();
  memory_fail_at(0, false);
  if (status != PARSE_OK) ck_assert(hit && (!source || error.kind == ERROR_MEMORY));
  else if (!out.failed) ck_assert_str_eq(buffer_text(&out), expected);
  arena_free(&arena);
  error_free(&error);
  source_map_free(&map);
  return hit;
}

START_TEST(no_failed_allocation_harms) {
  expect_parsed(big_program);
  unparse(&out, parsed.program);
  char *expected = strdup(buffer_text(&out));
  for (size_t n = 1; survives_failure(n, expected); n++) { }
  free(expected);
  buffer_free(&out);
}
END_TEST


int main(void) {
  Suite *suite = suite_create("unparse");
  TCase *cases = tcase_create("text");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  tcase_add_test(cases, canonical_text);
  tcase_add_test(cases, canonical_numbers);
  tcase_add_test(cases, canonical_runs_of_numbers);
  tcase_add_test(cases, canonical_blocks);
  tcase_add_test(cases, escaped_strings);
  tcase_add_loop_test(cases, written_text_reads_back, 0, COUNT(corpus));
  tcase_add_test(cases, no_failed_allocation_harms);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
