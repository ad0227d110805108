/* SPDX-License-Identifier: MIT */
/* operator.h: operators on values of any type: the way that the fast paths for plain numbers leave to. */
#ifndef MGRAD_EVALUATOR_OPERATOR_H
#define MGRAD_EVALUATOR_OPERATOR_H
#include "evaluator/closure.h"

/* Takes a and b (either may be the error value); owned result.  `operands` are the trees of a and b, `ast` the whole.
 */
Value operator_binary(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands);
/* `old OP= value`: a tensor is written in place and comes back, anything else gives a new value.  Takes both. */
Value operator_augment(Session *session, OpId op, Value old, Value value, const Ast *ast, Ast *const *operands);
Value operator_unary(Session *session, OpId op, Value x, const Ast *ast); /* ast: the operator or the call */
/* Warns of `losses + [i]` of an empty tensor: sizes 0 and 1 go together, and nothing is appended. */
RARE void operator_warn_empty_sum(Session *session, const Layout *x, const Layout *y, const Ast *ast,
                                  Ast *const *operands);
/* `a OP b` for a comparison; op may be OP_none for `in`. */
Value operator_compare(Session *session, TokenKind token, Value a, Value b, const Ast *ast, Ast *const *operands);

/* Whether the operands of a closure (either may be the error value) have values.  If not, records which name has none,
   and takes the other one. */
bool operands_bound(Session *session, const Closure *closure, Value a, Value b);
static inline bool operands_are_bound(Session *session, const Closure *closure, Value a, Value b) {
  return LIKELY(!value_is_unbound(a) && !value_is_unbound(b)) || operands_bound(session, closure, a, b);
}

/* The operation of the table that a token stands for; OP_none: none. */
OpId operator_of_token(TokenKind token);
const char *operator_spelling(OpId op); /* "+"; NULL: it has no operator between two operands */

/* Whether nobody need be warned of a result.  A nan of operands that are none goes the way of tensors, which warns. */
static inline bool operator_is_plain(double left, double right, double result) {
  return LIKELY(result == result) || left != left || right != right;
}

/* A tracked float64 scalar: the operand of the scalar path; NULL: anything else. */
static inline Tensor *operator_scalar(Value v) {
  if (!value_is(v, KIND_VARIABLE)) return NULL;
  Variable *variable = (Variable *)v.object;
  Tensor *tensor = variable->value;
  enum { WANTED = TENSOR_INLINE | TENSOR_TRACKED };
  if (variable->base || (tensor->flags & WANTED) != WANTED || tensor->dtype != DTYPE_FLOAT64 ||
      tensor->layout != &layout_scalar)
    return NULL;
  return tensor;
}

/* A tensor of several elements that needs no looking up, since a variable owns it; NULL: something else. */
static inline Tensor *operator_tensor(Value v) {
  if (!value_is(v, KIND_VARIABLE)) return NULL;
  const Variable *variable = (const Variable *)v.object;
  return variable->base || variable->value->flags & TENSOR_INLINE ? NULL : variable->value;
}

/* operator_binary for the operands of a closure, an operator's or a call's: they may be unbound, too. */
Value operator_apply(const Closure *closure, Value a, Value b, Session *session);

#endif
