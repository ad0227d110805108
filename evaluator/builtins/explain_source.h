/* SPDX-License-Identifier: MIT */
/* explain_source.h: the name that the source text gives to what one of its expressions makes. */
#ifndef MGRAD_EVALUATOR_BUILTINS_EXPLAIN_SOURCE_H
#define MGRAD_EVALUATOR_BUILTINS_EXPLAIN_SOURCE_H
#include <stdbool.h>
#include "base/memory.h"
#include "base/source.h"

typedef struct SourceName { const char *text; size_t length; } SourceName; /* text NULL: none */

/* `h` of `h = ...`, `r.w` of `r.w = ...`, `a` of `a, b = ..., ...`, `w` of `{w: ...}`, where the span is all that is
   assigned there. */
SourceName source_assigned(Arena *arena, const Source *source, Span span);
/* `y` of `y += ...` and, where `index`, of `y[0]`: what the text at the span changes. */
SourceName source_changed(const Source *source, Span span, bool index);
/* Whether all of a text is such a name: letters, and then fields and numbered items. */
bool source_is_path(const char *text, size_t length);
size_t source_first_name(const char *path); /* the length of the name that a path begins with */

#endif
