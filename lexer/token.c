/* SPDX-License-Identifier: MIT */
/* token.c: how tokens are written and spoken of. */
#include "lexer/lexer.h"

static const char *const spellings[TOKEN_COUNT] = {
#define TOKEN(name, spelling, spoken, operation) [TOKEN_##name] = spelling,
#define KEYWORD(name, spelling) [TOKEN_##name] = spelling,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
};

static const char *const spoken_names[TOKEN_COUNT] = {
#define TOKEN(name, spelling, spoken, operation) [TOKEN_##name] = spoken,
#define KEYWORD(name, spelling) [TOKEN_##name] = "`" spelling "`",
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
};

static const bool keywords[TOKEN_COUNT] = {
#define TOKEN(name, spelling, spoken, operation) [TOKEN_##name] = false,
#define KEYWORD(name, spelling) [TOKEN_##name] = true,
#include "lexer/tokens.def"
#undef TOKEN
#undef KEYWORD
};

const char *token_spelling(TokenKind kind) { return spellings[kind]; }

const char *token_spoken(TokenKind kind) { return spoken_names[kind]; }

bool token_is_keyword(TokenKind kind) { return keywords[kind]; }

bool token_is_operator(TokenKind kind) { return kind >= TOKEN_ASSIGN && kind <= TOKEN_AT_ASSIGN; }

bool token_is_infix(TokenKind kind) {
  return kind > TOKEN_MINUS && kind <= TOKEN_GREATER_EQUAL && kind != TOKEN_TILDE;
}

bool token_is_assignment(TokenKind kind) {
  return kind == TOKEN_ASSIGN || (kind > TOKEN_GREATER_EQUAL && kind <= TOKEN_AT_ASSIGN);
}

bool token_ends_value(TokenKind kind) {
  switch (kind) {
    case TOKEN_NUMBER: case TOKEN_STRING: case TOKEN_FSTRING: case TOKEN_NAME: case TOKEN_RIGHT_PAREN:
    case TOKEN_RIGHT_BRACKET: case TOKEN_RIGHT_BRACE: case TOKEN_PRIME: return true;
    default: return false;
  }
}

int token_bracket(TokenKind kind) {
  switch (kind) {
    case TOKEN_LEFT_PAREN: case TOKEN_CALL_PAREN: case TOKEN_LEFT_BRACKET: case TOKEN_INDEX_BRACKET:
    case TOKEN_LEFT_BRACE: case TOKEN_RECORD_BRACE: return 1;
    case TOKEN_RIGHT_PAREN: case TOKEN_RIGHT_BRACKET: case TOKEN_RIGHT_BRACE: return -1;
    default: return 0;
  }
}
