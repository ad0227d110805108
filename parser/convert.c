/* SPDX-License-Identifier: MIT */
/* convert.c: what follows decides what an expression was: `f(x) = e` defines, `(x, y) -> e` is a function. */
#include "parser/parse.h"

/* ---- parameters */

static bool is_bare_name(const Ast *item) { return item->kind == AST_NAME && !item->parenthesised; }

/* `*name`; what stands above it has not changed its height. */
static void make_rest(Ast *item) {
  const Ast *name = item->children[0];
  item->flag = true;
  item->text = name->text;
  item->text_length = name->text_length;
  item->op_span = name->span;
  item->count = 0;
}

/* Names and arguments become parameters in place. */
static bool make_parameter(Parse *p, AstKind function, Ast *item) {
  bool rest = item->kind == AST_SPREAD && is_bare_name(item->children[0]);
  if (rest) make_rest(item);
  if (rest || is_bare_name(item) || item->kind == AST_KEYWORD || item->kind == AST_PARAMETER) {
    item->kind = AST_PARAMETER;
    return true;
  }
  parse_fail(p, item->span, "a parameter must be a name");
  if (function == AST_LAMBDA) error_hint(p->error, "a function value is written `x -> e` or `(x, y=2) -> e`");
  else error_hint(p->error, "`f(x, y=2) = ...` defines a function; to compare use `==`");
  return false;
}

/* Plain names, then names with defaults, then `*rest`. */
static bool in_order(Parse *p, uint32_t count, Ast *const *parameters) {
  for (uint32_t i = 1; i < count; i++) {
    const Ast *before = parameters[i - 1], *here = parameters[i];
    if (before->flag) return parse_fail(p, before->span, "`*%.*s` must be the last parameter", NAME_SHOWN(before));
    if (before->count > 0 && here->count == 0 && !here->flag) {
      return parse_fail(p, here->span, PARAMETER_NEEDS_DEFAULT, NAME_SHOWN(here), NAME_SHOWN(before));
    }
  }
  return true;
}

/* The function over `count` items; the array has room for the body. */
static Ast *function(Parse *p, AstKind kind, Span span, uint32_t count, Ast **items, Ast *body) {
  if (parse_failed(p)) return NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (!make_parameter(p, kind, items[i])) return NULL;
  }
  if (!in_order(p, count, items) || !check_unique(p, "parameter", count, items)) return NULL;
  items[count] = body;
  return build(p, kind, span, count + 1, items);
}

static Ast **copy_items(Parse *p, uint32_t count, Ast *const *items) {
  Ast **copy = arena_allocate(p->arena, ((size_t)count + 1) * sizeof *copy);
  if (!copy) return parse_fail_memory(p);
  for (uint32_t i = 0; i < count; i++) copy[i] = items[i];
  return copy;
}

Ast *convert_lambda(Parse *p, Span span, Span arrow, Ast *parameters, Ast *body) {
  if (parse_failed(p)) return NULL;
  bool many = parameters->kind == AST_TUPLE;
  if (!many) parameters->parenthesised = false;
  uint32_t count = many ? parameters->count : 1;
  Ast **items = copy_items(p, count, many ? parameters->children : &parameters);
  Ast *lambda = items ? function(p, AST_LAMBDA, span, count, items, body) : NULL;
  if (lambda) lambda->op_span = arrow;
  return lambda;
}

static Ast *define(Parse *p, Span span, Span name, uint32_t count, Ast **items, Ast *body) {
  Ast *tree = function(p, AST_DEFINE, span, count, items, body);
  if (!tree) return NULL;
  tree->op_span = name;
  tree->text_length = name.end - name.start;
  tree->text = arena_copy_text(p->arena, parse_text(p, name), tree->text_length);
  return tree->text ? tree : parse_fail_memory(p);
}

Ast *convert_define(Parse *p, Span span, Span name, const List *parameters, Ast *body) {
  Ast **items = list_items(p, parameters);
  return items ? define(p, span, name, parameters->count, items, body) : NULL;
}

/* ---- targets */

static const char *describe(const Ast *tree) {
  switch (tree->kind) {
    case AST_NUMBER: return "a number";
    case AST_STRING: case AST_FSTRING: return "a string";
    case AST_TUPLE: return "an empty tuple";
    case AST_CALL: return "a call";
    case AST_COMPARE: return "a comparison";
    case AST_LAMBDA: return "a function";
    case AST_RECORD: return "a record";
    default: return "an expression";
  }
}

static bool refuse_target(Parse *p, const Ast *tree) {
  if (tree->kind == AST_LIST || tree->kind == AST_COMPREHENSION) {
    parse_fail(p, tree->span, "cannot assign to a list");
    error_hint(p->error, "to unpack, write `a, b = ...` without brackets");
    return false;
  }
  parse_fail(p, tree->span, "cannot assign to %s", describe(tree));
  error_hint(p->error, "`=` assigns; to compare use `==`");
  return false;
}

static bool check_target(Parse *p, const Ast *tree) {
  if (tree->kind == AST_NAME || tree->kind == AST_INDEX || tree->kind == AST_FIELD) return true;
  if (tree->kind == AST_TUPLE && tree->flag) return true; /* `name=value` in it is refused later */
  if (tree->kind != AST_TUPLE || tree->count == 0) return refuse_target(p, tree);
  for (uint32_t i = 0; i < tree->count; i++) {
    if (!check_target(p, tree->children[i])) return false;
  }
  return true;
}

static Ast *short_definition(Parse *p, Span span, const Ast *call, Ast *body) {
  uint32_t count = call->count - 1;
  Ast **items = copy_items(p, count, call->children + 1);
  Ast *tree = items ? define(p, span, call->children[0]->span, count, items, body) : NULL;
  if (tree) tree->flag = true;
  return tree;
}

static bool is_head(const Ast *tree) {
  return tree->kind == AST_CALL && !tree->parenthesised && tree->children[0]->kind == AST_NAME
      && !tree->children[0]->parenthesised;
}

/* The last of the chain is the value; the children of an assignment begin with it. */
Ast *convert_assignment(Parse *p, Span span, const List *chain) {
  Ast **items = list_items(p, chain);
  if (!items) return NULL;
  uint32_t targets = chain->count - 1;
  Ast *value = items[targets];
  if (targets == 1 && is_head(items[0])) return short_definition(p, span, items[0], value);
  for (uint32_t i = 0; i < targets; i++) {
    if (!check_target(p, items[i])) return NULL;
  }
  for (uint32_t i = targets; i > 0; i--) items[i] = items[i - 1];
  items[0] = value;
  return build(p, AST_ASSIGN, span, chain->count, items);
}

Ast *convert_augment(Parse *p, Span span, TokenKind op, Span mark, Ast *target, Ast *value) {
  if (parse_failed(p)) return NULL;
  if (target->kind == AST_TUPLE && target->count > 0) {
    return parse_fail(p, target->span, "`%s=` changes one target, not a tuple", token_spelling(op));
  }
  if (!check_target(p, target)) return NULL;
  Ast *tree = build_marked(p, AST_AUGMENT, span, mark, 2, (Ast *[]){target, value});
  if (tree) tree->op = (uint8_t)op;
  return tree;
}
