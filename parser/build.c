/* SPDX-License-Identifier: MIT */
/* build.c: nodes of expressions and statements, within the limit of depth. */
#include <string.h>

#include "parser/parse.h"

/* ---- what may not become part of anything: parameter lists that nothing has made a function of */

static void *refuse_parameter(Parse *p, const Ast *parameter) {
  if (parameter->kind == AST_SPREAD) {
    parse_fail(p, parameter->span, "`*` can only stand before an argument or a parameter");
    error_hint(p->error, "tuples are joined by `+`: `(1,) + rest`");
    return NULL;
  }
  const char *name = parse_text(p, parameter->op_span);
  const char *sign = strchr(name + parameter->text_length, '=');
  uint32_t at = parameter->op_span.start + (uint32_t)(sign - name);
  return parse_fail(p, (Span){at, at + 1}, "`=` assigns; to compare use `==`");
}

static void *refuse_order(Parse *p, const Ast *argument, const Ast *keyword) {
  parse_fail(p, argument->span, "an argument without a name cannot follow `%.*s=...`", NAME_SHOWN(keyword));
  error_hint(p->error, "arguments given by name come last");
  return NULL;
}

/* Parentheses with `*rest` or `name=value`, and calls with `*rest` behind `name=value`, are flagged until they have
   become parameter lists. */
static bool is_plain(const Ast *item) { return item->kind != AST_KEYWORD && item->kind != AST_SPREAD; }

static const Ast *first_that(const Ast *list, bool (*holds)(const Ast *item)) {
  uint32_t k = list->kind == AST_CALL ? 1 : 0;
  while (!holds(list->children[k])) k++;
  return list->children[k];
}

static bool is_special(const Ast *item) { return !is_plain(item); }
static bool is_keyword(const Ast *item) { return item->kind == AST_KEYWORD; }

static bool refuse_flagged(Parse *p, uint32_t count, Ast *const *children) {
  for (uint32_t i = 0; i < count; i++) {
    const Ast *child = children[i];
    if (!child || !child->flag || (child->kind != AST_CALL && child->kind != AST_TUPLE)) continue;
    if (child->kind == AST_TUPLE) refuse_parameter(p, first_that(child, is_special));
    else refuse_order(p, child->children[child->count - 1], first_that(child, is_keyword));
    return true;
  }
  return false;
}

static Ast *finish(Parse *p, Ast *tree) {
  if (!tree) return parse_fail_memory(p);
  return tree->height > AST_MAX_HEIGHT ? parse_fail_depth(p, tree->span, true) : tree;
}

Ast *build(Parse *p, AstKind kind, Span span, uint32_t count, Ast *const *children) {
  if (parse_failed(p) || refuse_flagged(p, count, children)) return NULL;
  return finish(p, ast_new(p->arena, kind, span, count, children));
}

static Ast *build_over(Parse *p, AstKind kind, Span span, uint32_t count, Ast **children) {
  if (parse_failed(p) || refuse_flagged(p, count, children)) return NULL;
  return finish(p, ast_over(p->arena, kind, span, count, children));
}

Ast *build_list(Parse *p, AstKind kind, Span span, const List *list) {
  Ast **items = list_items(p, list);
  return items ? build_over(p, kind, span, list->count, items) : NULL;
}

Ast *build_program(Parse *p, Span span, const List *statements) {
  Ast *program = build_list(p, AST_BLOCK, span, statements);
  if (program) program->inexact = p->inexact;
  return program;
}

Ast *build_marked(Parse *p, AstKind kind, Span span, Span mark, uint32_t count, Ast *const *children) {
  Ast *tree = build(p, kind, span, count, children);
  if (tree) tree->op_span = mark;
  return tree;
}

Ast *build_named(Parse *p, AstKind kind, Span span, Span name, uint32_t count, Ast *const *children) {
  Ast *tree = build_marked(p, kind, span, name, count, children);
  if (!tree) return NULL;
  tree->text_length = name.end - name.start;
  tree->text = arena_copy_text(p->arena, parse_text(p, name), tree->text_length);
  return tree->text ? tree : parse_fail_memory(p);
}

/* ---- operators */

static Ast *build_operator(Parse *p, AstKind kind, TokenKind op, Span mark, Ast *left, Ast *right) {
  if (parse_failed(p)) return NULL;
  Ast *tree = build_marked(p, kind, span_join(left->span, right->span), mark, 2, (Ast *[]){left, right});
  if (tree) tree->op = (uint8_t)op;
  return tree;
}

Ast *build_unary(Parse *p, TokenKind op, Span mark, Ast *operand) {
  if (parse_failed(p)) return NULL;
  Ast *tree = build_marked(p, AST_UNARY, span_join(mark, operand->span), mark, 1, &operand);
  if (tree) tree->op = (uint8_t)op;
  return tree;
}

Ast *build_binary(Parse *p, TokenKind op, Span mark, Ast *left, Ast *right) {
  return build_operator(p, AST_BINARY, op, mark, left, right);
}

Ast *build_logical(Parse *p, TokenKind op, Span mark, Ast *left, Ast *right) {
  return build_operator(p, AST_LOGICAL, op, mark, left, right);
}

/* Arrays of a chain have room for a power of two. */
static bool extend_chain(Parse *p, Ast *chain) {
  uint32_t count = chain->count;
  if (count >= 2 && (count & (count - 1)) != 0) return true;
  size_t capacity = count < 2 ? 2 : (size_t)count * 2;
  Ast **children = arena_allocate(p->arena, capacity * sizeof *children);
  TokenKind *ops = arena_allocate(p->arena, capacity * sizeof *ops);
  if (!children || !ops) return parse_fail_memory(p);
  memcpy(children, chain->children, count * sizeof *children);
  if (chain->ops) memcpy(ops, chain->ops, (count - 1) * sizeof *ops);
  chain->children = children;
  chain->ops = ops;
  return true;
}

Ast *build_compare(Parse *p, TokenKind op, Span mark, Ast *left, Ast *right) {
  if (parse_failed(p)) return NULL;
  bool goes_on = left->kind == AST_COMPARE && !left->parenthesised;
  Ast *chain = goes_on ? left : build_marked(p, AST_COMPARE, left->span, mark, 1, &left);
  if (!chain || refuse_flagged(p, 1, &right) || !extend_chain(p, chain)) return NULL;
  chain->ops[chain->count - 1] = op;
  chain->children[chain->count++] = right;
  chain->span = span_join(chain->span, right->span);
  if (right->height >= chain->height) chain->height = right->height + 1;
  return finish(p, chain);
}

/* ---- lists */

static Ast *build_tuple(Parse *p, Span span, const List *items) {
  Ast *tuple = build_list(p, AST_TUPLE, span, items);
  if (!tuple) return NULL;
  for (uint32_t i = 0; i < tuple->count; i++) tuple->flag |= !is_plain(tuple->children[i]);
  return tuple;
}

Ast *build_values(Parse *p, Span span, const List *list) {
  if (parse_failed(p)) return NULL;
  if (list->count > 1 || list->trailing) return build_tuple(p, span, list);
  Ast **items = list_items(p, list);
  return items ? items[0] : NULL;
}

Ast *build_paren(Parse *p, Span span, const List *items) {
  if (parse_failed(p)) return NULL;
  Ast **only = items->count == 1 && !items->trailing ? list_items(p, items) : NULL;
  Ast *tree = only && is_plain(only[0]) ? only[0] : build_tuple(p, span, items);
  if (!tree) return NULL;
  tree->parenthesised = true;
  tree->span = span;
  return tree;
}

/* `f(x=2, y) = ...` */
static bool is_short_definition(const Parse *p, const Ast *call) {
  const char *behind = parse_text(p, (Span){call->span.end, call->span.end});
  behind += strspn(behind, " \t");
  return call->children[0]->kind == AST_NAME && behind[0] == '=' && behind[1] != '=';
}

/* Positional arguments, then those by name, then perhaps `*rest` (of a definition). */
static bool check_arguments(Parse *p, const Ast *call) {
  const Ast *keyword = NULL;
  for (uint32_t i = 1; i < call->count; i++) {
    const Ast *argument = call->children[i];
    if (argument->kind == AST_KEYWORD) keyword = argument;
    else if (keyword && argument->kind == AST_NAME && is_short_definition(p, call))
      return parse_fail(p, argument->span, PARAMETER_NEEDS_DEFAULT, NAME_SHOWN(argument), NAME_SHOWN(keyword));
    else if (keyword && (argument->kind != AST_SPREAD || i + 1 < call->count))
      return refuse_order(p, argument, keyword);
  }
  return !keyword || check_unique(p, "argument", call->count - 1, call->children + 1);
}

static Ast *build_postfix(Parse *p, AstKind kind, Span span, Ast *object, Span mark, const List *list) {
  Ast **items = list_items(p, list);
  if (!items) return NULL;
  memmove(items + 1, items, list->count * sizeof *items);
  items[0] = object;
  Ast *tree = build_over(p, kind, span, list->count + 1, items);
  if (tree) tree->op_span = mark;
  return tree;
}

Ast *build_call(Parse *p, Span span, Ast *callee, Span mark, const List *arguments) {
  Ast *call = build_postfix(p, AST_CALL, span, callee, mark, arguments);
  if (!call || !check_arguments(p, call)) return NULL;
  for (uint32_t i = 2; i < call->count; i++)
    call->flag |= call->children[i]->kind == AST_SPREAD && call->children[i - 1]->kind == AST_KEYWORD;
  return call;
}

Ast *build_index(Parse *p, Span span, Ast *object, Span mark, const List *indices, bool comma) {
  Ast *ast = build_postfix(p, AST_INDEX, span, object, mark, indices);
  if (ast) ast->flag = comma;
  return ast;
}

Ast *build_record(Parse *p, Span span, const List *entries) {
  Ast *record = build_list(p, AST_RECORD, span, entries);
  return record && check_unique(p, "field", record->count, record->children) ? record : NULL;
}
