/* SPDX-License-Identifier: MIT */
/* command.c: what begins with a colon or a question mark at the prompt; a table of commands. */
#include "repl/command.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/text.h"
#include "base/wrap.h"
#include "evaluator/describe.h"
#include "repl/context.h"
#include "repl/present.h"
#include "repl/run.h"
#include "runtime/format/number.h"

typedef struct Command {
  const char *name, *arguments, *doc;
  void (*run)(CommandCall *call, const char *rest);
} Command;

void command_say(CommandCall *call, const Buffer *text) {
  console_write(call->console, STREAM_RESULT, buffer_text(text), text->length);
}

/* Messages repeat what was typed, so nothing of them is written raw; newlines are ours. */
void command_complain(CommandCall *call, const char *format, ...) {
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
  console_write(call->console, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&message);
  buffer_free(&text);
}

static void run_code(CommandCall *call, const char *before, const char *code, const char *after) {
  Buffer text = {0};
  buffer_add_text(&text, before);
  buffer_add_text(&text, code);
  buffer_add_text(&text, after);
  RunStatus status = run_entered(call->session, buffer_text(&text), text.length);
  call->done = status == RUN_EXIT;
  run_status(call->session, call->console, status);
  buffer_free(&text);
}

/* ---- help */

static void command_help(CommandCall *call, const char *rest);

static void say_wrapped(CommandCall *call, const Buffer *text) {
  Buffer wrapped = {0};
  wrap_text(&wrapped, buffer_text(text), call->console->columns);
  command_say(call, &wrapped);
  buffer_free(&wrapped);
}

static void help_on(CommandCall *call, const char *name) {
  Buffer text = {0};
  size_t length = strcspn(name, "("); /* `?sin(x)` */
  if (length == 0) length = strlen(name);
  while (length && strchr(" \t\n()", name[length - 1])) length--;
  if (describe_name(call->session, &text, name, length, true)) {
    say_wrapped(call, &text);
  } else if (session_error(call->session)->kind == ERROR_MEMORY) {
    console_report(call->console, call->session);
  } else {
    buffer_clear(&text);
    buffer_add(&text, name, length);
    SuggestText likely;
    const char *word = buffer_text(&text);
    if (*describe_likely(call->session, word, "`?", &likely))
      command_complain(call, "there is no help on `%s`\nhint: %s", word, likely.text);
    else command_complain(call, "there is no help on `%s`\nhint: `:help` lists commands and topics", word);
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

static void command_why(CommandCall *call, const char *rest) {
  Buffer text = {0};
  if (*rest && !command_explain(&text, rest)) {
    command_complain(call, "there is no kind of errors called `%s`", rest);
  } else if (!*rest && call->console->failed_kind == ERROR_NONE) {
    command_complain(call, "there has been no error yet\nhint: `:why shape` explains a kind of errors");
    buffer_free(&text);
    return;
  } else if (!*rest) {
    command_explain(&text, error_kind_name(call->console->failed_kind));
  }
  say_wrapped(call, &text);
  buffer_free(&text);
}

/* ---- running code */

static void command_time(CommandCall *call, const char *rest) {
  if (!*rest) {
    command_complain(call, "`:time` runs code: `:time sum(randn(1000))`");
    return;
  }
  int64_t start = clock_now();
  run_code(call, "", rest, "");
  console_show_time(call->console, clock_since(start));
}

/* What closes the call around code: a comment may end it. */
static const char *call_end(const char *code) { return strchr(code, '#') ? "\n)" : ")"; }

/* With nothing else it is about the last value. */
static void call_on(CommandCall *call, const char *command, const char *function, const char *rest) {
  Value last;
  bool given = *rest || (session_lookup(call->session, "_", &last) && !value_is_unbound(last));
  if (given) run_code(call, function, *rest ? rest : "_", call_end(rest));
  else command_complain(call, "no value has been shown yet\nhint: `:%s x` is about the value of `x`", command);
}

/* A command that is there for its result shows it, whatever `:echo` says. */
static void run_shown(CommandCall *call, const char *before, const char *code, const char *after) {
  bool silent = session_is_silent(call->session);
  session_set_silent(call->session, false);
  run_code(call, before, code, after);
  session_set_silent(call->session, silent);
}

static bool parses(Session *session, const Buffer *text) {
  return session_check(session, NULL, buffer_text(text), text->length) == RUN_OK;
}

/* What goes behind such a command becomes the arguments of a call, so it may be nothing else.  Where that cannot be
   read, the report is about what was typed. */
static bool refuse_statement(CommandCall *call, const char *command, const char *rest) {
  bool values = context_arguments(rest) > 0, read = true;
  Buffer text = {0};
  if (!values) command_complain(call, "`:%s` is about values; a statement is an input of its own", command);
  buffer_format(&text, "f(%s%s", rest, call_end(rest));
  if (values && *rest && !parses(call->session, &text)) {
    buffer_clear(&text);
    buffer_add_text(&text, rest);
    read = parses(call->session, &text);
    if (!read) run_status(call->session, call->console, RUN_FAILED);
  }
  buffer_free(&text);
  return !values || !read;
}

static void command_full(CommandCall *call, const char *rest) {
  if (refuse_statement(call, "full", rest)) return;
  if (context_arguments(rest) == 1) call_on(call, "full", "show(", rest);
  else command_complain(call, "`:full` shows one value\nhint: a tuple stands in brackets: `:full (x, y)`");
}

static void command_graph(CommandCall *call, const char *rest) {
  if (!refuse_statement(call, "graph", rest)) call_on(call, "graph", "graph(", rest);
}

static void check_file(CommandCall *call, const char *rest) {
  Buffer path = {0}, text = {0};
  int reason = 0;
  if (command_read_path(call, "check", rest, &path)) {
    if (!run_read_file(buffer_text(&path), &text, &reason)) {
      command_complain(call, "cannot read `%s`: %s", buffer_text(&path), strerror(reason));
    } else {
      RunStatus status = session_check(call->session, buffer_text(&path), buffer_text(&text), text.length);
      run_status(call->session, call->console, status);
      buffer_clear(&text);
      buffer_add_text(&text, "# no syntax errors\n");
      if (status == RUN_OK) command_say(call, &text);
    }
  }
  buffer_free(&text);
  buffer_free(&path);
}

/* What is a file, stands in quotes or has the name of a script, is parsed; anything else is a function and where to
   check it. */
static bool names_file(const char *rest) {
  return *rest == '"' || access(rest, R_OK) == 0 || text_ends_with(rest, strlen(rest), ".mg");
}

static void command_check(CommandCall *call, const char *rest) {
  if (!*rest)
    command_complain(call, "`:check` needs a function and numbers, or a file\n"
                           "hint: `:check sin, 2` or `:check file.mg`");
  else if (names_file(rest)) check_file(call, rest);
  else if (!refuse_statement(call, "check", rest)) run_shown(call, "check_grad(", rest, call_end(rest));
}

static void command_demo(CommandCall *call, const char *rest) {
  (void)rest;
  present_tour(call->console);
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

static void set_switch(CommandCall *call, const char *name, const char *rest, bool *state) {
  Buffer text = {0};
  if (!read_switch(rest, state)) {
    command_complain(call, "`:%s` takes `on` or `off`", name);
    return;
  }
  buffer_format(&text, "# %s %s\n", name, *state ? "on" : "off");
  command_say(call, &text);
  buffer_free(&text);
}

static void command_timer(CommandCall *call, const char *rest) {
  set_switch(call, "timer", rest, &call->console->timing);
}

static void command_echo(CommandCall *call, const char *rest) {
  bool shown = !session_is_silent(call->session);
  set_switch(call, "echo", rest, &shown);
  session_set_silent(call->session, !shown);
}

static void command_precision(CommandCall *call, const char *rest) {
  const TextOptions *options = session_text_options(call->session);
  Buffer text = {0};
  char *end;
  long digits = strtol(rest, &end, 10);
  bool automatic = strcmp(rest, "auto") == 0;
  if (*rest && !automatic && (*end || digits < 1 || digits > DECIMAL_SHORTEST)) {
    command_complain(call, "`:precision` takes 1 to " TEXT_OF(DECIMAL_SHORTEST) " digits, or `auto`");
    return;
  }
  if (*rest) session_set_precision(call->session, automatic ? 0 : (int)digits);
  if (options->precision) buffer_format(&text, "# precision %d\n", options->precision);
  else buffer_add_text(&text, "# precision auto\n");
  command_say(call, &text);
  buffer_free(&text);
}

static void command_quit(CommandCall *call, const char *rest) {
  (void)rest;
  call->done = true;
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

static void list_commands(CommandCall *call) {
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
  say_wrapped(call, &text);
  buffer_free(&text);
}

static void command_help(CommandCall *call, const char *rest) {
  const Command *command = *rest == ':' ? find_command(rest + 1, strlen(rest + 1)) : NULL;
  Buffer text = {0};
  if (!*rest) {
    list_commands(call);
  } else if (command) {
    buffer_format(&text, ":%s %s: %s\n", command->name, command->arguments, command->doc);
    command_say(call, &text);
  } else {
    help_on(call, rest);
  }
  buffer_free(&text);
}

static void unknown_command(CommandCall *call, const char *word, size_t length) {
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
    command_complain(call, "there is no command `:%s`\nhint: did you mean `:%s` or `:%s`?", shown, better, other);
  else if (better) command_complain(call, "there is no command `:%s`\nhint: did you mean `:%s`?", shown, better);
  else command_complain(call, "there is no command `:%s`\nhint: `:help` lists the commands", shown);
  buffer_free(&wanted);
}

static void refuse_arguments(CommandCall *call, const Command *command) {
  const char *hint = command->run == command_reset ? "\nhint: to forget one name, write `del x`" : "";
  command_complain(call, "nothing goes behind `:%s`%s", command->name, hint);
}

const char *command_start(const char *text) {
  text += strspn(text, " \t");
  return *text == ':' || *text == '?' ? text : NULL;
}

bool command_run(Session *session, Console *console, const char *text) {
  CommandCall call = {session, console, false};
  if (text[0] == '?') {
    command_help(&call, text + 1 + strspn(text + 1, " \t?"));
    return call.done;
  }
  const char *word = text + 1;
  size_t length = strcspn(word, " \t\n");
  const char *rest = word + length + strspn(word + length, " \t\n");
  const Command *command = find_command(word, length);
  if (!command) unknown_command(&call, word, length);
  else if (*rest && !*command->arguments) refuse_arguments(&call, command);
  else command->run(&call, rest);
  return call.done;
}
