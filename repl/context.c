/* SPDX-License-Identifier: MIT */
/* context.c: what stands around the cursor in an input that is being typed. */
#include "repl/context.h"
#include <string.h>
#include "base/memory.h"
#include "base/text.h"
#include "evaluator/call.h"
#include "repl/command.h"

Tokens context_read(const char *text, size_t length) {
  Source source = {.text = (char *)(uintptr_t)text, .length = length, .base = 1};
  Lexer lexer;
  lexer_init(&lexer, &source);
  Tokens tokens = {.text = text};
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (tokens.count == tokens.capacity) {
      Token *items = memory_grow(tokens.items, &tokens.capacity, sizeof *items, 64);
      if (!items) break;
      tokens.items = items;
    }
    tokens.items[tokens.count++] = token;
    if (token.kind == TOKEN_ERROR && token.error == LEXICAL_STRING_OPEN) break;
  }
  return tokens;
}

void context_free(Tokens *tokens) { memory_release(tokens->items, tokens->capacity * sizeof *tokens->items); }

static bool ends_in_string(const Tokens *tokens) {
  LexicalError last = tokens->count ? tokens->items[tokens->count - 1].error : LEXICAL_NONE;
  return last == LEXICAL_STRING_OPEN || last == LEXICAL_TEXT_OPEN;
}

bool context_is_string(const char *text, size_t length) {
  Tokens tokens = context_read(text, length);
  bool string = ends_in_string(&tokens);
  context_free(&tokens);
  return string;
}

size_t context_indentation(const char *text, size_t length) {
  Tokens tokens = context_read(text, length);
  int depth = 0;
  for (size_t k = 0; k < tokens.count; k++) {
    depth += token_bracket(tokens.items[k].kind);
    if (depth < 0) depth = 0;
  }
  if (ends_in_string(&tokens)) depth = 0; /* blanks would be part of it */
  context_free(&tokens);
  return 2 * (size_t)depth;
}

const char *context_text(const Tokens *tokens, size_t index, size_t *length) {
  Span span = tokens->items[index].span;
  *length = span.end - span.start;
  return tokens->text + span.start - 1;
}

bool context_is(const Tokens *tokens, size_t index, const char *text) {
  size_t length;
  const char *start = context_text(tokens, index, &length);
  return strlen(text) == length && memcmp(start, text, length) == 0;
}

size_t context_code_end(const Tokens *tokens) {
  return tokens->count ? tokens->items[tokens->count - 1].span.end - 1 : 0;
}

bool context_is_comment(const Tokens *tokens, size_t cursor) {
  size_t end = context_code_end(tokens);
  while (cursor > end && tokens->text[cursor - 1] != '\n')
    if (tokens->text[--cursor] == '#') return true;
  return false;
}

size_t context_open_call(const Tokens *tokens, size_t count) {
  int depth = 0;
  for (size_t k = count; k-- > 0;) {
    int bracket = token_bracket(tokens->items[k].kind);
    depth -= bracket;
    if (bracket > 0 && depth < 0)
      return tokens->items[k].kind == TOKEN_CALL_PAREN && k > 0 ? k : count;
  }
  return count;
}

int context_positional(const Tokens *tokens, size_t paren, size_t count) {
  int depth = 0, arguments = 0;
  bool named = false;
  for (size_t k = paren + 1; k < count; k++) {
    TokenKind kind = tokens->items[k].kind;
    depth += token_bracket(kind);
    if (depth == 0 && kind == TOKEN_ASSIGN) named = true;
    if (depth != 0 || kind != TOKEN_COMMA) continue;
    if (!named) arguments++;
    named = false;
  }
  return arguments;
}

bool context_is_given(const Tokens *tokens, size_t paren, size_t count, const char *parameter) {
  int depth = 0;
  for (size_t k = paren + 1; k + 1 < count; k++) {
    depth += token_bracket(tokens->items[k].kind);
    if (depth == 0 && tokens->items[k + 1].kind == TOKEN_ASSIGN && context_is(tokens, k, parameter)) return true;
  }
  return false;
}

/* An open string is the last token. */
static bool is_in_string(const Tokens *tokens) {
  return tokens->count && tokens->items[tokens->count - 1].error == LEXICAL_STRING_OPEN;
}

bool context_takes_program(const Tokens *tokens) {
  if (!is_in_string(tokens) || tokens->count < 2) return false;
  size_t before = tokens->count - 2;
  if (tokens->items[before].kind == TOKEN_CALL_PAREN && before > 0) before--;
  return context_is(tokens, before, "import");
}

static const BuiltinInfo *called_builtin(const Tokens *tokens, size_t paren) {
  size_t length;
  const char *name = context_text(tokens, paren - 1, &length);
  return builtin_find(name, length);
}

bool context_takes_file(const Tokens *tokens) {
  if (context_takes_program(tokens)) return true;
  if (!is_in_string(tokens)) return false;
  size_t string = tokens->count - 1, paren = context_open_call(tokens, string), length = 0;
  const BuiltinInfo *info = paren < string ? called_builtin(tokens, paren) : NULL;
  if (!info) return false;
  TokenKind before = tokens->items[string - 1].kind;
  bool named = before == TOKEN_ASSIGN && string >= paren + 3, begins = before == TOKEN_COMMA || string == paren + 1;
  const char *name = named ? context_text(tokens, string - 2, &length) : NULL;
  return (named || begins) && builtin_takes_path(info, name, length, context_positional(tokens, paren, string));
}

bool context_is_command(const char *text, size_t length, const char *command) {
  const char *found = command_full_name(text + 1, length - 1);
  return found && strcmp(found, command) == 0;
}

size_t context_command_length(const char *text, size_t cursor) {
  size_t length = strcspn(text, " \t\n");
  return length < cursor ? length : 0;
}

bool context_wants_file(const char *text, size_t cursor) {
  if (text[0] == ':') {
    size_t length = context_command_length(text, cursor);
    return length && (context_is_command(text, length, "load") || context_is_command(text, length, "save"));
  }
  Tokens tokens = context_read(text, cursor);
  bool wants = context_takes_file(&tokens);
  context_free(&tokens);
  return wants;
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

bool context_is_sensible(const char *text, size_t cursor) {
  if (cursor == 0) return false;
  if (!is_blank(text[cursor - 1]) || context_wants_file(text, cursor)) return true;
  if (text[0] == ':' || text[0] == '?') return true;
  Tokens tokens = context_read(text, cursor);
  TokenKind before = tokens.count ? tokens.items[tokens.count - 1].kind : TOKEN_NEWLINE;
  bool in_call = (before == TOKEN_COMMA || before == TOKEN_CALL_PAREN) &&
                 context_open_call(&tokens, tokens.count) < tokens.count;
  context_free(&tokens);
  return in_call;
}

int context_arguments(const char *text) {
  Tokens tokens = context_read(text, strlen(text));
  int depth = 0, count = 1;
  for (size_t k = 0; k < tokens.count && count; k++) {
    TokenKind kind = tokens.items[k].kind;
    bool statement = kind == TOKEN_SEMICOLON || token_is_assignment(kind);
    depth += token_bracket(kind);
    if (depth == 0 && kind == TOKEN_COMMA) count++;
    if (depth < 0 || (depth == 0 && statement)) count = 0;
  }
  context_free(&tokens);
  return count;
}

size_t context_name_at(const char *text, size_t length, size_t cursor, size_t *start) {
  size_t end = cursor;
  *start = cursor;
  while (*start > 0 && text_is_name_byte(text[*start - 1])) --*start;
  while (end < length && text_is_name_byte(text[end])) end++;
  return end - *start;
}

size_t context_call_at(const char *text, size_t cursor, size_t *start) {
  Tokens tokens = context_read(text, cursor);
  size_t paren = context_open_call(&tokens, tokens.count), found = 0;
  if (paren < tokens.count && tokens.items[paren - 1].kind == TOKEN_NAME) {
    Span span = tokens.items[paren - 1].span;
    *start = span.start - 1;
    found = span.end - span.start;
  }
  context_free(&tokens);
  return found;
}
