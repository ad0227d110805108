/* SPDX-License-Identifier: MIT */
/* command.h: what begins with a colon or a question mark at the prompt. */
#ifndef MGRAD_REPL_COMMAND_H
#define MGRAD_REPL_COMMAND_H
#include "repl/console.h"

/* Runs `:name rest` or `?name`; unique prefixes are enough.  True when the session shall end. */
bool command_run(Session *session, Console *console, const char *text);
/* Names for completion: NULL after the last. */
const char *command_name(int index);

#endif
