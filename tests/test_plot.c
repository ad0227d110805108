/* SPDX-License-Identifier: MIT */
/* test_plot.c: ticks, clipping and gaps of the plot layer; plots as programs draw them on terminals, and mistakes. */
#include <math.h>
#include <stdlib.h>
#include "evaluator/builtins/sample.h"
#include "plot/paint.h"
#include "tests/evaluating.h"

/* ---- ticks */

typedef struct TickCase {
  double low, high;
  bool logarithmic, whole;
  int most;
  const char *texts;
} TickCase;

static const TickCase tick_cases[] = {
    {0, 10, false, false, 6, "0 2 4 6 8 10"},
    {0, 1, false, false, 7, "0.0 0.2 0.4 0.6 0.8 1.0"},
    {-3, 3, false, false, 7, "-3 -2 -1 0 1 2 3"},
    {0.12, 0.19, false, false, 5, "0.12 0.14 0.16 0.18"},
    {3, -3, false, false, 4, "-2 0 2"},
    {0, 4, false, false, 4, "0 2 4"},
    {0, 3, false, true, 20, "0 1 2 3"},
    {0, 4e6, false, false, 5, "0 1e6 2e6 3e6 4e6"},
    {0, 4e-7, false, false, 5, "0 1e-7 2e-7 3e-7 4e-7"},
    {1e9, 1e9 + 2, false, false, 4, "1e9 1.000000001e9 1.000000002e9"},
    {0.001, 1000, true, false, 10, "0.001 0.01 0.1 1 10 100 1000"},
    {1e-16, 1, true, false, 5, "1e-16 1e-12 1e-8 1e-4 1e0"},
    {1, 20, true, false, 9, "1 2 5 10 20"},
    {2, 4, true, false, 3, "2 3 4"},
    {-4e307, 4e307, false, false, 5, "-4e307 -2e307 0 2e307 4e307"},
    {0, 5e-324, false, false, 4, ""},
};

START_TEST(ticks_are_round_numbers) {
  const TickCase *one = &tick_cases[_i];
  Ticks ticks;
  Buffer texts = {0};
  ticks_choose(&ticks, &(Scale){one->low, one->high, one->logarithmic, one->whole}, one->most);
  for (int k = 0; k < ticks.count; k++) {
    buffer_format(&texts, "%s%s", k ? " " : "", ticks.items[k].text);
    ck_assert(ticks.items[k].place > -1e-6 && ticks.items[k].place < 1 + 1e-6);
  }
  ck_assert_str_eq(buffer_text(&texts), one->texts);
  buffer_free(&texts);
}
END_TEST

START_TEST(fitted_ticks_stay_apart) {
  for (double high = 1e-5; high < 1e12; high *= 3.7) {
    Ticks ticks;
    ticks_fit(&ticks, &(Scale){-high / 3, high, false, false}, 60, 1);
    ck_assert_int_gt(ticks.count, 1);
    for (int k = 1; k < ticks.count; k++) {
      double gap = (ticks.items[k].place - ticks.items[k - 1].place) * 60;
      double needed = (double)(strlen(ticks.items[k].text) + strlen(ticks.items[k - 1].text)) / 2;
      ck_assert_msg(gap >= needed + 2, "%s and %s", ticks.items[k - 1].text, ticks.items[k].text);
    }
  }
}
END_TEST

START_TEST(scales_show_the_surroundings_of_a_single_number) {
  Scale three = scale_fit((Extent){3, 3}, false, 0.05), none = scale_fit((Extent){0, 0}, false, 0.05);
  ck_assert(three.low == 1.5 && three.high == 4.5 && none.low == -1 && none.high == 1);
  Scale wide = scale_fit((Extent){-1.7e308, 1.7e308}, false, 0.05);
  ck_assert(isfinite(wide.high - wide.low) && isnan(scale_place(&wide, INFINITY)));
  Scale decade = scale_fit((Extent){1, 100}, true, 0);
  ck_assert_double_eq_tol(scale_place(&decade, 10), 0.5, 1e-12);
  ck_assert(isnan(scale_place(&decade, 0)) && isnan(scale_place(&decade, -1)));
}
END_TEST

/* ---- Ctrl-C */

START_TEST(limits_are_not_looked_for_when_interrupted) {
  Extent extent;
  extent_start(&extent);
  interrupt_request();
  extent_add(&extent, (double[]){1, 2}, 2, false);
  interrupt_requested = 0;
  ck_assert(extent_is_empty(&extent));
  extent_add(&extent, (double[]){1, 2}, 2, false);
  ck_assert(extent.low == 1 && extent.high == 2);
}
END_TEST

START_TEST(numbers_to_plot_are_not_copied_when_interrupted) {
  int64_t count, columns;
  int ndim;
  Value value;
  Session *session = open_session();
  ck_assert_int_eq(run(session, "x = zeros(1000000); s = sum(x)"), RUN_OK);
  ck_assert(session_lookup(session, "x", &value));
  interrupt_request();
  ck_assert_ptr_null(numbers_of_value(session, value, &count, &ndim, &columns));
  interrupt_requested = 0;
  ck_assert_int_eq(session_error(session)->kind, ERROR_INTERRUPT);
  close_session(session);
}
END_TEST

/* ---- clipping and gaps, seen by a surface that only counts */

typedef struct Counter {
  Surface surface;
  int pieces;
  double length;
  Segment first, last;
} Counter;

static void count_piece(Surface *surface, double x0, double y0, double x1, double y1) {
  Counter *counter = (Counter *)surface;
  ck_assert(x0 >= 0 && x1 >= 0 && y0 >= 0 && y1 >= 0 && fmax(x0, x1) <= 100 && fmax(y0, y1) <= 100);
  if (counter->pieces++ == 0) counter->first = (Segment){x0, y0, x1, y1};
  counter->last = (Segment){x0, y0, x1, y1};
  counter->length += hypot(x1 - x0, y1 - y0);
}

static Counter count_line(const double *x, const double *y, int64_t count) {
  Counter counter = {.surface = {.width = 100, .height = 100, .segment = count_piece}};
  Axes axes = {.x = {0, 10, false, false}, .y = {0, 10, false, false}};
  paint_line(&counter.surface, &axes, x, y, count);
  return counter;
}

START_TEST(lines_are_cut_to_the_area) {
  Counter through = count_line((double[]){-10, 20}, (double[]){-10, 20}, 2);
  ck_assert_int_eq(through.pieces, 1);
  ck_assert_double_eq_tol(through.length, hypot(100, 100), 1e-9);
  ck_assert_int_eq(count_line((double[]){-5, -1}, (double[]){1, 1}, 2).pieces, 0);
  ck_assert_int_eq(count_line((double[]){1, 1}, (double[]){-1e308, 1e308}, 2).pieces, 1);
  Counter corner = count_line((double[]){-1, 1}, (double[]){9, 11}, 2);
  ck_assert_double_eq_tol(corner.length, 0, 1e-9);
}
END_TEST

START_TEST(lines_have_gaps_where_numbers_have_no_place) {
  double x[] = {0, 1, 2, 3, 4, 5, 6};
  ck_assert_int_eq(count_line(x, (double[]){1, 2, NAN, 2, 3, INFINITY, 4}, 7).pieces, 3);
  Counter dot = count_line(x, (double[]){NAN, 5, NAN, NAN, NAN, NAN, NAN}, 7);
  ck_assert_int_eq(dot.pieces, 1);
  ck_assert(dot.length == 0 && dot.first.x0 == 10 && dot.first.y0 == 50);
}
END_TEST

/* A million points take no more pieces than the area has columns, and cover the same. */
START_TEST(dense_lines_keep_their_range) {
  enum { MANY = 1000000 };
  double *x = malloc(2 * MANY * sizeof *x), *y = x + MANY;
  for (int i = 0; i < MANY; i++) {
    x[i] = 10.0 * i / MANY;
    y[i] = i % 1000 == 500 ? 9 : 5 + 0.5 * (i % 2);
  }
  Counter counter = count_line(x, y, MANY);
  ck_assert_int_le(counter.pieces, 400);
  ck_assert_double_ge(counter.length, 100 * 35);
  free(x);
}
END_TEST

/* ---- terminals */

static void expect_plot(const char *code, PlotDevice device, const char *output) {
  Session *session = open_session();
  *session_plot_device(session) = device;
  RunStatus status = run(session, code);
  ck_assert_msg(status == RUN_OK, "%s: %s", code, buffer_text(&session_error(session)->message));
  ck_assert_msg(strcmp(buffer_text(&printed), output) == 0, "%s\ndraws\n%s\ninstead of\n%s", code,
                buffer_text(&printed), output);
  close_session(session);
}

START_TEST(plain_terminals_get_plain_characters) {
  expect_plot("plot(x -> x, 0, 4, title=\"\xc3\xa9\")", (PlotDevice){24, 9, false, false, false},
              "  ?\n"
              "4+                  ***\n"
              " |              *****\n"
              " |          *****\n"
              "2+      *****\n"
              " |  *****\n"
              "0+***\n"
              " ++---------+---------+\n"
              "  0         2         4\n");
}
END_TEST

/* What takes whole tensors and means something else by them is found out, though it agrees where a coordinate is 0 or 1:
   each is drawn as the function that means the same of numbers and of tensors. */
static const struct { const char *reduces, *pointwise; } same_pictures[] = {
  {"heatmap((x, y) -> x * exp(-norm([x, y]) ** 2), 0, 2)", "heatmap((x, y) -> x * exp(-(x * x + y * y)), 0, 2)"},
  {"heatmap((x, y) -> x / norm([x, y]), 0, 1, 0.1, 1)", "heatmap((x, y) -> x / sqrt(x * x + y * y), 0, 1, 0.1, 1)"},
  {"contour((x, y) -> x * norm([x, y]), 0, 1, 0, 1, levels=[0.2, 0.5])",
   "contour((x, y) -> x * sqrt(x * x + y * y), 0, 1, 0, 1, levels=[0.2, 0.5])"},
  {"arrows((x, y) -> x * norm([x, y]), -0.2, 1, 0, 1, count=(3, 3))",
   "arrows((x, y) -> x * sqrt(x * x + y * y), -0.2, 1, 0, 1, count=(3, 3))"},
  {"plot(x -> x * (x - 1) * norm(x), -1, 2, legend=false)", "plot(x -> x * (x - 1) * abs(x), -1, 2, legend=false)"},
};

START_TEST(what_means_tensors_is_drawn_point_by_point) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, same_pictures[_i].pointwise), RUN_OK);
  size_t length = printed.length;
  ck_assert_int_eq(run(session, same_pictures[_i].reduces), RUN_OK);
  bool same = printed.length == 2 * length && memcmp(printed.text, printed.text + length, length) == 0;
  ck_assert_msg(same, "%s", same_pictures[_i].reduces);
  close_session(session);
}
END_TEST

START_TEST(colours_are_escape_codes_only_where_they_are_wanted) {
  Session *session = open_session();
  PlotDevice *device = session_plot_device(session);
  *device = (PlotDevice){30, 8, true, false, false};
  ck_assert_int_eq(run(session, "heatmap((x, y) -> x * y); contour((x, y) -> x * y); plot(sin, cos)"), RUN_OK);
  ck_assert_ptr_null(strchr(buffer_text(&printed), '\x1b'));
  device->colour = true;
  buffer_clear(&printed);
  ck_assert_int_eq(run(session, "plot(sin, cos)"), RUN_OK);
  ck_assert_ptr_nonnull(strstr(buffer_text(&printed), "\x1b[38;5;14m"));
  const char *line = buffer_text(&printed);
  for (const char *end; (end = strchr(line, '\n')); line = end + 1)
    if (memchr(line, '\x1b', (size_t)(end - line)))
      ck_assert_int_eq(memcmp(memrchr(line, '\x1b', (size_t)(end - line)), "\x1b[0m", 4), 0);
  close_session(session);
}
END_TEST

START_TEST(animations_redraw_on_terminals_only) {
  Session *session = open_session();
  const char *code = "animate(k -> print(f\"frame {k}\"), 3, pause=0)";
  ck_assert_int_eq(run(session, code), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "frame 2\n");
  session_plot_device(session)->redraws = true;
  buffer_clear(&printed);
  ck_assert_int_eq(run(session, code), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "frame 0\n\x1b[1A\r\x1b[Jframe 1\n\x1b[1A\r\x1b[Jframe 2\n");
  close_session(session);
}
END_TEST

static void keep_warning(void *context, const SourceMap *sources, Span place, const char *message, const char *hint) {
  Place where = source_place(sources, place.start);
  buffer_format(context, "%u:%u: %s, %s\n", (unsigned)where.line, (unsigned)where.column, message, hint ? hint : "");
}

static bool ignore_output(void *context, Stream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  return true;
}

START_TEST(animations_pass_warnings_on) {
  Buffer warnings = {0};
  Session *session = session_new(&(SessionOptions){.output = ignore_output, .warn = keep_warning,
                                                   .output_context = &warnings});
  ck_assert_int_eq(run(session, "animate(k -> print(log(k)), [-1, -2], pause=0)\nlog(-1)"), RUN_OK);
  const char *first = buffer_text(&warnings);
  ck_assert_msg(strncmp(first, "1:20: ", 6) == 0, "%s", first);
  ck_assert_msg(strstr(first, "\n2:1: "), "%s", first);
  session_free(session);
  buffer_free(&warnings);
}
END_TEST

/* ---- errors */

static const ErrorCase errors[] = {
    {"plot()", ERROR_ARGUMENT, 1, 1, "there is nothing to plot", "plot([1, 3, 2], size=(20, 8))"},
    {"plot([])", ERROR_ARGUMENT, 1, 6, "there is no finite number to plot", NULL},
    {"plot([nan, inf])", ERROR_ARGUMENT, 1, 6, "there is no finite number to plot", NULL},
    {"plot([1, 2, 3], [1, 2])", ERROR_SHAPE, 1, 6, "there are 3 x but 2 y", "every x needs one y"},
    {"plot(([1, 2], [1]))", ERROR_SHAPE, 1, 6, "there are 2 x but 1 y", NULL},
    {"plot(\"a\")", ERROR_TYPE, 1, 6, "a string cannot be plotted", NULL},
    {"plot(sin, 1)", ERROR_ARGUMENT, 1, 6, "a range has two numbers, where it begins and where it ends",
     "plot(f, -3, 3)"},
    {"plot(sin, 0, inf)", ERROR_ARGUMENT, 1, 6, "the range of a function must be finite", NULL},
    {"plot(sin, 2, 2)", ERROR_ARGUMENT, 1, 6, "the range of a function begins where it ends", NULL},
    {"plot(x -> [x, x], 0, 1)", ERROR_SHAPE, 1, 6, "the function gives shape (2,) at 0, but a plot needs a number",
     NULL},
    {"plot(x -> none, 0, 1)", ERROR_SHAPE, 1, 6, "the function gives `none` at 0, but a plot needs a number", NULL},
    {"plot(x -> error(\"boom\"), 0, 1)", ERROR_USER, 1, 11, "boom", NULL},
    {"plot([-1], logy=true)", ERROR_ARGUMENT, 1, 6, "a logarithmic axis needs positive numbers, and there are none",
     NULL},
    {"plot(sin, -1, 1, logx=true)", ERROR_ARGUMENT, 1, 6, "on a logarithmic axis the range must be positive", NULL},
    {"plot([1], xlim=(1, 1))", ERROR_ARGUMENT, 1, 16, "`xlim` must be two different numbers", NULL},
    {"plot([1], xlim=3)", ERROR_ARGUMENT, 1, 16, "`xlim` must be two numbers", "like (-1, 1)"},
    {"plot([1], size=(3, 9))", ERROR_ARGUMENT, 1, 16, "`size` must be two whole numbers from 8 to 4096", NULL},
    {"plot([1], labels=(\"a\", \"b\"))", ERROR_ARGUMENT, 1, 18, "`labels` holds more labels than there are series",
     NULL},
    {"plot([1], title=3)", ERROR_TYPE, 1, 17, "`title` must be a string, not a number", NULL},
    {"plot([1], save=\"p.gif\")", ERROR_FILE, 1, 16, "plots are saved as .svg or .png, by the end of the name",
     "like \"plot.svg\""},
    {"plot(zeros((2, 2, 2)))", ERROR_ARGUMENT, 1, 6, "a series has one axis, several have two", NULL},
    {"saveplot(\"p.svg\")", ERROR_ARGUMENT, 1, 1, "there is no plot yet", NULL},
    {"hist([1, 2], 0)", ERROR_ARGUMENT, 1, 14, "`bins` goes from 1 to 10000", NULL},
    {"hist([1, 2], [2, 1])", ERROR_ARGUMENT, 1, 14, "the edges of `bins` must ascend", NULL},
    {"hist([nan])", ERROR_ARGUMENT, 1, 6, "there is no finite number to count", NULL},
    {"bar([])", ERROR_SHAPE, 1, 5, "heights of bars are one number or more in one or two axes", NULL},
    {"bar((\"a\", \"b\"), [1])", ERROR_SHAPE, 1, 5, "there are 2 x but 1 y", NULL},
    {"heatmap([1, 2])", ERROR_ARGUMENT, 1, 9, "heights are a matrix or a function of x and y", NULL},
    {"heatmap([[nan]])", ERROR_ARGUMENT, 1, 9, "there is no finite height to plot", NULL},
    {"heatmap((x, y) -> x, 1)", ERROR_ARGUMENT, 1, 22, "these limits of x and y are not clear", NULL},
    {"heatmap((x, y) -> x, 1, 1)", ERROR_ARGUMENT, 1, 22, "limits must be finite and different", NULL},
    {"contour([[1, 2]])", ERROR_ARGUMENT, 1, 9, "contour lines need two rows and two columns at least", NULL},
    {"contour((x, y) -> 1)", ERROR_ARGUMENT, 1, 9, "all heights are the same, so there are no contour lines", NULL},
    {"contour((x, y) -> x, levels=0)", ERROR_ARGUMENT, 1, 29, "`levels` goes from 1 to 24, or lists heights", NULL},
    {"arrows((x, y) -> (x, y, x))", ERROR_SHAPE, 1, 8,
     "the function gives a tuple at -2.8125, ..., but a plot needs a number", NULL},
    {"table()", ERROR_ARGUMENT, 1, 1, "a table needs a column", NULL},
    {"table([1], headings=(\"a\", \"b\"))", ERROR_ARGUMENT, 1, 21,
     "`headings` is a tuple of strings, at most one for each column", NULL},
    {"animate(3, 3)", ERROR_TYPE, 1, 9, "`f` must be a function, not a number", NULL},
    {"animate(k -> k, -1)", ERROR_ARGUMENT, 1, 17, "`frames` goes from 0 to 1000000", NULL},
};

START_TEST(mistakes_are_told) { expect_error(&errors[_i]); }
END_TEST

/* ---- functions */

START_TEST(functions_are_tried_out_without_traces) {
  Session *session = open_session();
  const char *code = "a = tensor(2)\nf(x) = a * log(x)\nplot(f, -1, 3, save=\"/dev/null.svg\")";
  run(session, code); /* the file cannot be written, but the function has been called */
  ck_assert_str_eq(buffer_text(&diagnosed), "");
  buffer_clear(&printed);
  ck_assert_int_eq(run(session, "y = f(2); backward(y); grad(a) == log(2)"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), "true\n");
  run(session, "f(-1)");
  ck_assert_msg(strstr(buffer_text(&diagnosed), "warning") != NULL, "the warning is still to come: %s",
                buffer_text(&diagnosed));
  close_session(session);
}
END_TEST

START_TEST(functions_of_numbers_and_of_tensors_draw_the_same) {
  static const char *const forms[] = {
      "plot(x -> x ** 2 if x > 0 else -x, -2, 2, size=(30, 10), legend=false)",
      "plot(x -> where(x > 0, x ** 2, -x), -2, 2, size=(30, 10), legend=false)",
      "def f(x) { if x > 0 { return x ** 2 }\n return sum([-x]) }\nplot(f, 2, -2, size=(30, 10), legend=false)"};
  Buffer first = {0};
  for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
    Session *session = open_session();
    ck_assert_int_eq(run(session, forms[k]), RUN_OK);
    if (k == 0)
      buffer_add(&first, printed.text, printed.length);
    else
      ck_assert_str_eq(buffer_text(&printed), buffer_text(&first));
    close_session(session);
  }
  buffer_free(&first);
}
END_TEST

/* sum(x) takes a tensor, but means something else by it. */
START_TEST(sums_are_called_point_by_point) {
  Session *session = open_session();
  ck_assert_int_eq(run(session, "plot(sum, 0, 4, size=(24, 9), legend=false)"), RUN_OK);
  Buffer line = {0};
  buffer_add(&line, printed.text, printed.length);
  buffer_clear(&printed);
  ck_assert_int_eq(run(session, "plot(x -> x, 0, 4, size=(24, 9), legend=false)"), RUN_OK);
  ck_assert_str_eq(buffer_text(&printed), buffer_text(&line));
  buffer_free(&line);
  close_session(session);
}
END_TEST

static void add_layer(Suite *suite) {
  TCase *layer = tcase_create("layer");
  tcase_add_loop_test(layer, ticks_are_round_numbers, 0, COUNT(tick_cases));
  tcase_add_test(layer, fitted_ticks_stay_apart);
  tcase_add_test(layer, scales_show_the_surroundings_of_a_single_number);
  tcase_add_test(layer, limits_are_not_looked_for_when_interrupted);
  tcase_add_test(layer, lines_are_cut_to_the_area);
  tcase_add_test(layer, lines_have_gaps_where_numbers_have_no_place);
  tcase_add_test(layer, dense_lines_keep_their_range);
  suite_add_tcase(suite, layer);
}

static void add_language(Suite *suite) {
  TCase *language = tcase_create("language");
  tcase_add_test(language, numbers_to_plot_are_not_copied_when_interrupted);
  tcase_add_test(language, plain_terminals_get_plain_characters);
  tcase_add_loop_test(language, what_means_tensors_is_drawn_point_by_point, 0, COUNT(same_pictures));
  tcase_add_test(language, colours_are_escape_codes_only_where_they_are_wanted);
  tcase_add_test(language, animations_redraw_on_terminals_only);
  tcase_add_test(language, animations_pass_warnings_on);
  tcase_add_loop_test(language, mistakes_are_told, 0, COUNT(errors));
  tcase_add_test(language, functions_are_tried_out_without_traces);
  tcase_add_test(language, functions_of_numbers_and_of_tensors_draw_the_same);
  tcase_add_test(language, sums_are_called_point_by_point);
  suite_add_tcase(suite, language);
}

int main(void) {
  Suite *suite = suite_create("plot");
  add_layer(suite);
  add_language(suite);
  return run_suite(suite);
}
