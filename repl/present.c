/* SPDX-License-Identifier: MIT */
/* present.c: a script shown statement by statement. */
#include "repl/present.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "base/input.h"
#include "base/interrupt.h"
#include "base/wrap.h"
#include "evaluator/describe.h"
#include "repl/run.h"

typedef struct Presentation {
  Session *session;
  Console *console;
  const char *cursor, *limit;
  bool ended; /* by the audience or the program */
} Presentation;

static void say(Presentation *presentation, const char *text, size_t length) {
  console_write(presentation->console, STREAM_RESULT, text, length);
}

/* The next line with its newline; its length, 0 at the end. */
static size_t line_length(const Presentation *presentation) {
  const char *end = memchr(presentation->cursor, '\n', (size_t)(presentation->limit - presentation->cursor));
  return (size_t)((end ? end + 1 : presentation->limit) - presentation->cursor);
}

static bool is_remark(const char *line, size_t length) {
  size_t blank = 0;
  while (blank < length && strchr(" \t\r\n", line[blank])) blank++;
  return blank == length || line[blank] == '#';
}

/* "\r\n" is a newline. */
static void add_lines(Buffer *out, const char *text, size_t length) {
  for (size_t k = 0; k < length; k++)
    if (text[k] != '\r' || k + 1 == length || text[k + 1] != '\n') buffer_add_byte(out, text[k]);
}

/* A screen breaks lines in the middle of a word; elsewhere a remark stays as it is. */
static void show_remark(Presentation *presentation, size_t length) {
  Buffer line = {0}, wrapped = {0};
  add_lines(&line, presentation->cursor, length);
  if (presentation->console->output_terminal) {
    wrap_text(&wrapped, buffer_text(&line), presentation->console->columns);
    say(presentation, buffer_text(&wrapped), wrapped.length);
  } else {
    say(presentation, buffer_text(&line), line.length);
  }
  buffer_free(&line);
  buffer_free(&wrapped);
}

/* Whole statements: lines are added until they make a complete input. */
static void take_statement(Presentation *presentation, Buffer *statement) {
  do {
    size_t length = line_length(presentation);
    buffer_add(statement, presentation->cursor, length);
    presentation->cursor += length;
  } while (presentation->cursor < presentation->limit &&
           !session_is_complete(presentation->session, buffer_text(statement), statement->length));
  buffer_trim(statement, 0, "\r\n");
}

/* The statement as it looks at the prompt: `mg> ` before its first line, `... ` before the others. */
static void show_statement(Presentation *presentation, const Buffer *statement) {
  Buffer lines = {0}, shown = {0};
  add_lines(&lines, buffer_text(statement), statement->length);
  buffer_add_text(&shown, PROMPT);
  for (size_t k = 0; k < lines.length; k++) {
    buffer_add_byte(&shown, lines.text[k]);
    if (lines.text[k] == '\n') buffer_add_text(&shown, PROMPT_MORE);
  }
  say(presentation, buffer_text(&shown), shown.length);
  buffer_free(&lines);
  buffer_free(&shown);
}

/* Waits until there is something to read.  Ctrl-C ends it: signals are let through only while waiting, so that none is
   lost between test and wait. */
static void wait_for_input(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  sigset_t interrupt, open_signals;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigprocmask(SIG_BLOCK, &interrupt, &open_signals);
  while (!interrupt_requested && ppoll(&input, 1, NULL, &open_signals) < 0 && errno == EINTR) continue;
  sigprocmask(SIG_SETMASK, &open_signals, NULL);
}

/* Waits for Enter where somebody can press it; q and the end of input leave the presentation. */
static void wait_for_audience(Presentation *presentation) {
  console_flush(presentation->console);
  if (!console_has_audience(presentation->console)) {
    say(presentation, "\n", 1);
    return;
  }
  wait_for_input();
  Buffer answer = {0};
  bool answered = !interrupt_requested && input_line(&answer) && !interrupt_requested;
  if (!answered) say(presentation, "\n", 1);
  if (!answered || buffer_text(&answer)[0] == 'q') presentation->ended = true;
  buffer_free(&answer);
}

static int run_statement(Presentation *presentation, const Buffer *statement) {
  RunStatus result = run_entered(presentation->session, buffer_text(statement), statement->length);
  if (result == RUN_EXIT) presentation->ended = true;
  return run_status(presentation->session, presentation->console, result);
}

static int present_text(Presentation *presentation) {
  int status = STATUS_OK;
  while (presentation->cursor < presentation->limit && !presentation->ended && status == STATUS_OK) {
    size_t length = line_length(presentation);
    if (is_remark(presentation->cursor, length)) {
      show_remark(presentation, length);
      presentation->cursor += length;
      continue;
    }
    Buffer statement = {0};
    take_statement(presentation, &statement);
    show_statement(presentation, &statement);
    wait_for_audience(presentation);
    if (!presentation->ended) status = run_statement(presentation, &statement);
    buffer_free(&statement);
  }
  return status;
}

/* What stands before the program: a byte-order mark, and a first line that names the program to run it. */
static void skip_start(Presentation *presentation) {
  static const char mark[] = "\xEF\xBB\xBF";
  if (strncmp(presentation->cursor, mark, sizeof mark - 1) == 0) presentation->cursor += sizeof mark - 1;
  if (strncmp(presentation->cursor, "#!", 2) == 0) presentation->cursor += line_length(presentation);
}

int present_run(Session *session, Console *console, const Options *options) {
  int status = STATUS_OK;
  for (int k = 0; k < options->input_count && status == STATUS_OK; k++) {
    const Input *input = &options->inputs[k];
    Buffer text = {0};
    if (input->kind == INPUT_CODE) buffer_add_text(&text, input->text);
    else status = run_read_input(input, &text);
    Presentation presentation = {session, console, buffer_text(&text), buffer_text(&text) + text.length, false};
    skip_start(&presentation);
    session_set_input_path(session, input->kind == INPUT_FILE ? input->text : NULL);
    if (status == STATUS_OK) status = present_text(&presentation);
    session_set_input_path(session, NULL);
    buffer_free(&text);
  }
  return status;
}

void present_tour(Console *console) {
  SessionOptions options = {.output = console_write, .warn = console_warn, .output_context = console,
                            .interactive = true, .colour = console->colour && console->output_terminal,
                            .waits = console_has_audience(console), .sandbox = true};
  Session *session = session_new(&options);
  if (!session) {
    run_complain_room();
    return;
  }
  const char *text = page_text("tour");
  Presentation presentation = {session, console, text, strchr(text, '\0'), false};
  present_text(&presentation);
  session_free(session);
  interrupt_requested = 0;
}
