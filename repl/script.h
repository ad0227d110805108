/* SPDX-License-Identifier: MIT */
/* script.h: a session as a script. */
#ifndef MGRAD_REPL_SCRIPT_H
#define MGRAD_REPL_SCRIPT_H
#include "evaluator/session.h"

/* Adds a program that gives the user's names their values again, numbers to the last bit; what cannot be written stands
   in a comment with the reason.  `written`: how many were written; `missing`: "2 names cannot be saved: `h`,
   `opt`" of the others, or nothing.  False: out of memory. */
bool script_of_session(Session *session, Buffer *out, int *written, Buffer *missing);

#endif
