/* SPDX-License-Identifier: MIT */
/* resolve.c: finding the scopes of a statement, and the variables that closures capture. */
#include "evaluator/resolve.h"
#include <stdio.h>
#include "evaluator/bindings.h"
#include "evaluator/failure.h"

static bool walk(Resolution *resolution, Scope *scope, Ast *ast);

/* ---- scopes and their names */

static bool reserve_scope(Resolution *resolution) {
  if (resolution->count < resolution->capacity) return true;
  Scope **scopes = memory_grow(resolution->scopes, &resolution->capacity, sizeof *scopes, 8);
  if (scopes) resolution->scopes = scopes;
  return scopes != NULL;
}

static bool reserve_name(Scope *scope) {
  if (scope->name_count < scope->name_capacity) return true;
  ScopeName *names = memory_grow(scope->names, &scope->name_capacity, sizeof *names, 8);
  if (names) scope->names = names;
  return names != NULL;
}

static bool reserve_capture(Scope *scope) {
  if (scope->capture_count < scope->capture_capacity) return true;
  Capture *captures = memory_grow(scope->captures, &scope->capture_capacity, sizeof *captures, 8);
  if (captures) scope->captures = captures;
  return captures != NULL;
}

static void scope_free(Scope *scope) {
  names_free(&scope->table);
  memory_release(scope->names, scope->name_capacity * sizeof *scope->names);
  memory_release(scope->captures, scope->capture_capacity * sizeof *scope->captures);
  memory_release(scope, sizeof *scope);
}

static bool keep_scope(Resolution *resolution, Scope *scope) {
  if (!reserve_scope(resolution)) return false;
  const char *key = (const char *)&scope->tree;
  if (scope->tree && !names_add(&resolution->by_tree, key, sizeof scope->tree, resolution->count)) return false;
  resolution->scopes[resolution->count++] = scope;
  return true;
}

static Scope *scope_new(Resolution *resolution, ScopeKind kind, Scope *parent, const Ast *tree) {
  Scope *scope = memory_allocate_zeroed(sizeof *scope);
  if (!scope) return session_out_of_memory(resolution->session), NULL;
  scope->kind = kind;
  scope->tree = tree;
  scope->parent = parent;
  scope->owner = kind == SCOPE_COMPREHENSION ? parent->owner : scope;
  scope->nesting = kind == SCOPE_COMPREHENSION && parent->kind == SCOPE_COMPREHENSION ? parent->nesting + 1 : 0;
  scope->globals = resolution->globals;
  if (keep_scope(resolution, scope)) return scope;
  scope_free(scope);
  session_out_of_memory(resolution->session);
  return NULL;
}

Scope *resolution_scope(const Resolution *resolution, const Ast *tree) {
  const NameEntry *entry = names_find(&resolution->by_tree, (const char *)&tree, sizeof tree);
  return entry ? resolution->scopes[entry->number] : NULL;
}

void resolution_free(Resolution *resolution) {
  for (uint32_t k = 0; k < resolution->count; k++) scope_free(resolution->scopes[k]);
  memory_release(resolution->scopes, resolution->capacity * sizeof *resolution->scopes);
  names_free(&resolution->by_tree);
}

/* The name in this scope, declared when it is new; NULL: no memory. */
static ScopeName *declare(Session *session, Scope *scope, const char *text, size_t length) {
  const NameEntry *entry = names_find(&scope->table, text, length);
  if (entry) return &scope->names[entry->number];
  if (!reserve_name(scope) || !names_add(&scope->table, text, length, scope->name_count)) {
    session_out_of_memory(session);
    return NULL;
  }
  ScopeName *name = &scope->names[scope->name_count++];
  *name = (ScopeName){.slot = UINT32_MAX};
  return name;
}

/* Comprehensions at the top level share numbered slots by nesting; their values are put aside while they run. */
static uint32_t slot_new(Session *session, Scope *scope) {
  if (scope->owner->kind == SCOPE_FUNCTION) return scope->owner->slots++;
  char text[40];
  int length = snprintf(text, sizeof text, "#%u.%u", (unsigned)scope->nesting, (unsigned)scope->name_count);
  return globals_slot(session, scope->globals, text, (size_t)length);
}

static bool declare_local(Session *session, Scope *scope, const char *text, size_t length) {
  ScopeName *name = declare(session, scope, text, length);
  if (!name) return false;
  if (!name->global && name->slot == UINT32_MAX) name->slot = slot_new(session, scope);
  return name->global || name->slot != UINT32_MAX;
}

/* ---- what a body binds */

typedef struct Declaring { Session *session; Scope *scope; bool failed; } Declaring;

static bool declare_global(void *context, const char *text, size_t length, Span span) {
  Declaring *declaring = context;
  ScopeName *name = declare(declaring->session, declaring->scope, text, length);
  if (name && name->slot != UINT32_MAX) {
    fail_at(declaring->session, span, ERROR_SYNTAX, "`%s` is a parameter and cannot be global", text);
    name = NULL;
  }
  if (name) name->global = true;
  declaring->failed = !name;
  return name != NULL;
}

static bool declare_bound(void *context, const char *text, size_t length, Span span) {
  Declaring *declaring = context;
  (void)span;
  declaring->failed = !declare_local(declaring->session, declaring->scope, text, length);
  return !declaring->failed;
}

static bool declare_body(Resolution *resolution, Scope *scope, const Ast *body) {
  Declaring declaring = {resolution->session, scope, false};
  bindings_visit_globals(body, declare_global, &declaring);
  if (!declaring.failed) bindings_visit(body, declare_bound, &declaring);
  return !declaring.failed;
}

static bool declare_parameters(Resolution *resolution, Scope *scope, Ast *ast) {
  for (uint32_t k = 0; k + 1 < ast->count; k++) {
    const Ast *parameter = ast->children[k];
    if (names_find(&scope->table, parameter->text, parameter->text_length)) {
      fail_at(resolution->session, parameter->span, ERROR_SYNTAX, "the parameter `%s` appears twice", parameter->text);
      return false;
    }
    if (!declare_local(resolution->session, scope, parameter->text, parameter->text_length)) return false;
  }
  return true;
}

/* ---- captures */

/* The slot of `function`'s frame that holds the Box of a variable of an outer frame. */
static uint32_t capture(Resolution *resolution, Scope *function, const Scope *home, uint32_t home_slot,
                        const char *text, size_t length) {
  Session *session = resolution->session;
  Scope *outside = function->parent->owner;
  uint32_t outer = outside == home->owner ? home_slot : capture(resolution, outside, home, home_slot, text, length);
  if (outer == UINT32_MAX) return outer;
  ScopeName *name = declare(session, function, text, length);
  if (!name) return UINT32_MAX;
  if (name->slot != UINT32_MAX) return name->slot;
  name->slot = function->slots++;
  name->boxed = true;
  if (!reserve_capture(function)) {
    session_out_of_memory(session);
    return UINT32_MAX;
  }
  function->captures[function->capture_count++] = (Capture){outer, name->slot};
  return name->slot;
}

static bool use_name(Resolution *resolution, Scope *scope, const char *text, size_t length) {
  for (Scope *home = scope; home; home = home->parent) {
    const NameEntry *entry = names_find(&home->table, text, length);
    if (!entry) continue;
    ScopeName *name = &home->names[entry->number];
    if (name->global || home->owner == scope->owner) return true;
    name->boxed = true;
    return capture(resolution, scope->owner, home, name->slot, text, length) != UINT32_MAX;
  }
  return true;
}

/* ---- the walk */

static bool walk_function(Resolution *resolution, Scope *scope, Ast *ast) {
  for (uint32_t k = 0; k + 1 < ast->count; k++) {
    const Ast *parameter = ast->children[k];
    if (parameter->count && !walk(resolution, scope, parameter->children[0])) return false;
  }
  Scope *inner = scope_new(resolution, SCOPE_FUNCTION, scope, ast);
  if (!inner) return false;
  Ast *body = ast->children[ast->count - 1];
  return declare_parameters(resolution, inner, ast) && declare_body(resolution, inner, body) &&
         walk(resolution, inner, body);
}

static bool walk_comprehension(Resolution *resolution, Scope *scope, Ast *ast) {
  if (!walk(resolution, scope, ast->children[2])) return false;
  Scope *inner = scope_new(resolution, SCOPE_COMPREHENSION, scope, ast);
  if (!inner) return false;
  Declaring declaring = {resolution->session, inner, false};
  bindings_visit_target(ast->children[1], declare_bound, &declaring);
  if (declaring.failed || !walk(resolution, inner, ast->children[1])) return false;
  return walk(resolution, inner, ast->children[0]) && (ast->count < 4 || walk(resolution, inner, ast->children[3]));
}

/* `x.f(a)` may call the user's function f. */
static bool use_method(Resolution *resolution, Scope *scope, const Ast *call) {
  const Ast *callee = call->children[0];
  return callee->kind != AST_FIELD || use_name(resolution, scope, callee->text, callee->text_length);
}

/* The first child is walked by the loop: left spines are as long as the user likes. */
static bool walk(Resolution *resolution, Scope *scope, Ast *ast) {
  while (ast) {
    if (ast->kind == AST_NAME) return use_name(resolution, scope, ast->text, ast->text_length);
    if (ast->kind == AST_DEFINE || ast->kind == AST_LAMBDA) return walk_function(resolution, scope, ast);
    if (ast->kind == AST_COMPREHENSION) return walk_comprehension(resolution, scope, ast);
    if (ast->kind == AST_CALL && !use_method(resolution, scope, ast)) return false;
    if (ast->count == 0) return true;
    for (uint32_t k = 1; k < ast->count; k++)
      if (ast->children[k] && !walk(resolution, scope, ast->children[k])) return false;
    ast = ast->children[0];
  }
  return true;
}

Scope *resolve_statement(Resolution *resolution, Ast *statement) {
  Scope *top = scope_new(resolution, SCOPE_TOP, NULL, NULL);
  return top && walk(resolution, top, statement) ? top : NULL;
}

Reference scope_find(Session *session, const Scope *scope, const char *text, size_t length) {
  for (const Scope *home = scope; home; home = home->parent) {
    const NameEntry *entry = names_find(&home->table, text, length);
    if (!entry) continue;
    const ScopeName *name = &home->names[entry->number];
    if (name->global) break;
    return (Reference){name->boxed ? REFERENCE_BOXED : REFERENCE_LOCAL, name->slot};
  }
  uint32_t slot = globals_slot(session, scope->globals, text, length);
  return (Reference){slot == UINT32_MAX ? REFERENCE_FAILED : REFERENCE_GLOBAL, slot};
}
