/* SPDX-License-Identifier: MIT */
/* test_prompt_commands.c: what begins with a colon; demos; explanations of errors. */
#include "tests/terminal.h"

START_TEST(vars_lists_names) {
  start();
  enter("x = tensor([1, 2, 3]); c = [[1.5]].astype(float32); backward(sum(x ** 2)); s = \"a\"; f(a, b=2) = a + b");
  enter(":vars");
  expect("name  shape   dtype    kind      gradient  memory\n");
  expect("x     (3,)    float64  variable  yes       24 B\n");
  expect("c     (1, 1)  float32  constant  -         4 B\n");
  expect("s     string\n");
  expect("f     function f(a, b=2)\n");
  leave();
}
END_TEST

START_TEST(prefixes_are_enough_and_slips_are_understood) {
  start();
  enter(":v");
  expect("no names are defined yet");
  enter(":vasr");
  expect("error: there is no command `:vasr`\nhint: did you mean `:vars`?");
  enter(":t 1");
  expect("did you mean `:time` or `:timer`?");
  enter(":zzzz");
  expect("`:help` lists the commands");
  enter(":help");
  expect(":check");
  expect(":why");
  expect("?indexing");
  enter(":help :vars");
  expect("names with their shapes");
  leave();
}
END_TEST

START_TEST(settings_change_what_is_shown) {
  start();
  enter(":precision 3");
  expect("# precision 3\n");
  enter("1 / 3");
  expect("\n0.333\n");
  enter("[1 / 3, 2]");
  expect("[0.333, 2]\n");
  enter(":precision 99");
  expect("1 to 17 digits");
  enter(":precision auto");
  expect("# precision auto");
  enter(":echo off");
  expect("# echo off");
  enter("123456");
  enter(":check sin, 1");
  expect("\ntrue\n");
  enter("654321");
  enter(":echo on");
  expect("# echo on");
  ck_assert_ptr_null(strstr(terminal.seen, "\n123456\n"));
  ck_assert_ptr_null(strstr(terminal.seen, "\n654321\n"));
  enter("_ + 1");
  expect("\n654322\n");
  enter("true");
  enter(":graph");
  expect("error: `_` must be a tensor, not a bool");
  enter(":timer on");
  enter("1 + 1");
  expect("\n2\n# ");
  expect("s\n");
  enter(":timer off");
  enter(":time 5 + 5");
  expect("\n10\n# ");
  leave();
}
END_TEST

START_TEST(full_shows_all) {
  start();
  enter("arange(400)");
  expect("..., ");
  expect("# shape (400,): min 0 max 399 mean 199.5");
  enter(":full");
  expect(" 200,");
  leave();
}
END_TEST

START_TEST(why_explains_the_last_error) {
  start();
  enter(":why");
  expect("there has been no error yet");
  enter("[1, 2] + [1, 2, 3]");
  expect("error: cannot add shapes");
  enter(":why");
  expect("shape errors");
  expect("compared from the last");
  enter(":why gradient");
  expect("gradient errors");
  enter(":why nonsense");
  expect("no kind of errors called `nonsense`");
  leave();
}
END_TEST

START_TEST(a_saved_session_comes_back) {
  char keys[4300];
  start();
  enter("w = tensor([[1/3, nan], [-inf, 1e-300]]); c = [1, 2.5]; i = tensor([1, 2], dtype=uint8); b = [true, false]");
  enter("def f(x, k=2) { \"text\"; return k * x }");
  enter("g = x -> f(x) + 1; h = f'; same = w; t = (1, \"q\\\"\\n\", none); r = {a: c, \"b c\": range(3)}");
  enter("z = zeros((0, 2)); view = w[0]");
  enter("n = tensor([[2**53], [7]], dtype=int) + 1");
  expect("mg> ");
  snprintf(keys, sizeof keys, ":save %s/saved.mg\r", home);
  type(keys);
  expect("# 13 names saved");
  enter(":reset");
  expect("# 13 names forgotten");
  enter("w");
  expect("unknown name `w`");
  expect("mg> ");
  snprintf(keys, sizeof keys, ":load %s/saved.mg\r", home);
  type(keys);
  enter("w");
  expect("nan");
  enter("w[0, 0] == 1/3, w[1, 1] == 1e-300, w.constant, c.constant, i.dtype, b.dtype");
  expect("(true, true, false, true, uint8, bool)");
  enter("n.dtype, n.constant, max(n) - 2**53, n.shape");
  expect("(int64, true, 1, (2, 1))");
  enter("g(3), h(1), t, r");
  expect("(7, 2, (1, \"q\\\"\\n\", none), {a: [1, 2.5], \"b c\": range(3)})");
  enter("same[0, 0] = 9; w[0, 0], z.shape, view");
  expect("(9, (0, 2), [0.333333, nan])");
  enter("help(f)");
  expect("text");
  leave();
}
END_TEST

START_TEST(files_are_told_by_name) {
  start();
  enter(":load /nonexistent/x.mg");
  expect("cannot read `/nonexistent/x.mg`: No such file or directory");
  enter(":save");
  expect("needs a file name");
  enter(":save /nonexistent/x.mg");
  expect("error: ");
  leave();
}
END_TEST

START_TEST(an_explanation_by_steps_says_what_it_waits_for) {
  start();
  enter("explain(sin, 2, \"step\")");
  expect("# Enter shows the next row, q all others\n");
  type("q\r");
  expect("check");
  leave();
}
END_TEST

START_TEST(derivatives_and_files_are_checked) {
  start();
  enter(":check sin, 2");
  expect("\ntrue\n");
  enter(":check");
  expect("needs a function");
  enter(":check \"/nonexistent/y\"");
  expect("cannot read `/nonexistent/y`: No such file or directory");
  enter(":check /nonexistent/x.mg");
  expect("cannot read `/nonexistent/x.mg`: No such file or directory");
  leave();
}
END_TEST

START_TEST(commands_that_take_nothing_say_so) {
  start();
  enter("kept = 12345");
  enter(":reset kept");
  expect("error: nothing goes behind `:reset`\nhint: to forget one name, write `del x`");
  enter(":quit 4");
  expect("error: nothing goes behind `:quit`\n");
  enter("kept + 1");
  expect("\n12346\n");
  enter(":reset");
  expect("# 1 name forgotten");
  leave();
}
END_TEST

START_TEST(history_is_listed) {
  start();
  enter("11 + 11");
  enter("for q in range(1) {\r  q\r}");
  enter(":history 3");
  expect("  11 + 11\n");
  expect("  for q in range(1) {\n");
  leave();
}
END_TEST

START_TEST(a_demo_waits_and_can_be_left) {
  start_with((const char *const[]){"NO_COLOR=1", NULL}, NULL, NULL);
  enter(":demo");
  expect("mg> f(x) = ");
  type("\r");
  expect("mg> f(2)");
  type("\r");
  expect("\n3.24");
  type("q\r");
  enter("1 + 1");
  expect("\n2\n");
  enter("f(2)");
  expect("unknown function `f`"); /* the tour has names of its own */
  leave();
}
END_TEST

START_TEST(control_d_and_control_c_leave_a_demo) {
  start();
  enter(":demo");
  expect("mg> f(x) = ");
  type("\004");
  enter("2 + 2");
  expect("\n4\n");
  enter(":demo");
  expect("mg> f(x) = ");
  cancel();
  enter("3 + 3");
  expect("\n6\n");
  leave();
}
END_TEST

START_TEST(only_a_history_is_missed_in_a_saved_session) {
  char keys[4300], text[2000];
  start();
  enter("z = [nan, inf]; n = tensor([1, 2], dtype=int) + 1; x = tensor(2); h = 3x; made = (a -> t -> a * t)(2)");
  expect("mg> ");
  snprintf(keys, sizeof keys, ":save %s/remarks.mg\r", home);
  type(keys);
  expect("# 4 names saved");
  expect("# 1 name cannot be saved: `made`");
  leave();
  snprintf(keys, sizeof keys, "%s/remarks.mg", home);
  FILE *file = fopen(keys, "r");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  ck_assert_int_eq(fclose(file), 0);
  ck_assert_ptr_nonnull(strstr(text, "\nz = [nan, inf]\nn = tensor([2, 3], dtype=int64, constant=true)\n"));
  ck_assert_ptr_nonnull(strstr(text, "\nh = 6  # its history is not kept\n"));
}
END_TEST

static void resize(unsigned short columns) {
  struct winsize size = {.ws_row = 24, .ws_col = columns};
  ioctl(terminal.file, TIOCSWINSZ, &size);
}

START_TEST(help_and_tour_fit_the_screen) {
  start();
  enter(":help");
  expect_narrow(80, "Topics:");
  expect_narrow(80, "mg> ");
  type(":demo\r");
  expect_narrow(78, "mg> f(x) = ");
  type("q\r");
  expect("mg> ");
  resize(50);
  type("?\r");
  expect("?\n");
  expect_narrow(50, "mg> ");
  type(":demo\r");
  expect(":demo\n");
  expect_narrow(50, "mg> f(x) = ");
  type("q\r");
  leave();
}
END_TEST

START_TEST(the_tour_says_only_what_is_asked) {
  start();
  enter(":demo");
  for (int steps = 0; steps < 19; steps++) {
    expect_narrow(78, "mg> ");
    type("\r");
  }
  expect_narrow(78, "Ctrl-D leaves.\n");
  ck_assert_ptr_nonnull(strstr(terminal.raw, "# gradients: x (3,)"));
  ck_assert_ptr_null(strstr(terminal.raw, "# gradients: w"));
  leave();
}
END_TEST

START_TEST(the_last_value_goes_by_its_name) {
  start();
  enter(":full");
  expect("error: no value has been shown yet\nhint: `:full x` is about the value of `x`\n");
  enter(":graph");
  expect("error: no value has been shown yet\n");
  enter("x = tensor(2); x");
  expect("2  # variable\n");
  enter(":graph");
  expect(" x  = 2");
  enter("y = x ** 3; y + 1");
  enter(":graph");
  expect("y = x**3");
  leave();
}
END_TEST

/* What `mgrad arguments` prints without a terminal. */
static const char *output_of(const char *arguments, int *status) {
  static char text[65536];
  char command[8500];
  snprintf(command, sizeof command, "%s %s 2>&1 </dev/null", program, arguments);
  FILE *output = popen(command, "r");
  ck_assert_ptr_nonnull(output);
  text[fread(text, 1, sizeof text - 1, output)] = '\0';
  *status = WEXITSTATUS(pclose(output));
  return text;
}

START_TEST(errors_are_explained_on_the_command_line) {
  int status;
  ck_assert_ptr_nonnull(strstr(output_of("--explain shape", &status), "Two shapes do not fit."));
  ck_assert_int_eq(status, 0);
  ck_assert_ptr_nonnull(strstr(output_of("--explain=index", &status), "Indices count from 0"));
  ck_assert_ptr_nonnull(strstr(output_of("--explain nonsense", &status), "kinds of errors: syntax name"));
  ck_assert_int_eq(status, 2);
  output_of("--explain", &status);
  ck_assert_int_eq(status, 2);
}
END_TEST

START_TEST(a_demo_runs_through_without_a_terminal) {
  char path[4200], arguments[4300];
  int status;
  snprintf(path, sizeof path, "%s/demo.mg", home);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs("# A remark.\nf(x) = x ** 2\n\nfor i in range(2) {\n  print(i)\n}\nf'(3)\n", file);
  fclose(file);
  snprintf(arguments, sizeof arguments, "--demo %s", path);
  ck_assert_str_eq(output_of(arguments, &status),
                   "# A remark.\nmg> f(x) = x ** 2\n\nmg> for i in range(2) {\n...   print(i)\n... }\n0\n1\n"
                   "mg> f'(3)\n6\n");
  ck_assert_int_eq(status, 0);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("commands");
  tcase_add_test(tests, vars_lists_names);
  tcase_add_test(tests, prefixes_are_enough_and_slips_are_understood);
  tcase_add_test(tests, settings_change_what_is_shown);
  tcase_add_test(tests, full_shows_all);
  tcase_add_test(tests, why_explains_the_last_error);
  tcase_add_test(tests, a_saved_session_comes_back);
  tcase_add_test(tests, files_are_told_by_name);
  tcase_add_test(tests, an_explanation_by_steps_says_what_it_waits_for);
  tcase_add_test(tests, derivatives_and_files_are_checked);
  tcase_add_test(tests, commands_that_take_nothing_say_so);
  tcase_add_test(tests, history_is_listed);
  tcase_add_test(tests, only_a_history_is_missed_in_a_saved_session);
  tcase_add_test(tests, help_and_tour_fit_the_screen);
  tcase_add_test(tests, the_tour_says_only_what_is_asked);
  tcase_add_test(tests, the_last_value_goes_by_its_name);
  tcase_add_test(tests, a_demo_waits_and_can_be_left);
  tcase_add_test(tests, errors_are_explained_on_the_command_line);
  tcase_add_test(tests, a_demo_runs_through_without_a_terminal);
  tcase_add_test(tests, control_d_and_control_c_leave_a_demo);
  return run_terminal_tests("prompt commands", tests);
}
