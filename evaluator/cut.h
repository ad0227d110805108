/* SPDX-License-Identifier: MIT */
/* cut.h: telling where only the numbers of something recorded go on, so that a derivative that is being taken would be 0
   without a word.

   Outside of derivatives nothing is told: losses that are kept in a list are meant to be numbers. */
#ifndef MGRAD_EVALUATOR_CUT_H
#define MGRAD_EVALUATOR_CUT_H
#include "evaluator/machine.h"

/* After a write into `target`, at `place`; `owner`: the text of what was written into, or into a part of which. */
RARE void cut_tell_write(Session *session, const Variable *target, Span owner, Span place);
static inline void cut_check_write(Session *session, const Variable *target, Span owner, Span place) {
  if (UNLIKELY(session->graph.cuts != session->cuts)) cut_tell_write(session, target, owner, place);
}

/* Counts that only the numbers of a tensor, if it is recorded, go on; whether that is to be told. */
bool cut_matters(Session *session, const Tensor *tensor);
/* An argument that is a number for what the call does. */
void cut_check_number(Call *call, int index);

#endif
