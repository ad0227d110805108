/* SPDX-License-Identifier: MIT */
/* note.h: what the prompt says about gradients: which ones a backward has set, and why one is none. */
#ifndef MGRAD_EVALUATOR_BUILTINS_NOTE_H
#define MGRAD_EVALUATOR_BUILTINS_NOTE_H
#include "evaluator/builtins/arguments.h"

/* The gradients that named variables have before a backward; nothing when no notes are shown. */
typedef struct Named { const char *name; Variable *variable; Tensor *gradient; size_t order; } Named;
typedef struct GradientNote {
  Session *session;
  Named *names;
  size_t count;
  uint32_t capacity;
  const char *loss;
} GradientNote;

void gradient_note_start(GradientNote *note, Call *call); /* before the backward of this call */
void gradient_note_finish(GradientNote *note, bool done); /* "# gradients: x (3,)" */
void gradient_note_none(Call *call, const char *name);    /* "# none: the last backward (`L`) did not reach `w`" */

/* Why the gradient that was asked for last is none: "the last backward (`L`) did not reach `w`". */
void gradient_missing(Buffer *out, const Graph *graph, const char *name);

#endif
