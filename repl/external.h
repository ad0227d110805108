/* SPDX-License-Identifier: MIT */
/* external.h: changing a text in the user's own editor. */
#ifndef MGRAD_REPL_EXTERNAL_H
#define MGRAD_REPL_EXTERNAL_H
#include "base/buffer.h"

/* Runs $VISUAL, $EDITOR or vi (words parted by blanks; no shell) on a private file that holds `text`, and adds what the
   file holds afterwards, without newlines at its end.  False, with a message on standard error, when that fails.
   Meanwhile Ctrl-C is the editor's, and no stroke turns. */
bool external_edit(const char *text, Buffer *edited);
/* Removes the file while an editor has it; a signal handler may call this. */
void external_discard(void);

#endif
