/* SPDX-License-Identifier: MIT */
/* run.h: running files, -e code and standard input. */
#ifndef MGRAD_REPL_RUN_H
#define MGRAD_REPL_RUN_H
#include "repl/console.h"

enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_INTERRUPTED = 130 };

/* Runs the inputs of the command line in order; stops at the first that fails.  The exit status; `*exited` when the
   program asked to end, or one could not be read. */
int run_inputs(Session *session, Console *console, const Options *options, bool *exited);
/* Runs the user's own beginning of every prompt, $XDG_CONFIG_HOME/mgrad/init.mg, where there is one; an error in it is
   reported and does not keep the prompt from coming. */
void run_init(Session *session, Console *console, const Options *options, bool *exited);
/* Says that there is no room for a session, and what limit has some. */
void run_complain_room(void);
/* Runs an input that nobody goes on with: where it is incomplete, that is its error. */
RunStatus run_entered(Session *session, const char *text, size_t length);
/* What an evaluation means for the exit status; reports its error. */
int run_status(Session *session, Console *console, RunStatus status);
/* The bytes of a file or of standard input ("-").  On failure `error` holds the reason (errno). */
bool run_read_file(const char *path, Buffer *text, int *error);
/* The same for an input of the command line that is not code; the exit status, not 0 with a message on failure. */
int run_read_input(const Input *input, Buffer *text);

#endif
