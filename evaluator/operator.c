/* SPDX-License-Identifier: MIT */
/* operator.c: operators on values of any type. */
#include "evaluator/operator.h"
#include "evaluator/wanted.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "autodiff/quick.h"
#include "autodiff/rule.h"
#include "evaluator/builtins/library.h"
#include "evaluator/builtins/note.h"
#include "evaluator/failure.h"

OpId operator_of_token(TokenKind token) {
  static const uint16_t operations[TOKEN_COUNT] = {
#define TOKEN(name, spelling, spoken, operation) [TOKEN_##name] = OP_##operation,
#define KEYWORD(name, spelling) [TOKEN_##name] = OP_none,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
  };
  return (OpId)operations[token];
}

const char *operator_spelling(OpId op) {
  for (TokenKind token = 0; op != OP_none && token < TOKEN_COUNT; token++)
    if (operator_of_token(token) == op && *token_spelling(token)) return token_spelling(token);
  return NULL;
}

bool operands_bound(Session *session, const Closure *closure, Value a, Value b) {
  Value operands[2] = {a, b};
  for (int k = 0; k < 2; k++) {
    if (!value_is_unbound(operands[k]) || value_is_error(operands[1 - k])) continue;
    value_unref(operands[1 - k]);
    fail_unbound(session, closure->ast->children[k], closure->data, false);
    return false;
  }
  return true;
}

/* "cannot VERB a LINK b"; `swapped`: the right operand is named first. */
typedef struct Phrase { OpId op; const char *verb, *link; bool swapped; } Phrase;
static const Phrase phrases[] = {
  {OP_add, "add", "and", false}, {OP_subtract, "subtract", "from", true}, {OP_multiply, "multiply", "by", false},
  {OP_divide, "divide", "by", false}, {OP_floor_divide, "divide", "by", false},
  {OP_remainder, "take the remainder of", "by", false},
  {OP_power, "raise", "to the power of", false}, {OP_matmul, "multiply", "by", false},
  {OP_logical_and, "combine", "and", false}, {OP_logical_or, "combine", "and", false}};

static const Phrase *phrase_of(OpId op) {
  for (size_t k = 0; k < sizeof phrases / sizeof *phrases; k++)
    if (phrases[k].op == op) return &phrases[k];
  return &phrases[0];
}

static bool is_tensor_like(Value v) {
  return value_is_number(v) || value_is_bool(v) || value_is(v, KIND_VARIABLE);
}

/* ---- errors */

static void hint_none(Session *session, const Ast *operand) {
  Buffer text = {0};
  if (!asks_gradient(operand)) return;
  gradient_missing(&text, &session->graph, "it");
  error_hint(&session->error, "%s", buffer_text(&text));
  buffer_free(&text);
}

static void hint_operand(Session *session, Value value, const Ast *ast, const Ast *operand) {
  if (value_is_none(value)) hint_none(session, operand);
  else if (value_is_function(value)) hint_uncalled(session, ast, operand);
  else if (value_is(value, KIND_TUPLE) || value_is(value, KIND_RANGE))
    error_hint(&session->error, "`tensor(...)` makes a tensor of it");
}

/* Takes a and b. */
static Value fail_types(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands) {
  const Phrase *phrase = phrase_of(op);
  ShownText left, right;
  shown_kind(session, &left, a);
  shown_kind(session, &right, b);
  const ShownText *first = phrase->swapped ? &right : &left, *second = phrase->swapped ? &left : &right;
  error_set(&session->error, ERROR_TYPE, "cannot %s %s %s %s", phrase->verb, first->text, phrase->link, second->text);
  if (op == OP_remainder && value_is(a, KIND_STRING))
    error_hint(&session->error, "values are put into a text by f\"x = {x:.3f}\"");
  else if (op == OP_add && value_is(a, KIND_STRING) != value_is(b, KIND_STRING))
    error_hint(&session->error, "`str(x)` is the text of a value; or write f\"x = {x}\"");
  else hint_operand(session, is_tensor_like(a) ? b : a, ast, is_tensor_like(a) ? operands[1] : operands[0]);
  Value failed = fail_binary(session, ast, operands, value_unbound(), value_unbound());
  value_unref(a);
  value_unref(b);
  return failed;
}

/* ---- tensors */

/* Owned; NULL: error recorded. */
static Tensor *tensor_of(Session *session, Value v) {
  if (value_is_number(v)) return tensor_new_number(&session->runtime, DTYPE_FLOAT64, v.number);
  if (value_is_bool(v)) return tensor_new_number(&session->runtime, DTYPE_BOOL, v.number);
  Tensor *tensor = variable_value(&session->graph, (Variable *)v.object);
  return tensor ? tensor_ref(tensor) : NULL;
}

/* The tensor of a temporary: a constant that only this operation holds, through `value` and `tensor`. */
static bool is_spare(Value value, const Tensor *tensor) {
  if (!value_is(value, KIND_VARIABLE) || value.object->references != 1 || tensor->flags || tensor->references != 2)
    return false;
  const Variable *variable = (const Variable *)(const void *)value.object;
  return !variable->base && !variable->gradient && tensor->storage->references == 1;
}

static bool has_size(const Layout *layout, int64_t size) {
  return layout->ndim == 1 && layout_shape(layout)[0] == size;
}

void operator_warn_empty_sum(Session *session, const Layout *x, const Layout *y, const Ast *ast,
                             Ast *const *operands) {
  bool first = has_size(x, 0) && has_size(y, 1);
  if (!first && !(has_size(x, 1) && has_size(y, 0))) return;
  if (library_is_at(session, ast->span)) return;
  const Ast *empty = operands[first ? 0 : 1];
  const char *name = empty && empty->kind == AST_NAME && empty->text_length < 40 ? empty->text : "x";
  char hint[320];
  snprintf(hint, sizeof hint, "`+` joins tuples: write `%s = %s + (e,)` from `%s = ()` on, or `%s = append(%s, e)`",
           name, name, name, name, name);
  session_warn(session, ast->kind == AST_CALL ? ast->span : ast->op_span,
               "the sum of an empty tensor and one element is empty: nothing is appended", hint);
}

static Value apply_tensors(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands) {
  Tensor *x = tensor_of(session, a), *y = x ? tensor_of(session, b) : NULL;
  session->graph.span = ast->span;
  if (y && !tensor_is_tracked(x) && !tensor_is_tracked(y))
    session->runtime.spare = is_spare(a, x) ? x : is_spare(b, y) ? y : NULL;
  Tensor *tensor = y ? op_apply2(&session->graph, op, x, y, NULL) : NULL;
  session->runtime.spare = NULL;
  if (op == OP_add && tensor) operator_warn_empty_sum(session, x->layout, y->layout, ast, operands);
  tensor_unref(x);
  tensor_unref(y);
  Value result = tensor ? value_from_tensor(session, tensor) : fail_binary(session, ast, operands, a, b);
  machine_check_warning(session, ast->kind == AST_CALL ? ast->span : ast->op_span);
  value_unref(a);
  value_unref(b);
  return result;
}

/* The scalar path: a pooled node and a pooled variable, nothing else.  Takes a and b. */
static Value apply_scalars(Session *session, OpId op, Value a, Value b, Tensor *x, Tensor *y, double number,
                           Span span) {
  Graph *graph = &session->graph;
  graph->span = span;
  Node *node = node_new_scalar(graph, op, number, x, y, x ? b.number : a.number,
                               x && y ? 0 : x ? NODE_NUMBER : NODE_NUMBER_LEFT);
  Variable *variable = node ? variable_new_take(graph, &node->tensor) : NULL;
  value_unref(a);
  value_unref(b);
  return value_object_or_error(variable);
}

/* ---- strings and tuples */

static Value join_tuples(Session *session, const Tuple *a, const Tuple *b) {
  uint64_t count = (uint64_t)a->count + b->count;
  if (count > UINT32_MAX) return session_fail(session, ERROR_MEMORY, "the tuple is too long");
  Tuple *joined = tuple_new(session, (uint32_t)count);
  if (!joined) return value_error();
  for (uint32_t k = 0; k < a->count; k++) joined->items[k] = value_ref(a->items[k]);
  for (uint32_t k = 0; k < b->count; k++) joined->items[a->count + k] = value_ref(b->items[k]);
  return value_object(joined);
}

/* Takes a and b. */
static Value apply_others(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands) {
  bool strings = value_is(a, KIND_STRING) && value_is(b, KIND_STRING);
  bool tuples = value_is(a, KIND_TUPLE) && value_is(b, KIND_TUPLE);
  if (op != OP_add || !(strings || tuples)) return fail_types(session, op, a, b, ast, operands);
  Value joined = strings ? value_object_or_error(string_join(session, (String *)a.object, (String *)b.object, 1))
                         : join_tuples(session, (Tuple *)a.object, (Tuple *)b.object);
  if (value_is_error(joined)) joined = fail_binary(session, ast, operands, value_unbound(), value_unbound());
  value_unref(a);
  value_unref(b);
  return joined;
}

/* ---- & and | */

static bool is_boolean(Value v) {
  return value_is_bool(v) || (value_is(v, KIND_VARIABLE) && variable_dtype((Variable *)v.object) == DTYPE_BOOL);
}

/* In `x > 1 & x < 3` it stands between comparisons, which are weaker; in `(x & y) > 1` it has its own parentheses. */
static bool is_compared(Session *session, const Ast *ast, const Ast *left) {
  uint32_t start = ast->span.start, end = ast->span.end;
  if (start < left->span.start) return false;
  pass_blanks(session, &start, &end);
  char before = start > 0 ? source_byte_at(session, start - 1) : ' ';
  char earlier = start > 1 ? source_byte_at(session, start - 2) : ' ';
  char behind = source_byte_at(session, end), later = source_byte_at(session, end + 1);
  if (before == '<' || (before == '>' && earlier != '-')) return true;
  if (before == '=' && memchr("<>=!", earlier, 4)) return true;
  return behind == '<' || behind == '>' || ((behind == '=' || behind == '!') && later == '=');
}

/* Numbers with a fraction have no bits to combine, and real ones beside a mask were hardly meant to. */
static bool may_have_bits(Value v, Value other) {
  const Variable *variable = value_as_variable(v);
  if (variable) return !(is_boolean(other) && dtype_is_float(variable_dtype(variable)));
  return value_is_bool(v) || (value_is_number(v) && v.number == floor(v.number));
}

static const char *brief_source(Session *session, ShownText *out, Span span, const char *otherwise) {
  return span.end - span.start < 30 ? shown_source(session, out, span) : otherwise;
}

static void hint_logical(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands) {
  ShownText left, right;
  if (is_compared(session, ast, operands[0])) {
    error_hint(&session->error, "comparisons are put in parentheses: `(a < b) %s (c < d)`",
               operator_spelling(op));
  } else if (may_have_bits(a, b) && may_have_bits(b, a)) {
    error_hint(&session->error, "the bits of whole numbers are combined by `bitwise_%s(%s, %s)`",
               op == OP_logical_and ? "and" : "or",
               brief_source(session, &left, operands[0]->span, "x"),
               brief_source(session, &right, operands[1]->span, "y"));
  }
}

/* Of a tensor it is not the shape that is wrong. */
static const char *shown_operand(Session *session, ShownText *out, Value v) {
  const Variable *variable = value_as_variable(v);
  if (!variable) return shown_kind(session, out, v);
  snprintf(out->text, sizeof out->text, "a tensor of type %s", dtype_info[variable_dtype(variable)].name);
  return out->text;
}

/* Takes a and b. */
static Value apply_logical(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands) {
  if (value_is_bool(a) && value_is_bool(b)) {
    bool left = a.number != 0, right = b.number != 0;
    value_unref(a);
    value_unref(b);
    return value_bool(op == OP_logical_and ? left && right : left || right);
  }
  if (is_boolean(a) && is_boolean(b)) return apply_tensors(session, op, a, b, ast, operands);
  ShownText text;
  Value wrong = is_boolean(a) ? b : a;
  error_set(&session->error, ERROR_TYPE, "`%s` combines booleans, but one side is %s",
            operator_spelling(op), shown_operand(session, &text, wrong));
  hint_logical(session, op, a, b, ast, operands);
  error_at(&session->error, operands[is_boolean(a) ? 1 : 0]->span);
  value_unref(a);
  value_unref(b);
  return value_error();
}

NOINLINE Value operator_binary(Session *session, OpId op, Value a, Value b, const Ast *ast, Ast *const *operands) {
  if (value_is_error(a) || value_is_error(b)) {
    value_unref(a);
    value_unref(b);
    return value_error();
  }
  if (UNLIKELY(op == OP_logical_and || op == OP_logical_or)) return apply_logical(session, op, a, b, ast, operands);
  Tensor *x = operator_scalar(a), *y = operator_scalar(b);
  if ((x || y) && (x || value_is_number(a)) && (y || value_is_number(b)) && op_binary_double[op] &&
      rule_is_recorded(&session->graph, op)) {
    double left = x ? x->number : a.number, right = y ? y->number : b.number;
    double number = op_binary_double[op](left, right);
    if (operator_is_plain(left, right, number)) return apply_scalars(session, op, a, b, x, y, number, ast->span);
  }
  bool plain = (value_is_number(a) || value_is_bool(a)) && (value_is_number(b) || value_is_bool(b));
  if (plain && op_binary_double[op]) {
    double number = op_binary_double[op](a.number, b.number);
    if (operator_is_plain(a.number, b.number, number)) return value_number(number);
  }
  if (is_tensor_like(a) && is_tensor_like(b)) return apply_tensors(session, op, a, b, ast, operands);
  return apply_others(session, op, a, b, ast, operands);
}

/* ---- the operands of a closure */

static inline Ast *const *operands_of(const Ast *ast) {
  return ast->kind == AST_CALL ? ast->children + 1 : ast->children;
}

static NOINLINE Value apply_any(Session *session, const Closure *closure, Value a, Value b) {
  if (!operands_are_bound(session, closure, a, b)) return value_error();
  return operator_binary(session, (OpId)closure->op, a, b, closure->ast, operands_of(closure->ast));
}

/* Small tensors x and y, and numbers beside them, have nothing to be converted and nothing to warn of. */
static inline bool find_quickly(Graph *graph, OpId op, Value a, Value b, Tensor *x, Tensor *y, Tensor **result) {
  if (x && y) return quick_binary(graph, op, x, y, result);
  if (x && value_is_number(b)) return quick_number(graph, op, x, b.number, NODE_NUMBER, result);
  return y && value_is_number(a) && quick_number(graph, op, y, a.number, NODE_NUMBER_LEFT, result);
}

static NOINLINE Value apply_quickly(Session *session, const Closure *closure, Value a, Value b, Tensor *x, Tensor *y) {
  const Ast *ast = closure->ast;
  Tensor *tensor;
  session->graph.span = ast->span;
  if (!find_quickly(&session->graph, (OpId)closure->op, a, b, x, y, &tensor)) return apply_any(session, closure, a, b);
  Variable *variable = tensor ? variable_new_take(&session->graph, tensor) : NULL;
  Value result = variable ? value_object(variable) : fail_binary(session, ast, operands_of(ast), a, b);
  value_unref(a);
  value_unref(b);
  return result;
}

NOINLINE Value operator_apply(const Closure *closure, Value a, Value b, Session *session) {
  Tensor *x = operator_tensor(a), *y = operator_tensor(b);
  return x || y ? apply_quickly(session, closure, a, b, x, y) : apply_any(session, closure, a, b);
}

/* ---- one operand */

/* `~n` turns the bits of integer tensors round. */
static bool is_integer(Value v) {
  return value_is(v, KIND_VARIABLE) && dtype_info[variable_dtype((Variable *)v.object)].kind == DTYPE_KIND_INTEGER;
}

static Value fail_unary_type(Session *session, OpId op, Value x, const Ast *ast) {
  ShownText text;
  shown_kind(session, &text, x);
  if (op == OP_logical_not)
    error_set(&session->error, ERROR_TYPE, "`~` inverts booleans and integers, not %s", text.text);
  else error_set(&session->error, ERROR_TYPE, "`%s` needs a number or a tensor, not %s",
                 op == OP_negative ? "-" : op == OP_positive ? "+" : op_table[op].name, text.text);
  hint_operand(session, x, ast, ast->children[ast->count - 1]);
  error_at(&session->error, ast->children[ast->count - 1]->span);
  value_unref(x);
  return value_error();
}

static Value unary_tensor(Session *session, OpId op, Value x, const Ast *ast) {
  Tensor *tensor = tensor_of(session, x);
  session->graph.span = ast->span;
  Tensor *result = tensor ? op_apply1(&session->graph, op, tensor, NULL) : NULL;
  tensor_unref(tensor);
  Span place = ast->kind == AST_CALL || !ast->op_span.end ? ast->span : ast->op_span;
  Value value =
      result ? value_from_tensor(session, result) : fail_operation(session, place, 1, &ast->children[ast->count - 1]);
  machine_check_warning(session, place);
  value_unref(x);
  return value;
}

static Value unary_scalar(Session *session, OpId op, Value x, Tensor *tensor, double number, Span span) {
  session->graph.span = span;
  Node *node = node_new_scalar(&session->graph, op, number, tensor, NULL, 0, 0);
  Variable *variable = node ? variable_new_take(&session->graph, &node->tensor) : NULL;
  value_unref(x);
  return value_object_or_error(variable);
}

NOINLINE Value operator_unary(Session *session, OpId op, Value x, const Ast *ast) {
  if (value_is_error(x)) return x;
  Tensor *scalar = operator_scalar(x);
  if (scalar && op_unary_double[op] && rule_is_recorded(&session->graph, op)) {
    double number = op_unary_double[op](scalar->number);
    if (number == number || scalar->number != scalar->number)
      return unary_scalar(session, op, x, scalar, number, ast->span);
  }
  if (op == OP_logical_not && ast->kind == AST_UNARY) {
    if (is_integer(x)) return unary_tensor(session, OP_bitwise_not, x, ast);
    if (!is_boolean(x)) return fail_unary_type(session, op, x, ast);
    if (value_is_bool(x)) return value_unref(x), value_bool(x.number == 0);
  }
  if (value_is_bool(x) && ast->kind == AST_UNARY) return value_number(op == OP_negative ? 0 - x.number : x.number);
  if (!is_tensor_like(x)) return fail_unary_type(session, op, x, ast);
  return unary_tensor(session, op, x, ast);
}
