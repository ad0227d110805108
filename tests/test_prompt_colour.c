/* SPDX-License-Identifier: MIT */
/* test_prompt_colour.c: the prompt colours what is typed, and only where colours are wanted. */
#include "tests/terminal.h"

static const char *const colours[] = {"NO_COLOR", NULL};

START_TEST(an_input_is_coloured_while_it_is_typed) {
  start_with(colours, NULL, NULL);
  expect("mg> ");
  type("sin(2.5");
  expect_raw("\033[34msin\033[0m(\033[36m2.5\033[0m");
  type(") # \"a");
  expect_raw("\033[90m# \"a\033[0m");
  type("\r");
  expect("0.598");
  expect("mg> ");
  type("return \"text");
  expect_raw("\033[35mreturn\033[0m \033[32m\"text\033[0m");
  cancel();
  leave();
}
END_TEST

START_TEST(brackets_show_their_partner) {
  start_with(colours, NULL, NULL);
  expect("mg> ");
  type("(1)");
  expect_raw("\033[4m(\033[0m\033[36m1\033[0m)");
  forget();
  type(")");
  expect_raw("\033[31m)\033[0m");
  cancel();
  expect("mg> ");
  forget();
  type("(7)\r"); /* an accepted input shows none: it stays on the screen as it is */
  expect("\n7\n");
  const char *last = terminal.raw, *next;
  while ((next = strstr(last + 1, "\033[36m7"))) last = next;
  ck_assert_ptr_null(strstr(last, "\033[4m"));
  leave();
}
END_TEST

/* A block is drawn as a whole, and the cursor comes back to its place. */
START_TEST(several_lines_are_coloured) {
  start_with(colours, NULL, NULL);
  expect("mg> ");
  type("def f(x) {\rreturn 2x\r");
  expect_raw("\033[35mreturn\033[0m \033[36m2\033[0mx");
  type("}\r");
  enter("f(4)");
  expect("\n8\n");
  leave();
}
END_TEST

START_TEST(wide_characters_keep_their_place) {
  start_with(colours, NULL, NULL);
  expect("mg> ");
  type("\"中文\" + \"αβ\"\001");
  expect_raw("\033[32m\"中文\"\033[0m + \033[32m\"αβ\"\033[0m\r\033[4C");
  type("\005\r");
  expect("\"中文αβ\"\n");
  leave();
}
END_TEST

static void expect_plain(const char *const *variables, const char *option) {
  start_with(variables, option, NULL);
  expect("mg> ");
  forget();
  type("sin(0)\r");
  expect("\n0\n");
  ck_assert_ptr_null(strstr(terminal.raw, "\033[34m"));
  ck_assert_ptr_null(strstr(terminal.raw, "\033[36m"));
  leave();
}

START_TEST(no_colour_where_none_is_wanted) {
  expect_plain((const char *const[]){"NO_COLOR=1", NULL}, NULL);
  expect_plain((const char *const[]){"NO_COLOR", "TERM=dumb", NULL}, NULL);
  expect_plain(colours, "--color=never");
}
END_TEST

START_TEST(colour_can_be_asked_for) {
  start_with((const char *const[]){"NO_COLOR=1", NULL}, "--color=always", NULL);
  expect("mg> ");
  type("sin(1)");
  expect_raw("\033[34msin");
  cancel();
  leave();
}
END_TEST

/* A terminal that cannot go up gets one line at a time, and no colour. */
static void expect_single_lines(const char *name) {
  start_with((const char *const[]){"NO_COLOR", name, NULL}, NULL, NULL);
  enter("def f(x) {");
  expect("... ");
  type("return x + 40\r");
  expect("... ");
  type("}\r");
  enter("f(2)");
  expect("\n42\n");
  enter("no_such_name");
  expect("error: unknown name");
  ck_assert_ptr_null(strchr(terminal.raw, '\033'));
  leave();
}

START_TEST(a_dumb_terminal_gets_a_prompt_for_every_line) {
  expect_single_lines("TERM=dumb");
  expect_single_lines("TERM=");
  expect_single_lines("TERM");
}
END_TEST

START_TEST(so_does_a_terminal_that_nobody_has_described) { expect_single_lines("TERM=no-such-terminal"); }
END_TEST

/* Above 16 kB nothing is painted, and everything still works. */
START_TEST(a_huge_input_is_taken) {
  static char text[20100];
  start_with(colours, NULL, NULL);
  expect("mg> ");
  strcpy(text, "\033[200~len(\"");
  size_t length = strlen(text);
  memset(text + length, 'a', 20000);
  strcpy(text + length + 20000, "\")\033[201~");
  type(text);
  type("\r");
  expect("\n20000\n");
  leave();
}
END_TEST

START_TEST(pasted_escapes_reach_no_terminal) {
  start_with(colours, NULL, NULL);
  expect("mg> ");
  forget();
  type("\033[200~x\033]0;evil\007y = 1\033[201~");
  type("\r");
  expect("error: ");
  ck_assert_ptr_null(strstr(terminal.raw, "\033]0;evil"));
  leave();
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("colour");
  tcase_add_test(tests, an_input_is_coloured_while_it_is_typed);
  tcase_add_test(tests, brackets_show_their_partner);
  tcase_add_test(tests, several_lines_are_coloured);
  tcase_add_test(tests, wide_characters_keep_their_place);
  tcase_add_test(tests, no_colour_where_none_is_wanted);
  tcase_add_test(tests, colour_can_be_asked_for);
  tcase_add_test(tests, a_dumb_terminal_gets_a_prompt_for_every_line);
  tcase_add_test(tests, so_does_a_terminal_that_nobody_has_described);
  tcase_add_test(tests, a_huge_input_is_taken);
  tcase_add_test(tests, pasted_escapes_reach_no_terminal);
  return run_terminal_tests("prompt colour", tests);
}
