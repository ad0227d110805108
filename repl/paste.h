/* SPDX-License-Identifier: MIT */
/* paste.h: what a pasted text really asks for. */
#ifndef MGRAD_REPL_PASTE_H
#define MGRAD_REPL_PASTE_H
#include "base/buffer.h"

/* Adds the input without prompts: where its first line starts with `mg> ` it was copied from a session, so the prompts
   `mg> ` and `... ` are dropped, and lines without one, which are results, too. */
void paste_add(Buffer *text, const char *pasted);

#endif
