/* SPDX-License-Identifier: MIT */
/* explain_ask.c: explanations that wait: one row after the other, and a quiz about the gradients. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/input.h"
#include "base/interrupt.h"
#include "evaluator/builtins/explain.h"
#include "evaluator/machine.h"
#include "lexer/lexer.h"

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

/* Whether a new row, sum or remark begins here: the lines of a head, and those that go on, come with what they belong
   to. */
static bool starts_row(const char *text, const char *limit, bool *headed) {
  static const char head[] = " step ";
  bool indented = text + 1 < limit && text[0] == ' ' && text[1] != ' ', below = *headed;
  *headed |= (size_t)(limit - text) >= sizeof head - 1 && memcmp(text, head, sizeof head - 1) == 0;
  return indented && below;
}

bool explain_by_steps(Steps *steps, const char *text, size_t length) {
  const char *limit = text + length;
  static const char remark[] = "# Enter shows the next row, q all others\n";
  bool waits = steps->session->options.waits && print(steps, remark, sizeof remark - 1);
  Buffer line = {0};
  bool headed = false;
  while (waits && text < limit) {
    const char *end = memchr(text, '\n', (size_t)(limit - text));
    size_t bytes = (size_t)((end ? end : limit) - text);
    if (!print(steps, text, bytes)) break;
    text = end ? end + 1 : limit;
    if (text < limit && starts_row(text, limit, &headed))
      waits = read_line(steps, &line) && strcmp(buffer_text(&line), "q") != 0;
    else print(steps, "\n", 1);
  }
  buffer_free(&line);
  if (session_runtime(steps->session)->error->kind != ERROR_NONE) return false;
  return print(steps, text, (size_t)(limit - text));
}

/* ---- the quiz */

enum { ANSWER_NAMES = 32 };

/* The names in an answer that mean steps of the table, or else globals, and what they hold there. */
typedef struct AnswerNames {
  const char *texts[ANSWER_NAMES];
  int lengths[ANSWER_NAMES];
  Value values[ANSWER_NAMES];
  int count;
} AnswerNames;

static Value step_named(Steps *steps, const char *text, size_t length) {
  const NameEntry *entry = names_find(&steps->taken, text, length);
  const char *name = entry && entry->number < steps_count(steps) ? steps->names[entry->number] : NULL;
  if (!name || strlen(name) != length || memcmp(name, text, length) != 0) return value_unbound();
  return value_from_tensor(steps->session, tensor_ref(&steps_row(steps, entry->number)->node->tensor));
}

/* A path such as `model.w` begins with a global. */
static Value global_named(Steps *steps, const char *text, size_t length) {
  Value builtin = globals_builtin(steps->session, text, length), value;
  value_unref(builtin);
  const char *name = value_is_unbound(builtin) ? arena_copy_text(&steps->arena, text, length) : NULL;
  return name && session_lookup(steps->session, name, &value) ? value_ref(value) : value_unbound();
}

static void add_answer_name(Steps *steps, AnswerNames *names, const char *text, size_t length) {
  for (int k = 0; k < names->count; k++)
    if ((size_t)names->lengths[k] == length && memcmp(names->texts[k], text, length) == 0) return;
  Value value = step_named(steps, text, length);
  if (value_is_unbound(value)) value = global_named(steps, text, length);
  if (value_is_unbound(value) || value_is_error(value) || names->count == ANSWER_NAMES) {
    value_unref(value);
    return;
  }
  names->texts[names->count] = text;
  names->lengths[names->count] = (int)length;
  names->values[names->count++] = value;
}

static void find_answer_names(Steps *steps, AnswerNames *names, const Buffer *line) {
  Source source = {.text = line->text, .length = line->length, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer))
    if (token.kind == TOKEN_NAME)
      add_answer_name(steps, names, line->text + token.span.start - 1, token.span.end - token.span.start);
}

/* `return (x, v1) -> (2*x + v1)`; a comment may end the answer. */
static void add_answer_code(Buffer *code, const AnswerNames *names, const Buffer *line) {
  buffer_add_text(code, "return (");
  for (int k = 0; k < names->count; k++)
    buffer_format(code, "%s%.*s", k ? ", " : "", names->lengths[k], names->texts[k]);
  buffer_format(code, ") -> (%s\n)", buffer_text(line));
}

static bool is_blank(const Buffer *line) {
  const char *text = buffer_text(line);
  return text[strspn(text, " \t\r")] == '\0';
}

/* What was typed is an expression of the language: `1/3`, `cos(4) * 4`, `2*x`.  Nothing at all: unbound.  The error
   value: it has no value, which is recorded. */
static Value read_answer(Steps *steps, const Buffer *line) {
  AnswerNames names = {.count = 0};
  Buffer code = {0};
  if (is_blank(line)) return value_unbound();
  find_answer_names(steps, &names, line);
  add_answer_code(&code, &names, line);
  char *text = code.failed ? NULL : arena_copy_text(&steps->session->arena, buffer_text(&code), code.length);
  Value function = text ? session_evaluate_library(steps->session, "<answer>", text, code.length) : value_error();
  Value value = value_is_error(function) ? function
                : session_call(steps->session, function, names.count, names.values, steps->call->span);
  buffer_free(&code);
  value_unref(function);
  for (int k = 0; k < names.count; k++) value_unref(names.values[k]);
  return value;
}

/* Says why an answer has no value; false: that ends the quiz. */
static bool refuse_answer(Steps *steps) {
  Error *error = session_runtime(steps->session)->error;
  if (error->kind == ERROR_INTERRUPT || error->kind == ERROR_MEMORY || error->kind == ERROR_EXIT) return false;
  Buffer text = {0};
  buffer_add_text(&text, "   no answer: ");
  if (error->kind == ERROR_SYNTAX) buffer_add_text(&text, "this is no expression"); /* ours were around it */
  else text_add_safe(&text, buffer_text(&error->message), error->message.length);
  buffer_add_byte(&text, '\n');
  error_clear(error);
  bool printed = print(steps, buffer_text(&text), text.length);
  buffer_free(&text);
  return printed;
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

/* Asks until the answer can be read; false: there is none any more. */
static bool ask_for_value(Steps *steps, uint32_t at, Value *answer) {
  Buffer question = {0}, line = {0};
  bool answered;
  buffer_format(&question, " d%s/d%s = ? ", steps->result, steps->names[at]);
  do {
    answered = print(steps, buffer_text(&question), question.length) && read_line(steps, &line);
    *answer = answered ? read_answer(steps, &line) : value_unbound();
  } while (value_is_error(*answer) && refuse_answer(steps));
  buffer_free(&question);
  buffer_free(&line);
  return answered && !value_is_error(*answer);
}

static void ask(Steps *steps, uint32_t at, Score *score) {
  Value answer;
  score->ended = !ask_for_value(steps, at, &answer);
  if (score->ended) return;
  Buffer text = {0};
  bool right = is_right(steps, answer, &steps_row(steps, at)->gradient);
  value_unref(answer);
  score->asked++;
  score->right += right;
  buffer_add_text(&text, right ? "   right: " : "   no: ");
  steps_add_value(steps, &text, &steps_row(steps, at)->gradient);
  buffer_add_byte(&text, '\n');
  print(steps, buffer_text(&text), text.length);
  buffer_free(&text);
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
