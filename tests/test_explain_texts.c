/* SPDX-License-Identifier: MIT */
/* test_explain_texts.c: what explanations say of a derivative's check, of names, and as formulas. */
#include "runtime/op.h"
#include "tests/explaining.h"

/* ---- the numeric check: right derivatives agree at every scale, and special places are named */
typedef struct CheckCase { const char *call, *wanted; } CheckCase;

static const char kink[] = "a kink: there is no derivative", jump[] = "a jump: there is no derivative";
static const char wrong[] = "NOT EQUAL: a custom derivative", unsure[] = "differences are too uncertain";

static const CheckCase checks[] = {
  {"explain(x -> 1/x, 1e-3)", "   ok\n"}, {"explain(x -> 1/x, 1e-80)", "   ok\n"}, {"explain(log, 1e-4)", "   ok\n"},
  {"explain(sqrt, 1e-5)", "   ok\n"}, {"explain(x -> sin(1/x), 1e-6)", "   ok\n"}, {"explain(sin, 1e8)", "   ok\n"},
  {"explain(x -> 1e12 + x**2, 1)", "   ok\n"}, {"explain(x -> (1e12 + x**2) - 1e12, 1)", "   ok\n"},
  {"explain(x -> x + 1e20, 1)", unsure}, {"explain(relu, 1e-9)", "   ok\n"}, {"explain(cos, 1e-9)", "   ok\n"},
  {"explain(x -> x**1.5, 0)", "   ok\n"}, {"explain(x -> 1/(x + 1e-6), 0)", "   ok\n"},
  {"explain(x -> 3*x - 3*x, 2)", "   ok\n"}, {"explain(x -> x * abs(x), 0)", "   ok\n"},
  {"explain(x -> sum(1/x), [1e-6, 1e-3, 1, 2, 3, 4, 1e6, 1e3])", "   ok\n"},
  {"explain(x -> sum(x.astype(float32) ** 2), [1, 2, 3e-3])", "   ok\n"},
  {"explain(x -> floor(x * 1e6) / 1e6, 2.55555555)", "   ok\n"},
  {"explain(abs, 0)", kink}, {"explain(relu, 0)", kink}, {"explain((x, y) -> maximum(x, y), 2, 2)", kink},
  {"explain(x -> sum(abs(x)), [0, 1, -1])", "[-1|1 1 -1]"}, {"explain(x -> sum(relu(x)), zeros(9))", kink},
  {"explain(floor, 2)", jump}, {"explain(round, 0.5)", jump}, {"explain(floor, 2.5)", "   ok\n"},
  {"explain(custom_op(x -> x ** 2, (g, x) -> g * 3 * x), 2)", wrong},
  {"explain(custom_op(abs, (g, x) -> g * 5), 0)", "NOT EQUAL: a kink"},
};

START_TEST(derivatives_are_checked_at_every_scale) {
  Session *session = open_session();
  RunStatus status = run(session, checks[_i].call);
  ck_assert_msg(status == RUN_OK, "%s: %s", checks[_i].call, buffer_text(&session_error(session)->message));
  const char *check = strstr(buffer_text(&printed), " check ");
  ck_assert_msg(check && strstr(check, checks[_i].wanted), "%s\n%s", checks[_i].call, buffer_text(&printed));
  expect_narrow(check);
  close_session(session);
}
END_TEST

/* ---- names */
static const CheckCase texts[] = {
  {"w = tensor(3); L = (w - 1)**2; backward(L); w -= 0.1*grad(w); graph(L)",
   " *  L = v1**2    = 4  grad 1\n *  v1 = w - 1   = 2  grad 4\n *  w (earlier)  = 3  grad 4\n"},
  {"w = tensor(3); L = (w - 1)**2; w = 5; explain(L)",
   " note   w is what it was then: the variable has been assigned since\n"},
  {"w = tensor(3); for i in range(3) { L = (w - 1)**2; backward(L); w = w - 0.1*grad(w) }; graph(L)", "w (earlier)"},
  {"w = tensor(3); for i in range(3) { L = (w - 1)**2; backward(L); w -= 0.1*grad(w) }; graph(L)", "w (earlier)"},
  {"w = tensor(3); M = w * 2; w = tensor(1); M = M * w; graph(M)", "w_old (earlier)  = 3"},
  {"r = {w: tensor(2), p: (tensor(3), 1)}; graph(r.w * r.p[0])", "y = r.w*r.p[0]"},
  {"r = {w: tensor(2)}; L = r.w * 3; backward(L); r.w -= 0.1; graph(L)", "r.w (earlier)"},
  {"def k(x) { a, (b, c) = x * 2, (x ** 2, sin(x)); return a * b + c }; explain(k, 1)", "\n a     x*2 "},
  {"def k(x) { a, (b, c) = x * 2, (x ** 2, sin(x)); return a * b + c }; explain(k, 1)", "\n c     sin(x) "},
  {"def k(x) { y = zeros(2); y[0] = x; y[1] = 2x; return sum(y) }; graph(k, 2)", "y_1 = y_old[0] = x"},
  {"def k(x) { y = zeros(2); y[0] = x; y[1] = 2x; return sum(y) }; graph(k, 2)", "z = sum(y)"},
  {"f(t) = sum(where(t > 0, t, 0)); x = tensor([1, -2]); graph(f(x))", "where(x > 0, x, 0)"},
  {"a = tensor(2); L = mse_loss(a * [1, 2], [3, 4]); graph(L)", "L = mse_loss(v1, [3, 4])"},
  {"a = tensor(2); M = [a, 1, a * 3]; graph(sum(M))", "M = [a, 1, v1]"},
  {"x = tensor(0.5, dtype=float32); explain(x * 0.3 - 0.1)", "\n dy/dx  =  0.3\n"},
  {"f(t) = t**3; explain(f', 2)", "\n v1    t**2        4      power"},
  {"f(t) = t**3; explain(f', 2)", "\n f''(t)  =  6*t\n"},
  {"x = tensor(2); y = +x; graph(y * y)", "y = positive(x)"},
  {"k = 3; def f(x) { k = tensor(2); return k*x }; graph(f, 3)", "k        = 2  grad 3"},
};

START_TEST(texts_are_shown) {
  Session *session = open_session();
  RunStatus status = run(session, texts[_i].call);
  ck_assert_msg(status == RUN_OK, "%s: %s", texts[_i].call, buffer_text(&session_error(session)->message));
  ck_assert_msg(strstr(buffer_text(&printed), texts[_i].wanted), "%s\n%s", texts[_i].call, buffer_text(&printed));
  expect_narrow(buffer_text(&printed));
  close_session(session);
}
END_TEST

static const CheckCase calls[] = {
  {"check_grad(x -> 1/x, [1e-3, 1e-8, 5])", NULL}, {"check_grad(x -> 1e12 + x**2, 1)", NULL},
  {"check_grad((p, y) -> sum(p.w @ p.w) * p.b * y, {w: [[1, 2], [3, 4]], b: 2}, [2, 3])", NULL},
  {"check_grad((a, b, c, d, e) -> a * b * c * d * e, 1, 2, 3, 4, 5)", NULL}, {"check_grad(x -> 3, 2)", NULL},
  {"h(x) = x if x > 0 else -x\ncheck_grad(h, 0)",
   "`check_grad`: the derivative by element 0 of argument 0 does not exist"},
  {"check_grad(floor, 2)",
   "`check_grad`: the derivative by element 0 of argument 0 does not exist"},
  {"check_grad((x, y) -> x * custom_op(x -> x ** 2, (g, x) -> g * 3 * x)(y), 1, [1, 2])",
   "`check_grad`: the derivative by element 0 of argument 1 is 3, by differences 2"},
  {"check_grad(x -> x, \"a\")", "`check_grad` needs a function that returns a tensor, but it returned a string"},
};

START_TEST(check_grad_tells_where) {
  Session *session = open_session();
  RunStatus status = run(session, calls[_i].call);
  const char *message = buffer_text(&session_error(session)->message);
  if (calls[_i].wanted) ck_assert_str_eq(message, calls[_i].wanted);
  else ck_assert_msg(status == RUN_OK, "%s: %s", calls[_i].call, message);
  close_session(session);
}
END_TEST

/* ---- formulas: what f' prints is typed again and must be the same function */
static bool may_lack_formula(const OpInfo *info) {
  return info->domain == DOMAIN_NONE || info->domain == DOMAIN_NONZERO || info->type != OP_TYPE_FLOAT;
}

static void expect_formula(const OpInfo *info, const char *arguments) {
  Session *session = open_session();
  Buffer code = {0};
  buffer_format(&code, "f(x) = %s(%s)\nprint(f')", info->name, arguments);
  ck_assert_int_eq(run(session, buffer_text(&code)), RUN_OK);
  const char *formula = strstr(buffer_text(&printed), " = ");
  ck_assert_msg(formula || may_lack_formula(info), "%s(%s)' has no formula", info->name, arguments);
  if (formula) {
    buffer_clear(&code);
    buffer_format(&code, "g(x) = %sassert same(f', g)", formula + 3);
    ck_assert_msg(run(session, buffer_text(&code)) == RUN_OK, "%s(%s)': %s: %s", info->name, arguments,
                  buffer_text(&printed), buffer_text(&session_error(session)->message));
  }
  buffer_free(&code);
  close_session(session);
}

START_TEST(formulas_are_the_derivatives) {
  const OpInfo *info = &op_table[_i];
  bool elementwise = info->kind == OP_KIND_UNARY || info->kind == OP_KIND_BINARY;
  if (!elementwise || !info->example[0] || info->type == OP_TYPE_LOGIC) return;
  if (info->kind == OP_KIND_UNARY) expect_formula(info, "x");
  if (info->kind == OP_KIND_UNARY) expect_formula(info, "x ** 2 + 0.3 * x");
  if (info->kind == OP_KIND_BINARY) expect_formula(info, "x, 2");
  if (info->kind == OP_KIND_BINARY) expect_formula(info, "2, x * 1.5");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("explain texts");
  TCase *test = tcase_create("explain texts");
  tcase_add_loop_test(test, derivatives_are_checked_at_every_scale, 0, COUNT(checks));
  tcase_add_loop_test(test, texts_are_shown, 0, COUNT(texts));
  tcase_add_loop_test(test, check_grad_tells_where, 0, COUNT(calls));
  tcase_add_loop_test(test, formulas_are_the_derivatives, 0, OP_COUNT);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
