/* SPDX-License-Identifier: MIT */
/* test_prompt_signals.c: history of several sessions, signals, progress: what happens around an input. */
#include "tests/terminal.h"

static char *read_history(char *text, size_t room) {
  char path[4200];
  snprintf(path, sizeof path, "%s/mgrad/history", home);
  FILE *file = fopen(path, "r");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, room - 1, file)] = '\0';
  fclose(file);
  return text;
}

static void remove_history(void) {
  char path[4200];
  snprintf(path, sizeof path, "%s/mgrad/history", home);
  unlink(path);
}

START_TEST(two_sessions_lose_nothing) {
  static char text[65536];
  static Terminal other;
  remove_history();
  start();
  enter("first + 1");
  expect("unknown name");
  other = terminal;
  start();
  enter("second + 1");
  expect("unknown name");
  Terminal second = terminal;
  terminal = other;
  enter("third + 1");
  expect("unknown name");
  leave();
  terminal = second;
  enter("fourth + 1");
  expect("unknown name");
  leave();
  read_history(text, sizeof text);
  ck_assert_ptr_nonnull(strstr(text, "first + 1\n"));
  ck_assert_ptr_nonnull(strstr(text, "second + 1\n"));
  ck_assert_ptr_nonnull(strstr(text, "third + 1\n"));
  ck_assert_ptr_nonnull(strstr(text, "fourth + 1\n"));
}
END_TEST

/* An input is in the file before it runs: nothing that happens then can lose it. */
START_TEST(a_killed_session_has_kept_its_input) {
  static char text[65536];
  int status;
  remove_history();
  start();
  enter("print(\"go\"); while true { 54321 }");
  expect("\ngo\n");
  kill(terminal.process, SIGKILL);
  waitpid(terminal.process, &status, 0);
  close(terminal.file);
  ck_assert_ptr_nonnull(strstr(read_history(text, sizeof text), "54321"));
}
END_TEST

static void expect_death(int number) {
  int status;
  start();
  enter("77 + 1");
  expect("\n78\n");
  expect("mg> ");
  type("not finished");
  expect("not finished");
  kill(terminal.process, number);
  while (read_more()) continue;
  ck_assert_int_eq(waitpid(terminal.process, &status, 0), terminal.process);
  close(terminal.file);
  ck_assert_msg((WIFSIGNALED(status) && WTERMSIG(status) == number) || WIFEXITED(status), "status %d", status);
}

START_TEST(deadly_signals_leave_the_history_whole) {
  static char text[65536];
  remove_history();
  expect_death(SIGTERM);
  expect_death(SIGHUP);
  ck_assert_ptr_nonnull(strstr(read_history(text, sizeof text), "77 + 1\n"));
}
END_TEST

START_TEST(a_block_comes_back_in_another_session) {
  remove_history();
  start();
  enter("\033[200~def k(x) {\n#1 is no time stamp\n\n  return x + 1000\n}\033[201~");
  leave();
  start();
  expect("mg> ");
  type("\033[A");
  expect("#1 is no time stamp");
  expect("return x + 1000");
  type("\r");
  enter("k(1)");
  expect("\n1001\n");
  leave();
}
END_TEST

START_TEST(up_looks_for_inputs_that_begin_alike) {
  remove_history();
  start();
  enter("alpha = 41");
  enter("beta = 2");
  enter("gamma_ = 3");
  expect("mg> ");
  type("al\033[A");
  expect("alpha = 41");
  type("\005 + 1; alpha\r");
  expect("\n42\n");
  leave();
}
END_TEST

static void expect_one_warning(const char *name, const char *path, const char *seen) {
  char variable[6000];
  snprintf(variable, sizeof variable, "%s=%s", name, path);
  start_with((const char *const[]){variable, NULL}, NULL, NULL);
  expect("warning: the history cannot be kept in `");
  expect(seen);
  enter("1 + 1");
  expect("\n2\n");
  enter("2 + 2");
  expect("\n4\n");
  ck_assert_ptr_null(strstr(terminal.seen, "warning"));
  leave();
}

START_TEST(a_history_that_cannot_be_written_is_one_warning) {
  char longest[5000];
  memset(longest, 'x', sizeof longest - 1);
  longest[0] = '/';
  longest[sizeof longest - 1] = '\0';
  expect_one_warning("MGRAD_HISTORY", home, home); /* a folder */
  expect_one_warning("MGRAD_HISTORY", "/proc/mgrad/history", "/proc/mgrad/history");
  expect_one_warning("MGRAD_HISTORY", longest, strerror(ENAMETOOLONG));
  expect_one_warning("XDG_STATE_HOME", longest, strerror(ENAMETOOLONG));
}
END_TEST

START_TEST(a_hostile_history_is_only_text) {
  char path[4200], variable[4300];
  snprintf(path, sizeof path, "%s/hostile", home);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs("#99\n\033]0;evil\007\033[31mred\n#\n\xff\xfe\n#999999999999999999999\n", file);
  for (int k = 0; k < 1500; k++) fputc('x', file);
  fputs("\n\033[2J\n", file);
  fclose(file);
  snprintf(variable, sizeof variable, "MGRAD_HISTORY=%s", path);
  start_with((const char *const[]){variable, NULL}, NULL, NULL);
  forget();
  enter(":history");
  enter("5 + 5");
  expect("\n10\n");
  expect("mg> ");
  type("\033[A\033[A\033[A");
  expect("xxxx");
  cancel();
  enter("6 + 6");
  expect("\n12\n");
  ck_assert_ptr_null(strstr(terminal.raw, "\033]0;evil"));
  ck_assert_ptr_null(strstr(terminal.raw, "\033[2J"));
  leave();
}
END_TEST

START_TEST(the_users_own_beginning_runs_first) {
  char folder[4200], path[4300];
  snprintf(folder, sizeof folder, "%s/mgrad", home);
  snprintf(path, sizeof path, "%s/init.mg", folder);
  mkdir(folder, 0700);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs("half(x) = x / 2\nno_such_name\n", file);
  fclose(file);
  start();
  expect("unknown name `no_such_name`");
  enter("half(3)");
  expect("\n1.5\n");
  leave();
  start_with(NULL, "-n", NULL);
  enter("half(3)");
  expect("unknown function `half`");
  leave();
  unlink(path);
}
END_TEST

START_TEST(history_can_be_off) {
  start_with((const char *const[]){"MGRAD_HISTORY=", NULL}, NULL, NULL);
  enter("4 + 4");
  expect("\n8\n");
  leave();
}
END_TEST

START_TEST(a_new_width_is_used) {
  struct winsize size = {.ws_row = 20, .ws_col = 40};
  start();
  expect("mg> ");
  ioctl(terminal.file, TIOCSWINSZ, &size);
  kill(terminal.process, SIGWINCH);
  type("arange(20) + 0.25\r");
  expect("[ 0.25,");
  leave();
}
END_TEST

/* However often it is pressed, Ctrl-C never ends the session. */
START_TEST(control_c_again_and_again) {
  start();
  enter("print(\"go\"); while true { }");
  expect("\ngo\n");
  type("\003");
  expect("interrupted after");
  expect("mg> ");
  for (int k = 0; k < 5; k++) {
    type("abc");
    expect("abc");
    cancel();
    expect("mg> ");
  }
  type("6 * 7\r");
  expect("\n42\n");
  leave();
}
END_TEST

/* The terminal drops what it has not delivered when Ctrl-C comes, here the rest of a key. */
START_TEST(control_c_in_the_middle_of_a_key) {
  start();
  enter("1 + 1");
  expect("\n2\n");
  for (int k = 0; k < 20; k++) {
    expect("mg> ");
    type(k % 2 ? "ab\033" : "\033[A\033");
    if (k % 3 == 0) expect(k % 2 ? "ab" : "1 + 1");
    type("\003");
    expect("^C");
  }
  enter("6 * 7");
  expect("\n42\n");
  leave();
}
END_TEST

/* Back from the background the line that was being typed is there again. */
START_TEST(a_stopped_session_goes_on) {
  int status;
  start();
  for (int k = 0; k < 5; k++) {
    expect("mg> ");
    type("12 +");
    expect("12 +");
    kill(terminal.process, SIGSTOP); /* SIGTSTP stops no process without a shell */
    ck_assert_int_eq(waitpid(terminal.process, &status, WUNTRACED), terminal.process);
    ck_assert(WIFSTOPPED(status));
    forget();
    kill(terminal.process, SIGCONT);
    expect("12 +");
    type(" 30\r");
    expect("\n42\n");
  }
  leave();
}
END_TEST

/* Stopped and continued while it computes, it draws the next prompt once. */
START_TEST(a_stopped_computation_goes_on) {
  int status;
  start();
  enter("print(\"go\"); while true { }");
  expect("\ngo\n");
  kill(terminal.process, SIGSTOP);
  ck_assert_int_eq(waitpid(terminal.process, &status, WUNTRACED), terminal.process);
  kill(terminal.process, SIGCONT);
  type("\003");
  expect("interrupted after");
  expect("mg> ");
  type("5\r");
  while (!strstr(terminal.seen, "\n5\n") && read_more()) continue;
  ck_assert_int_eq(strncmp(terminal.seen, "5\n5\n", 4), 0);
  leave();
}
END_TEST

/* Nothing is drawn over a program that is being typed, and one Ctrl-D ends it. */
START_TEST(a_program_is_typed_undisturbed) {
  start_with(NULL, "-", NULL);
  type("print(\"go\")\n");
  expect("\n");
  forget();
  struct pollfd output = {.fd = terminal.file, .events = POLLIN};
  ck_assert_int_eq(poll(&output, 1, 1500), 0);
  type("\004");
  expect("go\n");
  finish(0);
}
END_TEST

START_TEST(a_long_evaluation_shows_that_it_runs) {
  start();
  enter("t = time(); while time() - t < 1.6 { }; print(\"done\")");
  expect_raw(" 1.");
  expect("done\n");
  enter("t = time(); for i in progress(range(16)) { s = time(); while time() - s < 0.1 { } }; print(\"over\")");
  expect("] ");
  expect(" %  ");
  expect(" left");
  expect("over\n");
  enter("\"quick\"");
  expect("\"quick\"\n");
  leave();
}
END_TEST

static void watch(const char *variable, const char *option) {
  start_with((const char *const[]){"NO_COLOR", variable, NULL}, option, NULL);
  expect("mg> ");
  forget();
  type("t = time(); while time() - t < 1.3 { }; print(\"done\")\r");
  expect("done\n");
  leave();
}

START_TEST(the_stroke_is_what_the_terminal_can_show) {
  watch("TERM=xterm", NULL);
  ck_assert_ptr_nonnull(strstr(terminal.raw, "\r\033[2m| 1."));
  watch("TERM=xterm", "--color=never");
  ck_assert_ptr_nonnull(strstr(terminal.raw, "\r| 1."));
  ck_assert_ptr_null(strstr(terminal.raw, "\033[2m"));
  watch("TERM=dumb", NULL);
  ck_assert_ptr_null(strstr(terminal.raw, "| 1."));
}
END_TEST

/* The screen is left clean: what was drawn last is wiped. */
START_TEST(progress_is_wiped_when_a_signal_ends_the_program) {
  int status;
  start();
  enter("while true { }");
  expect_raw(" 1.");
  kill(terminal.process, SIGTERM);
  while (read_more()) continue;
  ck_assert_int_eq(waitpid(terminal.process, &status, 0), terminal.process);
  close(terminal.file);
  ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "status %d", status);
  const char wiped[] = " s\x1b[K\r\x1b[K";
  size_t length = sizeof wiped - 1;
  ck_assert_uint_gt(terminal.raw_length, length);
  ck_assert_str_eq(terminal.raw + terminal.raw_length - length, wiped);
}
END_TEST

/* Nothing of it in pipes. */
START_TEST(no_progress_without_a_terminal) {
  char command[8500], line[256] = "";
  snprintf(command, sizeof command,
           "%s -e 't = time(); for i in progress(range(3)) { while time() - t < 1.2 { } }; "
           "print(\"end\")' 2>&1 </dev/null", program);
  FILE *output = popen(command, "r");
  ck_assert_ptr_nonnull(output);
  ck_assert_ptr_nonnull(fgets(line, sizeof line, output));
  ck_assert_str_eq(line, "end\n");
  ck_assert_int_eq(pclose(output), 0);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("signals");
  tcase_add_test(tests, two_sessions_lose_nothing);
  tcase_add_test(tests, a_killed_session_has_kept_its_input);
  tcase_add_test(tests, deadly_signals_leave_the_history_whole);
  tcase_add_test(tests, a_block_comes_back_in_another_session);
  tcase_add_test(tests, up_looks_for_inputs_that_begin_alike);
  tcase_add_test(tests, a_history_that_cannot_be_written_is_one_warning);
  tcase_add_test(tests, a_hostile_history_is_only_text);
  tcase_add_test(tests, the_users_own_beginning_runs_first);
  tcase_add_test(tests, history_can_be_off);
  tcase_add_test(tests, a_new_width_is_used);
  tcase_add_test(tests, control_c_again_and_again);
  tcase_add_test(tests, control_c_in_the_middle_of_a_key);
  tcase_add_test(tests, a_stopped_session_goes_on);
  tcase_add_test(tests, a_stopped_computation_goes_on);
  tcase_add_test(tests, a_program_is_typed_undisturbed);
  tcase_add_test(tests, a_long_evaluation_shows_that_it_runs);
  tcase_add_test(tests, the_stroke_is_what_the_terminal_can_show);
  tcase_add_test(tests, progress_is_wiped_when_a_signal_ends_the_program);
  tcase_add_test(tests, no_progress_without_a_terminal);
  return run_terminal_tests("prompt signals", tests);
}
