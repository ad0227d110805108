/* SPDX-License-Identifier: MIT */
/* hidden.c: names of functions and namespaces that mean a variable instead. */
#include "evaluator/hidden.h"
#include <stdio.h>
#include "evaluator/failure.h"

typedef struct Since { char text[40]; } Since;

/* " since line 3" */
static const char *since_line(Session *session, Since *since, const GlobalName *global) {
  Place place = source_place(&session->sources, global->defined.start);
  *since->text = '\0';
  if (place.source) snprintf(since->text, sizeof since->text, " since line %u", (unsigned)place.line);
  return since->text;
}

static const GlobalName *find_global(Session *session, const Ast *name) {
  const NameEntry *entry = names_find(&session->user.table, name->text, name->text_length);
  return entry ? &session->names[entry->number] : NULL;
}

/* ---- functions */

static bool is_function(Value value) { return value_is(value, KIND_BUILTIN) || value_is(value, KIND_DTYPE); }

/* A parameter or another local variable hides the builtin that was meant. */
static bool fail_hidden_here(Session *session, const Ast *name, const char *kind) {
  Value builtin = globals_builtin(session, name->text, name->text_length);
  bool function = is_function(builtin);
  value_unref(builtin);
  if (!function) return false;
  fail_at(session, name->span, ERROR_TYPE, "`%s` is %s here, not the function", name->text, kind);
  error_hint(&session->error, "give the variable another name, or write `mg.%s(...)`", name->text);
  return true;
}

bool fail_hidden(Session *session, const Ast *name, Value held, bool local) {
  ShownText kind;
  Since since;
  shown_kind(session, &kind, held);
  if (local) return fail_hidden_here(session, name, kind.text);
  const GlobalName *global = find_global(session, name);
  if (!global || !is_function(global->builtin)) return false;
  fail_at(session, name->span, ERROR_TYPE, "`%s` is %s%s, not the function", name->text, kind.text,
          since_line(session, &since, global));
  error_hint(&session->error, "`del %s` brings the function back", name->text);
  return true;
}

/* ---- namespaces */

bool names_namespace(Session *session, const Ast *expression) {
  if (expression->kind != AST_NAME) return false;
  Value builtin = globals_builtin(session, expression->text, expression->text_length);
  bool found = value_is(builtin, KIND_NAMESPACE);
  value_unref(builtin);
  return found;
}

/* The global of the name, if that is where the value comes from. */
static const GlobalName *find_holder(Session *session, const Ast *name, Value held) {
  const GlobalName *global = find_global(session, name);
  if (!global) return NULL;
  Value value = session->globals[global - session->names];
  return value.object == held.object && (value.object || value.number == held.number) ? global : NULL;
}

void warn_hidden_namespace(Session *session, const Ast *name, Value held) {
  ShownText kind;
  Since since;
  Buffer message = {0}, hint = {0};
  const GlobalName *global = find_holder(session, name, held);
  shown_kind(session, &kind, held);
  buffer_format(&message, "`%s` is %s%s, not the namespace", name->text, kind.text,
                global ? since_line(session, &since, global) : " here");
  if (global) buffer_format(&hint, "`del %s` brings the namespace back", name->text);
  else buffer_add_text(&hint, "give the variable another name");
  session_warn(session, name->span, buffer_text(&message), buffer_text(&hint));
  buffer_free(&message);
  buffer_free(&hint);
}

void hint_hidden_namespace(Session *session, const Ast *name, Value held) {
  Error *error = &session->error;
  ShownText kind;
  Since since;
  if (error->kind != ERROR_ARGUMENT && error->kind != ERROR_TYPE && error->kind != ERROR_NAME) return;
  const GlobalName *global = find_holder(session, name, held);
  shown_kind(session, &kind, held);
  buffer_clear(&error->hint);
  if (global)
    error_hint(error, "`%s` is %s%s; `del %s` brings the namespace back", name->text, kind.text,
               since_line(session, &since, global), name->text);
  else error_hint(error, "`%s` is %s here, not the namespace", name->text, kind.text);
}
