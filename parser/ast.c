/* SPDX-License-Identifier: MIT */
/* ast.c: nodes of the tree and their heights. */
#include "parser/ast.h"

#include <string.h>

bool ast_is_spine(const Ast *tree) {
  switch (tree->kind) {
    case AST_BINARY: case AST_LOGICAL: case AST_CALL: case AST_INDEX: case AST_FIELD: case AST_DERIVATIVE:
      return true;
    default: return false;
  }
}

/* Kinds that only wrap what the node above them holds. */
static bool is_wrapper(uint8_t kind) {
  switch (kind) {
    case AST_BLOCK: case AST_ENTRY: case AST_KEYWORD: case AST_SPREAD: case AST_FORMAT: case AST_PARAMETER:
      return true;
    default: return false;
  }
}

static uint32_t height_over(const Ast *tree) {
  uint32_t height = 0;
  bool wrapper = is_wrapper(tree->kind), spine = ast_is_spine(tree);
  for (uint32_t i = 0; i < tree->count; i++) {
    const Ast *child = tree->children[i];
    if (!child) continue;
    bool counts = !wrapper && !(spine && i == 0 && ast_is_spine(child));
    uint32_t own = child->height + (counts ? 1 : 0);
    if (own > height) height = own;
  }
  return height;
}

Ast *ast_over(Arena *arena, AstKind kind, Span span, uint32_t count, Ast **children) {
  Ast *tree = arena_allocate(arena, sizeof *tree);
  if (!tree) return NULL;
  tree->kind = (uint8_t)kind;
  tree->span = span;
  tree->count = count;
  tree->children = children;
  tree->height = height_over(tree);
  return tree;
}

Ast *ast_new(Arena *arena, AstKind kind, Span span, uint32_t count, Ast *const *children) {
  if (count == 0) return ast_over(arena, kind, span, 0, NULL);
  Ast **copy = arena_allocate(arena, count * sizeof *copy);
  if (!copy) return NULL;
  memcpy(copy, children, count * sizeof *copy);
  return ast_over(arena, kind, span, count, copy);
}
