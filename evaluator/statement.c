/* SPDX-License-Identifier: MIT */
/* statement.c: the statements that are neither assignments, conditions nor loops. */
#include <stdio.h>
#include <string.h>
#include "evaluator/failure.h"
#include "evaluator/target.h"

static Flow run_expression(Closure *self, Value *frame, Session *session) {
  Value value = closure_run(self->b, frame, session);
  if (UNLIKELY(value_is_error(value))) return FLOW_ERROR;
  value_unref(value);
  return FLOW_NORMAL;
}

static Flow run_break(Closure *self, Value *frame, Session *session) {
  return (void)self, (void)frame, (void)session, FLOW_BREAK;
}
static Flow run_continue(Closure *self, Value *frame, Session *session) {
  return (void)self, (void)frame, (void)session, FLOW_CONTINUE;
}
static Flow run_nothing(Closure *self, Value *frame, Session *session) {
  return (void)self, (void)frame, (void)session, FLOW_NORMAL;
}

static Flow run_return(Closure *self, Value *frame, Session *session) {
  Value value = self->b ? closure_run(self->b, frame, session) : value_none();
  if (UNLIKELY(value_is_error(value))) return FLOW_ERROR;
  session->returned = value;
  return FLOW_RETURN;
}

static Flow run_no_autodiff(Closure *self, Value *frame, Session *session) {
  bool recording = session->graph.recording;
  session->graph.recording = false;
  Flow flow = closure_execute(self->a, frame, session);
  session->graph.recording = recording;
  return flow;
}

static Flow run_import(Closure *self, Value *frame, Session *session) {
  (void)frame;
  if (session_import(session, self->ast->text, self->ast->text_length, self->ast->span)) return FLOW_NORMAL;
  fail_operation(session, self->ast->op_span.end ? self->ast->op_span : self->ast->span, 0, NULL);
  return FLOW_ERROR;
}

/* ---- try */

static bool is_catchable(const Error *error) { return error->kind != ERROR_INTERRUPT && error->kind != ERROR_EXIT; }

static bool set_text(Session *session, Record *record, const char *name, const char *text, size_t length) {
  String *string = string_new(session, text, length);
  return string && record_set(session, record, name, strlen(name), value_object(string));
}

/* What `err` is; the error itself is forgotten. */
static Value catch_error(Session *session) {
  error_drop_marks(&session->error);
  Error caught = session->error;
  Place place = source_place(&session->sources, caught.place.start);
  char message[ERROR_TEXT];
  size_t length = caught.message.length < sizeof message ? caught.message.length : sizeof message - 1;
  memcpy(message, buffer_text(&caught.message), length);
  ErrorKind kind = caught.kind;
  error_clear(&session->error);
  session->runtime.warning.count = 0;
  const char *word = error_kind_name(kind);
  Record *record = record_new(session);
  Value line = place.source ? value_number(place.line) : value_none();
  bool made = record && set_text(session, record, "message", message, length) &&
              set_text(session, record, "kind", word, strlen(word)) && record_set(session, record, "line", 4, line);
  if (made) return value_object(record);
  if (record) value_unref(value_object(record));
  return value_error();
}

static Flow run_catch(Closure *self, Value *frame, Session *session) {
  Value error = catch_error(session);
  if (value_is_error(error)) return FLOW_ERROR;
  closure_store(target_place(self->a, frame), error);
  return closure_execute(self->children[1], frame, session);
}

static Flow run_try(Closure *self, Value *frame, Session *session) {
  Flow flow = closure_execute(self->children[0], frame, session);
  if (flow != FLOW_ERROR || !is_catchable(&session->error)) return flow;
  bool full = session->error.kind == ERROR_MEMORY;
  if (full) memory_open_reserve();
  flow = run_catch(self, frame, session);
  if (full) memory_close_reserve();
  return flow;
}

static Closure *compile_try(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, run_try);
  if (!closure) return NULL;
  closure->children = compile_allocate(compiler, 2 * sizeof *closure->children);
  if (!closure->children || !(closure->a = compile_target(compiler, ast))) return NULL;
  for (int k = 0; k < 2; k++)
    if (!(closure->children[k] = compile_statement(compiler, ast->children[k]))) return NULL;
  return closure;
}

/* ---- assert */

static void fail_assertion(Closure *self, Value *frame, Session *session) {
  const Ast *condition = self->ast->children[0];
  Value message = self->b ? closure_run(self->b, frame, session) : value_none();
  Buffer text = {0};
  ShownText source;
  if (value_is_error(message)) return;
  if (self->b) value_text(session, &text, message, false);
  if (self->b) fail_at(session, condition->span, ERROR_ASSERTION, "%s", buffer_text(&text));
  else
    fail_at(session, condition->span, ERROR_ASSERTION, "assertion failed: `%s`",
            shown_source(session, &source, condition->span));
  value_unref(message);
  buffer_free(&text);
}

static Flow run_assert(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->a, frame, session);
  if (LIKELY(holds > 0)) return FLOW_NORMAL;
  if (holds == 0) fail_assertion(self, frame, session);
  return FLOW_ERROR;
}

/* ---- del */

static bool is_earlier(const Closure *self, uint32_t k, Value *frame) {
  for (uint32_t before = 0; before < k; before++)
    if (target_place(self->children[before], frame) == target_place(self->children[k], frame)) return true;
  return false;
}

/* All names are looked at before the first one goes. */
static bool can_delete(const Closure *self, Value *frame, Session *session) {
  for (uint32_t k = 0; k < self->count; k++) {
    const Closure *target = self->children[k];
    if (!value_is_unbound(*target_place(target, frame)) && !is_earlier(self, k, frame)) continue;
    fail_delete(session, target->ast, self->data);
    return false;
  }
  return true;
}

static Flow run_delete(Closure *self, Value *frame, Session *session) {
  if (!can_delete(self, frame, session)) return FLOW_ERROR;
  for (uint32_t k = 0; k < self->count; k++) {
    Value *place = target_place(self->children[k], frame);
    bool global = place >= session->globals && place < session->globals + GLOBAL_SLOTS;
    if (global) globals_delete(session, (uint32_t)(place - session->globals), self->children[k]->ast->span);
    else closure_store(place, value_unbound());
  }
  return FLOW_NORMAL;
}

static Closure *compile_delete(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, run_delete);
  if (!closure) return NULL;
  closure->count = ast->count;
  closure->data = (void *)(uintptr_t)compiler->owner;
  closure->children = compile_allocate(compiler, ast->count * sizeof *closure->children + 1);
  if (!closure->children) return NULL;
  compiler->augmenting = true;
  for (uint32_t k = 0; k < ast->count; k++)
    if (!(closure->children[k] = compile_target(compiler, ast->children[k]))) return NULL;
  compiler->augmenting = false;
  return closure;
}

/* ---- definitions */

/* `x(i) = 5` where x is a tensor was hardly meant as a definition. */
static NOINLINE void warn_replaced(Session *session, const Ast *ast) {
  char text[120], hint[120];
  snprintf(text, sizeof text, "`%.60s` was a tensor and is a function now", ast->text);
  snprintf(hint, sizeof hint, "`%.40s[i] = ...` writes an element", ast->text);
  session_warn(session, ast->op_span.end ? ast->op_span : ast->span, text, hint);
}

static Flow run_define(Closure *self, Value *frame, Session *session) {
  Value function = closure_run(self->b, frame, session), *place = target_place(self->a, frame);
  if (UNLIKELY(value_is(*place, KIND_VARIABLE)) && self->ast->flag) warn_replaced(session, self->ast);
  return closure_store(place, function);
}

static Closure *compile_define(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, run_define);
  if (!closure || !(closure->a = compile_target(compiler, ast))) return NULL;
  closure->b = compile_function(compiler, ast);
  return closure->b ? closure : NULL;
}

/* ---- dispatch */

static Closure *compile_with(Compiler *compiler, Ast *ast, ExecuteFunction execute) {
  Closure *closure = statement_new(compiler, ast, execute);
  if (!closure) return NULL;
  if (ast->kind == AST_ASSERT) {
    if (!(closure->a = compile_condition(compiler, ast->children[0], CONDITION_ASSERT))) return NULL;
    if (ast->count > 1 && !(closure->b = compile_expression(compiler, ast->children[1]))) return NULL;
  } else if (ast->kind == AST_NO_AUTODIFF) {
    if (!(closure->a = compile_statement(compiler, ast->children[0]))) return NULL;
  } else if (ast->kind == AST_RETURN || ast->kind == AST_EXPRESSION) {
    if (ast->count && !(closure->b = compile_expression(compiler, ast->children[0]))) return NULL;
    if (ast->kind == AST_EXPRESSION && ast != compiler->top) method_drop(closure->b);
  }
  return closure;
}

Closure *compile_statement(Compiler *compiler, Ast *ast) {
  switch (ast->kind) {
    case AST_BLOCK: return compile_block(compiler, ast);
    case AST_EXPRESSION: return compile_with(compiler, ast, run_expression);
    case AST_ASSIGN: return compile_assign(compiler, ast);
    case AST_AUGMENT: return compile_augment(compiler, ast);
    case AST_DEFINE: return compile_define(compiler, ast);
    case AST_IF: return compile_if(compiler, ast);
    case AST_WHILE: return compile_while(compiler, ast);
    case AST_FOR: return compile_for(compiler, ast);
    case AST_BREAK: return compile_with(compiler, ast, run_break);
    case AST_CONTINUE: return compile_with(compiler, ast, run_continue);
    case AST_RETURN: return compile_with(compiler, ast, run_return);
    case AST_NO_AUTODIFF: return compile_with(compiler, ast, run_no_autodiff);
    case AST_IMPORT: return compile_with(compiler, ast, run_import);
    case AST_TRY: return compile_try(compiler, ast);
    case AST_ASSERT: return compile_with(compiler, ast, run_assert);
    case AST_DELETE: return compile_delete(compiler, ast);
    case AST_GLOBAL: return compile_with(compiler, ast, run_nothing);
    default:
      fail_at(compiler->session, ast->span, ERROR_SYNTAX, "this is no statement");
      return NULL;
  }
}
