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

/* Hints about what other languages write, at unexpected tokens and at unknown names alike. */
#define DERIVATIVE_HINT "a derivative is written `f'(x)` or `derivative(f, x)`"
#define DEGREES_HINT "angles are in radians: `sin(radians(30))`"
#define PRINT_HINT "write `print(x)`"
#define CURVES_HINT "every `plot` is a picture of its own: `plot(f, g)` draws two curves"

/* What sin^-1 means in textbooks: "arcsin"; NULL: powers of this function are not written so. */
const char *notation_inverse(const char *name, size_t length);

#endif
