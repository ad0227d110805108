/* SPDX-License-Identifier: MIT */
/* terminal.h: what the tests of the prompt share: the program on a pseudo-terminal.

   The program under test is the mgrad beside this test's folder.  No step takes a time of its own: each waits for the
   text it expects, or for the program to wait, up to a generous limit. */
#ifndef MGRAD_TESTS_TERMINAL_H
#define MGRAD_TESTS_TERMINAL_H
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/suite.h"

enum { SCREEN = 1 << 18, PATIENCE_MS = 40000 };

static char program[4096], home[] = "/tmp/mgrad-prompt-XXXXXX";

typedef struct Terminal {
  int file;
  pid_t process;
  enum { PLAIN, ESCAPE, CSI, OSC } state; /* of the output: inside of a control sequence, or outside */
  char seen[SCREEN]; /* output since the last step, without control sequences */
  size_t length;
  char raw[SCREEN];  /* all output since `forget`, as it came */
  size_t raw_length;
} Terminal;
static Terminal terminal;

static void set_environment(void) {
  setenv("TERM", "xterm", 1);
  setenv("HOME", home, 1);
  setenv("XDG_STATE_HOME", home, 1);
  setenv("XDG_CONFIG_HOME", home, 1);
  setenv("INPUTRC", "/dev/null", 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  setenv("NO_COLOR", "1", 1);
  unsetenv("MGRAD_HISTORY");
}

/* Starts the prompt with more variables ("NAME=value", or "NAME" to unset one; NULL ends them) and one more option. */
__attribute__((unused)) static void start_with(const char *const *variables, const char *option, const char *argument) {
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  terminal.state = PLAIN;
  terminal.length = terminal.raw_length = 0;
  terminal.raw[0] = '\0';
  terminal.seen[0] = '\0';
  terminal.process = forkpty(&terminal.file, NULL, NULL, &size);
  ck_assert_int_ge(terminal.process, 0);
  if (terminal.process == 0) {
    set_environment();
    for (; variables && *variables; variables++)
      if (strchr(*variables, '=')) putenv((char *)(uintptr_t)*variables);
      else unsetenv(*variables);
    signal(SIGINT, SIG_DFL);
    execl(program, program, "-q", option, argument, (char *)NULL);
    _exit(127);
  }
}

__attribute__((unused)) static void start(void) { start_with(NULL, NULL, NULL); }

/* Drops CSI and OSC sequences and carriage returns from what has been read. */
static void keep_text(const char *bytes, size_t count) {
  for (size_t k = 0; k < count && terminal.length < SCREEN - 1; k++) {
    char byte = bytes[k];
    if (terminal.state == PLAIN && byte == '\033') terminal.state = ESCAPE;
    else if (terminal.state == ESCAPE) terminal.state = byte == '[' ? CSI : byte == ']' ? OSC : PLAIN;
    else if (terminal.state == CSI) terminal.state = byte >= '@' && byte <= '~' ? PLAIN : CSI;
    else if (terminal.state == OSC) terminal.state = byte == '\a' ? PLAIN : OSC;
    else if (byte != '\r' && byte != '\0') terminal.seen[terminal.length++] = byte;
  }
  terminal.seen[terminal.length] = '\0';
}

static void keep_raw(const char *bytes, size_t count) {
  if (terminal.raw_length + count >= SCREEN) terminal.raw_length = 0;
  memcpy(terminal.raw + terminal.raw_length, bytes, count);
  terminal.raw_length += count;
  terminal.raw[terminal.raw_length] = '\0';
}

static bool read_more(void) {
  struct pollfd input = {.fd = terminal.file, .events = POLLIN};
  if (poll(&input, 1, PATIENCE_MS) <= 0) return false;
  char bytes[4096];
  ssize_t count = read(terminal.file, bytes, sizeof bytes);
  if (count <= 0) return false;
  keep_raw(bytes, (size_t)count);
  keep_text(bytes, (size_t)count);
  return true;
}

/* Waits until the text has been shown; what was shown up to its end is dropped. */
__attribute__((unused)) static void expect(const char *text) {
  char *found;
  while (!(found = strstr(terminal.seen, text)))
    if (!read_more()) ck_abort_msg("waited for `%s`, saw `%.800s`", text, terminal.seen);
  size_t used = (size_t)(found - terminal.seen) + strlen(text);
  memmove(terminal.seen, terminal.seen + used, terminal.length - used + 1);
  terminal.length -= used;
}

/* Waits until the program waits: what it asked for has been shown, but it may not have come to read the answer. */
__attribute__((unused)) static void expect_waiting(void) {
  char path[64], status[512];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)terminal.process);
  for (int k = 0; k < PATIENCE_MS; k++) {
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(status, 1, sizeof status - 1, file) : 0;
    if (file) fclose(file);
    status[length] = '\0';
    const char *state = strrchr(status, ')');
    if (!state || state[2] == 'S') return;
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
}

/* No line of what was shown before `end` is wider than the screen. */
__attribute__((unused)) static void expect_narrow(size_t columns, const char *end) {
  while (!strstr(terminal.seen, end))
    if (!read_more()) ck_abort_msg("waited for `%s`, saw `%.800s`", end, terminal.seen);
  for (const char *line = terminal.seen, *limit = strstr(line, end); line < limit;) {
    size_t length = strcspn(line, "\n");
    ck_assert_msg(length <= columns, "a line of %zu columns: `%.*s`", length, (int)length, line);
    line += length + 1;
  }
  expect(end);
}

/* The same for what came as it was, control sequences included; nothing is dropped. */
__attribute__((unused)) static void expect_raw(const char *bytes) {
  while (!strstr(terminal.raw, bytes))
    if (!read_more()) ck_abort_msg("waited for `%s`, saw `%.800s`", bytes, terminal.raw);
}

__attribute__((unused)) static void forget(void) {
  terminal.raw_length = 0;
  terminal.raw[0] = '\0';
}

__attribute__((unused)) static void type(const char *keys) {
  size_t length = strlen(keys);
  ck_assert_int_eq(write(terminal.file, keys, length), (ssize_t)length);
}

__attribute__((unused)) static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

__attribute__((unused)) static void finish(int status) {
  int got = 0;
  while (read_more()) continue;
  double patience = seconds() + PATIENCE_MS / 1e3;
  while (waitpid(terminal.process, &got, WNOHANG) == 0)
    if (seconds() > patience) kill(terminal.process, SIGKILL);
  close(terminal.file);
  ck_assert_msg(WIFEXITED(got) && WEXITSTATUS(got) == status, "the prompt ended with status %d", got);
}

/* Ctrl-D at the prompt.  The prompt may have been drawn more than once, and a key that comes while the terminal is not
   the prompt's is lost: so Ctrl-D is typed again while nothing happens. */
__attribute__((unused)) static void leave(void) {
  int status = 0;
  expect("mg> ");
  double again = seconds(), patience = again + PATIENCE_MS / 1e3;
  while (waitpid(terminal.process, &status, WNOHANG) == 0) {
    struct pollfd output = {.fd = terminal.file, .events = POLLIN};
    if (seconds() >= again && write(terminal.file, "\004", 1) == 1) again = seconds() + 1;
    if (seconds() > patience) kill(terminal.process, SIGKILL);
    if (poll(&output, 1, 20) > 0) read_more();
  }
  while (read_more()) continue;
  close(terminal.file);
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the prompt ended with status %d", status);
}

/* The program lies in the folder above this test: build/MODE/tests/test_prompt -> build/MODE/mgrad. */
static bool find_program(void) {
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 16);
  if (length <= 0) return false;
  program[length] = '\0';
  for (int k = 0; k < 2; k++) *strrchr(program, '/') = '\0';
  strcat(program, "/mgrad");
  return true;
}

/* Ctrl-C: what is typed is dropped, and a new prompt follows. */
__attribute__((unused)) static void cancel(void) {
  type("\003");
  expect("^C");
}

/* Enters an input; its echo ends before its output begins. */
__attribute__((unused)) static void enter(const char *text) {
  expect("mg> ");
  type(text);
  type("\r");
}

/* Runs the tests in a home of their own. */
static int run_terminal_tests(const char *name, TCase *tests) {
  if (!find_program() || !mkdtemp(home)) return perror("mkdtemp"), 1;
  Suite *suite = suite_create(name);
  suite_add_tcase(suite, tests);
  int status = run_suite(suite);
  char command[4200];
  snprintf(command, sizeof command, "rm -rf '%s'", home);
  return system(command) != 0 ? EXIT_FAILURE : status;
}

#endif
