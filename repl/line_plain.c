/* SPDX-License-Identifier: MIT */
/* line_plain.c: reading input at the prompt without Readline: line by line, with no editing, completion or history. */
#include "repl/line.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef MGRAD_READLINE
#include "base/input.h"
#include "base/interrupt.h"

static Session *line_session;

const char *line_library(void) { return "no readline"; }

/* Nobody here knows more of terminals than their names. */
bool line_terminal_is_dumb(void) {
  const char *name = getenv("TERM");
  return !name || !*name || strcmp(name, "dumb") == 0;
}

void line_start(Session *session, LineOptions options) {
  (void)options;
  line_session = session;
}

void line_preload(const char *text) { (void)text; }

int line_history_count(void) { return 0; }

const char *line_history_at(int index) { return (void)index, NULL; }

LineStatus line_read(const char *prompt, Buffer *text) {
  fputs(prompt, stderr);
  for (;;) {
    size_t before = text->length;
    bool read = input_line(text);
    if (interrupt_requested) return LINE_CANCELLED;
    if (!read) return fputc('\n', stderr), LINE_END;
    if (text->length == before || session_is_complete(line_session, buffer_text(text), text->length)) return LINE_TEXT;
    buffer_add_byte(text, '\n');
    fputs(PROMPT_MORE, stderr);
  }
}

void line_finish(void) {}

#endif
