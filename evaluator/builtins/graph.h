/* SPDX-License-Identifier: MIT */
/* graph.h: pictures of a recorded graph. */
#ifndef MGRAD_EVALUATOR_BUILTINS_GRAPH_H
#define MGRAD_EVALUATOR_BUILTINS_GRAPH_H
#include "evaluator/builtins/explain.h"

/* Drawn in lanes for a terminal, with values and gradients, at most 80 columns wide; large graphs end with a note.
   False: error recorded. */
bool graph_add_lanes(Steps *steps, Buffer *out);

#endif
