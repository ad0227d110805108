/* SPDX-License-Identifier: MIT */
/* session.h: one running interpreter: names, the graph, the error, limits, and where output goes. */
#ifndef MGRAD_EVALUATOR_SESSION_H
#define MGRAD_EVALUATOR_SESSION_H
#include "evaluator/value.h"
#include "plot/plot.h"
#include "runtime/format/text.h"

/* Before the first line of an input and before its other lines, at the prompt and in transcripts. */
#define PROMPT "mg> "
#define PROMPT_MORE "... "
enum { PROMPT_LENGTH = sizeof PROMPT - 1 }; /* of both */

typedef enum Stream { STREAM_RESULT, STREAM_DIAGNOSTIC } Stream;
typedef bool (*OutputFunction)(void *context, Stream stream, const char *text, size_t length); /* false: cannot write */

/* Draws a warning; a hint of NULL is none. */
typedef void (*WarnFunction)(void *context, const SourceMap *sources, Span place, const char *message,
                             const char *hint);

typedef struct SessionOptions {
  OutputFunction output;
  WarnFunction warn;    /* NULL: one plain line on STREAM_DIAGNOSTIC */
  void *output_context; /* of both */
  bool output_needed;   /* a text whose output cannot be written ends with an error */
  bool interactive;     /* notes and dim comments after values shown for inputs without a name */
  bool colour;          /* comments are dim by escape codes */
  bool silent;          /* values of expressions, also of those ended by `;`, become `_` but are not shown */
  bool waits;           /* somebody reads and types at one terminal: an explanation by steps waits for Enter */
  bool sandbox;         /* no files, no other programs */
  size_t maximum_depth; /* of calls; 0: 10 000 */
  int argument_count;   /* `args` of the script */
  char *const *arguments;
} SessionOptions;

typedef enum RunStatus { RUN_OK, RUN_INCOMPLETE, RUN_FAILED, RUN_EXIT, RUN_INTERRUPTED } RunStatus;

Session *session_new(const SessionOptions *options); /* NULL: out of memory */
void session_free(Session *session);

/* Runs a text: every statement in turn, showing values of expressions.  After RUN_FAILED the error is
   in session_error until the next run; nothing of the failing statement is assigned, and later statements did not run.
   RUN_INCOMPLETE only when `interactive`: more input is needed, nothing ran. */
RunStatus session_run(Session *session, const char *name, const char *text, size_t length, bool interactive);
/* The text of a file: while it runs, and when it has succeeded, importing the file does nothing. */
RunStatus session_run_script(Session *session, const char *path, const char *text, size_t length);
/* The file that inputs without a name are taken from, to which the paths of their imports are relative; borrowed.  NULL:
   they are typed. */
void session_set_input_path(Session *session, const char *path);
RunStatus session_check(Session *session, const char *name, const char *text, size_t length); /* parses only */
/* Whether text typed so far is a complete input (for the Enter key); pure. */
bool session_is_complete(Session *session, const char *text, size_t length);

/* Borrowed: the error of the last run that failed, and the texts that its places lie in. */
const Error *session_error(const Session *session);
const SourceMap *session_sources(const Session *session);
int session_exit_status(const Session *session);       /* after RUN_EXIT */
TextOptions *session_text_options(Session *session);   /* precision, width, rows */
PlotDevice *session_plot_device(Session *session);     /* what plots are drawn for; 80 x 24 without colours at first */
void session_set_precision(Session *session, int digits); /* of single numbers and of tensors; 0: automatic */
bool session_is_silent(const Session *session);
void session_set_silent(Session *session, bool silent); /* as SessionOptions.silent */
/* All names of the user's lose their values, imported files can be imported again, gradients are forgotten. */
void session_forget(Session *session);
Value session_last_value(const Session *session);      /* borrowed: what `_` is */
Graph *session_graph(Session *session);
Runtime *session_runtime(Session *session);

/* Names for completion and :vars, in the order of their first definition; stops when the callback returns false. */
typedef bool (*NameFunction)(void *context, const char *name, Value value, Span defined);
void session_each_global(Session *session, NameFunction function, void *context);
bool session_lookup(Session *session, const char *name, Value *value); /* a global or builtin; borrowed */

/* ---- for evaluator/builtins only */
bool session_print(Session *session, Stream stream, const char *text, size_t length);
/* Records an error at the call being evaluated (place added by the evaluator) and returns the error value. */
RARE Value session_fail(Session *session, ErrorKind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Calls any callable value with positional arguments (borrowed); owned result or the error value. */
Value session_call(Session *session, Value callee, int count, const Value *arguments, Span span);
/* Evaluates a library text as the body of a function without parameters: its names are its own, its free names are
   builtins (the user's globals are not seen), and its value is what it returns.  NULL-terminated name and text live as
   long as the program.  Owned result or the error value. */
Value session_evaluate_library(Session *session, const char *name, const char *text, size_t length);
/* A slot for what builtins keep between calls (parsed signatures, loaded library files); NULL at first, released with
   builtin_state_free (evaluator/call.h) when the session ends, before its values are. */
typedef struct BuiltinState BuiltinState;
BuiltinState **session_builtin_state(Session *session);
bool session_is_sandboxed(const Session *session);
bool session_import(Session *session, const char *path, size_t length, Span span);
RARE void session_warn(Session *session, Span place, const char *message, const char *hint); /* once per place */
/* From now on warnings from inside the library are told of this call of one of its functions, which the user wrote (NULL:
   of the place itself).  Gives the call before. */
const struct Call *session_blame_warnings(Session *session, const struct Call *call);
/* A dim comment line, at an interactive prompt only, and never from inside a block, a loop or a function. */
void session_note(Session *session, const char *text);

#endif
