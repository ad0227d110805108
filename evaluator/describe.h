/* SPDX-License-Identifier: MIT */
/* describe.h: what a name means, in words: for help(), `?name`, F1 and completion. */
#ifndef MGRAD_EVALUATOR_DESCRIBE_H
#define MGRAD_EVALUATOR_DESCRIBE_H
#include "base/text.h"
#include "evaluator/call.h"

/* Adds the help on a name: a function (signature, text, derivative, example with its result, see also), a value of the
   user's, a topic (`indexing`), or else, if it `searches`, the functions and topics whose text has the word.  False:
   nothing is known, with nothing added and no error recorded; or an error is recorded. */
bool describe_name(Session *session, Buffer *out, const char *name, size_t length, bool searches);
bool describe_builtin(Session *session, Buffer *out, const BuiltinInfo *info);
bool describe_function(Session *session, Buffer *out, Value function);
/* What is likely meant by a word without help, in words (see suggest_text); "": nothing is. */
const char *describe_likely(Session *session, const char *word, const char *open, SuggestText *out);
/* "sum(x, axis=none, keepdims=false)" and one line of text, for a value that can be called; "" and the kind else. */
void describe_shortly(Session *session, const char *name, Value value, Buffer *signature, Buffer *text);
/* Names of the parameters of a callable value that can be given by name, one after the other; NULL after the last. */
const char *describe_parameter(Session *session, Value value, int index);
/* What that parameter is where nothing is given for it (borrowed); unbound: something has to be given. */
Value describe_default(Session *session, Value value, int index);

/* Pages of documentation that are part of the program: `docs/topics.md`, `docs/errors.md`, the tour. */
typedef struct Page { const char *name, *text; } Page;
extern const Page pages[]; /* generated at build time; ends with a NULL name */
const char *page_text(const char *name); /* "" when there is no such page */
/* The text of a section "## heading" without its heading; NULL: there is none. */
const char *page_section(const char *page, const char *heading, size_t heading_length, size_t *length);
/* Adds the lines of a section as help shows them: without the fences of examples, which are for other readers. */
void page_add(Buffer *out, const char *section, size_t length);
/* The heading of a section by its number; NULL after the last. */
const char *page_heading(const char *page, int index, size_t *length);

#endif
