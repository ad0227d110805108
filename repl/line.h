/* SPDX-License-Identifier: MIT */
/* line.h: reading input at the prompt: GNU Readline, or plain lines where it is missing. */
#ifndef MGRAD_REPL_LINE_H
#define MGRAD_REPL_LINE_H
#include "base/buffer.h"
#include "evaluator/session.h"

typedef enum LineStatus { LINE_TEXT, LINE_CANCELLED, LINE_END } LineStatus;

/* "readline 8.2", or "no readline" in builds without it. */
const char *line_library(void);

/* Prepares editing, completion and (unless `history` is false) the history file. */
void line_start(Session *session, bool history, bool colour);
/* Reads one whole input, over several lines while it is incomplete; it is in the history before this returns. */
LineStatus line_read(const char *prompt, Buffer *text);
/* Text that stands in the next input, to be changed and accepted. */
void line_preload(const char *text);
/* What has been entered, in this session and before: index 0 is the oldest; NULL: there is none. */
int line_history_count(void);
const char *line_history_at(int index);
void line_finish(void);

#endif
