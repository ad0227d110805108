/* SPDX-License-Identifier: MIT */
/* line.c: reading input at the prompt with GNU Readline; the only file that knows it.

   Readline 8.2 is driven through its callback interface, since its blocking call does not give the line up on Ctrl-C.
   Its state is global, so this file's is too. */
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
#include <readline/history.h>
#include <readline/readline.h>
#include <signal.h>
#include "base/interrupt.h"
#include "repl/assist.h"
#include "repl/block.h"
#include "repl/complete.h"
#include "repl/context.h"
#include "repl/external.h"
#include "repl/history.h"
#include "repl/paste.h"
#include "repl/repaint.h"

static struct Editor {
  Session *session;
  bool history, accepted, ended;
  bool color;            /* the input is coloured while it is typed */
  bool settled;          /* accepted: no bracket is marked any more */
  bool by_lines;         /* the terminal cannot go up: one line at a time */
  char path[HISTORY_PATH];
  int keys;              /* the terminal, for reads that do not wait; -1: none */
  Buffer preloaded;      /* stands in the next input */
  char bell[16];         /* the user's bell-style while it is off; "": it is not */
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

/* ---- drawing: Readline draws, then the same cells are painted */

static bool may_paint(void) {
  const char *scrolls = rl_variable_value("horizontal-scroll-mode"), *mode = rl_variable_value("show-mode-in-prompt");
  if (!editor.color || rl_done || rl_mark_active_p()) return false;
  if ((scrolls && strcmp(scrolls, "on") == 0) || (mode && strcmp(mode, "on") == 0)) return false;
  return !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_SEARCH | RL_STATE_NUMERICARG | RL_STATE_COMPLETING);
}

static void paint(void) {
  Picture picture = {.text = rl_line_buffer, .length = (size_t)rl_end, .cursor = (size_t)rl_point,
                     .partner = !editor.settled, .prompt_columns = rl_prompt ? (int)strlen(rl_prompt) : 0};
  Buffer out = {0};
  rl_get_screen_size(&picture.rows, &picture.columns);
  repaint(&out, &picture);
  fwrite(buffer_text(&out), 1, out.failed ? 0 : out.length, rl_outstream);
  buffer_free(&out);
}

static void redisplay(void) {
  bool paints = may_paint();
  if (paints) fputs("\033[?25l", rl_outstream);
  rl_redisplay();
  if (!paints) return;
  paint();
  fputs("\033[?25h", rl_outstream);
  fflush(rl_outstream);
}

/* ---- Enter: accept a complete input, else go on with a new line */

static bool input_is_finished(void) {
  const char *text = rl_line_buffer;
  size_t length = (size_t)rl_end;
  if (editor.by_lines || length == 0 || text[0] == ':' || text[0] == '?' || block_ends_blank(text)) return true;
  return session_is_complete(editor.session, text, length);
}

static int insert_newline(int count, int key) {
  (void)count, (void)key;
  char space[82] = "\n";
  size_t indentation = context_indentation(rl_line_buffer, (size_t)rl_point);
  if (indentation > 80) indentation = 80;
  memset(space + 1, ' ', indentation);
  space[1 + indentation] = '\0';
  rl_insert_text(space);
  return 0;
}

static int accept_or_newline(int count, int key) {
  bool finished = input_is_finished();
  rl_point = rl_end; /* otherwise the output would land inside the text */
  if (!finished) return insert_newline(count, key);
  rl_deactivate_mark();
  editor.settled = true;
  redisplay();
  editor.settled = false;
  return rl_newline(count, key);
}

/* ---- Up and Down: inside a block by lines, at its ends through the inputs that begin like this one */

/* What has been typed, and is not an input that has just come back, looks for its like. */
static bool history_prefix_wanted(void) {
  return rl_point > 0 && (rl_point < rl_end || where_history() == history_length);
}

static int move_up(int count, int key) {
  long place = block_above(rl_line_buffer, (size_t)rl_point);
  if (place >= 0) return rl_point = (int)place, 0;
  return history_prefix_wanted() ? rl_history_search_backward(count, key) : rl_get_previous_history(count, key);
}

static int move_down(int count, int key) {
  long place = block_below(rl_line_buffer, (size_t)rl_end, (size_t)rl_point);
  if (place >= 0) return rl_point = (int)place, 0;
  return history_prefix_wanted() ? rl_history_search_forward(count, key) : rl_get_next_history(count, key);
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

/* Goes below the input, however many rows it has. */
static void leave_input(void) {
  int point = rl_point;
  rl_point = rl_end;
  rl_redisplay();
  rl_point = point;
  rl_crlf();
}

static AssistScreen screen_now(void) {
  AssistScreen screen = {.color = editor.color};
  rl_get_screen_size(&screen.rows, &screen.columns);
  return screen;
}

/* Shows a text below the input, and the input again below the text. */
static void show_beside(const Buffer *text) {
  leave_input();
  fwrite(buffer_text(text), 1, text->length, rl_outstream);
  rl_on_new_line();
  rl_forced_update_display();
}

static void show_matches(char **matches, int count, int longest) {
  (void)longest;
  Buffer out = {0};
  assist_add_matches(&out, matches + 1, count, editor.completion.files ? NULL : &editor.completion, screen_now());
  show_beside(&out);
  buffer_free(&out);
}

/* Tab completes where something can be said about what comes next, and indents elsewhere. */
static int tab(int count, int key) {
  if (context_is_sensible(rl_line_buffer, (size_t)rl_point)) return rl_complete(count, key);
  return rl_insert_text("  "), 0;
}

/* The brace that ends a block stands under the line that began it. */
static int close_block(int count, int key) {
  int blanks = 0;
  while (blanks < rl_point && rl_line_buffer[rl_point - 1 - blanks] == ' ') blanks++;
  bool alone = blanks >= 2 && rl_point > blanks && rl_line_buffer[rl_point - 1 - blanks] == '\n';
  if (alone) rl_delete_text(rl_point - 2, rl_point), rl_point -= 2;
  return rl_insert(count, key);
}

/* F1, Alt-h: what the name at the cursor means. */
static int show_help(int count, int key) {
  (void)count, (void)key;
  Buffer out = {0};
  size_t length = (size_t)rl_end, cursor = (size_t)rl_point;
  if (assist_help(editor.session, rl_line_buffer, length, cursor, screen_now(), &out)) show_beside(&out);
  else rl_ding();
  buffer_free(&out);
  return 0;
}

/* Ctrl-X Ctrl-E: the input in an editor; what comes back is run by Enter. */
static int edit_outside(int count, int key) {
  (void)count, (void)key;
  Buffer text = {0};
  leave_input();
  rl_deprep_terminal();
  bool edited = external_edit(rl_line_buffer, &text);
  rl_prep_terminal(1);
  if (edited) rl_replace_line(buffer_text(&text), 0);
  rl_point = rl_end;
  buffer_free(&text);
  rl_on_new_line();
  rl_forced_update_display();
  return 0;
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
    int lock = history_lock(editor.path);
    history_truncate_file(editor.path, HISTORY_ENTRIES);
    read_history(editor.path);
    history_unlock(lock);
  } else if (reason) {
    fprintf(stderr, "warning: the history cannot be kept: %s\n", reason);
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
    int lock = editor.history ? history_lock(editor.path) : -1;
    if (editor.history && append_history(1, editor.path) != 0) {
      editor.history = false;
      fprintf(stderr, "warning: the history is not kept any more: %s\n", strerror(errno));
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
  rl_add_defun("mgrad-help", show_help, -1);
  rl_add_defun("mgrad-edit", edit_outside, -1);
  rl_bind_key('\r', accept_or_newline);
  rl_bind_key('\n', accept_or_newline);
  rl_bind_key('\t', tab);
  rl_bind_key('}', close_block);
  rl_bind_keyseq("\\e\\C-m", insert_newline);
  rl_bind_keyseq("\\C-x\\C-e", edit_outside);
  rl_bind_keyseq("\\eh", show_help);
  rl_bind_keyseq("\\eOP", show_help);
  rl_bind_keyseq("\\e[11~", show_help);
  rl_bind_keyseq("\\e[A", move_up);
  rl_bind_keyseq("\\eOA", move_up);
  rl_bind_keyseq("\\e[B", move_down);
  rl_bind_keyseq("\\eOB", move_down);
}

static bool terminal_is_dumb(void) {
  const char *terminal = getenv("TERM");
  return !terminal || !*terminal || strcmp(terminal, "dumb") == 0;
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

/* What Readline has noted is acted upon: a new size of the window, Ctrl-Z, Ctrl-C. */
static void handle_signals(void) {
  rl_redisplay_function = rl_redisplay; /* otherwise a new size of the window doubles the prompt */
  sigprocmask(SIG_SETMASK, &open_signals, NULL); /* Readline hands signals on by raising them again */
  rl_check_signals();
  sigprocmask(SIG_SETMASK, &closed_signals, NULL);
  rl_redisplay_function = redisplay;
  if (!continued && !interrupt_requested) redisplay();
}

/* Gives up whatever key or search is under way, without a sound; cancel_line does the rest. */
static int give_up(void) {
  const char *bell = rl_variable_value("bell-style");
  if (!*editor.bell) snprintf(editor.bell, sizeof editor.bell, "%s", bell ? bell : "audible");
  rl_variable_bind("bell-style", "none");
  return CTRL('G');
}

/* The next byte of a key.  The terminal drops what it has not delivered when Ctrl-C comes, even the rest of a key, so no
   read may wait: bytes are waited for here, where signals are let through. */
static int read_key(FILE *stream) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  while (!interrupt_requested) {
    unsigned char byte;
    if (continued) {
      continued = 0;
      rl_forced_update_display();
    }
    if (ppoll(&input, 1, NULL, &open_signals) < 0 && errno == EINTR) {
      handle_signals();
    } else if (editor.keys < 0) {
      return rl_getc(stream);
    } else {
      ssize_t count = read(editor.keys, &byte, 1);
      if (count == 1) return byte;
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) return EOF;
    }
  }
  return give_up();
}

/* The terminal once more, for reads that do not wait; the mode of standard input is shared with other programs.  -1: there
   is none. */
static int open_keys(void) {
  const char *name = ttyname(STDIN_FILENO);
  return name ? open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
}

/* Inside a file name only the quote and blanks part words. */
static char *word_breaks(void) {
  static char code[] = " \t\n\"'`@$><=;|&{}(+-*/^,[]):!?%#~.", path[] = " \t\n\"";
  return context_wants_file(rl_line_buffer, (size_t)rl_point) ? path : code;
}

void line_start(Session *session, bool history, bool color) {
  editor = (struct Editor){.session = session, .history = history, .color = color, .by_lines = terminal_is_dumb(),
                           .keys = open_keys()};
  use_utf8();
  rl_readline_name = "mgrad";
  rl_instream = stdin;
  rl_outstream = isatty(STDOUT_FILENO) ? stdout : stderr; /* `mgrad > file` stays usable */
  rl_catch_signals = 1;
  rl_persistent_signal_handlers = 1;
  rl_getc_function = read_key;
  rl_change_environment = 0;
  bind_keys();
  rl_attempted_completion_function = complete;
  rl_completion_display_matches_hook = show_matches;
  rl_completion_word_break_hook = word_breaks;
  rl_completer_quote_characters = "\"";
  start_history();
  rl_initialize();
  rl_redisplay_function = redisplay; /* set earlier, Readline would not ask what the terminal can do */
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
    editor.settled = true;
    redisplay();
    editor.settled = false;
  }
  fputs("^C\n", rl_outstream);
  rl_replace_line("", 1);
  rl_callback_handler_remove();
  if (*editor.bell) rl_variable_bind("bell-style", editor.bell);
  *editor.bell = '\0';
  fflush(rl_outstream);
}

static LineStatus edit(const char *prompt) {
  close_signals();
  editor.accepted = editor.ended = false;
  rl_reset_screen_size();
  rl_callback_handler_install(prompt, on_line);
  if (editor.preloaded.length) {
    rl_insert_text(buffer_text(&editor.preloaded));
    buffer_clear(&editor.preloaded);
    redisplay();
  }
  bool cancelled = false;
  while (!editor.accepted && !editor.ended && !cancelled) {
    bool was_searching = is_searching();
    rl_callback_read_char();
    cancelled = interrupt_requested && !editor.accepted;
    if (cancelled) cancel_line(was_searching);
  }
  sigprocmask(SIG_SETMASK, &open_signals, NULL);
  return cancelled ? LINE_CANCELLED : editor.ended ? LINE_END : LINE_TEXT;
}

static void take_line(Buffer *text) {
  Buffer stripped = {0};
  paste_add(&stripped, editor.line);
  buffer_add(text, buffer_text(&stripped), stripped.length);
  buffer_free(&stripped);
  free(editor.line);
  editor.line = NULL;
}

/* Where the terminal cannot show several lines at once, the others follow a prompt of their own. */
static LineStatus read_more_lines(Buffer *text) {
  LineStatus status = LINE_TEXT;
  size_t before = 0;
  while (status == LINE_TEXT && text->length > before && text->text[0] != ':' && text->text[0] != '?' &&
         !session_is_complete(editor.session, buffer_text(text), text->length)) {
    buffer_add_byte(text, '\n');
    before = text->length;
    status = edit("... ");
    if (status == LINE_TEXT) take_line(text);
  }
  return status;
}

LineStatus line_read(const char *prompt, Buffer *text) {
  LineStatus status = edit(prompt);
  if (status == LINE_TEXT) take_line(text);
  if (status == LINE_TEXT && editor.by_lines) status = read_more_lines(text);
  if (status == LINE_END) fputc('\n', rl_outstream);
  if (status != LINE_TEXT) return status;
  while (text->length && strchr(" \t\n", text->text[text->length - 1])) text->text[--text->length] = '\0';
  remember(buffer_text(text));
  return LINE_TEXT;
}

void line_preload(const char *text) {
  buffer_clear(&editor.preloaded);
  buffer_add_text(&editor.preloaded, text);
}

void line_finish(void) {
  if (editor.keys >= 0) close(editor.keys);
  complete_free(&editor.completion);
  buffer_free(&editor.preloaded);
  rl_callback_handler_remove();
  rl_clear_history();
}

#endif
