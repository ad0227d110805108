/* SPDX-License-Identifier: MIT */
/* literal.c: reads the inside of string literals; their bytes are kept as they are, whatever they are. */
#include "lexer/literal.h"

enum { FORMAT_NESTING = 8 }; /* f-strings within f-strings are read by recursion */

static void fault_set(Fault *fault, LexicalError error, const unsigned char *start, const unsigned char *end) {
  if (fault->error == LEXICAL_NONE) *fault = (Fault){error, start, end};
}

static uint32_t position(const Lexer *lexer, const unsigned char *at) {
  return lexer->base + (uint32_t)(at - lexer->start);
}

static bool is_triple(const unsigned char *text) { return text[1] == text[0] && text[2] == text[0]; }

StringStyle string_style(const unsigned char *text, size_t length) {
  bool interpolates = *text == 'f';
  if (interpolates) text++, length--;
  return (StringStyle){*text, length >= 6 && is_triple(text) ? 3 : 1, interpolates};
}

static int hex_digit(unsigned char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  unsigned char lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Reads "{3b1}"; returns how many bytes that is, 0 when it names no character. */
static int braced_character(const unsigned char *text, const unsigned char *limit, uint32_t *character) {
  const unsigned char *at = text;
  if (at == limit || *at++ != '{') return 0;
  *character = 0;
  for (; at < limit && hex_digit(*at) >= 0; at++) {
    *character = *character * 16 + (uint32_t)hex_digit(*at);
    if (*character > 0x10FFFF) return 0;
  }
  bool surrogate = *character >= 0xD800 && *character <= 0xDFFF;
  if (at == limit || *at != '}' || at == text + 1 || surrogate) return 0;
  return (int)(at + 1 - text);
}

/* The character an escape stands for, and its length in bytes from the backslash on; 0 when there is none.  `\xff`
   stands for a byte. */
static int escape_read(const unsigned char *text, const unsigned char *limit, uint32_t *character) {
  if (limit - text < 2) return 0;
  if (text[1] == 'x') {
    if (limit - text < 4 || hex_digit(text[2]) < 0 || hex_digit(text[3]) < 0) return 0;
    *character = (uint32_t)(hex_digit(text[2]) * 16 + hex_digit(text[3]));
    return 4;
  }
  switch (text[1]) {
    case 'n': *character = '\n'; return 2;
    case 't': *character = '\t'; return 2;
    case 'r': *character = '\r'; return 2;
    case '0': *character = 0; return 2;
    case '\\': case '"': case '\'': *character = text[1]; return 2;
    case 'u': break;
    default: return 0;
  }
  int braced = braced_character(text + 2, limit, character);
  return braced ? braced + 2 : 0;
}

/* `\u{110000}` is reported as a whole. */
static const unsigned char *skip_braced(const unsigned char *at, const unsigned char *limit) {
  const unsigned char *end = at;
  if (end == limit || *end++ != '{') return at;
  while (end < limit && hex_digit(*end) >= 0) end++;
  return end < limit && *end == '}' && end > at + 1 ? end + 1 : at;
}

/* A bad escape ends before anything that could end the string. */
static void escape_skip(Lexer *lexer, Fault *fault) {
  uint32_t character;
  int length = escape_read(lexer->cursor, lexer->limit, &character);
  if (length == 0) {
    const unsigned char *end = lexer->cursor + 1;
    if (end < lexer->limit && *end != '\n') end++;
    while (end < lexer->limit && (*end & 0xC0) == 0x80) end++;
    if (end[-1] == 'u') end = skip_braced(end, lexer->limit);
    fault_set(fault, LEXICAL_ESCAPE, lexer->cursor, end);
    lexer->cursor = end;
    return;
  }
  lexer->cursor += length;
}

static bool at_quotes(const Lexer *lexer, StringStyle style) {
  if (*lexer->cursor != style.quote) return false;
  return style.width == 1 || (lexer->limit - lexer->cursor >= 3 && is_triple(lexer->cursor));
}

/* A format holds no quotes, braces or line ends, so that it can be written back. */
static bool is_format_byte(unsigned char byte) {
  return byte >= ' ' && byte != '}' && byte != '{' && byte != '"' && byte != '\'' && byte != '\\';
}

/* The format ends at `}`. */
static bool format_skip(Lexer *inner, Interpolation *found) {
  const unsigned char *start = inner->cursor, *at = start;
  while (at < inner->limit && is_format_byte(*at)) at++;
  found->format = (Span){position(inner, start), position(inner, at)};
  inner->cursor = at + 1;
  return at < inner->limit && *at == '}';
}

/* Why the tokens cannot go on to the closing brace; LEXICAL_NONE: they can. */
static LexicalError interpolation_fault(Token token, StringStyle style) {
  switch (token.kind) {
    case TOKEN_END: return style.width == 3 ? LEXICAL_TEXT_OPEN : LEXICAL_FORMAT_OPEN;
    case TOKEN_NEWLINE: return style.width == 3 ? LEXICAL_NONE : LEXICAL_FORMAT_OPEN;
    case TOKEN_ERROR: return token.error == LEXICAL_STRING_OPEN ? LEXICAL_FORMAT_OPEN : token.error;
    default: return LEXICAL_NONE;
  }
}

/* Reads tokens up to the `}` or `:` that belongs to the brace; false when there is none. */
static bool expression_skip(Lexer *inner, StringStyle style, Interpolation *found, Fault *fault) {
  const unsigned char *opening = inner->token, *brace = inner->cursor - 1;
  found->expression.start = position(inner, inner->cursor);
  for (int depth = 0;;) {
    Token token = lexer_next(inner);
    LexicalError error = interpolation_fault(token, style);
    if (error != LEXICAL_NONE) {
      const unsigned char *at = inner->start + (token.span.start - inner->base);
      if (error == LEXICAL_FORMAT_OPEN) fault_set(fault, error, brace, brace + 1);
      else if (error == LEXICAL_TEXT_OPEN) fault_set(fault, error, opening, inner->limit);
      else fault_set(fault, error, at, at + (token.span.end - token.span.start));
      return false;
    }
    found->expression.end = token.span.start;
    found->format = (Span){token.span.start, token.span.start};
    if (depth == 0 && token.kind == TOKEN_RIGHT_BRACE) return true;
    if (depth == 0 && token.kind == TOKEN_COLON) {
      bool closed = format_skip(inner, found);
      bool nested = !closed && inner->cursor[-1] == '{';
      if (nested) fault_set(fault, LEXICAL_FORMAT_NESTED, inner->cursor - 1, inner->cursor);
      else if (!closed) fault_set(fault, LEXICAL_FORMAT_OPEN, brace, brace + 1);
      return closed;
    }
    depth += token_bracket(token.kind);
    if (depth < 0) depth = 0; /* the parser reports it */
  }
}

Interpolation interpolation_skip(Lexer *lexer, StringStyle style, Fault *fault) {
  Interpolation found = {{0, 0}, {0, 0}};
  Lexer inner = *lexer;
  inner.cursor++;
  inner.previous = TOKEN_NEWLINE;
  inner.previous_end = 0;
  inner.nesting++;
  bool deep = inner.nesting > FORMAT_NESTING;
  if (deep) fault_set(fault, LEXICAL_FORMAT_DEPTH, lexer->cursor, lexer->cursor + 1);
  bool complete = !deep && expression_skip(&inner, style, &found, fault);
  lexer->cursor = complete ? inner.cursor : lexer->cursor + 1;
  return found;
}

static void brace_skip(Lexer *lexer, StringStyle style, Fault *fault) {
  const unsigned char *brace = lexer->cursor;
  bool doubled = lexer->limit - brace >= 2 && brace[1] == brace[0];
  if (doubled) lexer->cursor += 2;
  else if (*brace == '{' && fault->error == LEXICAL_NONE) interpolation_skip(lexer, style, fault);
  else {
    fault_set(fault, LEXICAL_FORMAT_BRACE, brace, brace + 1);
    lexer->cursor++;
  }
}

void string_skip(Lexer *lexer, StringStyle style, Fault *fault) {
  for (; lexer->cursor < lexer->limit; ) {
    unsigned char byte = *lexer->cursor;
    if (at_quotes(lexer, style)) {
      lexer->cursor += style.width;
      return;
    }
    if (byte == '\n' && style.width == 1) break;
    if (byte == '\\') escape_skip(lexer, fault);
    else if (style.interpolates && (byte == '{' || byte == '}')) brace_skip(lexer, style, fault);
    else lexer->cursor++;
  }
  fault_set(fault, style.width == 3 ? LEXICAL_TEXT_OPEN : LEXICAL_STRING_OPEN, lexer->token, lexer->cursor);
}

size_t string_decode(const unsigned char *text, const unsigned char *limit, bool interpolates, char *out) {
  char *end = out;
  while (text < limit) {
    uint32_t character;
    int length = *text == '\\' ? escape_read(text, limit, &character) : 0;
    if (length) {
      if (text[1] == 'x') *end++ = (char)character;
      else end += utf8_encode(character, end);
      text += length;
      continue;
    }
    if (interpolates && (*text == '{' || *text == '}')) text++; /* the first of two */
    *end++ = (char)*text++;
  }
  return (size_t)(end - out);
}
