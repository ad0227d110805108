/* SPDX-License-Identifier: MIT */
/* report.h: how errors and warnings look.

       train.mg:3:7: error: cannot multiply `W` (2, 2) @ `x` (3,): inner sizes 2 and 3 differ
         3 | z = W @ x
           |     ~ ^ ~
       hint: `W @ x` needs the last size of `W` to equal the first size of `x`

   Input at the prompt has no file name, and no gutter either when it is one line.  Nothing that came from the user is
   written raw: control characters, bytes that are no UTF-8 and changes of direction are escaped. */
#ifndef MGRAD_REPL_REPORT_H
#define MGRAD_REPL_REPORT_H
#include <stdbool.h>
#include "base/buffer.h"
#include "base/error.h"
#include "base/source.h"

/* Adds the report to `out`, with a newline at its end; nothing for ERROR_NONE and ERROR_EXIT. */
void report_error(Buffer *out, const SourceMap *map, const Error *error, bool colour);
/* The same form for a warning; a hint of NULL or "" is none. */
void report_warning(Buffer *out, const SourceMap *map, Span place, const char *message, const char *hint, bool colour);

#endif
