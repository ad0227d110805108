/* SPDX-License-Identifier: MIT */
/* compile.h: from tree to closures. */
#ifndef MGRAD_EVALUATOR_COMPILE_H
#define MGRAD_EVALUATOR_COMPILE_H
#include "evaluator/function.h"

/* Chains of closures deeper than this become loops where the tree is a left spine. */
enum { COMPILE_NESTING = 200 };

struct Compiler {
  Session *session;
  Program *program;
  const Resolution *resolution;
  Scope *scope;               /* the innermost scope */
  const Ast *owner;           /* the definition around, or NULL at the top level */
  const Ast *top;             /* the statement of the top level, or NULL within a function */
  bool augmenting;            /* the target being compiled is not bound, only changed */
  uint32_t nesting;           /* closures above the one being made, within this function */
};

Closure *closure_new(Compiler *compiler, Ast *ast, RunFunction run); /* NULL: error recorded */
Closure *statement_new(Compiler *compiler, Ast *ast, ExecuteFunction execute);
/* A closure that gives `a` where the condition holds, else `b`; both are for the caller to fill in. */
Closure *branch_new(Compiler *compiler, Ast *ast, Ast *condition);
/* Sets `count` and makes room for children. */
bool closure_reserve(Compiler *compiler, Closure *closure, uint32_t count);
void *compile_allocate(Compiler *compiler, size_t bytes); /* lives as long as the program */

/* Each returns NULL when the error is recorded. */
Closure *compile_expression(Compiler *compiler, Ast *ast);
typedef enum ConditionWord {
  CONDITION_IF, CONDITION_WHILE, CONDITION_ASSERT, CONDITION_AND, CONDITION_OR, CONDITION_NOT
} ConditionWord;
Closure *compile_condition(Compiler *compiler, Ast *ast, ConditionWord word); /* a test */
Closure *compile_connection(Compiler *compiler, Ast *ast); /* the same for `and`, `or`, `not` */
void fail_condition(Session *session, Value value, ConditionWord word, const Ast *ast); /* value is no truth value */
Closure *compile_statement(Compiler *compiler, Ast *ast);
bool compile_children(Compiler *compiler, Closure *closure, Ast *const *children, uint32_t count);

/* Whether an expression is a name in the frame (its slot), a number, a global of the frame's own level. */
bool tree_is_local(Compiler *compiler, const Ast *ast, uint32_t *slot);
bool tree_is_number(const Ast *ast, double *number); /* a literal, also with a minus before it */

/* ---- one function per family; the file is named after it */
Closure *compile_name(Compiler *compiler, Ast *ast);
Closure *compile_arithmetic(Compiler *compiler, Ast *ast);          /* AST_BINARY */
ExecuteFunction arithmetic_store(const Closure *closure);           /* assigns its result to `target`; NULL: none */
Closure *compile_unary(Compiler *compiler, Ast *ast);
Closure *compile_compare(Compiler *compiler, Ast *ast);
Closure *compile_logical(Compiler *compiler, Ast *ast);
Closure *compile_conditional(Compiler *compiler, Ast *ast);
Closure *compile_call(Compiler *compiler, Ast *ast);
Closure *compile_subscript(Compiler *compiler, Ast *ast);
void method_drop(Closure *closure);                                 /* nothing is done with its result: it warns */
Closure *compile_field(Compiler *compiler, Ast *ast);
Closure *compile_list(Compiler *compiler, Ast *ast);
Closure *compile_numbers(Compiler *compiler, Ast *ast);             /* for list_stack_runs only */
Closure *compile_tuple(Compiler *compiler, Ast *ast);
Closure *compile_record(Compiler *compiler, Ast *ast);
Closure *compile_fstring(Compiler *compiler, Ast *ast);
Closure *compile_comprehension(Compiler *compiler, Ast *ast);
Closure *compile_assign(Compiler *compiler, Ast *ast);
Closure *compile_augment(Compiler *compiler, Ast *ast);
Closure *compile_for(Compiler *compiler, Ast *ast);
Closure *compile_if(Compiler *compiler, Ast *ast);
Closure *compile_while(Compiler *compiler, Ast *ast);
Closure *compile_block(Compiler *compiler, Ast *ast);

/* As links of a long left spine: everything but the left operand. */
Closure *compile_arithmetic_link(Compiler *compiler, Ast *ast);
Closure *compile_logical_link(Compiler *compiler, Ast *ast);
Closure *compile_call_link(Compiler *compiler, Ast *ast);
Closure *compile_method_link(Compiler *compiler, Ast *ast);
Closure *compile_subscript_link(Compiler *compiler, Ast *ast);
Closure *compile_field_link(Compiler *compiler, Ast *ast);
/* A link with its left operand; NULL stays NULL. */
Closure *compile_left(Compiler *compiler, Closure *link, Ast *left);

#endif
