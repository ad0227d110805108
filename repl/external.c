/* SPDX-License-Identifier: MIT */
/* external.c: changing a text in the user's own editor. */
#include "repl/external.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/descriptor.h"
#include "repl/busy.h"
#include "repl/run.h"

enum { EDITOR_BYTES = 1024, EDITOR_WORDS = 16, PATH_BYTES = 4096, NOT_RUN = 127 };

/* What is being edited; a signal that ends the program takes it away. */
static char path[PATH_BYTES];
static volatile sig_atomic_t file_exists;

void external_discard(void) {
  if (file_exists) unlink(path);
  file_exists = 0;
}

static const char *editor_command(void) {
  const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
  return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

static bool fail(const char *what, int reason) {
  fprintf(stderr, "error: cannot edit: %s: %s\n", what, strerror(reason));
  return false;
}

/* A file of our own, readable by nobody else. */
static bool make_file(const char *text) {
  const char *folder = getenv("TMPDIR");
  if (!folder || !*folder) folder = "/tmp";
  if (snprintf(path, PATH_BYTES, "%s/mgrad-XXXXXX.mg", folder) >= PATH_BYTES) return fail("TMPDIR", ENAMETOOLONG);
  int file = mkstemps(path, 3);
  if (file == -1) return fail(path, errno);
  file_exists = 1;
  size_t length = strlen(text);
  bool written = descriptor_write(file, text, length) && (length == 0 || descriptor_write(file, "\n", 1));
  int reason = errno;
  close(file);
  if (written) return true;
  external_discard();
  return fail(path, reason);
}

/* Keys that send signals are the editor's while it runs. */
typedef struct Keys { struct sigaction interrupt, quit; } Keys;

static void ignore_keys(Keys *keys) {
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGINT, &ignore, &keys->interrupt);
  sigaction(SIGQUIT, &ignore, &keys->quit);
}

/* Where signals are blocked, as while a line is read, one that came has been kept: ignoring it again drops it. */
static void take_keys(const Keys *keys) {
  ignore_keys(&(Keys){0});
  sigaction(SIGINT, &keys->interrupt, NULL);
  sigaction(SIGQUIT, &keys->quit, NULL);
}

static void become_editor(char *words[EDITOR_WORDS + 2], int count) {
  sigset_t none;
  sigemptyset(&none);
  signal(SIGINT, SIG_DFL);
  signal(SIGQUIT, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  words[count++] = path;
  words[count] = NULL;
  execvp(words[0], words);
  fprintf(stderr, "error: cannot run the editor `%s`: %s\n", words[0], strerror(errno));
  _exit(NOT_RUN);
}

/* The message of what could not be run has been written already; others replace what the terminal shows of the key that
   ended the editor. */
static bool check_end(int status) {
  bool exited = WIFEXITED(status);
  int number = exited ? WEXITSTATUS(status) : WTERMSIG(status);
  if (exited && (number == 0 || number == NOT_RUN)) return number == 0;
  fprintf(stderr, "%serror: the editor %s %d\n", isatty(STDERR_FILENO) ? "\r\033[K" : "",
          exited ? "ended with status" : "was ended by signal", number);
  return false;
}

static bool run_words(char *words[EDITOR_WORDS + 2], int count) {
  int status = 0;
  pid_t child = fork();
  if (child == -1) return fail("fork", errno);
  if (child == 0) become_editor(words, count);
  while (waitpid(child, &status, 0) == -1 && errno == EINTR) continue;
  return check_end(status);
}

/* The words of a copy of the editor's command; false, with a message, where there is no room for them. */
static bool split_command(char command[EDITOR_BYTES], char *words[EDITOR_WORDS + 2], int *count) {
  static char otherwise[] = "vi";
  char *rest = NULL;
  bool fits = snprintf(command, EDITOR_BYTES, "%s", editor_command()) < EDITOR_BYTES;
  *count = 0;
  for (char *word = strtok_r(command, " \t", &rest); word && fits; word = strtok_r(NULL, " \t", &rest)) {
    fits = *count < EDITOR_WORDS;
    if (fits) words[(*count)++] = word;
  }
  if (*count == 0) words[(*count)++] = otherwise;
  if (!fits)
    fprintf(stderr, "error: the editor's command is too long: it has at most %d bytes and %d words\n", EDITOR_BYTES - 1,
            EDITOR_WORDS);
  return fits;
}

/* The terminal is the editor's: nothing else is drawn meanwhile. */
static bool run_editor(void) {
  char command[EDITOR_BYTES], *words[EDITOR_WORDS + 2];
  int count;
  if (!split_command(command, words, &count)) return false;
  fflush(stdout);
  Keys keys;
  busy_pause();
  ignore_keys(&keys);
  bool done = run_words(words, count);
  take_keys(&keys);
  busy_resume(true);
  return done;
}

bool external_edit(const char *text, Buffer *edited) {
  int reason = 0;
  if (!make_file(text)) return false;
  bool done = run_editor();
  if (done && !run_read_file(path, edited, &reason)) done = fail(path, reason);
  if (done && edited->length && memchr(edited->text, '\0', edited->length)) { /* Readline would cut it there */
    fputs("error: what the editor wrote holds a NUL byte\n", stderr);
    done = false;
  }
  external_discard();
  buffer_trim(edited, 0, "\r\n");
  return done;
}
