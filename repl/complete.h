/* SPDX-License-Identifier: MIT */
/* complete.h: what could stand at the cursor.  Pure: reads the session's names and the builtin tables. */
#ifndef MGRAD_REPL_COMPLETE_H
#define MGRAD_REPL_COMPLETE_H
#include "base/memory.h"
#include "evaluator/session.h"

typedef struct Candidate {
  char *text; /* replaces the word; NUL-terminated, from the arena */
  char *signature; /* of functions; else "" */
  char *note;      /* one line of documentation, or what it is */
} Candidate;

typedef struct Completion {
  size_t start;      /* where the word begins */
  bool files;        /* a file name belongs here */
  bool programs;     /* and only programs are of use */
  char append;       /* added after a single match: `(`, `=` is part of the text; 0: nothing */
  Candidate *items;
  size_t count;
  uint32_t capacity;
  Arena arena;
} Completion;

/* Finds the candidates for the word that ends at `cursor`.  False when memory is exhausted. */
bool complete_find(Session *session, const char *text, size_t cursor, Completion *completion);
void complete_free(Completion *completion);

#endif
