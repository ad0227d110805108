/* SPDX-License-Identifier: MIT */
/* assist.h: what is shown beside an input that is being typed: matches of a completion, help.  Pure text. */
#ifndef MGRAD_REPL_ASSIST_H
#define MGRAD_REPL_ASSIST_H
#include "repl/complete.h"

typedef struct AssistScreen { int rows, columns; bool colour; } AssistScreen;

/* Adds one line per match: the signature (or the name) and one line of documentation, at most what the screen holds.
   Without a completion the matches are file names, which may hold anything. */
void assist_add_matches(Buffer *out, char *const *matches, int count, const Completion *completion,
                        AssistScreen screen);
/* Adds the help on the name at the cursor, or on the call around it, cut to the rows of the screen; false: none. */
bool assist_help(Session *session, const char *text, size_t length, size_t cursor, AssistScreen screen, Buffer *out);

#endif
