/* SPDX-License-Identifier: MIT */
/* test_report.c: how errors and warnings look. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "repl/report.h"
#include "tests/suite.h"

static SourceMap map;
static Error error;
static Buffer out;

static void set_up(void) {
  map = (SourceMap){0};
  error = (Error){0};
  out = (Buffer){0};
}

static void tear_down(void) {
  source_map_free(&map);
  error_free(&error);
  buffer_free(&out);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

static const Source *add_text(const char *name, const char *text) {
  return source_add(&map, name, text, strlen(text), name == NULL);
}

/* The span of the n-th occurrence (from 0) of a part of a text. */
static Span span_of(const Source *source, const char *part, int n) {
  const char *at = strstr(source->text, part);
  while (n-- > 0) at = strstr(at + 1, part);
  ck_assert_ptr_nonnull(at);
  uint32_t start = source->base + (uint32_t)(at - source->text);
  return (Span){start, start + (uint32_t)strlen(part)};
}

static Span end_of(const Source *source) {
  uint32_t end = source->base + (uint32_t)source->length;
  return (Span){end, end};
}

static void expect_report(const char *expected) {
  buffer_clear(&out);
  report_error(&out, &map, &error, false);
  ck_assert_str_eq(buffer_text(&out), expected);
}

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

/* ---- places */

START_TEST(nothing_to_report) {
  expect_report("");
  error.kind = ERROR_EXIT;
  expect_report("");
}
END_TEST

START_TEST(error_without_a_place) {
  error_set(&error, ERROR_FILE, "no such file");
  expect_report("error: no such file\n");
  error_at(&error, (Span){77, 78}); /* a place that no text has */
  expect_report("error: no such file\n");
}
END_TEST

START_TEST(interrupt_is_a_sentence) {
  const Source *source = add_text(NULL, "f(1)");
  error_set(&error, ERROR_INTERRUPT, "interrupted after 1.9 s in f (line 4); variables are unchanged");
  error_at(&error, span_of(source, "f(1)", 0));
  expect_report("interrupted after 1.9 s in f (line 4); variables are unchanged\n");
}
END_TEST

START_TEST(input_of_several_lines_has_a_gutter) {
  const Source *source = add_text(NULL, "x = 1\ny = x + z\n");
  error_set(&error, ERROR_NAME, "unknown name `z`");
  error_at(&error, span_of(source, "z", 0));
  expect_report("error: unknown name `z`\n"
                "  2 | y = x + z\n"
                "    |         ^\n");
}
END_TEST

START_TEST(line_numbers_have_one_width) {
  const Source *source = add_text("a.mg", "y\n\n\n\n\n\n\n\n\ny = 1");
  error_set(&error, ERROR_NAME, "`y` is used before it is defined");
  error_at(&error, span_of(source, "y", 1));
  error_label(&error, span_of(source, "y", 0), "used here");
  expect_report("a.mg:10:1: error: `y` is used before it is defined\n"
                "   1 | y\n"
                "     | ~ used here\n"
                "  10 | y = 1\n"
                "     | ^\n");
}
END_TEST

START_TEST(span_over_several_lines_is_cut) {
  const Source *source = add_text("a.mg", "x = sum([1,\n  2])\n");
  error_set(&error, ERROR_TYPE, "no");
  error_at(&error, span_of(source, "sum([1,\n  2])", 0));
  expect_report("a.mg:1:5: error: no\n"
                "  1 | x = sum([1,\n"
                "    |     ^~~~~~~\n");
}
END_TEST

START_TEST(place_at_the_newline_and_the_end) {
  const Source *source = add_text("a.mg", "x = \r\ny");
  error_set(&error, ERROR_SYNTAX, "unexpected end of line");
  error_at(&error, (Span){source->base + 4, source->base + 6});
  expect_report("a.mg:1:5: error: unexpected end of line\n"
                "  1 | x =\n"
                "    |     ^\n");
  error.place = end_of(source);
  expect_report("a.mg:2:2: error: unexpected end of line\n"
                "  2 | y\n"
                "    |  ^\n");
}
END_TEST

START_TEST(place_in_an_empty_text) {
  const Source *source = add_text("<stdin>", "");
  error_set(&error, ERROR_SYNTAX, "nothing here");
  error_at(&error, end_of(source));
  expect_report("<stdin>:1:1: error: nothing here\n"
                "  1 |\n"
                "    | ^\n");
}
END_TEST

START_TEST(tabs_are_expanded) {
  const Source *source = add_text("a.mg", "if c {\n\tx =\ty\n}");
  error_set(&error, ERROR_NAME, "unknown name `y`");
  error_at(&error, span_of(source, "y", 0));
  error_label(&error, span_of(source, "x", 0), "%s", "");
  expect_report("a.mg:2:6: error: unknown name `y`\n"
                "  2 |     x = y\n"
                "    |     ~   ^\n");
}
END_TEST

START_TEST(columns_by_display_width) {
  const Source *source = add_text("a.mg", "\"\xE6\xBC\xA2\xE5\xAD\x97\" + \xCE\xB1\xCC\x81x * y");
  error_set(&error, ERROR_NAME, "unknown name `y`");
  error_at(&error, span_of(source, "y", 0));
  error_label(&error, span_of(source, "\xE6\xBC\xA2\xE5\xAD\x97", 0), "%s", "");
  expect_report("a.mg:1:14: error: unknown name `y`\n"
                "  1 | \"\xE6\xBC\xA2\xE5\xAD\x97\" + \xCE\xB1\xCC\x81x * y\n"
                "    |  ~~~~         ^\n");
}
END_TEST

START_TEST(byte_order_mark_is_not_shown) {
  const Source *source = add_text("a.mg", "\xEF\xBB\xBFy + 1");
  error_set(&error, ERROR_NAME, "unknown name `y`");
  error_at(&error, span_of(source, "y", 0));
  expect_report("a.mg:1:1: error: unknown name `y`\n"
                "  1 | y + 1\n"
                "    | ^\n");
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
  for (int i = 0; i < 1000; i++) error_frame(&error, i < 2 ? "inner" : i < 998 ? "middle" : "outer", span_of(source, "e", 0));
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

/* ---- long lines */

static const Source *add_long_line(size_t before, size_t after) {
  char *text = malloc(before + after + 2);
  ck_assert_ptr_nonnull(text);
  memset(text, 'a', before);
  text[before] = '@';
  memset(text + before + 1, 'b', after);
  text[before + 1 + after] = '\0';
  const Source *source = add_text(NULL, text);
  free(text);
  return source;
}

/* Both lines as they come; the mark has to stand below the `@`, and no line may be wider than 2 + 72. */
static void check_window(const Source *source) {
  error_set(&error, ERROR_VALUE, "no");
  error.place = span_of(source, "@", 0);
  buffer_clear(&out);
  report_error(&out, &map, &error, false);
  const char *line = strchr(buffer_text(&out), '\n') + 1, *marks = strchr(line, '\n') + 1;
  ck_assert_int_le(marks - 1 - line, 2 + 72);
  const char *at = strchr(line, '@'), *mark = strchr(marks, '^');
  ck_assert_msg(at && mark && at - line == mark - marks, "%s", buffer_text(&out));
}

START_TEST(long_lines_are_windowed) {
  for (size_t before = 0; before < 200; before += 7)
    for (size_t after = 0; after < 200; after += 7) check_window(add_long_line(before, after));
  check_window(add_long_line(1000000, 1000000));
}
END_TEST

START_TEST(window_shows_where_it_is_cut) {
  const Source *source = add_long_line(100, 100);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, span_of(source, "@", 0));
  error_label(&error, span_of(source, "@", 0), "here");
  expect_report("error: no\n"
                "  ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...\n"
                "                                     ^ here\n");
}
END_TEST

START_TEST(window_with_wide_characters) {
  Buffer text = {0};
  for (int i = 0; i < 60; i++) buffer_add_text(&text, "\xE6\xBC\xA2");
  buffer_add_text(&text, "x@");
  for (int i = 0; i < 60; i++) buffer_add_text(&text, "\xE6\xBC\xA2");
  const Source *source = add_text(NULL, buffer_text(&text));
  buffer_free(&text);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, span_of(source, "@", 0));
  buffer_clear(&out);
  report_error(&out, &map, &error, false);
  const char *line = strchr(buffer_text(&out), '\n') + 1, *at = strchr(line, '@'), *mark = strchr(strchr(line, '\n'), '^');
  size_t columns = 0;
  for (const char *c = line; c < at;) {
    uint32_t character = 0;
    c += utf8_decode(c, at, &character);
    columns += (size_t)utf8_width(character);
  }
  ck_assert_uint_eq(columns, (size_t)(mark - strchr(line, '\n') - 1));
}
END_TEST

START_TEST(span_wider_than_the_window) {
  char text[301];
  memset(text, 'x', 300);
  text[300] = '\0';
  const Source *source = add_text(NULL, text);
  error_set(&error, ERROR_VALUE, "no");
  error_at(&error, (Span){source->base + 50, source->base + 250});
  report_error(&out, &map, &error, false);
  const char *line = strchr(buffer_text(&out), '\n') + 1, *marks = strchr(line, '\n') + 1;
  ck_assert_int_eq(marks - 1 - line, 2 + 72);
  ck_assert_int_le((int)strlen(marks), 2 + 72 + 2);
  ck_assert_str_eq(strchr(marks, '\n'), "\n");
  ck_assert_ptr_nonnull(strchr(marks, '^'));
}
END_TEST

/* ---- safety */

START_TEST(nothing_foreign_is_written_raw) {
  static const char text[] = "x\x1b[31m\x07 \xFF \xC2\x9B \xE2\x80\xAE \x7F @";
  const Source *source = add_text("e\x1b" "vil\n.mg", text);
  error_set(&error, ERROR_NAME, "unknown \x1b]0;title\x07 \xC2\x9B`\xFE`\n\t");
  error_hint(&error, "\x1b[2J");
  error_at(&error, span_of(source, "@", 0));
  error_label(&error, span_of(source, "@", 0), "\x1b[1m");
  error_frame(&error, "f\x1b", (Span){0, 0});
  expect_report("e\\x1bvil\\n.mg:1:17: error: unknown \\x1b]0;title\\x07 \\x9b`\\xfe`\\n\\t\n"
                "  1 | x\\x1b[31m\\x07 \\xff \\x9b \\u{202e} \\x7f @\n"
                "    |                                       ^ \\x1b[1m\n"
                "in f\\x1b\n"
                "hint: \\x1b[2J\n");
}
END_TEST

START_TEST(nul_bytes_are_shown) {
  const Source *source = source_add(&map, "a.mg", "a\0b", 3, false);
  error_set(&error, ERROR_SYNTAX, "a NUL byte");
  error_at(&error, (Span){source->base + 1, source->base + 2});
  expect_report("a.mg:1:2: error: a NUL byte\n"
                "  1 | a\\x00b\n"
                "    |  ^~~~\n");
}
END_TEST

START_TEST(operand_marks_are_dropped) {
  error_set(&error, ERROR_SHAPE, "cannot add " ERROR_OPERAND(0) "(2,) and " ERROR_OPERAND(1) "(3,)\001");
  expect_report("error: cannot add (2,) and (3,)\n");
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

START_TEST(report_survives_any_place) {
  add_text("a.mg", "x\t=\xFF\r\n\xE6\xBC\xA2\n\n");
  const Source *second = add_text(NULL, "\ty\n");
  uint32_t last = second->base + (uint32_t)second->length + 3;
  error_set(&error, ERROR_VALUE, "no");
  for (uint32_t a = 0; a < last; a++) {
    for (uint32_t b = a; b < last; b++) {
      error.place = (Span){a, b};
      error.label_count = 0;
      error_label(&error, (Span){b, a}, "label");
      error_label(&error, (Span){last - b, last}, "other");
      buffer_clear(&out);
      report_error(&out, &map, &error, true);
      ck_assert(out.length > 0 && out.text[out.length - 1] == '\n');
    }
  }
}
END_TEST

static void add_tests(TCase *group) {
  const TTest *tests[] = {
    broadcasting_at_the_prompt, matrix_product_in_a_script, label_of_the_place_itself,
    function_with_a_tensor_result, unknown_name, label_in_another_line, bracket_never_closed,
    label_behind_a_long_place, nothing_to_report, error_without_a_place, interrupt_is_a_sentence,
    input_of_several_lines_has_a_gutter, line_numbers_have_one_width, span_over_several_lines_is_cut,
    place_at_the_newline_and_the_end, place_in_an_empty_text, tabs_are_expanded, columns_by_display_width,
    byte_order_mark_is_not_shown, label_that_is_not_the_last_mark, label_too_long_for_its_line,
    label_in_another_file, label_in_an_earlier_input, frames_name_their_line, frames_at_the_prompt,
    many_frames_are_elided, long_lines_are_windowed, window_shows_where_it_is_cut, window_with_wide_characters,
    span_wider_than_the_window, nothing_foreign_is_written_raw, nul_bytes_are_shown, operand_marks_are_dropped,
    colours, warnings, report_survives_any_place,
  };
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(group, tests[i]);
}

int main(void) {
  Suite *suite = suite_create("report");
  TCase *group = tcase_create("report");
  tcase_add_checked_fixture(group, set_up, tear_down);
  add_tests(group);
  suite_add_tcase(suite, group);
  return run_suite(suite);
}
