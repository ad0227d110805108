/* SPDX-License-Identifier: MIT */
/* unparse.c: statements and definitions as text. */
#include "parser/unparse.h"

#include "parser/write.h"

static void write_statement(Buffer *out, const Ast *tree, size_t indent);

static void write_statements(Buffer *out, const Ast *block, size_t indent) {
  for (uint32_t i = 0; i < block->count && !out->failed; i++) {
    if (i) buffer_add_byte(out, '\n');
    buffer_add_fill(out, ' ', indent);
    write_statement(out, block->children[i], indent);
  }
}

static void write_block(Buffer *out, const Ast *block, size_t indent) {
  if (block->count == 0) {
    buffer_add_text(out, "{ }");
    return;
  }
  buffer_add_text(out, "{\n");
  write_statements(out, block, indent + 2);
  buffer_add_byte(out, '\n');
  buffer_add_fill(out, ' ', indent);
  buffer_add_byte(out, '}');
}

static void write_if(Buffer *out, const Ast *tree, size_t indent) {
  buffer_add_text(out, "if ");
  write_expression(out, tree->children[0], LEVEL_LAMBDA);
  buffer_add_byte(out, ' ');
  write_block(out, tree->children[1], indent);
  if (tree->count < 3) return;
  buffer_add_text(out, " else ");
  if (tree->children[2]->kind == AST_IF) write_if(out, tree->children[2], indent);
  else write_block(out, tree->children[2], indent);
}

static void write_loop(Buffer *out, const Ast *tree, size_t indent) {
  if (tree->kind == AST_FOR) {
    buffer_add_text(out, "for ");
    write_values(out, tree->children[0]);
    buffer_add_text(out, " in ");
  } else buffer_add_text(out, "while ");
  write_values(out, tree->children[tree->count - 2]);
  buffer_add_byte(out, ' ');
  write_block(out, tree->children[tree->count - 1], indent);
}

static void write_define(Buffer *out, const Ast *tree, size_t indent) {
  uint32_t count = tree->count - 1;
  buffer_format(out, "%s%s(", tree->flag ? "" : "def ", tree->text);
  write_list(out, tree->children, count);
  buffer_add_text(out, tree->flag ? ") = " : ") ");
  if (tree->flag) write_values(out, tree->children[count]);
  else write_block(out, tree->children[count], indent);
}

static void write_assignment(Buffer *out, const Ast *tree) {
  for (uint32_t i = 1; i < tree->count; i++) {
    write_values(out, tree->children[i]);
    buffer_add_text(out, " = ");
  }
  write_values(out, tree->children[0]);
}

static void write_augment(Buffer *out, const Ast *tree) {
  write_expression(out, tree->children[0], LEVEL_LAMBDA);
  buffer_format(out, " %s= ", token_spelling(tree->op));
  write_values(out, tree->children[1]);
}

static void write_try(Buffer *out, const Ast *tree, size_t indent) {
  buffer_add_text(out, "try ");
  write_block(out, tree->children[0], indent);
  buffer_format(out, " catch %s ", tree->text);
  write_block(out, tree->children[1], indent);
}

/* A word, and what it is about. */
static void write_simple(Buffer *out, const char *word, const Ast *tree) {
  buffer_add_text(out, word);
  if (tree->count == 0) return;
  buffer_add_byte(out, ' ');
  if (tree->count == 1) write_values(out, tree->children[0]);
  else write_list(out, tree->children, tree->count);
}

static void write_statement(Buffer *out, const Ast *tree, size_t indent) {
  switch (tree->kind) {
    case AST_BLOCK: write_statements(out, tree, indent); break;
    case AST_EXPRESSION: write_values(out, tree->children[0]); break;
    case AST_ASSIGN: write_assignment(out, tree); break;
    case AST_AUGMENT: write_augment(out, tree); break;
    case AST_DEFINE: write_define(out, tree, indent); break;
    case AST_IF: write_if(out, tree, indent); break;
    case AST_WHILE: case AST_FOR: write_loop(out, tree, indent); break;
    case AST_BREAK: write_simple(out, "break", tree); break;
    case AST_CONTINUE: write_simple(out, "continue", tree); break;
    case AST_RETURN: write_simple(out, "return", tree); break;
    case AST_ASSERT: write_simple(out, "assert", tree); break;
    case AST_DELETE: write_simple(out, "del", tree); break;
    case AST_GLOBAL: write_simple(out, "global", tree); break;
    case AST_TRY: write_try(out, tree, indent); break;
    case AST_NO_AUTODIFF:
      buffer_add_text(out, "no_autodiff ");
      write_block(out, tree->children[0], indent);
      break;
    case AST_IMPORT:
      buffer_add_text(out, "import ");
      write_string(out, tree->text, tree->text_length);
      break;
    default: write_expression(out, tree, LEVEL_LAMBDA); break;
  }
}

void unparse(Buffer *out, const Ast *tree) { write_statement(out, tree, 0); }

bool unparse_lambda(Buffer *out, const Ast *definition) {
  const Ast *body = definition->children[definition->count - 1];
  bool returns = body->kind == AST_BLOCK && body->count == 1 && body->children[0]->kind == AST_RETURN &&
                 body->children[0]->count == 1;
  if (!definition->flag && !returns) return false;
  Ast lambda = *definition;
  lambda.kind = AST_LAMBDA;
  write_expression(out, &lambda, LEVEL_LAMBDA);
  return true;
}
