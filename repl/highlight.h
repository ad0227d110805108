/* SPDX-License-Identifier: MIT */
/* highlight.h: which colour every byte of an input gets while it is typed.  Pure: the lexer of the language reads the
   text, so that colours never disagree with the language; what is not finished yet is no mistake. */
#ifndef MGRAD_REPL_HIGHLIGHT_H
#define MGRAD_REPL_HIGHLIGHT_H
#include <stddef.h>

typedef enum Style {
  STYLE_PLAIN, STYLE_NUMBER, STYLE_STRING, STYLE_COMMENT, STYLE_KEYWORD, STYLE_FUNCTION,
  STYLE_STRAY,         /* a closing bracket that closes nothing, or something else */
  STYLE_COUNT,
  STYLE_PARTNER = 0x10 /* added: the other end of the bracket left of the cursor */
} Style;

enum { HIGHLIGHT_MOST = 16384, HIGHLIGHT_NO_CURSOR = -1 };

/* Fills `styles`, one per byte.  A command (`:time f(x)`, `?sin`) is a keyword followed by code. */
void highlight(const char *text, size_t length, long cursor, unsigned char *styles);
/* The escape sequence that starts a style, after a reset. */
const char *highlight_sequence(Style style);

#endif
