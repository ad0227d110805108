/* SPDX-License-Identifier: MIT */
/* literal.h: what is inside a string literal: escapes and interpolated expressions. */
#ifndef MGRAD_LEXER_LITERAL_H
#define MGRAD_LEXER_LITERAL_H
#include "lexer/lexer.h"

typedef struct StringStyle {
  unsigned char quote;
  uint8_t width;     /* 1 or 3 quotes; three may span lines */
  bool interpolates; /* f"..." */
} StringStyle;

/* The first thing that is wrong. */
typedef struct Fault {
  LexicalError error;
  const unsigned char *start, *end;
} Fault;

/* `{expression:format}`; the format is empty when there is none. */
typedef struct Interpolation { Span expression, format; } Interpolation;

/* How a valid string token is quoted. */
StringStyle string_style(const unsigned char *text, size_t length);
/* Moves the cursor from the first byte after the opening quotes to behind the closing ones. */
void string_skip(Lexer *lexer, StringStyle style, Fault *fault);
/* Moves the cursor from a `{` to behind its `}`. */
Interpolation interpolation_skip(Lexer *lexer, StringStyle style, Fault *fault);
/* The bytes that valid string text stands for; `out` has room for as many as it has.  Returns their number. */
size_t string_decode(const unsigned char *text, const unsigned char *limit, bool interpolates, char *out);

#endif
