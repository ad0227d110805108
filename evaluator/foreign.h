/* SPDX-License-Identifier: MIT */
/* foreign.h: words of other languages and libraries. */
#ifndef MGRAD_EVALUATOR_FOREIGN_H
#define MGRAD_EVALUATOR_FOREIGN_H
#include <stdbool.h>

#define DTYPES_HINT "the dtypes are bool, uint8, int32, int64 (int), float32 and float64 (float)"
#define RECORD_HINT "a record is walked by `for k in r { print(k, r[k]) }`"

/* What to write instead of a word that is known from elsewhere: "the name here is `reshape`"; NULL: not known. */
const char *foreign_hint(const char *word);
/* The same for a word behind a dot: x.numpy() is not the library. */
const char *foreign_member_hint(const char *word);
/* What to write instead of a function with more arguments than it has here: log(x, 10). */
const char *foreign_call_hint(const char *word);
/* What stands behind a tensor that a method of this name writes elsewhere: " += 1" for `x.add_(1)`; NULL: none does. */
#define ZERO_IN_PLACE "zero_"
const char *foreign_in_place(const char *word);
/* What an argument of this name may be called here, from *next on (0 at first); NULL: nothing more. */
const char *foreign_keyword(const char *word, int *next);
/* Whether the word stands before a dot elsewhere, as `torch` and `F`. */
bool foreign_is_prefix(const char *word);

#endif
