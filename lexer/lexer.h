/* SPDX-License-Identifier: MIT */
/* lexer.h: text to tokens.  A plain function over a bounded buffer; it knows nothing of the parser. */
#ifndef MGRAD_LEXER_LEXER_H
#define MGRAD_LEXER_LEXER_H
#include <stdbool.h>
#include <stddef.h>
#include "base/source.h"

typedef enum TokenKind {
#define TOKEN(name, spelling, spoken, operation) TOKEN_##name,
#define KEYWORD(name, spelling) TOKEN_##name,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
  TOKEN_COUNT
} TokenKind;

/* Why a TOKEN_ERROR is one. */
typedef enum LexicalError {
  LEXICAL_NONE, LEXICAL_CHARACTER, LEXICAL_NUL, LEXICAL_UTF8, LEXICAL_STRING_OPEN, LEXICAL_ESCAPE,
  LEXICAL_NUMBER, LEXICAL_LONG_NAME, LEXICAL_FOREIGN,
  LEXICAL_BASE,         /* 0x1f: not 0 times x1f */
  LEXICAL_TEXT_OPEN,    /* a """string""" that may go on in the next line */
  LEXICAL_FORMAT_OPEN,  /* `{` in an f-string without its `}` */
  LEXICAL_FORMAT_BRACE, /* a single `}` in an f-string */
  LEXICAL_FORMAT_NESTED, /* `{` in a format */
  LEXICAL_FORMAT_DEPTH  /* f-strings within f-strings within ... */
} LexicalError;

/* The span of an erroneous token is what is wrong; for an open string it is all that was read as its text. */
typedef struct Token {
  TokenKind kind;
  LexicalError error;
  Span span;
  bool spaced; /* white space or a comment stands before it */
} Token;

/* A lexer is a plain value: a copy of it looks ahead. */
typedef struct Lexer {
  const unsigned char *start, *cursor, *limit;
  const unsigned char *token; /* where the token being read begins */
  uint32_t base;              /* position of *start */
  TokenKind previous;         /* decides whether `(` calls, `[` indexes, `'` is a prime, a number multiplies */
  uint32_t previous_end;
  int nesting;                /* f-strings around it */
} Lexer;

enum { LEXER_NAME_BYTES = 65536 }; /* the longest name */

/* Begins after a byte-order mark.  Nothing behind the length of the text is read. */
void lexer_init(Lexer *lexer, const Source *source);
Token lexer_next(Lexer *lexer); /* after the end: TOKEN_END again and again */
bool lexer_is_name(const char *text, size_t length); /* the whole text is one name, and no reserved word */
const char *token_spelling(TokenKind kind);
const char *token_spoken(TokenKind kind);
bool token_is_keyword(TokenKind kind);
bool token_is_operator(TokenKind kind);   /* the product without a sign is one, and so is what assigns */
bool token_is_infix(TokenKind kind);      /* an operator that neither assigns nor is a sign of one value (`-`, `~`) */
bool token_is_assignment(TokenKind kind); /* `=`, `+=`, ... */
bool token_ends_value(TokenKind kind); /* it can be the last of a value */
int token_bracket(TokenKind kind);     /* 1: it opens a bracket; -1: it closes one; 0: neither */

#endif
