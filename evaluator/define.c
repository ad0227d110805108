/* SPDX-License-Identifier: MIT */
/* define.c: compiling function definitions; a body is an expression, so that a `return` at its end needs no signal. */
#include "evaluator/compile.h"
#include "evaluator/failure.h"

/* ---- bodies */

static Closure *compile_tail(Compiler *compiler, Ast *const *statements, uint32_t count);

static Value run_none(Closure *self, Value *frame, Session *session) {
  return (void)self, (void)frame, (void)session, value_none();
}

/* An expression at the end of a body that should perhaps be returned: errors about `none` come back to it. */
static Value run_dropped(Closure *self, Value *frame, Session *session) {
  Value value = closure_run(self->a, frame, session);
  if (value_is_error(value)) return value;
  if (!value_is_none(value)) {
    session->dropped = self->ast->span;
    session->dropped_in = ((const Ast *)self->data)->span;
  }
  value_unref(value);
  return value_none();
}

static Closure *compile_dropped(Compiler *compiler, Ast *expression) {
  Closure *closure = closure_new(compiler, expression, run_dropped);
  if (!closure || !(closure->a = compile_expression(compiler, expression))) return NULL;
  closure->data = (Ast *)(uintptr_t)compiler->owner;
  return closure;
}

/* Statements, then the rest of the body. */
static Value run_sequence(Closure *self, Value *frame, Session *session) {
  for (uint32_t k = 0; k < self->count; k++) {
    Flow flow = closure_execute(self->children[k], frame, session);
    if (UNLIKELY(flow != FLOW_NORMAL)) return flow == FLOW_RETURN ? session->returned : value_error();
  }
  return closure_run(self->a, frame, session);
}

static bool always_returns(const Ast *ast) {
  if (ast->kind == AST_RETURN) return true;
  if (ast->kind == AST_BLOCK) return ast->count && always_returns(ast->children[ast->count - 1]);
  return ast->kind == AST_IF && ast->count > 2 && always_returns(ast->children[1]) && always_returns(ast->children[2]);
}

/* `if` at the end of a body, or one whose block returns: then what follows is its `else`. */
static bool ends_body(const Compiler *compiler, const Ast *ast, bool last) {
  if (ast->kind == AST_RETURN || (last && ast->kind == AST_EXPRESSION)) return true;
  if (ast->kind != AST_IF || compiler->nesting >= COMPILE_NESTING) return false;
  return last || always_returns(ast) || (ast->count == 2 && always_returns(ast->children[1]));
}

static Closure *compile_branch(Compiler *compiler, Ast *ast, Ast *const *rest, uint32_t count) {
  Closure *closure = branch_new(compiler, ast, ast->children[0]);
  if (!closure) return NULL;
  closure->a = compile_tail(compiler, &ast->children[1], 1);
  if (!closure->a) return NULL;
  closure->b = ast->count > 2 ? compile_tail(compiler, &ast->children[2], 1) : compile_tail(compiler, rest, count);
  return closure->b ? closure : NULL;
}

static Closure *compile_end(Compiler *compiler, Ast *const *statements, uint32_t count) {
  if (count == 0) return closure_new(compiler, NULL, run_none);
  Ast *ast = statements[0];
  if (ast->kind == AST_IF) return compile_branch(compiler, ast, statements + 1, count - 1);
  if (ast->kind == AST_EXPRESSION) return compile_dropped(compiler, ast->children[0]);
  return ast->count ? compile_expression(compiler, ast->children[0]) : closure_new(compiler, ast, run_none);
}

static Closure *compile_tail(Compiler *compiler, Ast *const *statements, uint32_t count) {
  if (count == 1 && statements[0]->kind == AST_BLOCK)
    return compile_tail(compiler, statements[0]->children, statements[0]->count);
  uint32_t leading = 0;
  while (leading < count && !ends_body(compiler, statements[leading], leading + 1 == count)) leading++;
  compiler->nesting++;
  Closure *end = NULL, *closure = NULL;
  if (leading == 0) {
    end = compile_end(compiler, statements, count);
  } else if ((closure = closure_new(compiler, statements[0], run_sequence)) &&
             closure_reserve(compiler, closure, leading)) {
    for (uint32_t k = 0; closure->children && k < leading; k++)
      if (!(closure->children[k] = compile_statement(compiler, statements[k]))) closure->children = NULL;
    if (closure->children) end = closure->a = compile_end(compiler, statements + leading, count - leading);
  }
  compiler->nesting--;
  return !end ? NULL : closure ? closure : end;
}

static Closure *compile_function_body(Compiler *compiler, Ast *body) {
  return body->kind == AST_BLOCK ? compile_tail(compiler, &body, 1) : compile_expression(compiler, body);
}

/* ---- code */

static const Ast *find_doc(const Ast *body) {
  if (body->kind != AST_BLOCK || body->count == 0 || body->children[0]->kind != AST_EXPRESSION) return NULL;
  const Ast *first = body->children[0]->children[0];
  return first->kind == AST_STRING ? first : NULL;
}

static bool compile_defaults(Compiler *compiler, FunctionCode *code) {
  code->defaults = compile_allocate(compiler, code->parameters * sizeof *code->defaults + 1);
  if (!code->defaults) return false;
  for (uint32_t k = 0; k < code->parameters; k++) {
    const Ast *parameter = code->ast->children[k];
    if (parameter->flag) code->rest = true;
    if (parameter->count == 0) continue;
    if (!(code->defaults[k] = compile_expression(compiler, parameter->children[0]))) return false;
  }
  return true;
}

/* Captured names have slots of their own kind; what is boxed besides is the function's own variable. */
static bool note_boxes(Compiler *compiler, FunctionCode *code, const Scope *scope) {
  code->capture_count = scope->capture_count;
  code->captures = compile_allocate(compiler, scope->capture_count * sizeof *code->captures + 1);
  code->boxes = compile_allocate(compiler, scope->name_count * sizeof *code->boxes + 1);
  if (!code->captures || !code->boxes) return false;
  for (uint32_t k = 0; k < scope->capture_count; k++) code->captures[k] = scope->captures[k];
  for (uint32_t k = 0; k < scope->name_count; k++) {
    const ScopeName *name = &scope->names[k];
    bool captured = false;
    for (uint32_t c = 0; c < scope->capture_count; c++) captured = captured || scope->captures[c].inner == name->slot;
    if (name->boxed && !captured) code->boxes[code->box_count++] = name->slot;
  }
  return true;
}

static FunctionCode *compile_code(Compiler *compiler, Ast *ast) {
  FunctionCode *code = compile_allocate(compiler, sizeof *code);
  Scope *scope = resolution_scope(compiler->resolution, ast);
  Ast *body = ast->children[ast->count - 1];
  if (!code) return NULL;
  code->program = compiler->program;
  code->ast = ast;
  code->name = ast->kind == AST_DEFINE ? ast->text : "function";
  code->parameters = ast->count - 1;
  code->doc = ast->kind == AST_DEFINE ? find_doc(body) : NULL;
  if (!compile_defaults(compiler, code) || !note_boxes(compiler, code, scope)) return NULL;
  Compiler inside = {.session = compiler->session, .program = compiler->program, .resolution = compiler->resolution,
                     .scope = scope, .owner = ast};
  code->body = compile_function_body(&inside, body);
  code->slots = scope->slots;
  code->plain = code->box_count == 0 && code->capture_count == 0;
  return code->body ? code : NULL;
}

static Value run_function(Closure *self, Value *frame, Session *session) {
  Value function = function_value(session, self->data, frame);
  return value_is_error(function) ? fail_operation(session, self->ast->span, 0, NULL) : function;
}

Closure *compile_function(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_function);
  if (!closure) return NULL;
  closure->data = compile_code(compiler, ast);
  return closure->data ? closure : NULL;
}
