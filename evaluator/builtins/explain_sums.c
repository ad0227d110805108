/* SPDX-License-Identifier: MIT */
/* explain_sums.c: what follows the tables: for every variable the sum over its paths, and the formula of its
   derivative. */
#include <string.h>
#include "evaluator/builtins/explain_paths.h"
#include "evaluator/builtins/explain_grid.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/formula.h"

enum { SUMS_SHOWN = 12, TERMS_SHOWN = 12 };

/* ---- lines of terms, broken between terms */
typedef struct Terms {
  Buffer *out;
  size_t indent, column;
  int count;
  const char *ellipsis;
} Terms;

static void start_line(Terms *terms, const char *sign) {
  if (terms->count++) buffer_add_fill(terms->out, ' ', terms->indent);
  buffer_add_text(terms->out, sign);
  terms->column = terms->indent + strlen(sign);
}

/* `tight`: values alone, of which negative ones are taken away. */
static void add_term(Terms *terms, const char *text, bool first, bool tight) {
  const char *sign = tight && !first && *text == '-' ? "-" : "+";
  if (*sign == '-') text++;
  size_t columns = text_columns(text);
  if (!first && terms->column + columns + 5 > EXPLAIN_WIDTH) {
    buffer_add_byte(terms->out, '\n');
    buffer_add_fill(terms->out, ' ', terms->indent + 3);
    terms->column = terms->indent + 3;
  } else if (!first) {
    buffer_add_text(terms->out, tight ? " " : "  ");
    terms->column += tight ? 1 : 2;
  }
  if (!first) buffer_format(terms->out, tight ? "%s " : "%s  ", sign);
  if (!first) terms->column += tight ? 2 : 3;
  size_t room = EXPLAIN_WIDTH > terms->column ? EXPLAIN_WIDTH - terms->column : 20;
  text_add_cut(terms->out, text, room, terms->ellipsis);
  terms->column += columns < room ? columns : room;
}

static void end_line(Terms *terms) { buffer_add_byte(terms->out, '\n'); }

/* ---- one variable */
static void add_number_term(Steps *steps, Buffer *out, const Path *path) {
  const ExplainRow *row = steps_row(steps, path->step);
  double local = 0;
  buffer_format(out, "via %s: ", steps->names[path->step]);
  if (!steps_local_number(steps, path->step, path->operand, &local)) {
    steps_add_value(steps, out, paths_value(steps, path));
    return;
  }
  steps_add_value(steps, out, &row->gradient);
  buffer_add_text(out, " * ");
  steps_add_number(out, local, EXPLAIN_DIGITS);
}

static void add_tensor_term(Steps *steps, Buffer *out, const Path *path) {
  bool broadcast = paths_is_broadcast(steps, path);
  buffer_format(out, "via %s: %s", steps->names[path->step], broadcast ? "sum(" : "");
  paths_add_text(steps, out, path);
  if (broadcast) buffer_add_byte(out, ')');
}

/* A range is kept together by brackets. */
static void add_path_value(Steps *steps, Buffer *out, const Path *path) {
  const ExplainEdge *edge = steps_edge(steps, steps_row(steps, path->step), path->operand);
  Buffer value = {0};
  if (edge->reached) steps_add_value(steps, &value, &edge->contribution);
  else buffer_add_byte(&value, '0');
  bool range = strstr(buffer_text(&value), " ... ") != NULL;
  buffer_format(out, range ? "(%s)" : "%s", buffer_text(&value));
  out->failed |= value.failed;
  buffer_free(&value);
}

static int count_paths(const Steps *steps, uint32_t at) {
  Path path = paths_start(at);
  int count = 0;
  while (count <= TERMS_SHOWN && paths_next(steps, &path)) count++;
  return count;
}

typedef void (*TermFunction)(Steps *steps, Buffer *out, const Path *path);

static void add_line(Steps *steps, Terms *terms, uint32_t at, TermFunction function) {
  Buffer term = {0};
  Path path = paths_start(at);
  start_line(terms, "=  ");
  for (int count = 0; paths_next(steps, &path); count++) {
    if (count < TERMS_SHOWN) function(steps, &term, &path);
    else buffer_add_text(&term, terms->ellipsis);
    add_term(terms, steps_text(steps, &term), count == 0, function == add_path_value);
    if (count == TERMS_SHOWN) break;
  }
  end_line(terms);
  buffer_free(&term);
}

static void add_sum(Steps *steps, Buffer *out, uint32_t at) {
  Buffer head = {0};
  bool scalar = steps_are_scalar(steps);
  buffer_format(&head, " d%s/d%s  ", steps->result, steps->names[at]);
  size_t start = out->length;
  text_add_cut(out, buffer_text(&head), EXPLAIN_WIDTH / 2, steps_ellipsis(steps));
  Terms terms = {out, out->failed ? 0 : text_columns(out->text + start), 0, 0, steps_ellipsis(steps)};
  out->failed |= head.failed;
  buffer_free(&head);
  add_line(steps, &terms, at, scalar ? add_number_term : add_tensor_term);
  if (count_paths(steps, at) > 1) add_line(steps, &terms, at, add_path_value);
  start_line(&terms, "=  ");
  steps_add_value(steps, out, &steps_row(steps, at)->gradient);
  end_line(&terms);
}

/* Variables of a table of numbers all have their sum; elsewhere what has one path says so in the table. */
static bool has_sum(Steps *steps, uint32_t at, bool scalar) {
  const ExplainRow *row = steps_row(steps, at);
  if (!row->shown || at + 1 == steps_count(steps)) return false;
  return (scalar && explain_is_leaf(row)) || count_paths(steps, at) > 1;
}

/* Only among rows that are printed: a graph may have very many. */
void explain_add_sums(Steps *steps, Buffer *out) {
  bool scalar = steps_are_scalar(steps);
  int shown = 0;
  uint32_t rank = 0, count = steps_count(steps);
  for (uint32_t i = 0; i < count && shown < SUMS_SHOWN; i++) {
    uint32_t at = scalar ? i : count - 1 - i;
    if (!steps_row(steps, at)->shown || !steps_row_printed(steps, rank++)) continue;
    if (!has_sum(steps, at, scalar)) continue;
    if (shown++ == 0) buffer_add_byte(out, '\n');
    add_sum(steps, out, at);
  }
}

/* ---- formulas */

/* f'(x), or dy/dx for each of several parameters. */
static void add_left(Steps *steps, Buffer *out, int parameter, int count, bool latex) {
  size_t primes;
  Value base = derivative_base(steps->function, &primes);
  const char *name = formula_parameter(base, parameter);
  if (count == 1 && formula_name(base)) formula_add_left(steps->session, out, base, (int)primes + 1, latex);
  else if (!latex) buffer_format(out, "d%s/d%s", steps->result, name);
  else {
    buffer_add_text(out, "\\tfrac{\\partial ");
    latex_name(out, steps->result);
    buffer_add_text(out, "}{\\partial ");
    latex_name(out, name);
    buffer_add_byte(out, '}');
  }
}

/* The last blank before a sign between terms within so many columns; NULL: there is none. */
static const char *last_break(const char *text, size_t columns) {
  const char *found = NULL;
  int depth = 0;
  for (const char *at = text; *at && (size_t)(at - text) <= columns; at++) {
    depth += (*at == '(') - (*at == ')');
    if (depth == 0 && (strncmp(at, " + ", 3) == 0 || strncmp(at, " - ", 3) == 0)) found = at;
  }
  return found;
}

static void add_line_of(const Steps *steps, Buffer *out, const char *left, const char *right, bool latex) {
  enum { AROUND = 6, LEFT_MOST = EXPLAIN_WIDTH / 2 - AROUND };
  size_t columns = text_columns(left), indent = (columns < LEFT_MOST ? columns : LEFT_MOST) + AROUND;
  size_t room = EXPLAIN_WIDTH - indent;
  const char *end;
  if (latex) {
    buffer_format(out, "%s &= %s \\\\\n", left, right);
    return;
  }
  buffer_add_byte(out, ' ');
  text_add_cut(out, left, LEFT_MOST, steps_ellipsis(steps));
  buffer_add_text(out, "  =  ");
  while (text_columns(right) > room && (end = last_break(right, room))) {
    buffer_add(out, right, (size_t)(end - right));
    buffer_add_byte(out, '\n');
    buffer_add_fill(out, ' ', indent);
    right = end + 1;
  }
  text_add_cut(out, right, room, steps_ellipsis(steps));
  buffer_add_byte(out, '\n');
}

/* The derivative of f' is f''. */
static const char *add_formula(Steps *steps, Buffer *out, int parameter, int count, bool latex) {
  size_t primes;
  Value base = derivative_base(steps->function, &primes);
  Value derivative = primes ? derivative_new(steps->session, steps->function)
                            : gradient_new(steps->session, steps->function, value_number(parameter));
  if (value_is_error(derivative)) return FORMULA_UNKNOWN;
  Buffer right = {0}, left = {0};
  FormulaForm form = {.style = FORMULA_COMPACT, .right_only = true, .latex = latex};
  const char *why = formula_show(steps->session, &right, base, derivative, form);
  add_left(steps, &left, parameter, count, latex);
  if (!why) add_line_of(steps, out, buffer_text(&left), buffer_text(&right), latex);
  out->failed |= right.failed || left.failed;
  buffer_free(&right);
  buffer_free(&left);
  value_unref(derivative);
  return why;
}

static void add_function_formulas(Steps *steps, Buffer *out, bool latex) {
  size_t primes;
  Value base = derivative_base(steps->function, &primes);
  int count = formula_parameters(base);
  if (count > steps->trace.count) count = steps->trace.count;
  if (primes && (count != 1 || primes >= FORMULA_ORDERS)) return;
  const char *why = NULL, *name = formula_name(base);
  for (int i = 0; i < steps->trace.count; i++) { /* formulas are in numbers */
    Value given = steps->trace.originals[i];
    if (value_is(given, KIND_TUPLE) || value_is(given, KIND_RECORD)) return;
  }
  for (int i = 0; i < count; i++) {
    const char *obstacle = add_formula(steps, out, i, count, latex);
    if (obstacle) why = obstacle;
  }
  if (why && !latex)
    buffer_format(out, " %s has %s: no closed formula; value only\n", name ? name : "the function", why);
}

/* dL/dx of a value: a formula on the branches that were taken, left out where it does not fit on a line. */
static void add_leaf_formula(Steps *steps, Buffer *out, uint32_t leaf) {
  FormulaNames used;
  Buffer text = {0}, left = {0};
  const Formula *formula = explain_formula(&steps->explanation, &steps->arena, leaf, steps->names, &used);
  if (formula) formula_write(&text, formula, &used, FORMULA_COMPACT);
  buffer_format(&left, "d%s/d%s", steps->result, steps->names[leaf]);
  bool fits = text_columns(buffer_text(&left)) + text_columns(buffer_text(&text)) + 6 <= EXPLAIN_WIDTH;
  if (formula && fits) add_line_of(steps, out, buffer_text(&left), buffer_text(&text), false);
  out->failed |= text.failed || left.failed;
  buffer_free(&text);
  buffer_free(&left);
}

static void add_value_formulas(Steps *steps, Buffer *out) {
  for (uint32_t at = 0; at + 1 < steps_count(steps); at++)
    if (steps_row(steps, at)->shown && explain_is_leaf(steps_row(steps, at))) add_leaf_formula(steps, out, at);
}

void explain_add_formulas(Steps *steps, Buffer *out, bool latex) {
  Buffer text = {0};
  if (!steps_are_scalar(steps)) return;
  if (!value_is_unbound(steps->function)) add_function_formulas(steps, &text, latex);
  else if (!latex && steps_count(steps) <= EXPLAIN_ROWS_SHOWN) add_value_formulas(steps, &text);
  if (text.length && !latex) buffer_add_byte(out, '\n');
  buffer_add(out, buffer_text(&text), text.length);
  out->failed |= text.failed;
  buffer_free(&text);
}
