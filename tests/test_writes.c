/* SPDX-License-Identifier: MIT */
/* test_writes.c: recorded writes that take over the memory of the old value change nothing that a program can see. */
#include <stdio.h>

#include "base/threads.h"
#include "tests/evaluating.h"

/* ---- the same program with copies and without */
typedef struct Setting { const char *fusion; int threads; } Setting;
static const Setting settings[] = {{"off", 1}, {"all", 1}, {"all", 3}, {"", 2}};
enum { SETTINGS = sizeof settings / sizeof *settings };

/* ---- random programs: writes, reads, views, products and gradients of two orders */
static uint64_t draw_state;

static int draw(int count) {
  draw_state = draw_state * 6364136223846793005u + 1442695040888963407u;
  return (int)((draw_state >> 33) % (unsigned)count);
}

/* i, j, k: rows; a, b: columns; n: a name of something kept.  x and y have 20 rows and 24 columns. */
static const char *const statements[] = {
  "y[@i, @a] = y[@j, @b] * 0.5 + w[@a]", "y[@i, @a] = y[@i, @a] * 0.5 + w[@b]", "y[@i, @a] = 0.25",
  "y[@i, @a] += y[@j, @b] * y[@k, @a]", "y[@i] = tanh(y[@j] * 0.3 + w)", "y[@i] = y[@i][::-1] * w", "y[@i] *= 0.9",
  "y[@i] = y[@j]", "y[@i:, @a] = y[@i:, @b] * 0.5", "y[:, @a] = y[:, @b] * w[@a]", "y[::3, @a:] *= 0.9",
  "y[::-7, ::-5] = 0.3 * y[::7, ::5]", "y[@i:@i + 2] = y[@j:@j + 1] * 0.5", "y.T[@a, @i] = w[@b]",
  "y[[@i, @j]] = w * 0.1", "y[[@i, @j, @i], [@a, @b, @a]] = y[@k, :3] * 2", "y[[@i, @k]] *= 0.9",
  "y[[@i, @j], @a] += w[@b]", "y[:, [@a, @b, @a]] = w[:3] * 0.2", "y[m] *= 0.9", "y[m] = 0.1", "y[y > 2] = w[@a]",
  "v = y[@i:@i + 3]; v[0, @a] = w[@b] * 2; @n = v * v", "@n = y[@i]", "v = @n; v[@a] = w[@b]",
  "@n = y * y", "@n = copy(y)", "@n = sum(y * y)", "@n = y[@i:@i + 2] * w", "@n = y", "@n = +y", "@n = y[@i, @a]",
  "@n = exp(y * 0.1) @@ w", "@n = y.T @@ y", "@n = y.data", "@n = detach(y)", "@n = sum(y, axis=@d)", "@n = y[m]",
  "y *= 0.99", "y = y + 0.01 * x", "y = 0.5 * x + y * y * 0.01", "z = y; z[@i, @a] = z[@j, @b] * w[@a]",
  "no_autodiff { y[@i, @a] = 3 }", "y.data = y.data * 0.9", "x[@i, @a] = w[@b]", "w[@a] = w[@b] * 0.5", "@n = x * y",
  "def f(t, s) { t[@i, 1] = t[@i, 0] * s; t[@j] = t[@j] * t[@i]; return sum(t[@i] * t[@j]) }\n@n = f(y, w[@a])",
  "def f(t) { u = t * 1; for r in range(5) { u[r + 1, @a] = u[r, @a] * u[r, @b] }\nreturn u }\n@n = f(y)",
  "for r in range(9) { y[r + 1] = sin(y[r] * w) }",
  "for r in range(40) { y[@i, r % 24] = y[@j, (r + 1) % 24] * 0.5 + r }",
  "backward(sum(y * y)); to_json((grad(x)[::6, ::5], grad(y)[@i], grad(w)))",
  "backward(sum(y) + sum(@n), accumulate=true); to_json((grad(x)[@i], grad(y)[:, @a]))",
  "clear_graph(y); x = tensor(detach(x)); y = x * 1; k0 = y * y; k1 = y; k2 = x @@ w; k3 = y[2]; k4 = x",
  "backward(sum(y * y), create_graph=true); @n = grad(x) * y",
  "@n = grad(sum(y * y * y), x) * y", "@n = grad(sum(@n * @n), x); to_json(@n[@i])",
  "g = grad(sum(exp(y * 0.05)), (x, w)); to_json((g[0][@i], g[1]))", "to_json((y[@i], y[:, @a]))", "to_json(sum(@n))",
};

static void add_statement(Buffer *code, const char *statement) {
  int rows[3] = {draw(17), draw(17), draw(17)}, columns[2] = {draw(23), draw(23)}, name = draw(5);
  for (; *statement; statement++) {
    if (*statement != '@') {
      buffer_add(code, statement, 1);
      continue;
    }
    char kind = *++statement;
    if (kind >= 'i' && kind <= 'k') buffer_format(code, "%d", rows[kind - 'i']);
    else if (kind == 'a' || kind == 'b') buffer_format(code, "%d", columns[kind - 'a']);
    else if (kind == 'd') buffer_format(code, "%d", rows[0] % 2);
    else if (kind == 'n') buffer_format(code, "k%d", name);
    else buffer_add(code, "@", 1);
  }
  buffer_add_text(code, "\n");
}

/* Every statement is a program of its own, so that one that fails does not end the others. */
static char *random_output(const Setting *setting, const Buffer *lines, size_t count, size_t *good) {
  setenv("MGRAD_FUSION", setting->fusion, 1);
  threads_set_count(setting->threads);
  Session *session = open_session();
  *good = 0;
  for (size_t i = 0; i < count; i++) {
    if (run(session, buffer_text(&lines[i])) == RUN_OK) ++*good;
    else buffer_format(&printed, "%s\n", buffer_text(&session_error(session)->message));
  }
  char *text = strdup(buffer_text(&printed));
  close_session(session);
  unsetenv("MGRAD_FUSION");
  return text;
}

enum { STATEMENTS = 22, LINES = STATEMENTS + 2, PROGRAMS = 25, ROUNDS = 3 };

static void write_program(Buffer lines[LINES], int seed) {
  draw_state = (uint64_t)seed * 7919 + 13;
  buffer_format(&lines[0], "seed(%d); x = tensor(randn(20, 24)); w = tensor(randn(24)); y = x * 1.5\n"
                           "m = randn(20, 24, constant=true) > 1.5; k0 = x * 1; k1 = x @ w; k2 = y * y; k3 = y * w; "
                           "k4 = y[3]", seed);
  for (int i = 1; i <= STATEMENTS; i++)
    add_statement(&lines[i], statements[draw(sizeof statements / sizeof *statements)]);
  buffer_add_text(&lines[LINES - 1],
                  "L = sum(y * y * y) + sum(k0 * k0) + sum(k1) * 0.5 + sum(k2 * k2) + sum(k3) + sum(k4 * k4)\n"
                  "g = grad(L, (x, w)); h = grad(sum(g[0] * g[0]) + sum(g[1] * g[1]), (x, w))\n"
                  "backward(L); backward(L); to_json((L, g, h, grad(x), grad(y), grad(w), k0, "
                  "k1, k2, k3, k4, y, x, w))");
}

/* WRITES_ROUNDS=1000 for a long run. */
START_TEST(random_programs_print_the_same) {
  size_t good, all_good = 0, others;
  for (int program = 0; program < PROGRAMS; program++) {
    Buffer lines[LINES] = {{0}};
    write_program(lines, _i * PROGRAMS + program);
    char *expected = random_output(&settings[0], lines, LINES, &good);
    all_good += good;
    for (int i = 1; i < SETTINGS; i++) {
      char *text = random_output(&settings[i], lines, LINES, &others);
      if (strcmp(expected, text) != 0) {
        for (int line = 0; line < LINES; line++) printf("%s\n", buffer_text(&lines[line]));
        size_t at = 0;
        while (text[at] == expected[at]) at++;
        ck_abort_msg("seed %d, fusion `%s`, %d threads, at %zu:\n%.300s\nexpected:\n%.300s", _i * PROGRAMS + program,
                     settings[i].fusion, settings[i].threads, at, text + at, expected + at);
      }
      free(text);
    }
    free(expected);
    for (int line = 0; line < LINES; line++) buffer_free(&lines[line]);
  }
  ck_assert_uint_gt(all_good, PROGRAMS * LINES * 9 / 10); /* most statements work */
}
END_TEST

int main(void) {
  const char *wanted = getenv("WRITES_ROUNDS");
  Suite *suite = suite_create("writes");
  TCase *same = tcase_create("same bits");
  tcase_add_loop_test(same, random_programs_print_the_same, 0, wanted ? atoi(wanted) : ROUNDS);
  suite_add_tcase(suite, same);
  return run_suite(suite);
}
