/* SPDX-License-Identifier: MIT */
/* line_keys.c: what the keys do at the prompt, and how the input is drawn. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef MGRAD_READLINE
#include "base/text.h"
#include "repl/assist.h"
#include "repl/block.h"
#include "repl/command.h"
#include "repl/context.h"
#include "repl/external.h"
#include "repl/line_keys.h"
#include "repl/repaint.h"

Editor line_editor;

/* ---- drawing: Readline draws, then the same cells are painted */

static bool may_paint(void) {
  const char *scrolls = rl_variable_value("horizontal-scroll-mode"), *mode = rl_variable_value("show-mode-in-prompt");
  if (!line_editor.colour || rl_done || rl_mark_active_p()) return false;
  if ((scrolls && strcmp(scrolls, "on") == 0) || (mode && strcmp(mode, "on") == 0)) return false;
  return !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_SEARCH | RL_STATE_NUMERICARG | RL_STATE_COMPLETING);
}

static void paint(void) {
  Picture picture = {.text = rl_line_buffer, .length = (size_t)rl_end, .cursor = (size_t)rl_point,
                     .partner = !line_editor.settled, .prompt_columns = rl_prompt ? (int)strlen(rl_prompt) : 0};
  Buffer out = {0};
  rl_get_screen_size(&picture.rows, &picture.columns);
  repaint(&out, &picture);
  fwrite(buffer_text(&out), 1, out.failed ? 0 : out.length, rl_outstream);
  buffer_free(&out);
}

void line_redisplay(void) {
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
  if (line_editor.by_lines || length == 0 || text[0] == ':' || text[0] == '?' || block_ends_blank(text)) return true;
  return session_is_complete(line_editor.session, text, length);
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
  if (!finished && rl_get_keymap() == vi_movement_keymap) rl_vi_insertion_mode(count, key);
  if (!finished) return insert_newline(count, key);
  rl_deactivate_mark();
  line_editor.settled = true;
  line_redisplay();
  line_editor.settled = false;
  return rl_newline(count, key);
}

/* ---- Up and Down: inside a block by lines, at its ends through the inputs that begin like this one */

/* What has been typed, and is not an input that has just come back, looks for its like. */
static bool history_prefix_wanted(void) {
  return rl_point > 0 && (rl_point < rl_end || where_history() == history_length);
}

static int move_up(int count, int key);
static int move_down(int count, int key);

/* Through the inputs, by one of two functions of Readline.  It goes on with a search only behind a key that searches by
   its name, so that is what the key before is said to be if it was one of ours and did. */
static int move_in_history(int count, int key, rl_command_func_t *search, rl_command_func_t *step) {
  static bool searched;
  bool goes_on = searched && (rl_last_func == move_up || rl_last_func == move_down);
  searched = goes_on || history_prefix_wanted();
  if (goes_on) rl_last_func = rl_history_search_backward;
  return searched ? search(count, key) : step(count, key);
}

static int move_up(int count, int key) {
  long place = block_above(rl_line_buffer, (size_t)rl_point);
  if (place >= 0) return rl_point = (int)place, 0;
  return move_in_history(count, key, rl_history_search_backward, rl_get_previous_history);
}

static int move_down(int count, int key) {
  long place = block_below(rl_line_buffer, (size_t)rl_end, (size_t)rl_point);
  if (place >= 0) return rl_point = (int)place, 0;
  return move_in_history(count, key, rl_history_search_forward, rl_get_next_history);
}

/* ---- completion */

static char *next_candidate(const char *word, int state) {
  (void)word;
  if (state == 0) line_editor.next = 0;
  if (line_editor.next >= line_editor.completion.count) return NULL;
  return strdup(line_editor.completion.items[line_editor.next++].text); /* Readline frees it */
}

static bool is_folder(const char *name) {
  struct stat status;
  char *path = tilde_expand(name);
  bool found = path && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
  free(path);
  return found;
}

static bool is_program(const char *name) { return text_ends_with(name, strlen(name), ".mg") || is_folder(name); }

static char *next_program(const char *word, int state) {
  char *name = rl_filename_completion_function(word, state);
  for (; name && !is_program(name); name = rl_filename_completion_function(word, 1)) free(name);
  return name;
}

/* In a string of the language a quote and a backslash stand behind a backslash; behind a command they stand as they
   are.  Readline frees what both give. */
static char *quote_name(char *name, int match, char *quote) {
  (void)match, (void)quote;
  bool plain = rl_line_buffer[0] == ':';
  char *quoted = malloc(2 * strlen(name) + 1), *end = quoted;
  if (!quoted) return strdup(name);
  for (; *name; *end++ = *name++)
    if (!plain && (*name == '"' || *name == '\\')) *end++ = '\\';
  *end = '\0';
  return quoted;
}

static char *unquote_name(char *name, int quote) {
  (void)quote;
  char *plain = strdup(name), *end = plain;
  if (!plain || rl_line_buffer[0] == ':') return plain;
  for (; *name; *end++ = *name++)
    if (*name == '\\' && name[1]) name++;
  *end = '\0';
  return plain;
}

static char **complete(const char *word, int start, int end) {
  (void)start;
  complete_free(&line_editor.completion);
  if (!complete_find(line_editor.session, rl_line_buffer, (size_t)end, &line_editor.completion)) return NULL;
  const Completion *found = &line_editor.completion;
  rl_attempted_completion_over = !found->files || found->programs;
  rl_filename_completion_desired = found->files;
  rl_completion_append_character = found->append;
  if (found->programs) return rl_completion_matches(word, next_program);
  return found->files ? NULL : rl_completion_matches(word, next_candidate);
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
  AssistScreen screen = {.colour = line_editor.colour};
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
  assist_add_matches(&out, matches + 1, count, line_editor.completion.files ? NULL : &line_editor.completion,
                     screen_now());
  show_beside(&out);
  buffer_free(&out);
}

/* Tab completes where something can be said about what comes next, and indents elsewhere. */
static int tab(int count, int key) {
  if (context_is_sensible(rl_line_buffer, (size_t)rl_point)) return rl_complete(count, key);
  return rl_insert_text("  "), 0;
}

/* The brace that ends a block stands under the line that began it; one in a string is a character like any other. */
static int close_block(int count, int key) {
  int blanks = 0;
  while (blanks < rl_point && rl_line_buffer[rl_point - 1 - blanks] == ' ') blanks++;
  bool alone = blanks >= 2 && rl_point > blanks && rl_line_buffer[rl_point - 1 - blanks] == '\n';
  if (alone && context_is_string(rl_line_buffer, (size_t)rl_point)) alone = false;
  if (alone) rl_delete_text(rl_point - 2, rl_point), rl_point -= 2;
  return rl_insert(count, key);
}

/* F1, Alt-h: what the name at the cursor means. */
static int show_help(int count, int key) {
  (void)count, (void)key;
  Buffer out = {0};
  size_t length = (size_t)rl_end, cursor = (size_t)rl_point;
  if (assist_help(line_editor.session, rl_line_buffer, length, cursor, screen_now(), &out)) show_beside(&out);
  else rl_ding();
  buffer_free(&out);
  return 0;
}

/* Keys that the editor did not read, such as its Ctrl-C, may stand in the line. */
static void begin_line(void) {
  if (line_editor.by_lines) rl_crlf();
  else fputs("\r\033[J", rl_outstream);
  rl_on_new_line();
}

/* Ctrl-X Ctrl-E: the input in an editor; what comes back is run by Enter. */
static int edit_outside(int count, int key) {
  (void)count, (void)key;
  Buffer text = {0};
  if (session_is_sandboxed(line_editor.session)) {
    buffer_add_text(&text, COMMAND_SANDBOXED "\n");
    show_beside(&text);
    buffer_free(&text);
    return 0;
  }
  leave_input();
  rl_deprep_term_function();
  bool edited = external_edit(rl_line_buffer, &text);
  rl_prep_terminal(1);
  if (edited) rl_replace_line(buffer_text(&text), 0);
  rl_point = rl_end;
  buffer_free(&text);
  begin_line();
  rl_forced_update_display();
  return 0;
}

/* ---- binding */

/* Inside a file name only the quote and blanks part words.  A backslash is part of the word that it begins. */
static char *word_breaks(void) {
  static char code[] = " \t\n\"'`@$><=;|&{}(+-*/^,[]):!?%#~.\\", path[] = " \t\n\"";
  return context_wants_file(rl_line_buffer, (size_t)rl_point) ? path : code;
}

static void bind_everywhere(Keymap map) {
  rl_bind_key_in_map('\r', accept_or_newline, map);
  rl_bind_key_in_map('\n', accept_or_newline, map);
  rl_bind_keyseq_in_map("\\C-x\\C-e", edit_outside, map);
  rl_bind_keyseq_in_map("\\eOP", show_help, map);
  rl_bind_keyseq_in_map("\\e[11~", show_help, map);
  rl_bind_keyseq_in_map("\\e[A", move_up, map);
  rl_bind_keyseq_in_map("\\eOA", move_up, map);
  rl_bind_keyseq_in_map("\\e[B", move_down, map);
  rl_bind_keyseq_in_map("\\eOB", move_down, map);
}

static void bind_typing(Keymap map) {
  rl_bind_key_in_map('\t', tab, map);
  rl_bind_key_in_map('}', close_block, map);
}

/* In all keymaps: the user's settings, which are read later, choose one.  In vi's, Escape and a key are two keys. */
void line_bind_keys(void) {
  rl_attempted_completion_function = complete;
  rl_completion_display_matches_hook = show_matches;
  rl_completion_word_break_hook = word_breaks;
  rl_special_prefixes = "\\";
  rl_filename_quote_characters = "\"\\";
  rl_filename_quoting_function = quote_name;
  rl_filename_dequoting_function = unquote_name;
  rl_variable_bind("echo-control-characters", "off");
  rl_variable_bind("show-all-if-ambiguous", "on");
  rl_variable_bind("colored-completion-prefix", "on");
  rl_variable_bind("blink-matching-paren", "off");
  if (line_editor.by_lines) rl_variable_bind("enable-bracketed-paste", "off");
  rl_add_defun("mgrad-accept-or-newline", accept_or_newline, -1);
  rl_add_defun("mgrad-newline", insert_newline, -1);
  rl_add_defun("mgrad-help", show_help, -1);
  rl_add_defun("mgrad-edit", edit_outside, -1);
  bind_everywhere(emacs_standard_keymap);
  bind_typing(emacs_standard_keymap);
  rl_bind_keyseq_in_map("\\e\\C-m", insert_newline, emacs_standard_keymap);
  rl_bind_keyseq_in_map("\\eh", show_help, emacs_standard_keymap);
  bind_everywhere(vi_insertion_keymap);
  bind_typing(vi_insertion_keymap);
  bind_everywhere(vi_movement_keymap);
}

#endif
