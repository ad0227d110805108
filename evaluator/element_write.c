/* SPDX-License-Identifier: MIT */
/* element_write.c: x[i] = e and x[i] += e. */
#include "evaluator/cut.h"
#include "evaluator/failure.h"
#include "evaluator/operator.h"
#include "evaluator/subscript.h"

static bool fail_object(Session *session, Value object, const Subscript *subscript) {
  const Ast *ast = subscript->ast->children[0];
  ShownText kind;
  bool fixed = value_is(object, KIND_TUPLE) || value_is(object, KIND_STRING) || value_is(object, KIND_RANGE);
  shown_kind(session, &kind, object);
  fail_at(session, ast->span, ERROR_TYPE, fixed ? "%s cannot be changed" : "%s has no elements to assign", kind.text);
  if (value_is(object, KIND_TUPLE))
    error_hint(&session->error, "make a new one, or use a tensor `[1, 2]` or a record `{a: 1}`");
  else if (fixed) error_hint(&session->error, "make a new one");
  return false;
}

/* `only_checks`, here and below: whether it could be written. */
static bool write_record(Session *session, Record *record, Subscript *subscript, Value value, bool only_checks) {
  if (!value_is(subscript->single, KIND_STRING)) {
    fail_at(session, subscript->ast->span, ERROR_INDEX, "a record is indexed by the name of a field: `r[\"name\"]`");
    return false;
  }
  const String *key = (String *)subscript->single.object;
  return only_checks || record_set(session, record, key->text, key->length, value_ref(value));
}

static bool check_items(Session *session, const Subscript *subscript) {
  if (!value_is(subscript->single, KIND_STRING)) return true;
  fail_at(session, subscript->ast->children[1]->span, ERROR_INDEX, "a tensor cannot be indexed by a string");
  return false;
}

static bool write_tensor(Session *session, Variable *variable, Subscript *subscript, Value value, bool only_checks) {
  if (!check_items(session, subscript)) return false;
  Tensor *tensor = value_to_tensor(session, value);
  Index index = {subscript->count, subscript->items};
  session->graph.span = subscript->ast->span;
  bool written = tensor && (only_checks ? variable_check_index(&session->graph, variable, &index, tensor)
                                        : variable_write_index(&session->graph, variable, &index, tensor));
  tensor_unref(tensor);
  return written;
}

/* Shapes are those of the selected part, which has no name; indices and types are matters of the tensor itself.  A type
   is not the fault of the first index. */
static bool fail_write(Session *session, Subscript *subscript) {
  if (session->error.kind == ERROR_SHAPE) error_map_operands(&session->error, 0, NULL);
  if (session->error.kind == ERROR_TYPE) session->error.operand = -1;
  subscript_fail(session, subscript);
  return false;
}

static bool finish_write(Session *session, Value object, Subscript *subscript, bool written) {
  const Ast *ast = subscript->ast;
  if (!written) return fail_write(session, subscript);
  if (value_is(object, KIND_VARIABLE))
    cut_check_write(session, (Variable *)object.object, ast->children[0]->span, ast->span);
  return true;
}

static bool write_part(Session *session, Value object, Subscript *subscript, Value value, bool only_checks) {
  bool written;
  if (value_is(object, KIND_VARIABLE))
    written = write_tensor(session, (Variable *)object.object, subscript, value, only_checks);
  else if (value_is(object, KIND_RECORD))
    written = write_record(session, (Record *)object.object, subscript, value, only_checks);
  else written = fail_object(session, object, subscript);
  return finish_write(session, object, subscript, written);
}

bool subscript_write(Session *session, Value object, Subscript *subscript, Value value) {
  return write_part(session, object, subscript, value, false);
}

/* ---- x[i] OP= value */

/* Whole numbers and slices: the part is a view, and is written in place. */
static bool augment_window(Session *session, Variable *variable, const IndexPlan *plan, OpId op, Tensor *operand) {
  Variable *view = variable_window(&session->graph, variable, plan->layout, plan->offset, false);
  bool written = view && variable_write_op(&session->graph, view, op, operand);
  variable_unref(view);
  return written;
}

static bool keeps_shape(Session *session, const Tensor *before, const Tensor *after) {
  if (layout_same_shape(before->layout, after->layout)) return true;
  ShapeText from, into;
  session_fail(session, ERROR_SHAPE, "cannot write %s into the selected elements of %s",
               layout_phrase(&from, after->layout), layout_phrase(&into, before->layout));
  return false;
}

/* Index tensors and masks: the elements are read, changed and written back. */
static bool augment_gathered(Session *session, Value object, Subscript *subscript, OpId op, Tensor *operand) {
  Value old = subscript_read(session, object, subscript);
  Tensor *before = value_is_error(old) ? NULL : value_to_tensor(session, old);
  Tensor *after = before ? op_apply2(&session->graph, op, before, operand, NULL) : NULL;
  Index index = {subscript->count, subscript->items};
  bool written = after && keeps_shape(session, before, after) &&
                 variable_write_index(&session->graph, (Variable *)object.object, &index, after);
  tensor_unref(after);
  tensor_unref(before);
  value_unref(old);
  return written;
}

static bool augment_tensor(Session *session, Value object, Subscript *subscript, OpId op, Value value) {
  Variable *variable = (Variable *)object.object;
  Index index = {subscript->count, subscript->items};
  IndexPlan plan;
  if (!check_items(session, subscript) ||
      !index_plan(&session->runtime, variable_layout(variable), &index, &plan))
    return false;
  Tensor *operand = value_to_tensor(session, value);
  session->graph.span = subscript->ast->span;
  bool written = operand && (plan.index_count ? augment_gathered(session, object, subscript, op, operand)
                                              : augment_window(session, variable, &plan, op, operand));
  tensor_unref(operand);
  index_plan_free(&plan);
  return written;
}

static bool augment_record(Session *session, Value object, Subscript *subscript, OpId op, Value value, const Ast *ast) {
  Value old = subscript_read(session, object, subscript);
  if (value_is_error(old)) return false;
  Value after = operator_augment(session, op, old, value_ref(value), ast, ast->children);
  bool written = !value_is_error(after) && write_record(session, (Record *)object.object, subscript, after, false);
  value_unref(after);
  return written;
}

bool subscript_augment(Session *session, Value object, Subscript *subscript, OpId op, Value value, const Ast *ast) {
  bool written;
  if (value_is(object, KIND_VARIABLE)) written = augment_tensor(session, object, subscript, op, value);
  else if (value_is(object, KIND_RECORD)) written = augment_record(session, object, subscript, op, value, ast);
  else written = fail_object(session, object, subscript);
  return finish_write(session, object, subscript, written);
}

bool subscript_check(Session *session, Value object, Subscript *subscript, Value value) {
  return write_part(session, object, subscript, value, true);
}
