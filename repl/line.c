/* SPDX-License-Identifier: MIT */
/* line.c: reading input at the prompt with GNU Readline; the only file that knows it.

   Readline 8.2 is driven through its callback interface, since its blocking call does not give the line up on Ctrl-C.
   Its state is global, so this file's is too. */
#include "repl/line.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "repl/complete.h"

#ifdef MGRAD_READLINE
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <signal.h>
#include "base/interrupt.h"
#include "repl/history.h"

static struct Editor {
  Session *session;
  bool history, accepted, ended;
  char path[HISTORY_PATH];
  char *line;            /* what Readline gave */
  Completion completion; /* of the running completion */
  size_t next;
} editor;
static volatile sig_atomic_t continued; /* set when the program comes back from the background */

const char *line_library(void) {
  static char text[32];
  snprintf(text, sizeof text, "readline %s", rl_library_version);
  return text;
}

/* ---- Enter: accept a complete input, else go on with a new line */

static bool last_line_is_blank(void) {
  const char *newline = strrchr(rl_line_buffer, '\n');
  return newline && strspn(newline + 1, " \t") == strlen(newline + 1);
}

static bool input_is_finished(void) {
  const char *text = rl_line_buffer;
  size_t length = (size_t)rl_end;
  if (length == 0 || text[0] == ':' || text[0] == '?' || last_line_is_blank()) return true;
  return session_is_complete(editor.session, text, length);
}

static int insert_newline(int count, int key) {
  (void)count;
  (void)key;
  char space[82] = "\n";
  size_t indentation = complete_indentation(rl_line_buffer, (size_t)rl_point);
  if (indentation > 80) indentation = 80;
  memset(space + 1, ' ', indentation);
  space[1 + indentation] = '\0';
  rl_insert_text(space);
  return 0;
}

static int accept_or_newline(int count, int key) {
  if (!input_is_finished()) {
    rl_point = rl_end;
    return insert_newline(count, key);
  }
  rl_point = rl_end; /* otherwise the output would land inside the text */
  return rl_newline(count, key);
}

/* ---- Up and Down: inside a block by lines, at its ends through the history */

static int line_start_at(int point) {
  while (point > 0 && rl_line_buffer[point - 1] != '\n') point--;
  return point;
}

static int line_end_at(int point) {
  while (point < rl_end && rl_line_buffer[point] != '\n') point++;
  return point;
}

static bool history_prefix_wanted(void) { return rl_point > 0 && rl_point < rl_end; }

static int move_up(int count, int key) {
  int start = line_start_at(rl_point);
  if (start == 0)
    return history_prefix_wanted() ? rl_history_search_backward(count, key) : rl_get_previous_history(count, key);
  int column = rl_point - start, above = line_start_at(start - 1);
  rl_point = above + column < start - 1 ? above + column : start - 1;
  return 0;
}

static int move_down(int count, int key) {
  int end = line_end_at(rl_point);
  if (end == rl_end)
    return history_prefix_wanted() ? rl_history_search_forward(count, key) : rl_get_next_history(count, key);
  int column = rl_point - line_start_at(rl_point), below = end + 1, limit = line_end_at(below);
  rl_point = below + column < limit ? below + column : limit;
  return 0;
}

/* ---- completion */

static char *next_candidate(const char *word, int state) {
  (void)word;
  if (state == 0) editor.next = 0;
  if (editor.next >= editor.completion.count) return NULL;
  return strdup(editor.completion.items[editor.next++].text); /* Readline frees it */
}

static char **complete(const char *word, int start, int end) {
  (void)start;
  complete_free(&editor.completion);
  if (!complete_find(editor.session, rl_line_buffer, (size_t)end, &editor.completion)) return NULL;
  rl_attempted_completion_over = !editor.completion.files;
  rl_filename_completion_desired = editor.completion.files;
  rl_completion_append_character = editor.completion.append;
  return editor.completion.files ? NULL : rl_completion_matches(word, next_candidate);
}

static const char *note_of(const char *match) {
  for (size_t k = 0; k < editor.completion.count; k++)
    if (strcmp(editor.completion.items[k].text, match) == 0) return editor.completion.items[k].note;
  return "";
}

static void show_matches(char **matches, int count, int longest) {
  int rows, columns;
  rl_get_screen_size(&rows, &columns);
  int shown = count < rows - 2 ? count : rows - 2;
  rl_crlf();
  for (int k = 1; k <= shown; k++) {
    const char *note = editor.completion.files ? "" : note_of(matches[k]);
    int room = columns - longest - 5;
    fprintf(rl_outstream, "  %-*s  %.*s\n", longest, matches[k], room > 0 ? room : 0, note);
  }
  if (shown < count) fprintf(rl_outstream, "  ... and %d more\n", count - shown);
  rl_on_new_line();
  rl_forced_update_display();
}

/* Tab completes after a character that belongs to a word, and indents elsewhere. */
static int tab(int count, int key) {
  char before = rl_point > 0 ? rl_line_buffer[rl_point - 1] : '\n';
  if (before != ' ' && before != '\n' && before != '\t') return rl_complete(count, key);
  return rl_insert_text("  "), 0;
}

/* ---- history */

static void start_history(void) {
  using_history();
  history_comment_char = '#'; /* both are needed for entries of several lines to survive */
  history_write_timestamps = 1;
  stifle_history(HISTORY_ENTRIES);
  const char *reason = NULL;
  editor.history = editor.history && history_path(editor.path, &reason);
  if (editor.history) {
    history_truncate_file(editor.path, HISTORY_ENTRIES);
    read_history(editor.path);
  } else if (reason) {
    fprintf(stderr, "warning: the history cannot be kept: %s\n", reason);
  }
}

/* Lines that begin with a space, and repeats, are not kept.  A line that looks like a time stamp gets a space. */
static void remember(const char *text) {
  if (!*text || *text == ' ') return;
  HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
  if (last && strcmp(last->line, text) == 0) return;
  char *guarded = NULL;
  if (text[0] == '#' && text[1] >= '0' && text[1] <= '9' && asprintf(&guarded, " %s", text) < 0) return;
  add_history(guarded ? guarded : text);
  free(guarded);
  if (editor.history) append_history(1, editor.path);
}

/* ---- the loop */

static void on_line(char *line) {
  rl_callback_handler_remove();
  editor.line = line;
  editor.accepted = line != NULL;
  editor.ended = line == NULL;
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

static void bind_keys(void) {
  rl_variable_bind("echo-control-characters", "off");
  rl_variable_bind("show-all-if-ambiguous", "on");
  rl_variable_bind("colored-completion-prefix", "on");
  rl_variable_bind("blink-matching-paren", "off");
  rl_add_defun("mgrad-accept-or-newline", accept_or_newline, -1);
  rl_add_defun("mgrad-newline", insert_newline, -1);
  rl_bind_key('\r', accept_or_newline);
  rl_bind_key('\n', accept_or_newline);
  rl_bind_key('\t', tab);
  rl_bind_keyseq("\\e\\C-m", insert_newline);
  rl_bind_keyseq("\\e[A", move_up);
  rl_bind_keyseq("\\eOA", move_up);
  rl_bind_keyseq("\\e[B", move_down);
  rl_bind_keyseq("\\eOB", move_down);
}

void line_start(Session *session, bool history, bool color) {
  (void)color;
  editor = (struct Editor){.session = session, .history = history};
  use_utf8();
  rl_readline_name = "mgrad";
  rl_instream = stdin;
  rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr; /* `mgrad > file` stays usable */
  rl_catch_signals = 1;
  rl_persistent_signal_handlers = 1;
  rl_change_environment = 0;
  bind_keys();
  rl_attempted_completion_function = complete;
  rl_completion_display_matches_hook = show_matches;
  rl_basic_word_break_characters = " \t\n\"'`@$><=;|&{}(+-*/^,[]):!%#~.";
  rl_completer_quote_characters = "\"";
  start_history();
  rl_initialize();
  struct sigaction action = {.sa_handler = on_continue};
  sigemptyset(&action.sa_mask);
  sigaction(SIGCONT, &action, NULL);
}

static bool is_searching(void) { return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH) != 0; }

/* Ctrl-C: the line stays on the screen with ^C behind it, and a fresh prompt follows. */
static void cancel_line(bool was_searching) {
  interrupt_requested = 0;
  rl_callback_sigcleanup();
  rl_point = rl_end;
  if (was_searching) {
    fputs("\r\033[J", rl_outstream);
    rl_forced_update_display();
  } else {
    rl_redisplay();
  }
  fputs("^C\n", rl_outstream);
  rl_replace_line("", 1);
  rl_callback_handler_remove();
  fflush(rl_outstream);
}

/* Waits for input.  SIGINT is let through only here, so that none is lost between test and wait.  False: cancelled. */
static bool wait_for_input(const sigset_t *open_signals, const sigset_t *closed_signals) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  bool was_searching = is_searching();
  while (ppoll(&input, 1, NULL, open_signals) < 0 && errno == EINTR) {
    sigprocmask(SIG_SETMASK, open_signals, NULL); /* Readline hands signals on by raising them again */
    rl_check_signals();
    sigprocmask(SIG_SETMASK, closed_signals, NULL);
    if (interrupt_requested) {
      cancel_line(was_searching);
      return false;
    }
    if (continued) {
      continued = 0;
      rl_forced_update_display();
    }
  }
  return true;
}

static LineStatus edit(const char *prompt) {
  sigset_t closed_signals, open_signals;
  sigemptyset(&closed_signals);
  sigaddset(&closed_signals, SIGINT);
  sigprocmask(SIG_BLOCK, &closed_signals, &open_signals);
  sigprocmask(SIG_BLOCK, NULL, &closed_signals);
  editor.accepted = editor.ended = false;
  rl_reset_screen_size();
  rl_callback_handler_install(prompt, on_line);
  bool cancelled = false;
  while (!editor.accepted && !editor.ended && !cancelled) {
    bool was_searching = is_searching();
    if (!wait_for_input(&open_signals, &closed_signals)) cancelled = true;
    else rl_callback_read_char();
    if (interrupt_requested && !cancelled && !editor.accepted) { /* Readline handed the signal on while it read */
      cancel_line(was_searching);
      cancelled = true;
    }
  }
  sigprocmask(SIG_SETMASK, &open_signals, NULL);
  return cancelled ? LINE_CANCELLED : editor.ended ? LINE_END : LINE_TEXT;
}

/* A block copied from a session comes with its prompts and results: prompts are stripped, results dropped. */
static void add_without_prompts(Buffer *text, char *line) {
  if (strncmp(line, "mg> ", 4) != 0) {
    buffer_add_text(text, line);
    return;
  }
  for (char *row = strtok(line, "\n"); row; row = strtok(NULL, "\n"))
    if (strncmp(row, "mg> ", 4) == 0 || strncmp(row, "... ", 4) == 0) {
      if (text->length) buffer_add_byte(text, '\n');
      buffer_add_text(text, row + 4);
    }
}

LineStatus line_read(const char *prompt, Buffer *text) {
  LineStatus status = edit(prompt);
  if (status == LINE_END) fputc('\n', rl_outstream);
  if (status != LINE_TEXT) return status;
  add_without_prompts(text, editor.line);
  free(editor.line);
  editor.line = NULL;
  while (text->length && strchr(" \t\n", text->text[text->length - 1])) text->text[--text->length] = '\0';
  remember(buffer_text(text));
  return LINE_TEXT;
}

void line_finish(void) {
  complete_free(&editor.completion);
  rl_callback_handler_remove();
  rl_clear_history();
}

#else /* no Readline: plain lines */

static Session *line_session;

const char *line_library(void) { return "no readline"; }

void line_start(Session *session, bool history, bool color) {
  (void)history;
  (void)color;
  line_session = session;
}

/* Adds one line of standard input; false at its end. */
static bool add_line(Buffer *text) {
  int byte;
  size_t before = text->length;
  while ((byte = getchar()) != EOF && byte != '\n') buffer_add_byte(text, (char)byte);
  return byte != EOF || text->length > before;
}

LineStatus line_read(const char *prompt, Buffer *text) {
  fputs(prompt, stderr);
  for (;;) {
    size_t before = text->length;
    if (!add_line(text)) return fputc('\n', stderr), LINE_END;
    if (text->length == before || session_is_complete(line_session, buffer_text(text), text->length)) return LINE_TEXT;
    buffer_add_byte(text, '\n');
    fputs("... ", stderr);
  }
}

void line_finish(void) {}

#endif
