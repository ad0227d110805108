/* SPDX-License-Identifier: MIT */
/* notation.c: hints about the notation of textbooks and calculators: products and calls without a sign or brackets,
   exponents behind the name of a function or raised, derivatives by d/dx. */
#include <string.h>

#include "parser/hint.h"
#include "parser/parser.h"

enum { REPEATED = 40 }; /* bytes of the longest expression that a hint repeats */

/* Functions whose exponents stand behind their names in textbooks, and what the exponent -1 means. */
static const struct { const char *name, *inverse; } powered[] = {
  {"sin", "arcsin"}, {"cos", "arccos"}, {"tan", "arctan"}, {"csc", "arccsc"}, {"sec", "arcsec"}, {"cot", "arccot"},
  {"sinh", "arcsinh"}, {"cosh", "arccosh"}, {"tanh", "arctanh"}, {"log", "exp"}, {"ln", "exp"},
};

const char *notation_inverse(const char *name, size_t length) {
  for (size_t k = 0; k < sizeof powered / sizeof *powered; k++)
    if (strlen(powered[k].name) == length && memcmp(powered[k].name, name, length) == 0) return powered[k].inverse;
  return NULL;
}

/* ---- pieces of the text */

static uint32_t length_of(Span span) { return span.end - span.start; }

static bool is_word(char byte) {
  return byte == '_' || (byte >= '0' && byte <= '9') || ((byte | ' ') >= 'a' && (byte | ' ') <= 'z') || (byte & 0x80);
}

/* The name that ends at a place, which may be empty. */
static Span name_before(const Parse *p, uint32_t end) {
  uint32_t start = end;
  while (start > p->source->base && is_word(*parse_text(p, (Span){start - 1, end}))) start--;
  return (Span){start, end};
}

/* What goes on with a value, as the `x` and `(x + 1)` of `2x`, `2(x + 1)`. */
static bool goes_on(TokenKind kind) {
  switch (kind) {
    case TOKEN_NAME: case TOKEN_NUMBER: case TOKEN_DOT: case TOKEN_PRIME: return true;
    default: return token_bracket(kind) > 0 || (token_is_operator(kind) && !token_is_assignment(kind));
  }
}

/* From the unexpected token on, what is written without a blank: `2x` of `sin 2x + 1`.  All of the statement, if so
   asked.  An empty span: a bracket is open. */
static Span expression_from(const Stream *stream, bool whole) {
  Lexer ahead = stream->lexer;
  Token token = stream->token;
  Span span = {token.span.start, token.span.start};
  for (int depth = 0;; token = lexer_next(&ahead)) {
    bool ends = token.kind == TOKEN_END || token.kind == TOKEN_ERROR;
    bool blank = token.kind == TOKEN_NEWLINE || token.kind == TOKEN_SEMICOLON;
    depth += token_bracket(token.kind);
    if (ends || depth < 0 || (depth == 0 && blank)) break;
    bool first = token.span.start == span.start, closes = token_bracket(token.kind) < 0;
    if (!whole && !first && depth == 0 && !closes && (token.spaced || !goes_on(token.kind))) break;
    if (!whole && depth == 1 && token_bracket(token.kind) > 0 && !first && token.spaced) break;
    if (depth == 0 && token_ends_value(token.kind)) span.end = token.span.end;
  }
  return span;
}

/* ---- calls and products */

/* `{a: 1 b: 2}` and `f(a=1 b=2)`: rather a comma is missing. */
static bool begins_entry(const Stream *stream) {
  Lexer ahead = stream->lexer;
  TokenKind next = lexer_next(&ahead).kind;
  return stream->token.kind == TOKEN_NAME && (next == TOKEN_COLON || next == TOKEN_ASSIGN) && stream->depth;
}

/* Whether values stand side by side in the rest of the statement: `"x" "y"`. */
static bool lacks_comma(const Stream *stream) {
  Lexer ahead = stream->lexer;
  for (TokenKind before = stream->token.kind;;) {
    Token token = lexer_next(&ahead);
    switch (token.kind) {
      case TOKEN_END: case TOKEN_ERROR: case TOKEN_NEWLINE: case TOKEN_SEMICOLON: return false;
      case TOKEN_NAME: case TOKEN_NUMBER: case TOKEN_STRING: case TOKEN_FSTRING:
        if (token.spaced && token_ends_value(before)) return true;
        break;
      default: break;
    }
    before = token.kind;
  }
}

/* `print "x", 2`: a command with its arguments behind it. */
bool hint_command(Parse *p) {
  const Stream *stream = p->stream;
  TokenKind kind = stream->token.kind;
  Span name = stream->previous.span;
  bool begins = stream->previous.kind == TOKEN_NAME && name.start == stream->first.span.start && !stream->line_begins;
  bool prints = begins && length_of(name) == 5 && memcmp(parse_text(p, name), "print", 5) == 0;
  bool value = kind == TOKEN_STRING || kind == TOKEN_FSTRING;
  value |= prints && (kind == TOKEN_NAME || kind == TOKEN_NUMBER);
  Span rest = expression_from(stream, true);
  if (!begins || !value) return false;
  if (length_of(name) + length_of(rest) > REPEATED || !length_of(rest) || lacks_comma(stream))
    error_hint(p->error, "write `%.*s(...)`", span_shown(p, name), parse_text(p, name));
  else
    error_hint(p->error, "write `%.*s(%.*s)`", (int)length_of(name), parse_text(p, name), (int)length_of(rest),
               parse_text(p, rest));
  return true;
}

/* `sin^2 x` */
static bool hint_power(Parse *p) {
  const Stream *stream = p->stream;
  TokenKind kind = stream->token.kind;
  Span sign = stream->earlier.span, exponent = stream->previous.span;
  bool value = kind == TOKEN_NAME || kind == TOKEN_NUMBER;
  if (stream->earlier.kind != TOKEN_POWER || stream->previous.kind != TOKEN_NUMBER || !value) return false;
  Span name = name_before(p, sign.start), argument = expression_from(stream, false);
  if (!notation_inverse(parse_text(p, name), length_of(name)) || length_of(argument) > REPEATED) return false;
  error_hint(p->error, "write `%.*s(%.*s)%.*s`", (int)length_of(name), parse_text(p, name), (int)length_of(argument),
             parse_text(p, argument), (int)(exponent.end - sign.start), parse_text(p, sign));
  return true;
}

/* `2 x`, `x y`, `sin 2x`: where a name comes first, it may be one of a function, and a long one rather is. */
void hint_product(Parse *p) {
  Token left = p->stream->previous, right = p->stream->token;
  const Stream *stream = p->stream;
  bool statement = stream->depth == 0 || stream->brackets[stream->depth - 1].kind == TOKEN_LEFT_BRACE;
  bool called = left.kind == TOKEN_NAME && statement, bracket = right.kind == TOKEN_LEFT_PAREN;
  bool factor = right.kind == TOKEN_NAME || bracket || (called && right.kind == TOKEN_NUMBER);
  if ((left.kind != TOKEN_NUMBER && !called) || !factor || p->stream->line_begins) return;
  if (begins_entry(p->stream)) return;
  Span behind = expression_from(p->stream, false);
  if (!length_of(behind) || length_of(left.span) + length_of(behind) > REPEATED) return;
  const char *first = parse_text(p, left.span), *other = parse_text(p, behind);
  int n = (int)length_of(left.span), m = (int)length_of(behind);
  const char *open = bracket ? "" : "(", *close = bracket ? "" : ")";
  if (!called) error_hint(p->error, "to multiply, write `%.*s*%.*s`", n, first, m, other);
  else if (n > 1 && n + m > 18) error_hint(p->error, "to call, write `%.*s%s%.*s%s`", n, first, open, m, other, close);
  else if (n > 1)
    error_hint(p->error, "to call, write `%.*s%s%.*s%s`; to multiply, `%.*s*%.*s`", n, first, open, m, other, close, n,
               first, m, other);
  else if (m > 17) error_hint(p->error, "to multiply, write `%.*s*%.*s`", n, first, m, other);
  else
    error_hint(p->error, "to multiply, write `%.*s*%.*s`; to call, `%.*s%s%.*s%s`", n, first, m, other, n, first, open,
               m, other, close);
}

/* ---- derivatives */

/* f'abc' is the derivative of f and then a name; f'3 is rather a call. */
static bool hint_prime(Parse *p) {
  const Stream *stream = p->stream;
  const char *text = parse_text(p, stream->token.span), *limit = p->source->text + p->source->length;
  if (stream->token.spaced || stream->line_begins || stream->previous.kind != TOKEN_PRIME) return false;
  const char *line_end = memchr(text, '\n', (size_t)(limit - text));
  bool quoted = memchr(text, '\'', (size_t)((line_end ? line_end : limit) - text)) != NULL;
  uint32_t primes = stream->previous.span.end;
  while (*parse_text(p, (Span){primes - 1, primes}) == '\'') primes--;
  Span name = name_before(p, primes), argument = expression_from(stream, false);
  name.end = stream->previous.span.end;
  if (quoted && length_of(name) == 2 && *parse_text(p, name) == 'f') {
    error_hint(p->error, "an f-string is written f\"...\", with double quotes");
    return true;
  }
  bool value = stream->token.kind == TOKEN_NAME || stream->token.kind == TOKEN_NUMBER;
  if (!value || primes == name.start || length_of(name) + length_of(argument) > REPEATED) return false;
  error_hint(p->error, "to call, write `%.*s(%.*s)`", (int)length_of(name), parse_text(p, name),
             (int)length_of(argument), parse_text(p, argument));
  return true;
}

/* The bracket `(...)` that begins a text, where it is closed on the line and short enough to be repeated; 0: else. */
static int bracket_length(const Parse *p, const char *text) {
  const char *limit = p->source->text + p->source->length;
  for (int length = 0, depth = 0; length < REPEATED && text + length < limit && text[length] != '\n';) {
    depth += (text[length] == '(') - (text[length] == ')');
    length++;
    if (depth == 0) return length;
  }
  return 0;
}

/* `f '(2)`: behind a blank the prime begins a string, which is never closed, or which looks as if it were called. */
bool hint_spaced_prime(Parse *p, Token before, Span quote, bool closed) {
  const char *text = parse_text(p, quote), *limit = p->source->text + p->source->length;
  int name = (int)length_of(before.span), primes = 0;
  while (text + primes < limit && text[primes] == '\'') primes++;
  const char *behind = text + primes, *string_end = text + length_of(quote);
  bool called = behind < limit && *behind == '(' && (!closed || string_end <= behind || *string_end == '(');
  if (before.kind != TOKEN_NAME || hint_begins_line(p, quote) || !primes || !called || name > REPEATED) return false;
  int argument = bracket_length(p, behind);
  error_hint(p->error, "a derivative is written without a blank: `%.*s%.*s%.*s`", name, parse_text(p, before.span), primes,
             text, argument ? argument : 5, argument ? behind : "(...)");
  return true;
}

/* `d/dx x^2` */
static bool hint_leibniz(Parse *p) {
  const Stream *stream = p->stream;
  Span slash = stream->earlier.span, name = stream->previous.span;
  if (stream->earlier.kind != TOKEN_SLASH || stream->previous.kind != TOKEN_NAME || stream->line_begins) return false;
  bool below = length_of(name) == 2 && *parse_text(p, name) == 'd';
  TokenKind kind = stream->token.kind;
  bool value = kind == TOKEN_NAME || kind == TOKEN_NUMBER || kind == TOKEN_LEFT_PAREN;
  if (!value || !below || slash.start == p->source->base || parse_text(p, slash)[-1] != 'd') return false;
  Span rest = expression_from(stream, true);
  int length = (int)length_of(rest);
  const char *text = parse_text(p, rest);
  if (length == 0 || length > REPEATED) error_hint(p->error, DERIVATIVE_HINT);
  else if (length == (int)length_of(stream->token.span) && kind == TOKEN_NAME)
    error_hint(p->error, "the derivative is the function `D(%.*s)`", length, text);
  else error_hint(p->error, "the derivative is the function `D(%c -> %.*s)`", parse_text(p, name)[1], length, text);
  return true;
}

/* `f x = x^2` */
static bool hint_definition(Parse *p) {
  const Stream *stream = p->stream;
  Token name = stream->previous, parameter = stream->token;
  Lexer ahead = stream->lexer;
  bool begins = name.kind == TOKEN_NAME && name.span.start == stream->first.span.start && !stream->line_begins;
  if (!begins || parameter.kind != TOKEN_NAME || lexer_next(&ahead).kind != TOKEN_ASSIGN) return false;
  size_t length = length_of(parameter.span);
  const char *text = parse_text(p, parameter.span);
  for (Token token = parameter; token.kind != TOKEN_END && token.kind != TOKEN_NEWLINE && token.kind != TOKEN_ERROR;) {
    token = lexer_next(&ahead);
    bool same = length_of(token.span) == length && memcmp(parse_text(p, token.span), text, length) == 0;
    if (!same || length_of(name.span) + length > REPEATED) continue;
    error_hint(p->error, "a function is defined by `%.*s(%.*s) = ...`", (int)length_of(name.span),
               parse_text(p, name.span), (int)length, text);
    return true;
  }
  return false;
}

bool hint_notation(Parse *p) {
  const Stream *stream = p->stream;
  bool string = stream->token.kind == TOKEN_STRING;
  if (string && hint_spaced_prime(p, stream->previous, stream->token.span, true)) return true;
  return hint_prime(p) || hint_leibniz(p) || hint_definition(p) || hint_power(p);
}

/* ---- raised exponents */

/* What a raised character is on the line; 0: it is none. */
static char raised_digit(uint32_t character) {
  if (character == 0xB9) return '1';
  if (character == 0xB2 || character == 0xB3) return (char)('2' + (character - 0xB2));
  if (character == 0x2070 || (character >= 0x2074 && character <= 0x2079)) return (char)('0' + (character - 0x2070));
  return character == 0x207B ? '-' : '\0';
}

/* `sin²(x)`, `sin² x`, `cos⁻¹(x)`: the exponent of a function, and the text behind it. */
static bool hint_raised_behind(Parse *p, Span name, const char *text, const char *exponent) {
  const char *limit = p->source->text + p->source->length;
  const char *inverse = notation_inverse(parse_text(p, name), length_of(name));
  int depth = 0, length = 0, n = (int)length_of(name);
  if (!inverse) return false;
  while (text < limit && *text == ' ') text++;
  for (; length < REPEATED && text + length < limit && text[length] != '\n'; length++) {
    if (depth == 0 && length && text[length - 1] == ')') break;
    if (depth == 0 && text[length] != '(' && !is_word(text[length])) break;
    depth += (text[length] == '(') - (text[length] == ')');
  }
  if (depth || !length) text = "x", length = 1;
  const char *open = *text == '(' ? "" : "(", *close = *text == '(' ? "" : ")";
  if (strcmp(exponent, "-1") == 0) error_hint(p->error, "write `%s%s%.*s%s`", inverse, open, length, text, close);
  else error_hint(p->error, "write `%.*s%s%.*s%s**%s`", n, parse_text(p, name), open, length, text, close, exponent);
  return true;
}

/* `x²`, `x⁻¹⁰` */
bool hint_exponent(Parse *p, Span span) {
  const char *text = parse_text(p, span), *limit = p->source->text + p->source->length;
  char exponent[16];
  size_t count = 0;
  uint32_t character = 0;
  for (int bytes; count + 1 < sizeof exponent && (bytes = utf8_decode(text, limit, &character)) > 0; text += bytes)
    if (raised_digit(character)) exponent[count++] = raised_digit(character);
    else break;
  exponent[count] = '\0';
  Span name = name_before(p, span.start);
  bool leibniz = length_of(name) == 1 && *parse_text(p, name) == 'd' && limit - text > 2 && memcmp(text, "/d", 2) == 0;
  if (leibniz) error_hint(p->error, "a second derivative is written `f''(x)`");
  else if (count && !hint_raised_behind(p, name, text, exponent)) error_hint(p->error, "write `**%s`", exponent);
  return count > 0;
}

/* ---- numbers */

void hint_number(Parse *p, Span span) {
  const char *text = parse_text(p, span);
  uint32_t length = length_of(span), group = 0, groups = 0;
  bool even = true;
  for (uint32_t i = 0; i < length; i++) {
    if (i && text[i] == '.' && text[i - 1] == '.') {
      error_hint(p->error, "to count from 1 to 3, write `range(1, 4)`");
      return;
    }
    if (text[i] == '.') even &= groups++ == 0 || group == 3, group = 0;
    else group++;
  }
  if (even && group == 3 && groups > 1) error_hint(p->error, "digits are grouped by `_`: `1_000_000`");
}
