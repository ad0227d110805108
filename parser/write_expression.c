/* SPDX-License-Identifier: MIT */
/* write_expression.c: expressions with as few parentheses as possible.

   Left spines, which may have a million links, are written by a loop: down to their innermost link first, opening
   the parentheses that are needed, and back up. */
#include <math.h>

#include "base/memory.h"
#include "lexer/lexer.h"
#include "parser/write.h"

static Level level_of_binary(uint8_t op) {
  switch (op) {
    case TOKEN_PIPE: return LEVEL_PIPE;
    case TOKEN_AMPERSAND: return LEVEL_AMPERSAND;
    case TOKEN_PLUS: case TOKEN_MINUS: return LEVEL_SUM;
    case TOKEN_POWER: return LEVEL_POWER;
    default: return LEVEL_PRODUCT;
  }
}

static Level level_of(const Ast *tree) {
  switch (tree->kind) {
    case AST_LAMBDA: return LEVEL_LAMBDA;
    case AST_CONDITIONAL: return LEVEL_CONDITIONAL;
    case AST_LOGICAL: return tree->op == TOKEN_OR ? LEVEL_OR : LEVEL_AND;
    case AST_COMPARE: return LEVEL_COMPARE;
    case AST_UNARY: return tree->op == TOKEN_NOT ? LEVEL_NOT : LEVEL_UNARY;
    case AST_BINARY: return level_of_binary(tree->op);
    default: return LEVEL_POSTFIX;
  }
}

/* ---- spines */

/* The place that the first child of a link stands in: power associates to the right, all else to the left. */
static Level place_of_first(const Ast *link) {
  Level level = level_of(link);
  return level == LEVEL_POWER ? LEVEL_POSTFIX : level;
}

/* Whether a prime may stand directly behind; elsewhere it would begin a string. */
static bool takes_prime(const Ast *tree) {
  switch (tree->kind) {
    case AST_NAME: case AST_CALL: case AST_INDEX: case AST_FIELD: case AST_DERIVATIVE: case AST_LIST:
    case AST_TUPLE: case AST_COMPREHENSION: return true;
    default: return false;
  }
}

static bool needs_parentheses(const Ast *tree, Level place, const Ast *above) {
  if (level_of(tree) < place) return true;
  if (!above || level_of(above) != LEVEL_POSTFIX) return false;
  return tree->kind == AST_NUMBER || (above->kind == AST_DERIVATIVE && !takes_prime(tree));
}

static void write_operator(Buffer *out, uint8_t op) {
  buffer_format(out, " %s ", op == TOKEN_JUXTAPOSE ? "*" : token_spelling(op));
}

static void write_slice(Buffer *out, const Ast *slice) {
  for (uint32_t i = 0; i < 3; i++) {
    if (i == 1 || (i == 2 && slice->children[2])) buffer_add_byte(out, ':');
    if (slice->children[i]) write_expression(out, slice->children[i], LEVEL_LAMBDA);
  }
}

/* What stands behind the first child of a link. */
static void write_rest(Buffer *out, const Ast *link) {
  switch (link->kind) {
    case AST_BINARY: case AST_LOGICAL: {
      Level level = level_of(link);
      write_operator(out, link->op);
      write_expression(out, link->children[1], level == LEVEL_POWER ? LEVEL_UNARY : level + 1);
      return;
    }
    case AST_FIELD: buffer_format(out, ".%s", link->text); return;
    case AST_DERIVATIVE: buffer_add_byte(out, '\''); return;
    case AST_CALL: buffer_add_byte(out, '('); break;
    default: buffer_add_byte(out, '['); break;
  }
  write_list(out, link->children + 1, link->count - 1);
  if (link->kind == AST_INDEX && link->flag) buffer_add_byte(out, ',');
  buffer_add_byte(out, link->kind == AST_CALL ? ')' : ']');
}

static void write_atom(Buffer *out, const Ast *tree);

static bool opens(const Ast *const *links, size_t i, Level place) {
  return needs_parentheses(links[i], i ? place_of_first(links[i - 1]) : place, i ? links[i - 1] : NULL);
}

static void write_links(Buffer *out, const Ast **links, size_t count, Level place) {
  for (size_t i = 0; i < count; i++) {
    links[i] = i ? links[i - 1]->children[0] : links[0];
    if (opens(links, i, place)) buffer_add_byte(out, '(');
  }
  write_atom(out, links[count - 1]);
  for (size_t i = count; i > 0; i--) {
    if (i < count) write_rest(out, links[i - 1]);
    if (opens(links, i - 1, place)) buffer_add_byte(out, ')');
  }
}

void write_expression(Buffer *out, const Ast *tree, Level place) {
  const Ast *few[8], **links = few;
  size_t count = 1;
  for (const Ast *link = tree; ast_is_spine(link); link = link->children[0]) count++;
  if (count > sizeof few / sizeof *few) links = memory_allocate(count * sizeof *links);
  if (!links) {
    out->failed = true;
    return;
  }
  links[0] = tree;
  write_links(out, links, count, place);
  if (links != few) memory_release(links, count * sizeof *links);
}

/* ---- all other forms */

void write_list(Buffer *out, Ast *const *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (i) buffer_add_text(out, ", ");
    write_expression(out, items[i], LEVEL_LAMBDA);
  }
}

void write_values(Buffer *out, const Ast *tree) {
  bool bare = tree->kind == AST_TUPLE && tree->count > 1 && !tree->parenthesised;
  if (bare) write_list(out, tree->children, tree->count);
  else write_expression(out, tree, LEVEL_LAMBDA);
}

static void write_bracketed(Buffer *out, const char *open, const Ast *tree, const char *close) {
  buffer_add_text(out, open);
  write_list(out, tree->children, tree->count);
  if (tree->kind == AST_TUPLE && tree->count == 1) buffer_add_byte(out, ',');
  buffer_add_text(out, close);
}

static void write_comparison(Buffer *out, const Ast *tree) {
  for (uint32_t i = 0; i < tree->count; i++) {
    if (i) buffer_format(out, " %s ", token_spelling(tree->ops[i - 1]));
    write_expression(out, tree->children[i], LEVEL_COMPARE + 1);
  }
}

static void write_unary(Buffer *out, const Ast *tree) {
  buffer_format(out, tree->op == TOKEN_NOT ? "%s " : "%s", token_spelling(tree->op));
  write_expression(out, tree->children[0], level_of(tree));
}

static void write_conditional(Buffer *out, const Ast *tree) {
  write_expression(out, tree->children[0], LEVEL_OR);
  buffer_add_text(out, " if ");
  write_expression(out, tree->children[1], LEVEL_OR);
  buffer_add_text(out, " else ");
  write_expression(out, tree->children[2], LEVEL_LAMBDA);
}

static void write_lambda(Buffer *out, const Ast *tree) {
  uint32_t count = tree->count - 1;
  bool single = count == 1 && tree->children[0]->count == 0 && !tree->children[0]->flag;
  if (!single) buffer_add_byte(out, '(');
  write_list(out, tree->children, count);
  buffer_add_text(out, single ? " -> " : ") -> ");
  const Ast *body = tree->children[count];
  if (body->kind == AST_BLOCK) body = body->children[0]->children[0]; /* of `def f(x) { return e }` */
  write_expression(out, body, LEVEL_LAMBDA);
}

static void write_comprehension(Buffer *out, const Ast *tree) {
  buffer_add_byte(out, '[');
  write_expression(out, tree->children[0], LEVEL_LAMBDA);
  buffer_add_text(out, " for ");
  write_values(out, tree->children[1]);
  buffer_add_text(out, " in ");
  write_expression(out, tree->children[2], LEVEL_OR);
  if (tree->count == 4) {
    buffer_add_text(out, " if ");
    write_expression(out, tree->children[3], LEVEL_OR);
  }
  buffer_add_byte(out, ']');
}

/* A name with a value: `name=value`, `name`, `*name`. */
static void write_named(Buffer *out, const Ast *tree) {
  buffer_format(out, "%s%s", tree->kind == AST_PARAMETER && tree->flag ? "*" : "", tree->text);
  if (tree->count == 0) return;
  buffer_add_byte(out, '=');
  write_expression(out, tree->children[0], LEVEL_LAMBDA);
}

static void write_spread(Buffer *out, const Ast *tree) {
  buffer_add_byte(out, '*');
  write_expression(out, tree->children[0], LEVEL_LAMBDA);
}

/* A field that is no name was written as a string. */
static void write_entry(Buffer *out, const Ast *tree) {
  if (lexer_is_name(tree->text, tree->text_length)) buffer_add(out, tree->text, tree->text_length);
  else write_string(out, tree->text, tree->text_length);
  buffer_add_text(out, ": ");
  write_expression(out, tree->children[0], LEVEL_LAMBDA);
}

static void write_element(Buffer *out, const AstNumbers *numbers, uint32_t level, const double **next) {
  if (level == numbers->rank) {
    double number = *(*next)++;
    if (signbit(number)) buffer_add_text(out, token_spelling(TOKEN_MINUS));
    write_number(out, fabs(number));
    return;
  }
  for (uint32_t i = 0; i < numbers->sizes[level]; i++) {
    buffer_add_text(out, i ? ", " : "[");
    write_element(out, numbers, level + 1, next);
  }
  buffer_add_byte(out, ']');
}

static void write_numbers(Buffer *out, const AstNumbers *numbers) {
  const double *next = numbers->values;
  for (uint32_t i = 0; i < numbers->count && !out->failed; i++) {
    if (i) buffer_add_text(out, ", ");
    write_element(out, numbers, 0, &next);
  }
}

static void write_atom(Buffer *out, const Ast *tree) {
  switch (tree->kind) {
    case AST_NUMBER: write_number(out, tree->number); break;
    case AST_NUMBERS: write_numbers(out, tree->numbers); break;
    case AST_STRING: write_string(out, tree->text, tree->text_length); break;
    case AST_FSTRING: write_fstring(out, tree); break;
    case AST_NAME: buffer_add(out, tree->text, tree->text_length); break;
    case AST_TUPLE: write_bracketed(out, "(", tree, ")"); break;
    case AST_LIST: write_bracketed(out, "[", tree, "]"); break;
    case AST_RECORD: write_bracketed(out, "{", tree, "}"); break;
    case AST_ENTRY: write_entry(out, tree); break;
    case AST_COMPREHENSION: write_comprehension(out, tree); break;
    case AST_UNARY: write_unary(out, tree); break;
    case AST_COMPARE: write_comparison(out, tree); break;
    case AST_CONDITIONAL: write_conditional(out, tree); break;
    case AST_LAMBDA: write_lambda(out, tree); break;
    case AST_PARAMETER: case AST_KEYWORD: write_named(out, tree); break;
    case AST_SPREAD: write_spread(out, tree); break;
    case AST_SLICE: write_slice(out, tree); break;
    case AST_ELLIPSIS: buffer_add_text(out, "..."); break;
    default: break;
  }
}
