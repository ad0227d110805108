/* SPDX-License-Identifier: MIT */
/* test_report.c: what reports of errors and warnings say: messages, labels, calls, hints, colours. */
#include "tests/reports.h"

/* ---- the samples of the manual */

START_TEST(broadcasting_at_the_prompt) {
  const Source *source = add_text(NULL, "[1, 2, 3] + [1, 2]\n");
  error_set(&error, ERROR_SHAPE, "cannot add shapes (3,) and (2,)");
  error_hint(&error, "sizes must be equal, or one of them 1");
  error_at(&error, span_of(source, "+", 0));
  error_label(&error, span_of(source, "[1, 2, 3]", 0), "%s", "");
  error_label(&error, span_of(source, "[1, 2]", 0), "last axis: 3 against 2");
  expect_report("error: cannot add shapes (3,) and (2,)\n"
                "  [1, 2, 3] + [1, 2]\n"
                "  ~~~~~~~~~ ^ ~~~~~~ last axis: 3 against 2\n"
                "hint: sizes must be equal, or one of them 1\n");
}
END_TEST

START_TEST(matrix_product_in_a_script) {
  const Source *source = add_text("train.mg", "W = 1\nx = 2\nz = W @ x\nz\n");
  error_set(&error, ERROR_SHAPE, "cannot multiply `W` (2, 2) @ `x` (3,): inner sizes 2 and 3 differ");
  error_hint(&error, "`W @ x` needs the last size of `W` to equal the first size of `x`");
  error_at(&error, span_of(source, "@", 0));
  error_label(&error, span_of(source, "W", 1), "%s", "");
  error_label(&error, span_of(source, "x", 1), "%s", "");
  expect_report("train.mg:3:7: error: cannot multiply `W` (2, 2) @ `x` (3,): inner sizes 2 and 3 differ\n"
                "  3 | z = W @ x\n"
                "    |     ~ ^ ~\n"
                "hint: `W @ x` needs the last size of `W` to equal the first size of `x`\n");
}
END_TEST

START_TEST(label_of_the_place_itself) {
  const Source *source = add_text(NULL, "c = 3; backward(c)");
  error_set(&error, ERROR_GRADIENT, "`c` does not depend on any variable, so it has no gradient");
  error_at(&error, span_of(source, "c", 2));
  error_label(&error, error.place, "constant");
  expect_report("error: `c` does not depend on any variable, so it has no gradient\n"
                "  c = 3; backward(c)\n"
                "                  ^ constant\n");
}
END_TEST

START_TEST(function_with_a_tensor_result) {
  const Source *source = add_text(NULL, "grad(x -> x ** 2)([1, 2, 3])");
  error_set(&error, ERROR_GRADIENT, "`grad` needs a function with a scalar result, but it returned shape (3,)");
  error_hint(&error, "for elementwise functions use `f'` or `elementwise_grad(f)`; for the matrix `jacobian(f)`");
  error_at(&error, span_of(source, "x -> x ** 2", 0));
  expect_report("error: `grad` needs a function with a scalar result, but it returned shape (3,)\n"
                "  grad(x -> x ** 2)([1, 2, 3])\n"
                "       ^~~~~~~~~~~\n"
                "hint: for elementwise functions use `f'` or `elementwise_grad(f)`; for the matrix `jacobian(f)`\n");
}
END_TEST

START_TEST(unknown_name) {
  const Source *source = add_text(NULL, "y = sinn(2)");
  error_set(&error, ERROR_NAME, "unknown function `sinn`");
  error_hint(&error, "did you mean `sin`?");
  error_at(&error, span_of(source, "sinn", 0));
  expect_report("error: unknown function `sinn`\n"
                "  y = sinn(2)\n"
                "      ^~~~\n"
                "hint: did you mean `sin`?\n");
}
END_TEST

START_TEST(label_in_another_line) {
  const Source *source = add_text("a.mg", "x = 1\nz = y + 1\n\n\ny = 3\n");
  error_set(&error, ERROR_NAME, "`y` is used before it is defined");
  error_at(&error, span_of(source, "y", 0));
  error_label(&error, span_of(source, "y", 1), "first defined here");
  expect_report("a.mg:2:5: error: `y` is used before it is defined\n"
                "  2 | z = y + 1\n"
                "    |     ^\n"
                "  5 | y = 3\n"
                "    | ~ first defined here\n");
}
END_TEST

START_TEST(bracket_never_closed) {
  const Source *source = add_text("a.mg", "\n\n\nL = sum((x - 1) ** 2");
  error_set(&error, ERROR_SYNTAX, "`(` is never closed");
  error_at(&error, span_of(source, "(", 0));
  error_label(&error, end_of(source), "expected `,` or `)` here");
  expect_report("a.mg:4:8: error: `(` is never closed\n"
                "  4 | L = sum((x - 1) ** 2\n"
                "    |        ^            ~ expected `,` or `)` here\n");
}
END_TEST

START_TEST(label_behind_a_long_place) {
  const Source *source = add_text(NULL, "sin(1, 2, 3)");
  error_set(&error, ERROR_ARGUMENT, "`sin` takes 1 argument, got 3");
  error_at(&error, span_of(source, "2, 3", 0));
  error_label(&error, span_of(source, "2, 3", 0), "not expected");
  expect_report("error: `sin` takes 1 argument, got 3\n"
                "  sin(1, 2, 3)\n"
                "         ^~~~ not expected\n");
}
END_TEST

/* ---- labels */

START_TEST(label_that_is_not_the_last_mark) {
  const Source *source = add_text(NULL, "abc @ de");
  error_set(&error, ERROR_SHAPE, "no");
  error_at(&error, span_of(source, "@", 0));
  error_label(&error, span_of(source, "abc", 0), "shape (2, 3)");
  error_label(&error, span_of(source, "de", 0), "shape (2,)");
  expect_report("error: no\n"
                "  abc @ de\n"
                "  ~~~ ^ ~~ shape (2,)\n"
                "  shape (2, 3)\n");
}
END_TEST

START_TEST(label_too_long_for_its_line) {
  char text[60] = {0};
  memset(text, 'x', 50);
  const Source *source = add_text(NULL, text);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, (Span){source->base + 40, source->base + 50});
  error_label(&error, error.place, "a label that would run over the edge of the screen");
  expect_report("error: no\n"
                "  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
                "                                          ^~~~~~~~~~\n"
                "                                a label that would run over the edge of the screen\n");
}
END_TEST

START_TEST(label_in_another_file) {
  const Source *library = add_text("lib.mg", "\ny = 3\n"), *script = add_text("a.mg", "y()\n");
  error_set(&error, ERROR_TYPE, "`y` is no function");
  error_at(&error, span_of(script, "y", 0));
  error_label(&error, span_of(library, "y", 0), "defined here");
  expect_report("a.mg:1:1: error: `y` is no function\n"
                "  1 | y()\n"
                "    | ^\n"
                "lib.mg:2:1: note: defined here\n"
                "  2 | y = 3\n"
                "    | ~\n");
}
END_TEST

START_TEST(label_in_an_earlier_input) {
  const Source *earlier = add_text(NULL, "y = 3\n"), *now = add_text(NULL, "y()\n");
  error_set(&error, ERROR_TYPE, "`y` is no function");
  error_at(&error, span_of(now, "y", 0));
  error_label(&error, span_of(earlier, "y", 0), "defined here");
  expect_report("error: `y` is no function\n"
                "  y()\n"
                "  ^\n"
                "  y = 3\n"
                "  ~ defined here\n");
}
END_TEST

/* ---- frames */

START_TEST(frames_name_their_line) {
  const Source *library = add_text("lib.mg", "f(x) = g(x)\n"), *source = add_text("a.mg", "\ng(x) = x @ x\n\nf(1)\n");
  error_set(&error, ERROR_SHAPE, "no");
  error_at(&error, span_of(source, "@", 0));
  error_frame(&error, "g", span_of(library, "g", 0));
  error_frame(&error, "f", span_of(source, "f", 0));
  error_frame(&error, "nowhere", (Span){0, 0});
  error_hint(&error, "be careful");
  expect_report("a.mg:2:10: error: no\n"
                "  2 | g(x) = x @ x\n"
                "    |          ^\n"
                "in g, called at line 1 of lib.mg\n"
                "in f, called at line 4\n"
                "in nowhere\n"
                "hint: be careful\n");
}
END_TEST

START_TEST(frames_at_the_prompt) {
  const Source *definition = add_text(NULL, "def f(x) {\n  return x @ x\n}\n"), *call = add_text(NULL, "f(1)\n");
  error_set(&error, ERROR_SHAPE, "no");
  error_at(&error, span_of(definition, "@", 0));
  error_frame(&error, "f", span_of(call, "f", 0));
  expect_report("error: no\n"
                "  2 |   return x @ x\n"
                "    |            ^\n"
                "in f, called from the prompt\n");
}
END_TEST

START_TEST(many_frames_are_elided) {
  const Source *source = add_text("a.mg", "a\nb\nc\nd\ne\n");
  error_set(&error, ERROR_DEPTH, "calls nest too deeply");
  error_at(&error, span_of(source, "a", 0));
  for (int i = 0; i < 1000; i++)
    error_frame(&error, i < 2 ? "inner" : i < 998 ? "middle" : "outer", span_of(source, "e", 0));
  expect_report("a.mg:1:1: error: calls nest too deeply\n"
                "  1 | a\n"
                "    | ^\n"
                "in inner, called at line 5\n"
                "in inner, called at line 5\n"
                "... 996 more calls\n"
                "in outer, called at line 5\n"
                "in outer, called at line 5\n");
}
END_TEST

/* ---- colour and warnings */

START_TEST(colours) {
  const Source *source = add_text(NULL, "a + bc");
  error_set(&error, ERROR_NAME, "no");
  error_hint(&error, "yes");
  error_at(&error, span_of(source, "bc", 0));
  error_label(&error, span_of(source, "a", 0), "%s", "");
  report_error(&out, &map, &error, true);
  ck_assert_str_eq(buffer_text(&out), "\x1b[1;31merror:\x1b[0m no\n"
                                      "  a + bc\n"
                                      "  ~   \x1b[1;31m^~\x1b[0m\n"
                                      "\x1b[36mhint:\x1b[0m yes\n");
}
END_TEST

START_TEST(warnings) {
  const Source *source = add_text("a.mg", "log(x)\n");
  Span place = span_of(source, "log(x)", 0);
  report_warning(&out, &map, place, "`log` of 2 negative elements gives nan", NULL, false);
  ck_assert_str_eq(buffer_text(&out), "a.mg:1:1: warning: `log` of 2 negative elements gives nan\n"
                                      "  1 | log(x)\n"
                                      "    | ^~~~~~\n");
  buffer_clear(&out);
  report_warning(&out, &map, (Span){0, 0}, "careful", "look", true);
  ck_assert_str_eq(buffer_text(&out), "\x1b[33mwarning:\x1b[0m careful\n\x1b[36mhint:\x1b[0m look\n");
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    broadcasting_at_the_prompt, matrix_product_in_a_script, label_of_the_place_itself, function_with_a_tensor_result,
    unknown_name, label_in_another_line, bracket_never_closed, label_behind_a_long_place,
    label_that_is_not_the_last_mark, label_too_long_for_its_line, label_in_another_file, label_in_an_earlier_input,
    frames_name_their_line, frames_at_the_prompt, many_frames_are_elided, colours, warnings,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("report");
  TCase *group = tcase_create("report");
  tcase_add_checked_fixture(group, reports_set_up, reports_tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
