/* SPDX-License-Identifier: MIT */
/* stream.c: decides which newlines count and what braces are, from the tokens before and the brackets around.

   Blocks cannot stand in an expression, so within any bracket but a block's a brace is a record and newlines are
   blank.  Elsewhere a brace begins a block where a value has just ended, and a record where one is expected. */
#include "parser/stream.h"

#include <string.h>

static bool may_end_statement(TokenKind kind) {
  return token_ends_value(kind) || kind == TOKEN_BREAK || kind == TOKEN_CONTINUE || kind == TOKEN_RETURN;
}

static bool begins_statement(TokenKind previous) {
  return previous == TOKEN_NEWLINE || previous == TOKEN_SEMICOLON || previous == TOKEN_LEFT_BRACE;
}

static bool within_value(const Stream *stream) {
  if (stream->fragment) return true;
  return stream->depth > 0 && stream->brackets[stream->depth - 1].kind != TOKEN_LEFT_BRACE;
}

void stream_open(Stream *stream, const Source *source) {
  *stream = (Stream){.previous = {.kind = TOKEN_NEWLINE}, .token = {.kind = TOKEN_NEWLINE}};
  lexer_init(&stream->lexer, source);
}

void stream_open_fragment(Stream *stream, const Stream *outer, const Source *source, Span expression) {
  stream_open(stream, source);
  stream->fragment = true;
  stream->stop = expression.end;
  stream->lexer.cursor = stream->lexer.start + (expression.start - source->base);
  stream->lexer.nesting = outer->lexer.nesting + 1;
}

/* ---- newlines */

/* `else` and `catch` may begin the line after the `}` that they continue. */
static bool continues_statement(Stream *stream) {
  if (stream->previous.kind != TOKEN_RIGHT_BRACE || !stream->closed_block) return false;
  Lexer ahead = stream->lexer, before = ahead;
  Token next = lexer_next(&ahead);
  while (next.kind == TOKEN_NEWLINE) {
    before = ahead;
    next = lexer_next(&ahead);
  }
  if (next.kind != TOKEN_ELSE && next.kind != TOKEN_CATCH) return false;
  stream->lexer = before;
  return true;
}

static bool is_blank(Stream *stream) {
  return within_value(stream) || stream->header || !may_end_statement(stream->previous.kind)
      || continues_statement(stream);
}

/* Within brackets `(` and `[` at the start of a line go on with the value before them; among the elements of a list a
   comma is rather missing. */
static bool line_goes_on(const Stream *stream) {
  if (!within_value(stream)) return false;
  return stream->depth == 0 || !stream->brackets[stream->depth - 1].list;
}

static Token read(Stream *stream) {
  TokenKind before = stream->lexer.previous;
  Token token = lexer_next(&stream->lexer);
  stream->line_begins = false;
  while (token.kind == TOKEN_NEWLINE && is_blank(stream)) {
    stream->line_begins = true;
    if (line_goes_on(stream)) stream->lexer.previous = before, stream->lexer.previous_end = 0;
    token = lexer_next(&stream->lexer);
  }
  if (!stream->fragment || token.span.start < stream->stop) return token;
  return (Token){.kind = TOKEN_END, .span = {stream->stop, stream->stop}};
}

/* ---- brackets */

static bool grow(Parse *p) {
  Stream *stream = p->stream;
  uint32_t capacity = stream->capacity ? stream->capacity * 2 : 16;
  Bracket *brackets = arena_allocate(p->arena, capacity * sizeof *brackets);
  if (!brackets) return parse_fail_memory(p);
  if (stream->depth) memcpy(brackets, stream->brackets, stream->depth * sizeof *brackets);
  stream->brackets = brackets;
  stream->capacity = capacity;
  return true;
}

static bool fail_open(Parse *p, Span place) {
  if (parse_failed(p)) return false;
  parse_fail(p, place, "nested too deeply: more than 1000 brackets are open here");
  error_hint(p->error, "close brackets that are complete, or give parts of it names");
  return false;
}

static bool open_bracket(Parse *p, TokenKind kind, Token token) {
  Stream *stream = p->stream;
  if (stream->depth == STREAM_MAX_DEPTH) return fail_open(p, token.span);
  if (stream->depth == stream->capacity && !grow(p)) return false;
  stream->brackets[stream->depth++] = (Bracket){kind, token.span, token.kind == TOKEN_LEFT_BRACKET, 0};
  return true;
}

static bool matches(TokenKind open, TokenKind close) {
  switch (open) {
    case TOKEN_LEFT_PAREN: return close == TOKEN_RIGHT_PAREN;
    case TOKEN_LEFT_BRACKET: return close == TOKEN_RIGHT_BRACKET;
    default: return close == TOKEN_RIGHT_BRACE;
  }
}

static bool close_bracket(Parse *p, Token token) {
  Stream *stream = p->stream;
  const char *written = token_spelling(token.kind);
  Bracket open = stream->depth ? stream->brackets[stream->depth - 1] : (Bracket){.kind = TOKEN_END};
  bool match = stream->depth && matches(open.kind, token.kind);
  if (!match && (stream->depth == 0 || open.kind == TOKEN_LEFT_BRACE)) {
    return parse_fail(p, token.span, "unmatched `%s`", written);
  }
  if (!match) {
    parse_fail(p, open.span, "`%s` opened here is closed by `%s`", token_spelling(open.kind), written);
    error_label(p->error, token.span, "closed here");
    return false;
  }
  stream->depth--;
  stream->closed_block = open.kind == TOKEN_LEFT_BRACE;
  return true;
}

/* Whether a `{` here begins a block. */
static bool begins_block(const Stream *stream) {
  TokenKind previous = stream->previous.kind;
  if (within_value(stream)) return false;
  return token_ends_value(previous) || previous == TOKEN_TRY || previous == TOKEN_NO_AUTODIFF
      || stream->chains;
}

/* `[e for x, y in ...`: commas stand between targets from here on. */
static bool begin_targets(Stream *stream) {
  if (!stream->depth) return true;
  Bracket *bracket = &stream->brackets[stream->depth - 1];
  bracket->list = false;
  if (bracket->loops < 2) bracket->loops++;
  return true;
}

static bool follow_brackets(Parse *p, Token *token) {
  switch (token->kind) {
    case TOKEN_LEFT_PAREN: case TOKEN_CALL_PAREN: return open_bracket(p, TOKEN_LEFT_PAREN, *token);
    case TOKEN_LEFT_BRACKET: case TOKEN_INDEX_BRACKET:
      return open_bracket(p, TOKEN_LEFT_BRACKET, *token);
    case TOKEN_RIGHT_PAREN: case TOKEN_RIGHT_BRACKET: case TOKEN_RIGHT_BRACE: return close_bracket(p, *token);
    case TOKEN_FOR: return begin_targets(p->stream);
    case TOKEN_LEFT_BRACE: break;
    default: return true;
  }
  if (begins_block(p->stream)) p->stream->header = false;
  else token->kind = TOKEN_RECORD_BRACE;
  return open_bracket(p, token->kind, *token);
}

/* ---- statements */

static bool continues_block(const Stream *stream, TokenKind kind) {
  bool behind_block = stream->previous.kind == TOKEN_RIGHT_BRACE && stream->closed_block;
  return behind_block && (kind == TOKEN_ELSE || kind == TOKEN_CATCH);
}

/* Operators and brackets stand in code rather than in a comment. */
static bool is_code(TokenKind kind) {
  return token_bracket(kind) != 0 || token_is_operator(kind);
}

/* `x = 5 // the words of a comment`, but neither `a//n` nor `a // 2`. */
static void follow_division(Stream *stream, Token token) {
  bool word = token.kind == TOKEN_NAME || token_is_keyword(token.kind);
  if (stream->previous.kind == TOKEN_DOUBLE_SLASH) stream->divided = word && (stream->previous.spaced || token.spaced);
  else if (is_code(stream->previous.kind)) stream->divided = false;
}

static void follow_statement(Stream *stream, Token token) {
  bool begins = begins_statement(stream->previous.kind), goes_on_block = continues_block(stream, token.kind);
  if (begins || goes_on_block) stream->first = token;
  if (begins || stream->line_begins) stream->divided = stream->remainder = false;
  follow_division(stream, token);
  if (stream->previous.kind == TOKEN_PERCENT) stream->remainder = true;
  switch (token.kind) {
    case TOKEN_IF: stream->header |= begins || stream->chains; break;
    case TOKEN_WHILE: case TOKEN_FOR: case TOKEN_DEF: case TOKEN_TRY: case TOKEN_NO_AUTODIFF:
      stream->header |= begins;
      break;
    case TOKEN_ELSE: case TOKEN_CATCH: stream->header |= goes_on_block; break;
    default: break;
  }
}

/* ---- lists of numbers */

/* Whether an element of a list may begin, going by the token that was given last. */
static bool begins_element(const Stream *stream) {
  TokenKind last = stream->token.kind;
  if ((last != TOKEN_COMMA && last != TOKEN_LEFT_BRACKET) || stream->depth == 0) return false;
  return stream->brackets[stream->depth - 1].list;
}

Token stream_next(Parse *p) {
  Stream *stream = p->stream;
  stream->run = begins_element(stream) ? numbers_read(p) : NULL;
  stream->earlier = stream->previous;
  stream->previous = stream->token;
  if (stream->run) return stream->token = (Token){.kind = TOKEN_NUMBER, .span = stream->run->span};
  if (parse_failed(p)) return (Token){.kind = TOKEN_ERROR};
  Token token = read(stream);
  if (token.kind == TOKEN_ERROR) return token;
  if (!within_value(stream)) follow_statement(stream, token);
  if (!follow_brackets(p, &token)) token.kind = TOKEN_ERROR;
  stream->chains = continues_block(stream, token.kind);
  stream->token = token;
  return token;
}
