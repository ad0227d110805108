/* SPDX-License-Identifier: MIT */
/* test_parser.c: the trees of programs. */
#include "tests/parsing.h"

/* ---- trees as text */

static Buffer out;

static const char *const kind_words[] = {
  [AST_FSTRING] = "f", [AST_FORMAT] = "format", [AST_TUPLE] = "tuple", [AST_LIST] = "list", [AST_RECORD] = "record",
  [AST_ENTRY] = "entry", [AST_COMPREHENSION] = "for-each", [AST_CONDITIONAL] = "choose", [AST_LAMBDA] = "->",
  [AST_PARAMETER] = "parameter", [AST_CALL] = "call", [AST_KEYWORD] = "keyword", [AST_SPREAD] = "spread",
  [AST_INDEX] = "index",
  [AST_SLICE] = ":", [AST_ELLIPSIS] = "...", [AST_FIELD] = ".", [AST_DERIVATIVE] = "'", [AST_BLOCK] = "block",
  [AST_EXPRESSION] = "show", [AST_ASSIGN] = "=", [AST_DEFINE] = "define", [AST_IF] = "if", [AST_WHILE] = "while",
  [AST_FOR] = "for", [AST_BREAK] = "break", [AST_CONTINUE] = "continue", [AST_RETURN] = "return",
  [AST_NO_AUTODIFF] = "no_autodiff", [AST_IMPORT] = "import", [AST_TRY] = "try", [AST_ASSERT] = "assert",
  [AST_DELETE] = "del", [AST_GLOBAL] = "global",
};

static bool has_text(const Ast *tree) {
  switch (tree->kind) {
    case AST_FORMAT: case AST_ENTRY: case AST_PARAMETER: case AST_KEYWORD: case AST_FIELD: case AST_DEFINE:
    case AST_IMPORT: case AST_TRY: return true;
    default: return false;
  }
}

static const char *word(const Ast *tree) {
  if (tree->kind == AST_UNARY || tree->kind == AST_BINARY || tree->kind == AST_LOGICAL) {
    return tree->op == TOKEN_JUXTAPOSE ? "times" : token_spelling(tree->op);
  }
  if (tree->kind == AST_AUGMENT) return "change";
  if (tree->kind == AST_COMPARE) return "compare";
  if (tree->kind == AST_PARAMETER && tree->flag) return "rest";
  return tree->kind == AST_EXPRESSION && tree->flag ? "hide" : kind_words[tree->kind];
}

/* `2x3<...>`: two elements that hold three numbers each. */
static void dump_numbers(const AstNumbers *numbers) {
  size_t count = numbers->count;
  buffer_format(&out, "%u", (unsigned)numbers->count);
  for (uint32_t i = 0; i < numbers->rank; i++) {
    buffer_format(&out, "x%u", (unsigned)numbers->sizes[i]);
    count *= numbers->sizes[i];
  }
  for (size_t i = 0; i < count; i++) buffer_format(&out, "%c%g", i ? ' ' : '<', numbers->values[i]);
  buffer_add_byte(&out, '>');
}

static void dump(const Ast *tree) {
  if (!tree) buffer_add_byte(&out, '_');
  else if (tree->kind == AST_NUMBER) buffer_format(&out, "%g", tree->number);
  else if (tree->kind == AST_NUMBERS) dump_numbers(tree->numbers);
  else if (tree->kind == AST_NAME) buffer_add_text(&out, tree->text);
  else if (tree->kind == AST_STRING) buffer_format(&out, "\"%s\"", tree->text);
  else {
    buffer_format(&out, "(%s%s%s", word(tree), has_text(tree) ? " " : "", has_text(tree) ? tree->text : "");
    if (tree->kind == AST_AUGMENT) buffer_format(&out, " %s", token_spelling(tree->op));
    for (uint32_t i = 0; i < tree->count; i++) {
      buffer_add_byte(&out, ' ');
      if (tree->kind == AST_COMPARE && i) buffer_format(&out, "%s ", token_spelling(tree->ops[i - 1]));
      dump(tree->children[i]);
    }
    buffer_add_byte(&out, ')');
  }
}

/* The tree of the only statement. */
static void expect_statement(const char *text, const char *expected) {
  expect_parsed(text);
  ck_assert_uint_eq(parsed.program->count, 1);
  buffer_clear(&out);
  dump(parsed.program->children[0]);
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
}

static void expect_program(const char *text, const char *expected) {
  expect_parsed(text);
  buffer_clear(&out);
  dump(parsed.program);
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
}

static void expect_value(const char *text, const char *expected) {
  expect_parsed(text);
  ck_assert_int_eq(parsed.program->children[0]->kind, AST_EXPRESSION);
  buffer_clear(&out);
  dump(parsed.program->children[0]->children[0]);
  ck_assert_str_eq(buffer_text(&out), expected);
  buffer_free(&out);
}

static const Ast *only_value(const char *text) {
  expect_parsed(text);
  return parsed.program->children[0]->children[0];
}

/* ---- precedence */

START_TEST(arithmetic) {
  expect_value("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)");
  expect_value("a / b * c // d % e @ f", "(@ (% (// (* (/ a b) c) d) e) f)");
  expect_value("a - (b - c)", "(- a (- b c))");
  expect_value("-a * b", "(* (- a) b)");
  expect_value("a * -b + c", "(+ (* a (- b)) c)");
  expect_value("+-~a", "(+ (- (~ a)))");
}
END_TEST

START_TEST(powers) {
  expect_value("2**3**2", "(** 2 (** 3 2))");
  expect_value("-x**2", "(- (** x 2))");
  expect_value("2**-1", "(** 2 (- 1))");
  expect_value("2**-x**2", "(** 2 (- (** x 2)))");
  expect_value("2**-1 * 3", "(* (** 2 (- 1)) 3)");
  expect_value("x^2", "(** x 2)");
  expect_value("f'(x)[0]**2", "(** (index (call (' f) x) 0) 2)");
}
END_TEST

START_TEST(juxtaposition) {
  expect_value("1/2x", "(/ 1 (times 2 x))");
  expect_value("2x**2", "(times 2 (** x 2))");
  expect_value("2x[0]**2", "(times 2 (** (index x 0) 2))");
  expect_value("2sin(x)", "(times 2 (call sin x))");
  expect_value("2(x + 1)", "(times 2 (+ x 1))");
  expect_value("-2x", "(times (- 2) x)");
  expect_value("3x * 2x", "(* (times 3 x) (times 2 x))");
  expect_value("2**3x", "(times (** 2 3) x)");
  expect_value("2x.T", "(times 2 (. T x))");
}
END_TEST

START_TEST(comparisons) {
  expect_value("0 < x <= 1", "(compare 0 < x <= 1)");
  expect_value("(0 < x) < 1", "(compare (compare 0 < x) < 1)");
  expect_value("a == b != c in d", "(compare a == b != c in d)");
  expect_value("a > b & c | d", "(compare a > (| (& b c) d))");
  expect_value("not a == b", "(not (compare a == b))");
}
END_TEST

START_TEST(logic) {
  expect_value("a or b and not c or d", "(or (or a (and b (not c))) d)");
  expect_value("not not a", "(not (not a))");
}
END_TEST

START_TEST(choices_and_functions) {
  expect_value("a if c else b if d else e", "(choose a c (choose b d e))");
  expect_value("a or b if c and d else e", "(choose (or a b) (and c d) e)");
  expect_value("x -> y -> x + y", "(-> (parameter x) (-> (parameter y) (+ x y)))");
  expect_value("x -> a if x else b", "(-> (parameter x) (choose a x b))");
  expect_value("(x, y=2, *r) -> x", "(-> (parameter x) (parameter y 2) (rest r) x)");
  expect_value("() -> 1", "(-> 1)");
  expect_value("(x) -> x", "(-> (parameter x) x)");
  expect_value("(x -> x)(4)", "(call (-> (parameter x) x) 4)");
  expect_value("a if c else x -> x", "(choose a c (-> (parameter x) x))");
}
END_TEST

START_TEST(postfix_forms) {
  expect_value("x.a.b(1)[2]'", "(' (index (call (. b (. a x)) 1) 2))");
  expect_value("f(a, b=1,)", "(call f a (keyword b 1))");
  expect_value("f()", "(call f)");
  expect_value("x[1:2, ::3, ..., :, none]", "(index x (: 1 2 _) (: _ _ 3) (...) (: _ _ _) none)");
  expect_value("x[0,]", "(index x 0)");
  expect_value("x[(0, 1)]", "(index x (tuple 0 1))");
}
END_TEST

START_TEST(atoms) {
  expect_value("()", "(tuple)");
  expect_value("(a,)", "(tuple a)");
  expect_value("(a, b,)", "(tuple a b)");
  expect_value("1, 2", "(tuple 1 2)");
  expect_value("1,", "(tuple 1)");
  expect_value("[]", "(list)");
  expect_value("[[1, 2], [3],]", "(list (list 1 2) (list 3))");
  expect_value("{}", "(record)");
  expect_value("{w: 1, \"b c\": {d: 2},}", "(record (entry w 1) (entry b c (record (entry d 2))))");
  expect_value("[e for i, (a, b) in xs if c]", "(for-each e (tuple i (tuple a b)) xs c)");
  expect_value("[e for i in a or b]", "(for-each e i (or a b))");
}
END_TEST

START_TEST(long_runs_of_numbers_are_one_leaf) {
  expect_value("[1, 2, 3, 4, 5, 6, 7]", "(list 1 2 3 4 5 6 7)");
  expect_value("[1, 2, 3, 4, 5, 6, 7, 8]", "(list 8<1 2 3 4 5 6 7 8>)");
  expect_value("[\n1.5, -2,#c, 3]\n - 3, .5, 1e3,\n\n1_0\n, 7, -0 ,]", "(list 8<1.5 -2 -3 0.5 1000 10 7 -0>)");
  expect_value("[x, 1, 2, 3, 4, 5, 6, 7, 8, x, 9]", "(list x 8<1 2 3 4 5 6 7 8> x 9)");
  expect_value("[1, 2, 3, 4, 5, 6, 7, 8, 9x, 2]", "(list 8<1 2 3 4 5 6 7 8> (times 9 x) 2)");
  expect_value("[1, 2, 3, 4, 5, 6, 7, (8), 9, +1]", "(list 1 2 3 4 5 6 7 8 9 (+ 1))");
  expect_value("f(1, [1, 2, 3, 4, 5, 6, 7, 8, 9], a=[2])",
               "(call f 1 (list 9<1 2 3 4 5 6 7 8 9>) (keyword a (list 2)))");
  expect_value("(1, 2, 3, 4, 5, 6, 7, 8)", "(tuple 1 2 3 4 5 6 7 8)");
  expect_value("x[1, 2, 3, 4, 5, 6, 7, 8]", "(index x 1 2 3 4 5 6 7 8)");
}
END_TEST

START_TEST(runs_hold_lists_of_one_shape) {
  expect_value("[[1, 2], [3, 4], [5, -6], [7, 8,],]", "(list 4x2<1 2 3 4 5 -6 7 8>)");
  expect_value("[[[1], [2]], [[3], [4]], [[5], [6]], [[7], [8]]]", "(list 4x2x1<1 2 3 4 5 6 7 8>)");
  expect_value("[[1, 2], [3, 4], [5, 6], [7, 8], [9]]", "(list 4x2<1 2 3 4 5 6 7 8> (list 9))");
  expect_value("[[0, 0], [1, 2], [3, x], [3, 4], [5, 6], [7, 8], [9, 0]]",
               "(list (list 0 0) (list 1 2) (list 3 x) 4x2<3 4 5 6 7 8 9 0>)");
  expect_value("[[1, 2, 3, 4, 5, 6, 7, 8, 9, x]]", "(list (list 9<1 2 3 4 5 6 7 8 9> x))");
  expect_value("[1, 2, [3, 4, 5, 6, 7, 8, 9, 0]]", "(list 1 2 (list 8<3 4 5 6 7 8 9 0>))");
  expect_value("[[1], [], [2, 3, 4, 5, 6, 7, 8, 9, 0]]", "(list (list 1) (list) 1x9<2 3 4 5 6 7 8 9 0>)");
  expect_value("[[[[[1, 2, 3, 4, 5, 6, 7, 8]]]]]", "(list (list 1x1x1x8<1 2 3 4 5 6 7 8>))");
}
END_TEST

START_TEST(runs_have_spans_and_heights) {
  const Ast *list = only_value("[x, 1, -2, 3, 4, 5, 6, 7, 8 , [9]]");
  ck_assert(span_is(list->span, "[x, 1, -2, 3, 4, 5, 6, 7, 8 , [9]]"));
  ck_assert(span_is(list->children[1]->span, "1, -2, 3, 4, 5, 6, 7, 8"));
  ck_assert(span_is(list->children[2]->span, "[9]"));
  ck_assert_uint_eq(list->height, 2);
  ck_assert_uint_eq(only_value("[1, 2, 3, 4, 5, 6, 7, 8]")->height, 1);
  ck_assert_uint_eq(only_value("[[1, 2], [3, 4], [5, 6], [7, -8]]")->height, 3);
}
END_TEST

START_TEST(numbers_have_their_values) {
  expect_value("1_000.5e-3", "1.0005");
  expect_value("007", "7");
  ck_assert_double_eq(only_value("0.1")->number, 0.1);
  ck_assert_double_eq(only_value("12345678901234567890")->number, 12345678901234567890.0);
  ck_assert_double_eq(only_value("5e-324")->number, 5e-324);
  ck_assert_double_infinite(only_value("1e999")->number);
}
END_TEST

/* ---- strings */

START_TEST(strings_are_decoded) {
  expect_value("\"a\\n\\u{3b1}\\\"\"", "\"a\nα\"\"");
  expect_value("'it\"s'", "\"it\"s\"");
}
END_TEST

START_TEST(strings_keep_all_bytes) {
  parse_bytes("\"a\0\xFF\\0b\"", 8);
  const Ast *tree = parsed.program->children[0]->children[0];
  ck_assert_uint_eq(tree->text_length, 5);
  ck_assert_mem_eq(tree->text, "a\0\xFF\0b", 6);
  tree = only_value("\"\\xff\\x41\\xCE\\xb1\"");
  ck_assert_uint_eq(tree->text_length, 4);
  ck_assert_mem_eq(tree->text, "\xFF" "A\xCE\xB1", 4);
  const Ast *lines = only_value("\"\"\"a\n\"b\"\n\"\"\"");
  ck_assert_str_eq(lines->text, "a\n\"b\"\n");
}
END_TEST

START_TEST(f_strings) {
  expect_value("f\"\"", "(f)");
  expect_value("f\"a{x:.4f}b\"", "(f \"a\" (format .4f x) \"b\")");
  expect_value("f\"{{{x}}}\"", "(f \"{\" (format  x) \"}\")");
  expect_value("f\"{ {a: 1}.a + 2 }\"", "(f (format  (+ (. a (record (entry a 1))) 2)))");
  expect_value("f\"{x[\"a\"]}{f\"{y}\"}\"", "(f (format  (index x \"a\")) (format  (f (format  y))))");
  expect_value("f\"\\u{7b}{x}{{\"", "(f \"{\" (format  x) \"{\")");
  expect_value("f\"{1 if a else 0:>3}\"", "(f (format >3 (choose 1 a 0)))");
  expect_value("f\"\"\"{\n a +\n b\n}\"\"\"", "(f (format  (+ a b)))");
  expect_value("f\"{x, y}\"", "(f (format  (tuple x y)))");
}
END_TEST

START_TEST(expressions_in_f_strings_know_their_place) {
  const Ast *tree = only_value("f\"ab{ x + y:.2f}\"");
  const Ast *sum = tree->children[1]->children[0];
  ck_assert(span_is(sum->span, "x + y"));
  ck_assert_uint_eq(offset(sum->span.start), 6);
  ck_assert(span_is(tree->children[1]->span, "{ x + y:.2f}"));
}
END_TEST

/* ---- statements */

START_TEST(assignments) {
  expect_statement("x = 1", "(= 1 x)");
  expect_statement("a = b = c", "(= c a b)");
  expect_statement("a, b = b, a", "(= (tuple b a) (tuple a b))");
  expect_statement("(a, (b, c)) = d", "(= d (tuple a (tuple b c)))");
  expect_statement("a, = b", "(= b (tuple a))");
  expect_statement("x[i] = r.f = 2", "(= 2 (index x i) (. f r))");
  expect_statement("x[0] += 1", "(change + (index x 0) 1)");
  expect_statement("x **= 1, 2", "(change ** x (tuple 1 2))");
  expect_statement("x //= 2", "(change // x 2)");
}
END_TEST

START_TEST(definitions) {
  expect_statement("f(x, y=2) = x + y", "(define f (parameter x) (parameter y 2) (+ x y))");
  expect_statement("f() = 1", "(define f 1)");
  expect_statement("f(*r) = r, 1", "(define f (rest r) (tuple r 1))");
  expect_statement("def f(x, y=2, *r) { return x; }",
                   "(define f (parameter x) (parameter y 2) (rest r) (block (return x)))");
  expect_parsed("f(x) = 1\ndef g() { }");
  ck_assert(parsed.program->children[0]->flag);
  ck_assert(!parsed.program->children[1]->flag);
  ck_assert(span_is(parsed.program->children[1]->op_span, "g"));
}
END_TEST

START_TEST(branches_and_loops) {
  expect_statement("if a { b }", "(if a (block (show b)))");
  expect_statement("if a { } else if b { } else { }", "(if a (block) (if b (block) (block)))");
  expect_statement("while a { break; continue }", "(while a (block (break) (continue)))");
  expect_statement("for x in 1, 2 { }", "(for x (tuple 1 2) (block))");
  expect_statement("for i, row in xs { row }", "(for (tuple i row) xs (block (show row)))");
  expect_statement("for (a, b) in xs { }", "(for (tuple a b) xs (block))");
}
END_TEST

START_TEST(other_statements) {
  expect_statement("no_autodiff { x }", "(no_autodiff (block (show x)))");
  expect_statement("no_grad { }", "(no_autodiff (block))");
  expect_statement("import \"a\\\\b.mg\"", "(import a\\b.mg)");
  expect_statement("try { a } catch err { b }", "(try err (block (show a)) (block (show b)))");
  expect_statement("assert a, \"m\"", "(assert a \"m\")");
  expect_statement("del a, b", "(del a b)");
  expect_statement("global a", "(global a)");
  expect_statement("def f() { return }", "(define f (block (return)))");
  expect_statement("def f() { return a, b }", "(define f (block (return (tuple a b))))");
}
END_TEST

START_TEST(ends_of_statements) {
  expect_program("a; b\n\n;c;;", "(block (hide a) (show b) (hide c))");
  expect_program("", "(block)");
  expect_program("# nothing\n", "(block)");
  expect_program("a\r\nb", "(block (show a) (show b))");
  expect_program("\xEF\xBB\xBF" "a", "(block (show a))");
}
END_TEST

START_TEST(lines_that_go_on) {
  expect_statement("x = 1 +\n 2", "(= (+ 1 2) x)");
  expect_statement("x =\n 1", "(= 1 x)");
  expect_statement("f(\n1,\n2\n)", "(show (call f 1 2))");
  expect_statement("x = {\n a: 1,\n b: [1,\n 2]\n}", "(= (record (entry a 1) (entry b (list 1 2))) x)");
  expect_statement("a if\nb else\nc", "(show (choose a b c))");
  expect_statement("x ->\n# comment\n x", "(show (-> (parameter x) x))");
  expect_statement("not\na and\nb in\nc", "(show (and (not a) (compare b in c)))");
  expect_statement("if a\n{ b }\n\nelse\n{ c }", "(if a (block (show b)) (block (show c)))");
  expect_statement("try { a }\ncatch e { b }", "(try e (block (show a)) (block (show b)))");
  expect_program("a\n[0]", "(block (show a) (show (list 0)))");
  expect_program("a\n(0)", "(block (show a) (show 0))");
}
END_TEST

START_TEST(braces_of_records_and_blocks) {
  expect_statement("if {a: 1}.a { {b: 2} }", "(if (. a (record (entry a 1))) (block (show (record (entry b 2)))))");
  expect_statement("x = 1 if c else {a: 1}", "(= (choose 1 c (record (entry a 1))) x)");
  expect_statement("while a if b else {c: 1} { }", "(while (choose a b (record (entry c 1))) (block))");
  expect_statement("for x in {a: 1} { }", "(for x (record (entry a 1)) (block))");
  expect_statement("if f({a: 1}) { }", "(if (call f (record (entry a 1))) (block))");
  expect_statement("def f() { return {a: 1} }", "(define f (block (return (record (entry a 1)))))");
  expect_statement("{a: 1}", "(show (record (entry a 1)))");
}
END_TEST

START_TEST(spans) {
  const Ast *tree = only_value("(a + b) * f(c, d=1)");
  ck_assert(span_is(tree->span, "(a + b) * f(c, d=1)"));
  ck_assert(span_is(tree->op_span, "*"));
  ck_assert(span_is(tree->children[0]->span, "(a + b)") && tree->children[0]->parenthesised);
  ck_assert(span_is(tree->children[1]->op_span, "("));
  ck_assert(span_is(tree->children[1]->children[2]->op_span, "d"));
  ck_assert(span_is(only_value("a < b")->op_span, "<"));
  ck_assert(span_is(only_value("x.name")->op_span, "name"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("parser");
  TCase *cases = tcase_create("trees");
  tcase_add_checked_fixture(cases, set_up, tear_down);
  const TTest *tests[] = {
    arithmetic, powers, juxtaposition, comparisons, logic, choices_and_functions, postfix_forms, atoms,
    numbers_have_their_values, strings_are_decoded, strings_keep_all_bytes, f_strings,
    expressions_in_f_strings_know_their_place, assignments, definitions, branches_and_loops, other_statements,
    ends_of_statements, lines_that_go_on, braces_of_records_and_blocks, spans, long_runs_of_numbers_are_one_leaf,
    runs_hold_lists_of_one_shape, runs_have_spans_and_heights,
  };
  for (int i = 0; i < COUNT(tests); i++) tcase_add_test(cases, tests[i]);
  suite_add_tcase(suite, cases);
  return run_suite(suite);
}
