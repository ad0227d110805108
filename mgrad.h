/* SPDX-License-Identifier: MIT */
/* mgrad.h: the interpreter as a library.

   A session holds names, the graph and the settings; texts are run in it, and results come through a callback:

       static bool show(void *context, MgradStream stream, const char *text, size_t length) { ... }

       Mgrad *mgrad = mgrad_open(&(MgradOptions){.output = show});
       if (mgrad_run(mgrad, "x = tensor(3); L = x ** 2; backward(L)") != MGRAD_OK) puts(mgrad_error_message(mgrad));
       double slope;
       if (mgrad_run(mgrad, "g = grad(x)") == MGRAD_OK && mgrad_number(mgrad, "g", &slope)) printf("%g\n", slope);
       mgrad_close(mgrad);

   Several sessions may be open, and each may be used by one thread now and by another one later.  All of them share one
   heap and its budget: the program sees to it that no two threads are in functions of this header at once, whatever
   their sessions; mgrad_interrupt alone may be called at any time.  A thread that runs texts has a stack of 256 KB or
   more; recursion ends with an error before the stack does, but not on a coroutine's.

   Nothing here exits, prints by itself or jumps; a text never crashes the program.  Numbers have a decimal point
   whatever setlocale() has been told; the output callback runs in the locale of its program.  docs/embedding.md has an
   example to compile. */
#ifndef MGRAD_H
#define MGRAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Mgrad Mgrad;

typedef enum MgradStream { MGRAD_RESULT, MGRAD_DIAGNOSTIC } MgradStream;
/* Gets what the program prints; false: it could not be written, which ends the run with MGRAD_FAILED: it is not called
   again before the next one.  Values can be read and bound in it, but no text run:
   that is MGRAD_FAILED. */
typedef bool (*MgradOutput)(void *context, MgradStream stream, const char *text, size_t length);

typedef struct MgradOptions {
  MgradOutput output;      /* NULL: what is printed is dropped */
  void *context;
  bool sandbox;            /* no files, no other programs */
  size_t maximum_depth;    /* of calls; 0: 10 000 */
} MgradOptions;

typedef enum MgradStatus {
  MGRAD_OK,
  MGRAD_FAILED,            /* mgrad_error_message says why; earlier statements keep their effect */
  MGRAD_EXIT,              /* the program called exit(status) */
  MGRAD_INTERRUPTED
} MgradStatus;

/* NULL: out of memory. */
Mgrad *mgrad_open(const MgradOptions *options);
void mgrad_close(Mgrad *mgrad); /* NULL allowed */

/* Runs a NUL-terminated text; values of expression statements are printed as a script prints them. */
MgradStatus mgrad_run(Mgrad *mgrad, const char *text);
/* The same under a name for messages (a file name: imports are relative to it), with a length. */
MgradStatus mgrad_run_named(Mgrad *mgrad, const char *name, const char *text, size_t length);

/* After MGRAD_FAILED and MGRAD_INTERRUPTED, until the next run: the message, one hint ("" for none), the kind ("shape",
   "name", ...), and the place from 1 (0: nowhere).  Reading and binding a name leave them, unless they fail and have
   something to say. */
const char *mgrad_error_message(const Mgrad *mgrad);
const char *mgrad_error_hint(const Mgrad *mgrad);
const char *mgrad_error_kind(const Mgrad *mgrad);
uint32_t mgrad_error_line(const Mgrad *mgrad);
uint32_t mgrad_error_column(const Mgrad *mgrad);
int mgrad_exit_status(const Mgrad *mgrad); /* after MGRAD_EXIT */

/* Reading names of the top level; false: no such name, or no value of that kind. */
bool mgrad_number(Mgrad *mgrad, const char *name, double *number); /* numbers, booleans, tensors of one element */
/* The shape of a number or tensor: `axes` gets the number of axes, `sizes` at most `room` of them. */
bool mgrad_shape(Mgrad *mgrad, const char *name, int *axes, int64_t *sizes, int room);
/* Copies the elements of a tensor in C order as doubles; `room` must be at least their number. */
bool mgrad_numbers(Mgrad *mgrad, const char *name, double *numbers, size_t room);
/* A value as text, as the prompt shows it; writes at most `room` bytes with the final NUL, and returns the length that
   the whole text has, like snprintf; 0, and "": no such name. */
size_t mgrad_text(Mgrad *mgrad, const char *name, char *text, size_t room);

/* Binding names of the top level: constants.  False: not a name that a text can write, an impossible shape, or no
   memory; mgrad_error_message says which. */
bool mgrad_set_number(Mgrad *mgrad, const char *name, double number);
bool mgrad_set_numbers(Mgrad *mgrad, const char *name, int axes, const int64_t *sizes, const double *numbers);
bool mgrad_set_text(Mgrad *mgrad, const char *name, const char *text);

/* Asks the running program to stop: it aims at ending within 50 ms, with MGRAD_INTERRUPTED; a call of LAPACK on a large
   matrix is not interrupted (docs/interrupts.md).  May be called from a signal handler or another thread; the wish stays
   until mgrad_resume. */
void mgrad_interrupt(void);
void mgrad_resume(void);

/* At most so many bytes for all sessions together; 0: no limit, as at the start. */
void mgrad_set_memory_limit(size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
