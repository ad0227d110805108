/* SPDX-License-Identifier: MIT */
/* lexer.re: the tokens of the language, one rule a line.

   Comments and the insides of strings may hold any bytes; they are skipped by hand (here and in literal.c), so that
   the rules, which read UTF-8, see code only. */
#include "lexer/lexer.h"

#include <string.h>
#include "lexer/literal.h"

/*!include:re2c "unicode_categories.re" */

void lexer_init(Lexer *lexer, const Source *source) {
  const unsigned char *text = (const unsigned char *)source->text;
  bool marked = source->length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
  *lexer = (Lexer){
    .start = text, .cursor = text + (marked ? 3 : 0), .limit = text + source->length, .base = source->base,
    .previous = TOKEN_NEWLINE,
  };
}

static uint32_t position(const Lexer *lexer, const unsigned char *at) {
  return lexer->base + (uint32_t)(at - lexer->start);
}

static Token make(const Lexer *lexer, TokenKind kind) {
  Span span = {position(lexer, lexer->token), position(lexer, lexer->cursor)};
  return (Token){.kind = kind, .span = span};
}

static Token fail(const Lexer *lexer, LexicalError error) {
  Token token = make(lexer, TOKEN_ERROR);
  token.error = error;
  return token;
}

static bool touches(const Lexer *lexer) { return lexer->previous_end == position(lexer, lexer->token); }

/* Whether `(` calls and `[` indexes what stands before it on the line. */
static TokenKind opening(const Lexer *lexer, TokenKind postfix, TokenKind prefix) {
  switch (lexer->previous) {
    case TOKEN_NAME: case TOKEN_RIGHT_PAREN: case TOKEN_RIGHT_BRACKET: case TOKEN_RIGHT_BRACE:
    case TOKEN_STRING: case TOKEN_FSTRING: case TOKEN_PRIME: return postfix;
    default: return prefix;
  }
}

static Token string(Lexer *lexer, unsigned char quote, uint8_t width, bool interpolates) {
  Fault fault = {LEXICAL_NONE, NULL, NULL};
  string_skip(lexer, (StringStyle){quote, width, interpolates}, &fault);
  Token token = make(lexer, interpolates ? TOKEN_FSTRING : TOKEN_STRING);
  if (fault.error == LEXICAL_NONE) return token;
  Span span = {position(lexer, fault.start), position(lexer, fault.end)};
  return (Token){.kind = TOKEN_ERROR, .error = fault.error, .span = span};
}

static Token apostrophe(Lexer *lexer) {
  TokenKind before = lexer->previous;
  bool prime = before == TOKEN_NAME || before == TOKEN_RIGHT_PAREN || before == TOKEN_RIGHT_BRACKET
            || before == TOKEN_PRIME;
  return prime && touches(lexer) ? make(lexer, TOKEN_PRIME) : string(lexer, '\'', 1, false);
}

/* `x++` is foreign where nothing follows; elsewhere `a ++b` is a sum. */
static Token doubled_sign(Lexer *lexer, TokenKind sign) {
  const unsigned char *at = lexer->cursor;
  while (at < lexer->limit && (*at == ' ' || *at == '\t' || *at == '\r')) at++;
  if (at == lexer->limit || strchr("\n;)}#", *at)) return fail(lexer, LEXICAL_FOREIGN);
  lexer->cursor--;
  return make(lexer, sign);
}

static Token name(const Lexer *lexer) {
  bool fits = lexer->cursor - lexer->token <= LEXER_NAME_BYTES;
  return fits ? make(lexer, TOKEN_NAME) : fail(lexer, LEXICAL_LONG_NAME);
}

static void skip_comment(Lexer *lexer) {
  const unsigned char *end = memchr(lexer->cursor, '\n', (size_t)(lexer->limit - lexer->cursor));
  lexer->cursor = end ? end : lexer->limit;
}

/* No rule begins with this byte: the error covers the character that it begins, if it is one. */
static Token stray(Lexer *lexer) {
  uint32_t character;
  if (*lexer->token == 0) return fail(lexer, LEXICAL_NUL);
  int length = utf8_decode((const char *)lexer->token, (const char *)lexer->limit, &character);
  lexer->cursor = lexer->token + (length ? length : 1);
  return fail(lexer, length ? LEXICAL_CHARACTER : LEXICAL_UTF8);
}

static Token scan(Lexer *lexer) {
  const unsigned char *marker, *context;
again:
  lexer->token = lexer->cursor;
  /*!re2c
    re2c:flags:8 = 1;
    re2c:eof = 0;
    re2c:yyfill:enable = 0;
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYPEEK = "lexer->cursor < lexer->limit ? *lexer->cursor : 0";
    re2c:define:YYSKIP = "++lexer->cursor;";
    re2c:define:YYLESSTHAN = "lexer->cursor >= lexer->limit";
    re2c:define:YYBACKUP = "marker = lexer->cursor;";
    re2c:define:YYRESTORE = "lexer->cursor = marker;";
    re2c:define:YYBACKUPCTX = "context = lexer->cursor;";
    re2c:define:YYRESTORECTX = "lexer->cursor = context;";

    blank     = [ \t\r\v\f] | [\u00a0\u2000-\u200a\u202f\u205f\u3000];
    digits    = [0-9]+ ("_" [0-9]+)*;
    minus     = "-" | "\u2212";
    exponent  = [eE] (minus | "+")? digits;
    number    = (digits ("." digits?)? | "." digits) exponent?;
    complete  = digits? "." digits exponent? | digits "."? exponent; // a point behind it is not its own
    subscript = [\u2080-\u2089];
    name      = (L | "_") (L | Mn | Mc | Nd | subscript | "_")*;

    blank+                    { goto again; }
    "#"                       { skip_comment(lexer); goto again; }
    "\r"? "\n"                { return make(lexer, TOKEN_NEWLINE); }
    ";"                       { return make(lexer, TOKEN_SEMICOLON); }

    number                    { return make(lexer, TOKEN_NUMBER); }
    complete / "." (L | "_")  { return make(lexer, TOKEN_NUMBER); }
    number [._] [0-9._]*      { return fail(lexer, LEXICAL_NUMBER); }
    "0" ([xX] [0-9a-fA-F]+ | [bB] [01]+ | [oO] [0-7]+) { return fail(lexer, LEXICAL_BASE); }

    ["]                       { return string(lexer, '"', 1, false); }
    ["]["]["]                 { return string(lexer, '"', 3, false); }
    "f" ["]                   { return string(lexer, '"', 1, true); }
    "f" ["]["]["]             { return string(lexer, '"', 3, true); }
    [']                       { return apostrophe(lexer); }

    "("                       { return make(lexer, opening(lexer, TOKEN_CALL_PAREN, TOKEN_LEFT_PAREN)); }
    ")"                       { return make(lexer, TOKEN_RIGHT_PAREN); }
    "["                       { return make(lexer, opening(lexer, TOKEN_INDEX_BRACKET, TOKEN_LEFT_BRACKET)); }
    "]"                       { return make(lexer, TOKEN_RIGHT_BRACKET); }
    "{"                       { return make(lexer, TOKEN_LEFT_BRACE); }
    "}"                       { return make(lexer, TOKEN_RIGHT_BRACE); }
    ","                       { return make(lexer, TOKEN_COMMA); }
    ":"                       { return make(lexer, TOKEN_COLON); }
    "."                       { return make(lexer, TOKEN_DOT); }
    "..."                     { return make(lexer, TOKEN_ELLIPSIS); }
    "->"                      { return make(lexer, TOKEN_ARROW); }
    "="                       { return make(lexer, TOKEN_ASSIGN); }

    "+"                       { return make(lexer, TOKEN_PLUS); }
    minus                     { return make(lexer, TOKEN_MINUS); }
    "*" | [\u00b7\u00d7\u22c5] { return make(lexer, TOKEN_STAR); }
    "/"                       { return make(lexer, TOKEN_SLASH); }
    "//"                      { return make(lexer, TOKEN_DOUBLE_SLASH); }
    "%"                       { return make(lexer, TOKEN_PERCENT); }
    "@"                       { return make(lexer, TOKEN_AT); }
    "**" | "^"                { return make(lexer, TOKEN_POWER); }
    "~"                       { return make(lexer, TOKEN_TILDE); }
    "|"                       { return make(lexer, TOKEN_PIPE); }
    "&"                       { return make(lexer, TOKEN_AMPERSAND); }
    "=="                      { return make(lexer, TOKEN_EQUAL); }
    "!=" | "\u2260"           { return make(lexer, TOKEN_NOT_EQUAL); }
    "<"                       { return make(lexer, TOKEN_LESS); }
    "<=" | "\u2264"           { return make(lexer, TOKEN_LESS_EQUAL); }
    ">"                       { return make(lexer, TOKEN_GREATER); }
    ">=" | "\u2265"           { return make(lexer, TOKEN_GREATER_EQUAL); }
    "+="                      { return make(lexer, TOKEN_PLUS_ASSIGN); }
    "-="                      { return make(lexer, TOKEN_MINUS_ASSIGN); }
    "*="                      { return make(lexer, TOKEN_STAR_ASSIGN); }
    "/="                      { return make(lexer, TOKEN_SLASH_ASSIGN); }
    "//="                     { return make(lexer, TOKEN_DOUBLE_SLASH_ASSIGN); }
    "%="                      { return make(lexer, TOKEN_PERCENT_ASSIGN); }
    "**=" | "^="              { return make(lexer, TOKEN_POWER_ASSIGN); }
    "@="                      { return make(lexer, TOKEN_AT_ASSIGN); }

    "&&" | "||" | "!" | "!==" { return fail(lexer, LEXICAL_FOREIGN); }
    "===" | "<>" | "=>" | "/*" { return fail(lexer, LEXICAL_FOREIGN); }
    "++"                      { return doubled_sign(lexer, TOKEN_PLUS); }
    "--"                      { return doubled_sign(lexer, TOKEN_MINUS); }

    "and"                     { return make(lexer, TOKEN_AND); }
    "or"                      { return make(lexer, TOKEN_OR); }
    "not"                     { return make(lexer, TOKEN_NOT); }
    "if"                      { return make(lexer, TOKEN_IF); }
    "else"                    { return make(lexer, TOKEN_ELSE); }
    "for"                     { return make(lexer, TOKEN_FOR); }
    "in"                      { return make(lexer, TOKEN_IN); }
    "while"                   { return make(lexer, TOKEN_WHILE); }
    "break"                   { return make(lexer, TOKEN_BREAK); }
    "continue"                { return make(lexer, TOKEN_CONTINUE); }
    "return"                  { return make(lexer, TOKEN_RETURN); }
    "def"                     { return make(lexer, TOKEN_DEF); }
    "no_autodiff"             { return make(lexer, TOKEN_NO_AUTODIFF); }
    "no_grad" / [ \t\r\n]* "{" { return make(lexer, TOKEN_NO_AUTODIFF); }
    "import"                  { return make(lexer, TOKEN_IMPORT); }
    "try"                     { return make(lexer, TOKEN_TRY); }
    "catch"                   { return make(lexer, TOKEN_CATCH); }
    "assert"                  { return make(lexer, TOKEN_ASSERT); }
    "del"                     { return make(lexer, TOKEN_DEL); }
    "global"                  { return make(lexer, TOKEN_GLOBAL); }
    name                      { return name(lexer); }

    *                         { return stray(lexer); }
    $                         { return make(lexer, TOKEN_END); }
  */
}

/* `2x` and `2(x + 1)`: the number is followed by a factor. */
static bool multiplies(const Lexer *lexer, TokenKind next) {
  return lexer->previous == TOKEN_NUMBER && touches(lexer) && (next == TOKEN_NAME || next == TOKEN_LEFT_PAREN);
}

Token lexer_next(Lexer *lexer) {
  const unsigned char *before = lexer->cursor;
  Token token = scan(lexer);
  token.spaced = lexer->token != before;
  if (multiplies(lexer, token.kind)) {
    lexer->token = lexer->cursor = before;
    token = make(lexer, TOKEN_JUXTAPOSE);
  }
  lexer->previous = token.kind;
  lexer->previous_end = token.span.end;
  return token;
}

bool lexer_is_name(const char *text, size_t length) {
  Source source = {.text = (char *)(uintptr_t)text, .length = length, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  Token name = lexer_next(&lexer);
  return name.kind == TOKEN_NAME && name.span.start == 1 && name.span.end - 1 == length;
}
