/* SPDX-License-Identifier: MIT */
/* input.h: what is typed while a program runs. */
#ifndef MGRAD_BASE_INPUT_H
#define MGRAD_BASE_INPUT_H
#include <stdbool.h>
#include "base/buffer.h"

/* Adds a line of standard input without its newline; false at the end of input, which lasts only where there is nothing
   to read any more: after Ctrl-D at a terminal the next line can be read.  Ends early when interrupted. */
bool input_line(Buffer *line);

#endif
