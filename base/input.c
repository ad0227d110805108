/* SPDX-License-Identifier: MIT */
/* input.c: what is typed while a program runs. */
#include "base/input.h"
#include <stdio.h>
#include "base/interrupt.h"
#include "base/progress.h"

static InputTrace trace;

InputTrace input_take_trace(void) {
  InputTrace taken = trace;
  trace = INPUT_NO_TRACE;
  return taken;
}

bool input_line(Buffer *line) {
  int byte;
  size_t before = line->length;
  fflush(stdout);
  progress_waiting = 1;
  while ((byte = fgetc(stdin)) != EOF && byte != '\n' && !interrupt_requested) buffer_add_byte(line, (char)byte);
  progress_waiting = 0;
  if (byte == '\n') trace = INPUT_LINE_ENDED;
  else if (interrupt_requested || line->length > before) trace = INPUT_LINE_OPEN;
  if (byte == EOF) clearerr(stdin); /* the C library would remember one Ctrl-D for ever */
  return byte != EOF || line->length > before;
}
