/* SPDX-License-Identifier: MIT */
/* highlight.c: which colour every byte of an input gets while it is typed. */
#include "repl/highlight.h"
#include <stdint.h>
#include <string.h>
#include "lexer/lexer.h"

enum { BRACKETS_DEEP = 512 }; /* those nested deeper are taken as matching */

typedef struct Painter {
  const char *text;
  size_t length;
  long cursor;
  unsigned char *styles;
  uint32_t open[BRACKETS_DEEP]; /* where the open brackets stand */
  int depth;
} Painter;

static void paint(Painter *painter, size_t from, size_t to, Style style) {
  if (to > painter->length) to = painter->length;
  if (from < to) memset(painter->styles + from, (int)style, to - from);
}

/* Between two tokens there are blanks and, in the first line, perhaps a comment. */
static void paint_gap(Painter *painter, size_t from, size_t to) {
  const char *mark = memchr(painter->text + from, '#', to - from);
  if (mark) paint(painter, (size_t)(mark - painter->text), to, STYLE_COMMENT);
}

static char closer_of(char opener) { return opener == '(' ? ')' : opener == '[' ? ']' : '}'; }

/* The bracket left of the cursor shows its partner. */
static void pair(Painter *painter, size_t opener, size_t closer) {
  if (painter->cursor == (long)opener + 1) painter->styles[closer] |= STYLE_PARTNER;
  if (painter->cursor == (long)closer + 1) painter->styles[opener] |= STYLE_PARTNER;
}

static void close_bracket(Painter *painter, size_t at) {
  if (painter->depth > BRACKETS_DEEP) {
    painter->depth--;
    return;
  }
  size_t opener = painter->depth ? painter->open[painter->depth - 1] : 0;
  if (painter->depth && closer_of(painter->text[opener]) == painter->text[at]) {
    painter->depth--;
    pair(painter, opener, at);
  } else {
    paint(painter, at, at + 1, STYLE_STRAY);
  }
}

static void open_bracket(Painter *painter, size_t at) {
  if (painter->depth < BRACKETS_DEEP) painter->open[painter->depth] = (uint32_t)at;
  painter->depth++;
}

static void paint_token(Painter *painter, Token token, size_t from, size_t to) {
  switch (token.kind) {
    case TOKEN_NUMBER: paint(painter, from, to, STYLE_NUMBER); return;
    case TOKEN_STRING: case TOKEN_FSTRING: paint(painter, from, to, STYLE_STRING); return;
    default: break;
  }
  int bracket = token_bracket(token.kind);
  if (bracket > 0) open_bracket(painter, from);
  else if (bracket < 0) close_bracket(painter, from);
  else if (token_is_keyword(token.kind)) paint(painter, from, to, STYLE_KEYWORD);
}

/* A string that is not closed yet looks like one that is. */
static bool is_string_start(const char *text, size_t from, size_t length) {
  return text[from] == '"' || text[from] == '\'' || (text[from] == 'f' && from + 1 < length && text[from + 1] == '"');
}

static void paint_code(Painter *painter, size_t start) {
  Source source = {.text = (char *)(uintptr_t)(painter->text + start), .length = painter->length - start, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  const unsigned char *first = lexer.start;
  size_t end = start, name = 0, name_end = 0;
  for (;;) {
    Token token = lexer_next(&lexer);
    bool factor = token.kind == TOKEN_JUXTAPOSE;
    size_t from = factor ? end : start + (size_t)(lexer.token - first);
    size_t to = factor ? end : start + (size_t)(lexer.cursor - first);
    if (token.kind == TOKEN_END) from = to = painter->length;
    if (from > end) paint_gap(painter, end, from);
    if (token.kind == TOKEN_END) return;
    if (token.kind == TOKEN_CALL_PAREN && name_end > name) paint(painter, name, name_end, STYLE_FUNCTION);
    if (token.kind == TOKEN_ERROR && is_string_start(painter->text, from, painter->length))
      paint(painter, from, to, STYLE_STRING);
    else if (!factor) paint_token(painter, token, from, to);
    name = token.kind == TOKEN_NAME ? from : 0;
    name_end = token.kind == TOKEN_NAME ? to : 0;
    end = to;
  }
}

void highlight(const char *text, size_t length, long cursor, unsigned char *styles) {
  Painter painter = {.text = text, .length = length, .cursor = cursor, .styles = styles};
  memset(styles, STYLE_PLAIN, length);
  size_t word = 0;
  if (length && text[0] == ':') word = strcspn(text, " \t\n");
  else if (length && text[0] == '?') word = 1;
  if (word > length) word = length;
  paint(&painter, 0, word, STYLE_KEYWORD);
  paint_code(&painter, word);
}

const char *highlight_sequence(Style style) {
  static const char *const sequences[STYLE_COUNT] = {
      [STYLE_PLAIN] = "", [STYLE_NUMBER] = "\x1b[36m", [STYLE_STRING] = "\x1b[32m", [STYLE_COMMENT] = "\x1b[90m",
      [STYLE_KEYWORD] = "\x1b[35m", [STYLE_FUNCTION] = "\x1b[34m", [STYLE_STRAY] = "\x1b[31m"};
  return sequences[style];
}
