/* SPDX-License-Identifier: MIT */
/* archive_name.h: names in archives: parts with dots between them, as "layers.0.w".

   A field may have any name.  A dot or a backslash in it stands behind a backslash, and so does a name that would mean
   something else: "()" and "{}" mark tuples and empty records, and "arr_0" alone is a value without a name. */
#ifndef MGRAD_EVALUATOR_BUILTINS_ARCHIVE_NAME_H
#define MGRAD_EVALUATOR_BUILTINS_ARCHIVE_NAME_H
#include <stdbool.h>
#include "base/buffer.h"

#define ARCHIVE_TUPLE "()"
#define ARCHIVE_EMPTY "{}"
#define ARCHIVE_ALONE "arr_0"

/* Adds the part that stands for a field; `only`: of a record with no other, that is in no other. */
void archive_write_name(Buffer *out, const char *field, size_t length, bool only);
/* The length of the first part of a name. */
size_t archive_part_length(const char *name, size_t length);
/* Adds the field that a part stands for. */
void archive_read_name(Buffer *out, const char *part, size_t length);

#endif
