/* SPDX-License-Identifier: MIT */
/* test_fuse.c: leaving results pending changes nothing that a program can see. */
#include <stdio.h>

#include "base/memory.h"
#include "base/threads.h"
#include "runtime/op.h"
#include "tests/evaluating.h"

/* ---- the same program, computed at once and pending */
typedef struct Setting { const char *fusion; int threads; } Setting;
static const Setting settings[] = {{"off", 1}, {"all", 1}, {"all", 3}, {"", 2}, {"", 70}};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* What a program prints; errors too. */
static char *output_under(const Setting *setting, const char *code) {
  setenv("MGRAD_FUSION", setting->fusion, 1);
  threads_set_count(setting->threads);
  Session *session = open_session();
  RunStatus status = run(session, code);
  if (status != RUN_OK) buffer_add_text(&printed, buffer_text(&session_error(session)->message));
  buffer_add_text(&printed, buffer_text(&diagnosed));
  char *text = strdup(buffer_text(&printed));
  close_session(session);
  unsetenv("MGRAD_FUSION");
  return text;
}

static void expect_same(const char *code) {
  char *expected = output_under(&settings[0], code);
  for (int i = 1; i < SETTINGS; i++) {
    char *text = output_under(&settings[i], code);
    ck_assert_msg(strcmp(expected, text) == 0, "%s\nfusion `%s`, %d threads, prints:\n%.2000s\nexpected:\n%.2000s",
                  code, settings[i].fusion, settings[i].threads, text, expected);
    free(text);
  }
  free(expected);
}

static void expect_success(const char *code) {
  Session *session = open_session();
  ck_assert_msg(run(session, code) == RUN_OK, "%s\nfails: %s", code, buffer_text(&session_error(session)->message));
  close_session(session);
}

/* Operands of all kinds: contiguous, transposed, reversed, a row, a column, a number. */
static const char operands[] =
    "seed(%d); set_printoptions(precision=17)\n"
    "A = randn(50, 60, constant=true) * 2; B = (randn(60, 50, constant=true) + 0.5).T\n"
    "row = randn(60, constant=true); column = randn(50, 1, constant=true)[::-1]\n"
    "I = randint(1, 5, shape=(50, 60)); F = A.astype(float32)\n";

START_TEST(elementwise_rows_give_the_same_bits) {
  const OpInfo *info = &op_table[_i];
  if ((info->kind != OP_KIND_UNARY && info->kind != OP_KIND_BINARY) || !*info->example) return;
  static const char *const pairs[] = {"A", "A + B", "A[:, ::2]", "F", "I", "A > 0", "column * row"};
  static const char *const others[] = {"B", "row", "column", "F.T.reshape(50, 60)", "I", "B < 1", "2"};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
    char code[1024];
    int length = snprintf(code, sizeof code, operands, _i);
    const char *second = info->kind == OP_KIND_UNARY ? "" : others[k];
    if (k == 2) second = info->kind == OP_KIND_UNARY ? "" : "B[:, 1::2]";
    snprintf(code + length, sizeof code - (size_t)length,
             "r = positive(%s(%s%s%s)); to_json(r.sum()), to_json(r[::7, ::3])", info->name, pairs[k],
             *second ? ", " : "", second);
    expect_same(code);
    if (k == 0) expect_success(code); /* not the same error everywhere */
  }
}
END_TEST

/* ---- random expressions over several blocks of tiles */
static uint64_t draw_state;

static unsigned draw(unsigned count) {
  draw_state = draw_state * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(draw_state >> 33) % count;
}

static void write_expression(Buffer *out, int depth) {
  static const char *const leaves[] = {"x", "y", "f", "row", "column", "y[::-1]", "z.T", "0.5", "w[3:213, ::2]"};
  static const char *const unary[] = {"sin(", "exp(-", "tanh(", "abs(", "square(", "relu(", "arctan(", "floor(",
                                      "sigmoid("};
  static const char *const binary[] = {" + ", " - ", " * ", " / 3 + ", " ** 2 - ", " % 2 + "};
  static const char *const choice[] = {" > 0, ", " <= row, ", " != 1, "};
  unsigned kind = depth ? draw(8) : 0;
  if (kind == 0) {
    buffer_add_text(out, leaves[draw(sizeof leaves / sizeof *leaves)]);
    return;
  }
  buffer_add_text(out, kind < 3 ? unary[draw(sizeof unary / sizeof *unary)] : kind == 3 ? "where(" : "(");
  write_expression(out, depth - 1);
  if (kind >= 3) {
    buffer_add_text(out, kind == 3 ? choice[draw(3)] : binary[draw(sizeof binary / sizeof *binary)]);
    write_expression(out, depth - 1);
  }
  if (kind == 3) {
    buffer_add_text(out, ", ");
    write_expression(out, depth - 1);
  }
  buffer_add_text(out, ")");
}

START_TEST(random_expressions_give_the_same_bits) {
  Buffer code = {0};
  draw_state = (uint64_t)_i + 1;
  buffer_format(&code, "seed(%d); x = tensor(randn(210, 190)); y = tensor(randn(210, 190)); z = randn(190, 210)\n"
                       "f = randn(210, 190, constant=true).astype(float32); row = tensor(randn(190))\n"
                       "column = randn(210, 1); w = randn(220, 380)\nh = ", _i);
  write_expression(&code, 4);
  buffer_add_text(&code, " + x\nq = h * ");
  write_expression(&code, 3);
  buffer_add_text(&code, "\nL = sum(q) + mean(sum(h, axis=0) ** 2); g = grad(L, (x, y, row))\n"
                         "to_json((L, sum(g[0]), sum(g[1] * y), g[2][::19], g[0][::70, ::60], q[::70, ::60]))");
  expect_same(buffer_text(&code));
  buffer_free(&code);
}
END_TEST

/* ---- programs */
static const char *const programs[] = {
  "for kind in (float32, float64, int32, int) { for m in (1, 3, 7, 8, 9, 31, 40, 300) { "
  "A = arange(35 * m).astype(kind).reshape(35, m); c = arange(35).astype(kind)[:, newaxis]; "
  "print(sum(A * 2 + c, axis=0)) } }",
  /* one pass forward and backward, read in any order */
  "seed(1); x = randn(5000, constant=true); w = randn(5000); b = randn(5000)\n"
  "L = sum(tanh(x * w + b) ** 2); g = grad(L, (w, b)); to_json(g[1]); to_json(g[0]); L\n"
  "M = mean((w * x - b) ** 2); backward(M); M; to_json(grad(w)[:50]); to_json(grad(b)[-50:])",
  /* what was computed before a write keeps the old values */
  "x = arange(3000) * 0.5; y = x * 2; z = y + 1; x[0] = 100; y[1] = 50; z[:3], x[:3], y[:3]; x += y; z[:3]; x[:3]",
  "x = tensor(ones(3000)); y = x * 3; v = y[:5]; y *= -1; L = sum(y ** 2); backward(L); v, grad(x)[:3], grad(v)",
  "a = ones(3000, constant=true); b = a + 1; c = b + 1; b[0] = 9; c[0], b[0]; b = b * 2; c[1]; a[:] = 5; b[1], c[2]",
  "x = ones(4000, constant=true); y = x * 2\nfor k in range(5) { y -= 0.5 * x; x = y + 1 }\nsum(x), y[3]",
  /* chains longer than an expression may be, wide sharing */
  "x = linspace(0, 1, 3000); for k in range(300) { x = x * 1.001 + 0.001 }\nto_json(x[::500])",
  "x = linspace(0, 0.1, 3000); for k in range(12) { x = x + x * x }\nto_json(x[::500])",
  "x = linspace(0, 1, 3000); for k in range(60) { x = where(x > 0.5, x * 0.75, x + 0.1) }\nto_json(x[::500])",
  "x = tensor(linspace(-2, 2, 3000)); t = sin(x[::-1]); d = abs(x - t); backward(mean(where(d < 1, d ** 2 / 2, d - 0.5)))\n"
  "to_json(grad(x)[::500]); g = grad(sum(minimum(d * d, 1) * d), x); to_json(grad(sum(g), x)[::500])",
  "x = tensor(linspace(0, 0.1, 3000)); y = x; for k in range(50) { y = sin(y) + 0.1 * x }\n"
  "to_json(grad(sum(y), x)[::500])",
  /* tanh and its slope in one step, in either order, with one of them kept */
  "seed(3); x = randn(3000, constant=true) * 5; x[:4] = (inf, -inf, nan, 400); x[2999] = 1e-310; t = tanh(x * 1); "
  "s = sech_squared(x * 1)\n"
  "to_json(t[::300]), to_json(s[::300]); u = x + 0.5; a = sech_squared(u) + tanh(u); to_json(a[::300]); b = tanh(u); "
  "to_json(b[::300])\n"
  "v = tensor(x[5:2900]); backward(sum(tanh(v) * v)); to_json(grad(v)[::300]); y = x.astype(float32); "
  "to_json((tanh(y + 1) * sech_squared(y + 1))[::300])",
  "x = tensor(linspace(-3, 3, 100)); y = tanh(x); x[3] = 1; backward(sum(y * x)); to_json(grad(x)[::7]); "
  "f(x) = tanh(x) ** 2; to_json(f'(x)[::9]); to_json(f''(x)[::9]); y = tanh(x); backward(sum(y ** 2), retain=true); "
  "backward(sum(y)); to_json(grad(x)[::7])\n"
  "z = tensor(linspace(-3, 3, 100, dtype=float32)); backward(sum(tanh(z.T) * tanh(tanh(z)))); to_json(grad(z)[::7]); "
  "no_autodiff { u = tanh(z) }; u[::9]; g = grad(sum(tanh(x)), x); "
  "to_json(grad(sum(g * g), x)[::9])",
  "x = linspace(-3, 3, 3000); f(x) = tanh(x); to_json(f'(x)[::500]); to_json(f''(x)[::500]); to_json(f'''(x)[::500])",
  /* what is read several times is written once, and stays what it was */
  "x = arange(4000, constant=true); y = x.astype(float32); a = sum(y * 2); a; b = sum(y + 1); b; x[0] = 50; "
  "c = sum(y - 1); c, y[0], x[0]; y[1] = 7; sum(y)",
  /* windows of a gradient that repeats numbers, and writes through them */
  "M = tensor(arange(6000).reshape(60, 100) * 0.01); backward(sum(sum(M * 2, axis=0) ** 2)); g = grad(M); "
  "to_json(g[3, ::-7]); to_json(g[::-5, 2]); to_json(g.T[5:7, ::20])\n"
  "to_json(g[::7, ::30]); g[59, 99], g[-1, 0]; to_json(g[:, :1].reshape(60)[::9]); to_json(g.reshape(6000)[95:105]); "
  "to_json(g[5:5]); to_json(g[:, newaxis, 50:52][::30])\n"
  "h = g[1]; k = g[1, 2:4]; g[1, 2] = 5; h[2], k[0], g[2, 2]; h[1] = 7; g[1, :4], k; to_json(grad(M)[:3, :3]); "
  "d = diag(g); to_json(d[::20])",
  "x = tensor(ones(3000)); backward(sum(x) * 3); g = grad(x); g[5], g[-1], g[::600]; to_json(g[2:4]); v = g[:2]; "
  "g[0] = 4; v, grad(x)[:2]; y = tensor(ones((50, 60), dtype=float32)); backward(sum(mean(y, axis=1))); "
  "to_json(grad(y)[::20, 3]), grad(y).T[0, 0]",
  /* a product of a window whose inner axis repeats only where its tensor is pending */
  "M = tensor(sin(arange(6000)).reshape(60, 100)); backward(sum(sum(M, axis=1) ** 2)); g = grad(M); "
  "B = cos(arange(700)).reshape(100, 7); to_json((g[:50] @ B)[::9]); to_json((B.T @ g.T[:, :50][:, 3:])[::3, ::9])",
  /* many rows and columns, not a whole number of tiles */
  "X = sin(arange(300 * 333, constant=true)).reshape(300, 333); to_json(sum(X * 2, axis=0)[::37]); "
  "to_json(prod(X + 1.5, axis=0)[-3:]); to_json(max(X - 1, axis=0)[250:262]); to_json(min(X * X, axis=0)[::50])\n"
  "K = (X * 50).astype(int); to_json(sum(K * 2, axis=0)[::37]); to_json(max(K - 1, axis=0)[250:262]); "
  "to_json(sum((X * 3).reshape(10, 30, 333), axis=(0, 1))[::50]); X[7, 9] = nan; to_json(max(X * 2, axis=0)[8:11]); "
  "to_json(sum((X[:, :33]) * 2, axis=0))",
  /* a loss that waits: asked for before its gradient, after it, never, or about what has changed meanwhile */
  "seed(5); S = tensor(randn(60, 50)); l = randint(0, 50, shape=(60,)); L = softmax_crossentropy(S, l); backward(L); "
  "L; to_json(grad(S)[::20, ::9])\n"
  "M = softmax_crossentropy(S * 2, l); M; backward(M); to_json(grad(S)[::20, ::9]); a = softmax_crossentropy(S, l); "
  "b = softmax_crossentropy(S + 1, l); a, b",
  "v = tensor(linspace(-1, 1, 50)); L = softmax_crossentropy(broadcast_to(v, (60, 50)), arange(60) % 50); backward(L); "
  "L; to_json(grad(v)[::7]); to_json(softmax(broadcast_to(v, (60, 50)))[::20, ::9]); "
  "to_json(logsoftmax(v[newaxis, :])[0, ::9])",
  "seed(6); S = randn(60, 50, constant=true); l = randint(0, 50, shape=(60,)); L = softmax_crossentropy(S, l); "
  "S[:] = 0; K = softmax_crossentropy(S, l); l[:] = 0; L, K",
  "seed(7); S = tensor(randn(60, 50)); l = zeros(60); L = softmax_crossentropy(S, l); g = grad(L, S); l[:] = 1; "
  "L, sum(g ** 2); h = grad(softmax_crossentropy(S, l), S); sum(h * g)",
  "seed(8); S = tensor(randn(60, 50).astype(float32)); l = randint(0, 50, shape=(60,)); "
  "L = softmax_crossentropy(S, l); backward(3 * L + L ** 2); L; sum(grad(S) ** 2); "
  "f(x) = softmax_crossentropy(x * S, l); f'(2.), f''(2.)",
  "S = ones((60, 50)); L = softmax_crossentropy(S, zeros(60)); S = softmax_crossentropy(S, 50 * ones(60))",
  "S = ones((60, 50)); softmax_crossentropy(S, ones(61))",
  /* a gradient of ones is nobody's operand */
  "x = tensor(ones(3000)); w = ones(3000) * 2; backward(sum(w * x)); g = grad(x); w[0] = 9; g[0], sum(g); g[1] = 4; "
  "w[1], x[1]",
  /* masks and branches that are not taken */
  "x = linspace(-1, 1, 4001); L = sum(where(x > 0, log(where(x > 0, x, 1)), 0)); backward(L); to_json(grad(x)[::400])",
  "x = linspace(-1, 1, 4001); backward(sum(relu(x) * maximum(x, 0.5) + abs(x))); to_json(grad(x)[::400])",
  "x = linspace(-1, 1, 4001); backward(sum(where(x > 0, sqrt(x), 0))); to_json(grad(x)[1990:2010])",
  /* element types that meet */
  "a = ones(3000, dtype=float32); b = arange(3000, dtype=int); c = (a * b + 0.5) / 3; c.dtype; "
  "sum(c), (b * 2 + 1).dtype",
  "a = arange(3000, dtype=int32); b = a * a - 7; sum(b % 5), max(b // 3), any(b == 2), sum((b > 10) & (b < 1000))",
  "a = arange(3000, dtype=uint8); sum(a + a), max(a * 3)",
  /* broadcasting, transposes, reversed and repeated windows */
  "M = arange(6000).reshape(60, 100); r = M[0]; c = M[:, :1]; N = (M - r) * c + M[::-1, ::-1]; to_json(N[::20, ::30])\n"
  "to_json((M.T * 2 + M.T)[::30, ::20]); to_json(sum(N, axis=0)[::20]); to_json(mean(N * 2, axis=1)[::20])",
  "M = tensor(arange(6000).reshape(60, 100) * 0.01); v = tensor(ones(100))\n"
  "L = sum(sum(M * v + v, axis=0) ** 2); backward(L); to_json(grad(M)[::20, ::30]); to_json(grad(v)[::20])",
  "M = tensor(arange(6000).reshape(60, 100) * 0.01)\n"
  "L = sum(sum(exp(-M * M), axis=1, keepdims=true) * sin(M)); to_json(grad(L, M)[::20, ::30]); max(M * 2), min(M - 1)",
  "M = tensor(arange(3000).reshape(10, 3, 100) * 0.01); L = sum(sum(M * M, axis=(0, 2)) ** 2); "
  "to_json(grad(L, M)[::4, :, ::50])",
  "M = tensor(sin(arange(90000)).reshape(300, 300)); N = M * M + 1; "
  "s = sum(N, axis=0), sum(N, axis=1), max(N * 2, axis=0)\n"
  "to_json(s[0][::50]), to_json(s[1][::50]), to_json(s[2][::50]), prod(N / 2, axis=1)[::50], "
  "to_json(min(-N, axis=(0, 1)))\n"
  "T = exp(M); u = sum(T, axis=1); v = T + 1; to_json(u[::50]); v[0, 0]; "
  "to_json(sum((M > 0) & (N < 1.5), axis=0)[::50])",
  "X = sin(arange(60000, constant=true)).reshape(40, 30, 50); "
  "to_json(sum(X * 2, axis=(0, 2)));to_json(mean(X.astype(float32) + 1, axis=1)[::9, ::9])\n"
  "to_json(sum(X - 1, axis=0)[::9, ::9]); to_json(max(X * X, axis=2)[::9, ::9]); "
  "to_json(sum((X * 3).T, axis=0)[::9, ::9]); any(X > 2, axis=0)[0, 0]",
  /* every order of derivative */
  "x = linspace(0, 1, 3000); f(x) = sin(x ** 2); to_json(f'(x)[::600]); to_json(f''(x)[::600]); "
  "to_json(f'''(x)[::600])",
  "x = tensor(linspace(0, 1, 3000)); g = grad(sum(exp(x) * x ** 3), x); to_json(grad(sum(g ** 2), x)[::600])",
  /* errors and warnings at the statement that causes them */
  "x = linspace(-1, 1, 3000); print(1); y = log(x); print(2); y[0]",
  "x = linspace(-1, 1, 3000, constant=true); y = sqrt(x * 2) + 1; print(2); y[0]; z = (x + 1) ** 0.5; z[0]",
  "x = ones(3000); y = x * 2; z = y + ones(2999)",
  "x = arange(3000, dtype=int); y = x // (x - 5)",
  "x = ones(3000); y = x * 2; if y > 1 { print(1) }",
  /* functions, records, comprehensions, no_autodiff */
  "w = tensor(ones(3000)); no_autodiff { w *= 2; u = w * 3 }\nu[0]; backward(sum(w * u)); grad(w)[0]; w.data -= 1; "
  "w[0]",
  "xs = [k * ones(2500) for k in range(4)]; xs.shape; sum(xs, axis=1); s = (ones(2500) * 2, {a: ones(2500) + 1}); "
  "s[1].a[0]",
  "f = custom_op((x, y) -> x * y, (g, x, y) -> (g * y, g * x)); a = tensor(ones(3000)); b = a * 2; "
  "grad(sum(f(a, b)), a)[0]",
  "x = tensor(ones(3000)); y = x * 2; clear_graph(y); y[0]; a = copy(y); a[0] = 7; y[0], a[0], shares_memory(a, y)",
  "x = ones(2500, constant=true) * 3; save(\"build/fuse_test.npy\", x + 1); load(\"build/fuse_test.npy\")[0]; "
  "str(x + 1)[:12]",
  "x = ones(2500, constant=true) * 3; r = {k: x + 1, l: (x * 2, 3)}; r2 = from_json(to_json(r)); sum(r2.k), len(r2.l)",
};

START_TEST(programs_print_the_same) {
  expect_same(programs[_i]);
}
END_TEST

START_TEST(pending_results_survive_lack_of_memory) {
  setenv("MGRAD_FUSION", "all", 1);
  ErrorKind usual = ERROR_NONE; /* of programs that fail in any case */
  for (size_t n = 0;; n = next_failure(n)) {
    Session *session = open_session();
    memory_fail_at(n, false);
    RunStatus status = run(session, programs[_i]);
    bool hit = memory_failure_hit() || n == 0;
    memory_fail_at(0, false);
    ErrorKind kind = session_error(session)->kind;
    if (n == 0) usual = kind;
    ck_assert_msg(status == RUN_OK || kind == ERROR_MEMORY || kind == usual, "%s: allocation %zu gives %s",
                  programs[_i], n, buffer_text(&session_error(session)->message));
    buffer_clear(&printed);
    ck_assert_int_eq(run(session, "x = [1, 2, 3] * 2; print(sum(x))"), RUN_OK);
    ck_assert_str_eq(buffer_text(&printed), "12\n");
    close_session(session);
    if (!hit) break;
    if (n > 200) n += n / 10; /* long programs allocate alike all along */
  }
  unsetenv("MGRAD_FUSION");
}
END_TEST

int main(void) {
  const int count = COUNT(programs);
  Suite *suite = suite_create("fuse");
  TCase *same = tcase_create("same bits"), *rest = tcase_create("memory");
  tcase_add_loop_test(same, elementwise_rows_give_the_same_bits, 0, OP_COUNT);
  tcase_add_loop_test(same, random_expressions_give_the_same_bits, 0, 60);
  tcase_add_loop_test(same, programs_print_the_same, 0, count);
  tcase_add_loop_test(rest, pending_results_survive_lack_of_memory, 0, count);
  suite_add_tcase(suite, same);
  suite_add_tcase(suite, rest);
  return run_suite(suite);
}
