/* SPDX-License-Identifier: MIT */
/* block.h: moving up and down within an input of several lines.  Pure. */
#ifndef MGRAD_REPL_BLOCK_H
#define MGRAD_REPL_BLOCK_H
#include <stdbool.h>
#include <stddef.h>

/* The place above or below `point` in the neighbouring line, in the same column or at the end of a shorter line; -1:
   there is no such line. */
long block_above(const char *text, size_t point);
long block_below(const char *text, size_t length, size_t point);
/* The last line holds blanks only, and is not the first. */
bool block_ends_blank(const char *text);

#endif
