/* SPDX-License-Identifier: MIT */
/* explain.c: explain(L), explain(L, x), explain(f, 2): the chain rule with the numbers of one graph. */
#include "evaluator/builtins/explain.h"
#include <string.h>
#include "base/text.h"
#include "evaluator/builtins/builtins.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/builtins/formula.h"

typedef enum Mode { MODE_TABLES, MODE_FULL, MODE_STEP, MODE_QUIZ, MODE_LATEX, MODE_JSON, MODE_DOT, MODE_UNKNOWN } Mode;

static const char *const mode_names[MODE_UNKNOWN] = {"tables", "full", "step", "quiz", "latex", "json", "dot"};

/* ---- arguments: explain(y, *at, latex=false); a text at the end is the mode */
typedef struct Request { Mode mode; int count; const Value *values; } Request;

static bool read_mode(Call *call, const String *text, Mode *mode) {
  for (*mode = MODE_TABLES; *mode < MODE_UNKNOWN; ++*mode)
    if (strcmp(mode_names[*mode], text->text) == 0) return true;
  Buffer shown = {0};
  text_add_safe(&shown, text->text, text->length < 40 ? text->length : 40);
  session_fail(call->session, ERROR_ARGUMENT, "there is no way to explain called \"%s\"", buffer_text(&shown));
  buffer_free(&shown);
  Buffer hint = {0};
  for (Mode known = MODE_TABLES; known < MODE_UNKNOWN; known++)
    buffer_format(&hint, "%s\"%s\"", known ? ", " : "it is one of ", mode_names[known]);
  error_hint(call_runtime(call)->error, "%s", buffer_text(&hint));
  buffer_free(&hint);
  argument_fail(call, 1);
  return false;
}

static bool read_request(Call *call, Request *request) {
  const Tuple *rest = value_tuple(call->arguments[1]);
  bool latex;
  *request = (Request){MODE_TABLES, (int)rest->count, rest->items};
  if (!argument_bool(call, 2, &latex)) return false;
  if (latex) request->mode = MODE_LATEX;
  if (request->count == 0 || !value_is(rest->items[rest->count - 1], KIND_STRING)) return true;
  return read_mode(call, value_string(rest->items[--request->count]), &request->mode);
}

/* ---- forms */
static bool add_tables(Steps *steps, Buffer *out) {
  if (!explain_tables(steps, out, false)) return false;
  explain_add_sums(steps, out);
  explain_add_formulas(steps, out, false);
  explain_add_check(steps, out);
  explain_add_troubles(steps, out);
  return true;
}

static Value text_value(Steps *steps, Buffer *out) {
  buffer_trim(out, 0, "\n");
  return value_object_or_error(string_new(steps->session, buffer_text(out), out->length));
}

static bool write_form(Steps *steps, Buffer *out, Mode mode) {
  switch (mode) {
    case MODE_LATEX: explain_add_latex(steps, out); break;
    case MODE_JSON: return explain_add_json(steps, out);
    case MODE_DOT: explain_add_dot(steps, out); break;
    case MODE_QUIZ: return explain_quiz(steps);
    default: return add_tables(steps, out);
  }
  return true;
}

static Value explain_steps(Steps *steps, Mode mode) {
  Buffer out = {0};
  Error *error = session_runtime(steps->session)->error;
  bool done = write_form(steps, &out, mode) && error->kind == ERROR_NONE;
  if (done && (out.failed || steps->failed)) done = error_out_of_memory(error);
  Value value = done ? value_none() : value_error();
  if (done && mode == MODE_STEP) done = explain_by_steps(steps, buffer_text(&out), out.length);
  else if (done && (mode == MODE_TABLES || mode == MODE_FULL))
    done = session_print(steps->session, STREAM_RESULT, buffer_text(&out), out.length);
  else if (done && mode != MODE_QUIZ) value = text_value(steps, &out);
  buffer_free(&out);
  return done || value_is_error(value) ? value : value_error();
}

/* ---- formulas: of the derivative of a function without a point, and of any function for LaTeX */
static bool add_formula(Call *call, Buffer *out, Value function, bool latex) {
  size_t primes;
  Value base = derivative_base(function, &primes);
  FormulaForm form = {.order = (int)(primes > FORMULA_ORDERS ? 0 : primes), .latex = latex};
  const char *why = primes > FORMULA_ORDERS ? FORMULA_UNKNOWN : formula_show(call->session, out, base, function, form);
  if (!why) return true;
  const char *name = formula_name(base);
  session_fail(call->session, ERROR_ARGUMENT, "%s has %s, so there is no closed formula", name ? name : "this function",
               why);
  error_hint(call_runtime(call)->error, "say where to look: `explain(f, 2)` shows the numbers of one point");
  return argument_fail(call, 0), false;
}

static Value formula_of_derivative(Call *call, const Request *request) {
  Value derivative = derivative_new(call->session, call->arguments[0]), value = value_error();
  Buffer out = {0};
  if (value_is_error(derivative)) return derivative;
  bool latex = request->mode == MODE_LATEX, known = add_formula(call, &out, derivative, latex);
  value_unref(derivative);
  if (known && latex) value = value_from_text(call->session, buffer_text(&out));
  if (known && !latex) {
    buffer_add_byte(&out, '\n');
    bool printed = session_print(call->session, STREAM_RESULT, buffer_text(&out), out.length);
    value = printed ? value_none() : value_error();
  }
  buffer_free(&out);
  return value;
}

/* latex(f): its formula for mathematics mode. */
Value builtin_latex(Call *call) {
  Buffer out = {0};
  bool known = argument_function(call, 0) && add_formula(call, &out, call->arguments[0], true);
  Value value = known ? value_from_text(call->session, buffer_text(&out)) : value_error();
  buffer_free(&out);
  return value;
}

/* explain(y, *at, latex=false) */
Value builtin_explain(Call *call) {
  Request request;
  Steps steps;
  if (!read_request(call, &request)) return value_error();
  bool function = value_is_callable(call->arguments[0]);
  if (function && request.count == 0) return formula_of_derivative(call, &request);
  if (!function && request.count > 1) {
    session_fail(call->session, ERROR_ARGUMENT, "`explain` shows the paths to one variable at a time");
    return argument_fail(call, 1);
  }
  bool whole = request.mode == MODE_FULL;
  bool done = function ? steps_of_function(&steps, call, request.count, request.values, whole)
                       : steps_of_value(&steps, call, request.count ? request.values[0] : value_none(), whole);
  Value value = done ? explain_steps(&steps, request.mode) : value_error();
  steps_free(&steps);
  return value;
}
