/* SPDX-License-Identifier: MIT */
/* command.c: what begins with a colon or a question mark at the prompt; a table of commands. */
#include "repl/command.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/text.h"
#include "evaluator/call.h"
#include "repl/run.h"
#include "runtime/format/text.h"

typedef struct Context {
  Session *session;
  Console *console;
  bool done;
} Context;

typedef struct Command {
  const char *name, *arguments, *doc;
  void (*run)(Context *context, const char *rest);
} Command;

static void say(Context *context, const Buffer *text) {
  console_write(context->console, STREAM_RESULT, buffer_text(text), text->length);
}

static void complain(Context *context, const char *message) {
  Buffer text = {0};
  buffer_format(&text, "error: %s\n", message);
  console_write(context->console, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&text);
}

static void run_code(Context *context, const char *code) {
  RunStatus status = session_run(context->session, NULL, code, strlen(code), true);
  if (status == RUN_INCOMPLETE) status = session_run(context->session, NULL, code, strlen(code), false);
  context->done = status == RUN_EXIT;
  run_status(context->session, context->console, status);
}

/* ---- the commands */

static void help_on(Context *context, const char *name) {
  Buffer code = {0};
  buffer_format(&code, "help(%s)", name);
  run_code(context, buffer_text(&code));
  buffer_free(&code);
}

static void command_help(Context *context, const char *rest);

static bool add_variable(void *text, const char *name, Value value, Span defined) {
  (void)defined;
  const Variable *variable = value_as_variable(value);
  if (variable) {
    ShapeText shape;
    buffer_format(text, "  %-12s %-14s %-9s %s%s\n", name, layout_text(&shape, variable_layout(variable)),
                  dtype_info[variable_dtype(variable)].name, variable_is_constant(variable) ? "constant" : "variable",
                  !variable->base && variable->gradient ? ", has a gradient" : "");
  } else {
    buffer_format(text, "  %-12s %s\n", name, value_type_name(value));
  }
  return true;
}

static void command_vars(Context *context, const char *rest) {
  (void)rest;
  Buffer text = {0};
  session_each_global(context->session, add_variable, &text);
  if (!text.length) buffer_add_text(&text, "  no names are defined yet\n");
  say(context, &text);
  buffer_free(&text);
}

static void command_time(Context *context, const char *rest) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  run_code(context, rest);
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  Buffer text = {0};
  buffer_format(&text, seconds < 1e-3 ? "# %.1f µs\n" : seconds < 1 ? "# %.2f ms\n" : "# %.2f s\n",
                seconds < 1e-3 ? seconds * 1e6 : seconds < 1 ? seconds * 1e3 : seconds);
  say(context, &text);
  buffer_free(&text);
}

static void command_precision(Context *context, const char *rest) {
  TextOptions *options = session_text_options(context->session);
  char *end;
  long digits = strtol(rest, &end, 10);
  if (end == rest && strcmp(rest, "auto") == 0) digits = 0, end = strchr(end, '\0');
  if (*end || digits < 0 || digits > 17) complain(context, "`:precision` takes 1 to 17 digits, or auto");
  else options->precision = (int)digits;
}

static void command_full(Context *context, const char *rest) {
  Buffer code = {0};
  buffer_format(&code, "show(%s)", *rest ? rest : "_");
  run_code(context, buffer_text(&code));
  buffer_free(&code);
}

static void command_load(Context *context, const char *rest) {
  Buffer text = {0};
  int reason = 0;
  if (!run_read_file(rest, &text, &reason)) {
    Buffer message = {0};
    buffer_format(&message, "cannot read `%s`: %s", rest, strerror(reason));
    complain(context, buffer_text(&message));
    buffer_free(&message);
  } else {
    RunStatus status = session_run(context->session, rest, buffer_text(&text), text.length, false);
    context->done = status == RUN_EXIT;
    run_status(context->session, context->console, status);
  }
  buffer_free(&text);
}

static void command_quit(Context *context, const char *rest) {
  (void)rest;
  context->done = true;
}

static const Command commands[] = {
    {"full", "[value]", "show a value (or the last one) without leaving anything out", command_full},
    {"help", "[name]", "this list, or help on a name; `?name` is short for it", command_help},
    {"load", "file", "run a file here", command_load},
    {"precision", "N", "significant digits shown: 1 to 17, or auto", command_precision},
    {"quit", "", "end the session; so does Ctrl-D", command_quit},
    {"time", "code", "run code and tell how long it took", command_time},
    {"vars", "", "names with their shapes, types and gradients", command_vars},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void command_help(Context *context, const char *rest) {
  if (*rest) {
    help_on(context, rest);
    return;
  }
  Buffer text = {0};
  for (int k = 0; k < COMMANDS; k++)
    buffer_format(&text, "  :%-10s %-8s %s\n", commands[k].name, commands[k].arguments, commands[k].doc);
  buffer_add_text(&text, "Any beginning of a name that fits only one command is enough.\n");
  say(context, &text);
  buffer_free(&text);
}

const char *command_name(int index) { return index < COMMANDS ? commands[index].name : NULL; }

/* The command whose name begins like this: an exact match, or the only one. */
static const Command *find_command(const char *word, size_t length) {
  const Command *found = NULL;
  int matches = 0;
  for (int k = 0; k < COMMANDS; k++)
    if (strncmp(commands[k].name, word, length) == 0) {
      if (strlen(commands[k].name) == length) return &commands[k];
      found = &commands[k];
      matches++;
    }
  return matches == 1 && length ? found : NULL;
}

static void unknown_command(Context *context, const char *word, size_t length) {
  Buffer message = {0}, wanted = {0};
  buffer_add(&wanted, word, length);
  Suggest suggest;
  const char *better = NULL, *other = NULL;
  if (suggest_start(&suggest, buffer_text(&wanted)))
    for (int k = 0; k < COMMANDS; k++) suggest_consider(&suggest, commands[k].name);
  suggest_result(&suggest, &better, &other);
  buffer_format(&message, "there is no command `:%s`", buffer_text(&wanted));
  if (better) buffer_format(&message, "\nhint: did you mean `:%s`?", better);
  else buffer_add_text(&message, "\nhint: `:help` lists the commands");
  complain(context, buffer_text(&message));
  buffer_free(&wanted);
  buffer_free(&message);
}

bool command_run(Session *session, Console *console, const char *text) {
  Context context = {session, console, false};
  if (text[0] == '?') {
    help_on(&context, text + 1 + strspn(text + 1, " "));
    return context.done;
  }
  const char *word = text + 1;
  size_t length = strcspn(word, " \t\n");
  const char *rest = word + length + strspn(word + length, " \t");
  const Command *command = find_command(word, length);
  if (command) command->run(&context, rest);
  else unknown_command(&context, word, length);
  return context.done;
}
