/* SPDX-License-Identifier: MIT */
/* test_prompt_sandbox.c: the prompt with --sandbox. */
#include "tests/terminal.h"

/* Neither the key nor the command runs an editor, Tab lists no files, and inputs of other sessions stay theirs. */
START_TEST(a_sandbox_has_no_editor_files_or_history) {
  start();
  enter("111222 + 1");
  expect("\n111223\n");
  leave();
  char mark[4200], variable[4300];
  snprintf(mark, sizeof mark, "%s/mark", home);
  snprintf(variable, sizeof variable, "VISUAL=touch %s", mark);
  start_with((const char *const[]){variable, NULL}, "--sandbox", NULL);
  expect("mg> ");
  type("7 * 8\030\005");
  expect("no other programs are run with --sandbox\n");
  type("\r");
  expect("\n56\n");
  enter(":edit");
  expect("no other programs");
  enter(":history");
  expect("7 * 8");
  ck_assert_ptr_null(strstr(terminal.raw, "111222"));
  type("load(\"/et\t\t");
  type("x\")\r");
  expect("files");
  ck_assert_ptr_null(strstr(terminal.raw, "/etc/"));
  ck_assert_int_ne(access(mark, F_OK), 0);
  leave();
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("prompt sandbox");
  tcase_add_test(tests, a_sandbox_has_no_editor_files_or_history);
  return run_terminal_tests("prompt sandbox", tests);
}
