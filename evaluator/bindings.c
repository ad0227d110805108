/* SPDX-License-Identifier: MIT */
/* bindings.c: the names that statements bind. */
#include "evaluator/bindings.h"

typedef struct Visit { BindingVisitor visit; void *context; bool globals; } Visit;

static bool visit_statement(const Visit *visit, const Ast *ast);

static bool visit_name(const Visit *visit, const Ast *ast, Span span) {
  return visit->visit(visit->context, ast->text, ast->text_length, span);
}

bool bindings_visit_target(const Ast *target, BindingVisitor visit, void *context) {
  if (target->kind == AST_NAME) return visit(context, target->text, target->text_length, target->span);
  if (target->kind != AST_TUPLE && target->kind != AST_LIST) return true;
  for (uint32_t k = 0; k < target->count; k++)
    if (!bindings_visit_target(target->children[k], visit, context)) return false;
  return true;
}

static bool visit_targets(const Visit *visit, const Ast *ast) {
  for (uint32_t k = 1; k < ast->count; k++)
    if (!bindings_visit_target(ast->children[k], visit->visit, visit->context)) return false;
  return true;
}

static bool visit_children(const Visit *visit, const Ast *ast, uint32_t first) {
  for (uint32_t k = first; k < ast->count; k++)
    if (!visit_statement(visit, ast->children[k])) return false;
  return true;
}

static bool visit_names(const Visit *visit, const Ast *ast) {
  for (uint32_t k = 0; k < ast->count; k++)
    if (!visit_name(visit, ast->children[k], ast->children[k]->span)) return false;
  return true;
}

static bool visit_statement(const Visit *visit, const Ast *ast) {
  bool binds = !visit->globals;
  switch (ast->kind) {
    case AST_ASSIGN: return !binds || visit_targets(visit, ast);
    case AST_DEFINE: return !binds || visit_name(visit, ast, ast->op_span.end ? ast->op_span : ast->span);
    case AST_FOR:
      if (binds && !bindings_visit_target(ast->children[0], visit->visit, visit->context)) return false;
      return visit_children(visit, ast, 2);
    case AST_TRY:
      if (binds && ast->text && !visit_name(visit, ast, ast->op_span.end ? ast->op_span : ast->span)) return false;
      return visit_children(visit, ast, 0);
    case AST_IF:
    case AST_WHILE: return visit_children(visit, ast, 1);
    case AST_BLOCK:
    case AST_NO_AUTODIFF: return visit_children(visit, ast, 0);
    case AST_GLOBAL: return binds || visit_names(visit, ast);
    default: return true;
  }
}

bool bindings_visit(const Ast *body, BindingVisitor visit, void *context) {
  return visit_statement(&(Visit){visit, context, false}, body);
}

bool bindings_visit_globals(const Ast *body, BindingVisitor visit, void *context) {
  return visit_statement(&(Visit){visit, context, true}, body);
}
