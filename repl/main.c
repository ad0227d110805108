/* SPDX-License-Identifier: MIT */
/* main.c: the program: signals, streams, options, then files or the prompt. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/threads.h"
#include "repl/busy.h"
#include "repl/command.h"
#include "repl/doctest.h"
#include "repl/external.h"
#include "repl/present.h"
#include "repl/prompt.h"
#include "repl/run.h"

/* Closed standard streams are opened on /dev/null, so that a data file can never become one of them; the output only
   for reading, so that a result that nobody can see is an error. */
static void open_standard_streams(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++)
    if (fcntl(descriptor, F_GETFD) == -1 && open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY) == -1) return;
}

static volatile sig_atomic_t at_prompt; /* Ctrl-C never ends a session */

/* The first Ctrl-C asks the evaluator to stop.  A second one while it has not stopped yet is answered at the prompt,
   and ends a script after a second. */
static void on_interrupt(int number) {
  static const char patience[] = "still stopping...\n";
  static volatile sig_atomic_t first;
  (void)number;
  sig_atomic_t now = (sig_atomic_t)(clock_now() / CLOCK_SECOND);
  int kept = errno;
  if (interrupt_requested) busy_pause();
  if (interrupt_requested && at_prompt && write(STDERR_FILENO, patience, sizeof patience - 1) < 0) errno = kept;
  if (interrupt_requested && !at_prompt && now - first >= 1) _exit(STATUS_INTERRUPTED);
  if (!interrupt_requested) first = now;
  interrupt_request();
}

/* The shell goes on in a clean line, and no file of ours stays.  The signal is sent again and has its usual effect. */
static void on_end(int number) {
  busy_pause();
  external_discard();
  raise(number);
}

static void catch_end(int number) {
  struct sigaction end = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND}, before;
  sigemptyset(&end.sa_mask);
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_DFL) sigaction(number, &end, NULL);
}

static void catch_signals(void) {
  struct sigaction action = {.sa_handler = on_interrupt};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  catch_end(SIGTERM);
  catch_end(SIGHUP);
  signal(SIGXFSZ, SIG_IGN); /* a full quota is an error of the write, not the end of the program */
}

static Session *start_session(const Options *options, Console *console, bool interactive) {
  SessionOptions session_options = {
      .output = console_write, .warn = console_warn, .output_context = console, .interactive = interactive,
      .colour = console->colour && console->output_terminal, .silent = options->print_last,
      .waits = console_has_audience(console), .sandbox = options->sandbox, .argument_count = options->argument_count,
      .arguments = options->arguments};
  Session *session = session_new(&session_options);
  if (!session) run_complain_room();
  else if (options->precision) session_set_precision(session, options->precision);
  if (session) *session_plot_device(session) = console_plot_device(console, session_options.colour);
  return session;
}

/* What the names of the session still hold, and what is kept for reuse. */
static void show_stats(Console *console) {
  const double megabyte = 1e6;
  memory_trim();
  console_flush(console);
  fprintf(stderr, "memory: %.3f MB in use, %.3f MB at most, %.3f MB kept for reuse; threads: %d\n",
          (double)memory_held() / megabyte, (double)memory_peak() / megabyte, (double)memory_cached() / megabyte,
          threads_count());
}

static int run(const Options *options, Console *console) {
  bool prompt = options->interactive || (options->input_count == 0 && console->input_terminal);
  Session *session = start_session(options, console, options->demo || (prompt && console->output_terminal));
  if (!session) return STATUS_FAILED;
  bool exited = false;
  if (prompt && !options->no_init) run_init(session, console, options, &exited);
  int status = exited          ? session_exit_status(session)
               : options->demo ? present_run(session, console, options)
                               : run_inputs(session, console, options, &exited);
  at_prompt = prompt;
  if (prompt && !exited && status != STATUS_INTERRUPTED) status = prompt_run(session, console, options);
  if (options->stats) show_stats(console);
  session_free(session);
  return status;
}

static int explain(Console *console, const char *kind) {
  Buffer text = {0};
  bool known = command_explain(&text, kind);
  if (!known) fprintf(stderr, "mgrad: there is no kind of errors called `%s`\n", kind);
  console_write(console, known ? STREAM_RESULT : STREAM_DIAGNOSTIC, buffer_text(&text), text.length);
  buffer_free(&text);
  return known ? STATUS_OK : STATUS_USAGE;
}

int main(int count, char **words) {
  open_standard_streams();
  Options options;
  OptionsStatus answer = options_read(count, words, &options);
  Console console;
  console_start(&console, options.colour);
  int status = answer == OPTIONS_BAD ? STATUS_USAGE : answer == OPTIONS_FAILED ? STATUS_FAILED : STATUS_OK;
  if (answer == OPTIONS_RUN) {
    catch_signals();
    memory_set_budget(options.memory_limit ? options.memory_limit : memory_default_budget());
    if (options.threads) threads_set_count(options.threads);
    if (options.input_count == 0 && !console.input_terminal && !options.interactive)
      options.inputs[options.input_count++] = (Input){INPUT_STANDARD, "-"};
    status = options.explain   ? explain(&console, options.explain)
             : options.doctest ? doctest_run(&options)
                               : run(&options, &console);
  }
  options_free(&options);
  if (!console_finish(&console) && status == STATUS_OK) status = STATUS_FAILED;
  return status;
}
