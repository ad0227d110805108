/* SPDX-License-Identifier: MIT */
/* context.h: what stands around the cursor in an input that is being typed.  Pure: the lexer of the language reads
   it. */
#ifndef MGRAD_REPL_CONTEXT_H
#define MGRAD_REPL_CONTEXT_H
#include "lexer/lexer.h"

/* The tokens left of the cursor; an open string is the last. */
typedef struct Tokens {
  const char *text;
  Token *items;
  size_t count;
  uint32_t capacity;
} Tokens;

Tokens context_read(const char *text, size_t cursor); /* fewer tokens when memory is exhausted */
void context_free(Tokens *tokens);
const char *context_text(const Tokens *tokens, size_t index, size_t *length);
bool context_is(const Tokens *tokens, size_t index, const char *text);

size_t context_code_end(const Tokens *tokens); /* where the last token ends */
bool context_is_comment(const Tokens *tokens, size_t cursor); /* the cursor, behind the tokens, is in a comment */

/* The call that is open behind the first `count` tokens: the index of its bracket, or `count`. */
size_t context_open_call(const Tokens *tokens, size_t count);
/* How many finished arguments of that call stand without a name; whether one has this name. */
int context_positional(const Tokens *tokens, size_t paren, size_t count);
bool context_is_given(const Tokens *tokens, size_t paren, size_t count, const char *parameter);
bool context_takes_file(const Tokens *tokens); /* the last token is an open string that holds a file name */
bool context_takes_program(const Tokens *tokens); /* the name of a program: behind `import` */

/* Where the code behind a command (`:time f(x)`) begins; 0: the cursor is in the command itself. */
size_t context_command_length(const char *text, size_t cursor);
bool context_is_command(const char *text, size_t length, const char *command);

/* Whether a file name belongs at the cursor: behind `:load`, in a string that `import` or a
   parameter for such names gets. */
bool context_wants_file(const char *text, size_t cursor);
/* Whether more can be offered at the cursor than all names: not at the start of a line or behind blanks, unless these
   are inside the brackets of a call, in a file name or behind a command. */
bool context_is_sensible(const char *text, size_t cursor);
/* As how many arguments of a call the text can be read, without names; 0: as something else, such as statements. */
int context_arguments(const char *text);
/* The name that the cursor touches; that of the call which is open there.  Their lengths, 0: none. */
size_t context_name_at(const char *text, size_t length, size_t cursor, size_t *start);
size_t context_call_at(const char *text, size_t cursor, size_t *start);
/* The text ends within a string, which may go on in the next line. */
bool context_is_string(const char *text, size_t length);
/* How many spaces a new line gets: two per bracket that is open at the end of the text, and none within a string. */
size_t context_indentation(const char *text, size_t length);

#endif
