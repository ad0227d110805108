/* SPDX-License-Identifier: MIT */
/* logical.c: and, or, not, conditionals, and operators with one operand. */
#include "evaluator/compile.h"
#include "evaluator/operator.h"

/* ---- and, or, not: conditions that give booleans */

static Value run_condition(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->a, frame, session);
  return holds < 0 ? value_error() : value_bool(holds);
}

Closure *compile_logical(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_condition);
  if (!closure) return NULL;
  closure->a = compile_connection(compiler, ast);
  return closure->a ? closure : NULL;
}

/* In a long spine the left side is a boolean already, or the value it starts with. */
static Value apply_logical(Closure *self, Value left, Value *frame, Session *session) {
  bool truth;
  bool both = self->ast->op == TOKEN_AND;
  if (!value_truth(session, left, "", &truth)) {
    error_clear(&session->error);
    fail_condition(session, left, both ? CONDITION_AND : CONDITION_OR, self->ast->children[0]);
    value_unref(left);
    return value_error();
  }
  value_unref(left);
  if (truth != both) return value_bool(truth);
  int holds = closure_test(self->b, frame, session);
  return holds < 0 ? value_error() : value_bool(holds);
}

Closure *compile_logical_link(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, NULL);
  if (!closure) return NULL;
  closure->apply = apply_logical;
  closure->b = compile_condition(compiler, ast->children[1], ast->op == TOKEN_AND ? CONDITION_AND : CONDITION_OR);
  return closure->b ? closure : NULL;
}

/* ---- a if c else b */

Closure *compile_conditional(Compiler *compiler, Ast *ast) {
  Closure *closure = branch_new(compiler, ast, ast->children[1]);
  if (!closure) return NULL;
  closure->a = compile_expression(compiler, ast->children[0]);
  closure->b = closure->a ? compile_expression(compiler, ast->children[2]) : NULL;
  return closure->b ? closure : NULL;
}

/* ---- - + ~ */

static NOINLINE Value unary_slow(Closure *self, Value x, Session *session) {
  return operator_unary(session, (OpId)self->op, x, self->ast);
}

static Value run_negative(Closure *self, Value *frame, Session *session) {
  Value x = closure_run(self->a, frame, session);
  return LIKELY(x.object == NULL) ? value_number(-x.number) : unary_slow(self, x, session);
}

static Value run_positive(Closure *self, Value *frame, Session *session) {
  Value x = closure_run(self->a, frame, session);
  return LIKELY(x.object == NULL) ? x : unary_slow(self, x, session);
}

static Value run_inverse(Closure *self, Value *frame, Session *session) {
  return unary_slow(self, closure_run(self->a, frame, session), session);
}

Closure *compile_unary(Compiler *compiler, Ast *ast) {
  if (ast->op == TOKEN_NOT) return compile_logical(compiler, ast);
  Closure *closure = closure_new(compiler, ast,
                                 ast->op == TOKEN_MINUS  ? run_negative
                                 : ast->op == TOKEN_PLUS ? run_positive
                                                         : run_inverse);
  if (!closure) return NULL;
  closure->op = (uint16_t)(ast->op == TOKEN_MINUS ? OP_negative : ast->op == TOKEN_PLUS ? OP_positive : OP_logical_not);
  closure->a = compile_expression(compiler, ast->children[0]);
  return closure->a ? closure : NULL;
}
