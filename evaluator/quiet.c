/* SPDX-License-Identifier: MIT */
/* quiet.c: trying out a function: what it would say to the user is dropped. */
#include "evaluator/quiet.h"
#include "evaluator/machine.h"

static bool discard(void *context, Stream stream, const char *text, size_t length) {
  (void)context, (void)stream, (void)text, (void)length;
  return true;
}

Quiet quiet_start(Session *session, bool recording, bool prints) {
  Quiet before = {session->options.output, session->quiet, session->graph.recording};
  if (!prints) session->options.output = discard;
  session->quiet = true;
  session->graph.recording = recording;
  return before;
}

void quiet_end(Session *session, Quiet before) {
  session->options.output = before.output;
  session->quiet = before.quiet;
  session->graph.recording = before.recording;
  session->runtime.warning.count = 0;
}
