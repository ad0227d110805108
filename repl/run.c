/* SPDX-License-Identifier: MIT */
/* run.c: running files, -e code and standard input. */
#include "repl/run.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/interrupt.h"
#include "base/memory.h"
#include "repl/busy.h"

enum { PROGRAM_BYTES = 1 << 30 }; /* a device may never end */

bool run_read_file(const char *path, Buffer *text, int *error) {
  bool standard = strcmp(path, "-") == 0;
  FILE *file = standard ? stdin : fopen(path, "rb");
  if (!file) return *error = errno, false;
  char block[65536];
  size_t count;
  errno = 0;
  while (!interrupt_requested && !text->failed && text->length <= PROGRAM_BYTES && !feof(file) &&
         (count = fread(block, 1, sizeof block, file)) > 0)
    buffer_add(text, block, count);
  bool failed = ferror(file), large = text->length > PROGRAM_BYTES;
  *error = interrupt_requested ? EINTR : text->failed ? ENOMEM : large ? EFBIG : errno;
  if (!standard) fclose(file);
  return !failed && !text->failed && !large && !interrupt_requested;
}

void run_complain_room(void) {
  enum { LEAST_MEGABYTES = 16 }; /* a session begins with some 12 */
  double limit = (double)memory_budget();
  if (limit == 0 || limit >= LEAST_MEGABYTES * 0x1p20) fputs("mgrad: out of memory\n", stderr);
  else fprintf(stderr, "mgrad: out of memory: a limit of %.3g MB is too little to start (allow more by `--max-mem=%dM`)\n",
               limit / 1e6, LEAST_MEGABYTES);
}

RunStatus run_entered(Session *session, const char *text, size_t length) {
  RunStatus status = session_run(session, NULL, text, length, true);
  return status == RUN_INCOMPLETE ? session_run(session, NULL, text, length, false) : status;
}

int run_status(Session *session, Console *console, RunStatus status) {
  if (status == RUN_OK) return STATUS_OK;
  if (status == RUN_EXIT) return session_exit_status(session);
  console_report(console, session);
  return status == RUN_INTERRUPTED ? STATUS_INTERRUPTED : STATUS_FAILED;
}

static int run_text(Session *session, Console *console, const Options *options, const char *name, const Buffer *text,
                    bool is_file, bool *exited) {
  busy_start(console->shows_busy, console->colour);
  RunStatus status = options->check ? session_check(session, name, buffer_text(text), text->length)
                     : is_file      ? session_run_script(session, name, buffer_text(text), text->length)
                                    : session_run(session, name, buffer_text(text), text->length, false);
  busy_end();
  *exited = status == RUN_EXIT;
  return run_status(session, console, status);
}

int run_read_input(const Input *input, Buffer *text) {
  int error = 0;
  bool standard = input->kind == INPUT_STANDARD;
  if (run_read_file(standard ? "-" : input->text, text, &error)) return STATUS_OK;
  fprintf(stderr, "mgrad: %s: %s\n", standard ? "<stdin>" : input->text,
          error == EINTR ? "interrupted" : strerror(error));
  return error == EINTR ? STATUS_INTERRUPTED : STATUS_FAILED;
}

/* What cannot be read ends the program, as what it asks for does. */
static int run_file(Session *session, Console *console, const Options *options, const Input *input, bool *exited) {
  Buffer text = {0};
  bool is_file = input->kind != INPUT_STANDARD;
  int status = run_read_input(input, &text);
  *exited = status != STATUS_OK;
  if (!*exited) status = run_text(session, console, options, is_file ? input->text : "<stdin>", &text, is_file, exited);
  buffer_free(&text);
  return status;
}

static int run_code(Session *session, Console *console, const Options *options, const char *code, int number,
                    bool *exited) {
  char name[32];
  snprintf(name, sizeof name, "<arg %d>", number);
  Buffer text = {0};
  buffer_add_text(&text, code);
  int status = run_text(session, console, options, name, &text, false, exited);
  buffer_free(&text);
  return status;
}

void run_init(Session *session, Console *console, const Options *options, bool *exited) {
  char path[4096];
  const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
  int length = config && *config ? snprintf(path, sizeof path, "%s/mgrad/init.mg", config)
               : home && *home   ? snprintf(path, sizeof path, "%s/.config/mgrad/init.mg", home)
                                 : 0;
  if (length <= 0 || length >= (int)sizeof path || access(path, F_OK) != 0) return;
  Buffer text = {0};
  if (run_read_input(&(Input){INPUT_FILE, path}, &text) == STATUS_OK)
    run_text(session, console, options, path, &text, true, exited);
  buffer_free(&text);
}

/* none is not shown. */
static void print_last(Session *session, Console *console) {
  if (value_is_none(session_last_value(session))) return;
  Buffer text = {0};
  value_text(session, &text, session_last_value(session), true);
  if (text.length) {
    buffer_add_byte(&text, '\n');
    console_write(console, STREAM_RESULT, buffer_text(&text), text.length);
  }
  buffer_free(&text);
}

int run_inputs(Session *session, Console *console, const Options *options, bool *exited) {
  int status = STATUS_OK, codes = 0;
  *exited = false;
  for (int k = 0; k < options->input_count && status == STATUS_OK && !*exited; k++) {
    const Input *input = &options->inputs[k];
    status = input->kind == INPUT_CODE ? run_code(session, console, options, input->text, ++codes, exited)
                                       : run_file(session, console, options, input, exited);
  }
  if (options->print_last && status == STATUS_OK) print_last(session, console);
  return status;
}
