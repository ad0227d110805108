/* SPDX-License-Identifier: MIT */
/* text.h: showing foreign text safely, and finding the name that somebody may have meant. */
#ifndef MGRAD_BASE_TEXT_H
#define MGRAD_BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buffer.h"

/* The value of a macro as a string literal. */
#define TEXT_OF(macro) TEXT_OF_WORDS(macro)
#define TEXT_OF_WORDS(words) #words

/* Characters that make a line look different from what it says: line separators, what turns the direction, and what is
   not seen at all. */
bool text_is_deceptive(uint32_t character);

/* How much of a text to show, in bytes as printf wants them: at most so many, and no part of a character. */
int text_cut(const char *text, size_t length, int most);

/* How the first character of a text is shown: `bytes` of it are consumed, `shown` takes `columns`.  Controls, bytes
   that are no UTF-8, and deceptive characters become \n, \x1b, \u{202e}. */
typedef struct SafeCharacter { int bytes, columns, length; char shown[12]; } SafeCharacter;
SafeCharacter text_safe_character(const char *text, const char *limit); /* text < limit */
void text_add_safe(Buffer *out, const char *text, size_t length);
size_t text_columns(const char *text); /* as it is shown so */

/* Letters, digits, `_`, and the bytes of characters beyond ASCII. */
bool text_is_name_byte(char byte);
size_t text_name_length(const char *text, size_t most); /* of the name at the beginning; 0: none stands there */

/* Whether a name ends so, and more stands before that: "a.png", not ".png"; the ending is written in small letters, and
   `any_case` takes capitals for them. */
bool text_ends_with(const char *text, size_t length, const char *ending);
bool text_ends_with_any_case(const char *text, size_t length, const char *ending);

/* Letters are compared as characters, not bytes; names longer than this only match as a prefix or in another case. */
enum { SUGGEST_CHARACTERS = 64 };

typedef struct Suggest {
  const char *wanted;
  uint32_t characters[SUGGEST_CHARACTERS]; /* of `wanted` */
  int length, limit;                       /* in characters; the largest distance that is still a likely slip */
  int best;                                /* rank of those below */
  const char *found[2];
  int count;
  const char *completion; /* a candidate that begins with `wanted` */
  int completions;
} Suggest;

/* Starts a search; false when nothing can be suggested (an empty name or invalid UTF-8): then consider does nothing.
   Candidates are borrowed until the result is taken; those considered first win. */
bool suggest_start(Suggest *suggest, const char *wanted);
void suggest_consider(Suggest *suggest, const char *candidate);
/* How many names are likely: none, one, or two that are equally near.  Those not found are NULL. */
int suggest_result(Suggest *suggest, const char **first, const char **second);
/* The same in words: "did you mean `sin` or `sum`?", or "" where none is likely.  `open` is what stands before a name, a
   quote and perhaps more; the quote alone closes it. */
typedef struct SuggestText { char text[320]; } SuggestText;
const char *suggest_text(Suggest *suggest, const char *open, SuggestText *out);

/* The number of insertions, deletions, replacements and swaps of neighbours that make b of a, each place being touched
   once (optimal string alignment); at most SUGGEST_CHARACTERS characters each. */
int text_distance(const uint32_t *a, int a_length, const uint32_t *b, int b_length);

#endif
