/* SPDX-License-Identifier: MIT */
/* test_evaluator_limits.c: depth, length, cycles, Ctrl-C, memory that runs out. */
#include <math.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "tests/evaluating.h"

/* Runs a program of many equal parts. */
static void expect_repeated(const char *before, const char *part, int count, const char *after, const char *output) {
  Buffer code = {0};
  buffer_add_text(&code, before);
  for (int k = 0; k < count; k++) buffer_add_text(&code, part);
  buffer_add_text(&code, after);
  expect_output(buffer_text(&code), output);
  buffer_free(&code);
}

/* ---- length */

START_TEST(left_spines_are_loops) {
  expect_repeated("x = 1", "+1", 1000000, "\nx", "1000001\n");
  expect_repeated("y = 2; x = 1", "-y", 100000, "\nx", "-199999\n");
  expect_repeated("x = true", " and true", 100000, "\nx", "true\n");
  expect_repeated("if false", " or false", 100000, " { 1 } else { print(2) }", "2\n");
  expect_repeated("f(x) = f\nf", "(1)", 100000, " == f", "true\n");
  expect_repeated("t = (1,)\nfor i in range(50000) { t = (t,) }\nt", "[0]", 50000, "", "(1,)\n");
  expect_repeated("r = {}; r.s = r\nr", ".s", 50000, " == r", "true\n");
  expect_repeated("x = [1]\nx", ".T", 50000, "", "[1]\n");
  expect_repeated("f(x) = x\nf(1)", ".f()", 50000, "", "1\n");
}
END_TEST

START_TEST(statements_are_loops) {
  expect_repeated("x = 0\n", "x = x + 1\n", 100000, "x", "100000\n");
  expect_repeated("def f() { x = 0\n", "x += 1\n", 100000, "return x }\nf()", "100000\n");
  expect_repeated("x = 5\nif x == 0 { }", " else if x == 1 { }", 900, " else { print(x) }", "5\n");
}
END_TEST

START_TEST(many_values_are_one_list) {
  expect_repeated("x = [", "1.5,", 1000000, "]; len(x)", "1000000\n");
  expect_repeated("y = [2]; x = (", "y,", 500000, "); len(x)", "500000\n");
  expect_repeated("y = 2; try { x = [", "y,", 500000, "nothing] } catch err { print(err.kind) }", "name\n");
  expect_repeated("y = 2; x = [", "y,", 200000, "]; len(x)", "200000\n");
  expect_repeated("f(*r) = len(r)\nf(", "1,", 100000, "2)", "100001\n");
  expect_output("x = tensor(2); y = [x * i for i in range(10000)]; backward(sum(y)); grad(x)", "49995000\n");
}
END_TEST

/* ---- depth */

static void expect_depth_error(const char *code) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, code), RUN_FAILED);
  ck_assert_msg(session_error(session)->kind == ERROR_DEPTH, "%s: %s", code,
                buffer_text(&session_error(session)->message));
  ck_assert_int_eq(run(session, "1 + 1"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "2\n");
  close_session(session);
}

START_TEST(recursion_has_a_limit) {
  expect_depth_error("f(n) = f(n + 1)\nf(0)");
  expect_depth_error("def f(n) { return [f(n + 1) for i in range(1)] }\nf(0)");
  expect_depth_error("def f(n) { return map(f, (n,)) }\nf(0)");
  expect_depth_error("def f(n) { x = f(n + 1); return x }\nf(0)");
  expect_depth_error("a(n) = b(n)\nb(n) = a(n)\na(1)");
  expect_depth_error("f(*r) = f(1, 2, 3)\nf()");
  expect_depth_error("t = ()\nfor i in range(1000) { t = (t,) }\nu = ()\nfor i in range(1000) { u = (u,) }\nt == u");
}
END_TEST

/* However a function calls itself, a stack of 8 MB is enough for the depth that is promised; with what sanitizers and
   compilers that do not optimise put on the stack it need not be. */
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
START_TEST(recursion_reaches_its_limit) {
  expect_output("f(n, m=1) = 0 if n == 0 else 1 + f(n - 1)\nf(9990)", "9990\n");
  expect_output("f(n, m=1) = 0 if n == 0 else 1 + (n - 1).f()\nf(9990)", "9990\n");
  expect_output("f(n, m=1) = 0 if n == 0 else 1 + f(n=n - 1)\nf(9990)", "9990\n");
  expect_output("f(n, *r) = 0 if n == 0 else 1 + f(n - 1, 2)\nf(9990)", "9990\n");
  expect_output("f(n) = 0 if n == 0 else 1 + f(*(n - 1,))\nf(9990)", "9990\n");
  expect_output("f(n, m=1) = 0 if n == 0 else 1 + r.f(n - 1)\nr = {f: f}\nf(9990)", "9990\n");
}
END_TEST
#endif

START_TEST(the_limit_is_an_option) {
  Session *session = session_new(&(SessionOptions){.output = keep_output, .maximum_depth = 50});
  ck_assert_int_eq(run(session, "f(n) = 0 if n == 0 else f(n - 1)\nf(48)\nf(60)"), RUN_FAILED);
  ck_assert_str_eq(buffer_text(&printed), "0\n");
  ck_assert_str_eq(buffer_text(&session_error(session)->message),
                   "`f` calls itself too deeply: more than 50 calls at once");
  close_session(session);
}
END_TEST

START_TEST(deep_values_end_in_a_loop) {
  expect_output("t = ()\nfor i in range(300000) { t = (t,) }\nt = 0; t", "0\n");
  expect_output("r = {}\nfor i in range(100000) { r = {next: r} }\nr = 0; r", "0\n");
  expect_output("f = 0\ndef wrap(g) { return () -> g }\nfor i in range(100000) { f = wrap(f) }\nf = 0; f", "0\n");
  expect_output("x = tensor(1)\nfor i in range(200000) { x = x * 1.5 }\nx = 0; x", "0\n");
}
END_TEST

/* The tree is there from the start; closures are not kept. */
START_TEST(statements_that_ran_take_no_memory) {
  expect_repeated("m = memory().used", "\na = 1; b = \"x\"", 10000, "\nmemory().used - m < 100000", "true\n");
}
END_TEST

START_TEST(functions_keep_what_they_need) {
  expect_output("f = x -> (x, 1, \"a\")\nf = x -> (x, 2, \"b\")\na = 1; b = \"c\"; c = [1, 2]\nf(3)",
                "(3, 2, \"b\")\n");
  expect_output("r = {f: x -> (x, \"a\")}; r = {f: x -> (x, \"b\")}\na = (1, \"c\")\nr.f(1)", "(1, \"b\")\n");
  expect_output("g(x) = ([1, 2], [[3, 4], [5, x]], \"a\")\na = len(g(1))\nb = (\"c\", \"d\")\ng(2)[0]", "[1, 2]\n");
}
END_TEST

/* As many paths as 2 ** 60, of 60 parts. */
START_TEST(shared_parts_are_compared_once) {
  expect_output("p = (1, 2); q = (1, 2); r = (1, 3)\n"
                "for i in range(60) { p = (p, p); q = (q, q); r = (r, r) }\np == q, p != q, p in (1, q), p == r",
                "(true, false, true, false)\n");
  expect_output("p = {k: 1}; q = {k: 1}\nfor i in range(60) { p = {x: p, y: p}; q = {y: q, x: q} }\np == q, p != q",
                "(true, false)\n");
  expect_output("p = (1,); q = (1,); u = (2, p); v = (2, q)\n"
                "for i in range(60) { p, u = u, (u, p); q, v = v, (v, q) }\nu == v", "true\n");
  expect_output("p = (nan,); q = (nan,)\nfor i in range(60) { p = (p, p); q = (q, q) }\np == q", "false\n");
}
END_TEST

/* Either takes minutes where a character is searched for or a sum copies what it has. */
START_TEST(strings_are_indexed_and_grow_at_once) {
  expect_output("s = \"\"\nfor i in range(500000) { s += \"ab\" }\nn = 0\n"
                "for i in range(len(s)) { n += s[i] == \"b\" and len(s[i:i + 3]) > 0 }\nn, len(s)",
                "(500000, 1000000)\n");
  expect_repeated("s = \"\"", " + \"ab\"", 500000, "\nlen(s)", "1000000\n");
}
END_TEST

START_TEST(rings_end_with_the_session) {
  expect_output(
      "r = {}; r.self = r; r.t = (r, r); f() = r; r.f = f\ndef mk() { g = () -> g; return g }\nh = mk(); r.h = h\n"
      "def box() { a = 1; b = () -> a; a = b; return b }\nr.b = box()",
      "");
}
END_TEST

/* ---- Ctrl-C */

static void expect_interrupted(const char *code) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = 7"), RUN_OK);
  interrupt_requested = 0;
  alarm(1);
  RunStatus status = run(session, code);
  interrupt_requested = 0;
  ck_assert_int_eq(status, RUN_INTERRUPTED);
  ck_assert_ptr_nonnull(strstr(buffer_text(&session_error(session)->message), "interrupted after "));
  ck_assert_int_eq(run(session, "x"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "7\n");
  close_session(session);
}

static void on_alarm(int number) {
  (void)number;
  interrupt_requested = 1;
}

START_TEST(loops_can_be_interrupted) {
  signal(SIGALRM, on_alarm);
  expect_interrupted("while true { }");
  expect_interrupted("try { while true { try { 1 } catch e { 2 } } } catch e { 3 }");
  expect_interrupted("f(n) = 0 if n == 0 else f(n - 1) + f(n - 1)\nf(100)");
}
END_TEST

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The share of its time that code goes on for when Ctrl-C comes after a tenth of it. */
static double share_until_end(Session *session, const char *code) {
  double start = cpu_seconds();
  ck_assert_int_eq(run(session, code), RUN_OK);
  double whole = cpu_seconds() - start;
  interrupt_requested = 0;
  signal(SIGPROF, on_alarm);
  struct itimerval tenth = {.it_value = {.tv_sec = (time_t)(whole / 10),
                                         .tv_usec = (suseconds_t)(whole * 1e5) % 1000000}};
  setitimer(ITIMER_PROF, &tenth, NULL);
  start = cpu_seconds();
  ck_assert_int_eq(run(session, code), RUN_INTERRUPTED);
  interrupt_requested = 0;
  return (cpu_seconds() - start) / whole;
}

/* It must not go on to the end; on a busy machine a try or two may say nothing. */
static void expect_prompt_end(const char *before, const char *code) {
  enum { TRIES = 6 };
  Session *session = open_session();
  ck_assert_int_eq(run(session, before), RUN_OK);
  double least = share_until_end(session, code);
  for (int k = 1; k < TRIES && least >= 0.6; k++) least = fmin(least, share_until_end(session, code));
  ck_assert_msg(least < 0.6, "%s: went on for %.3f of its time", code, least);
  close_session(session);
}

START_TEST(long_builtins_can_be_interrupted) {
  expect_prompt_end("x = [(k * 7919) % 100003 for k in range(300000)]", "y = sorted(x); 1");
  expect_prompt_end("", "y = permutation(5000000); 1");
}
END_TEST

static void expect_interrupt(Session *session, const char *text, const char *end) {
  struct itimerval soon = {.it_value = {.tv_usec = 100000}};
  signal(SIGALRM, on_alarm);
  interrupt_requested = 0;
  setitimer(ITIMER_REAL, &soon, NULL);
  ck_assert_int_eq(run(session, text), RUN_INTERRUPTED);
  interrupt_requested = 0;
  const char *message = buffer_text(&session_error(session)->message);
  ck_assert_msg(strstr(message, end), "%s: %s", text, message);
}

START_TEST(an_interrupt_says_where_and_what_is_kept) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "def f() {\n\n\n  while true { }\n}"), RUN_OK);
  expect_interrupt(session, "f()", " s in f (line 4); variables are unchanged");
  expect_interrupt(session, "y = f()", "; variables are unchanged");
  expect_interrupt(session, "y = 1; f()", "; what was assigned so far is kept");
  expect_interrupt(session, "while true { y += 1 }", " s in line 1; what was assigned so far is kept");
  ck_assert_int_eq(run(session, "def g() { global y; while true { y += 1 } }"), RUN_OK);
  expect_interrupt(session, "g()", "; what was assigned so far is kept");
  expect_interrupt(session, "[k for k in range(1000000000)]", "; variables are unchanged");
  close_session(session);
}
END_TEST

/* ---- memory that runs out */

static const char *const programs[] = {
  "x = 1; y = x + 2; x += y; z = (x, y); z = z + (1,)",
  "x = [1, 2, 3]; x[0] = 5; y = x[1:] * 2; x[1:] += y; x = [x, x]",
  "f(x, y=2, *r) = (x, y, r); a = f(1); a = f(1, 2, 3); a = f(y=1, x=2)",
  "def c() { n = 0; g = () -> n; n = 5; return g }; a = c()()",
  "r = {a: 1, b: \"x\"}; r.c = [1]; r[\"d\"] = r.a; t = r == r; s = f\"{r} {1:.2f}\"",
  "y = [i * 2 for i in range(5) if i > 1]; z = [s for s in (\"a\", \"b\")]; g = [() -> i for i in range(2)]",
  "try { error(\"x\") } catch e { m = e.message }; try { nothing } catch e { m = e.message }",
  "x = tensor([1, 2]); L = sum(sin(x) ** 2 + x); backward(L); g = x.grad; x -= 0.1 * g; h = [L, 2]",
  "x = tensor(2); y = sin(x) * 3 - x / 2; backward(y); d = (t -> t ** 3)'; d = d(2)",
  "for i, v in ((1, 2), (3, 4)) { a, b = v, i }; for c in \"ab\" { s = c }; a, b[0] = 1, [2]",
  "\"x\"; (1, \"a\"); {a: 1}; [1, 2]; x -> x; sin; range(3)",
  "p = (1,); q = (1,); p = (p, p); q = (q, q); same = (p, {k: p}) == (q, {k: q})",
  "x = tensor(2); y = tensor(3); d = grad(x * y, (x, y, x, y, x))",
  "x = tensor(2); y = [x, 1, 2, 3, 4, 5, 6, 7, 8]; z = [[1, 2], [3, 4], [5, 6], [7, 8], int([9, 0])]\n"
  "y = [[x, 0], [1, 2], [3, 4], [5, 6], [7, 8]]; z = [1, 2, 3, 4, 5, 6, 7, 8]",
};

/* Once, or for good. */
START_TEST(any_allocation_may_fail) {
  const char *program = programs[_i / 2];
  for (size_t n = 1; ; n++) {
    size_t before = memory_live_blocks();
    Session *session = open_session();
    memory_fail_at(n, _i % 2);
    RunStatus status = run(session, program);
    bool hit = memory_failure_hit();
    memory_fail_at(0, false);
    ErrorKind kind = session_error(session)->kind;
    ck_assert_msg(status == RUN_OK || kind == ERROR_MEMORY || !hit || kind == ERROR_TYPE || kind == ERROR_NAME,
                  "%s: allocation %zu gives %s", program, n, buffer_text(&session_error(session)->message));
    buffer_clear(&printed);
    ck_assert_int_eq(run(session, "x = [1, 2, 3]; print(sum(x))"), RUN_OK);
    ck_assert_str_eq(buffer_text(&printed), "6\n");
    close_session(session);
    ck_assert_msg(memory_live_blocks() == before, "%s: without allocation %zu some blocks are left", program, n);
    if (!hit) break;
  }
}
END_TEST

START_TEST(a_session_gives_everything_back) {
  for (size_t k = 0; k < sizeof programs / sizeof *programs; k++) {
    size_t before = memory_live_blocks();
    Session *session = open_session();
    run(session, programs[k]);
    close_session(session);
    ck_assert_msg(memory_live_blocks() == before, "%s leaves %zu blocks", programs[k], memory_live_blocks() - before);
  }
}
END_TEST

START_TEST(a_loop_runs_in_constant_memory) {
  Session *session = open_session();
  static const char code[] =
      "def step(w) { return w - 0.1 * (w * 2) }\n"
      "for i in range(1000) { w = tensor(3); for k in range(10) { w = step(w) }; r = {a: w}; s = f\"{w}\" }";
  ck_assert_int_eq(run(session, code), RUN_OK);
  size_t before = memory_held();
  ck_assert_int_eq(run(session, code), RUN_OK);
  ck_assert_uint_lt(memory_held() - before, 20000); /* the second text and its source */
  close_session(session);
}
END_TEST

/* Under a budget of some bytes for each byte of the program. */
static void expect_cheap(const char *before, const char *part, int count, const char *after) {
  Buffer code = {0};
  buffer_add_text(&code, before);
  for (int k = 0; k < count; k++) buffer_add_text(&code, part);
  buffer_add_text(&code, after);
  Session *session = open_session();
  memory_set_budget(memory_held() + code.length * 20);
  RunStatus status = session_run(session, "test.mg", code.text, code.length, false);
  memory_set_budget(0);
  ck_assert_msg(status == RUN_OK, "%s%s...%s: %s", before, part, after, buffer_text(&session_error(session)->message));
  close_session(session);
  buffer_free(&code);
}

START_TEST(long_lists_of_numbers_cost_little) {
  expect_cheap("x = [", "1,", 500000, "]\nassert sum(x) == 500000");
  expect_cheap("x = [", "-1.5, ", 200000, "]\nassert sum(x) == -300000");
  expect_cheap("x = tensor([", "[1,2],", 200000, "])\nassert x.shape == (200000, 2)");
  expect_cheap("x = [[inf, 1], ", "[1,2],", 200000, "[inf, 2]]\nassert x.shape == (200002, 2)");
}
END_TEST

START_TEST(rings_end_while_the_session_goes_on) {
  static const char *const makers[] = {
      "def mk() { big = zeros(10000); def g(n) { return 1 if n == 0 else g(n - 1) + big[0] }; return g(3) }",
      "def mk() { r = {big: zeros(10000)}; r.me = (r, 1); return r.big[0] }",
      "def mk() { r = {big: zeros(10000)}; r.f = () -> r.big; r.g = grad(x -> r.big[0] * x); return r.g(2) }",
  };
  for (size_t k = 0; k < sizeof makers / sizeof *makers; k++) {
    Session *session = open_session();
    ck_assert_int_eq(run(session, makers[k]), RUN_OK);
    size_t before = memory_held();
    ck_assert_int_eq(run(session, "for i in range(2000) { mk() }"), RUN_OK); /* 160 MB in all */
    ck_assert_uint_lt(memory_held() - before, 20 << 20);
    close_session(session);
  }
}
END_TEST

START_TEST(what_is_held_stays_through_collections) {
  expect_output("def counter() { n = 0; def up() { n += 1; return n }; return up }\n"
                "ups = map(i -> counter(), range(100)); keep = {}; keep.me = keep; keep.f = () -> keep\n"
                "for i in range(20000) { f = x -> x + i; r = {a: i, f: f}; r.r = r }\n"
                "print(ups[3](), ups[3](), ups[99](), f(1), keep.f().me.f() == keep, r.r.f(1))",
                "1 2 1 20000 true 20000\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("evaluator limits");
  TCase *test = tcase_create("limits"), *memory = tcase_create("memory");
  tcase_add_test(test, left_spines_are_loops);
  tcase_add_test(test, statements_are_loops);
  tcase_add_test(test, many_values_are_one_list);
  tcase_add_test(test, recursion_has_a_limit);
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
  tcase_add_test(test, recursion_reaches_its_limit);
#endif
  tcase_add_test(test, the_limit_is_an_option);
  tcase_add_test(test, deep_values_end_in_a_loop);
  tcase_add_test(test, statements_that_ran_take_no_memory);
  tcase_add_test(test, functions_keep_what_they_need);
  tcase_add_test(test, shared_parts_are_compared_once);
  tcase_add_test(test, strings_are_indexed_and_grow_at_once);
  tcase_add_test(test, rings_end_with_the_session);
  tcase_add_test(test, loops_can_be_interrupted);
  tcase_add_test(test, long_builtins_can_be_interrupted);
  tcase_add_test(test, an_interrupt_says_where_and_what_is_kept);
  tcase_add_loop_test(memory, any_allocation_may_fail, 0, 2 * COUNT(programs));
  tcase_add_test(memory, a_session_gives_everything_back);
  tcase_add_test(memory, a_loop_runs_in_constant_memory);
  tcase_add_test(memory, long_lists_of_numbers_cost_little);
  tcase_add_test(memory, rings_end_while_the_session_goes_on);
  tcase_add_test(memory, what_is_held_stays_through_collections);
  suite_add_tcase(suite, test);
  suite_add_tcase(suite, memory);
  return run_suite(suite);
}
