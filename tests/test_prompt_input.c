/* SPDX-License-Identifier: MIT */
/* test_prompt_input.c: programs that ask: input(), explanations by steps, the quiz. */
#include "tests/terminal.h"

/* A key that comes while the terminal is not the program's is lost: every question has been seen before its answer. */
static void ask(const char *code, const char *question) {
  enter(code);
  expect(question); /* the echo of the code */
  expect(question);
}

START_TEST(the_end_of_input_lasts_for_one_question) {
  start();
  ask("a = input(\"name: \")", "name: ");
  type("\004");
  ask("b = input(\"again: \")", "again: ");
  type("Ada\r");
  enter("a == none, b");
  expect("(true, \"Ada\")\n");
  leave();
}
END_TEST

START_TEST(the_end_of_input_ends_one_explanation) {
  start();
  enter("explain(sin, 2, \"step\")");
  expect("q all others\n");
  type("\004");
  expect("check");
  enter("explain(x -> x * cos(x), 2, \"quiz\")");
  expect(" = ? ");
  type("\004");
  expect("0 of 0 right");
  ask("b = input(\"again: \")", "again: ");
  type("Ada\r");
  enter("b + \"!\"");
  expect("\"Ada!\"\n");
  leave();
}
END_TEST

/* The next prompt follows at once: the Enter of the answer has ended the line. */
static void expect_prompt_behind(const char *text) {
  expect(text);
  while (!strstr(terminal.seen, "mg> "))
    if (!read_more()) ck_abort_msg("waited for a prompt, saw `%.800s`", terminal.seen);
  ck_assert_msg(strncmp(terminal.seen, "mg> ", 4) == 0, "between `%s` and the prompt: `%.800s`", text, terminal.seen);
}

START_TEST(an_answer_ends_its_line) {
  start();
  ask("a = input(\"name: \")", "name: ");
  type("Ada\r");
  expect_prompt_behind("Ada\n");
  enter("print(\"b\", end=\"\"); b = input(); print(\"c\", end=\"\")");
  expect("\nb");
  type("Eve\r");
  expect_prompt_behind("Eve\nc\n");
  enter(":demo");
  expect("mg> f(x) = ");
  type("q\r");
  expect_prompt_behind("q\n");
  leave();
}
END_TEST

START_TEST(an_interruption_begins_a_line) {
  start();
  ask("a = input(\"name: \")", "name: ");
  expect_waiting();
  type("\003");
  expect("^C\ninterrupted after");
  enter("explain(x -> x**2, 2, \"step\")");
  expect("backward  (y' = 1)");
  expect_waiting();
  type("\003");
  expect("^C\ninterrupted after");
  enter("print(\"go\"); while true { }");
  expect("\ngo\n");
  forget();
  type("\003");
  expect_raw("\r\033[Kinterrupted after");
  leave();
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("prompt input");
  tcase_add_test(tests, the_end_of_input_lasts_for_one_question);
  tcase_add_test(tests, the_end_of_input_ends_one_explanation);
  tcase_add_test(tests, an_answer_ends_its_line);
  tcase_add_test(tests, an_interruption_begins_a_line);
  return run_terminal_tests("prompt input", tests);
}
