/* SPDX-License-Identifier: MIT */
/* subscript.c: evaluating what stands between brackets. */
#include "evaluator/subscript.h"
#include <math.h>
#include "evaluator/compile.h"
#include "evaluator/failure.h"
#include "evaluator/literal.h"

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
  fail_at(session, tree->span, ERROR_INDEX, "index must be a whole number, got %s", buffer_text(&text));
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

/* One value; a tuple that is the only item stands for its items. */
static bool add_value(Session *session, Subscript *subscript, Value value, Ast *tree, bool alone) {
  if (value_is_number(value)) return add_integer(session, subscript, value.number, tree);
  if (value_is_none(value)) return add_item(session, subscript, (IndexItem){.kind = INDEX_NEW_AXIS}, tree);
  if (value_is(value, KIND_TUPLE) && alone) {
    const Tuple *tuple = (Tuple *)value.object;
    for (uint32_t k = 0; k < tuple->count; k++)
      if (!add_value(session, subscript, tuple->items[k], tree, false)) return false;
    return true;
  }
  if (value_is_bool(value) || value_is(value, KIND_VARIABLE) || value_is(value, KIND_TUPLE) || value_is(value, KIND_RANGE))
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
    return value_is(value, KIND_STRING) || add_value(session, subscript, value, index->ast, true);
  }
  bool added = add_value(session, subscript, value, index->ast, false);
  value_unref(value);
  return added;
}

bool subscript_start(Session *session, Closure *self, Value *frame, Subscript *subscript) {
  subscript->ast = self->ast;
  subscript->single = value_unbound();
  subscript->count = subscript->held_count = 0;
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

/* ---- closures */

/* An element of a constant float64 vector or matrix by whole numbers, which needs no plan; false: anything else. */
static inline bool read_element(Value object, Value first, Value *element) {
  if (!value_is(object, KIND_VARIABLE) || !value_is_number(first)) return false;
  const Variable *variable = (Variable *)object.object;
  if (variable->base) return false;
  const Tensor *tensor = variable->value;
  const Layout *layout = tensor->layout;
  if (tensor->flags || tensor->dtype != DTYPE_FLOAT64 || layout->ndim != 1) return false;
  int64_t position = first.number >= -9e15 && first.number <= 9e15 ? (int64_t)first.number : INT64_MAX;
  if ((double)position != first.number) return false;
  if (position < 0) position += layout->size;
  if (position < 0 || position >= layout->size) return false;
  *element = value_number(((const double *)tensor_data(tensor))[position * layout_strides(layout)[0]]);
  return true;
}

static Value read_general(Closure *self, Value object, Value *frame, Session *session) {
  Subscript subscript;
  Value result = value_error();
  if (subscript_start(session, self, frame, &subscript)) {
    result = subscript_read(session, object, &subscript);
    subscript_finish(&subscript);
  }
  value_unref(object);
  return result;
}

/* Takes the object. */
static Value apply_subscript(Closure *self, Value object, Value *frame, Session *session) {
  if (UNLIKELY(value_is_error(object))) return object;
  return read_general(self, object, frame, session);
}

/* One index that is an expression; when the quick way fails, its value stands for the expression. */
static Value apply_single(Closure *self, Value object, Value *frame, Session *session) {
  if (UNLIKELY(value_is_error(object))) return object;
  Value index = closure_run(self->children[0], frame, session), element;
  if (LIKELY(read_element(object, index, &element))) {
    value_unref(object);
    return element;
  }
  Subscript subscript = {.ast = self->ast, .single = index};
  Value result = value_error();
  if (!value_is_error(index) &&
      (value_is(index, KIND_STRING) || add_value(session, &subscript, index, self->children[0]->ast, true)))
    result = subscript_read(session, object, &subscript);
  subscript_finish(&subscript);
  value_unref(object);
  return result;
}

static Value run_subscript(Closure *self, Value *frame, Session *session) {
  return apply_subscript(self, closure_run(self->a, frame, session), frame, session);
}

static Value run_single(Closure *self, Value *frame, Session *session) {
  return apply_single(self, closure_run(self->a, frame, session), frame, session);
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

Closure *compile_subscript_link(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, run_subscript);
  if (!closure) return NULL;
  closure->count = ast->count - 1;
  closure->children = compile_allocate(compiler, closure->count * sizeof *closure->children + 1);
  if (!closure->children) return NULL;
  for (uint32_t k = 0; k < closure->count; k++)
    if (!(closure->children[k] = compile_index(compiler, ast->children[k + 1]))) return NULL;
  bool single = closure->count == 1 && ast->children[1]->kind != AST_SLICE && ast->children[1]->kind != AST_ELLIPSIS;
  closure->apply = single ? apply_single : apply_subscript;
  closure->run = single ? run_single : run_subscript;
  return closure;
}

Closure *compile_subscript(Compiler *compiler, Ast *ast) {
  Closure *closure = compile_subscript_link(compiler, ast);
  if (!closure) return NULL;
  closure->a = compile_expression(compiler, ast->children[0]);
  return closure->a ? closure : NULL;
}
