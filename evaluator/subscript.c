/* SPDX-License-Identifier: MIT */
/* subscript.c: evaluating what stands between brackets. */
#include "evaluator/subscript.h"
#include <math.h>
#include "evaluator/compile.h"
#include "evaluator/failure.h"

/* ---- items */

static bool fail_item(Session *session, const Ast *ast, Value value) {
  ShownText text;
  fail_at(session, ast->span, ERROR_INDEX, "an index is a whole number, a slice, a mask or a tensor of them, not %s",
          shown_kind(session, &text, value));
  return false;
}

static bool add_item(Session *session, Subscript *subscript, IndexItem item, Ast *tree) {
  if (subscript->count == SUBSCRIPT_ITEMS) {
    fail_at(session, tree->span, ERROR_INDEX, "too many indices");
    return false;
  }
  subscript->trees[subscript->count] = tree;
  subscript->items[subscript->count++] = item;
  return true;
}

static bool add_integer(Session *session, Subscript *subscript, double number, Ast *tree) {
  if (number == floor(number) && fabs(number) < 9e18)
    return add_item(session, subscript, (IndexItem){.kind = INDEX_INTEGER, .start = (int64_t)number}, tree);
  Buffer text = {0};
  text_number(&text, number, NULL);
  bool whole = isfinite(number) && number == floor(number);
  fail_at(session, tree->span, ERROR_INDEX, whole ? "index %s is out of range" : "index must be a whole number, got %s",
          buffer_text(&text));
  buffer_free(&text);
  return false;
}

static bool add_tensor(Session *session, Subscript *subscript, Tensor *tensor_taken, Ast *tree) {
  if (!tensor_taken) {
    fail_operation(session, tree->span, 0, NULL);
    return false;
  }
  bool scalar = tensor_taken->layout->ndim == 0 && tensor_taken->dtype != DTYPE_BOOL;
  bool added = scalar ? add_integer(session, subscript, tensor_number_at(tensor_taken, 0), tree)
                      : add_item(session, subscript, (IndexItem){.kind = INDEX_TENSOR, .tensor = tensor_taken}, tree);
  if (added && !scalar) subscript->held[subscript->held_count++] = tensor_taken;
  else tensor_unref(tensor_taken);
  return added;
}

/* Whether a tuple stands for its items: it is the only index, and no comma behind it says otherwise. */
static bool spreads_tuple(const Ast *ast) {
  return ast->count == 2 && !ast->flag;
}

static bool add_value(Session *session, Subscript *subscript, Value value, Ast *tree, bool spreads) {
  if (value_is_number(value)) return add_integer(session, subscript, value.number, tree);
  if (value_is_none(value)) return add_item(session, subscript, (IndexItem){.kind = INDEX_NEW_AXIS}, tree);
  if (value_is(value, KIND_TUPLE) && spreads) {
    const Tuple *tuple = (Tuple *)value.object;
    for (uint32_t k = 0; k < tuple->count; k++)
      if (!add_value(session, subscript, tuple->items[k], tree, false)) return false;
    return true;
  }
  if (value_is_bool(value) || value_is(value, KIND_VARIABLE) || value_is(value, KIND_TUPLE) ||
      value_is(value, KIND_RANGE))
    return add_tensor(session, subscript, value_to_tensor(session, value), tree);
  return fail_item(session, tree, value);
}

static bool slice_bound(Session *session, Closure *bound, Value *frame, bool *given, int64_t *integer) {
  *given = false;
  if (!bound) return true;
  Value value = closure_run(bound, frame, session);
  if (value_is_error(value)) return false;
  if (value_is_none(value)) return true;
  *given = value_to_integer(session, value, "a bound of a slice", integer);
  if (!*given) fail_operation(session, bound->ast->span, 0, NULL);
  value_unref(value);
  return *given;
}

static bool add_slice(Session *session, Subscript *subscript, Closure *slice, Value *frame) {
  IndexItem item = {.kind = INDEX_SLICE};
  return slice_bound(session, slice->children[0], frame, &item.has_start, &item.start) &&
         slice_bound(session, slice->children[1], frame, &item.has_stop, &item.stop) &&
         slice_bound(session, slice->children[2], frame, &item.has_step, &item.step) &&
         add_item(session, subscript, item, slice->ast);
}

/* ---- the whole */

static bool add_index(Session *session, Subscript *subscript, Closure *index, Value *frame, bool alone) {
  if (index->ast->kind == AST_SLICE) return add_slice(session, subscript, index, frame);
  if (index->ast->kind == AST_ELLIPSIS)
    return add_item(session, subscript, (IndexItem){.kind = INDEX_ELLIPSIS}, index->ast);
  Value value = closure_run(index, frame, session);
  if (value_is_error(value)) return false;
  if (alone) {
    subscript->single = value;
    return value_is(value, KIND_STRING) ||
           add_value(session, subscript, value, index->ast, spreads_tuple(subscript->ast));
  }
  bool added = add_value(session, subscript, value, index->ast, false);
  value_unref(value);
  return added;
}

/* Without items, whose places stay as they are. */
static void start_empty(Subscript *subscript, const Ast *ast, Value single) {
  subscript->ast = ast;
  subscript->single = single;
  subscript->count = subscript->held_count = 0;
}

bool subscript_start(Session *session, Closure *self, Value *frame, Subscript *subscript) {
  start_empty(subscript, self->ast, value_unbound());
  for (uint32_t k = 0; k < self->count; k++) {
    if (add_index(session, subscript, self->children[k], frame, self->count == 1)) continue;
    subscript_finish(subscript);
    return false;
  }
  return true;
}

void subscript_finish(Subscript *subscript) {
  for (int k = 0; k < subscript->held_count; k++) tensor_unref(subscript->held[k]);
  value_unref(subscript->single);
}

bool subscript_from_values(Session *session, Closure *self, const Value *indices, Subscript *subscript) {
  start_empty(subscript, self->ast, self->count == 1 ? indices[0] : value_unbound());
  bool done = true;
  for (uint32_t k = 0; k < self->count; k++) {
    bool key = self->count == 1 && value_is(indices[k], KIND_STRING);
    done = done && (key || add_value(session, subscript, indices[k], self->children[k]->ast, spreads_tuple(self->ast)));
    if (self->count > 1) value_unref(indices[k]);
  }
  if (!done) subscript_finish(subscript);
  return done;
}

bool subscript_values(Session *session, Closure *self, Value *frame, Value indices[SUBSCRIPT_AXES]) {
  for (uint32_t k = 0; k < self->count; k++) {
    indices[k] = closure_run(self->children[k], frame, session);
    if (LIKELY(!value_is_error(indices[k]))) continue;
    while (k) value_unref(indices[--k]);
    return false;
  }
  return true;
}

void subscript_drop_values(const Closure *self, const Value *indices) {
  for (uint32_t k = 0; k < self->count; k++) value_unref(indices[k]);
}

/* ---- elements by plain numbers, which need no plan */

static inline bool find_offset(const Layout *layout, const Value *indices, int64_t *offset) {
  *offset = 0;
  for (int k = 0; k < layout->ndim; k++) {
    double number = indices[k].number;
    if (indices[k].object || !(number >= -9e15 && number <= 9e15)) return false;
    int64_t position = (int64_t)number, size = layout_shape(layout)[k];
    if ((double)position != number) return false;
    if (position < 0) position += size;
    if (position < 0 || position >= size) return false;
    *offset += position * layout_strides(layout)[k];
  }
  return true;
}

double *subscript_element(Value object, const Value *indices, uint32_t count, bool writes) {
  int64_t offset;
  if (!value_is(object, KIND_VARIABLE)) return NULL;
  const Variable *variable = (Variable *)object.object;
  const Tensor *tensor = variable->value;
  if (variable->base || tensor->flags || tensor->dtype != DTYPE_FLOAT64 || tensor->layout->ndim != count) return NULL;
  if (!tensor->data) return NULL; /* pending: a window may know a shorter way */
  if (writes && !tensor_is_unshared(tensor)) return NULL;
  if (!find_offset(tensor->layout, indices, &offset)) return NULL;
  return (double *)tensor->data + offset;
}

/* ---- closures */

/* Takes the object, and the subscript where it has been started. */
static Value read_part(Session *session, Value object, Subscript *subscript, bool started) {
  Value result = value_error();
  if (started) {
    result = subscript_read(session, object, subscript);
    subscript_finish(subscript);
  }
  value_unref(object);
  return result;
}

/* Takes the object. */
static Value apply_subscript(Closure *self, Value object, Value *frame, Session *session) {
  if (UNLIKELY(value_is_error(object))) return object;
  Subscript subscript;
  return read_part(session, object, &subscript, subscript_start(session, self, frame, &subscript));
}

static NOINLINE Value read_values(Closure *self, Value object, const Value *indices, Session *session) {
  Subscript subscript;
  return read_part(session, object, &subscript, subscript_from_values(session, self, indices, &subscript));
}

/* Only expressions stand between the brackets. */
static Value apply_element(Closure *self, Value object, Value *frame, Session *session) {
  Value indices[SUBSCRIPT_AXES];
  if (UNLIKELY(value_is_error(object))) return object;
  if (UNLIKELY(!subscript_values(session, self, frame, indices))) return value_unref(object), value_error();
  const double *element = subscript_element(object, indices, self->count, false);
  if (UNLIKELY(!element)) return read_values(self, object, indices, session);
  Value result = value_number(*element);
  value_unref(object);
  return result;
}

static Value run_subscript(Closure *self, Value *frame, Session *session) {
  return apply_subscript(self, closure_run(self->a, frame, session), frame, session);
}

static Value run_element(Closure *self, Value *frame, Session *session) {
  return apply_element(self, closure_run(self->a, frame, session), frame, session);
}

static Closure *compile_index(Compiler *compiler, Ast *ast) {
  if (ast->kind == AST_ELLIPSIS) return closure_new(compiler, ast, NULL);
  if (ast->kind != AST_SLICE) return compile_expression(compiler, ast);
  Closure *closure = closure_new(compiler, ast, NULL);
  if (!closure) return NULL;
  closure->children = compile_allocate(compiler, 3 * sizeof *closure->children);
  if (!closure->children) return NULL;
  for (int k = 0; k < 3; k++)
    if (ast->children[k] && !(closure->children[k] = compile_expression(compiler, ast->children[k]))) return NULL;
  return closure;
}

static bool only_expressions(const Ast *ast) {
  for (uint32_t k = 1; k < ast->count; k++)
    if (ast->children[k]->kind == AST_SLICE || ast->children[k]->kind == AST_ELLIPSIS) return false;
  return true;
}

Closure *compile_subscript_link(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_subscript);
  if (!closure || !closure_reserve(compiler, closure, ast->count - 1)) return NULL;
  for (uint32_t k = 0; k < closure->count; k++)
    if (!(closure->children[k] = compile_index(compiler, ast->children[k + 1]))) return NULL;
  closure->flag = closure->count <= SUBSCRIPT_AXES && only_expressions(ast);
  closure->apply = closure->flag ? apply_element : apply_subscript;
  closure->run = closure->flag ? run_element : run_subscript;
  return closure;
}

Closure *compile_subscript(Compiler *compiler, Ast *ast) {
  return compile_left(compiler, compile_subscript_link(compiler, ast), ast->children[0]);
}
