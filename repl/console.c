/* SPDX-License-Identifier: MIT */
/* console.c: where results and diagnostics go. */
#include "repl/console.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/input.h"
#include "repl/busy.h"
#include "repl/line.h"
#include "repl/report.h"

/* Whether lines are all that can be shown.  Where there is no terminal, colours that are asked for go to somebody who
   knows what they mean, unless the name says otherwise. */
static bool is_dumb(void) {
  const char *name = getenv("TERM");
  if (name && strcmp(name, "dumb") == 0) return true;
  bool terminal = isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) || isatty(STDERR_FILENO);
  return terminal && line_terminal_is_dumb();
}

static bool wants_colour(ColourChoice choice, bool dumb) {
  if (choice == COLOUR_NEVER || dumb) return false;
  if (choice == COLOUR_ALWAYS) return true;
  if (!isatty(STDERR_FILENO)) return false;
  const char *no_colour = getenv("NO_COLOR");
  return !no_colour || !*no_colour;
}

/* The locale as its variables name it: nothing else of it is ever used. */
static bool is_locale_utf8(void) {
  const char *name = getenv("LC_ALL");
  if (!name || !*name) name = getenv("LC_CTYPE");
  if (!name || !*name) name = getenv("LANG");
  return name && (strcasestr(name, "utf-8") || strcasestr(name, "utf8"));
}

bool console_has_audience(const Console *console) { return console->input_terminal && console->output_terminal; }

PlotDevice console_plot_device(const Console *console, bool colour) {
  enum { COLUMNS_MOST = 120, ROWS_MOST = 32 };
  PlotDevice device = {.columns = console->columns, .rows = console->rows, .unicode = console->unicode,
                       .colour = colour, .redraws = console->redraws};
  if (!console->output_terminal) return device;
  device.rows -= 2; /* the prompt stays in sight */
  if (device.columns > COLUMNS_MOST) device.columns = COLUMNS_MOST;
  if (device.rows > ROWS_MOST) device.rows = ROWS_MOST;
  return device;
}

void console_measure(Console *console) {
  struct winsize size;
  console->rows = 24;
  console->columns = 80;
  if (!console->output_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
  if (size.ws_row > 0) console->rows = size.ws_row;
  if (size.ws_col > 0) console->columns = size.ws_col;
}

void console_start(Console *console, ColourChoice choice) {
  bool dumb = is_dumb();
  *console = (Console){.colour = wants_colour(choice, dumb), .dumb = dumb, .shows_busy = isatty(STDERR_FILENO) && !dumb,
                       .input_terminal = isatty(STDIN_FILENO), .output_terminal = isatty(STDOUT_FILENO)};
  console->unicode = is_locale_utf8() && !(console->output_terminal && dumb);
  console->redraws = console->output_terminal && !dumb;
  console_measure(console);
}

void console_start_transcript(Console *console, Buffer *transcript) {
  *console = (Console){.transcript = transcript, .dumb = true};
  console_measure(console);
}

/* What is typed while a program runs stands on the terminal too. */
static void notice_typing(Console *console) {
  InputTrace trace = input_take_trace();
  if (trace != INPUT_NO_TRACE && console_has_audience(console))
    console->line_open = trace == INPUT_LINE_OPEN;
}

/* The stream drops what could not be written, and later writes may do well: so the first reason is kept. */
static void note_failure(Console *console, int reason) {
  if (!console->output_error) console->output_error = reason ? reason : EIO;
}

void console_flush(Console *console) {
  errno = 0;
  if (fflush(stdout) != 0) note_failure(console, errno);
}

bool console_write(void *context, Stream stream, const char *text, size_t length) {
  Console *console = context;
  if (console->transcript) return buffer_add(console->transcript, text, length), true;
  FILE *file = stream == STREAM_RESULT ? stdout : stderr;
  busy_pause();
  notice_typing(console);
  if (stream == STREAM_DIAGNOSTIC) console_flush(console);
  errno = 0;
  bool written = fwrite(text, 1, length, file) == length && !ferror(file);
  if (busy_is_shown() && fflush(file) != 0) written = false;
  int reason = errno;
  if (length && console->output_terminal) console->line_open = text[length - 1] != '\n';
  busy_resume(!console->line_open);
  if (!written && stream == STREAM_RESULT) note_failure(console, reason);
  return written;
}

void console_close_line(Console *console) {
  notice_typing(console);
  if (console->line_open) console_write(console, STREAM_RESULT, "\n", 1);
}

void console_drop_keys(Console *console) {
  static const char wipe[] = "\r\x1b[K";
  notice_typing(console);
  if (console->line_open) console_close_line(console);
  else if (console->input_terminal && console->shows_busy)
    console_write(console, STREAM_DIAGNOSTIC, wipe, sizeof wipe - 1);
  else if (console_has_audience(console)) console_write(console, STREAM_RESULT, "\n", 1);
  console->line_open = false;
}

void console_report(Console *console, Session *session) {
  Buffer text = {0};
  console->failed_kind = session_error(session)->kind;
  if (console->failed_kind == ERROR_INTERRUPT) console_drop_keys(console);
  report_error(&text, session_sources(session), session_error(session), console->colour);
  console_write(console, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&text);
}

void console_show_time(Console *console, double seconds) {
  Buffer text = {0};
  bool dim = console->colour && console->output_terminal;
  if (dim) buffer_add_text(&text, "\x1b[2m");
  if (seconds < 1e-3) buffer_format(&text, "# %.1f %s", seconds * 1e6, console->unicode ? "µs" : "us");
  else if (seconds < 1) buffer_format(&text, "# %.2f ms", seconds * 1e3);
  else buffer_format(&text, "# %.2f s", seconds);
  buffer_add_text(&text, dim ? "\x1b[0m\n" : "\n");
  console_write(console, STREAM_RESULT, buffer_text(&text), text.length);
  buffer_free(&text);
}

void console_warn(void *context, const SourceMap *sources, Span place, const char *message, const char *hint) {
  Console *console = context;
  Buffer text = {0};
  report_warning(&text, sources, place, message, hint, console->colour);
  console_write(console, STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&text);
}

bool console_finish(Console *console) {
  console_flush(console);
  if (ferror(stdout)) note_failure(console, 0);
  if (fclose(stdout) != 0) note_failure(console, errno);
  if (!console->output_error) return true;
  fprintf(stderr, "mgrad: cannot write the output: %s\n", strerror(console->output_error));
  return false;
}
