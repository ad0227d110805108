/* SPDX-License-Identifier: MIT */
/* arithmetic.c: + - * / and their kin on plain numbers, one closure per operator and form of operands.

   The forms: E an expression, L a name in the frame, C a number; the first letter is the left operand.  Everything that
   is not two plain numbers leaves to operator_apply. */
#include "evaluator/compile.h"
#include "evaluator/failure.h"
#include "evaluator/operator.h"

typedef enum OperandForm {
  FORM_EE, FORM_EC, FORM_EL, FORM_LC, FORM_LL, FORM_LE, FORM_CE, FORM_CL, FORM_COUNT
} OperandForm;

static inline bool both_numbers(Value a, Value b) {
  return LIKELY(((uintptr_t)a.object | (uintptr_t)b.object) == 0);
}

/* COMPUTE, the value of the operator on numbers a and b, in each form; RUN_FORMS makes a closure that gives it and one
   that assigns it. */
#define RUN_FORM(name, form, OPERANDS, COMPUTE)                                                     \
  static inline Value name##_##form##_value(Closure *self, Value *frame, Session *session) {        \
    OPERANDS                                                                                        \
    return COMPUTE;                                                                                 \
  }                                                                                                 \
  static Value name##_##form(Closure *self, Value *frame, Session *session) {                       \
    return name##_##form##_value(self, frame, session);                                             \
  }                                                                                                 \
  static Flow name##_##form##_store(Closure *self, Value *frame, Session *session) {                \
    return closure_store(&frame[self->target], name##_##form##_value(self, frame, session));        \
  }

#define OPERANDS_EE                                                                                 \
  Value a = closure_run(self->a, frame, session);                                                   \
  if (UNLIKELY(value_is_error(a))) return a;                                                        \
  Value b = closure_run(self->b, frame, session);                                                   \
  if (!both_numbers(a, b)) return operator_apply(self, a, b, session);
#define OPERANDS_EC                                                                                 \
  Value a = closure_run(self->a, frame, session), b = self->constant;                               \
  if (UNLIKELY(a.object != NULL)) return operator_apply(self, a, b, session);
#define OPERANDS_EL                                                                                 \
  Value a = closure_run(self->a, frame, session), b = frame[self->other];                           \
  if (!both_numbers(a, b)) return operator_apply(self, a, value_ref(b), session);
#define OPERANDS_LC                                                                                 \
  Value a = frame[self->slot], b = self->constant;                                                  \
  if (UNLIKELY(a.object != NULL)) return operator_apply(self, value_ref(a), b, session);
#define OPERANDS_LL                                                                                 \
  Value a = frame[self->slot], b = frame[self->other];                                              \
  if (!both_numbers(a, b)) return operator_apply(self, value_ref(a), value_ref(b), session);
#define OPERANDS_LE                                                                                 \
  Value a = value_ref(frame[self->slot]), b = closure_run(self->b, frame, session);                 \
  if (!both_numbers(a, b)) return operator_apply(self, a, b, session);
#define OPERANDS_CE                                                                                 \
  Value a = self->constant, b = closure_run(self->b, frame, session);                               \
  if (UNLIKELY(b.object != NULL)) return operator_apply(self, a, b, session);
#define OPERANDS_CL                                                                                 \
  Value a = self->constant, b = frame[self->other];                                                 \
  if (UNLIKELY(b.object != NULL)) return operator_apply(self, a, value_ref(b), session);

#define RUN_FORMS(name, COMPUTE)                                                                    \
  RUN_FORM(name, EE, OPERANDS_EE, COMPUTE) RUN_FORM(name, EC, OPERANDS_EC, COMPUTE)                 \
  RUN_FORM(name, EL, OPERANDS_EL, COMPUTE) RUN_FORM(name, LC, OPERANDS_LC, COMPUTE)                 \
  RUN_FORM(name, LL, OPERANDS_LL, COMPUTE) RUN_FORM(name, LE, OPERANDS_LE, COMPUTE)                 \
  RUN_FORM(name, CE, OPERANDS_CE, COMPUTE) RUN_FORM(name, CL, OPERANDS_CL, COMPUTE)                 \
  static Value name##_apply_constant(Closure *self, Value a, Value *frame, Session *session) {      \
    (void)frame;                                                                                    \
    Value b = self->constant;                                                                       \
    if (UNLIKELY(a.object != NULL)) return operator_apply(self, a, b, session);                     \
    return COMPUTE;                                                                                 \
  }                                                                                                 \
  static Value name##_apply(Closure *self, Value a, Value *frame, Session *session) {               \
    Value b = closure_run(self->b, frame, session);                                                 \
    if (!both_numbers(a, b)) return operator_apply(self, a, b, session);                            \
    return COMPUTE;                                                                                 \
  }

/* Whole positive numbers, which are what programs take remainders of, need no fmod. */
static inline double remainder_of(const Closure *self, double x, double y) {
  if (LIKELY(x >= 1 && x < 9e15 && y >= 1 && y < 9e15)) {
    int64_t m = (int64_t)x, n = (int64_t)y;
    if (LIKELY((double)m == x && (double)n == y)) return (double)(m % n);
  }
  return self->binary(x, y);
}

static NOINLINE Value power_of_negative(Closure *self, Value a, Value b, Session *session) {
  double result = self->binary(a.number, b.number);
  return operator_is_plain(a.number, b.number, result) ? value_number(result) : operator_apply(self, a, b, session);
}

/* Only of negative numbers a power can be nan; nothing else is kept over the call. */
static inline Value power_of(Closure *self, Value a, Value b, Session *session) {
  if (UNLIKELY(a.number < 0)) return power_of_negative(self, a, b, session);
  return value_number(self->binary(a.number, b.number));
}

RUN_FORMS(add, value_number(a.number + b.number))
RUN_FORMS(subtract, value_number(a.number - b.number))
RUN_FORMS(multiply, value_number(a.number * b.number))
RUN_FORMS(divide, value_number(a.number / b.number))
RUN_FORMS(floor_divide, value_number(self->binary(a.number, b.number)))
RUN_FORMS(remainder, value_number(remainder_of(self, a.number, b.number)))
RUN_FORMS(power, power_of(self, a, b, session))

/* Operators that plain numbers do not take by a fast path: matmul, and the logical ones, which give booleans. */
static Value general_EE(Closure *self, Value *frame, Session *session) {
  Value a = closure_run(self->a, frame, session);
  if (UNLIKELY(value_is_error(a))) return a;
  return operator_apply(self, a, closure_run(self->b, frame, session), session);
}
static Value general_apply(Closure *self, Value a, Value *frame, Session *session) {
  return operator_apply(self, a, closure_run(self->b, frame, session), session);
}

typedef struct Family {
  OpId op;
  RunFunction run[FORM_COUNT];
  ExecuteFunction store[FORM_COUNT];
  ApplyFunction apply, apply_constant;
} Family;

#define FAMILY(op, name)                                                                            \
  {op, {name##_EE, name##_EC, name##_EL, name##_LC, name##_LL, name##_LE, name##_CE, name##_CL},    \
   {name##_EE_store, name##_EC_store, name##_EL_store, name##_LC_store, name##_LL_store,            \
    name##_LE_store, name##_CE_store, name##_CL_store}, name##_apply, name##_apply_constant}

static const Family families[] = {
  FAMILY(OP_add, add), FAMILY(OP_subtract, subtract), FAMILY(OP_multiply, multiply), FAMILY(OP_divide, divide),
  FAMILY(OP_floor_divide, floor_divide), FAMILY(OP_remainder, remainder), FAMILY(OP_power, power),
};
enum { FAMILY_COUNT = sizeof families / sizeof *families };

static const Family *find_family(OpId op) {
  for (int k = 0; k < FAMILY_COUNT; k++)
    if (families[k].op == op) return &families[k];
  return NULL;
}

typedef enum Operand { OPERAND_EXPRESSION, OPERAND_LOCAL, OPERAND_CONSTANT } Operand;

static Operand classify(Compiler *compiler, const Ast *ast, uint32_t *slot, Value *constant) {
  double number = 0;
  if (tree_is_number(ast, &number)) {
    *constant = value_number(number);
    return OPERAND_CONSTANT;
  }
  return tree_is_local(compiler, ast, slot) ? OPERAND_LOCAL : OPERAND_EXPRESSION;
}

static OperandForm choose_form(Operand left, Operand right) {
  static const OperandForm forms[3][3] = {
    [OPERAND_EXPRESSION] = {FORM_EE, FORM_EL, FORM_EC},
    [OPERAND_LOCAL] = {FORM_LE, FORM_LL, FORM_LC},
    [OPERAND_CONSTANT] = {FORM_CE, FORM_CL, FORM_EC}};
  return forms[left][right];
}

static bool needs_left(OperandForm form) { return form == FORM_EE || form == FORM_EC || form == FORM_EL; }
static bool needs_right(OperandForm form) { return form == FORM_EE || form == FORM_LE || form == FORM_CE; }

static Closure *new_arithmetic(Compiler *compiler, Ast *ast) {
  Closure *closure = closure_new(compiler, ast, general_EE);
  if (!closure) return NULL;
  closure->op = (uint16_t)operator_of_token((TokenKind)ast->op);
  closure->apply = general_apply;
  closure->data = (void *)(uintptr_t)compiler->owner;
  return closure;
}

Closure *compile_arithmetic(Compiler *compiler, Ast *ast) {
  Closure *closure = new_arithmetic(compiler, ast);
  if (!closure) return NULL;
  const Family *family = find_family((OpId)closure->op);
  OperandForm form = FORM_EE;
  if (family) {
    Operand left = classify(compiler, ast->children[0], &closure->slot, &closure->constant);
    Operand right = classify(compiler, ast->children[1], &closure->other, &closure->constant);
    form = choose_form(left, right);
    closure->run = family->run[form];
    closure->binary = op_binary_double[closure->op];
  }
  closure->form = (uint8_t)form;
  if (needs_left(form) && !(closure->a = compile_expression(compiler, ast->children[0]))) return NULL;
  if (needs_right(form) && !(closure->b = compile_expression(compiler, ast->children[1]))) return NULL;
  return closure;
}

Closure *compile_arithmetic_link(Compiler *compiler, Ast *ast) {
  Closure *closure = new_arithmetic(compiler, ast);
  if (!closure) return NULL;
  const Family *family = find_family((OpId)closure->op);
  if (family) {
    double number;
    closure->binary = op_binary_double[closure->op];
    closure->apply = family->apply;
    if (tree_is_number(ast->children[1], &number)) {
      closure->apply = family->apply_constant;
      closure->constant = value_number(number);
      return closure;
    }
  }
  closure->b = compile_expression(compiler, ast->children[1]);
  return closure->b ? closure : NULL;
}

ExecuteFunction arithmetic_store(const Closure *closure) {
  if (closure->ast->kind != AST_BINARY) return NULL;
  const Family *family = find_family((OpId)closure->op);
  if (!family || closure->run != family->run[closure->form]) return NULL;
  return family->store[closure->form];
}
