/* SPDX-License-Identifier: MIT */
/* busy.c: a sign of life on the terminal while an evaluation takes long.  The handler only uses what is allowed in one:
   write() and plain integers. */
#include "repl/busy.h"
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/interrupt.h"
#include "base/progress.h"

enum { TICK_MS = 100, PATIENCE_MS = 1000, BAR_COLUMNS = 30, LINE_BYTES = 128 };

static volatile sig_atomic_t running, paused, drawn, line_free, turn, dims;
static int64_t started;

typedef struct Line { char text[LINE_BYTES]; size_t length; } Line;

static void add(Line *line, const char *text) {
  while (*text && line->length < LINE_BYTES) line->text[line->length++] = *text++;
}

static void add_number(Line *line, long number) {
  char digits[24];
  int first = (int)sizeof digits - 1;
  digits[first] = '\0';
  do digits[--first] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  add(line, digits + first);
}

/* "12.3 s" */
static void add_seconds(Line *line, long milliseconds) {
  add_number(line, milliseconds / 1000);
  add(line, ".");
  add_number(line, milliseconds / 100 % 10);
  add(line, " s");
}

static void send(const char *text, size_t length) {
  ssize_t sent = write(STDERR_FILENO, text, length);
  (void)sent; /* nothing depends on it */
}

static void add_bar(Line *line, long permille, long milliseconds) {
  add(line, "[");
  for (int k = 0; k < BAR_COLUMNS; k++) add(line, k < permille * BAR_COLUMNS / 1000 ? "=" : " ");
  add(line, "] ");
  add_number(line, permille / 10);
  add(line, " %  ");
  add_seconds(line, milliseconds);
  if (permille < 1) return;
  add(line, ", ");
  add_seconds(line, milliseconds * (1000 - permille) / permille);
  add(line, " left");
}

static void draw(void) {
  static const char *const strokes[] = {"|", "/", "-", "\\"};
  Line line = {.length = 0};
  long passed = (long)((clock_now() - started) / (CLOCK_SECOND / 1000)), permille = progress_permille;
  add(&line, dims ? "\r\x1b[2m" : "\r");
  if (permille >= 0) add_bar(&line, permille, passed);
  else add(&line, strokes[turn++ & 3]), add(&line, " "), add_seconds(&line, passed);
  add(&line, dims ? "\x1b[0m\x1b[K" : "\x1b[K");
  drawn = 1;
  send(line.text, line.length);
}

static void on_tick(int number) {
  (void)number;
  int kept = errno;
  if (running && !paused && line_free && !progress_waiting && !interrupt_requested) draw();
  errno = kept;
}

static void wipe(void) {
  if (drawn) send("\r\x1b[K", 4);
  drawn = 0;
}

static void set_timer(long first_ms, long then_ms) {
  struct itimerval timer = {.it_value = {first_ms / 1000, first_ms % 1000 * 1000},
                            .it_interval = {then_ms / 1000, then_ms % 1000 * 1000}};
  setitimer(ITIMER_REAL, &timer, NULL);
}

void busy_start(bool terminal, bool colour) {
  if (!terminal) return;
  dims = colour;
  struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGALRM, &action, NULL);
  started = clock_now();
  progress_permille = -1;
  paused = drawn = 0;
  line_free = running = 1;
  set_timer(PATIENCE_MS, TICK_MS);
}

void busy_end(void) {
  if (!running) return;
  running = 0;
  set_timer(0, 0);
  wipe();
}

void busy_pause(void) {
  if (!running) return;
  paused = 1;
  wipe();
}

void busy_resume(bool at_line_start) {
  line_free = at_line_start;
  paused = 0;
}

bool busy_is_shown(void) { return running; }
