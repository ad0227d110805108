/* SPDX-License-Identifier: MIT */
/* library.h: functions written in the language, loaded when one of them is first called. */
#ifndef MGRAD_EVALUATOR_BUILTINS_LIBRARY_H
#define MGRAD_EVALUATOR_BUILTINS_LIBRARY_H
#include "evaluator/call.h"

/* One file of stdlib/: generated at build time from all of them, ends with a NULL name. */
typedef struct LibraryFile { const char *name, *text; size_t length; } LibraryFile;
extern const LibraryFile library_files[];

/* The text of the definition of a library function, or NULL: not one. */
const char *library_source(const BuiltinInfo *info, size_t *length);
/* Whether a text is one of these files as it runs. */
bool library_is_source(const Source *source);
bool library_is_at(Session *session, Span place);
/* One of ERROR_LIBRARY_MARKS for one of ERROR_MARKS, where an operand is named by such a text; else '\0'. */
char library_mark_at(Session *session, Span operand, char mark);
/* What goes wrong inside the library function called `name` is shown at the call that the user wrote. */
void library_blame_caller(Call *call, const char *name);

#endif
