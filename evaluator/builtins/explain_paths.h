/* SPDX-License-Identifier: MIT */
/* explain_paths.h: the ways by which a gradient reaches a step: one for every use of its value. */
#ifndef MGRAD_EVALUATOR_BUILTINS_EXPLAIN_PATHS_H
#define MGRAD_EVALUATOR_BUILTINS_EXPLAIN_PATHS_H
#include "evaluator/builtins/explain.h"

/* One use of the row `to`: as an operand of `step`. */
typedef struct Path { uint32_t to, step, operand; } Path;

/* Before the first use of the row; paths_next goes on to it. */
Path paths_start(uint32_t to);
bool paths_next(const Steps *steps, Path *path); /* false: that was the last one */

void paths_add_text(Steps *steps, Buffer *out, const Path *path); /* `2*v3 * dL/dv4` */
bool paths_is_broadcast(const Steps *steps, const Path *path);
/* `summed over axis 0 (b was broadcast)` */
void paths_add_broadcast(const Steps *steps, Buffer *out, const Path *path);
const ExplainValue *paths_value(const Steps *steps, const Path *path); /* what comes by it */

#endif
