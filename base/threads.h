/* SPDX-License-Identifier: MIT */
/* threads.h: the worker threads of the process, which share the chunks of one piece of work at a time.

   Where the cut decides in which order numbers are added up, work is cut into chunks by its size alone, never by the
   number of threads, so that results are the same bits for any number of them.  Workers run kernels and nothing else: chunks allocate nothing and record no error. */
#ifndef MGRAD_BASE_THREADS_H
#define MGRAD_BASE_THREADS_H
#include <stdbool.h>
#include <stdint.h>

enum { THREADS_MOST = 256 };

/* One chunk of the work that `context` describes. */
typedef void (*ThreadsWork)(void *context, int64_t chunk);

/* Runs work(context, k) for every k from 0 to chunks - 1, in any order, on the calling thread and the workers; returns
   when all have run.  `nanoseconds` is a rough guess of the time one chunk takes: too little work for threads is done
   by the caller alone, and so is work that a shared chunk starts itself.  False when Ctrl-C was pressed: some chunks
   have not run then, and the caller records the error (runtime_interrupted). */
bool threads_run(int64_t chunks, double nanoseconds, ThreadsWork work, void *context);

/* Which of the threads_count() threads this is, 0 for the caller: chunks keep scratch memory by it, never results. */
int threads_self(void);

/* How many threads share work, the caller included: MGRAD_THREADS where it is set, otherwise the processors that this
   process may use.  Setting the number ends the workers; the next work starts new ones. */
int threads_count(void);
void threads_set_count(int count); /* 1 to THREADS_MOST */
/* A number of threads as users write it; 0 when it is none. */
int threads_parse_count(const char *text);

#endif
