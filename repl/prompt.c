/* SPDX-License-Identifier: MIT */
/* prompt.c: the interactive loop: read an input, run it, show what went wrong. */
#include "repl/prompt.h"
#include <string.h>
#include "base/clock.h"
#include "base/interrupt.h"
#include "repl/busy.h"
#include "repl/command.h"
#include "repl/line.h"
#include "repl/run.h"

static const char banner[] = "mgrad " MGRAD_VERSION " - ?name for help, :demo for a tour, Ctrl-D quits\n";

static bool is_command(const Buffer *text) { return command_start(buffer_text(text)) != NULL; }

/* Words with which people leave other programs. */
static bool is_farewell(const Buffer *text) {
  const char *word = buffer_text(text);
  return strcmp(word, "quit") == 0 || strcmp(word, "exit") == 0;
}

static bool is_blank(const Buffer *text) { return strspn(buffer_text(text), " \t\r\n") == text->length; }

static void fit_to_terminal(Session *session, Console *console) {
  console_measure(console);
  TextOptions *options = session_text_options(session);
  options->line_width = console->columns;
  options->max_rows = console->rows - 4 < 40 ? console->rows - 4 : 40;
  if (options->max_rows < 6) options->max_rows = 6;
  PlotDevice *device = session_plot_device(session);
  *device = console_plot_device(console, device->colour);
}

/* Runs one input; true when it asked to end the session. */
static bool run_input(Session *session, Console *console, const Buffer *text) {
  if (is_blank(text)) return false;
  if (is_farewell(text)) return true;
  fit_to_terminal(session, console);
  if (is_command(text)) return command_run(session, console, command_start(buffer_text(text)));
  RunStatus result = run_entered(session, buffer_text(text), text->length); /* an empty line ends what is incomplete */
  run_status(session, console, result);
  return result == RUN_EXIT;
}

/* Shows how far a long input is, and how long it took if that is wanted. */
static bool run_watched(Session *session, Console *console, const Buffer *text) {
  int64_t start = clock_now();
  busy_start(console->shows_busy, console->colour);
  bool done = run_input(session, console, text);
  busy_end();
  bool timed = console->timing && !done && !is_command(text) && !is_blank(text);
  if (timed) console_show_time(console, clock_since(start));
  console_flush(console);
  return done;
}

int prompt_run(Session *session, Console *console, const Options *options) {
  if (!options->quiet && console->input_terminal) console_write(console, STREAM_DIAGNOSTIC, banner, sizeof banner - 1);
  line_start(session, (LineOptions){.history = console->input_terminal && !options->no_init && !options->sandbox,
                                    .colour = console->colour, .dumb = console->dumb});
  console_flush(console); /* what scripts before it have printed */
  Buffer text = {0};
  bool done = false;
  while (!done) {
    interrupt_requested = 0;
    buffer_clear(&text);
    console_close_line(console);
    LineStatus line = line_read(PROMPT, &text);
    if (line == LINE_END) break;
    if (line == LINE_TEXT) done = run_watched(session, console, &text);
  }
  line_finish();
  buffer_free(&text);
  return done ? session_exit_status(session) : STATUS_OK;
}
