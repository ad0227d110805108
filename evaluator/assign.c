/* SPDX-License-Identifier: MIT */
/* assign.c: assignments; plain ones to names are one store. */
#include "evaluator/attribute.h"
#include "evaluator/failure.h"
#include "evaluator/operator.h"
#include "evaluator/subscript.h"
#include "evaluator/target.h"

/* ---- NAME = e */

static Flow assign_local(Closure *self, Value *frame, Session *session) {
  return closure_store(&frame[self->target], closure_run(self->b, frame, session));
}

static Flow assign_name(Closure *self, Value *frame, Session *session) {
  Value value = closure_run(self->b, frame, session);
  return closure_store(target_place(self->a, frame), value);
}

/* The closure of the right side, made to store its result itself where it can. */
static Closure *assign_to_local(Compiler *compiler, Ast *ast, Closure *value, uint32_t slot) {
  ExecuteFunction store = arithmetic_store(value);
  if (store) {
    value->execute = store;
    value->target = slot;
    return value;
  }
  Closure *closure = statement_new(compiler, ast, assign_local);
  if (!closure) return NULL;
  closure->target = slot;
  closure->b = value;
  return closure;
}

/* ---- a, b = e, f: no tuple is made */

static Flow assign_parallel(Closure *self, Value *frame, Session *session) {
  Value *values = session->top;
  uint32_t count = self->count;
  if (UNLIKELY(session->stack_limit - values <= (ptrdiff_t)count)) {
    fail_at(session, self->ast->span, ERROR_DEPTH, "too many values are being computed at once");
    return FLOW_ERROR;
  }
  session->top = values + count;
  for (uint32_t k = 0; k < count; k++) {
    values[k] = closure_run(self->children[k], frame, session);
    if (LIKELY(!value_is_error(values[k]))) continue;
    while (k) value_unref(values[--k]);
    session->top = values;
    return FLOW_ERROR;
  }
  Closure *const *targets = self->a->children;
  for (uint32_t k = 0; k < count; k++) closure_store(target_place(targets[k], frame), values[k]);
  session->top = values;
  return FLOW_NORMAL;
}

static bool all_names(const Closure *target) {
  for (uint32_t k = 0; k < target->count; k++)
    if (target->children[k]->ast->kind != AST_NAME) return false;
  return true;
}

/* ---- everything else */

static Flow assign_one(Closure *self, Value *frame, Session *session) {
  Value value = closure_run(self->b, frame, session);
  if (value_is_error(value)) return FLOW_ERROR;
  bool done = target_assign(session, self->a, frame, value);
  value_unref(value);
  return done ? FLOW_NORMAL : FLOW_ERROR;
}

/* x[i] = e where only expressions stand between the brackets. */
static Flow assign_element(Closure *self, Value *frame, Session *session) {
  Closure *target = self->a;
  Value indices[SUBSCRIPT_AXES], value = closure_run(self->b, frame, session);
  if (UNLIKELY(value_is_error(value))) return FLOW_ERROR;
  Value object = closure_run(target->a, frame, session);
  if (value_is_error(object) || !subscript_values(session, target, frame, indices)) {
    value_unref(object);
    value_unref(value);
    return FLOW_ERROR;
  }
  double *element = value_is_number(value) ? subscript_element(object, indices, target->count, true) : NULL;
  bool done = element != NULL;
  Subscript subscript;
  if (LIKELY(done)) {
    *element = value.number;
    subscript_touch(object);
  } else if (subscript_from_values(session, target, indices, &subscript)) {
    done = subscript_write(session, object, &subscript, value);
    subscript_finish(&subscript);
  }
  value_unref(object);
  value_unref(value);
  return done ? FLOW_NORMAL : FLOW_ERROR;
}

static Flow assign_several(Closure *self, Value *frame, Session *session) {
  Value value = closure_run(self->b, frame, session);
  if (value_is_error(value)) return FLOW_ERROR;
  bool done = targets_assign(session, self->count, self->children, frame, value);
  value_unref(value);
  return done ? FLOW_NORMAL : FLOW_ERROR;
}

static Closure *compile_single(Compiler *compiler, Ast *ast) {
  Ast *source = ast->children[0];
  Closure *target = compile_target(compiler, ast->children[1]);
  if (!target) return NULL;
  Closure *closure = statement_new(compiler, ast, assign_one);
  if (!closure) return NULL;
  closure->a = target;
  if (target->ast->kind == AST_TUPLE && source->kind == AST_TUPLE && source->count == target->count &&
      all_names(target)) {
    closure->execute = assign_parallel;
    return compile_children(compiler, closure, source->children, source->count) ? closure : NULL;
  }
  closure->b = compile_expression(compiler, source);
  if (!closure->b) return NULL;
  if (target_is_local(target)) return assign_to_local(compiler, ast, closure->b, target->slot);
  if (target->ast->kind == AST_NAME) closure->execute = assign_name;
  else if (target->ast->kind == AST_INDEX && target->flag) closure->execute = assign_element;
  return closure;
}

Closure *compile_assign(Compiler *compiler, Ast *ast) {
  if (ast->count == 2) return compile_single(compiler, ast);
  Closure *closure = statement_new(compiler, ast, assign_several);
  if (!closure || !closure_reserve(compiler, closure, ast->count - 1)) return NULL;
  if (!(closure->b = compile_expression(compiler, ast->children[0]))) return NULL;
  for (uint32_t k = 0; k < closure->count; k++)
    if (!(closure->children[k] = compile_target(compiler, ast->children[k + 1]))) return NULL;
  return closure;
}

/* ---- NAME OP= e */

/* s += "text": the name and the statement hold the string. */
static Flow append_string(Closure *self, Value *place, Value old, Value value, Session *session) {
  uint32_t holders = place->object == old.object ? 2 : 1;
  Value joined = value_object_or_error(string_join(session, (String *)old.object, (String *)value.object, holders));
  if (value_is_error(joined)) fail_binary(session, self->ast, self->ast->children, value_unbound(), value_unbound());
  value_unref(old);
  value_unref(value);
  return closure_store(place, joined);
}

static NOINLINE Flow augment_slow(Closure *self, Value *place, Value old, Value value, Session *session) {
  if (value_is_unbound(old) && !value_is_error(value)) {
    value_unref(value);
    fail_unbound(session, self->ast->children[0], self->data, false);
    return FLOW_ERROR;
  }
  if (self->op == OP_add && value_is(old, KIND_STRING) && value_is(value, KIND_STRING))
    return append_string(self, place, old, value, session);
  return closure_store(place, operator_augment(session, (OpId)self->op, old, value, self->ast, self->ast->children));
}

#define AUGMENT(name, COMPUTE)                                                                      \
  static Flow name(Closure *self, Value *frame, Session *session) {                                 \
    Value a = value_ref(frame[self->target]), b = closure_run(self->b, frame, session);             \
    if (LIKELY(((uintptr_t)a.object | (uintptr_t)b.object) == 0))                                   \
      return closure_store(&frame[self->target], value_number(COMPUTE));                            \
    return augment_slow(self, &frame[self->target], a, b, session);                                 \
  }
AUGMENT(augment_add, a.number + b.number)
AUGMENT(augment_subtract, a.number - b.number)
AUGMENT(augment_multiply, a.number * b.number)
AUGMENT(augment_divide, a.number / b.number)

static Flow augment_name(Closure *self, Value *frame, Session *session) {
  Value old = value_ref(*target_place(self->a, frame));
  Value value = closure_run(self->b, frame, session);
  return augment_slow(self, target_place(self->a, frame), old, value, session);
}

static Flow augment_index(Closure *self, Value *frame, Session *session) {
  Closure *target = self->a;
  Value object = closure_run(target->a, frame, session);
  if (value_is_error(object)) return FLOW_ERROR;
  Subscript subscript;
  bool written = false;
  if (subscript_start(session, target, frame, &subscript)) {
    Value value = closure_run(self->b, frame, session);
    written = !value_is_error(value) &&
              subscript_augment(session, object, &subscript, (OpId)self->op, value, self->ast);
    value_unref(value);
    subscript_finish(&subscript);
  }
  value_unref(object);
  machine_check_warning(session, self->ast->op_span);
  return written ? FLOW_NORMAL : FLOW_ERROR;
}

/* x[i] OP= e by plain numbers; `element` is found again when the right side has been evaluated. */
static Flow augment_element(Closure *self, Value *frame, Session *session) {
  Closure *target = self->a;
  Value indices[SUBSCRIPT_AXES], object = closure_run(target->a, frame, session);
  if (value_is_error(object)) return FLOW_ERROR;
  if (!subscript_values(session, target, frame, indices)) return value_unref(object), FLOW_ERROR;
  const double *before = subscript_element(object, indices, target->count, true);
  double old = before ? *before : 0;
  Value value = closure_run(self->b, frame, session);
  double *element = before && value_is_number(value) ? subscript_element(object, indices, target->count, true) : NULL;
  double result = element ? self->binary(old, value.number) : 0;
  bool done = element && operator_is_plain(old, value.number, result);
  Subscript subscript;
  if (LIKELY(done)) {
    *element = result;
    subscript_touch(object);
  } else if (value_is_error(value)) {
    subscript_drop_values(target, indices);
  } else if (subscript_from_values(session, target, indices, &subscript)) {
    done = subscript_augment(session, object, &subscript, (OpId)self->op, value, self->ast);
    subscript_finish(&subscript);
    machine_check_warning(session, self->ast->op_span);
  }
  value_unref(value);
  value_unref(object);
  return done ? FLOW_NORMAL : FLOW_ERROR;
}

/* r.name OP= e; x.data OP= e writes the numbers. */
static Flow augment_field(Closure *self, Value *frame, Session *session) {
  Closure *target = self->a;
  Value object = closure_run(target->a, frame, session);
  if (value_is_error(object)) return FLOW_ERROR;
  Value old = attribute_read(session, object, target->ast);
  Value value = value_is_error(old) ? value_error() : closure_run(self->b, frame, session);
  Value after = operator_augment(session, (OpId)self->op, old, value, self->ast, self->ast->children);
  bool written = !value_is_error(after) && attribute_write(session, object, target->ast, after);
  value_unref(after);
  value_unref(object);
  return written ? FLOW_NORMAL : FLOW_ERROR;
}

static ExecuteFunction choose_augment(const Closure *target, OpId op) {
  if (target->ast->kind == AST_INDEX) return target->flag && op_binary_double[op] ? augment_element : augment_index;
  if (target->ast->kind == AST_FIELD) return augment_field;
  if (!target_is_local(target)) return augment_name;
  switch (op) {
    case OP_add: return augment_add;
    case OP_subtract: return augment_subtract;
    case OP_multiply: return augment_multiply;
    case OP_divide: return augment_divide;
    default: return augment_name;
  }
}

/* An augmented assignment does not bind: the name is the one that is found. */
Closure *compile_augment(Compiler *compiler, Ast *ast) {
  Closure *closure = statement_new(compiler, ast, augment_name);
  if (!closure) return NULL;
  closure->op = (uint16_t)operator_of_token((TokenKind)ast->op);
  closure->data = (void *)(uintptr_t)compiler->owner;
  compiler->augmenting = true;
  closure->a = compile_target(compiler, ast->children[0]);
  compiler->augmenting = false;
  closure->b = closure->a ? compile_expression(compiler, ast->children[1]) : NULL;
  if (!closure->b) return NULL;
  closure->target = closure->a->slot;
  closure->binary = op_binary_double[closure->op];
  closure->execute = choose_augment(closure->a, (OpId)closure->op);
  return closure;
}
