/* SPDX-License-Identifier: MIT */
/* compare.c: comparisons, as values and as conditions, with fast paths for plain numbers. */
#include "evaluator/compile.h"
#include "evaluator/failure.h"
#include "evaluator/operator.h"

typedef enum CompareForm { FORM_EE, FORM_EC, FORM_LC, FORM_LL, FORM_COUNT } CompareForm;

/* Takes a and b. */
static NOINLINE Value slow(Closure *self, Value a, Value b, Session *session) {
  if (!operands_are_bound(session, self, a, b)) return value_error();
  return operator_compare(session, self->ast->ops[0], a, b, self->ast, self->ast->children);
}

static const char *const words[] = {[CONDITION_IF] = "if", [CONDITION_WHILE] = "while", [CONDITION_ASSERT] = "assert",
                                    [CONDITION_AND] = "and", [CONDITION_OR] = "or", [CONDITION_NOT] = "not"};

void fail_condition(Session *session, Value value, ConditionWord word, const Ast *ast) {
  ShownText source, kind;
  ShapeText shape;
  Variable *variable = value_as_variable(value);
  shown_source(session, &source, ast->span);
  if (!variable) {
    fail_at(session, ast->span, ERROR_TYPE, "`%s` needs a single true/false, but `%s` is %s", words[word], source.text,
            shown_kind(session, &kind, value));
    if (word == CONDITION_ASSERT && ast->kind == AST_TUPLE && ast->count == 2)
      error_hint(&session->error, "write `assert condition, \"message\"`, without parentheses");
    return;
  }
  fail_at(session, ast->span, ERROR_VALUE, "`%s` needs a single true/false, but `%s` has shape %s", words[word],
          source.text, layout_text(&shape, variable_layout(variable)));
  if (word == CONDITION_IF) session->undecided = ast;
  error_hint(&session->error, "`all(%s)` or `any(%s)`", source.text, source.text);
}

/* 1, 0 or -1; takes the value. */
static NOINLINE int truth_of(Closure *self, Value value, Session *session) {
  Variable *variable = value_as_variable(value);
  int result = -1;
  if (variable && variable_layout(variable)->size == 1) {
    Tensor *tensor = variable_value(&session->graph, variable);
    if (tensor) result = tensor_number_at(tensor, 0) != 0;
  } else if (!value_is_error(value)) {
    fail_condition(session, value, (ConditionWord)self->op, self->ast);
  }
  value_unref(value);
  return result;
}

static inline int truth(Closure *self, Value value, Session *session) {
  if (LIKELY(value_is_bool(value) || value_is_number(value))) return value.number != 0;
  return truth_of(self, value, session);
}

/* Each form as a closure that gives a boolean and as a condition; they differ in what SLOW and FAILED give. */
#define OPERANDS_EE(SLOW, FAILED)                                                                   \
  Value a = closure_run(self->a, frame, session);                                                   \
  if (UNLIKELY(value_is_error(a))) return FAILED;                                                   \
  Value b = closure_run(self->b, frame, session);                                                   \
  if (UNLIKELY(((uintptr_t)a.object | (uintptr_t)b.object) != 0)) return SLOW(a, b);
#define OPERANDS_EC(SLOW, FAILED)                                                                   \
  Value a = closure_run(self->a, frame, session), b = self->constant;                               \
  if (UNLIKELY(a.object != NULL)) return SLOW(a, b);
#define OPERANDS_LC(SLOW, FAILED)                                                                   \
  Value a = frame[self->slot], b = self->constant;                                                  \
  if (UNLIKELY(a.object != NULL)) return SLOW(value_ref(a), b);
#define OPERANDS_LL(SLOW, FAILED)                                                                   \
  Value a = frame[self->slot], b = frame[self->other];                                              \
  if (UNLIKELY(((uintptr_t)a.object | (uintptr_t)b.object) != 0)) return SLOW(value_ref(a), value_ref(b));

#define SLOW_VALUE(a, b) slow(self, a, b, session)
#define SLOW_TEST(a, b) truth(self, slow(self, a, b, session), session)

#define RUN_FORM(name, form, OPERANDS, OPERATOR)                                                    \
  static Value name##_##form(Closure *self, Value *frame, Session *session) {                       \
    OPERANDS(SLOW_VALUE, value_error())                                                             \
    return value_bool(a.number OPERATOR b.number);                                                  \
  }                                                                                                 \
  static int name##_##form##_test(Closure *self, Value *frame, Session *session) {                  \
    OPERANDS(SLOW_TEST, -1)                                                                         \
    return a.number OPERATOR b.number;                                                              \
  }
#define RUN_FORMS(name, OPERATOR)                                                                   \
  RUN_FORM(name, EE, OPERANDS_EE, OPERATOR) RUN_FORM(name, EC, OPERANDS_EC, OPERATOR)               \
  RUN_FORM(name, LC, OPERANDS_LC, OPERATOR) RUN_FORM(name, LL, OPERANDS_LL, OPERATOR)

RUN_FORMS(equal, ==)
RUN_FORMS(not_equal, !=)
RUN_FORMS(less, <)
RUN_FORMS(less_equal, <=)
RUN_FORMS(greater, >)
RUN_FORMS(greater_equal, >=)

typedef struct Family { TokenKind token; RunFunction run[FORM_COUNT]; TestFunction test[FORM_COUNT]; } Family;
#define FAMILY(token, name)                                                                         \
  {token, {name##_EE, name##_EC, name##_LC, name##_LL},                                             \
   {name##_EE_test, name##_EC_test, name##_LC_test, name##_LL_test}}
static const Family families[] = {
  FAMILY(TOKEN_EQUAL, equal), FAMILY(TOKEN_NOT_EQUAL, not_equal), FAMILY(TOKEN_LESS, less),
  FAMILY(TOKEN_LESS_EQUAL, less_equal), FAMILY(TOKEN_GREATER, greater), FAMILY(TOKEN_GREATER_EQUAL, greater_equal)};

static const Family *find_family(TokenKind token) {
  for (size_t k = 0; k < sizeof families / sizeof *families; k++)
    if (families[k].token == token) return &families[k];
  return NULL;
}

/* ---- `in`, which takes values of all kinds */

static Value run_in(Closure *self, Value *frame, Session *session) {
  Value a = closure_run(self->a, frame, session);
  if (value_is_error(a)) return a;
  return slow(self, a, closure_run(self->b, frame, session), session);
}

/* ---- chains: every operand once; scalars stop at the first false, tensors are and-ed */

/* Takes all; the conjunction of what is known so far with one more comparison. */
static Value combine(Session *session, Value known, Value next, const Ast *ast) {
  if (value_is_error(next) || value_is_error(known)) {
    value_unref(known);
    value_unref(next);
    return value_error();
  }
  if (value_is_unbound(known)) return next;
  Ast *operands[2] = {ast->children[0], ast->children[1]};
  return operator_binary(session, OP_logical_and, known, next, ast, operands);
}

static bool is_false(Value v) { return value_is_bool(v) && v.number == 0; }

static Value run_chained(Closure *self, Value *frame, Session *session) {
  Value left = closure_run(self->children[0], frame, session), known = value_unbound();
  for (uint32_t k = 1; k < self->count && !is_false(known); k++) {
    if (value_is_error(left) || value_is_error(known)) break;
    Value right = closure_run(self->children[k], frame, session);
    if (value_is_error(right)) {
      value_unref(left);
      left = right;
      break;
    }
    Value next = operator_compare(session, self->ast->ops[k - 1], left, value_ref(right), self->ast,
                                  self->ast->children + k - 1);
    known = combine(session, known, next, self->ast);
    left = right;
  }
  if (!value_is_error(left)) {
    value_unref(left);
    return known;
  }
  value_unref(known);
  return left;
}

/* ---- compiling */

static CompareForm choose_form(Compiler *compiler, Closure *closure, const Ast *ast) {
  double number;
  bool local = tree_is_local(compiler, ast->children[0], &closure->slot);
  if (tree_is_number(ast->children[1], &number)) {
    closure->constant = value_number(number);
    return local ? FORM_LC : FORM_EC;
  }
  return local && tree_is_local(compiler, ast->children[1], &closure->other) ? FORM_LL : FORM_EE;
}

static Closure *compile_pair(Compiler *compiler, Ast *ast, bool test) {
  Closure *closure = closure_new(compiler, ast, run_in);
  if (!closure) return NULL;
  const Family *family = find_family(ast->ops[0]);
  CompareForm form = family ? choose_form(compiler, closure, ast) : FORM_EE;
  closure->data = (void *)(uintptr_t)compiler->owner;
  if (family && test) closure->test = family->test[form];
  else if (family) closure->run = family->run[form];
  if ((form == FORM_EE || form == FORM_EC) && !(closure->a = compile_expression(compiler, ast->children[0])))
    return NULL;
  if (form == FORM_EE && !(closure->b = compile_expression(compiler, ast->children[1]))) return NULL;
  return closure;
}

Closure *compile_compare(Compiler *compiler, Ast *ast) {
  if (ast->count == 2) return compile_pair(compiler, ast, false);
  Closure *closure = closure_new(compiler, ast, run_chained);
  return closure && compile_children(compiler, closure, ast->children, ast->count) ? closure : NULL;
}

/* ---- conditions */

static int test_value(Closure *self, Value *frame, Session *session) {
  return truth(self, closure_run(self->a, frame, session), session);
}

static int test_not(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->a, frame, session);
  return holds < 0 ? holds : !holds;
}

static int test_and(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->a, frame, session);
  return holds == 1 ? closure_test(self->b, frame, session) : holds;
}

static int test_or(Closure *self, Value *frame, Session *session) {
  int holds = closure_test(self->a, frame, session);
  return holds == 0 ? closure_test(self->b, frame, session) : holds;
}

static bool is_short(const Compiler *compiler) { return compiler->nesting < COMPILE_NESTING; }

Closure *compile_connection(Compiler *compiler, Ast *ast) {
  bool negated = ast->kind == AST_UNARY, both = ast->op == TOKEN_AND;
  ConditionWord word = negated ? CONDITION_NOT : both ? CONDITION_AND : CONDITION_OR;
  Closure *closure = closure_new(compiler, ast, NULL);
  if (!closure) return NULL;
  closure->test = negated ? test_not : both ? test_and : test_or;
  compiler->nesting++;
  closure->a = compile_condition(compiler, ast->children[0], word);
  if (closure->a && !negated) closure->b = compile_condition(compiler, ast->children[1], word);
  compiler->nesting--;
  return closure->a && (negated || closure->b) ? closure : NULL;
}

Closure *compile_condition(Compiler *compiler, Ast *ast, ConditionWord word) {
  bool connects = ast->kind == AST_LOGICAL || (ast->kind == AST_UNARY && ast->op == TOKEN_NOT);
  if (connects && is_short(compiler)) return compile_connection(compiler, ast);
  if (ast->kind == AST_COMPARE && ast->count == 2 && find_family(ast->ops[0])) {
    Closure *pair = compile_pair(compiler, ast, true);
    if (pair) pair->op = (uint16_t)word;
    return pair;
  }
  Closure *closure = closure_new(compiler, ast, NULL);
  if (!closure) return NULL;
  closure->test = test_value;
  closure->op = (uint16_t)word;
  closure->a = compile_expression(compiler, ast);
  return closure->a ? closure : NULL;
}
