/* SPDX-License-Identifier: MIT */
/* command_session.c: commands on what a session knows, keeps and forgets. */
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "evaluator/describe.h"
#include "repl/command.h"
#include "repl/external.h"
#include "repl/line.h"
#include "repl/run.h"
#include "repl/script.h"
#include "runtime/format/file.h"

/* ---- :vars */

typedef struct Table { Session *session; Buffer text; int name_width, shape_width; } Table;

static bool measure_row(void *context, const char *name, Value value, Span defined) {
  (void)defined;
  Table *table = context;
  const Variable *variable = value_as_variable(value);
  ShapeText shape;
  int width = (int)text_columns(name), shape_width = 0;
  if (variable) shape_width = (int)strlen(layout_text(&shape, variable_layout(variable)));
  if (width > table->name_width) table->name_width = width;
  if (shape_width > table->shape_width) table->shape_width = shape_width;
  return true;
}

static void add_padded(Buffer *out, const char *text, int width) {
  buffer_add_text(out, text);
  int columns = (int)text_columns(text);
  buffer_add_fill(out, ' ', (size_t)((columns < width ? width - columns : 0) + 2));
}

static void add_bytes(Buffer *out, double bytes) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
  int unit = 0;
  for (; bytes >= 1000 && unit < 4; unit++) bytes /= 1000;
  buffer_format(out, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

static void add_tensor(Table *table, const Variable *variable) {
  ShapeText shape;
  const Layout *layout = variable_layout(variable);
  add_padded(&table->text, layout->ndim ? layout_text(&shape, layout) : "()", table->shape_width);
  add_padded(&table->text, dtype_info[variable_dtype(variable)].name, 7);
  add_padded(&table->text, variable_is_constant(variable) ? "constant" : "variable", 8);
  add_padded(&table->text, !variable->base && variable->gradient ? "yes" : "-", 8);
  if (variable->base) buffer_add_text(&table->text, "a view");
  else add_bytes(&table->text, (double)layout->size * (double)dtype_info[variable_dtype(variable)].size);
}

static bool add_row(void *context, const char *name, Value value, Span defined) {
  (void)defined;
  Table *table = context;
  const Variable *variable = value_as_variable(value);
  Buffer signature = {0}, note = {0};
  buffer_add_text(&table->text, "  ");
  add_padded(&table->text, name, table->name_width);
  if (variable) {
    add_tensor(table, variable);
  } else {
    describe_shortly(table->session, name, value, &signature, &note);
    buffer_add_text(&table->text, value_type_name(value));
    if (signature.length) buffer_format(&table->text, " %s", buffer_text(&signature));
  }
  buffer_add_byte(&table->text, '\n');
  buffer_free(&signature);
  buffer_free(&note);
  return true;
}

void command_vars(CommandCall *call, const char *rest) {
  (void)rest;
  Table table = {.session = call->session, .name_width = 4, .shape_width = 5};
  session_each_global(call->session, measure_row, &table);
  Buffer rows = {0};
  session_each_global(call->session, add_row, &table);
  if (table.text.length) {
    buffer_add_text(&rows, "  ");
    add_padded(&rows, "name", table.name_width);
    add_padded(&rows, "shape", table.shape_width);
    buffer_add_text(&rows, "dtype    kind      gradient  memory\n");
  } else {
    buffer_add_text(&rows, "  no names are defined yet\n");
  }
  buffer_add(&rows, buffer_text(&table.text), table.text.length);
  command_say(call, &rows);
  buffer_free(&table.text);
  buffer_free(&rows);
}

/* ---- files */

bool command_read_path(CommandCall *call, const char *command, const char *rest, Buffer *path) {
  size_t length = strlen(rest);
  while (length && strchr(" \t\n", rest[length - 1])) length--;
  if (length >= 2 && rest[0] == '"' && rest[length - 1] == '"') rest++, length -= 2;
  buffer_add(path, rest, length);
  if (session_is_sandboxed(call->session)) command_complain(call, "files cannot be used with --sandbox");
  else if (length == 0) command_complain(call, "`:%s` needs a file name, e.g. `:%s session.mg`", command, command);
  else return !path->failed;
  return false;
}

void command_load(CommandCall *call, const char *rest) {
  Buffer path = {0}, text = {0};
  int reason = 0;
  if (!command_read_path(call, "load", rest, &path)) {
  } else if (!run_read_file(buffer_text(&path), &text, &reason)) {
    command_complain(call, "cannot read `%s`: %s", buffer_text(&path), strerror(reason));
  } else {
    RunStatus status = session_run(call->session, buffer_text(&path), buffer_text(&text), text.length, false);
    call->done = status == RUN_EXIT;
    run_status(call->session, call->console, status);
  }
  buffer_free(&path);
  buffer_free(&text);
}

void command_save(CommandCall *call, const char *rest) {
  Buffer path = {0}, script = {0}, missing = {0}, note = {0};
  Error error = {0};
  Runtime runtime = {.error = &error};
  int names = 0;
  if (command_read_path(call, "save", rest, &path)) {
    if (!script_of_session(call->session, &script, &names, &missing)) {
      command_complain(call, "out of memory");
    } else if (!file_write(&runtime, buffer_text(&path), path.length, buffer_text(&script), script.length)) {
      command_complain(call, "%s", buffer_text(&error.message));
    } else {
      buffer_format(&note, "# %d name%s saved; `:load` makes them again\n", names, names == 1 ? "" : "s");
      if (missing.length) buffer_format(&note, "# %s\n", buffer_text(&missing));
      command_say(call, &note);
    }
  }
  error_free(&error);
  buffer_free(&path);
  buffer_free(&script);
  buffer_free(&missing);
  buffer_free(&note);
}

static bool count_name(void *context, const char *name, Value value, Span defined) {
  (void)name, (void)value, (void)defined;
  ++*(int *)context;
  return true;
}

void command_reset(CommandCall *call, const char *rest) {
  (void)rest;
  int names = 0;
  Buffer text = {0};
  session_each_global(call->session, count_name, &names);
  session_forget(call->session);
  buffer_format(&text, "# %d name%s forgotten\n", names, names == 1 ? "" : "s");
  command_say(call, &text);
  buffer_free(&text);
}

/* ---- inputs */

void command_history(CommandCall *call, const char *rest) {
  char *end;
  long most = *rest ? strtol(rest, &end, 10) : 20;
  if (*rest && (*end || most < 1)) {
    command_complain(call, "`:history` takes how many inputs to show");
    return;
  }
  Buffer text = {0};
  int count = line_history_count(), first = most < count ? count - (int)most : 0;
  for (int k = first; k < count; k++) {
    const char *entry = line_history_at(k);
    buffer_format(&text, "%5d  ", k + 1);
    for (; entry && *entry; entry += *entry == '\n') {
      size_t length = strcspn(entry, "\n");
      text_add_safe(&text, entry, length);
      entry += length;
      if (*entry) buffer_add_text(&text, "\n       ");
    }
    buffer_add_byte(&text, '\n');
  }
  command_say(call, &text);
  buffer_free(&text);
}

/* The last input of several lines, else the last that is no command. */
static const char *input_to_edit(void) {
  const char *single = "";
  for (int k = line_history_count(); k-- > 0;) {
    const char *entry = line_history_at(k);
    if (!entry || *entry == ':' || *entry == '?') continue;
    if (strchr(entry, '\n')) return entry;
    if (!*single) single = entry;
  }
  return single;
}

void command_edit(CommandCall *call, const char *rest) {
  Buffer edited = {0};
  (void)rest;
  if (session_is_sandboxed(call->session)) {
    command_complain(call, COMMAND_SANDBOXED);
    return;
  }
  if (!call->console->input_terminal) {
    command_complain(call, "an editor needs a terminal");
    return;
  }
  bool done = external_edit(input_to_edit(), &edited);
  console_drop_keys(call->console);
  if (done && edited.length) line_preload(buffer_text(&edited));
  buffer_free(&edited);
}
