/* SPDX-License-Identifier: MIT */
/* stream.h: tokens as the grammar sees them: newlines that end statements, two kinds of braces, matched brackets. */
#ifndef MGRAD_PARSER_STREAM_H
#define MGRAD_PARSER_STREAM_H
#include "parser/parse.h"

enum { STREAM_MAX_DEPTH = AST_MAX_HEIGHT }; /* of brackets within brackets */

typedef struct Bracket {
  TokenKind kind; /* LEFT_PAREN, LEFT_BRACKET, RECORD_BRACE or LEFT_BRACE */
  Span span;
  bool list; /* elements are read in it: it is no index and, so far, no comprehension */
  uint8_t loops; /* `for` in it, up to two */
} Bracket;

struct Stream {
  Lexer lexer;
  Token token;         /* the one that was given last */
  Token previous;      /* the one before; TOKEN_NEWLINE at the start */
  Token earlier;       /* and before that */
  Token first;         /* the first of the statement, or the `else` or `catch` it goes on with */
  bool line_begins;    /* the token is the first of its line */
  bool closed_block;   /* the previous `}` ended a block, not a record */
  bool chains;         /* the token is an `else` or `catch` that continues a statement */
  bool header;         /* the `{` of an `if`, `while`, `def`, ... is still to come */
  bool divided;        /* a `//` stands before it on the line, and only words after that: perhaps a comment */
  bool remainder;      /* a `%` does */
  Bracket *brackets;   /* open ones, outermost first */
  uint32_t depth, capacity;
  Ast *run;            /* the token is all of these numbers */
  const unsigned char *plain; /* no long run of numbers begins before this place */
  bool fragment;       /* an expression within an f-string, which ends at `stop` */
  uint32_t stop;
};

/* At the start of a text. */
void stream_open(Stream *stream, const Source *source);
/* The expression of an f-string, read by a copy of the lexer that met the f-string. */
void stream_open_fragment(Stream *stream, const Stream *outer, const Source *source, Span expression);
/* The next token; TOKEN_ERROR when there is none, with an error recorded if it is no lexical one. */
Token stream_next(Parse *p);

#endif
