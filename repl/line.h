/* SPDX-License-Identifier: MIT */
/* line.h: reading input at the prompt: GNU Readline, or plain lines where it is missing. */
#ifndef MGRAD_REPL_LINE_H
#define MGRAD_REPL_LINE_H
#include "base/buffer.h"
#include "evaluator/session.h"

typedef enum LineStatus { LINE_TEXT, LINE_CANCELLED, LINE_END } LineStatus;

/* "readline 8.2", or "no readline" in builds without it. */
const char *line_library(void);

/* Whether the terminal that TERM names is unknown, or has no cursor that can go up. */
bool line_terminal_is_dumb(void);
/* What is known of the terminal, and what is wanted. */
typedef struct LineOptions {
  bool history; /* inputs are kept in the history file */
  bool colour;  /* the input is coloured while it is typed */
  bool dumb;    /* one line at a time, each behind a prompt of its own */
} LineOptions;
/* Prepares editing, completion and the history. */
void line_start(Session *session, LineOptions options);
/* Reads one whole input, over several lines while it is incomplete; it is in the history before this returns. */
LineStatus line_read(const char *prompt, Buffer *text);
/* Text that stands in the next input, to be changed and accepted. */
void line_preload(const char *text);
/* What has been entered, in this session and before: index 0 is the oldest; NULL: there is none. */
int line_history_count(void);
const char *line_history_at(int index);
void line_finish(void);

#endif
