/* SPDX-License-Identifier: MIT */
/* check.c: what a grammar cannot say: names given twice, and statements out of place. */
#include <string.h>

#include "parser/parse.h"

/* ---- names given twice */

static int compare_names(const Ast *a, const Ast *b) {
  uint32_t shorter = a->text_length < b->text_length ? a->text_length : b->text_length;
  int order = memcmp(a->text, b->text, shorter);
  return order ? order : (a->text_length > b->text_length) - (a->text_length < b->text_length);
}

static void merge(const Ast **from, const Ast **to, uint32_t start, uint32_t middle, uint32_t end) {
  uint32_t left = start, right = middle;
  for (uint32_t i = start; i < end; i++) {
    bool take_left = left < middle && (right >= end || compare_names(from[left], from[right]) <= 0);
    to[i] = take_left ? from[left++] : from[right++];
  }
}

/* Stable, and fast for any names: nobody can make a program that takes long to check. */
static const Ast **sort(const Ast **items, const Ast **spare, uint32_t count) {
  for (uint32_t width = 1; width < count; width = width > count / 2 ? count : width * 2) {
    for (uint32_t start = 0; start < count; start = start > count - width * 2 ? count : start + width * 2) {
      uint32_t middle = count - start > width ? start + width : count;
      uint32_t end = count - middle > width ? middle + width : count;
      merge(items, spare, start, middle, end);
    }
    const Ast **swap = items;
    items = spare;
    spare = swap;
  }
  return items;
}

bool check_unique(Parse *p, const char *what, uint32_t count, Ast *const *named) {
  if (count < 2) return true;
  const Ast **items = arena_allocate(p->arena, (size_t)count * 2 * sizeof *items);
  if (!items) return parse_fail_memory(p);
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (named[i]->kind == AST_KEYWORD || named[i]->kind == AST_PARAMETER || named[i]->kind == AST_ENTRY) {
      items[used++] = named[i];
    }
  }
  const Ast **sorted = sort(items, items + count, used), *twice = NULL;
  for (uint32_t i = 1; i < used; i++) {
    bool equal = compare_names(sorted[i - 1], sorted[i]) == 0;
    if (equal && (!twice || sorted[i]->span.start < twice->span.start)) twice = sorted[i];
  }
  if (twice) parse_fail(p, twice->op_span, "%s `%.*s` is given twice", what, NAME_SHOWN(twice));
  return !twice;
}

/* ---- statements out of place */

typedef struct Surroundings { bool function, loop; } Surroundings;

static bool check(Parse *p, const Ast *tree, Surroundings within);

static bool check_children(Parse *p, const Ast *tree, Surroundings within) {
  for (uint32_t i = 0; i < tree->count; i++) {
    if (!check(p, tree->children[i], within)) return false;
  }
  return true;
}

static bool check_loop_word(Parse *p, const Ast *tree, Surroundings within) {
  const char *word = tree->kind == AST_BREAK ? "break" : "continue";
  return within.loop || parse_fail(p, tree->span, "`%s` stands outside a loop", word);
}

/* Expressions hold no statements, so only statements are visited. */
static bool check(Parse *p, const Ast *tree, Surroundings within) {
  switch (tree->kind) {
    case AST_BLOCK: case AST_IF: case AST_TRY: case AST_NO_AUTODIFF: return check_children(p, tree, within);
    case AST_WHILE: case AST_FOR:
      return check(p, tree->children[tree->count - 1], (Surroundings){within.function, true});
    case AST_DEFINE: return check(p, tree->children[tree->count - 1], (Surroundings){true, false});
    case AST_BREAK: case AST_CONTINUE: return check_loop_word(p, tree, within);
    case AST_RETURN:
      return within.function || parse_fail(p, tree->op_span, "`return` stands outside a function");
    default: return true;
  }
}

bool check_placement(Parse *p, const Ast *program) { return check(p, program, (Surroundings){false, false}); }
