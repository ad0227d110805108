/* SPDX-License-Identifier: MIT */
/* input.c: what is typed while a program runs. */
#include "base/input.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "base/interrupt.h"
#include "base/progress.h"

static InputTrace trace;

InputTrace input_take_trace(void) {
  InputTrace taken = trace;
  trace = INPUT_NO_TRACE;
  return taken;
}

/* At a terminal, which hands out whole lines: reading alone would not hear a Ctrl-C that came just before it. */
static void wait_for_line(void) {
  sigset_t interrupt, before, open;
  struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
  if (!isatty(STDIN_FILENO)) return;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, &before);
  open = before;
  sigdelset(&open, SIGINT);
  while (!interrupt_requested && ppoll(&keys, 1, NULL, &open) < 0 && errno == EINTR) continue;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool input_line(Buffer *line) {
  int byte = EOF;
  size_t before = line->length;
  fflush(stdout);
  progress_waiting = 1;
  wait_for_line();
  while (!interrupt_requested && (byte = fgetc(stdin)) != EOF && byte != '\n') buffer_add_byte(line, (char)byte);
  progress_waiting = 0;
  bool returned = byte == '\n' && line->length > before && line->text[line->length - 1] == '\r';
  if (returned) line->text[--line->length] = '\0';
  if (byte == '\n') trace = INPUT_LINE_ENDED;
  else if (interrupt_requested || line->length > before) trace = INPUT_LINE_OPEN;
  if (byte == EOF) clearerr(stdin); /* the C library would remember one Ctrl-D for ever */
  return byte != EOF || line->length > before;
}
