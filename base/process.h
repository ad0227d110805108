/* SPDX-License-Identifier: MIT */
/* process.h: running another program without a shell: words in, bytes in, bytes out. */
#ifndef MGRAD_BASE_PROCESS_H
#define MGRAD_BASE_PROCESS_H
#include "base/buffer.h"

typedef enum ProcessStatus {
  PROCESS_OK,
  PROCESS_MISSING,      /* there is no such program */
  PROCESS_FAILED,       /* it ended with an error, or could not be started */
  PROCESS_TOO_LONG,     /* it ran for more than the seconds allowed, and was ended */
  PROCESS_INTERRUPTED,  /* Ctrl-C; it was ended */
  PROCESS_NO_MEMORY
} ProcessStatus;

/* Runs the program words[0], found by PATH, with these words (NULL at the end) exactly as they are.  It reads `input`
   and what it writes is appended to `out`; its complaints are dropped. */
ProcessStatus process_run(const char *const *words, const char *input, size_t length, int seconds, Buffer *out);

#endif
