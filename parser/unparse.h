/* SPDX-License-Identifier: MIT */
/* unparse.h: tree to text, with canonical spacing and only the parentheses that are needed. */
#ifndef MGRAD_PARSER_UNPARSE_H
#define MGRAD_PARSER_UNPARSE_H
#include "base/buffer.h"
#include "parser/ast.h"

/* Expressions, statements and function definitions (`f(x) = sin(x ** 2) + 2 * x`).  What is written parses to an equal
   tree, but for products: `2x` is written `2 * x`; and for `;`, which a block does not need.  Statements of a block
   stand on lines of their own, indented by 2.  A program ends without a newline. */
void unparse(Buffer *out, const Ast *tree);
/* A definition by one expression as the function value that it binds, `x -> sin(x ** 2)`; false: it is not of one. */
bool unparse_lambda(Buffer *out, const Ast *definition);

#endif
