/* SPDX-License-Identifier: MIT */
/* control.c: blocks, conditions and loops. */
#include <string.h>
#include "evaluator/failure.h"
#include "evaluator/foreign.h"
#include "evaluator/iterable.h"
#include "evaluator/target.h"

/* ---- blocks */

/* The children in order. */
static Flow run_statements(Closure *self, Value *frame, Session *session) {
  for (uint32_t k = 0; k < self->count; k++) {
    Flow flow = closure_execute(self->children[k], frame, session);
    if (UNLIKELY(flow != FLOW_NORMAL)) return flow;
  }
  return FLOW_NORMAL;
}

static Flow run_two(Closure *self, Value *frame, Session *session) {
  Flow flow = closure_execute(self->a, frame, session);
  return LIKELY(flow == FLOW_NORMAL) ? closure_execute(self->b, frame, session) : flow;
}

Closure *compile_block(Compiler *compiler, Ast *ast) {
  if (ast->count == 1) return compile_statement(compiler, ast->children[0]);
  Closure *closure = statement_new(compiler, ast, ast->count == 2 ? run_two : run_statements);
  if (!closure || !closure_reserve(compiler, closure, ast->count)) return NULL;
  for (uint32_t k = 0; k < ast->count; k++)
    if (!(closure->children[k] = compile_statement(compiler, ast->children[k]))) return NULL;
  if (ast->count == 2) {
    closure->a = closure->children[0];
    closure->b = closure->children[1];
  }
  return closure;
}

/* ---- if, while: `children[0]` is the condition */

static const Ast *only_statement(const Ast *ast) {
  while (ast->kind == AST_BLOCK && ast->count == 1) ast = ast->children[0];
  return ast;
}

/* The one value that a branch gives or assigns; NULL: it does more. */
static const Ast *value_of_branch(const Ast *branch) {
  const Ast *ast = only_statement(branch);
  if (ast->kind == AST_RETURN) return ast->count ? ast->children[0] : NULL;
  if (ast->kind == AST_ASSIGN) return ast->children[0];
  return ast->kind < AST_BLOCK ? ast : NULL;
}

/* Not `y = 1` and `z = 2`. */
static bool assign_alike(Session *session, const Ast *first, const Ast *second) {
  ShownText one, other;
  if (first->kind != AST_ASSIGN && second->kind != AST_ASSIGN) return true;
  if (first->kind != second->kind || first->count != 2 || second->count != 2) return false;
  shown_source(session, &one, first->children[1]->span);
  shown_source(session, &other, second->children[1]->span);
  return strcmp(one.text, other.text) == 0;
}

static Value global_value(Session *session, const Ast *name) {
  const NameEntry *entry = names_find(&session->user.table, name->text, name->text_length);
  return entry ? session->globals[entry->number] : value_unbound();
}

/* Whether an expression uses a function of the program's own, which may be the one that is being run: where() computes
   both of its sides, so the recursion would never end. */
static bool uses_own_function(Session *session, const Ast *ast) {
  for (; ast; ast = ast->count ? ast->children[0] : NULL) {
    if (ast->kind == AST_NAME && value_is(global_value(session, ast), KIND_FUNCTION)) return true;
    bool named = ast->kind == AST_CALL && ast->children[0]->kind == AST_NAME;
    if (named && value_is_unbound(global_value(session, ast->children[0]))) return true;
    for (uint32_t k = 1; k < ast->count; k++)
      if (uses_own_function(session, ast->children[k])) return true;
  }
  return false;
}

/* Whether a value can be one of tensors that where() computes. */
static bool may_be_chosen(Session *session, const Ast *value) {
  Value held;
  switch (value->kind) {
    case AST_STRING: case AST_FSTRING: case AST_TUPLE: case AST_RECORD: case AST_LAMBDA: case AST_DERIVATIVE: return false;
    case AST_NAME:
      held = global_value(session, value);
      return value_is_unbound(held) || value_is_number(held) || value_is_bool(held) || value_as_variable(held);
    default: return !uses_own_function(session, value);
  }
}

/* A choice by a tensor is rather meant for each of its elements. */
static RARE void hint_choice(Session *session, const Ast *choice) {
  bool expression = choice->kind == AST_CONDITIONAL;
  const Ast *condition = choice->children[expression], *asked = session->undecided;
  ShownText test, first, second;
  session->undecided = NULL;
  if (asked != condition || choice->count < 3) return;
  const Ast *left = choice->children[!expression], *right = choice->children[2];
  const Ast *then = value_of_branch(left), *otherwise = value_of_branch(right);
  if (!then || !otherwise || !assign_alike(session, only_statement(left), only_statement(right))) return;
  if (!may_be_chosen(session, then) || !may_be_chosen(session, otherwise)) return;
  shown_source(session, &test, condition->span);
  shown_source(session, &first, then->span);
  shown_source(session, &second, otherwise->span);
  bool whole = strlen(test.text) + strlen(first.text) + strlen(second.text) <= 40;
  buffer_clear(&session->error.hint);
  error_hint(&session->error, "element by element, write `where(%s, %s, %s)`", test.text, whole ? first.text : "a",
             whole ? second.text : "b");
}

static Flow run_if(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->children[0], frame, session);
  if (LIKELY(holds > 0)) return closure_execute(self->a, frame, session);
  if (UNLIKELY(holds < 0)) return hint_choice(session, self->ast), FLOW_ERROR;
  return self->b ? closure_execute(self->b, frame, session) : FLOW_NORMAL;
}

static bool compile_test_child(Compiler *compiler, Closure *closure, Ast *condition, ConditionWord word) {
  closure->children = compile_allocate(compiler, sizeof *closure->children);
  return closure->children && (closure->children[0] = compile_condition(compiler, condition, word));
}

static Value run_branch(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->children[0], frame, session);
  if (UNLIKELY(holds < 0)) return hint_choice(session, self->ast), value_error();
  return closure_run(holds ? self->a : self->b, frame, session);
}

Closure *branch_new(Compiler *compiler, Ast *ast, Ast *condition) {
  Closure *closure = closure_new(compiler, ast, run_branch);
  return closure && compile_test_child(compiler, closure, condition, CONDITION_IF) ? closure : NULL;
}

Closure *compile_if(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, run_if);
  if (!closure || !compile_test_child(compiler, closure, ast->children[0], CONDITION_IF)) return NULL;
  if (!(closure->a = compile_statement(compiler, ast->children[1]))) return NULL;
  if (ast->count > 2 && !(closure->b = compile_statement(compiler, ast->children[2]))) return NULL;
  return closure;
}

/* What a loop does after its body: nothing, or it ends with this flow. */
static inline bool loop_ends(Flow *flow) {
  if (LIKELY(*flow == FLOW_NORMAL)) return false;
  if (*flow == FLOW_CONTINUE) return *flow = FLOW_NORMAL, false;
  if (*flow == FLOW_BREAK) *flow = FLOW_NORMAL;
  return true;
}

static Flow run_while(Closure *self, Value *frame, Session *session) {
  for (;;) {
    int holds = closure_test(self->children[0], frame, session);
    if (UNLIKELY(holds <= 0)) return holds < 0 ? FLOW_ERROR : FLOW_NORMAL;
    Flow flow = closure_execute(self->a, frame, session);
    if (loop_ends(&flow)) return flow;
    if (UNLIKELY(!machine_poll(session, self->ast))) return FLOW_ERROR;
  }
}

Closure *compile_while(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, run_while);
  if (!closure || !compile_test_child(compiler, closure, ast->children[0], CONDITION_WHILE)) return NULL;
  closure->a = compile_statement(compiler, ast->children[1]);
  return closure->a ? closure : NULL;
}

/* ---- for: a: the target, b: the iterable, children[0]: the body */

static Flow for_each(Closure *self, Value source, Value *frame, Session *session) {
  ValueIterator iterator;
  bool started = value_iterate_loop(session, source, &iterator), record = value_is(source, KIND_RECORD);
  value_unref(source);
  if (!started) {
    fail_operation(session, self->b->ast->span, 0, NULL);
    return FLOW_ERROR;
  }
  Value item;
  Flow flow = FLOW_NORMAL;
  while (value_iterate_next(session, &iterator, &item)) {
    bool assigned = target_assign(session, self->a, frame, item);
    value_unref(item);
    flow = assigned ? closure_execute(self->children[0], frame, session) : FLOW_ERROR;
    if (!assigned && record && self->a->ast->kind == AST_TUPLE) error_hint(&session->error, RECORD_HINT);
    if (loop_ends(&flow)) break;
    if (LIKELY(machine_poll(session, self->ast))) continue;
    flow = FLOW_ERROR;
    break;
  }
  if (session->error.kind != ERROR_NONE && flow == FLOW_NORMAL) {
    fail_operation(session, self->b->ast->span, 0, NULL);
    flow = FLOW_ERROR;
  }
  value_iterate_end(&iterator);
  return flow;
}

static Flow run_for(Closure *self, Value *frame, Session *session) {
  Value source = closure_run(self->b, frame, session);
  return value_is_error(source) ? FLOW_ERROR : for_each(self, source, frame, session);
}

/* Counting without a range value; the variable is a name in the frame. */
static Flow count_range(Closure *self, const Counting *counting, Value *frame, Session *session) {
  Value *place = &frame[self->target];
  Closure *body = self->children[0];
  for (int64_t k = 0; k < counting->count; k++) {
    closure_store(place, value_number(counting->start + counting->step * (double)k));
    Flow flow = closure_execute(body, frame, session);
    if (loop_ends(&flow)) return flow;
    if (UNLIKELY(!machine_poll(session, self->ast))) return FLOW_ERROR;
  }
  return FLOW_NORMAL;
}

static Flow run_for_range(Closure *self, Value *frame, Session *session) {
  Counting counting;
  switch (counting_start(self->b, frame, session, &counting)) {
    case COUNTING_READY: return count_range(self, &counting, frame, session);
    case COUNTING_FAILED: return FLOW_ERROR;
    default: return run_for(self, frame, session);
  }
}

Closure *compile_for(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, run_for);
  if (!closure || !(closure->b = compile_expression(compiler, ast->children[1]))) return NULL;
  closure->children = compile_allocate(compiler, sizeof *closure->children);
  if (!closure->children || !(closure->a = compile_target(compiler, ast->children[0]))) return NULL;
  if (target_is_local(closure->a) && counting_is_possible(closure->b)) closure->execute = run_for_range;
  closure->target = closure->a->slot;
  closure->children[0] = compile_statement(compiler, ast->children[2]);
  return closure->children[0] ? closure : NULL;
}
