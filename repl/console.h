/* SPDX-License-Identifier: MIT */
/* console.h: the program's output: results on standard output, diagnostics on standard error, colour where wanted. */
#ifndef MGRAD_REPL_CONSOLE_H
#define MGRAD_REPL_CONSOLE_H
#include "evaluator/session.h"
#include "repl/options.h"

typedef struct Console {
  bool colour;          /* of diagnostics and of the prompt */
  int output_error;     /* why standard output could not be written (errno); 0: it could */
  bool output_terminal, input_terminal;
  bool unicode;         /* the locale is UTF-8, and the terminal more than a dumb one */
  bool dumb;            /* the terminal can only show lines, one after the other */
  bool redraws;         /* the cursor can be moved */
  bool shows_busy;      /* standard error is a terminal whose line can be drawn again */
  bool line_open;       /* what the terminal shows last does not end in a newline */
  int rows, columns;    /* 24 x 80 when not a terminal */
  bool timing;          /* every input at the prompt tells how long it took */
  ErrorKind failed_kind; /* of the last error that was shown, for `:why` */
  Buffer *transcript;   /* takes all that is written, instead of the standard streams; or NULL */
} Console;

/* Asks the streams and the environment what they can show. */
void console_start(Console *console, ColourChoice choice);
/* No terminal: all that is written, in its order, is added to a transcript. */
void console_start_transcript(Console *console, Buffer *transcript);
/* Whether somebody sees the results and can answer. */
bool console_has_audience(const Console *console);
/* What plots may use; `colour`: escape codes are wanted in results. */
PlotDevice console_plot_device(const Console *console, bool colour);
/* Asks the terminal for its size again. */
void console_measure(Console *console);
bool console_write(void *console, Stream stream, const char *text, size_t length); /* an OutputFunction */
void console_warn(void *console, const SourceMap *sources, Span place, const char *message,
                  const char *hint); /* a WarnFunction */
/* Writes what standard output still keeps; a failure is told by console_finish. */
void console_flush(Console *console);
/* Begins a new line on the terminal if something stands in the current one. */
void console_close_line(Console *console);
/* The same where the line may also show keys that nobody has read, such as `^C`; they are wiped if that can be done. */
void console_drop_keys(Console *console);
/* Draws the session's error on standard error. */
void console_report(Console *console, Session *session);
/* "# 1.25 ms" */
void console_show_time(Console *console, double seconds);
/* Flushes and closes standard output; false, with a message, when something could not be written. */
bool console_finish(Console *console);

#endif
