/* SPDX-License-Identifier: MIT */
/* wrap.h: long lines of a text on a narrow screen. */
#ifndef MGRAD_BASE_WRAP_H
#define MGRAD_BASE_WRAP_H
#include "base/buffer.h"

/* Adds the text with lines that are wider than the screen broken at blanks; what follows is indented.  Control
   characters other than newlines are escaped. */
void wrap_text(Buffer *out, const char *text, int columns);

#endif
