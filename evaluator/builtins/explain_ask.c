/* SPDX-License-Identifier: MIT */
/* explain_ask.c: explanations that wait: one row after the other, and a quiz about the gradients. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/input.h"
#include "base/interrupt.h"
#include "evaluator/builtins/explain.h"
#include "evaluator/machine.h"

static bool print(Steps *steps, const char *text, size_t length) {
  return session_print(steps->session, STREAM_RESULT, text, length);
}

/* A line of standard input without its newline; false at the end. */
static bool read_line(Steps *steps, Buffer *line) {
  buffer_clear(line);
  bool read = input_line(line);
  return !runtime_interrupted(session_runtime(steps->session)) && read;
}

/* ---- row by row: Enter shows the next one, q the rest */
bool explain_by_steps(Steps *steps, const char *text, size_t length) {
  const char *limit = text + length;
  static const char remark[] = "# Enter shows the next row, q all others\n";
  bool waits = steps->session->options.waits && print(steps, remark, sizeof remark - 1);
  Buffer line = {0};
  while (waits && text < limit) {
    const char *end = memchr(text, '\n', (size_t)(limit - text));
    size_t bytes = (size_t)((end ? end : limit) - text);
    if (!print(steps, text, bytes)) break;
    text = end ? end + 1 : limit;
    if (text < limit) waits = read_line(steps, &line) && strcmp(buffer_text(&line), "q") != 0;
    else print(steps, "\n", 1);
  }
  buffer_free(&line);
  if (session_runtime(steps->session)->error->kind != ERROR_NONE) return false;
  return print(steps, text, (size_t)(limit - text));
}

/* ---- the quiz */

/* What was typed is an expression of the language: `1/3`, `cos(4) * 4`.  Unbound: it is none. */
static Value read_answer(Steps *steps, const Buffer *line) {
  Error *error = session_runtime(steps->session)->error;
  Buffer code = {0};
  buffer_format(&code, "return %s", buffer_text(line));
  char *text = code.failed ? NULL : arena_copy_text(&steps->session->arena, buffer_text(&code), code.length);
  Value value = text ? session_evaluate_library(steps->session, "<answer>", text, code.length) : value_error();
  buffer_free(&code);
  if (!value_is_error(value)) return value;
  if (error->kind != ERROR_INTERRUPT && error->kind != ERROR_MEMORY && error->kind != ERROR_EXIT) error_clear(error);
  return value_unbound();
}

/* Three digits are enough. */
static bool is_near(double answer, double right) {
  return fabs(answer - right) <= 5e-3 * fabs(right) + 1e-9 || (isnan(answer) && isnan(right));
}

static bool is_right(Steps *steps, Value answer, const ExplainValue *gradient) {
  bool numeric = value_is_number(answer) || value_as_variable(answer);
  Tensor *tensor = numeric ? value_to_tensor(steps->session, answer) : NULL;
  bool right = tensor && gradient->tensor && tensor_size(tensor) == tensor_size(gradient->tensor);
  for (int64_t i = 0; right && i < tensor_size(tensor); i++)
    right = is_near(tensor_number_at(tensor, i), tensor_number_at(gradient->tensor, i));
  tensor_unref(tensor);
  return right;
}

typedef struct Score { int asked, right; bool ended; } Score;

static void ask(Steps *steps, uint32_t at, Score *score) {
  Buffer text = {0}, line = {0};
  buffer_format(&text, " d%s/d%s = ? ", steps->result, steps->names[at]);
  bool answered = print(steps, buffer_text(&text), text.length) && read_line(steps, &line);
  buffer_clear(&text);
  if (answered) {
    Value answer = read_answer(steps, &line);
    bool right = is_right(steps, answer, &steps_row(steps, at)->gradient);
    value_unref(answer);
    score->asked++;
    score->right += right;
    buffer_add_text(&text, right ? "   right: " : "   no: ");
    steps_add_value(steps, &text, &steps_row(steps, at)->gradient);
    buffer_add_byte(&text, '\n');
    print(steps, buffer_text(&text), text.length);
  }
  score->ended = !answered;
  buffer_free(&text);
  buffer_free(&line);
}

static bool finish(Steps *steps, const Score *score) {
  Buffer text = {0};
  buffer_format(&text, "%s %d of %d right\n\n", score->ended ? "\n" : "", score->right, score->asked);
  bool done = explain_tables(steps, &text, false);
  explain_add_sums(steps, &text);
  done = done && !text.failed && print(steps, buffer_text(&text), text.length);
  buffer_free(&text);
  return done;
}

bool explain_quiz(Steps *steps) {
  Buffer text = {0};
  Score score = {0};
  uint32_t rank = steps->explanation.shown_count;
  bool done = explain_tables(steps, &text, true) && print(steps, buffer_text(&text), text.length);
  buffer_free(&text);
  for (uint32_t at = steps_count(steps); done && at-- > 0 && !score.ended;) {
    if (!steps_row(steps, at)->shown || !steps_row_printed(steps, --rank) || at + 1 == steps_count(steps)) continue;
    if (steps_row(steps, at)->gradient.tensor) ask(steps, at, &score);
    done = session_runtime(steps->session)->error->kind == ERROR_NONE;
  }
  return done && finish(steps, &score);
}
