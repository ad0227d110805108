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
