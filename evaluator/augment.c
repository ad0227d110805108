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
static bool counts_as_number(const Graph *graph, Value old, Value value) {
  bool alone = old.object->references <= 2 && is_scalar(value);
  return !alone && stand_in_is_number(graph, (Variable *)old.object);
}

/* Takes both. */
static Value bind_anew(Session *session, OpId op, Value old, Value value, const Ast *ast, Ast *const *operands) {
  Value result = operator_binary(session, op, old, value, ast, operands);
  Variable *variable = value_as_variable(result);
  if (variable && is_scalar(result) && variable_dtype(variable) == DTYPE_FLOAT64) stand_in_mark(variable);
  return result;
}

Value operator_augment(Session *session, OpId op, Value old, Value value, const Ast *ast, Ast *const *operands) {
  bool number = value_is_number(value) || value_is_bool(value);
  if (!value_is(old, KIND_VARIABLE) || !(number || value_is(value, KIND_VARIABLE)))
    return operator_binary(session, op, old, value, ast, operands);
  if (counts_as_number(&session->graph, old, value)) return bind_anew(session, op, old, value, ast, operands);
  Tensor *operand = value_to_tensor(session, value);
  session->graph.span = ast->span;
  bool written = operand && variable_write_op(&session->graph, (Variable *)old.object, op, operand);
  bool unseen = old.object->references == 1; /* x.data, which stands for numbers alone */
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
