/* SPDX-License-Identifier: MIT */
/* doctest.h: sessions in documents, run again and compared. */
#ifndef MGRAD_REPL_DOCTEST_H
#define MGRAD_REPL_DOCTEST_H
#include "repl/console.h"

/* Runs every transcript of the files: lines after `mg> ` and `... ` are input, the lines that follow the expected
   output; in Markdown only fenced blocks count.  A difference is shown as a unified diff, and makes the status 1.
   Ctrl-C ends everything, leaves the file as it is, and makes the status 130. */
int doctest_run(const Options *options);

#endif
