/* SPDX-License-Identifier: MIT */
/* test_plot_terminal.c: plots on a pseudo-terminal: they fit its window, and its colours and characters are respected.

   The program under test is the mgrad beside this test's folder. */
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/text.h"
#include "tests/suite.h"

enum { SCREEN = 1 << 18, PATIENCE_MS = 20000 };

static char program[4096], seen[SCREEN];

typedef struct Surroundings { const char *term, *locale, *no_colour; int rows, columns; } Surroundings;

static void run_program(const Surroundings *around, const char *code) {
  setenv("TERM", around->term, 1);
  setenv("LC_ALL", around->locale, 1);
  if (around->no_colour) setenv("NO_COLOR", around->no_colour, 1);
  else unsetenv("NO_COLOR");
  execl(program, program, "-n", "-e", code, (char *)NULL);
  _exit(127);
}

/* All that the program writes on a terminal of this kind. */
static const char *output_of(const Surroundings *around, const char *code) {
  struct winsize size = {.ws_row = (unsigned short)around->rows, .ws_col = (unsigned short)around->columns};
  size_t length = 0;
  int file, status;
  pid_t process = forkpty(&file, NULL, NULL, &size);
  ck_assert_int_ge(process, 0);
  if (process == 0) run_program(around, code);
  for (;;) {
    struct pollfd input = {.fd = file, .events = POLLIN};
    if (poll(&input, 1, PATIENCE_MS) <= 0) break;
    ssize_t count = read(file, seen + length, sizeof seen - 1 - length);
    if (count <= 0) break;
    length += (size_t)count;
  }
  seen[length] = '\0';
  close(file);
  ck_assert_int_eq(waitpid(process, &status, 0), process);
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d: %s", status, seen);
  return seen;
}

/* The number of lines; none may be wider than the window. */
static int count_lines(const char *text, int columns) {
  int lines = 0;
  for (const char *end; (end = strchr(text, '\n')); text = end + 1, lines++) {
    char line[4096];
    size_t length = (size_t)(end - text);
    ck_assert_uint_lt(length, sizeof line);
    if (length && text[length - 1] == '\r') length--;
    memcpy(line, text, length);
    line[length] = '\0';
    ck_assert_msg((int)text_columns(line) <= columns, "%s", line);
  }
  return lines;
}

START_TEST(plots_fit_the_window) {
  Surroundings around = {"xterm-256color", "C.UTF-8", "1", 20, 50};
  ck_assert_int_eq(count_lines(output_of(&around, "plot(sin, cos, title=\"waves\", xlabel=\"x\")"), 50), 18);
  ck_assert_ptr_nonnull(strstr(seen, "waves"));
  around.rows = 200;
  around.columns = 300;
  ck_assert_int_eq(count_lines(output_of(&around, "heatmap((x, y) -> x * y)"), 120), 32);
}
END_TEST

START_TEST(colours_are_there_unless_unwanted) {
  Surroundings around = {"xterm-256color", "C.UTF-8", NULL, 24, 80};
  ck_assert_ptr_nonnull(strstr(output_of(&around, "heatmap((x, y) -> x * y)"), "\x1b[48;5;"));
  around.no_colour = "1";
  ck_assert_ptr_null(strchr(output_of(&around, "heatmap((x, y) -> x * y); plot(sin)"), '\x1b'));
}
END_TEST

static bool is_ascii(const char *text) {
  for (; *text; text++)
    if ((unsigned char)*text >= 0x80 || *text == '\x1b') return false;
  return true;
}

START_TEST(simple_terminals_get_plain_text) {
  Surroundings dumb = {"dumb", "C.UTF-8", NULL, 24, 80}, latin = {"xterm", "de_DE.ISO-8859-1", "1", 24, 80};
  ck_assert(is_ascii(output_of(&dumb, "plot(sin); heatmap((x, y) -> x); animate(k -> print(k), 3)")));
  ck_assert_ptr_null(strstr(seen, "\n1\r"));
  ck_assert(is_ascii(output_of(&latin, "plot(sin); heatmap((x, y) -> x); table([1], headings=(\"n\",))")));
}
END_TEST

START_TEST(animations_stay_in_place) {
  Surroundings around = {"xterm", "C.UTF-8", "1", 24, 80};
  const char *text = output_of(&around, "animate(k -> plot([k, 1], size=(20, 8)), 3, pause=0)");
  int ups = 0;
  for (const char *up = text; (up = strstr(up, "\x1b[8A\r\x1b[J")); up++) ups++;
  ck_assert_int_eq(ups, 2);
}
END_TEST

/* build/MODE/tests/test_plot_terminal -> build/MODE/mgrad */
static bool find_program(const char *self) {
  if (!realpath(self, program)) return false;
  for (int k = 0; k < 2; k++) *strrchr(program, '/') = '\0';
  strcat(program, "/mgrad");
  return access(program, X_OK) == 0;
}

int main(int count, char **words) {
  if (count < 1 || !find_program(words[0]))
    return fprintf(stderr, "%s: there is no such program\n", program), EXIT_FAILURE;
  Suite *suite = suite_create("plots on a terminal");
  TCase *all = tcase_create("all");
  tcase_add_test(all, plots_fit_the_window);
  tcase_add_test(all, colours_are_there_unless_unwanted);
  tcase_add_test(all, simple_terminals_get_plain_text);
  tcase_add_test(all, animations_stay_in_place);
  suite_add_tcase(suite, all);
  return run_suite(suite);
}
