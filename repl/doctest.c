/* SPDX-License-Identifier: MIT */
/* doctest.c: runs transcripts and compares what they show with what comes now. */
#include "repl/doctest.h"
#include <stdio.h>
#include <string.h>
#include "base/interrupt.h"
#include "base/text.h"
#include "repl/command.h"
#include "repl/run.h"
#include "runtime/format/file.h"

/* A document being checked: its lines are read from `text`, and the document with fresh results grows in `fresh`. */
typedef struct Document {
  const char *path;
  const char *cursor, *limit;
  bool markdown;
  char fence;               /* '`' or '~' inside of a fenced block, else 0 */
  int fence_length;
  int indentation;          /* of the fence */
  int line;                 /* of the cursor, from 1 */
  int examples, failures;
  Session *session;
  Console console;          /* writes into `shown` */
  Buffer fresh, shown;      /* shown: the output of the current example, results and diagnostics in order */
} Document;

/* A line without the indentation of its block and without its end, and where the next one begins. */
typedef struct Line { const char *text; size_t length; const char *next; } Line;

static bool peek_line(const Document *document, Line *line) {
  const char *text = document->cursor, *limit = document->limit;
  if (text >= limit) return false;
  const char *end = memchr(text, '\n', (size_t)(limit - text));
  const char *stop = end ? end : limit;
  if (stop > text && stop[-1] == '\r') stop--;
  for (int k = 0; k < document->indentation && text < stop && *text == ' '; k++) text++;
  *line = (Line){text, (size_t)(stop - text), end ? end + 1 : limit};
  return true;
}

static void skip_line(Document *document, Line line) {
  document->cursor = line.next;
  document->line++;
}

static void copy_line(Document *document, Line line) {
  buffer_add(&document->fresh, document->cursor, (size_t)(line.next - document->cursor));
  skip_line(document, line);
}

static bool starts(Line line, const char *prefix) {
  size_t length = strlen(prefix);
  return line.length >= length && memcmp(line.text, prefix, length) == 0;
}

/* Also without the blank: whoever wrote that meant an example, which must not go unnoticed. */
static bool is_prompt(Line line) {
  return line.length >= PROMPT_LENGTH - 1 && memcmp(line.text, PROMPT, PROMPT_LENGTH - 1) == 0;
}

static bool is_continuation(Line line) { return starts(line, PROMPT_MORE); }
static bool is_bare(Line line) { return line.length == 3 && starts(line, "..."); }

/* An empty line of an input, whose blank editors take away: the input is incomplete, or goes on behind it.  Elsewhere
   `...` is a result. */
static bool is_empty_continuation(const Document *document, Line line, const Buffer *input) {
  const char *text = buffer_text(input);
  if (!is_bare(line)) return false;
  if (!command_start(text) && !session_is_complete(document->session, text, input->length)) return true;
  Document ahead = *document;
  while (is_bare(line) && peek_line(&ahead, &line)) ahead.cursor = line.next;
  return is_continuation(line);
}

/* The input of one example: the prompt line and its continuation lines. */
static void read_input(Document *document, Buffer *input) {
  Line line;
  bool first = true;
  while (peek_line(document, &line) &&
         (first ? is_prompt(line) : is_continuation(line) || is_empty_continuation(document, line, input))) {
    if (!first) buffer_add_byte(input, '\n');
    size_t prompt = first && !starts(line, PROMPT) ? PROMPT_LENGTH - 1 : PROMPT_LENGTH;
    if (line.length > prompt) buffer_add(input, line.text + prompt, line.length - prompt);
    copy_line(document, line);
    first = false;
  }
}

/* The length of a row of at least three backticks or tildes that begins the line; 0: there is none. */
static int fence_length(Line line) {
  int length = 0;
  while ((size_t)length < line.length && line.text[length] == line.text[0]) length++;
  bool fence = length >= 3 && (line.text[0] == '`' || line.text[0] == '~');
  return fence && !memchr(line.text + length, '`', line.length - (size_t)length) ? length : 0;
}

static Line without_indentation(Line line) {
  while (line.length && *line.text == ' ') line.text++, line.length--;
  return line;
}

static bool ends_block(const Document *document, Line line) {
  line = without_indentation(line);
  return document->fence && line.length && *line.text == document->fence &&
         fence_length(line) >= document->fence_length;
}

/* Enters or leaves a fenced block. */
static void pass_fence(Document *document, Line line) {
  Line fence = without_indentation(line);
  if (ends_block(document, line)) {
    document->fence = 0;
    document->indentation = 0;
  } else if (!document->fence && fence_length(fence)) {
    document->fence = *fence.text;
    document->fence_length = fence_length(fence);
    document->indentation = (int)(fence.text - line.text);
  }
}

/* Within a block of a Markdown document an empty line belongs to the output when more of it follows. */
static bool is_gap(const Document *document, Line line) {
  Document ahead = *document;
  ahead.cursor = line.next;
  while (document->fence && peek_line(&ahead, &line) && line.length == 0) skip_line(&ahead, line);
  return document->fence && ahead.cursor < ahead.limit && !is_prompt(line) && !ends_block(document, line);
}

static bool ends_output(const Document *document, Line line) {
  if (line.length == 0) return !is_gap(document, line);
  return is_prompt(line) || ends_block(document, line);
}

static void read_expected(Document *document, Buffer *expected) {
  Line line;
  while (peek_line(document, &line) && !ends_output(document, line)) {
    buffer_add(expected, line.text, line.length);
    buffer_add_byte(expected, '\n');
    skip_line(document, line);
  }
}

static Line next_of(const char **cursor) {
  const char *end = strchr(*cursor, '\n');
  Line line = {*cursor, end ? (size_t)(end - *cursor) : strlen(*cursor), NULL};
  line.next = *cursor += line.length + (end ? 1 : 0);
  return line;
}

/* Whether the output is what was expected; a line `...` stands for any lines. */
static bool matches(const char *expected, const char *shown) {
  const char *retry_expected = NULL, *retry_shown = NULL;
  while (*shown) {
    const char *after = expected;
    Line wanted = next_of(&after), got = next_of(&(const char *){shown});
    if (*expected && is_bare(wanted)) {
      retry_expected = expected = after;
      retry_shown = shown;
    } else if (*expected && wanted.length == got.length && memcmp(wanted.text, got.text, got.length) == 0) {
      expected = after;
      next_of(&shown);
    } else if (retry_expected) {
      expected = retry_expected;
      next_of(&retry_shown);
      shown = retry_shown;
    } else {
      return false;
    }
  }
  while (*expected && strncmp(expected, "...\n", 4) == 0) expected += 4;
  return *expected == '\0';
}

static void show_lines(char mark, const char *text) {
  while (*text) {
    Line line = next_of(&text);
    printf("%c%.*s\n", mark, (int)line.length, line.text);
  }
}

static void show_difference(const Document *document, int line, const char *input, const char *expected,
                            const char *shown) {
  printf("--- %s:%d (expected)\n+++ %s:%d (shown)\n@@ @@\n", document->path, line, document->path, line);
  show_lines(' ', input);
  show_lines('-', expected);
  show_lines('+', shown);
}

static void run_input(Document *document, const Buffer *input) {
  Session *session = document->session;
  const char *text = buffer_text(input), *command = command_start(text);
  buffer_clear(&document->shown);
  if (command) {
    command_run(session, &document->console, command);
    return;
  }
  run_status(session, &document->console, run_entered(session, text, input->length));
}

/* Writes the output as a later run can read it: what would end it there, such as an empty line, becomes `...`. */
static void keep_shown(Document *document, bool carriage_returns) {
  Buffer *fresh = &document->fresh;
  Document shown = *document;
  shown.cursor = buffer_text(&document->shown);
  shown.limit = shown.cursor + document->shown.length;
  shown.indentation = 0;
  if (fresh->length && fresh->text[fresh->length - 1] != '\n') buffer_add_byte(fresh, '\n');
  bool omitted = true; /* so far nothing but `...`, which may stand within an input */
  for (Line line; peek_line(&shown, &line); skip_line(&shown, line)) {
    bool readable = !ends_output(&shown, line) && !(omitted && is_continuation(line));
    omitted = omitted && (!readable || is_bare(line));
    buffer_add_fill(fresh, ' ', line.length || !readable ? (size_t)document->indentation : 0);
    if (readable) buffer_add(fresh, line.text, line.length);
    else buffer_add_text(fresh, "...");
    buffer_add_text(fresh, carriage_returns ? "\r\n" : "\n");
  }
}

static void check_example(Document *document) {
  Buffer input = {0}, expected = {0};
  int line = document->line;
  const char *prompt = document->cursor;
  read_input(document, &input);
  const char *output = document->cursor;
  read_expected(document, &expected);
  run_input(document, &input);
  document->examples++;
  if (interrupt_requested) {
    fprintf(stderr, "mgrad: %s:%d: interrupted\n", document->path, line);
  } else if (matches(buffer_text(&expected), buffer_text(&document->shown))) {
    buffer_add(&document->fresh, output, (size_t)(document->cursor - output));
  } else {
    document->failures++;
    show_difference(document, line, buffer_text(&input), buffer_text(&expected), buffer_text(&document->shown));
    keep_shown(document, output - prompt >= 2 && output[-2] == '\r');
  }
  buffer_free(&input);
  buffer_free(&expected);
}

static void copy_byte_order_mark(Document *document) {
  static const char mark[] = "\xEF\xBB\xBF";
  size_t length = sizeof mark - 1;
  if ((size_t)(document->limit - document->cursor) < length || memcmp(document->cursor, mark, length) != 0) return;
  buffer_add(&document->fresh, mark, length);
  document->cursor += length;
}

/* Ctrl-C ends it: no example behind that would be the same. */
static void check_document(Document *document) {
  Line line;
  copy_byte_order_mark(document);
  while (!interrupt_requested && peek_line(document, &line)) {
    if (document->markdown) pass_fence(document, line);
    if (is_prompt(line) && (document->fence || !document->markdown)) check_example(document);
    else copy_line(document, line);
  }
}

static bool is_markdown(const char *path) { return text_ends_with(path, strlen(path), ".md"); }

static bool update_file(const char *path, const Buffer *fresh) {
  Error error = {0};
  Runtime runtime = {.error = &error};
  bool written = file_write(&runtime, path, strlen(path), buffer_text(fresh), fresh->length);
  if (!written) fprintf(stderr, "mgrad: %s\n", buffer_text(&error.message));
  error_free(&error);
  return written;
}

/* Checks one file; false when it cannot be read, written or run. */
static bool check_file(const Input *input, const Options *options, int *examples, int *failures) {
  Buffer text = {0};
  const char *path = input->text;
  if (run_read_input(input, &text) != STATUS_OK) return buffer_free(&text), false;
  Document document = {.path = path, .cursor = buffer_text(&text), .limit = buffer_text(&text) + text.length,
                       .line = 1, .markdown = is_markdown(path)};
  console_start_transcript(&document.console, &document.shown);
  SessionOptions session_options = {.output = console_write, .warn = console_warn, .output_context = &document.console,
                                    .interactive = true, .sandbox = options->sandbox};
  document.session = session_new(&session_options);
  bool good = document.session != NULL;
  if (good) session_set_input_path(document.session, path);
  if (good && options->precision) session_set_precision(document.session, options->precision);
  if (good) check_document(&document);
  else run_complain_room();
  if (good && options->update && document.failures && !interrupt_requested) good = update_file(path, &document.fresh);
  *examples += document.examples;
  *failures += document.failures;
  session_free(document.session);
  buffer_free(&document.fresh);
  buffer_free(&document.shown);
  buffer_free(&text);
  return good;
}

int doctest_run(const Options *options) {
  int examples = 0, failures = 0;
  bool good = true;
  for (int k = 0; k < options->input_count && !interrupt_requested; k++)
    good &= check_file(&options->inputs[k], options, &examples, &failures);
  if (interrupt_requested) return STATUS_INTERRUPTED;
  printf("%d passed, %d failed\n", examples - failures, failures);
  return good && (failures == 0 || options->update) ? STATUS_OK : STATUS_FAILED;
}
