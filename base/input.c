/* SPDX-License-Identifier: MIT */
/* input.c: what is typed while a program runs. */
#include "base/input.h"
#include <stdio.h>
#include "base/interrupt.h"
#include "base/progress.h"

bool input_line(Buffer *line) {
  int byte;
  size_t before = line->length;
  fflush(stdout);
  progress_waiting = 1;
  while ((byte = fgetc(stdin)) != EOF && byte != '\n' && !interrupt_requested) buffer_add_byte(line, (char)byte);
  progress_waiting = 0;
  if (byte == EOF) clearerr(stdin); /* the C library would remember one Ctrl-D for ever */
  return byte != EOF || line->length > before;
}
