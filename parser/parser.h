/* SPDX-License-Identifier: MIT */
/* parser.h: text to tree.  One parser serves prompt, scripts and the test whether an input is complete. */
#ifndef MGRAD_PARSER_PARSER_H
#define MGRAD_PARSER_PARSER_H
#include "base/error.h"
#include "parser/ast.h"

typedef enum ParseStatus { PARSE_OK, PARSE_INCOMPLETE, PARSE_FAILED } ParseStatus;

/* Parses a whole source into an AST_BLOCK in `arena`.  PARSE_INCOMPLETE: more text could make it right (an open
   bracket, string or block, a binary operator at the end); the error then says what is open, for scripts. */
ParseStatus parser_parse(Arena *arena, const Source *source, Error *error, Ast **program);

/* The hint about derivatives in other notations, at unexpected tokens and at unknown names alike. */
#define DERIVATIVE_HINT "a derivative is written `f'(x)` or `derivative(f, x)`"

#endif
