/* SPDX-License-Identifier: MIT */
/* error.h: the one error that a session can hold, and how it is built.

   The first error wins.  Whoever finds it says what is wrong (`error_set`) and may add a hint; the evaluator adds the
   place.  Runtime code knows no names of the user's: it writes ERROR_OPERAND(k) where the name of its k-th operand
   belongs, and the evaluator puts "`W` " there, or nothing when the operand is no plain name.  ERROR_SUBJECT(k) is for
   where the sentence needs a noun: "the tensor " stands for what has no name. */
#ifndef MGRAD_BASE_ERROR_H
#define MGRAD_BASE_ERROR_H
#include <stdarg.h>
#include <stdbool.h>
#include "base/buffer.h"
#include "base/source.h"

typedef enum ErrorKind {
  ERROR_NONE, ERROR_SYNTAX, ERROR_NAME, ERROR_TYPE, ERROR_VALUE, ERROR_SHAPE, ERROR_INDEX, ERROR_ARGUMENT,
  ERROR_GRADIENT, ERROR_ASSERTION, ERROR_USER, ERROR_MEMORY, ERROR_DEPTH, ERROR_FILE, ERROR_INTERRUPT, ERROR_EXIT
} ErrorKind;

/* Compilers put what leads to a call of such a function out of the way of what is usual. */
#ifdef __GNUC__
#define RARE __attribute__((cold))
#else
#define RARE
#endif

/* Operand k (0 to 7) of the failing operation, for use in a message: string literal concatenation. */
#define ERROR_OPERAND_MARK '\001'
#define ERROR_SUBJECT_MARK '\002'
#define ERROR_OPERAND(k) "\001" #k
#define ERROR_SUBJECT(k) "\002" #k
#define ERROR_MARKS "\001\002"
#define ERROR_UNNAMED "the tensor "
/* Whether a comma stands between a name and this: "`x` (2, 3)", but "`x`, a scalar". */
bool error_needs_comma(const char *behind);
/* The same in turn, where the library has named the operand: before its name in quotes, until the user's name for it is
   known.  Whoever shows a message drops those that are left, by error_drop_marks. */
#define ERROR_LIBRARY_MARKS "\004\005"

enum { ERROR_LABELS = 4, ERROR_FRAMES = 8 };
typedef struct ErrorLabel { Span span; char text[96]; } ErrorLabel;
#define ERROR_IMPORT ""  /* for a frame's name: "imported by ..." */
enum { ERROR_NAME_BYTES = 64 };
typedef struct ErrorFrame { char name[ERROR_NAME_BYTES]; Span call; } ErrorFrame; /* "in NAME, called at ..." */

typedef struct Error {
  ErrorKind kind;        /* ERROR_NONE: no error */
  Buffer message, hint;
  Span place;            /* what `^` marks */
  ErrorLabel labels[ERROR_LABELS];
  int label_count;
  ErrorFrame frames[ERROR_FRAMES];
  int frame_count, frames_dropped;
  int operand;           /* the operand to blame when the place is not set yet; -1: the operation itself */
  int exit_status;       /* ERROR_EXIT */
  bool incomplete;       /* ERROR_SYNTAX: the input could go on */
  bool of_none;          /* the message is about a value that is `none`; may be set before the rest */
} Error;

/* Allocates what every message fits in (messages are cut at ERROR_TEXT bytes), so that recording an error later needs
   no memory.  An Error that starts as {0} works without it.  Returns false when memory runs out. */
enum { ERROR_TEXT = 4096 };
bool error_prepare(Error *error);

/* Records an error unless there is one already.  Always returns false. */
RARE bool error_set(Error *error, ErrorKind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
RARE bool error_set_list(Error *error, ErrorKind kind, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));
RARE void error_hint(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3))); /* if there is none */
RARE void error_blame(Error *error, int operand);
RARE void error_at(Error *error, Span place);    /* unless it has a place; operands without a name by now have none */
/* The operation is part of another one: its operand k is operand operands[k] of that, or none of them (-1). */
RARE void error_map_operands(Error *error, int count, const int *operands);
/* Names that the library gave stay, without their marks. */
RARE void error_drop_marks(Error *error);
RARE void error_label(Error *error, Span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds a call on the way out, the innermost first.  The innermost and the outermost ones are kept when they are
   many. */
RARE void error_frame(Error *error, const char *name, Span call);
void error_clear(Error *error);             /* keeps the memory of its buffers */
void error_free(Error *error);
RARE bool error_out_of_memory(Error *error);     /* allocates nothing; returns false */
const char *error_kind_name(ErrorKind kind); /* "shape", "name", ... : what err.kind gives */

#endif
