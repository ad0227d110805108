/* SPDX-License-Identifier: MIT */
/* test_rule_text.c: derivatives as people write them say the same as the rules they come from; related names exist. */
#include <math.h>
#include "autodiff/rule.h"
#include "autodiff/rule_text.h"
#include "evaluator/describe.h"
#include "tests/evaluating.h"

static const char *text_of(const char *formula) {
  static Buffer out;
  buffer_clear(&out);
  rule_text(&out, formula);
  return buffer_text(&out);
}

START_TEST(formulas_read_as_in_a_book) {
  static const struct { const char *rule, *text; } cases[] = {
      {"Mul(g, Cos(x))", "g * cos(x)"},
      {"Neg(Mul(g, Sin(x)))", "-g * sin(x)"},
      {"Neg(SumTo(g, y))", "-g"},
      {"Div(g, Mul(Num(2), r))", "g / (2 * r)"},
      {"Sub(x, Sub(y, r))", "x - (y - r)"},
      {"Sub(Add(x, y), r)", "x + y - r"},
      {"Mul(Add(x, y), Neg(r))", "(x + y) * (-r)"},
      {"Square(Sech(x))", "sech(x) ** 2"},
      {"Mul(g, SechSquared(x))", "g * sech(x) ** 2"},
      {"Pow(SechSquared(x), y)", "(sech(x) ** 2) ** y"},
      {"Square(Square(x))", "(x ** 2) ** 2"},
      {"Exp(Neg(Square(x)))", "exp(-x ** 2)"},
      {"Where(Less(x, Num(0)), Num(NAN), Div(g, x))", "where(x < 0, nan, g / x)"},
      {"Mul(g, Num(M_PI / 180))", "g * pi / 180"},
      {"Where(And(Equal(x, Num(0)), Equal(y, Num(0))), Num(0), g)", "where(x == 0 and y == 0, 0, g)"},
      {"Mul(g, LessShare(y, x))", "g * where(x == y, 0.5, x > y)"},
      {"FLAT", "0"},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) ck_assert_str_eq(text_of(cases[k].rule), cases[k].text);
  text_of("Mul(g"); /* what is no formula does no harm */
  text_of("Where(((");
  text_of("");
}
END_TEST

/* The text is a program: it must compute what the rule computes. */
static void expect_same(Session *session, const char *name, const char *formula, double expected,
                        const double *values) {
  Buffer code = {0};
  double got = NAN;
  buffer_format(&code, "g = %.17g; x = %.17g; y = %.17g; r = %.17g; got = ", values[0], values[1], values[2],
                values[3]);
  rule_text(&code, formula);
  buffer_add_text(&code, " + 0");
  ck_assert_msg(run(session, buffer_text(&code)) == RUN_OK, "%s: %s: %s", name, buffer_text(&code),
                buffer_text(&session_error(session)->message));
  Value value;
  ck_assert(session_lookup(session, "got", &value));
  if (value_is_number(value)) got = value.number;
  bool same = (isnan(got) && isnan(expected)) || got == expected ||
              fabs(got - expected) <= 1e-12 * (1 + fabs(expected));
  ck_assert_msg(same, "%s: %s gives %.17g instead of %.17g", name, buffer_text(&code), got, expected);
  buffer_free(&code);
}

START_TEST(every_formula_computes_its_rule) {
  static const double samples[][2] = {{0.43, 0.81}, {1.7, 0.6}, {-0.6, 2.5}, {0.5, 0.5}, {0, 0}};
  Session *session = open_session();
  int compared = 0;
  for (int op = 0; op < OP_COUNT; op++) {
    const RuleInfo *rule = &rule_table[op];
    if (!rule->backward || !rule->derivative_x || rule->flat) continue;
    for (size_t k = 0; k < sizeof samples / sizeof *samples; k++) {
      double x = samples[k][0], y = samples[k][1];
      double r = rule->derivative_y ? op_binary_double[op](x, y) : op_unary_double[op](x);
      if (!isfinite(r)) continue; /* no literal says it */
      double values[] = {0.7, x, y, r};
      bool is_x = strcmp(rule->derivative_x, "NO_GRADIENT") != 0;
      if (is_x) expect_same(session, op_table[op].name, rule->derivative_x, rule->scalar_x(0.7, x, y, r), values);
      if (rule->derivative_y && strcmp(rule->derivative_y, "NO_GRADIENT") != 0)
        expect_same(session, op_table[op].name, rule->derivative_y, rule->scalar_y(0.7, x, y, r), values);
      compared++;
    }
  }
  ck_assert_int_gt(compared, 250);
  close_session(session);
}
END_TEST

START_TEST(related_names_exist) {
  static const char *const groups[] = {
#define RELATED(names) names,
#include "evaluator/builtins/related.def"
#undef RELATED
      NULL};
  for (const char *const *group = groups; *group; group++)
    for (const char *word = *group; *word; word += strspn(word, " ")) {
      size_t length = strcspn(word, " ");
      ck_assert_msg(builtin_find(word, length) != NULL, "%.*s", (int)length, word);
      word += length;
    }
}
END_TEST

/* Every function can be explained, and every kind of errors has its page. */
START_TEST(everything_is_described) {
  Session *session = open_session();
  for (int k = 0; k < builtin_count(); k++) {
    Buffer out = {0};
    const char *name = builtin_at(k)->name;
    ck_assert_msg(describe_name(session, &out, name, strlen(name), false), "%s", name);
    ck_assert_msg(!strstr(buffer_text(&out), "Mul("), "%s", buffer_text(&out));
    buffer_free(&out);
  }
  for (int kind = ERROR_NONE + 1; kind < ERROR_INTERRUPT; kind++) {
    size_t length;
    const char *name = error_kind_name((ErrorKind)kind);
    ck_assert_msg(page_section(page_text("errors"), name, strlen(name), &length) != NULL, "%s", name);
  }
  close_session(session);
}
END_TEST

START_TEST(sections_are_found_by_their_heading) {
  size_t length = 0;
  const char *page = "# P\n\n## a\n\none\n\n## ab\ntwo\n";
  const char *text = page_section(page, "a", 1, &length);
  ck_assert_ptr_nonnull(text);
  ck_assert_int_eq((int)length, 3);
  ck_assert_int_eq(strncmp(text, "one", 3), 0);
  ck_assert_ptr_nonnull(page_section(page, "ab", 2, &length));
  ck_assert_ptr_null(page_section(page, "b", 1, &length));
  ck_assert_ptr_nonnull(page_heading(page, 1, &length));
  ck_assert_ptr_null(page_heading(page, 2, &length));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("rule text");
  TCase *tests = tcase_create("rule text");
  tcase_add_test(tests, formulas_read_as_in_a_book);
  tcase_add_test(tests, every_formula_computes_its_rule);
  tcase_add_test(tests, related_names_exist);
  tcase_add_test(tests, everything_is_described);
  tcase_add_test(tests, sections_are_found_by_their_heading);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
