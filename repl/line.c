/* SPDX-License-Identifier: MIT */
/* line.c: reading input at the prompt with GNU Readline, which only this file and line_keys.c know.

   Readline 8.2 is driven through its callback interface, since its blocking call does not give the line up on Ctrl-C.
   Its state is global, so this one's is too. */
#include "repl/line.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef MGRAD_READLINE
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include "base/interrupt.h"
#include "base/text.h"
#include "repl/line_keys.h"
#include "repl/paste.h"

static volatile sig_atomic_t continued; /* set when the program comes back from the background */
static struct sigaction on_interrupt;   /* what Ctrl-C does in this program */

const char *line_library(void) {
  static char text[32];
  snprintf(text, sizeof text, "readline %s", rl_library_version);
  return text;
}

/* ---- history */

static void warn_of_history(const char *what, const char *reason) {
  Buffer text = {0};
  buffer_format(&text, "warning: the history %s in `", what);
  text_add_safe(&text, line_editor.path, strlen(line_editor.path));
  buffer_format(&text, "`: %s\n", reason);
  fputs(buffer_text(&text), stderr);
  buffer_free(&text);
}

static void start_history(void) {
  using_history();
  history_comment_char = '#'; /* both are needed for entries of several lines to survive */
  history_write_timestamps = 1;
  stifle_history(HISTORY_ENTRIES);
  const char *reason = NULL;
  line_editor.history = line_editor.history && history_path(line_editor.path, &reason);
  if (line_editor.history) {
    int lock = history_lock(line_editor.path);
    history_truncate_file(line_editor.path, HISTORY_ENTRIES);
    read_history(line_editor.path);
    history_unlock(lock);
  } else if (reason) {
    warn_of_history("cannot be kept", reason);
  }
}

/* Lines that begin with a space, and repeats, are not kept. */
static void remember(const char *text) {
  if (!*text || *text == ' ') return;
  Buffer guarded = {0};
  history_guard(&guarded, text);
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (!guarded.failed && !(last && strcmp(last->line, buffer_text(&guarded)) == 0)) {
    add_history(buffer_text(&guarded));
    int lock = line_editor.history ? history_lock(line_editor.path) : -1;
    if (line_editor.history && append_history(1, line_editor.path) != 0) {
      line_editor.history = false;
      warn_of_history("is not kept any more", strerror(errno));
    }
    history_unlock(lock);
  }
  buffer_free(&guarded);
}

int line_history_count(void) { return history_length; }

const char *line_history_at(int index) {
  HIST_ENTRY *entry = history_get(history_base + index);
  return entry ? entry->line : NULL;
}

/* ---- the loop */

static void on_line(char *line) {
  rl_callback_handler_remove();
  line_editor.line = line;
  line_editor.accepted = line != NULL;
  line_editor.ended = line == NULL;
}

static void on_continue(int number) {
  (void)number;
  continued = 1;
}

/* Numbers are always written with a point: only the character type follows the user's locale. */
static void use_utf8(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
  setenv("LC_ALL", "C.UTF-8", 1);
  setlocale(LC_CTYPE, "");
}

/* Readline asks the terminal's description, which is not there for every name. */
bool line_terminal_is_dumb(void) {
  const char *name = getenv("TERM");
  if (!name || !*name) return true;
  rl_change_environment = 0;
  rl_reset_terminal(name);
  return !rl_get_termcap("up");
}

/* ---- waiting for keys */

/* Signals are let through only while waiting for input, so that none is lost between test and wait. */
static sigset_t open_signals, closed_signals;

static void close_signals(void) {
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGCONT);
  sigprocmask(SIG_BLOCK, &ours, &open_signals);
  sigprocmask(SIG_BLOCK, NULL, &closed_signals);
}

/* Readline would free, in the middle of a search, what the search still uses: Ctrl-C is ours, whenever Readline has
   taken the signals. */
static void keep_interrupt(void) { sigaction(SIGINT, &on_interrupt, NULL); }

/* What Readline has noted is acted upon: a new size of the window, Ctrl-Z. */
static void handle_signals(void) {
  rl_redisplay_function = rl_redisplay; /* otherwise a new size of the window doubles the prompt */
  sigprocmask(SIG_SETMASK, &open_signals, NULL); /* Readline hands signals on by raising them again */
  rl_check_signals();
  keep_interrupt();
  sigprocmask(SIG_SETMASK, &closed_signals, NULL);
  rl_redisplay_function = line_redisplay;
  if (!continued && !interrupt_requested) line_redisplay();
}

/* Where a key is there already, waiting does not let in the signals that came before it.  Those that are kept from
   the whole program come never. */
static bool is_signal_kept(void) {
  static const int ours[] = {SIGINT, SIGCONT};
  sigset_t kept;
  if (sigpending(&kept) != 0) return false;
  for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
    if (sigismember(&kept, ours[k]) == 1 && sigismember(&open_signals, ours[k]) == 0) return true;
  return false;
}

/* Gives up whatever key or search is under way, without a sound; cancel_line does the rest. */
static int give_up(void) {
  const char *bell = rl_variable_value("bell-style");
  if (!*line_editor.bell) snprintf(line_editor.bell, sizeof line_editor.bell, "%s", bell ? bell : "audible");
  rl_variable_bind("bell-style", "none");
  return CTRL('G');
}

/* The next byte of a key.  The terminal drops what it has not delivered when Ctrl-C comes, even the rest of a key, so
   no read may wait: bytes are waited for here, where signals are let through. */
static int read_key(FILE *stream) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  while (!interrupt_requested) {
    unsigned char byte;
    if (continued) {
      continued = 0;
      rl_forced_update_display();
    }
    bool woken = ppoll(&input, 1, NULL, &open_signals) < 0 && errno == EINTR;
    if (woken || is_signal_kept()) {
      handle_signals();
    } else if (line_editor.keys < 0) {
      return rl_getc(stream);
    } else {
      ssize_t count = read(line_editor.keys, &byte, 1);
      if (count == 1) return byte;
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) return EOF;
    }
  }
  return give_up();
}

/* Once a search has found nothing, Readline takes the input for ended in all lines that follow, and adds a newline. */
static void release_terminal(void) {
  rl_eof_found = 0;
  rl_deprep_terminal();
}

/* The terminal once more, for reads that do not wait; the mode of standard input is shared with other programs.  -1:
   there is none. */
static int open_keys(void) {
  const char *name = ttyname(STDIN_FILENO);
  return name ? open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
}

void line_start(Session *session, LineOptions options) {
  line_editor = (Editor){.session = session, .history = options.history, .colour = options.colour,
                         .by_lines = options.dumb, .keys = open_keys()};
  use_utf8();
  rl_readline_name = "mgrad";
  rl_instream = stdin;
  rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr; /* `mgrad > file` stays usable */
  rl_catch_signals = 1;
  rl_persistent_signal_handlers = 1;
  rl_getc_function = read_key;
  rl_deprep_term_function = release_terminal;
  rl_change_environment = 0;
  line_bind_keys();
  rl_completer_quote_characters = "\"";
  start_history();
  rl_initialize();
  rl_redisplay_function = line_redisplay; /* set earlier, Readline would not ask what the terminal can do */
  struct sigaction action = {.sa_handler = on_continue};
  sigemptyset(&action.sa_mask);
  sigaction(SIGCONT, &action, NULL);
  sigaction(SIGINT, NULL, &on_interrupt);
}

static bool is_searching(void) { return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH) != 0; }

/* Ctrl-C: the line stays on the screen with ^C behind it, and a fresh prompt follows. */
static void cancel_line(bool was_searching) {
  interrupt_requested = 0;
  rl_callback_sigcleanup();
  rl_point = rl_end;
  if (was_searching) {
    if (!line_editor.by_lines) fputs("\r\033[J", rl_outstream);
    rl_forced_update_display();
  } else {
    line_editor.settled = true;
    line_redisplay();
    line_editor.settled = false;
  }
  fputs("^C\n", rl_outstream);
  rl_replace_line("", 1);
  rl_callback_handler_remove();
  if (*line_editor.bell) rl_variable_bind("bell-style", line_editor.bell);
  *line_editor.bell = '\0';
  fflush(rl_outstream);
}

static LineStatus edit(const char *prompt) {
  close_signals();
  line_editor.accepted = line_editor.ended = false;
  rl_reset_screen_size();
  rl_callback_handler_install(prompt, on_line);
  keep_interrupt();
  continued = 0; /* a new prompt need not be drawn again */
  if (line_editor.preloaded.length) {
    rl_insert_text(buffer_text(&line_editor.preloaded));
    buffer_clear(&line_editor.preloaded);
    line_redisplay();
  }
  bool cancelled = false;
  while (!line_editor.accepted && !line_editor.ended && !cancelled) {
    bool was_searching = is_searching();
    rl_callback_read_char();
    cancelled = interrupt_requested && !line_editor.accepted;
    if (cancelled) cancel_line(was_searching);
  }
  sigprocmask(SIG_SETMASK, &open_signals, NULL);
  return cancelled ? LINE_CANCELLED : line_editor.ended ? LINE_END : LINE_TEXT;
}

static void take_line(Buffer *text) {
  paste_add(text, line_editor.line);
  free(line_editor.line);
  line_editor.line = NULL;
}

/* Where the terminal cannot show several lines at once, the others follow a prompt of their own. */
static LineStatus read_more_lines(Buffer *text) {
  LineStatus status = LINE_TEXT;
  size_t before = 0;
  while (status == LINE_TEXT && text->length > before && text->text[0] != ':' && text->text[0] != '?' &&
         !session_is_complete(line_editor.session, buffer_text(text), text->length)) {
    buffer_add_byte(text, '\n');
    before = text->length;
    status = edit(PROMPT_MORE);
    if (status == LINE_TEXT) take_line(text);
  }
  return status;
}

LineStatus line_read(const char *prompt, Buffer *text) {
  LineStatus status = edit(prompt);
  if (status == LINE_TEXT) take_line(text);
  if (status == LINE_TEXT && line_editor.by_lines) status = read_more_lines(text);
  if (status == LINE_END) fputc('\n', rl_outstream);
  if (status != LINE_TEXT) return status;
  buffer_trim(text, 0, " \t\n");
  remember(buffer_text(text));
  return LINE_TEXT;
}

void line_preload(const char *text) {
  buffer_clear(&line_editor.preloaded);
  buffer_add_text(&line_editor.preloaded, text);
}

void line_finish(void) {
  if (line_editor.keys >= 0) close(line_editor.keys);
  complete_free(&line_editor.completion);
  buffer_free(&line_editor.preloaded);
  rl_callback_handler_remove();
  rl_clear_history();
}

#endif
