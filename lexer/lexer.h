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
  LEXICAL_NONE, LEXICAL_CHARACTER, LEXICAL_NUL, LEXICAL_UTF8, LEXICAL_STRING_OPEN, LEXICAL_ESCAPE, LEXICAL_NUMBER,
  LEXICAL_LONG_NAME, LEXICAL_FOREIGN
} LexicalError;

typedef struct Token {
  TokenKind kind;
  LexicalError error;
  Span span;
  bool spaced; /* white space or a comment stands before it */
} Token;

typedef struct Lexer {
  const char *start, *cursor, *limit, *marker;
  uint32_t base;       /* position of *start */
  TokenKind previous;  /* decides whether `(` calls, `[` indexes, `'` is a prime, and whether numbers juxtapose */
  uint32_t previous_end;
  bool juxtapose_pending;
} Lexer;

void lexer_init(Lexer *lexer, const Source *source);
Token lexer_next(Lexer *lexer);
const char *token_spelling(TokenKind kind);
const char *token_spoken(TokenKind kind);

#endif
