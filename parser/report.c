/* SPDX-License-Identifier: MIT */
/* report.c: what is said about a program that cannot be read: a sentence, a place, and a hint if one is true. */
#include <stdio.h>
#include <string.h>

#include "parser/hint.h"

/* ---- small tools */

int span_shown(const Parse *p, Span span) { return text_cut(parse_text(p, span), span.end - span.start, 40); }

/* Where the token before ends; for a newline, where its line does. */
static Span behind_previous(const Stream *stream) {
  Token previous = stream->previous;
  uint32_t at = previous.kind == TOKEN_NEWLINE ? previous.span.start : previous.span.end;
  return (Span){at, at};
}

/* What ends a line is reported where the line stops, and so is what begins a line that should go on with the one
   before.  What begins a statement, or goes on with one on a line of its own, stands where it stands. */
static Span place_of(const Stream *stream) {
  TokenKind kind = stream->token.kind, before = stream->previous.kind;
  bool statement = before == TOKEN_NEWLINE || before == TOKEN_SEMICOLON || before == TOKEN_LEFT_BRACE ||
                   kind == TOKEN_ELSE || kind == TOKEN_CATCH;
  bool elsewhere = (stream->line_begins && !statement) || kind == TOKEN_END || kind == TOKEN_NEWLINE;
  bool first = stream->previous.span.end == 0;
  return elsewhere && !first ? behind_previous(stream) : stream->token.span;
}

/* ---- invalid tokens */

static void report_foreign(Parse *p, Span span) {
  parse_fail(p, span, "`%.*s` is not an operator here", span_shown(p, span), parse_text(p, span));
  hint_operator(p, span);
}

/* Characters that a terminal would obey or hide are named by number. */
static void report_character(Parse *p, Span span) {
  const char *text = parse_text(p, span);
  uint32_t character = 0;
  utf8_decode(text, text + (span.end - span.start), &character);
  bool visible = character >= ' ' && character != 0x7F && utf8_width(character) > 0
              && !(character >= 0x80 && character < 0xA0);
  if (visible) parse_fail(p, span, "unexpected character `%.*s`", span_shown(p, span), text);
  else parse_fail(p, span, "unexpected character U+%04X", (unsigned)character);
  hint_character(p, span);
}

static void report_open_string(Parse *p, Span span, bool spans_lines) {
  uint32_t width = spans_lines ? 3 : 1;
  if (*parse_text(p, span) == 'f') width++;
  parse_fail(p, (Span){span.start, span.start + width}, "this string is never closed");
  if (!spans_lines && !hint_spaced_prime(p, p->stream->token, span, false))
    error_hint(p->error, "a string over several lines is quoted with `\"\"\"`");
  p->error->incomplete = spans_lines;
}

static void report_escape(Parse *p, Span span) {
  const char *text = parse_text(p, span);
  if (span.end - span.start > 2 && text[span.end - span.start - 1] == '}') {
    parse_fail(p, span, "`%.*s` is no character", span_shown(p, span), text);
    error_hint(p->error, "they end at \\u{10ffff}, without \\u{d800} to \\u{dfff}");
    return;
  }
  bool printable = span.end - span.start == 2 && text[1] > ' ' && text[1] < 0x7F;
  parse_fail(p, span, "unknown escape `%.*s` in a string", printable ? 2 : 1, text);
  error_hint(p->error, "there are \\n \\t \\r \\0 \\\" \\\\ \\xff \\u{3b1}; a backslash is `\\\\`");
}

static void report_base(Parse *p, Span span) {
  const char *text = parse_text(p, span);
  int base = text[1] == 'x' || text[1] == 'X' ? 16 : text[1] == 'o' || text[1] == 'O' ? 8 : 2;
  double number = 0;
  for (uint32_t i = 2; i < span.end - span.start; i++)
    number = number * base + (text[i] <= '9' ? text[i] - '0' : (text[i] | ' ') - 'a' + 10);
  parse_fail(p, span, "`%.*s` is not a number", span_shown(p, span), text);
  if (number < 0x1p53) error_hint(p->error, "numbers are decimal: write `%.0f`", number);
}

void report_lexical(Parse *p, Token token) {
  Span span = token.span;
  if (parse_failed(p)) return;
  switch (token.error) {
    case LEXICAL_NONE: case LEXICAL_CHARACTER: report_character(p, span); break;
    case LEXICAL_FOREIGN: report_foreign(p, span); break;
    case LEXICAL_STRING_OPEN: case LEXICAL_TEXT_OPEN:
      report_open_string(p, span, token.error == LEXICAL_TEXT_OPEN);
      break;
    case LEXICAL_ESCAPE: report_escape(p, span); break;
    case LEXICAL_NUL: parse_fail(p, span, "a NUL byte cannot stand in code"); break;
    case LEXICAL_UTF8:
      parse_fail(p, span, "invalid UTF-8 in code");
      error_hint(p->error, "save the file with the encoding UTF-8");
      break;
    case LEXICAL_NUMBER:
      parse_fail(p, span, "`%.*s` is not a number", span_shown(p, span), parse_text(p, span));
      hint_number(p, span);
      break;
    case LEXICAL_BASE: report_base(p, span); break;
    case LEXICAL_LONG_NAME: parse_fail(p, span, "a name of more than %d bytes", LEXER_NAME_BYTES); break;
    case LEXICAL_FORMAT_OPEN: parse_fail(p, span, "`{` in an f-string is never closed"); break;
    case LEXICAL_FORMAT_BRACE:
      parse_fail(p, span, "a single `}` in an f-string");
      error_hint(p->error, "write `}}` for a brace");
      break;
    case LEXICAL_FORMAT_NESTED:
      parse_fail(p, span, "a format cannot hold `{`");
      error_hint(p->error, "a width or a precision is written as a number: `{x:>10.3f}`");
      break;
    case LEXICAL_FORMAT_DEPTH: parse_fail(p, span, "f-strings are nested too deeply"); break;
  }
}

/* ---- what was expected, in words */

typedef struct Words { const char *list[TOKEN_COUNT]; int count; } Words;

static void add_word(Words *words, const char *word) {
  for (int i = 0; i < words->count; i++) {
    if (strcmp(words->list[i], word) == 0) return;
  }
  words->list[words->count++] = word;
}

static bool is_statement_end(TokenKind kind) {
  return kind == TOKEN_NEWLINE || kind == TOKEN_SEMICOLON || kind == TOKEN_END;
}

/* Tokens that may follow any value, and are not worth naming one by one. */
static bool goes_on_with_value(TokenKind kind) {
  return kind == TOKEN_CALL_PAREN || kind == TOKEN_INDEX_BRACKET || kind == TOKEN_DOT || kind == TOKEN_PRIME
      || kind == TOKEN_IF || kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_IN
      || kind == TOKEN_ARROW || token_is_operator(kind);
}

static bool begins_value(TokenKind kind) {
  switch (kind) {
    case TOKEN_NUMBER: case TOKEN_STRING: case TOKEN_FSTRING: case TOKEN_NAME: case TOKEN_LEFT_PAREN:
    case TOKEN_LEFT_BRACKET: case TOKEN_RECORD_BRACE: case TOKEN_NOT: case TOKEN_ELLIPSIS: case TOKEN_PLUS:
    case TOKEN_MINUS: case TOKEN_STAR: case TOKEN_TILDE: return true;
    default: return false;
  }
}

/* Words for the tokens that neither begin nor go on with a value. */
static void add_others(Words *words, const bool expected[TOKEN_COUNT]) {
  bool value = expected[TOKEN_NUMBER], operator = !value && expected[TOKEN_STAR];
  for (TokenKind kind = 0; kind < TOKEN_COUNT; kind++) {
    bool implied = (value && begins_value(kind)) || (operator && goes_on_with_value(kind));
    bool skip = implied || kind == TOKEN_COMMA || is_statement_end(kind);
    if (expected[kind] && !skip) add_word(words, token_spoken(kind));
  }
}

static Words describe_expected(const Parse *p, const bool expected[TOKEN_COUNT]) {
  Words words = {{NULL}, 0}, others = {{NULL}, 0};
  bool statement = expected[TOKEN_WHILE];
  if (statement) add_word(&words, "a statement");
  else add_others(&others, expected);
  if (!statement && expected[TOKEN_NUMBER]) add_word(&words, "a value");
  else if (others.count == 0 && expected[TOKEN_STAR]) add_word(&words, "an operator");
  else if (expected[TOKEN_COMMA]) add_word(&words, token_spoken(TOKEN_COMMA));
  for (int i = 0; i < others.count; i++) add_word(&words, others.list[i]);
  if (expected[TOKEN_NEWLINE]) add_word(&words, p->stream->fragment ? "`}`" : token_spoken(TOKEN_NEWLINE));
  if (expected[TOKEN_RIGHT_BRACE] && statement) add_word(&words, token_spoken(TOKEN_RIGHT_BRACE));
  return words;
}

/* "a, b or c"; false when there are too many to be of help. */
static bool join_words(const Words *words, char *text, size_t size) {
  if (words->count == 0 || words->count > 3) return false;
  size_t length = 0;
  for (int i = 0; i < words->count; i++) {
    const char *glue = i == 0 ? "" : i + 1 == words->count ? " or " : ", ";
    length += (size_t)snprintf(text + length, size - length, "%s%s", glue, words->list[i]);
    if (length >= size) return false;
  }
  return true;
}

/* ---- syntax errors */

/* What stands where it should not, as a name or in words. */
static void describe_token(const Parse *p, char *text, size_t size) {
  const Stream *stream = p->stream;
  Span span = stream->token.span;
  bool ended = stream->token.kind == TOKEN_END && stream->fragment;
  bool named = stream->token.kind == TOKEN_NAME && span.end - span.start <= 40;
  if (named) snprintf(text, size, "`%.*s`", span_shown(p, span), parse_text(p, span));
  else snprintf(text, size, "%s", ended ? "`}`" : token_spoken(stream->token.kind));
}

/* `while = 3`, `f(for=3)`, `x.in`. */
static bool report_reserved(Parse *p, const bool expected[TOKEN_COUNT]) {
  const Stream *stream = p->stream;
  bool assigned = token_is_assignment(stream->token.kind) && token_is_keyword(stream->previous.kind);
  Lexer ahead = stream->lexer;
  bool here = token_is_keyword(stream->token.kind) && expected[TOKEN_NAME];
  bool named = here && (!expected[TOKEN_NUMBER] || lexer_next(&ahead).kind == TOKEN_ASSIGN);
  if (!assigned && !named) return false;
  Token word = assigned ? stream->previous : stream->token;
  parse_fail(p, word.span, "`%s` is a reserved word and cannot be a name", token_spelling(word.kind));
  if (!assigned && stream->previous.kind == TOKEN_DOT)
    error_hint(p->error, "the field of a record is `[\"%s\"]`, instead of `.%s`", token_spelling(word.kind),
               token_spelling(word.kind));
  return true;
}

static bool report_assignment(Parse *p, const bool expected[TOKEN_COUNT]) {
  const Stream *stream = p->stream;
  if (stream->token.kind != TOKEN_ASSIGN || !token_ends_value(stream->previous.kind)) return false;
  if (expected[TOKEN_COLON] && !expected[TOKEN_STAR]) return false; /* {a = 1} */
  if (stream->first.kind == TOKEN_FOR && stream->header) {
    parse_fail(p, stream->token.span, "expected `in`, found `=`");
    error_hint(p->error, "to count from 1 to 3, write `for i in range(1, 4) { ... }`");
  } else if (stream->first.kind == TOKEN_DEF && stream->header) {
    parse_fail(p, stream->token.span, "`def` needs a block `{ ... }`, not `=`");
    error_hint(p->error, "in short: `f(x) = e` without `def`");
  } else if (stream->first.kind == TOKEN_GLOBAL) {
    parse_fail(p, stream->token.span, "`global` takes names only, not a value");
    error_hint(p->error, "write the assignment behind it: `global n; n = 1`");
  } else parse_fail(p, stream->token.span, "`=` assigns; to compare use `==`");
  return true;
}

/* Whether the innermost bracket ends after all, going by the tokens to come: then a comma was forgotten. */
static bool closes_later(const Stream *stream, TokenKind closer) {
  Lexer ahead = stream->lexer;
  Token token = stream->token;
  for (int depth = 0; token.kind != TOKEN_END && token.kind != TOKEN_ERROR; token = lexer_next(&ahead)) {
    depth += token_bracket(token.kind);
    if (depth < 0) return token.kind == closer;
    switch (token.kind) {
      case TOKEN_ASSIGN: case TOKEN_SEMICOLON: case TOKEN_DEF: case TOKEN_WHILE: case TOKEN_RETURN:
        if (depth == 0 && (closer != TOKEN_RIGHT_PAREN || token.kind != TOKEN_ASSIGN)) return false;
        break;
      default: break;
    }
  }
  return false;
}

/* An open bracket is to blame when the text ends, or when a new line begins where the bracket could end. */
static bool report_unclosed(Parse *p, const bool expected[TOKEN_COUNT]) {
  const Stream *stream = p->stream;
  if (stream->depth == 0) return false;
  Bracket open = stream->brackets[stream->depth - 1];
  TokenKind closer = open.kind == TOKEN_LEFT_PAREN ? TOKEN_RIGHT_PAREN
                   : open.kind == TOKEN_LEFT_BRACKET ? TOKEN_RIGHT_BRACKET : TOKEN_RIGHT_BRACE;
  bool next_line = stream->line_begins && expected[closer] && open.kind != TOKEN_LEFT_BRACE &&
                   !closes_later(stream, closer);
  if (stream->token.kind != TOKEN_END && !next_line) return false;
  char text[80];
  Words words = describe_expected(p, expected);
  parse_fail(p, open.span, "`%s` is never closed", token_spelling(open.kind));
  bool few = join_words(&words, text, sizeof text);
  if (few) error_label(p->error, behind_previous(stream), "expected %s here", text);
  return true;
}

/* Where the text before a place ends, leaving out blanks. */
static const char *text_before(const Parse *p, Span place, const char *blanks) {
  const char *text = parse_text(p, place), *start = p->source->text;
  while (text > start && strchr(blanks, text[-1])) text--;
  return text;
}

/* Whether `f(x) =` stands before a place. */
static bool is_defined(const Parse *p, Span place) {
  const char *text = text_before(p, place, " \t\n"), *start = p->source->text;
  if (p->stream->first.kind != TOKEN_NAME || text == start || *--text != '=') return false;
  while (text > start && (text[-1] == ' ' || text[-1] == '\t')) text--;
  return text > start && text[-1] == ')';
}

/* The innermost bracket that the token stands in: not the one that it opens. */
static Bracket bracket_around(const Stream *stream) {
  size_t depth = stream->depth;
  if (depth && stream->brackets[depth - 1].span.start == stream->token.span.start) depth--;
  return depth ? stream->brackets[depth - 1] : (Bracket){.kind = TOKEN_END};
}

/* `x -> { return x }`, `x -> { print(x); 1 }`, `f(x) = { return x }`, `f"{if x { 1 }}"`: blocks are no values. */
static bool report_block(Parse *p, const bool expected[TOKEN_COUNT]) {
  const Stream *stream = p->stream;
  if (stream->fragment && stream->token.kind == TOKEN_RECORD_BRACE && expected[TOKEN_LEFT_BRACE]) {
    parse_fail(p, stream->token.span, "a block cannot stand between `{` and `}`, only an expression");
    error_hint(p->error, "a choice is written `a if condition else b`");
    return true;
  }
  Bracket open = bracket_around(stream);
  bool entry = (expected[TOKEN_COLON] && !expected[TOKEN_STAR]) || (expected[TOKEN_NAME] && !expected[TOKEN_NUMBER]);
  if (open.kind != TOKEN_RECORD_BRACE || !entry || stream->token.kind == TOKEN_END) return false;
  const char *text = text_before(p, open.span, " \t\n"), *start = p->source->text;
  bool arrow = text - start >= 2 && text[-1] == '>' && text[-2] == '-';
  if (!arrow && !is_defined(p, open.span)) return false;
  parse_fail(p, open.span, arrow ? "a function value gives one expression, not a block"
                                 : "`=` defines a function by one expression, not by a block");
  error_hint(p->error, "a function of several statements is `def f(x) { ... }`");
  return true;
}

/* `if { print(1) }`, `for k in { }`: what should be the block is read as a record, the condition or the values. */
static bool report_condition(Parse *p) {
  const Stream *stream = p->stream;
  Token brace = stream->previous.kind == TOKEN_RECORD_BRACE ? stream->previous : stream->earlier;
  if (!stream->header || brace.kind != TOKEN_RECORD_BRACE || (stream->token.kind == TOKEN_END && stream->depth))
    return false;
  const char *text = text_before(p, brace.span, " \t"), *start = p->source->text;
  static const struct { const char *word, *lacking, *example; } words[] = {
    {"if", "condition", "x > 0"}, {"while", "condition", "x > 0"}, {"in", "values", "xs"},
  };
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
    const char *word = words[k].word;
    size_t length = strlen(word);
    if ((size_t)(text - start) < length || memcmp(text - length, word, length) != 0) continue;
    parse_fail(p, (Span){brace.span.start, brace.span.start + 1}, "`%s` has no %s before `{`", word, words[k].lacking);
    error_hint(p->error, "write `%s %s { ... }`", word, words[k].example);
    return true;
  }
  return false;
}

static void report_unexpected(Parse *p, const bool expected[TOKEN_COUNT]) {
  char list[80], found[80];
  Words words = describe_expected(p, expected);
  describe_token(p, found, sizeof found);
  Span place = place_of(p->stream);
  if (join_words(&words, list, sizeof list)) parse_fail(p, place, "expected %s, found %s", list, found);
  else parse_fail(p, place, "unexpected %s", found);
  hint_syntax(p, expected[TOKEN_STAR]);
}

void report_syntax(Parse *p, const bool expected[TOKEN_COUNT]) {
  if (parse_failed(p)) return;
  if (report_condition(p)) return;
  bool reported = report_block(p, expected) || report_unclosed(p, expected) || report_reserved(p, expected) ||
                  report_assignment(p, expected);
  if (!reported) report_unexpected(p, expected);
  p->error->incomplete = p->stream->token.kind == TOKEN_END && !p->stream->fragment;
}
