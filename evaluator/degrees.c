/* SPDX-License-Identifier: MIT */
/* degrees.c: a note for those who write sin(90) and mean degrees. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "evaluator/machine.h"
#include "lexer/lexer.h"

typedef struct Word { char text[32]; } Word; /* what is longer is cut: nothing that matters here is */

static const char *word_of(Word *word, const Source *source, Token token) {
  size_t length = token.span.end - token.span.start;
  if (length >= sizeof word->text) length = sizeof word->text - 1;
  memcpy(word->text, source->text + (token.span.start - source->base), length);
  word->text[length] = '\0';
  return word->text;
}

/* 30, 45, 60, 90, 360 and the like, as a number or the name of one. */
static bool is_degrees(Session *session, const char *text, TokenKind kind) {
  Value value = value_number(strtod(text, NULL));
  if (kind == TOKEN_NAME && !session_lookup(session, text, &value)) return false;
  return value_is_number(value) && value.number >= 30 && value.number <= 720 && fmod(value.number, 15) == 0;
}

/* sin, cos and tan, unless the user has made others. */
static bool is_angle_function(Session *session, const char *name) {
  Value value;
  bool named = strcmp(name, "sin") == 0 || strcmp(name, "cos") == 0 || strcmp(name, "tan") == 0;
  return named && session_lookup(session, name, &value) && value_is(value, KIND_BUILTIN);
}

/* NAME ( ARGUMENT ) are the last four tokens; a minus does not count. */
static bool note_call(Session *session, const Source *source, Token name, Token argument) {
  Word function, angle;
  Buffer note = {0};
  if (!is_angle_function(session, word_of(&function, source, name))) return false;
  if (!is_degrees(session, word_of(&angle, source, argument), argument.kind)) return false;
  buffer_format(&note, "angles are in radians: %s(%s*pi/180)", function.text, angle.text);
  session_note(session, buffer_text(&note));
  buffer_free(&note);
  return true;
}

void session_note_degrees(Session *session, const Source *source) {
  if (!session->commenting || session->degrees_noted) return;
  Lexer lexer;
  lexer_init(&lexer, source);
  Token name = {0}, opening = {0}, argument = {0};
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (token.kind == TOKEN_MINUS) continue;
    bool call = name.kind == TOKEN_NAME && opening.kind == TOKEN_CALL_PAREN && token.kind == TOKEN_RIGHT_PAREN;
    if (call && note_call(session, source, name, argument)) session->degrees_noted = true;
    if (session->degrees_noted) return;
    name = opening, opening = argument, argument = token;
  }
}
