/* SPDX-License-Identifier: MIT */
/* augment.c: `old OP= value`. */
#include "autodiff/stand_in.h"
#include "evaluator/cut.h"
#include "evaluator/failure.h"
#include "evaluator/operator.h"

static bool is_scalar(Value v) {
  const Variable *variable = value_as_variable(v);
  return !variable || variable_layout(variable)->ndim == 0;
}

/* A scalar that nobody else has (there are the name and the statement) is the same in place and anew. */
static bool counts_as_number(Value old, Value value) {
  bool alone = old.object->references <= 2 && is_scalar(value);
  return !alone && stand_in_is_number((const Variable *)old.object);
}

/* The same number in a cell of its own, for a write without a record, after which it stays connected.  Takes `old`. */
static Value own_cell(Session *session, Value old) {
  Graph *graph = &session->graph;
  bool recording = graph->recording;
  graph->recording = true;
  Tensor *same = op_apply1(graph, OP_positive, ((const Variable *)old.object)->value, NULL);
  graph->recording = recording;
  value_unref(old);
  return value_object_or_error(same ? variable_new_take(graph, same) : NULL);
}

Value operator_augment(Session *session, OpId op, Value old, Value value, const Ast *ast, Ast *const *operands) {
  bool number = value_is_number(value) || value_is_bool(value);
  if (!value_is(old, KIND_VARIABLE) || !(number || value_is(value, KIND_VARIABLE)))
    return operator_binary(session, op, old, value, ast, operands);
  bool unseen = old.object->references == 1; /* x.data, which stands for numbers alone */
  if (counts_as_number(old, value)) {
    if (session->graph.recording || !is_scalar(value)) return operator_binary(session, op, old, value, ast, operands);
    old = own_cell(session, old);
    if (value_is_error(old)) return value_unref(value), old;
  }
  Tensor *operand = value_to_tensor(session, value);
  session->graph.span = ast->span;
  bool written = operand && variable_write_op(&session->graph, (Variable *)old.object, op, operand);
  if (unseen) session->cuts = session->graph.cuts;
  else if (written) cut_check_write(session, (Variable *)old.object, operands[0]->span, operands[0]->span);
  if (op == OP_add && written)
    operator_warn_empty_sum(session, variable_layout((Variable *)old.object), operand->layout, ast, operands);
  tensor_unref(operand);
  if (!written) fail_binary(session, ast, operands, old, value);
  machine_check_warning(session, ast->op_span);
  value_unref(value);
  if (written) return old;
  value_unref(old);
  return value_error();
}
