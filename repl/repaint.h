/* SPDX-License-Identifier: MIT */
/* repaint.h: drawing an input a second time, in colour, over what Readline has drawn.

   Only attributes change and never a character, so Readline's own idea of the screen stays true.  Widths are those of
   wcwidth(), which Readline uses too. */
#ifndef MGRAD_REPL_REPAINT_H
#define MGRAD_REPL_REPAINT_H
#include "base/buffer.h"

typedef struct Picture {
  const char *text;   /* the input */
  size_t length;
  size_t cursor;      /* where Readline has left the cursor */
  bool partner;       /* underline the partner of the bracket left of the cursor */
  int prompt_columns; /* what stands before the input in its first row */
  int rows, columns;  /* of the screen */
} Picture;

/* Adds what a terminal needs to see; nothing where the input cannot be painted safely: it is too long, taller than the
   screen, or holds bytes whose width on the screen is not certain. */
void repaint(Buffer *out, const Picture *picture);

#endif
