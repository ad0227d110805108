/* SPDX-License-Identifier: MIT */
/* comprehension.c: [e for x in xs if c]. */
#include "evaluator/builtins/list.h"
#include "evaluator/failure.h"
#include "evaluator/iterable.h"
#include "evaluator/literal.h"
#include "evaluator/site.h"
#include "evaluator/target.h"

/* The variables of a comprehension; they are put aside while it runs and come back afterwards. */
typedef struct Variables { uint32_t count; uint32_t *slots; bool *boxed; } Variables;

/* One turn: the variable has its value. */
static bool take_item(Closure *self, ValueList *gathered, Value *frame, Session *session) {
  if (self->children[0]) {
    int holds = closure_test(self->children[0], frame, session);
    if (holds <= 0) return holds == 0;
  }
  Value item = closure_run(self->children[1], frame, session);
  return !value_is_error(item) && value_list_add(gathered, item);
}

static bool gather_counting(Closure *self, ValueList *gathered, const Counting *counting, Value *frame,
                            Session *session) {
  for (int64_t k = 0; k < counting->count; k++) {
    closure_store(&frame[self->target], value_number(counting->start + counting->step * (double)k));
    if (!take_item(self, gathered, frame, session) || !machine_poll(session, self->ast)) return false;
  }
  return true;
}

static bool gather_each(Closure *self, ValueList *gathered, Value source, Value *frame, Session *session) {
  ValueIterator iterator;
  if (!value_iterate_loop(session, source, &iterator)) return false;
  Value item;
  bool done = true;
  while (done && value_iterate_next(session, &iterator, &item)) {
    done = target_assign(session, self->a, frame, item);
    value_unref(item);
    done = done && take_item(self, gathered, frame, session) && machine_poll(session, self->ast);
  }
  value_iterate_end(&iterator);
  return done && session->error.kind == ERROR_NONE;
}

static bool gather_all(Closure *self, ValueList *gathered, Value *frame, Session *session, Value source,
                       const Counting *counting) {
  const Variables *variables = self->data;
  Value *aside = session->top;
  bool noting = session->noting;
  if (session->stack_limit - aside <= (ptrdiff_t)variables->count) {
    fail_at(session, self->ast->span, ERROR_DEPTH, "too many values are being computed at once");
    return false;
  }
  bool done = true;
  for (uint32_t k = 0; k < variables->count; k++) {
    Value *place = &frame[variables->slots[k]];
    aside[k] = *place;
    *place = value_unbound();
    if (variables->boxed[k]) done = function_box(session, place) && done;
  }
  session->top += variables->count;
  session->noting = false;
  if (done) done = counting ? gather_counting(self, gathered, counting, frame, session)
                            : gather_each(self, gathered, source, frame, session);
  session->noting = noting;
  session->top = aside;
  for (uint32_t k = 0; k < variables->count; k++) closure_store(&frame[variables->slots[k]], aside[k]);
  return done;
}

/* Numbers and tensors of one shape are stacked, anything else makes a tuple. */
static Value finish(Closure *self, ValueList *gathered, Session *session) {
  session->graph.span = self->ast->span;
  Value result;
  if (list_is_uniform(gathered->count, gathered->values)) {
    result = value_from_tensor(session, list_stack(session, gathered->count, gathered->values));
    value_list_drop(gathered);
  } else {
    result = value_list_finish(gathered, LIST_TUPLE);
  }
  return value_is_error(result) ? fail_operation(session, self->ast->span, 0, NULL) : result;
}

static Value run_comprehension(Closure *self, Value *frame, Session *session) {
  Counting counting;
  CountingStatus status = self->flag ? counting_start(self->b, frame, session, &counting) : COUNTING_OTHER;
  if (status == COUNTING_FAILED) return value_error();
  Value source = value_unbound();
  if (status == COUNTING_OTHER && value_is_error(source = closure_run(self->b, frame, session))) return source;
  ValueList gathered = value_list_start(session);
  bool done = gather_all(self, &gathered, frame, session, source, status == COUNTING_READY ? &counting : NULL);
  value_unref(source);
  if (done) return finish(self, &gathered, session);
  value_list_drop(&gathered);
  return fail_operation(session, self->b->ast->span, 0, NULL);
}

static Variables *note_variables(Compiler *compiler, const Scope *scope) {
  Variables *variables = compile_allocate(compiler, sizeof *variables);
  if (!variables) return NULL;
  variables->count = scope->name_count;
  variables->slots = compile_allocate(compiler, scope->name_count * sizeof *variables->slots + 1);
  variables->boxed = compile_allocate(compiler, scope->name_count * sizeof *variables->boxed + 1);
  if (!variables->slots || !variables->boxed) return NULL;
  for (uint32_t k = 0; k < scope->name_count; k++) {
    variables->slots[k] = scope->names[k].slot;
    variables->boxed[k] = scope->names[k].boxed;
  }
  return variables;
}

/* children[0]: the condition or NULL, children[1]: the element; a: the target, b: the iterable. */
static bool compile_inside(Compiler *compiler, Closure *closure, Ast *ast) {
  closure->a = compile_target(compiler, ast->children[1]);
  if (!closure->a) return false;
  if (ast->count > 3 && !(closure->children[0] = compile_condition(compiler, ast->children[3], CONDITION_IF)))
    return false;
  return (closure->children[1] = compile_expression(compiler, ast->children[0])) != NULL;
}

Closure *compile_comprehension(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_comprehension);
  if (!closure) return NULL;
  Scope *outside = compiler->scope, *inside = resolution_scope(compiler->resolution, ast);
  closure->children = compile_allocate(compiler, 2 * sizeof *closure->children);
  closure->data = note_variables(compiler, inside);
  if (!closure->children || !closure->data || !(closure->b = compile_expression(compiler, ast->children[2])))
    return NULL;
  compiler->scope = inside;
  bool compiled = compile_inside(compiler, closure, ast);
  compiler->scope = outside;
  if (!compiled) return NULL;
  closure->flag = target_is_local(closure->a) && counting_is_possible(closure->b);
  closure->target = closure->a->slot;
  return closure;
}
