/* SPDX-License-Identifier: MIT */
/* test_prompt_help.c: completion, help at the cursor, `?name`. */
#include "tests/terminal.h"

START_TEST(matches_come_with_signature_and_text) {
  start();
  expect("mg> ");
  type("arctanh\b\t");
  expect("arctan(x)");
  expect("Angle whose tangent is x.");
  expect("arctanh(x)");
  expect("mg> arctan");
  cancel();
  leave();
}
END_TEST

START_TEST(own_functions_complete_with_their_text) {
  start();
  enter("def twice_of(x, scale=2) { \"x times scale\"; return x * scale }");
  enter("twice_off = 1");
  expect("mg> ");
  type("twice_o\t");
  expect("twice_of(x, scale=2)");
  expect("x times scale");
  expect("mg> twice_of");
  type("(21, \t");
  expect("scale=");
  type("10)\r");
  expect("\n210\n");
  leave();
}
END_TEST

START_TEST(a_single_function_gets_its_bracket) {
  start();
  expect("mg> ");
  type("soft_si\t0)\r");
  expect("soft_sign(0)");
  expect("\n0\n");
  leave();
}
END_TEST

START_TEST(attributes_and_methods_follow_a_dot) {
  start();
  enter("x = tensor([[1, 2]]); r = {weight: [5, 6], bias: {inner: 7}}");
  expect("mg> ");
  type("x.sha\t");
  expect("shape");
  expect("attribute");
  type("p\t\r");
  expect("(1, 2)\n");
  expect("mg> ");
  type("r.wei\t\r");
  expect("[5, 6]\n");
  expect("mg> ");
  type("r.bias.in\t\r");
  expect("\n7\n");
  expect("mg> ");
  type("linal\t.lsts\t[[2]], [4])[0]\r");
  expect("\n[2]\n");
  leave();
}
END_TEST

START_TEST(nothing_completes_in_a_comment) {
  start();
  enter("# hello\t");
  enter("x = 1 # sinh\t");
  enter("\302\240\t");
  enter("x + (1 # si\t\r+ 2)");
  expect("\n4\n");
  leave();
}
END_TEST

static void expect_value(const char *keys, const char *shown) {
  enter(keys);
  expect(shown);
}

START_TEST(symbols_replace_what_begins_with_a_backslash) {
  start();
  enter("α = 5; β = 7; x₁ = 9; yβ = 11");
  expect_value("2\\alpha\t", "\n10\n");
  expect_value("y\\beta\t", "\n11\n");
  expect_value("maximum(α,\\beta\t)", "\n7\n");
  expect_value("x\\_1\t", "\n9\n");
  expect_value("2\\pi\t", "\n6.283185307179586\n");
  leave();
}
END_TEST

START_TEST(reserved_words_and_calls_have_help) {
  start();
  enter("?for");
  expect("`continue`; blocks stand in braces.");
  enter("?catch");
  expect("err.kind");
  enter("?sin(x)");
  expect("Sine");
  leave();
}
END_TEST

START_TEST(arguments_are_offered_once) {
  start();
  expect("mg> ");
  type("sum([1, 2], axis=0, \t");
  expect("keepdims=");
  ck_assert_ptr_null(strstr(terminal.seen, "axis=    "));
  cancel();
  leave();
}
END_TEST

START_TEST(named_arguments_have_choices_and_own_names) {
  start();
  enter("weight = 3");
  expect("mg> ");
  forget();
  type("sum([1, 2], keepdims=\t");
  expect("false");
  expect("true");
  expect("weight");
  ck_assert_ptr_null(strstr(terminal.seen, "arctan"));
  cancel();
  forget();
  type("sum([1, 2], axis=n\t");
  expect("none");
  cancel();
  forget();
  type("[1, 2].sum(\t");
  expect("axis=");
  ck_assert_ptr_null(strstr(terminal.seen, "x= "));
  cancel();
  leave();
}
END_TEST

START_TEST(arguments_are_named_where_one_begins) {
  start();
  expect("mg> ");
  forget();
  type("zeros(2, dtype=\t");
  expect("float64");
  expect("mg> zeros(2, dtype=");
  type("float3\t)\r");
  expect("[0, 0]  # float32");
  expect("mg> ");
  type("sum([1, 2]\t)\r");
  expect("\n3\n");
  expect("mg> ");
  type("loadtxt(\"a\"\t");
  cancel();
  ck_assert_ptr_null(strstr(terminal.raw, "constant="));
  ck_assert_ptr_null(strstr(terminal.raw, "axis="));
  ck_assert_ptr_null(strstr(terminal.raw, "\"a\"f"));
  expect("mg> ");
  type("sum( \t");
  expect("keepdims=");
  cancel();
  leave();
}
END_TEST

/* Wherever a function takes one, by place or by name, and nowhere else. */
START_TEST(files_complete_where_functions_take_them) {
  static const char *const begun[] = {"saveplot(\"", "plot(sin, save=\"", "np.load(\"", "graph(1, \"", "save(file=\""};
  static const char *const others[] = {"print(\"", "plot(sin, title=\"", "write_file(\"a\", \""};
  char path[4200], keys[4300];
  snprintf(path, sizeof path, "%s/numbers-one.txt", home);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fclose(file);
  start();
  for (size_t k = 0; k < sizeof begun / sizeof *begun + sizeof others / sizeof *others; k++) {
    size_t known = sizeof begun / sizeof *begun;
    expect("mg> ");
    snprintf(keys, sizeof keys, "%s%s/numb\tZ", k < known ? begun[k] : others[k - known], home);
    forget();
    type(keys);
    expect(k < known ? "/numbers-one.txt\"Z" : "Z");
    ck_assert(k < known || !strstr(terminal.raw, "numbers"));
    cancel();
  }
  leave();
}
END_TEST

START_TEST(files_complete_inside_of_file_names) {
  char path[4200], keys[4300];
  snprintf(path, sizeof path, "%s/numbers-one.txt", home);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs("1 2\n", file);
  fclose(file);
  start();
  expect("mg> ");
  snprintf(keys, sizeof keys, "loadtxt(\"%s/numb\t)\r", home);
  type(keys);
  expect("numbers-one.txt");
  expect("[1, 2]");
  snprintf(keys, sizeof keys, ":load %s/numb\t", home);
  expect("mg> ");
  type(keys);
  expect("numbers-one.txt");
  cancel();
  leave();
}
END_TEST

static void make_file(const char *name, const char *text) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", home, name);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  fputs(text, file);
  fclose(file);
}

START_TEST(only_programs_and_folders_are_imported) {
  char path[4200], keys[4300];
  make_file("shapes.csv", "1 2\n");
  make_file("shapes.mg", "print(\"in the\", \"file\")\n");
  snprintf(path, sizeof path, "%s/shelf", home);
  ck_assert_int_eq(mkdir(path, 0700), 0);
  make_file("shelf/box.txt", "1 2\n");
  make_file("shelf/box.mg", "print(\"in the\", \"folder\")\n");
  start();
  expect("mg> ");
  snprintf(keys, sizeof keys, "import \"%s/sha\t\r", home);
  type(keys);
  expect("in the file\n");
  expect("mg> ");
  snprintf(keys, sizeof keys, "import \"%s/she\tb\t\r", home);
  type(keys);
  expect("in the folder\n");
  leave();
}
END_TEST

START_TEST(quotes_in_file_names_are_escaped) {
  char keys[4300];
  make_file("quo\"ted.mg", "print(\"with\", \"a quote\")\n");
  make_file("quo\"tient.mg", "");
  start();
  expect("mg> ");
  snprintf(keys, sizeof keys, "import \"%s/quo\te\t\r", home);
  type(keys);
  expect("with a quote\n");
  leave();
}
END_TEST

START_TEST(commands_and_topics_complete) {
  start();
  expect("mg> ");
  type(":prec\t 3\r");
  expect("# precision 3\n");
  expect("mg> ");
  type("?broadcasti\t\r");
  expect("Shapes are compared");
  expect("mg> ");
  type(":why sh\t\r");
  expect("Two shapes do not fit.");
  expect("mg> ");
  type(":timer \tn\r");
  expect("# timer on\n");
  expect("mg> ");
  type(":precision \t\r");
  expect("# precision auto\n");
  leave();
}
END_TEST

START_TEST(tab_indents_at_the_start) {
  start();
  expect("mg> ");
  type("\t1 + 1\r");
  expect("  1 + 1");
  expect("\n2\n");
  leave();
}
END_TEST

START_TEST(symbols_complete) {
  start();
  expect("mg> ");
  type("\\alpha\t = 3; \\beta\t = 4\r");
  enter("α + β");
  expect("\n7\n");
  leave();
}
END_TEST

START_TEST(help_at_the_cursor_leaves_the_input_alone) {
  static const char *const keys[] = {"\033h", "\033OP", "\033[11~"};
  start();
  expect("mg> ");
  for (int k = 0; k < 3; k++) {
    type("sum([40, 2]");
    type(keys[k]);
    expect("Adds up elements");
    expect("see also: mean");
    expect("mg> sum([40, 2]");
    type(")\r");
    expect("\n42\n");
    expect("mg> ");
  }
  type("cos\033h");
  expect("derivative: -g * sin(x)");
  cancel();
  leave();
}
END_TEST

START_TEST(help_tells_everything_on_a_function) {
  start();
  enter("?sin");
  expect("sin(x)\n");
  expect("Sine of x (radians).\n");
  expect("derivative: g * cos(x)\n");
  expect("  mg> sin(pi / 2)\n  1\n");
  expect("see also: cos, tan");
  enter("def mine(x) { \"my own text\"; return x }");
  enter("?mine");
  expect("mine(x)\nmy own text\ndef mine(x) {");
  enter("help(\"mine\")");
  expect("my own text");
  enter("?indexing");
  expect("Indices count from 0");
  enter("?gradie");
  expect("nothing is called `gradie`");
  expect("backward: Sets the gradient");
  enter("?sinn");
  expect("did you mean `?sin`?");
  enter("? \033[31m");
  expect("mg> ");
  type("?x\026\033[31m\r");
  expect("there is no help on `x\\x1b[31m`");
  enter("?()");
  expect("there is no help on ``");
  leave();
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("help");
  tcase_add_test(tests, matches_come_with_signature_and_text);
  tcase_add_test(tests, own_functions_complete_with_their_text);
  tcase_add_test(tests, a_single_function_gets_its_bracket);
  tcase_add_test(tests, attributes_and_methods_follow_a_dot);
  tcase_add_test(tests, nothing_completes_in_a_comment);
  tcase_add_test(tests, symbols_replace_what_begins_with_a_backslash);
  tcase_add_test(tests, reserved_words_and_calls_have_help);
  tcase_add_test(tests, arguments_are_offered_once);
  tcase_add_test(tests, named_arguments_have_choices_and_own_names);
  tcase_add_test(tests, arguments_are_named_where_one_begins);
  tcase_add_test(tests, files_complete_inside_of_file_names);
  tcase_add_test(tests, files_complete_where_functions_take_them);
  tcase_add_test(tests, only_programs_and_folders_are_imported);
  tcase_add_test(tests, quotes_in_file_names_are_escaped);
  tcase_add_test(tests, commands_and_topics_complete);
  tcase_add_test(tests, tab_indents_at_the_start);
  tcase_add_test(tests, symbols_complete);
  tcase_add_test(tests, help_at_the_cursor_leaves_the_input_alone);
  tcase_add_test(tests, help_tells_everything_on_a_function);
  return run_terminal_tests("prompt help", tests);
}
