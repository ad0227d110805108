/* SPDX-License-Identifier: MIT */
/* unparse.h: tree to text, with canonical spacing and only the parentheses that are needed. */
#ifndef MGRAD_PARSER_UNPARSE_H
#define MGRAD_PARSER_UNPARSE_H
#include "base/buffer.h"
#include "parser/ast.h"

/* Expressions and function definitions; what is written parses to an equal tree.  `f(x) = sin(x ** 2) + 2 * x`. */
void unparse(Buffer *out, const Ast *tree);

#endif
