/* SPDX-License-Identifier: MIT */
/* closure.h: the compiled tree.  Every node of a program becomes one closure: a C function, specialised by the form of
   its operands, with its slots, constants and children. */
#ifndef MGRAD_EVALUATOR_CLOSURE_H
#define MGRAD_EVALUATOR_CLOSURE_H
#include "evaluator/value.h"
#include "parser/ast.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define NOINLINE __attribute__((noinline))

/* What a statement does to the flow of control.  FLOW_RETURN: the value is in session->returned; FLOW_ERROR: the error
   is in session->error. */
typedef enum Flow { FLOW_NORMAL, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_ERROR } Flow;

typedef struct Closure Closure;
/* Expressions give an owned value or the error value.  `frame` holds the names of the running function; at the top
   level it is the array of globals. */
typedef Value (*RunFunction)(Closure *self, Value *frame, Session *session);
typedef Flow (*ExecuteFunction)(Closure *self, Value *frame, Session *session); /* statements */
typedef int (*TestFunction)(Closure *self, Value *frame, Session *session); /* conditions: 1, 0, or -1 for an error */
/* One link of a long left spine: what the closure does with the value of its left operand (taken, never an error). */
typedef Value (*ApplyFunction)(Closure *self, Value subject, Value *frame, Session *session);

struct Closure {
  union { RunFunction run; ExecuteFunction execute; TestFunction test; };
  Closure *a, *b;            /* operands */
  uint32_t slot, other;      /* frame slots of operands that are names */
  uint32_t target;           /* frame slot that a statement assigns */
  uint16_t op;               /* OpId or TokenKind */
  uint8_t form;              /* OperandForm of arithmetic */
  bool flag;
  Value constant;            /* borrowed from the program */
  Value *cell;               /* a global; never moves */
  union { UnaryDouble unary; BinaryDouble binary; };
  ApplyFunction apply;
  Ast *ast;                  /* for places and names in errors */
  Closure **children;
  uint32_t count;
  void *data;                /* what only one kind of closure needs */
};

static inline Value closure_run(Closure *closure, Value *frame, Session *session) {
  return closure->run(closure, frame, session);
}
static inline Flow closure_execute(Closure *closure, Value *frame, Session *session) {
  return closure->execute(closure, frame, session);
}
static inline int closure_test(Closure *closure, Value *frame, Session *session) {
  return closure->test(closure, frame, session);
}

/* Puts an owned value into a name's place and drops the old one; FLOW_ERROR when it is the error value. */
static inline Flow closure_store(Value *place, Value value) {
  if (UNLIKELY(value_is_error(value))) return FLOW_ERROR;
  Object *old = place->object;
  *place = value;
  if (UNLIKELY(old != NULL) && --old->references == 0) object_destroy(old);
  return FLOW_NORMAL;
}

#endif
