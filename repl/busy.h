/* SPDX-License-Identifier: MIT */
/* busy.h: a sign of life on the terminal while an evaluation takes longer than a second: a bar for a loop over
   progress(...), a turning stroke for everything else.

   A timer's signal draws it on standard error, in the line below the output; it is wiped before anything else is
   written and when the evaluation ends.  Where standard error is no terminal, or a dumb one, nothing happens at all. */
#ifndef MGRAD_REPL_BUSY_H
#define MGRAD_REPL_BUSY_H
#include <stdbool.h>

/* Around an evaluation; `terminal`: standard error is one whose line can be drawn again; `colour`: it may be dim. */
void busy_start(bool terminal, bool colour);
void busy_end(void);
/* Around other output; `at_line_start`: it ended with a newline, so that a line is free.  A signal handler may pause. */
void busy_pause(void);
void busy_resume(bool at_line_start);
bool busy_is_shown(void); /* a timer is running: output must not wait in a buffer */

#endif
