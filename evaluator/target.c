/* SPDX-License-Identifier: MIT */
/* target.c: writing to the left sides of assignments.

   Everything that can fail happens before the first write: a value is unpacked, objects and indices are evaluated, and
   what shall be written is checked; then parts of objects are written, then names. */
#include "evaluator/target.h"
#include <string.h>
#include "evaluator/attribute.h"
#include "evaluator/failure.h"
#include "evaluator/subscript.h"

/* ---- compiling */

static bool compile_name_target(Compiler *compiler, Closure *closure, const Ast *ast) {
  Session *session = compiler->session;
  Reference reference = scope_find(session, compiler->scope, ast->text, ast->text_length);
  closure->slot = reference.slot;
  closure->flag = reference.kind == REFERENCE_BOXED;
  if (reference.kind == REFERENCE_FAILED) return false;
  if (reference.kind != REFERENCE_GLOBAL) return true;
  session->names[reference.slot].bound = true;
  if (!compiler->augmenting)
    session->names[reference.slot].defined = ast->op_span.end && ast->kind != AST_NAME ? ast->op_span : ast->span;
  if (compiler->scope->owner->kind != SCOPE_TOP) closure->cell = &session->globals[reference.slot];
  return true;
}

static bool compile_tuple_target(Compiler *compiler, Closure *closure, const Ast *ast) {
  closure->count = ast->count;
  closure->children = compile_allocate(compiler, ast->count * sizeof *closure->children + 1);
  if (!closure->children) return false;
  for (uint32_t k = 0; k < ast->count; k++)
    if (!(closure->children[k] = compile_target(compiler, ast->children[k]))) return false;
  return true;
}

/* x.data[0] = 5, x.grad[0] = 5 and grad(x)[0] = 5 write into a tensor that ends with the statement. */
static Value fail_unseen(Session *session, const Ast *ast) {
  bool gradient = asks_gradient(ast) && (ast->kind == AST_FIELD || ast->count == 2);
  const Ast *owner = ast->kind == AST_FIELD ? ast->children[0] : gradient ? ast->children[1] : NULL;
  ShownText text, name;
  shown_source(session, &text, ast->span);
  fail_at(session, ast->span, ERROR_VALUE, "`%.60s` is a new tensor: what is written into it is lost", text.text);
  if (owner) shown_source(session, &name, owner->span);
  if (gradient) {
    error_hint(&session->error, "write `g = %.50s; g[...] = e; %.20s.grad = g`", text.text, name.text);
  } else if (owner && strcmp(ast->text, "data") == 0) {
    error_hint(&session->error, "write `%.20s.data -= e`, or `no_autodiff { %.20s[...] = e }`", name.text, name.text);
  } else error_hint(&session->error, "give it a name first, and write into that");
  return value_error();
}

/* Whether nobody else holds the memory of a tensor. */
static bool is_unseen(Value object) {
  const Variable *variable = value_as_variable(object);
  if (!variable || variable->object.references > 1) return false;
  return !variable->base || variable->base->object.references == 1;
}

static Value run_seen(Closure *self, Value *frame, Session *session) {
  Value object = closure_run(self->a, frame, session);
  if (value_is_error(object) || !is_unseen(object)) return object;
  value_unref(object);
  return fail_unseen(session, self->a->ast);
}

/* What stands before the brackets of a target is a name, or must be seen by somebody when the statement is over. */
static Closure *compile_part_target(Compiler *compiler, Ast *ast) {
  Closure *target = compile_subscript(compiler, ast);
  if (!target || target->a->ast->kind == AST_NAME) return target;
  Closure *seen = closure_new(compiler, target->a->ast, run_seen);
  if (!seen) return NULL;
  seen->a = target->a;
  target->a = seen;
  return target;
}

static Closure *compile_any_target(Compiler *compiler, Ast *ast) {
  if (ast->kind == AST_INDEX) return compile_part_target(compiler, ast);
  Closure *closure = closure_new(compiler, ast, NULL);
  if (!closure) return NULL;
  bool done;
  if (ast->kind == AST_FIELD) done = (closure->a = compile_expression(compiler, ast->children[0])) != NULL;
  else if (ast->kind == AST_TUPLE || ast->kind == AST_LIST) done = compile_tuple_target(compiler, closure, ast);
  else done = compile_name_target(compiler, closure, ast);
  return done ? closure : NULL;
}

Closure *compile_target(Compiler *compiler, Ast *ast) {
  Closure *closure = compile_any_target(compiler, ast);
  bool in_function = compiler->scope->owner->kind != SCOPE_TOP;
  if (closure && in_function && !target_is_local(closure)) compiler->session->writes_outside = true;
  return closure;
}

bool target_is_local(const Closure *target) {
  bool named = target->ast->kind == AST_NAME || target->ast->kind == AST_DEFINE || target->ast->kind == AST_TRY;
  return named && !target->cell && !target->flag;
}

/* ---- one name, one part of an object */

static bool assign_index(Session *session, Closure *target, Value *frame, Value value) {
  Value object = closure_run(target->a, frame, session);
  if (value_is_error(object)) return false;
  Subscript subscript;
  bool written = false;
  if (subscript_start(session, target, frame, &subscript)) {
    written = subscript_write(session, object, &subscript, value);
    subscript_finish(&subscript);
  }
  value_unref(object);
  return written;
}

static bool assign_field(Session *session, Closure *target, Value *frame, Value value) {
  Value object = closure_run(target->a, frame, session);
  if (value_is_error(object)) return false;
  bool written = attribute_write(session, object, target->ast, value);
  value_unref(object);
  return written;
}

bool target_assign(Session *session, Closure *target, Value *frame, Value value) {
  switch (target->ast->kind) {
    case AST_INDEX: return assign_index(session, target, frame, value);
    case AST_FIELD: return assign_field(session, target, frame, value);
    case AST_TUPLE: case AST_LIST: return targets_assign(session, 1, &target, frame, value);
    default: closure_store(target_place(target, frame), value_ref(value)); return true;
  }
}

/* ---- several targets */

typedef struct Pending {
  Closure *target;
  Value value, object; /* owned */
  Subscript *subscript;
} Pending;

typedef struct Assignment {
  Session *session;
  Value *frame;
  Pending *pending;
  uint32_t count, capacity;
} Assignment;

static Pending *add_pending(Assignment *assignment, Closure *target, Value value) {
  if (assignment->count == assignment->capacity) {
    Pending *grown = memory_grow(assignment->pending, &assignment->capacity, sizeof *grown, 8);
    if (!grown) return session_out_of_memory(assignment->session), NULL;
    assignment->pending = grown;
  }
  Pending *pending = &assignment->pending[assignment->count++];
  *pending = (Pending){target, value_ref(value), value_unbound(), NULL};
  return pending;
}

static bool prepare(Assignment *assignment, Closure *target, Value value);

static bool fail_unpack(Session *session, const Closure *target, Value value, int64_t count) {
  ShownText kind;
  Span place = target->ast->span;
  if (count < 0) {
    fail_at(session, place, ERROR_TYPE, "cannot unpack %s into %u names", shown_kind(session, &kind, value),
            (unsigned)target->count);
    if (value_is_number(value)) error_hint(&session->error, "only tuples and tensors with axes are unpacked");
  } else {
    fail_at(session, place, ERROR_VALUE, "cannot unpack %lld value%s into %u name%s", (long long)count,
            count == 1 ? "" : "s", (unsigned)target->count, target->count == 1 ? "" : "s");
  }
  return false;
}

static bool prepare_items(Assignment *assignment, Closure *target, ValueIterator *iterator) {
  for (uint32_t k = 0; k < target->count; k++) {
    Value item;
    if (!value_iterate_next(assignment->session, iterator, &item)) return false;
    bool prepared = prepare(assignment, target->children[k], item);
    value_unref(item);
    if (!prepared) return false;
  }
  return true;
}

static bool can_unpack(Value value) {
  if (value_is(value, KIND_VARIABLE)) return variable_layout((Variable *)value.object)->ndim > 0;
  return value_is(value, KIND_TUPLE) || value_is(value, KIND_RANGE);
}

static bool prepare_tuple(Assignment *assignment, Closure *target, Value value) {
  Session *session = assignment->session;
  ValueIterator iterator;
  if (!can_unpack(value)) return fail_unpack(session, target, value, -1);
  if (!value_iterate(session, value, &iterator)) return false;
  bool prepared = iterator.count == target->count ? prepare_items(assignment, target, &iterator)
                                                  : fail_unpack(session, target, value, iterator.count);
  value_iterate_end(&iterator);
  return prepared;
}

static bool prepare_object(Assignment *assignment, Closure *target, Pending *pending) {
  Session *session = assignment->session;
  Value object = closure_run(target->a, assignment->frame, session);
  if (value_is_error(object)) return false;
  pending->object = object;
  if (target->ast->kind == AST_FIELD) return attribute_check(session, object, target->ast, pending->value);
  Subscript *subscript = memory_allocate(sizeof *subscript);
  if (!subscript) return session_out_of_memory(session);
  if (!subscript_start(session, target, assignment->frame, subscript)) {
    memory_release(subscript, sizeof *subscript);
    return false;
  }
  pending->subscript = subscript;
  return subscript_check(session, object, subscript, pending->value);
}

static bool prepare(Assignment *assignment, Closure *target, Value value) {
  if (target->ast->kind == AST_TUPLE || target->ast->kind == AST_LIST) return prepare_tuple(assignment, target, value);
  Pending *pending = add_pending(assignment, target, value);
  if (!pending) return false;
  return !target->a || prepare_object(assignment, target, pending);
}

static bool write_part(Session *session, const Pending *pending) {
  if (pending->subscript) return subscript_write(session, pending->object, pending->subscript, pending->value);
  return !pending->target->a || attribute_write(session, pending->object, pending->target->ast, pending->value);
}

static bool is_shape(const Pending *pending) {
  const Ast *ast = pending->target->ast;
  return ast->kind == AST_FIELD && value_is(pending->object, KIND_VARIABLE) && strcmp(ast->text, "shape") == 0;
}

/* Indices have been checked against the shapes that tensors had, so new shapes come last. */
static bool write_parts(Assignment *assignment) {
  for (int shapes = 0; shapes < 2; shapes++)
    for (uint32_t k = 0; k < assignment->count; k++) {
      const Pending *pending = &assignment->pending[k];
      if (is_shape(pending) == shapes && !write_part(assignment->session, pending)) return false;
    }
  return true;
}

static void write_names(Assignment *assignment) {
  for (uint32_t k = 0; k < assignment->count; k++) {
    const Pending *pending = &assignment->pending[k];
    if (!pending->target->a)
      closure_store(target_place(pending->target, assignment->frame), value_ref(pending->value));
  }
}

static void finish(Assignment *assignment) {
  for (uint32_t k = 0; k < assignment->count; k++) {
    Pending *pending = &assignment->pending[k];
    value_unref(pending->value);
    value_unref(pending->object);
    if (!pending->subscript) continue;
    subscript_finish(pending->subscript);
    memory_release(pending->subscript, sizeof *pending->subscript);
  }
  memory_release(assignment->pending, assignment->capacity * sizeof *assignment->pending);
}

bool targets_assign(Session *session, uint32_t count, Closure *const *targets, Value *frame, Value value) {
  Assignment assignment = {.session = session, .frame = frame};
  bool done = true;
  for (uint32_t k = 0; done && k < count; k++) done = prepare(&assignment, targets[k], value);
  done = done && write_parts(&assignment);
  if (done) write_names(&assignment);
  finish(&assignment);
  if (!done) fail_operation(session, targets[0]->ast->span, 0, NULL);
  return done;
}
