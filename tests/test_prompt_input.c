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

int main(void) {
  TCase *tests = tcase_create("prompt input");
  tcase_add_test(tests, the_end_of_input_lasts_for_one_question);
  tcase_add_test(tests, the_end_of_input_ends_one_explanation);
  return run_terminal_tests("prompt input", tests);
}
