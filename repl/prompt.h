/* SPDX-License-Identifier: MIT */
/* prompt.h: the interactive loop. */
#ifndef MGRAD_REPL_PROMPT_H
#define MGRAD_REPL_PROMPT_H
#include "repl/console.h"

/* Reads and runs inputs until Ctrl-D or quit().  The exit status. */
int prompt_run(Session *session, Console *console, const Options *options);

#endif
