/* SPDX-License-Identifier: MIT */
/* input.h: what is typed while a program runs. */
#ifndef MGRAD_BASE_INPUT_H
#define MGRAD_BASE_INPUT_H
#include <stdbool.h>
#include "base/buffer.h"

/* Adds a line of standard input without its newline, which may be \r\n; false at the end of input, which lasts only where
   there is nothing to read any more: after Ctrl-D at a terminal the next line can be read.  Ends early when
   interrupted. */
bool input_line(Buffer *line);
/* What was typed stands on the terminal too.  How it has left the line there since this was asked last: Enter ends the
   line, while keys without it, such as Ctrl-C, stay in it. */
typedef enum InputTrace { INPUT_NO_TRACE, INPUT_LINE_ENDED, INPUT_LINE_OPEN } InputTrace;
InputTrace input_take_trace(void);

#endif
