/* SPDX-License-Identifier: MIT */
/* test_prompt_editor.c: inputs that are changed in an editor, by `:edit` and by Ctrl-X Ctrl-E. */
#include <glob.h>
#include "tests/terminal.h"

/* Starts the prompt with an editor that is a script of its own. */
static void start_with_editor(const char *script, const char *argument) {
  static char editor[4200], variable[4300], folder[4300];
  snprintf(editor, sizeof editor, "%s/editor", home);
  FILE *file = fopen(editor, "w");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "#!/bin/sh\n%s\n", script);
  fclose(file);
  chmod(editor, 0700);
  snprintf(variable, sizeof variable, "VISUAL=%s%s", editor, argument);
  snprintf(folder, sizeof folder, "TMPDIR=%s", home);
  start_with((const char *const[]){variable, folder, "MGRAD_HISTORY=", NULL}, NULL, NULL);
}

START_TEST(the_editor_gets_and_gives_an_input) {
  char given[4200];
  start_with_editor("cp \"$2\" \"$(dirname \"$0\")/given\"\nprintf '40 + \\n2\\n' > \"$2\"", " -w");
  expect("mg> ");
  type("7 * 7\030\005");
  expect("40 +");
  type("\r");
  expect("\n42\n");
  snprintf(given, sizeof given, "%s/given", home);
  FILE *file = fopen(given, "r");
  char line[16] = "";
  ck_assert_ptr_nonnull(file);
  ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
  fclose(file);
  ck_assert_str_eq(line, "7 * 7\n");
  enter(":edit");
  expect("40 +");
  type("\r");
  expect("\n42\n");
  leave();
}
END_TEST

START_TEST(a_missing_editor_is_an_error) {
  start_with((const char *const[]){"VISUAL=/nonexistent/editor", NULL}, NULL, NULL);
  enter(":edit");
  expect("cannot run the editor `/nonexistent/editor`");
  leave();
}
END_TEST

START_TEST(an_editor_that_fails_is_told_of) {
  start_with_editor("exit 3", "");
  enter(":edit");
  expect("error: the editor ended with status 3");
  leave();
  start_with_editor("kill -9 $$", "");
  enter(":edit");
  expect("error: the editor was ended by signal 9");
  leave();
}
END_TEST

START_TEST(a_text_that_would_be_cut_is_told_of) {
  start_with_editor("printf '1\\0+2\\n' > \"$1\"", "");
  expect("mg> ");
  type("7 * 7\030\005");
  expect("error: what the editor wrote holds a NUL byte\n");
  expect("mg> 7 * 7");
  type("\r");
  expect("\n49\n");
  enter(":edit");
  expect("error: what the editor wrote holds a NUL byte\n");
  leave();
}
END_TEST

START_TEST(a_folder_with_too_long_a_name_is_told_of) {
  static char folder[5000] = "TMPDIR=/";
  memset(folder + strlen(folder), 'x', sizeof folder - 1 - strlen(folder));
  start_with((const char *const[]){folder, NULL}, NULL, NULL);
  enter(":edit");
  expect("error: cannot edit: TMPDIR: ");
  leave();
}
END_TEST

/* A command that does not fit is not run without its end. */
START_TEST(too_long_a_command_is_told_of) {
  static char command[2000] = "VISUAL=true ";
  memset(command + strlen(command), 'x', sizeof command - 1 - strlen(command));
  start_with((const char *const[]){command, NULL}, NULL, NULL);
  enter(":edit");
  expect("error: the editor's command is too long: it has at most 1023 bytes and 16 words\n");
  leave();
  start_with((const char *const[]){"VISUAL=true 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", NULL}, NULL, NULL);
  enter(":edit");
  expect("error: the editor's command is too long");
  leave();
}
END_TEST

/* Blanks alone are no command: `vi` is run, here the one that is found first. */
START_TEST(vi_stands_in_for_blanks) {
  static char vi[4200], search[8400];
  snprintf(vi, sizeof vi, "%s/vi", home);
  FILE *file = fopen(vi, "w");
  ck_assert_ptr_nonnull(file);
  fputs("#!/bin/sh\necho 20 + 3 > \"$1\"\n", file);
  fclose(file);
  chmod(vi, 0700);
  snprintf(search, sizeof search, "PATH=%s:%s", home, getenv("PATH"));
  start_with((const char *const[]){"VISUAL= ", search, NULL}, NULL, NULL);
  enter(":edit");
  expect("20 + 3");
  type("\r");
  expect("\n23\n");
  leave();
}
END_TEST

/* However long it runs, nothing is drawn over it. */
START_TEST(an_editor_has_the_terminal_for_itself) {
  start_with_editor("echo EDITING; sleep 1.5; echo LEAVING", "");
  enter("7 * 7");
  enter(":edit");
  expect("EDITING\n");
  forget();
  expect("LEAVING\n");
  ck_assert_int_eq(strncmp(terminal.raw, "LEAVING", 7), 0);
  expect("mg> 7 * 7");
  type("\r");
  expect("\n49\n");
  leave();
}
END_TEST

/* One that uses the key. */
START_TEST(control_c_is_the_editors) {
  start_with_editor("trap 'echo \"50 + 1\" > \"$1\"; exit 0' INT; echo EDITING; while :; do sleep 0.05; done", "");
  expect("mg> ");
  type("7 * 7\030\005");
  expect("EDITING\n");
  type("\003");
  expect("mg> 50 + 1");
  type("\r");
  expect("\n51\n");
  enter(":edit");
  expect("EDITING\n");
  type("\003");
  expect("mg> 50 + 1");
  type("\r");
  expect("\n51\n");
  leave();
}
END_TEST

/* One that the key ends: what the terminal shows of the key goes, and the input stays. */
START_TEST(control_c_in_an_editor_keeps_the_input) {
  start_with_editor("trap 'exit 1' INT; echo EDITING; while :; do sleep 0.05; done", "");
  expect("mg> ");
  type("7 * 7\030\005");
  expect("EDITING\n");
  type("\003");
  expect_raw("^C");
  expect_raw("\r\033[Jmg> 7 * 7");
  expect("mg> 7 * 7");
  type("\r");
  expect("\n49\n");
  enter(":edit");
  expect("EDITING\n");
  forget();
  type("\003");
  expect_raw("^C\r\033[K");
  enter("6 * 7");
  expect("\n42\n");
  leave();
}
END_TEST

START_TEST(its_file_goes_with_the_terminal) {
  char pattern[4200];
  glob_t files;
  int status;
  snprintf(pattern, sizeof pattern, "%s/mgrad-*.mg", home);
  start_with_editor("trap '' HUP; echo EDITING; sleep 5", "");
  enter(":edit");
  expect("EDITING\n");
  ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
  globfree(&files);
  kill(terminal.process, SIGHUP);
  ck_assert_int_eq(waitpid(terminal.process, &status, 0), terminal.process);
  close(terminal.file);
  ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP, "status %d", status);
  ck_assert_int_eq(glob(pattern, 0, NULL, &files), GLOB_NOMATCH);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("editor");
  tcase_add_test(tests, the_editor_gets_and_gives_an_input);
  tcase_add_test(tests, a_missing_editor_is_an_error);
  tcase_add_test(tests, an_editor_that_fails_is_told_of);
  tcase_add_test(tests, a_text_that_would_be_cut_is_told_of);
  tcase_add_test(tests, a_folder_with_too_long_a_name_is_told_of);
  tcase_add_test(tests, too_long_a_command_is_told_of);
  tcase_add_test(tests, vi_stands_in_for_blanks);
  tcase_add_test(tests, an_editor_has_the_terminal_for_itself);
  tcase_add_test(tests, control_c_is_the_editors);
  tcase_add_test(tests, control_c_in_an_editor_keeps_the_input);
  tcase_add_test(tests, its_file_goes_with_the_terminal);
  return run_terminal_tests("prompt editor", tests);
}
