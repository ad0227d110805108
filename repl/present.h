/* SPDX-License-Identifier: MIT */
/* present.h: a script shown in front of a class, statement by statement. */
#ifndef MGRAD_REPL_PRESENT_H
#define MGRAD_REPL_PRESENT_H
#include "repl/console.h"

/* Shows each statement as if it were typed at the prompt, waits for Enter on a terminal, and shows its result.
   Comments that stand alone are shown as text.  The exit status. */
int present_run(Session *session, Console *console, const Options *options);

/* The tour that is part of the program, in a session of its own. */
void present_tour(Console *console);

#endif
