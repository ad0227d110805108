/* SPDX-License-Identifier: MIT */
/* test_prompt.c: the prompt on a pseudo-terminal: editing, history, completion, Ctrl-C. */
#include "tests/terminal.h"

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

START_TEST(up_goes_on_through_inputs_of_one_beginning) {
  start_with((const char *const[]){"MGRAD_HISTORY=", NULL}, NULL, NULL);
  static const char *const inputs[] = {"xa = 1", "xb = 2", "y = 1", "xc = 3", "y = 2"};
  for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++) enter(inputs[k]);
  expect("mg> ");
  type("x");
  for (int k = 3; k > 0; k--) {
    type("\033[A");
    expect((const char *const[]){"a = 1", "b = 2", "c = 3"}[k - 1]);
  }
  type("\033[B");
  expect("b = 2");
  type("\033[B");
  expect("c = 3");
  cancel();
  expect("mg> ");
  type("\033[A"); /* nothing is typed: any input */
  expect("y = 2");
  type("0\r");
  enter("y");
  expect("\n20\n");
  leave();
}
END_TEST

START_TEST(inputs_have_several_lines_with_the_keys_of_vi) {
  static char path[4200], variable[4300];
  snprintf(path, sizeof path, "%s/inputrc", home);
  snprintf(variable, sizeof variable, "INPUTRC=%s", path);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs("set editing-mode vi\n", file);
  fclose(file);
  start_with((const char *const[]){variable, "MGRAD_HISTORY=", NULL}, NULL, NULL);
  enter("for i in range(2) {\rprint(\"row\", i)\r}");
  expect("row 1\n");
  expect("mg> ");
  type("\033[A");
  expect("}");
  type("\r");
  expect("row 1\n");
  expect("mg> ");
  type("(40 +");
  expect("(40 +");
  forget();
  type("\033");
  expect_raw("\b");
  type("\r");
  type("2)\r");
  expect("\n42\n");
  leave();
}
END_TEST

START_TEST(alt_enter_always_begins_a_line) {
  start();
  expect("mg> ");
  type("a = 40\033\ra + 2\r");
  expect("\n42\n");
  expect("mg> ");
  type("\033[A\033[A!\b\r"); /* up into the first line: Enter takes the whole */
  expect("\n42\n");
  leave();
}
END_TEST

START_TEST(a_brace_stands_under_its_block) {
  start();
  enter("if true {\rif true {\r\"deep\"\r}\r}");
  expect("\"deep\"\n");
  enter(":history 2"); /* it stands in the list as it was typed */
  expect("if true {\n         if true {\n           \"deep\"\n         }\n       }\n");
  leave();
}
END_TEST

START_TEST(a_string_of_several_lines_stays_as_typed) {
  start();
  enter("if true { print(\"\"\"a\rb\r  }\"\"\") }");
  expect("\na\nb\n  }\n");
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

START_TEST(control_c_counts_before_the_keys_behind_it) {
  start();
  expect("mg> ");
  type("1000+");
  expect("1000+");
  type("\0032\r");
  expect("^C\nmg> 2\n2\n");
  leave();
}
END_TEST

/* Ctrl-C, and then the next prompt without an empty line between. */
static void cancel_neatly(void) {
  type("\003");
  expect("^C\nmg> ");
}

/* Readline itself loses memory when a second search by Alt-p is given up, so there is one. */
START_TEST(control_c_ends_a_search) {
  static const struct { const char *keys, *shown; } searches[] = {
      {"\022", "search)`'"}, {"\0221", "1 + 1"}, {"\022zz", "failed reverse"}, {"12\022", "search)`'"}, {"\033p", ":"}};
  start();
  enter("1 + 1");
  expect("\n2\n");
  expect("mg> ");
  for (size_t k = 0; k < sizeof searches / sizeof *searches; k++) {
    type(searches[k].keys);
    expect(searches[k].shown);
    cancel_neatly();
    type("6 * 7\r");
    expect("\n42\n");
    expect("mg> ");
  }
  type("\r");
  leave();
}
END_TEST

START_TEST(a_search_without_success_leaves_no_trace) {
  start_with((const char *const[]){"MGRAD_HISTORY=", NULL}, NULL, NULL);
  expect("mg> ");
  type("\033.");
  type("zz\033[A");
  expect("zz");
  cancel_neatly();
  type("1\r");
  expect("1\n1\nmg> ");
  type("zz\033[A\b\b2\r");
  expect("2\n2\nmg> ");
  type("3\r");
  expect("3\n3\n");
  leave();
}
END_TEST

START_TEST(a_prompt_begins_a_line) {
  start();
  enter("print(\"abc\", end=\"\")");
  expect("\nabc\nmg> ");
  type("print(\"def\")\r");
  expect("\ndef\nmg> ");
  type("\r");
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

int main(void) {
  TCase *tests = tcase_create("prompt");
  tcase_add_test(tests, values_are_shown_and_remembered);
  tcase_add_test(tests, enter_continues_an_open_block);
  tcase_add_test(tests, up_brings_a_whole_block_back);
  tcase_add_test(tests, up_goes_on_through_inputs_of_one_beginning);
  tcase_add_test(tests, inputs_have_several_lines_with_the_keys_of_vi);
  tcase_add_test(tests, alt_enter_always_begins_a_line);
  tcase_add_test(tests, a_brace_stands_under_its_block);
  tcase_add_test(tests, a_string_of_several_lines_stays_as_typed);
  tcase_add_test(tests, an_empty_line_forces_submission);
  tcase_add_test(tests, control_c_drops_the_line);
  tcase_add_test(tests, control_c_counts_before_the_keys_behind_it);
  tcase_add_test(tests, control_c_ends_a_search);
  tcase_add_test(tests, a_search_without_success_leaves_no_trace);
  tcase_add_test(tests, a_prompt_begins_a_line);
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
  return run_terminal_tests("prompt", tests);
}
