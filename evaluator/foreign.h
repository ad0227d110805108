/* SPDX-License-Identifier: MIT */
/* foreign.h: words of other languages and libraries. */
#ifndef MGRAD_EVALUATOR_FOREIGN_H
#define MGRAD_EVALUATOR_FOREIGN_H

/* What to write instead of a word that is known from elsewhere: "the name here is `reshape`"; NULL: not known. */
const char *foreign_hint(const char *word);

#endif
