/* SPDX-License-Identifier: MIT */
/* command.c: what begins with a colon or a question mark at the prompt; a table of commands. */
#include "repl/command.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/text.h"
#include "evaluator/describe.h"
#include "repl/present.h"
#include "repl/run.h"
#include "repl/wrap.h"
#include "runtime/format/number.h"

typedef struct Command {
  const char *name, *arguments, *doc;
  void (*run)(Context *context, const char *rest);
} Command;

void command_say(Context *context, const Buffer *text) {
  console_write(context->console, STREAM_RESULT, buffer_text(text), text->length);
}

/* Messages repeat what was typed, so nothing of them is written raw; newlines are ours. */
void command_complain(Context *context, const char *format, ...) {
  Buffer message = {0}, text = {0};
  va_list list;
  va_start(list, format);
  buffer_format_list(&message, format, list);
  va_end(list);
  buffer_add_text(&text, "error: ");
  for (const char *line = buffer_text(&message); *line;) {
    size_t length = strcspn(line, "\n");
    text_add_safe(&text, line, length);
    buffer_add_byte(&text, '\n');
    line += length + (line[length] == '\n');
  }
  console_write(context->console, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&message);
  buffer_free(&text);
}

static void run_code(Context *context, const char *before, const char *code, const char *after) {
  Buffer text = {0};
  buffer_add_text(&text, before);
  buffer_add_text(&text, code);
  buffer_add_text(&text, after);
  RunStatus status = session_run(context->session, NULL, buffer_text(&text), text.length, true);
  if (status == RUN_INCOMPLETE) status = session_run(context->session, NULL, buffer_text(&text), text.length, false);
  context->done = status == RUN_EXIT;
  run_status(context->session, context->console, status);
  buffer_free(&text);
}

/* ---- help */

static void command_help(Context *context, const char *rest);

static void say_wrapped(Context *context, const Buffer *text) {
  Buffer wrapped = {0};
  wrap_text(&wrapped, buffer_text(text), context->console->columns);
  command_say(context, &wrapped);
  buffer_free(&wrapped);
}

static void help_on(Context *context, const char *name) {
  Buffer text = {0};
  size_t length = strcspn(name, "("); /* `?sin(x)` */
  if (length == 0) length = strlen(name);
  while (length && strchr(" \t\n()", name[length - 1])) length--;
  if (describe_name(context->session, &text, name, length, true)) {
    say_wrapped(context, &text);
  } else if (session_error(context->session)->kind == ERROR_MEMORY) {
    console_report(context->console, context->session);
  } else {
    buffer_clear(&text);
    buffer_add(&text, name, length);
    const char *likely = describe_likely(context->session, buffer_text(&text));
    const char *word = buffer_text(&text);
    if (likely) command_complain(context, "there is no help on `%s`\nhint: did you mean `?%s`?", word, likely);
    else command_complain(context, "there is no help on `%s`\nhint: `:help` lists commands and topics", word);
  }
  buffer_free(&text);
}

bool command_explain(Buffer *out, const char *kind) {
  size_t length;
  const char *page = page_text("errors"), *text = page_section(page, kind, strlen(kind), &length), *heading;
  if (text) {
    buffer_format(out, "%s errors\n\n", kind);
    page_add(out, text, length);
    return true;
  }
  buffer_add_text(out, "kinds of errors:");
  for (int k = 0; (heading = page_heading(page, k, &length)); k++) buffer_format(out, " %.*s", (int)length, heading);
  buffer_add_byte(out, '\n');
  return false;
}

static void command_why(Context *context, const char *rest) {
  Buffer text = {0};
  if (*rest && !command_explain(&text, rest)) {
    command_complain(context, "there is no kind of errors called `%s`", rest);
  } else if (!*rest && context->console->failed_kind == ERROR_NONE) {
    command_complain(context, "there has been no error yet\nhint: `:why shape` explains a kind of errors");
    buffer_free(&text);
    return;
  } else if (!*rest) {
    command_explain(&text, error_kind_name(context->console->failed_kind));
  }
  say_wrapped(context, &text);
  buffer_free(&text);
}

/* ---- running code */

static void command_time(Context *context, const char *rest) {
  if (!*rest) {
    command_complain(context, "`:time` runs code: `:time sum(randn(1000))`");
    return;
  }
  int64_t start = clock_now();
  run_code(context, "", rest, "");
  console_show_time(context->console, clock_since(start));
}

/* With nothing else it is about the last value. */
static void call_on(Context *context, const char *command, const char *function, const char *rest) {
  Value last;
  bool given = *rest || (session_lookup(context->session, "_", &last) && !value_is_unbound(last));
  if (given) run_code(context, function, *rest ? rest : "_", ")");
  else command_complain(context, "no value has been shown yet\nhint: `:%s x` is about the value of `x`", command);
}

/* A command that is there for its result shows it, whatever `:echo` says. */
static void run_shown(Context *context, const char *before, const char *code, const char *after) {
  bool silent = session_is_silent(context->session);
  session_set_silent(context->session, false);
  run_code(context, before, code, after);
  session_set_silent(context->session, silent);
}

static void command_full(Context *context, const char *rest) { call_on(context, "full", "show(", rest); }
static void command_graph(Context *context, const char *rest) { call_on(context, "graph", "graph(", rest); }

static void check_file(Context *context, const char *rest) {
  Buffer path = {0}, text = {0};
  int reason = 0;
  if (command_read_path(context, "check", rest, &path)) {
    if (!run_read_file(buffer_text(&path), &text, &reason)) {
      command_complain(context, "cannot read `%s`: %s", buffer_text(&path), strerror(reason));
    } else {
      RunStatus status = session_check(context->session, buffer_text(&path), buffer_text(&text), text.length);
      run_status(context->session, context->console, status);
      buffer_clear(&text);
      buffer_add_text(&text, "# no syntax errors\n");
      if (status == RUN_OK) command_say(context, &text);
    }
  }
  buffer_free(&text);
  buffer_free(&path);
}

/* What is a file, stands in quotes or has the name of a script, is parsed; anything else is a function and where to
   check it. */
static bool names_file(const char *rest) {
  size_t length = strlen(rest);
  return *rest == '"' || access(rest, R_OK) == 0 || (length > 3 && strcmp(rest + length - 3, ".mg") == 0);
}

static void command_check(Context *context, const char *rest) {
  if (!*rest)
    command_complain(context, "`:check` needs a function and numbers, or a file\n"
                              "hint: `:check sin, 2` or `:check file.mg`");
  else if (names_file(rest)) check_file(context, rest);
  else run_shown(context, "check_grad(", rest, ")");
}

static void command_demo(Context *context, const char *rest) {
  (void)rest;
  present_tour(context->console);
}

/* ---- settings */

/* `on` and `off` set a switch, nothing turns it; false: neither. */
static bool read_switch(const char *rest, bool *state) {
  if (!*rest) *state = !*state;
  else if (strcmp(rest, "on") == 0) *state = true;
  else if (strcmp(rest, "off") == 0) *state = false;
  else return false;
  return true;
}

static void set_switch(Context *context, const char *name, const char *rest, bool *state) {
  Buffer text = {0};
  if (!read_switch(rest, state)) {
    command_complain(context, "`:%s` takes `on` or `off`", name);
    return;
  }
  buffer_format(&text, "# %s %s\n", name, *state ? "on" : "off");
  command_say(context, &text);
  buffer_free(&text);
}

static void command_timer(Context *context, const char *rest) {
  set_switch(context, "timer", rest, &context->console->timing);
}

static void command_echo(Context *context, const char *rest) {
  bool shown = !session_is_silent(context->session);
  set_switch(context, "echo", rest, &shown);
  session_set_silent(context->session, !shown);
}

static void command_precision(Context *context, const char *rest) {
  const TextOptions *options = session_text_options(context->session);
  Buffer text = {0};
  char *end;
  long digits = strtol(rest, &end, 10);
  bool automatic = strcmp(rest, "auto") == 0;
  if (*rest && !automatic && (*end || digits < 1 || digits > DECIMAL_SHORTEST)) {
    command_complain(context, "`:precision` takes 1 to " TEXT_OF(DECIMAL_SHORTEST) " digits, or `auto`");
    return;
  }
  if (*rest) session_set_precision(context->session, automatic ? 0 : (int)digits);
  if (options->precision) buffer_format(&text, "# precision %d\n", options->precision);
  else buffer_add_text(&text, "# precision auto\n");
  command_say(context, &text);
  buffer_free(&text);
}

static void command_quit(Context *context, const char *rest) {
  (void)rest;
  context->done = true;
}

/* ---- the table */

static const Command commands[] = {
    {"check", "f, x", "compare the derivative of f at x with differences; parse a file", command_check},
    {"demo", "", "a tour of two minutes", command_demo},
    {"echo", "[on|off]", "whether values of expressions are shown", command_echo},
    {"edit", "", "the last input of several lines in $VISUAL or $EDITOR", command_edit},
    {"full", "[value]", "show a value (or the last one) with nothing left out", command_full},
    {"graph", "[value]", "draw how a value (or the last one) was computed", command_graph},
    {"help", "[name]", "this list, or help on a name; `?name` is short for it", command_help},
    {"history", "[n]", "the last inputs", command_history},
    {"load", "file", "run a file here", command_load},
    {"precision", "[n]", "significant digits shown: 1 to " TEXT_OF(DECIMAL_SHORTEST) ", or auto", command_precision},
    {"quit", "", "end the session; so does Ctrl-D", command_quit},
    {"reset", "", "forget all names", command_reset},
    {"save", "file", "write a script that makes the names of this session again", command_save},
    {"time", "code", "run code and tell how long it took", command_time},
    {"timer", "[on|off]", "tell how long every input takes", command_timer},
    {"vars", "", "names with their shapes, types, gradients and memory", command_vars},
    {"why", "[kind]", "a long text on the last error, or on a kind of errors", command_why},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

const char *command_name(int index) { return index < COMMANDS ? commands[index].name : NULL; }
const char *command_doc(int index) { return index < COMMANDS ? commands[index].doc : NULL; }

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

const char *command_full_name(const char *word, size_t length) {
  const Command *command = find_command(word, length);
  return command ? command->name : NULL;
}

static void list_commands(Context *context) {
  Buffer text = {0};
  for (int k = 0; k < COMMANDS; k++)
    buffer_format(&text, "  :%-10s %-8s %s\n", commands[k].name, commands[k].arguments, commands[k].doc);
  buffer_add_text(&text, "Any beginning of a name that fits only one command is enough.\n"
                         "Keys: Tab completes, F1 or Alt-h explains, Ctrl-R searches, Ctrl-C stops; see `?keys`.\n"
                         "Topics:");
  const char *heading;
  size_t length;
  for (int k = 0; (heading = page_heading(page_text("topics"), k, &length)); k++)
    buffer_format(&text, " ?%.*s", (int)length, heading);
  buffer_add_byte(&text, '\n');
  say_wrapped(context, &text);
  buffer_free(&text);
}

static void command_help(Context *context, const char *rest) {
  const Command *command = *rest == ':' ? find_command(rest + 1, strlen(rest + 1)) : NULL;
  Buffer text = {0};
  if (!*rest) {
    list_commands(context);
  } else if (command) {
    buffer_format(&text, ":%s %s: %s\n", command->name, command->arguments, command->doc);
    command_say(context, &text);
  } else {
    help_on(context, rest);
  }
  buffer_free(&text);
}

static void unknown_command(Context *context, const char *word, size_t length) {
  Buffer wanted = {0};
  buffer_add(&wanted, word, length);
  Suggest suggest;
  const char *better = NULL, *other = NULL;
  if (suggest_start(&suggest, buffer_text(&wanted)))
    for (int k = 0; k < COMMANDS; k++) suggest_consider(&suggest, commands[k].name);
  suggest_result(&suggest, &better, &other);
  const char *shown = buffer_text(&wanted);
  for (int k = 0; !better && k + 1 < COMMANDS; k++) /* two that begin like it stand side by side */
    if (length && strncmp(commands[k].name, word, length) == 0) better = commands[k].name, other = commands[k + 1].name;
  if (better && other)
    command_complain(context, "there is no command `:%s`\nhint: did you mean `:%s` or `:%s`?", shown, better, other);
  else if (better) command_complain(context, "there is no command `:%s`\nhint: did you mean `:%s`?", shown, better);
  else command_complain(context, "there is no command `:%s`\nhint: `:help` lists the commands", shown);
  buffer_free(&wanted);
}

static void refuse_arguments(Context *context, const Command *command) {
  const char *hint = command->run == command_reset ? "\nhint: to forget one name, write `del x`" : "";
  command_complain(context, "nothing goes behind `:%s`%s", command->name, hint);
}

const char *command_start(const char *text) {
  text += strspn(text, " \t");
  return *text == ':' || *text == '?' ? text : NULL;
}

bool command_run(Session *session, Console *console, const char *text) {
  Context context = {session, console, false};
  if (text[0] == '?') {
    command_help(&context, text + 1 + strspn(text + 1, " \t?"));
    return context.done;
  }
  const char *word = text + 1;
  size_t length = strcspn(word, " \t\n");
  const char *rest = word + length + strspn(word + length, " \t\n");
  const Command *command = find_command(word, length);
  if (!command) unknown_command(&context, word, length);
  else if (*rest && !*command->arguments) refuse_arguments(&context, command);
  else command->run(&context, rest);
  return context.done;
}
