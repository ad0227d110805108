/* SPDX-License-Identifier: MIT */
/* compile.c: from expressions to closures: names, constants, and long left spines. */
#include "evaluator/compile.h"
#include "evaluator/builtins/differentiate.h"
#include "evaluator/failure.h"
#include "evaluator/site.h"
#include "parser/parser.h"

/* ---- memory */

void *compile_allocate(Compiler *compiler, size_t bytes) {
  return program_allocate(compiler->session, compiler->program, bytes);
}

Closure *closure_new(Compiler *compiler, Ast *ast, RunFunction run) {
  Closure *closure = compile_allocate(compiler, sizeof *closure);
  if (!closure) return NULL;
  closure->run = run;
  closure->ast = ast;
  return closure;
}

Closure *statement_new(Compiler *compiler, Ast *ast, ExecuteFunction execute) {
  Closure *closure = closure_new(compiler, ast, NULL);
  if (closure) closure->execute = execute;
  return closure;
}

bool closure_reserve(Compiler *compiler, Closure *closure, uint32_t count) {
  closure->count = count;
  closure->children = compile_allocate(compiler, count * sizeof *closure->children + 1);
  return closure->children != NULL;
}

bool compile_children(Compiler *compiler, Closure *closure, Ast *const *children, uint32_t count) {
  if (!closure_reserve(compiler, closure, count)) return false;
  for (uint32_t k = 0; k < count; k++)
    if (!(closure->children[k] = compile_expression(compiler, children[k]))) return false;
  return true;
}

/* ---- constants and names */

static Value run_constant(Closure *self, Value *frame, Session *session) {
  (void)frame, (void)session;
  return value_ref(self->constant);
}

static Closure *compile_number(Compiler *compiler, Ast *ast, double number) {
  Closure *closure = closure_new(compiler, ast, run_constant);
  if (closure) closure->constant = value_number(number);
  return closure;
}

static Closure *compile_string(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_constant);
  String *string = closure ? string_new(compiler->session, ast->text, ast->text_length) : NULL;
  if (!string || !program_keep(compiler->session, compiler->program, value_object(string))) return NULL;
  closure->constant = value_object(string);
  return closure;
}

static NOINLINE Value fail_name(Closure *self, Session *session) {
  return fail_unbound(session, self->ast, self->data, self->flag);
}

static Value run_local(Closure *self, Value *frame, Session *session) {
  Value value = frame[self->slot];
  if (UNLIKELY(value_is_unbound(value))) return fail_name(self, session);
  return value_ref(value);
}

static Value run_boxed(Closure *self, Value *frame, Session *session) {
  Value value = ((Box *)frame[self->slot].object)->value;
  if (UNLIKELY(value_is_unbound(value))) return fail_name(self, session);
  return value_ref(value);
}

static Value run_global(Closure *self, Value *frame, Session *session) {
  (void)frame;
  Value value = *self->cell;
  if (UNLIKELY(value_is_unbound(value))) return fail_name(self, session);
  return value_ref(value);
}

Closure *compile_name(Compiler *compiler, Ast *ast) {
  Session *session = compiler->session;
  Reference reference = scope_find(session, compiler->scope, ast->text, ast->text_length);
  if (reference.kind == REFERENCE_FAILED) return NULL;
  RunFunction run = reference.kind == REFERENCE_LOCAL   ? run_local
                    : reference.kind == REFERENCE_BOXED ? run_boxed
                                                        : run_global;
  Closure *closure = closure_new(compiler, ast, run);
  if (!closure) return NULL;
  closure->slot = reference.slot;
  closure->data = (void *)(uintptr_t)compiler->owner;
  if (reference.kind == REFERENCE_GLOBAL) closure->cell = &session->globals[reference.slot];
  return closure;
}

Closure *compile_callee(Compiler *compiler, Ast *callee) {
  Closure *closure = compile_expression(compiler, callee);
  if (closure && callee->kind == AST_NAME) closure->flag = true;
  return closure;
}

bool tree_is_number(const Ast *ast, double *number) {
  bool negative = ast->kind == AST_UNARY && ast->op == TOKEN_MINUS;
  const Ast *literal = negative ? ast->children[0] : ast;
  if (literal->kind != AST_NUMBER) return false;
  *number = negative ? -literal->number : literal->number;
  return true;
}

bool tree_is_local(Compiler *compiler, const Ast *ast, uint32_t *slot) {
  if (ast->kind != AST_NAME) return false;
  Reference reference = scope_find(compiler->session, compiler->scope, ast->text, ast->text_length);
  bool top = compiler->scope->owner->kind == SCOPE_TOP;
  if (reference.kind != REFERENCE_LOCAL && !(top && reference.kind == REFERENCE_GLOBAL)) return false;
  *slot = reference.slot;
  return true;
}

/* ---- derivatives: f' */

static Value apply_derivative(Closure *self, Value function, Value *frame, Session *session) {
  (void)frame;
  if (value_is_error(function)) return function;
  Value result;
  if (value_is_function(function)) {
    session->graph.span = self->ast->span;
    result = derivative_new(session, function);
  } else {
    ShownText kind, name;
    shown_source(session, &name, self->ast->children[0]->span);
    result = fail_at(session, self->ast->op_span, ERROR_TYPE, "`'` differentiates a function, but `%s` is %s",
                     name.text, shown_kind(session, &kind, function));
    const Variable *variable = value_as_variable(function);
    bool axes = variable && variable_layout(variable)->ndim > 0;
    if (axes) error_hint(&session->error, "a transpose is written `%s.T`", name.text);
    else if (variable || value_is_number(function)) error_hint(&session->error, DERIVATIVE_HINT);
  }
  value_unref(function);
  return value_is_error(result) ? fail_operation(session, self->ast->op_span, 0, NULL) : result;
}

static Value run_derivative(Closure *self, Value *frame, Session *session) {
  return apply_derivative(self, closure_run(self->a, frame, session), frame, session);
}

static Closure *compile_derivative_link(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_derivative);
  if (closure) closure->apply = apply_derivative;
  return closure;
}

static Closure *compile_derivative(Compiler *compiler, Ast *ast) {
  return compile_left(compiler, compile_derivative_link(compiler, ast), ast->children[0]);
}

/* ---- long left spines: one closure that loops over its links */

Closure *compile_left(Compiler *compiler, Closure *link, Ast *left) {
  if (!link) return NULL;
  link->a = compile_expression(compiler, left);
  return link->a ? link : NULL;
}

/* The left operand; that of x.f(a) is x. */
static Ast *left_of(const Ast *ast) {
  Ast *left = ast->children[0];
  return ast->kind == AST_CALL && left->kind == AST_FIELD ? left->children[0] : left;
}

static uint32_t spine_length(const Ast *ast) {
  uint32_t length = 0;
  for (; ast_is_spine(ast); ast = left_of(ast)) length++;
  return length;
}

static Closure *compile_link(Compiler *compiler, Ast *ast) {
  switch (ast->kind) {
    case AST_BINARY: return compile_arithmetic_link(compiler, ast);
    case AST_LOGICAL: return compile_logical_link(compiler, ast);
    case AST_INDEX: return compile_subscript_link(compiler, ast);
    case AST_FIELD: return compile_field_link(compiler, ast);
    case AST_DERIVATIVE: return compile_derivative_link(compiler, ast);
    default:
      return ast->children[0]->kind == AST_FIELD ? compile_method_link(compiler, ast)
                                                 : compile_call_link(compiler, ast);
  }
}

static Value run_chain(Closure *self, Value *frame, Session *session) {
  Value value = closure_run(self->a, frame, session);
  for (uint32_t k = 0; k < self->count; k++) {
    if (UNLIKELY(value_is_error(value))) return value;
    Closure *link = self->children[k];
    value = link->apply(link, value, frame, session);
  }
  return value;
}

static Closure *compile_chain(Compiler *compiler, Ast *ast, uint32_t length) {
  Closure *closure = closure_new(compiler, ast, run_chain);
  if (!closure || !closure_reserve(compiler, closure, length)) return NULL;
  for (uint32_t k = length; k > 0; k--, ast = left_of(ast))
    if (!(closure->children[k - 1] = compile_link(compiler, ast))) return NULL;
  closure->a = compile_expression(compiler, ast);
  return closure->a ? closure : NULL;
}

/* ---- dispatch */

static Closure *compile_lambda(Compiler *compiler, Ast *ast) { return compile_function(compiler, ast); }

static Closure *compile_by_kind(Compiler *compiler, Ast *ast) {
  double number;
  switch (ast->kind) {
    case AST_NUMBER: return compile_number(compiler, ast, ast->number);
    case AST_STRING: return compile_string(compiler, ast);
    case AST_FSTRING: return compile_fstring(compiler, ast);
    case AST_NAME: return compile_name(compiler, ast);
    case AST_TUPLE: return compile_tuple(compiler, ast);
    case AST_LIST: return compile_list(compiler, ast);
    case AST_NUMBERS: return compile_numbers(compiler, ast);
    case AST_RECORD: return compile_record(compiler, ast);
    case AST_COMPREHENSION: return compile_comprehension(compiler, ast);
    case AST_UNARY:
      if (tree_is_number(ast, &number)) return compile_number(compiler, ast, number);
      return compile_unary(compiler, ast);
    case AST_BINARY: return compile_arithmetic(compiler, ast);
    case AST_COMPARE: return compile_compare(compiler, ast);
    case AST_LOGICAL: return compile_logical(compiler, ast);
    case AST_CONDITIONAL: return compile_conditional(compiler, ast);
    case AST_LAMBDA: return compile_lambda(compiler, ast);
    case AST_CALL: return compile_call(compiler, ast);
    case AST_INDEX: return compile_subscript(compiler, ast);
    case AST_FIELD: return compile_field(compiler, ast);
    case AST_DERIVATIVE: return compile_derivative(compiler, ast);
    default:
      fail_at(compiler->session, ast->span, ERROR_SYNTAX, "this cannot stand here");
      return NULL;
  }
}

Closure *compile_expression(Compiler *compiler, Ast *ast) {
  uint32_t length = spine_length(ast);
  compiler->nesting++;
  Closure *closure = length > 1 && compiler->nesting + length > COMPILE_NESTING ? compile_chain(compiler, ast, length)
                                                                             : compile_by_kind(compiler, ast);
  compiler->nesting--;
  return closure;
}
