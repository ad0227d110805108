/* SPDX-License-Identifier: MIT */
/* test_prompt.c: the prompt on a pseudo-terminal: editing, history, completion, Ctrl-C.

   The program under test is the mgrad beside this test's folder.  Nothing sleeps: every step waits for the text it
   expects, up to a generous limit. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SCREEN = 1 << 18, PATIENCE_MS = 20000 };

static char program[4096], home[] = "/tmp/mgrad-prompt-XXXXXX";

typedef struct Terminal {
  int file;
  pid_t process;
  char seen[SCREEN]; /* output since the last step, without control sequences */
  size_t length;
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

static void start(void) {
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  terminal.length = 0;
  terminal.seen[0] = '\0';
  terminal.process = forkpty(&terminal.file, NULL, NULL, &size);
  ck_assert_int_ge(terminal.process, 0);
  if (terminal.process == 0) {
    set_environment();
    signal(SIGINT, SIG_DFL);
    execl(program, program, "-q", (char *)NULL);
    _exit(127);
  }
}

/* Drops CSI and OSC sequences and carriage returns from what has been read. */
static void keep_text(const char *bytes, size_t count) {
  static enum { PLAIN, ESCAPE, CSI, OSC } state;
  for (size_t k = 0; k < count && terminal.length < SCREEN - 1; k++) {
    char byte = bytes[k];
    if (state == PLAIN && byte == '\033') state = ESCAPE;
    else if (state == ESCAPE) state = byte == '[' ? CSI : byte == ']' ? OSC : PLAIN;
    else if (state == CSI) state = byte >= '@' && byte <= '~' ? PLAIN : CSI;
    else if (state == OSC) state = byte == '\a' ? PLAIN : OSC;
    else if (byte != '\r') terminal.seen[terminal.length++] = byte;
  }
  terminal.seen[terminal.length] = '\0';
}

static bool read_more(void) {
  struct pollfd input = {.fd = terminal.file, .events = POLLIN};
  if (poll(&input, 1, PATIENCE_MS) <= 0) return false;
  char bytes[4096];
  ssize_t count = read(terminal.file, bytes, sizeof bytes);
  if (count <= 0) return false;
  keep_text(bytes, (size_t)count);
  return true;
}

/* Waits until the text has been shown; what was shown up to its end is dropped. */
static void expect(const char *text) {
  char *found;
  while (!(found = strstr(terminal.seen, text)))
    if (!read_more()) ck_abort_msg("waited for `%s`, saw `%s`", text, terminal.seen);
  size_t used = (size_t)(found - terminal.seen) + strlen(text);
  memmove(terminal.seen, terminal.seen + used, terminal.length - used + 1);
  terminal.length -= used;
}

static void type(const char *keys) {
  size_t length = strlen(keys);
  ck_assert_int_eq(write(terminal.file, keys, length), (ssize_t)length);
}

static void finish(int status) {
  int got = 0;
  while (read_more()) continue;
  ck_assert_int_eq(waitpid(terminal.process, &got, 0), terminal.process);
  close(terminal.file);
  ck_assert_msg(WIFEXITED(got) && WEXITSTATUS(got) == status, "the prompt ended with status %d", got);
}

/* Ctrl-D at the prompt; typed earlier, it would reach the terminal while it is not ours and be lost. */
static void leave(void) {
  expect("mg> ");
  type("\004");
  finish(0);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

START_TEST(values_are_shown_and_remembered) {
  start();
  expect("mg> ");
  type("6 * 7\r");
  expect("\n42\n");
  expect("mg> ");
  type("_ + 0.5\r");
  expect("\n42.5\n");
  expect("mg> ");
  type("5;\r");
  type("\"end\"\r");
  expect("\"end\"\n");
  ck_assert_ptr_null(strstr(terminal.seen, "\n5\n"));
  leave();
}
END_TEST

START_TEST(enter_continues_an_open_block) {
  start();
  expect("mg> ");
  type("def f(x) {\r");
  type("return 2x\r");
  type("}\r");
  expect("mg> ");
  type("f(21)\r");
  expect("\n42\n");
  leave();
}
END_TEST

START_TEST(up_brings_a_whole_block_back) {
  start();
  expect("mg> ");
  type("for i in range(2) {\rprint(\"row\", i)\r}\r");
  expect("row 0\n");
  expect("row 1\n");
  expect("mg> ");
  type("\033[A\r");
  expect("row 0\n");
  expect("row 1\n");
  leave();
}
END_TEST

START_TEST(an_empty_line_forces_submission) {
  start();
  expect("mg> ");
  type("print((1 +\r\r");
  expect("error: ");
  expect("mg> ");
  type("1 + 1\r");
  expect("\n2\n");
  leave();
}
END_TEST

START_TEST(control_c_drops_the_line) {
  start();
  expect("mg> ");
  type("abc");
  expect("abc");
  type("\003");
  expect("^C");
  expect("mg> ");
  type("2 + 3\r");
  expect("\n5\n");
  leave();
}
END_TEST

START_TEST(control_c_stops_a_loop_and_keeps_the_session) {
  start();
  expect("mg> ");
  type("n = 0\r");
  expect("mg> ");
  type("print(\"go\"); while true { n += 1 }\r");
  expect("\ngo\n");
  double asked = seconds();
  type("\003");
  expect("interrupted after");
  ck_assert_msg(seconds() - asked < 2, "the loop went on for %.2f s", seconds() - asked);
  expect("mg> ");
  type("n >= 0\r");
  expect("\ntrue\n");
  leave();
}
END_TEST

START_TEST(control_c_stops_one_long_operation) {
  start();
  expect("mg> ");
  type("A = ones((3000, 3000), constant=true); print(\"go\"); for i in range(1000) { B = A @ A }\r");
  expect("\ngo\n");
  type("\003");
  expect("interrupted after");
  expect("mg> ");
  type("A.shape\r");
  expect("(3000, 3000)");
  leave();
}
END_TEST

START_TEST(tab_completes_names_and_keywords) {
  start();
  expect("mg> ");
  type("arcta\t");
  expect("arctanh");
  expect("mg> arctan");
  type("\003");
  expect("^C");
  expect("mg> ");
  type("sum([[1, 2], [3, 4]], keepd\ttrue, axis=0)\r");
  expect("keepdims=");
  expect("[[4, 6]]");
  type("\\alpha\t = 3\r");
  expect("α");
  expect("mg> ");
  type("α\r");
  expect("\n3\n");
  leave();
}
END_TEST

START_TEST(a_pasted_block_runs_at_once) {
  start();
  expect("mg> ");
  type("\033[200~a = 4\nb = 5\na * b\n\033[201~\r");
  expect("\n20\n");
  leave();
}
END_TEST

START_TEST(pasted_prompts_are_stripped) {
  start();
  expect("mg> ");
  type("\033[200~mg> a = 4\nmg> a + 100\n999\n\033[201~\r");
  expect("\n104\n");
  leave();
}
END_TEST

START_TEST(history_lasts_and_is_private) {
  start();
  expect("mg> ");
  type("12345 + 1\r");
  expect("\n12346\n");
  leave();
  char path[4200];
  snprintf(path, sizeof path, "%s/mgrad/history", home);
  struct stat status;
  ck_assert_int_eq(stat(path, &status), 0);
  ck_assert_int_eq(status.st_mode & 0777, 0600);
  start();
  expect("mg> ");
  type("\033[A");
  expect("12345 + 1");
  type("\r");
  expect("\n12346\n");
  leave();
}
END_TEST

START_TEST(reverse_search_finds_an_input) {
  start();
  expect("mg> ");
  type("99 * 2\r");
  expect("\n198\n");
  expect("mg> ");
  type("1 + 1\r");
  expect("\n2\n");
  expect("mg> ");
  type("\022" "99");
  expect("99 * 2");
  type("\r");
  expect("\n198\n");
  leave();
}
END_TEST

START_TEST(a_new_size_of_the_window_is_survived) {
  start();
  expect("mg> ");
  struct winsize size = {.ws_row = 10, .ws_col = 40};
  ioctl(terminal.file, TIOCSWINSZ, &size);
  type("3 + 4\r");
  expect("\n7\n");
  leave();
}
END_TEST

START_TEST(quit_gives_its_status) {
  start();
  expect("mg> ");
  type("quit(3)\r");
  finish(3);
}
END_TEST

START_TEST(commands_begin_with_a_colon) {
  start();
  expect("mg> ");
  type("x = tensor([1, 2])\r");
  expect("mg> ");
  type(":va\r");
  expect("(2,)");
  expect("mg> ");
  type(":vasr\r");
  expect("did you mean `:vars`?");
  type("?sin\r");
  expect("Sine");
  leave();
}
END_TEST

/* The program lies in the folder above this test: build/MODE/tests/test_prompt -> build/MODE/mgrad. */
static bool find_program(void) {
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 16);
  if (length <= 0) return false;
  program[length] = '\0';
  for (int k = 0; k < 2; k++) *strrchr(program, '/') = '\0';
  strcat(program, "/mgrad");
  return true;
}

int main(void) {
  if (!find_program() || !mkdtemp(home)) return perror("mkdtemp"), 1;
  Suite *suite = suite_create("prompt");
  TCase *tests = tcase_create("prompt");
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, values_are_shown_and_remembered);
  tcase_add_test(tests, enter_continues_an_open_block);
  tcase_add_test(tests, up_brings_a_whole_block_back);
  tcase_add_test(tests, an_empty_line_forces_submission);
  tcase_add_test(tests, control_c_drops_the_line);
  tcase_add_test(tests, control_c_stops_a_loop_and_keeps_the_session);
  tcase_add_test(tests, control_c_stops_one_long_operation);
  tcase_add_test(tests, tab_completes_names_and_keywords);
  tcase_add_test(tests, a_pasted_block_runs_at_once);
  tcase_add_test(tests, pasted_prompts_are_stripped);
  tcase_add_test(tests, history_lasts_and_is_private);
  tcase_add_test(tests, reverse_search_finds_an_input);
  tcase_add_test(tests, a_new_size_of_the_window_is_survived);
  tcase_add_test(tests, quit_gives_its_status);
  tcase_add_test(tests, commands_begin_with_a_colon);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  char command[4200];
  snprintf(command, sizeof command, "rm -rf '%s'", home);
  return system(command) != 0 || failures != 0;
}
