/* SPDX-License-Identifier: MIT */
/* test_quiz.c: explanations that wait for somebody: the quiz and its answers, steps on a terminal. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "tests/evaluating.h"

/* ---- the quiz, with answers from standard input */
static int feed(const char *text) {
  FILE *file = tmpfile();
  int saved = dup(STDIN_FILENO);
  fputs(text, file);
  rewind(file);
  fflush(file);
  lseek(fileno(file), 0, SEEK_SET);
  ck_assert_int_ge(dup2(fileno(file), STDIN_FILENO), 0);
  fclose(file);
  clearerr(stdin);
  return saved;
}

static void take_back(int saved) {
  dup2(saved, STDIN_FILENO);
  close(saved);
  fseek(stdin, 0, SEEK_END);
}

START_TEST(the_quiz_checks_answers) {
  Session *session = open_session();
  int saved = feed("1\n1.0\ncos(4)\n7\n");
  RunStatus status = run(session, "f(x) = sin(x**2) + 2*x; explain(f, 2, \"quiz\")");
  take_back(saved);
  ck_assert_msg(status == RUN_OK, "%s", buffer_text(&session_error(session)->message));
  const char *text = buffer_text(&printed);
  ck_assert_msg(strstr(text, "3 of 4 right"), "%s", text);
  const char *question = strstr(text, "dy/dv3 = ? ");
  ck_assert_ptr_nonnull(question);
  const char *first = strstr(text, "-0.614574"); /* no answer stands above the first question */
  ck_assert_msg(first > question, "%s", text);
  close_session(session);
}
END_TEST

START_TEST(answers_use_the_names_of_the_table) {
  Session *session = open_session();
  int saved = feed("x # as the rule says\ncos(v1) * x\nunknown\n2 *\nv2 + m.w*x*cos(v1)\nx*x*cos(v1)\n");
  RunStatus status = run(session, "m = {w: tensor(2)}; f(x) = sin(m.w * x) * x; explain(f, 1 + m.w, \"quiz\")");
  take_back(saved);
  ck_assert_msg(status == RUN_OK, "%s", buffer_text(&session_error(session)->message));
  const char *text = buffer_text(&printed);
  ck_assert_msg(strstr(text, "4 of 4 right"), "%s", text);
  ck_assert_msg(strstr(text, "no answer: unknown name `unknown`\n dy/"), "%s", text);
  ck_assert_msg(strstr(text, "no answer: this is no expression\n dy/"), "%s", text);
  close_session(session);
}
END_TEST

START_TEST(a_quiz_survives_its_answers) {
  static const char *const answers[] = {
    "", "\n", "not a (number\n\x1b[2J\n\"text\"\n(1, 2)\n", "[1, 2]\nexit(3)\nerror(\"x\")\n",
    "x -> x\nsin\nnone\n1e999\n",
  };
  for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) {
    Session *session = open_session();
    int saved = feed(answers[k]);
    RunStatus status = run(session, "x = tensor(2); explain(sin(x**2) + 2*x, \"quiz\")");
    take_back(saved);
    ck_assert_msg(status == RUN_OK || session_error(session)->kind == ERROR_EXIT, "%s: %s", answers[k],
                  buffer_text(&session_error(session)->message));
    ck_assert_ptr_null(strchr(buffer_text(&printed), '\x1b'));
    close_session(session);
  }
}
END_TEST

/* ---- step by step, on a terminal: every line but those after q waits for one */
static int open_terminal(int *master) {
  *master = posix_openpt(O_RDWR | O_NOCTTY);
  ck_assert_int_ge(*master, 0);
  ck_assert_int_eq(grantpt(*master), 0);
  ck_assert_int_eq(unlockpt(*master), 0);
  int terminal = open(ptsname(*master), O_RDWR | O_NOCTTY);
  ck_assert_int_ge(terminal, 0);
  return terminal;
}

/* What an explanation shows while these keys are typed, and what it has left of them. */
static Session *explain_at_terminal(bool waits) {
  Session *session = session_new(&(SessionOptions){.output = keep_output, .waits = waits});
  ck_assert_ptr_nonnull(session);
  int master, terminal = open_terminal(&master), input = dup(STDIN_FILENO), output = dup(STDOUT_FILENO);
  static const char typed[] = "\n\n\nq\nrest\n";
  ck_assert_int_eq((int)write(master, typed, sizeof typed - 1), (int)sizeof typed - 1);
  fflush(stdout);
  dup2(terminal, STDIN_FILENO);
  dup2(terminal, STDOUT_FILENO);
  clearerr(stdin);
  RunStatus status = run(session, "f(x) = sin(x**2) + 2*x; explain(f, 2, \"step\"); left = input(); print(left)");
  fflush(stdout);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  fseek(stdin, 0, SEEK_END);
  ck_assert_int_eq(status, RUN_OK);
  close(terminal);
  close(master);
  close(input);
  close(output);
  return session;
}

START_TEST(steps_wait_for_enter) {
  Session *session = explain_at_terminal(true);
  const char *text = buffer_text(&printed);
  ck_assert_msg(strstr(text, "   ok\nrest\n"), "%s", text);       /* four lines were read, and nothing more */
  ck_assert_msg(strstr(text, "(y' = 1)\n step"), "%s", text); /* the head comes at once */
  const char *third = strstr(text, " x     input"), *next = strstr(text, " v1    x**2");
  ck_assert_msg(third && next && !memchr(third, '\n', (size_t)(next - third)), "%s", text); /* Enter ends the line */
  close_session(session);
}
END_TEST

/* The terminal may belong to a program that shows results elsewhere. */
START_TEST(steps_wait_only_where_they_are_told_to) {
  Session *session = explain_at_terminal(false);
  const char *text = buffer_text(&printed);
  ck_assert_msg(strstr(text, "   ok\n\n"), "%s", text); /* the first line was left */
  ck_assert_msg(!strstr(text, "Enter"), "%s", text);
  close_session(session);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("quiz");
  TCase *test = tcase_create("quiz");
  tcase_add_test(test, the_quiz_checks_answers);
  tcase_add_test(test, answers_use_the_names_of_the_table);
  tcase_add_test(test, steps_wait_for_enter);
  tcase_add_test(test, steps_wait_only_where_they_are_told_to);
  tcase_add_test(test, a_quiz_survives_its_answers);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
