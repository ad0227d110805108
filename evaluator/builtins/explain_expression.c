/* SPDX-License-Identifier: MIT */
/* explain_expression.c: a step as an expression in the names of the steps before it.

   The operation and its operands come from the graph.  The source text of the step says what the graph does not keep:
   the names of constants, indices, and arguments such as `axis=0`; it is parsed again, and used only where it is a call
   of the same operation. */
#include <inttypes.h>
#include <string.h>
#include "evaluator/builtins/explain.h"
#include "evaluator/builtins/explain_window.h"
#include "evaluator/builtins/library.h"
#include "evaluator/machine.h"
#include "evaluator/operator.h"
#include "parser/parser.h"
#include "parser/unparse.h"

enum { SOURCE_LONGEST = 400, CONSTANT_LONGEST = 12, EXPRESSION_LONGEST = 30 };

/* ---- the source of a step */
static const Ast *parse_text(Steps *steps, const char *text, size_t length) {
  char *copy = arena_copy_text(&steps->arena, text, length);
  Source source = {.text = copy, .length = length, .base = 1};
  Error error = {0};
  Ast *tree = NULL;
  bool parsed = copy && parser_parse(&steps->arena, &source, &error, &tree) == PARSE_OK;
  error_free(&error);
  if (!parsed || tree->count != 1) return NULL;
  const Ast *statement = tree->children[0];
  return statement->kind == AST_EXPRESSION ? statement->children[0] : statement;
}

static const Ast *parse_step(Steps *steps, const ExplainRow *row) {
  size_t length = 0;
  Span span = row->node->span;
  if (steps_call(steps, row)) return NULL;
  const char *text = span.end ? source_text(session_sources(steps->session), span, &length) : NULL;
  return text && length && length <= SOURCE_LONGEST ? parse_text(steps, text, length) : NULL;
}

static bool spreads(const Ast *call) {
  for (uint32_t i = 1; i < call->count; i++)
    if (call->children[i]->kind == AST_SPREAD) return true;
  return false;
}

/* The name by which an operation was called: `f` of f(x), `sum` of x.sum(); NULL: it was no call, or one whose
   arguments cannot be told. */
static const char *called_name(const Ast *ast) {
  if (!ast || ast->kind != AST_CALL || spreads(ast)) return NULL;
  const Ast *callee = ast->children[0];
  return callee->kind == AST_NAME || callee->kind == AST_FIELD ? callee->text : NULL;
}

/* `np`, and `random` of np.random. */
static bool is_space(const Ast *object) {
  bool inner = object->kind == AST_FIELD && is_space(object->children[0]);
  return (inner || object->kind == AST_NAME) && globals_is_space(object->text, object->text_length);
}

static bool is_method(const Ast *call) {
  const Ast *callee = call->children[0];
  return callee->kind == AST_FIELD && !is_space(callee->children[0]);
}

static bool is_call_of(const Ast *ast, OpId op) {
  const char *name = called_name(ast);
  const BuiltinInfo *info = name ? builtin_find(name, strlen(name)) : NULL;
  bool any = (op == OP_custom && !info) || (op == OP_window && info && op_table[info->op].kind == OP_KIND_VIEW);
  return name && (any || (info && info->op == op));
}

static bool is_operator_of(const Ast *ast, OpId op) {
  bool binary = ast && (ast->kind == AST_BINARY || ast->kind == AST_AUGMENT);
  return binary && op != OP_none && operator_of_token((TokenKind)ast->op) == op;
}

/* The tree of an operand, or NULL where it cannot be told.  A text is never one. */
static const Ast *operand_tree(const Ast *ast, OpId op, uint32_t operand) {
  if (is_operator_of(ast, op)) return operand < 2 ? ast->children[operand] : NULL;
  if (!is_call_of(ast, op)) return NULL;
  if (is_method(ast) && operand-- == 0) return ast->children[0]->children[0];
  for (uint32_t i = 1; i < ast->count && ast->children[i]->kind != AST_KEYWORD; i++)
    if (ast->children[i]->kind != AST_STRING && operand-- == 0) return ast->children[i];
  return NULL;
}

static Ast *new_name(Steps *steps, const char *name) {
  Ast *named = arena_allocate(&steps->arena, sizeof *named);
  if (named) *named = (Ast){.kind = AST_NAME, .text = name, .text_length = (uint32_t)strlen(name)};
  return named;
}

/* ---- operands */
static void add_number(Buffer *out, double number) {
  buffer_add_text(out, number < 0 ? "(" : "");
  steps_add_number(out, number, EXPLAIN_DIGITS);
  buffer_add_text(out, number < 0 ? ")" : "");
}

/* The library's own names mean nothing to the user, or something else. */
static bool is_short_name(Steps *steps, const ExplainRow *row, const Ast *tree) {
  if (!tree || library_is_at(steps->session, row->node->span)) return false;
  bool short_field = tree->kind == AST_FIELD && tree->span.end - tree->span.start < CONSTANT_LONGEST;
  return tree->kind == AST_NAME || short_field;
}

/* Whether a tree is a comparison in numbers and in names of operands of the same step, and their steps' names. */
static bool is_mask_of(Steps *steps, const ExplainRow *row, const Ast *ast, const Ast *tree, const char **renamed) {
  const OpId op = (OpId)row->node->tensor.op;
  bool known = tree->kind == AST_COMPARE && tree->count == 2;
  for (uint32_t k = 0; known && k < tree->count; k++) {
    const Ast *side = tree->children[k];
    renamed[k] = NULL;
    for (uint32_t i = 0; side->kind == AST_NAME && !renamed[k] && i < row->edge_count; i++) {
      const Ast *operand = operand_tree(ast, op, i);
      uint32_t at = steps_edge(steps, row, i)->row;
      bool same = at != EXPLAIN_NO_ROW && operand && operand->kind == AST_NAME;
      same = same && strcmp(operand->text, side->text) == 0;
      if (same) renamed[k] = steps->names[at];
    }
    known = renamed[k] || side->kind == AST_NUMBER;
  }
  return known;
}

/* `x > 0` of where(x > 0, x, 0), and of x * (x > 0). */
static bool add_mask(Steps *steps, Buffer *out, const ExplainRow *row, const Ast *ast, const Ast *tree) {
  const char *renamed[2];
  if (!tree || !is_mask_of(steps, row, ast, tree, renamed)) return false;
  Ast *copy = arena_allocate(&steps->arena, sizeof *copy);
  Ast **sides = arena_allocate(&steps->arena, 2 * sizeof *sides);
  if (!copy || !sides) return false;
  *copy = *tree;
  copy->children = sides;
  for (int k = 0; k < 2; k++) {
    sides[k] = renamed[k] ? new_name(steps, renamed[k]) : tree->children[k];
    if (!sides[k]) return false;
  }
  bool operation = is_operator_of(ast, (OpId)row->node->tensor.op);
  buffer_add_text(out, operation ? "(" : "");
  unparse(out, copy);
  buffer_add_text(out, operation ? ")" : "");
  return true;
}

/* A constant without a name, of too many elements to be written: `[3x4 numbers]`. */
static void add_count(Buffer *out, const Layout *layout) {
  for (int i = 0; i < layout->ndim; i++)
    buffer_format(out, "%c%" PRId64, i ? 'x' : '[', layout_shape(layout)[i]);
  buffer_add_text(out, " numbers]");
}

/* Numbers are folded in; tensors are known by their name. */
static void add_constant(Steps *steps, Buffer *out, const ExplainRow *row, uint32_t operand, const Ast *ast) {
  const Ast *tree = operand_tree(ast, (OpId)row->node->tensor.op, operand);
  const Tensor *value = node_peek_input(row->node, (int)operand);
  if (row->node->tensor.flags & (operand == 0 ? NODE_NUMBER_LEFT : NODE_NUMBER)) add_number(out, row->node->number);
  else if (value && value->dtype == DTYPE_BOOL && add_mask(steps, out, row, ast, tree)) return;
  else if (value && value->dtype == DTYPE_BOOL && tensor_size(value) == 1)
    buffer_add_text(out, tensor_number_at(value, 0) != 0 ? "true" : "false");
  else if (value && tensor_size(value) == 1) add_number(out, tensor_number_at(value, 0));
  else if (is_short_name(steps, row, tree)) unparse(out, tree);
  else if (value && tensor_size(value) <= EXPLAIN_ELEMENTS / 2)
    steps_add_tensor(steps, out, (Tensor *)(uintptr_t)value);
  else if (value) add_count(out, value->layout);
  else buffer_add_text(out, "none");
}

static void add_operand(Steps *steps, Buffer *out, const ExplainRow *row, uint32_t operand, const Ast *ast) {
  uint32_t at = steps_edge(steps, row, operand)->row;
  if (at != EXPLAIN_NO_ROW) buffer_add_text(out, steps->names[at]);
  else add_constant(steps, out, row, operand, ast);
}

void steps_add_operand(Steps *steps, Buffer *out, const ExplainRow *row, uint32_t operand) {
  bool constant = steps_edge(steps, row, operand)->row == EXPLAIN_NO_ROW;
  add_operand(steps, out, row, operand, constant ? parse_step(steps, row) : NULL);
}

/* ---- forms */

/* A tree with another name in place of one; what binds names of its own stays as it is. */
static const Ast *renamed_tree(Steps *steps, const Ast *tree, const char *name, Ast *named) {
  if (tree->kind == AST_NAME) return strcmp(tree->text, name) == 0 ? named : tree;
  if (tree->kind == AST_LAMBDA || tree->kind == AST_COMPREHENSION || tree->count == 0) return tree;
  Ast *copy = arena_allocate(&steps->arena, sizeof *copy);
  Ast **children = arena_allocate(&steps->arena, tree->count * sizeof *children);
  if (!copy || !children) return tree;
  *copy = *tree;
  copy->children = children;
  for (uint32_t i = 0; i < tree->count; i++) {
    const Ast *child = tree->children[i];
    children[i] = (Ast *)(uintptr_t)(child ? renamed_tree(steps, child, name, named) : NULL);
  }
  return copy;
}

/* `x[1:3]` with the name of the step in place of x, which may also be in the index: x[x > 0].  A view of
   a view is one window of the first. */
static const Ast *with_object(Steps *steps, const Ast *ast, const char *name) {
  Ast *copy = arena_allocate(&steps->arena, sizeof *copy);
  Ast **children = arena_allocate(&steps->arena, ast->count * sizeof *children);
  if (!copy || !children) return ast;
  *copy = *ast;
  copy->children = memcpy(children, ast->children, ast->count * sizeof *children);
  const Ast *object = ast->children[0];
  bool deeper = object->kind == AST_INDEX || object->kind == AST_FIELD;
  Ast *named = new_name(steps, name);
  if (!named) return ast;
  children[0] = deeper ? (Ast *)(uintptr_t)with_object(steps, object, name) : named;
  for (uint32_t i = 1; i < ast->count && object->kind == AST_NAME; i++)
    if (children[i]) children[i] = (Ast *)(uintptr_t)renamed_tree(steps, children[i], object->text, named);
  return copy;
}

static bool is_index(const ExplainRow *row, const Ast *ast) {
  OpId op = (OpId)row->node->tensor.op;
  bool reads = op == OP_gather || op_table[op].kind == OP_KIND_VIEW;
  return ast && ((ast->kind == AST_INDEX && (reads || op_puts(op))) || (ast->kind == AST_FIELD && reads));
}

static void add_index(Steps *steps, Buffer *out, const ExplainRow *row, const Ast *ast) {
  Buffer object = {0};
  add_operand(steps, &object, row, 0, NULL);
  unparse(out, with_object(steps, ast, steps_text(steps, &object)));
  buffer_free(&object);
  if (!op_puts((OpId)row->node->tensor.op)) return;
  buffer_add_text(out, " = ");
  add_operand(steps, out, row, 1, NULL);
}

static void add_binary(Steps *steps, Buffer *out, const ExplainRow *row, const Ast *ast, const char *sign) {
  OpId op = steps_operation(row);
  bool tight = op == OP_multiply || op == OP_divide || op == OP_power || op == OP_floor_divide || op == OP_remainder;
  add_operand(steps, out, row, 0, ast);
  buffer_format(out, tight ? "%s" : " %s ", sign);
  add_operand(steps, out, row, 1, ast);
}

static void add_operands(Steps *steps, Buffer *out, const ExplainRow *row, const Ast *ast, uint32_t from,
                         uint32_t to) {
  for (uint32_t i = from; i < to; i++) {
    if (i > from) buffer_add_text(out, ", ");
    add_operand(steps, out, row, i, ast);
  }
}

/* The arguments in the order in which they were written: those that are no operands as they are. */
static void add_arguments(Steps *steps, Buffer *out, const ExplainRow *row, const Ast *ast, bool list) {
  uint32_t next = 0, written = 0, count = row->edge_count;
  if (is_method(ast)) add_operands(steps, out, row, ast, next++, 1);
  written = next;
  for (uint32_t i = 1; i < ast->count; i++) {
    const Ast *argument = ast->children[i];
    bool operand = argument->kind != AST_KEYWORD && argument->kind != AST_STRING && next < count;
    bool many = operand && list && (argument->kind == AST_TUPLE || argument->kind == AST_LIST || ast->count == 2);
    if (written++) buffer_add_text(out, ", ");
    if (!operand) unparse(out, argument);
    else add_operands(steps, out, row, many ? NULL : ast, next, many ? count : next + 1);
    if (operand) next = many ? count : next + 1;
  }
}

/* Whether the one step of a call that has another name, as flatten(x) is a reshape. */
static bool is_whole_call(Steps *steps, const ExplainRow *row, const Ast *ast) {
  const char *name = called_name(ast);
  uint32_t at = row->edge_count ? steps_edge(steps, row, 0)->row : EXPLAIN_NO_ROW;
  if (!name || !builtin_find(name, strlen(name)) || row->node->tensor.op != OP_reshape || at == EXPLAIN_NO_ROW)
    return false;
  Span own = row->node->span, before = steps_row(steps, at)->node->span;
  return own.start != before.start || own.end != before.end;
}

static void add_call(Steps *steps, Buffer *out, const ExplainRow *row, const Ast *ast) {
  OpId op = (OpId)row->node->tensor.op;
  bool same = is_call_of(ast, op) || is_whole_call(steps, row, ast);
  bool outside = op == OP_custom || op == OP_implicit_root;
  bool list = !outside && strstr(op_table[op].signature, ":L") != NULL;
  const char *called = same ? called_name(ast) : NULL;
  buffer_add_text(out, called ? called : op_table[op].name);
  buffer_add_byte(out, '(');
  if (same) add_arguments(steps, out, row, ast, list);
  else add_operands(steps, out, row, ast, 0, row->edge_count);
  buffer_add_byte(out, ')');
}

/* What a function made itself, such as zeros(3), is no input of it. */
static void add_leaf(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  size_t length = 0;
  bool own = steps->traced && row->node->sequence > steps->trace.start, input = false;
  for (int i = 0; own && !input && i < steps->trace.fresh_count; i++)
    input = steps->trace.fresh[i] == &row->node->tensor;
  const char *text = own && !input ? source_text(session_sources(steps->session), row->node->span, &length) : NULL;
  bool shown = text && length <= EXPRESSION_LONGEST && !memchr(text, '\n', length);
  const char *outside = steps->earlier[at] ? "earlier value" : "parameter";
  if (shown) text_add_safe(out, text, length);
  else buffer_add_text(out, input ? "input" : own ? "new variable" : outside);
}

void steps_add_expression(Steps *steps, Buffer *out, uint32_t at) {
  const ExplainRow *row = steps_row(steps, at);
  OpId op = steps_operation(row);
  if (explain_is_leaf(row)) {
    add_leaf(steps, out, at);
    return;
  }
  if (steps_add_call(steps, out, at)) return;
  const Ast *ast = parse_step(steps, row);
  const char *sign = operator_spelling(op);
  if (op == OP_window) {
    Buffer object = {0};
    add_operand(steps, &object, row, 0, NULL);
    window_add_text(out, steps_text(steps, &object), node_peek_input(row->node, 0), row->node->attributes,
                    ast && ast->kind == AST_INDEX);
    buffer_free(&object);
  } else if (is_index(row, ast)) add_index(steps, out, row, ast);
  else if (sign && row->edge_count == 2) add_binary(steps, out, row, ast, sign);
  else if (op == OP_square) {
    add_operand(steps, out, row, 0, ast);
    buffer_add_text(out, "**2");
  } else if (op == OP_negative) {
    buffer_add_byte(out, '-');
    add_operand(steps, out, row, 0, ast);
  } else add_call(steps, out, row, ast);
}
