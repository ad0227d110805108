/* SPDX-License-Identifier: MIT */
/* write.h: what the two halves of unparse share: expressions and statements. */
#ifndef MGRAD_PARSER_WRITE_H
#define MGRAD_PARSER_WRITE_H
#include "base/buffer.h"
#include "parser/ast.h"

/* How tightly a form binds; what stands in a looser place is put in parentheses. */
typedef enum Level {
  LEVEL_LAMBDA, LEVEL_CONDITIONAL, LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_PIPE, LEVEL_AMPERSAND,
  LEVEL_SUM, LEVEL_PRODUCT, LEVEL_UNARY, LEVEL_POWER, LEVEL_POSTFIX
} Level;

/* In parentheses where an operand of this level needs them. */
void write_expression(Buffer *out, const Ast *tree, Level place);
/* Names and values separated by commas, as a statement has them: a tuple of several without parentheses. */
void write_values(Buffer *out, const Ast *tree);
void write_list(Buffer *out, Ast *const *items, uint32_t count);
void write_string(Buffer *out, const char *text, size_t length);
void write_number(Buffer *out, double number);
void write_fstring(Buffer *out, const Ast *tree);

#endif
