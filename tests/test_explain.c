/* SPDX-License-Identifier: MIT */
/* test_explain.c: explanations and graphs of every family of operations, files of any name, size, memory that runs
   out. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/process.h"
#include "evaluator/builtins/explain.h"
#include "tests/explaining.h"

/* ---- every family: the table must end in `ok`, which compares all gradients with differences */
static const char *const losses[] = {
  "mean((x * [1, 2, 3] + x[0] - 1) ** 2)",
  "sum(x @ A) + sum(A @ x[:3]) + sum(A @ A)",
  "sum(A.T @ x) + trace(A) + det(A)",
  "prod(x) + max(x) + logsumexp(x) + norm(x) + var(x) + std(x)",
  "sum(x[[0, 2, 2]] * [1, 2, 3]) + sum(x[x > 1]) + x[1] * x[-1]",
  "sum(where(x > 1.5, x ** 2, -x)) + sum(clip(x, 1.2, 2.5)) + sum(maximum(x, 2.2)) + sum(abs(x))",
  "sum(reshape(A, (9,))[::2]) + sum(A[:, 1] * A[0]) + sum(flip(A, 1) * A) + sum(diagonal(A)) * x[0]",
  "sum(cumsum(x) * x) + sum(concatenate((x, x * 2))) + sum(stack((x, x)) * 3) + sum(roll(x, 1) * x)",
  "sum(einsum(\"ij,jk->ik\", A, A)) + sum(einsum(\"ij->ji\", A) * A) + sum(repeat(x, 2))",
  "sum(softmax(x) * [1, 0, 2]) + sum(relu(x)) + sum(sigmoid(x)) + sum(log_softmax(x)[1:])",
  "sum(expand_dims(x, 0) * expand_dims(x, 1) * A) + sum(broadcast_to(x, (2, 3)) * [[1], [2]])",
  "sum(linalg.solve(A, x)) + sum(linalg.inv(A)) + sum(exp(-x) / (1 + x) - x ** x + hypot(x, 2))",
  "sum(c(x)) + sum(x.astype(float32))",
  "mse_loss(x, x * 2) + sum(sort(x) * x) + median(x) * x[0] + integrate(t -> t * x[0], 0, x[1])",
  "sum(odeint((y, t) -> -x[0] * y, [x[1], 1], [0, 1])) + solve(t -> t ** 2 - x[0], 1) * x[1] + sum(stack((x, A[0])))",
};

static const char setup[] = "x = tensor([1.5, 2.0, 3.0]); A = tensor([[2.0, 1, 0.5], [0.3, 3, 1], [1, 0.2, 4]]); "
                            "c = custom_op(x -> x ** 2, (g, x) -> g * 2 * x)\n";

static void expect_ok(Session *session, const char *loss) {
  Buffer code = {0};
  buffer_format(&code, "%sL = %s\nbackward(L); g = grad(x); explain(L); assert all(grad(x) == g)\n"
                       "explain(L, x); graph(L)", setup, loss);
  RunStatus status = run(session, buffer_text(&code));
  ck_assert_msg(status == RUN_OK, "%s: %s", loss, buffer_text(&session_error(session)->message));
  ck_assert_msg(strstr(buffer_text(&printed), "   ok\n") && !strstr(buffer_text(&printed), "NOT EQUAL"), "%s\n%s", loss,
                buffer_text(&printed));
  buffer_free(&code);
}

START_TEST(every_family_is_explained) {
  Session *session = open_session();
  expect_ok(session, losses[_i]);
  expect_narrow(buffer_text(&printed));
  close_session(session);
}
END_TEST

START_TEST(json_reads_back) {
  Session *session = open_session();
  Buffer code = {0};
  buffer_format(&code, "%sL = %s\nr = from_json(explain(L, \"json\"))\nassert r.result == \"L\"\n"
                       "assert all([abs(s.gradient - 1) < 1e-12 for s in r.steps if s.step == \"L\"])\n"
                       "g = grad(L, x); k = [s for s in r.steps if s.step == \"x\"]\n"
                       "assert max(abs(k[0].gradient - g)) < 1e-6\n", setup, losses[_i]);
  bool has_x = strchr(losses[_i], 'x') != NULL;
  RunStatus status = has_x ? run(session, buffer_text(&code)) : RUN_OK;
  ck_assert_msg(status == RUN_OK, "%s: %s", losses[_i], buffer_text(&session_error(session)->message));
  buffer_free(&code);
  close_session(session);
}
END_TEST

/* ---- dot */
static bool dot_is_installed(void) {
  const char *const words[] = {"dot", "-V", NULL};
  Buffer out = {0};
  ProcessStatus status = process_run(words, "", 0, 10, &out);
  buffer_free(&out);
  if (status == PROCESS_MISSING) printf("skipped: dot is not installed\n");
  return status != PROCESS_MISSING;
}

static void expect_drawable(const char *text, size_t length) {
  const char *const words[] = {"dot", "-Tplain", NULL};
  Buffer out = {0};
  ck_assert_msg(process_run(words, text, length, 60, &out) == PROCESS_OK, "dot refuses\n%s", text);
  ck_assert_int_eq(strncmp(buffer_text(&out), "graph ", 6), 0);
  buffer_free(&out);
}

START_TEST(dot_accepts_every_graph) {
  if (!dot_is_installed()) return;
  Session *session = open_session();
  Buffer code = {0};
  buffer_format(&code, "%sL = %s\nprint(explain(L, \"dot\"))", setup, losses[_i]);
  ck_assert_int_eq(run(session, buffer_text(&code)), RUN_OK);
  expect_drawable(buffer_text(&printed), printed.length);
  buffer_free(&code);
  close_session(session);
}
END_TEST

/* Quotes of a source text stay inside their label. */
START_TEST(dot_is_not_written_on_when_interrupted) {
  Session *session = open_session();
  Steps steps;
  Value value;
  Buffer out = {0};
  ck_assert_int_eq(run(session, "x = tensor(2); L = sin(x)"), RUN_OK);
  ck_assert(session_lookup(session, "L", &value));
  Call call = {.session = session, .arguments = &value, .spans = (Span[]){{0, 0}}};
  ck_assert(steps_of_value(&steps, &call, value_none(), false));
  explain_add_dot(&steps, &out);
  ck_assert_ptr_nonnull(strstr(buffer_text(&out), "sin(x)"));
  buffer_clear(&out);
  interrupt_request();
  explain_add_dot(&steps, &out);
  interrupt_requested = 0;
  ck_assert_int_eq(session_error(session)->kind, ERROR_INTERRUPT);
  ck_assert_ptr_null(strstr(buffer_text(&out), "sin(x)"));
  buffer_free(&out);
  steps_free(&steps);
  close_session(session);
}
END_TEST

START_TEST(labels_are_quoted) {
  Session *session = open_session();
  static const char code[] = "A = tensor([[1, 2], [3, 4]]); print(explain(sum(einsum(\"ij,jk->k\", A, A)), \"dot\"))";
  ck_assert_int_eq(run(session, code), RUN_OK);
  ck_assert_ptr_nonnull(strstr(buffer_text(&printed), "\\\"ij,jk->k\\\""));
  if (dot_is_installed()) expect_drawable(buffer_text(&printed), printed.length);
  close_session(session);
}
END_TEST

/* ---- files */
START_TEST(names_of_files_reach_no_shell) {
  char folder[] = "/tmp/mgrad_graph_XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  static const char *const names[] = {"$(touch pwned).svg", "`touch pwned`.dot", "a;touch pwned;.svg", "-Tps.svg",
                                      "two\\nlines.dot", "quote\\\"'.svg"};
  Session *session = open_session();
  bool draws = dot_is_installed();
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    Buffer code = {0};
    buffer_format(&code, "x = tensor(2); graph(x * x, \"%s\"); assert len(read_file(\"%s\")) > 100", names[k],
                  names[k]);
    if (draws || strstr(names[k], ".dot")) ck_assert_msg(run(session, buffer_text(&code)) == RUN_OK, "%s", names[k]);
    buffer_free(&code);
  }
  ck_assert_int_ne(access("pwned", F_OK), 0);
  close_session(session);
}
END_TEST

START_TEST(the_sandbox_writes_nothing) {
  char folder[] = "/tmp/mgrad_graph_XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  Session *session = session_new(&(SessionOptions){.output = keep_output, .sandbox = true});
  ck_assert_int_eq(run(session, "x = tensor(2); graph(x * x, \"sandbox.dot\")"), RUN_FAILED);
  ck_assert_int_eq(session_error(session)->kind, ERROR_FILE);
  ck_assert_int_eq(chdir("/"), 0);
  ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder);
  ck_assert_int_eq(run(session, "graph(x * x); explain(x * x)"), RUN_OK);
  close_session(session);
}
END_TEST

START_TEST(a_missing_program_is_named) {
  char *path = getenv("PATH") ? strdup(getenv("PATH")) : NULL;
  Session *session = open_session();
  setenv("PATH", "/nonexistent", 1);
  RunStatus status = run(session, "x = tensor(2); graph(x * x, \"/nonexistent/missing.svg\")");
  if (path) setenv("PATH", path, 1);
  free(path);
  ck_assert_int_eq(status, RUN_FAILED);
  const char *message = buffer_text(&session_error(session)->message);
  ck_assert_ptr_nonnull(strstr(message, "`dot`, which draws graphs, is not installed"));
  close_session(session);
}
END_TEST

/* Every bracket of LaTeX has its partner, and every \left its \right. */
static void expect_balanced(const char *text) {
  int braces = 0, sides = 0;
  for (const char *at = text; *at; at++) {
    if (*at == '\\' && (at[1] == '{' || at[1] == '}' || at[1] == '\\')) at++;
    else if (*at == '{' || *at == '}') braces += *at == '{' ? 1 : -1;
    else if (strncmp(at, "\\left", 5) == 0 && !strchr("ar", at[5])) sides++;
    else if (strncmp(at, "\\right", 6) == 0 && !strchr("a", at[6])) sides--;
    ck_assert_msg(braces >= 0 && sides >= 0, "%s", text);
  }
  ck_assert_msg(braces == 0 && sides == 0, "%s", text);
}

START_TEST(latex_is_balanced) {
  Session *session = open_session();
  Buffer code = {0};
  buffer_format(&code, "%sL = %s\nprint(explain(L, \"latex\"))\nf(x_1, θ) = sqrt(x_1) * abs(θ) / (1 + x_1 ** -θ)\n"
                       "print(explain(f, 2, 3, latex=true), latex(f))", setup, losses[_i]);
  ck_assert_int_eq(run(session, buffer_text(&code)), RUN_OK);
  expect_balanced(buffer_text(&printed));
  ck_assert_ptr_nonnull(strstr(buffer_text(&printed), "\\begin{aligned}"));
  buffer_free(&code);
  close_session(session);
}
END_TEST

/* ---- size and speed */
/* Processor time of explaining a chain of so many steps: the least of three runs. */
static double seconds_of_explain(int steps) {
  Session *session = open_session();
  Buffer code = {0};
  buffer_format(&code, "x = tensor(0.5); y = x; for i in range(%d) { y = y * 0.999 + 0.001 }", steps);
  ck_assert_int_eq(run(session, buffer_text(&code)), RUN_OK);
  double least = 1e9;
  for (int k = 0; k < 3; k++) {
    buffer_clear(&printed);
    clock_t start = clock();
    ck_assert_int_eq(run(session, "explain(y)"), RUN_OK);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds < least) least = seconds;
    expect_narrow(buffer_text(&printed));
    ck_assert_ptr_nonnull(strstr(buffer_text(&printed), "more steps; run explain(y, x)"));
  }
  buffer_free(&code);
  close_session(session);
  return least;
}

/* Eight times the steps take some eight times as long; to look for each step among the others would take 64 times. */
START_TEST(large_graphs_take_time_by_their_size) {
  double few = seconds_of_explain(5000), many = seconds_of_explain(40000);
  ck_assert_msg(many < 24 * few, "5000 steps take %g s, 40000 take %g s", few, many);
}
END_TEST

START_TEST(a_graph_of_a_million_is_shown_by_its_ends) {
  Session *session = open_session();
  RunStatus status = run(session, "x = tensor(0.5); y = x; for i in range(1000100) { y = y * 1 }; explain(y)");
  ck_assert_int_eq(status, RUN_OK);
  ck_assert_ptr_nonnull(strstr(buffer_text(&printed), "more steps; run explain(y, x)"));
  close_session(session);
}
END_TEST

static const ErrorCase errors[] = {
  {"explain(3)", ERROR_GRADIENT, 1, 9,
   "this value depends on no variable: nothing to explain", NULL},
  {"x = tensor(1); explain(x * x, \"poem\")", ERROR_ARGUMENT, 1, 31, "there is no way to explain called \"poem\"",
   "it is one of \"tables\", \"full\", \"step\", \"quiz\", \"latex\", \"json\", \"dot\""},
  {"x = tensor(1); y = tensor(2); explain(x * x, y)", ERROR_GRADIENT, 1, 46,
   "the first argument does not depend on this variable", NULL},
  {"w = tensor(1); L = w * w; w -= 1; explain(L, w)", ERROR_GRADIENT, 1, 46,
   "`w` was assigned since the first argument was computed from it",
   "compute that again, or look at all steps, where `w` is its earlier value: `explain(L)`"},
  {"x = tensor(1); explain(x * x, 3)", ERROR_ARGUMENT, 1, 31,
   "the second argument must be the variable whose paths are to be shown", NULL},
  {"x = tensor(1); y = x * x; backward(y, retain_graph=false); explain(y)", ERROR_GRADIENT, 1, 68,
   "the history of the loss `y` was released", NULL},
  {"def f(x) { while x < 1 { x = x + 1 }; return x }\nexplain(f)", ERROR_ARGUMENT, 2, 9,
   "f has a loop, so there is no closed formula", "say where to look: `explain(f, 2)` shows the numbers of one point"},
  {"def f(x) { x**2 }\nexplain(f, 2)", ERROR_GRADIENT, 2, 1,
   "`explain` needs a function that returns a tensor, but it returned `none`",
   "`f` has no `return` at its end: write `return x**2`"},
  {"explain(x -> 3, 2)", ERROR_GRADIENT, 1, 9,
   "the result of this function depends on no variable: nothing to explain", NULL},
};

START_TEST(errors_say_what_is_wrong) { expect_error(&errors[_i]); }
END_TEST

/* ---- memory that runs out */
static const char *const programs[] = {
  "x = tensor([1, 2, 3]); w = tensor(2); explain(mean((w * x + x[0]) ** 2))",
  "f(x, y) = sin(x**2) + y*x; explain(f, 2, 3)",
  "f(x) = sin(x**2); a = explain(f, 2, \"latex\"); a = explain(f, 2, \"json\"); a = explain(f, 2, \"dot\"); "
  "a = latex(f')",
  "x = tensor(2); y = tensor(3); explain(sin(x) * y + x)",
  "x = tensor([1, 2]); graph(sum(x * x[::-1] + x))",
  "check_grad((x, y) -> x * y, 2, [1, 2])",
  "w = tensor(3); M = w * 2; w = tensor(1); M = M * w; graph(M); explain(M)",
  "a = same(sin, x -> x, details=true); b = same(sin', cos, n=3)",
};

START_TEST(any_allocation_may_fail) {
  for (size_t n = 1;; n = next_failure(n)) {
    size_t before = memory_live_blocks();
    Session *session = open_session();
    memory_fail_at(n, false);
    RunStatus status = run(session, programs[_i]);
    bool hit = memory_failure_hit();
    memory_fail_at(0, false);
    ErrorKind kind = session_error(session)->kind;
    bool fails_well = kind == ERROR_MEMORY || (hit && kind == ERROR_ARGUMENT); /* a formula is left out, or missed */
    ck_assert_msg(status == RUN_OK || fails_well, "%s: allocation %zu gives %s", programs[_i], n,
                  buffer_text(&session_error(session)->message));
    close_session(session);
    ck_assert_msg(memory_live_blocks() == before, "%s: allocation %zu leaves blocks", programs[_i], n);
    if (!hit) break;
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("explain");
  TCase *test = tcase_create("explain");
  const int loss_count = COUNT(losses);
  tcase_add_loop_test(test, every_family_is_explained, 0, loss_count);
  tcase_add_loop_test(test, json_reads_back, 0, loss_count);
  tcase_add_loop_test(test, dot_accepts_every_graph, 0, loss_count);
  tcase_add_loop_test(test, latex_is_balanced, 0, loss_count);
  tcase_add_test(test, dot_is_not_written_on_when_interrupted);
  tcase_add_test(test, labels_are_quoted);
  tcase_add_test(test, the_sandbox_writes_nothing);
  tcase_add_test(test, a_missing_program_is_named);
  tcase_add_loop_test(test, errors_say_what_is_wrong, 0, COUNT(errors));
  tcase_add_loop_test(test, any_allocation_may_fail, 0, COUNT(programs));
  tcase_add_test(test, names_of_files_reach_no_shell);
  /* These are last: they leave a million free blocks to count. */
  tcase_add_test(test, large_graphs_take_time_by_their_size);
  tcase_add_test(test, a_graph_of_a_million_is_shown_by_its_ends);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
