/* SPDX-License-Identifier: MIT */
/* history.h: where the history of inputs is kept. */
#ifndef MGRAD_REPL_HISTORY_H
#define MGRAD_REPL_HISTORY_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buffer.h"

enum { HISTORY_PATH = 4096, HISTORY_ENTRIES = 10000 };

/* $MGRAD_HISTORY, else ${XDG_STATE_HOME:-~/.local/state}/mgrad/history; makes the folder (0700) and the file (0600).
   False: history is off, or it cannot be written (then `*reason` says why, for one warning). */
bool history_path(char path[HISTORY_PATH], const char **reason);
/* Keeps other sessions from shortening or writing the file meanwhile; -1: no lock, which is no error. */
int history_lock(const char *path);
void history_unlock(int lock);
/* Adds an input as it can stand in the file: a blank line, which would be lost, and a line that looks like a time stamp
   get a space. */
void history_guard(Buffer *out, const char *text);

#endif
