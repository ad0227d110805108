/* SPDX-License-Identifier: MIT */
/* line_keys.h: what the keys do and how the input is drawn; private to the two files that know Readline. */
#ifndef MGRAD_REPL_LINE_KEYS_H
#define MGRAD_REPL_LINE_KEYS_H
#include <stdio.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "repl/complete.h"
#include "repl/history.h"
#include "repl/line.h"

/* Readline's state is global, so this is too. */
typedef struct Editor {
  Session *session;
  bool history, accepted, ended;
  bool colour;           /* the input is coloured while it is typed */
  bool settled;          /* accepted: no bracket is marked any more */
  bool by_lines;         /* the terminal cannot go up: one line at a time */
  char path[HISTORY_PATH];
  int keys;              /* the terminal, for reads that do not wait; -1: none */
  Buffer preloaded;      /* stands in the next input */
  char bell[16];         /* the user's bell-style while it is off; "": it is not */
  char *line;            /* what Readline gave */
  Completion completion; /* of the running completion */
  size_t next;
} Editor;
extern Editor line_editor;

void line_redisplay(void);   /* Readline draws, then the same cells are painted */
void line_bind_keys(void);   /* and completion */

#endif
