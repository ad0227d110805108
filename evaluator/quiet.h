/* SPDX-License-Identifier: MIT */
/* quiet.h: trying out a function: what it would say to the user is dropped. */
#ifndef MGRAD_EVALUATOR_QUIET_H
#define MGRAD_EVALUATOR_QUIET_H
#include "evaluator/session.h"

/* How the session was before. */
typedef struct Quiet {
  OutputFunction output;
  bool quiet, recording;
} Quiet;

/* From now on warnings are dropped, and output too unless it `prints`; graphs are recorded or not. */
Quiet quiet_start(Session *session, bool recording, bool prints);
/* Everything is as it was before; what an operation was about to warn of is forgotten. */
void quiet_end(Session *session, Quiet before);

#endif
