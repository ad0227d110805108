/* SPDX-License-Identifier: MIT */
/* script.c: a session as a script: its names, each behind those that it needs. */
#include "repl/script.h"
#include <string.h>
#include "repl/script_value.h"

/* ---- the names */

static bool hides_builtin(Session *session, const char *name) {
  Value builtin = globals_builtin(session, name, strlen(name));
  value_unref(builtin);
  return !value_is_unbound(builtin);
}

static bool collect_name(void *context, const char *name, Value value, Span defined) {
  Script *script = context;
  (void)defined;
  if (strcmp(name, "_") == 0) return true;
  if (script->count == script->capacity) {
    NamedValue *named = memory_grow(script->named, &script->capacity, sizeof *named, 16);
    script->out->failed = script->out->failed || !named;
    if (!named) return false;
    script->named = named;
  }
  bool hides = hides_builtin(script->session, name);
  script->named[script->count++] = (NamedValue){.name = name, .value = value, .hides = hides};
  return true;
}

/* Strings, ranges and builtins are as good as their equals. */
static bool has_identity(Value value) {
  return value_is(value, KIND_VARIABLE) || value_is(value, KIND_RECORD) || value_is(value, KIND_TUPLE) ||
         value_is(value, KIND_FUNCTION) || value_is(value, KIND_NATIVE);
}

NamedValue *script_home(const Script *script, Value value) {
  if (!has_identity(value)) return NULL;
  const NameEntry *entry = names_find(&script->homes, (const char *)&value.object, sizeof value.object);
  return entry ? &script->named[entry->number] : NULL;
}

/* `f(x) = ...` and `def f(x) {...}` name themselves. */
static bool names_itself(const NamedValue *named) {
  return value_is(named->value, KIND_FUNCTION) && value_function(named->value)->code->ast->kind == AST_DEFINE &&
         strcmp(value_function(named->value)->code->name, named->name) == 0;
}

/* Of several names of an object the one by which it was defined, else the first. */
static void find_homes(Script *script, bool definitions) {
  for (uint32_t k = 0; k < script->count; k++) {
    NamedValue *named = &script->named[k];
    if (!has_identity(named->value) || script_home(script, named->value)) continue;
    if (definitions && !names_itself(named)) continue;
    const char *key = (const char *)&named->value.object;
    if (!names_add(&script->homes, key, sizeof named->value.object, k)) script->out->failed = true;
  }
}

/* ---- lines */

static void write_view_remark(Script *script, const Variable *view) {
  const NamedValue *base = script_home(script, value_object(view->base));
  buffer_format(script->out, "  # was a view%s%s; ", base ? " of " : "", base ? base->name : "");
  buffer_add_text(script->out, script->histories ? "its history is not kept"
                               : variable_is_constant(view) ? "this is a copy" : "now a variable of its own");
}

static void write_remark(Script *script) {
  const Variable *variable = value_as_variable(script->current->value);
  if (variable && script->views) write_view_remark(script, variable);
  else if (variable && script->histories) buffer_add_text(script->out, "  # its history is not kept");
  else if (script->views || script->histories)
    buffer_format(script->out, "  # %s%s%s in it are not kept", script->views ? "views" : "",
                  script->views && script->histories ? " and " : "", script->histories ? "histories" : "");
}

static bool write_binding(Script *script) {
  const NamedValue *named = script->current, *home = script_home(script, named->value);
  bool function = value_is(named->value, KIND_FUNCTION);
  if (home == named && function && value_function(named->value)->code->ast->kind == AST_DEFINE)
    return script_write_definition(script, named->name, value_function(named->value));
  buffer_format(script->out, "%s = ", named->name);
  if (home && home != named) return script_write_reference(script, home);
  return script_write_content(script, named->value);
}

static void write_apology(Script *script) {
  const NamedValue *named = script->current, *lacks = script->lacks;
  buffer_format(script->out, "# %s: a %s that cannot be written", named->name, value_type_name(named->value));
  if (lacks == named) buffer_add_text(script->out, ", as it is a part of itself");
  else if (lacks) buffer_format(script->out, ", as it needs `%s`", lacks->name);
}

/* Writes the line of a name, if what it needs has been written; the `last` time it is then given up. */
static void write_name(Script *script, NamedValue *named, bool last) {
  size_t start = script->out->length;
  script->current = named;
  script->lacks = NULL;
  script->views = script->histories = false;
  if (write_binding(script)) {
    write_remark(script);
    named->state = STATE_WRITTEN;
  } else {
    script->out->length = start;
    bool waits = script->lacks && script->lacks != named && script->lacks->state == STATE_WAITING;
    if (waits && !last) return;
    write_apology(script);
    named->state = STATE_UNWRITABLE;
  }
  buffer_add_byte(script->out, '\n');
}

/* Whether any more names are done with now: others may have waited for them. */
static bool write_round(Script *script, bool hiding, bool last) {
  bool done = false;
  for (uint32_t k = 0; k < script->count && !script->out->failed; k++) {
    NamedValue *named = &script->named[k];
    if (named->state != STATE_WAITING || (named->hides && !hiding)) continue;
    write_name(script, named, last);
    done = done || named->state != STATE_WAITING;
  }
  return done && !script->out->failed;
}

/* Names that hide builtins come last, as what stands before them may mean the builtins.  Those that are left over need
   each other. */
static void write_names(Script *script) {
  while (write_round(script, false, false)) {}
  while (write_round(script, true, false)) {}
  write_round(script, true, true);
}

/* Some names say enough: the file has them all. */
static void count_names(const Script *script, int *written, Buffer *missing) {
  enum { SHOWN = 4 };
  *written = 0;
  for (uint32_t k = 0; k < script->count; k++) *written += script->named[k].state == STATE_WRITTEN;
  int left = (int)script->count - *written, shown = 0;
  if (left) buffer_format(missing, "%d name%s cannot be saved: ", left, left == 1 ? "" : "s");
  for (uint32_t k = 0; k < script->count && shown < left && shown < SHOWN; k++)
    if (script->named[k].state != STATE_WRITTEN)
      buffer_format(missing, "%s`%s`", shown++ ? ", " : "", script->named[k].name);
  if (left > SHOWN) buffer_format(missing, " and %d more", left - SHOWN);
}

bool script_of_session(Session *session, Buffer *out, int *written, Buffer *missing) {
  Script script = {.session = session, .out = out};
  buffer_add_text(out, "# The names of a session of mgrad: `:load` this file, or run it.  Gradients are not kept.\n");
  session_each_global(session, collect_name, &script);
  find_homes(&script, true);
  find_homes(&script, false);
  write_names(&script);
  count_names(&script, written, missing);
  names_free(&script.homes);
  memory_release(script.named, script.capacity * sizeof *script.named);
  return !out->failed && !missing->failed;
}
