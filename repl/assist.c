/* SPDX-License-Identifier: MIT */
/* assist.c: what is shown beside an input that is being typed. */
#include "repl/assist.h"
#include <string.h>
#include "base/text.h"
#include "base/wrap.h"
#include "evaluator/describe.h"
#include "repl/context.h"

enum { SIGNATURE_COLUMNS = 40 }; /* longer signatures push their text to the right */

static const Candidate *candidate_of(const Completion *completion, const char *match) {
  for (size_t k = 0; completion && k < completion->count; k++)
    if (strcmp(completion->items[k].text, match) == 0) return &completion->items[k];
  return NULL;
}

/* Files are shown without their folder. */
static const char *shown_name(const Candidate *candidate, const char *match) {
  if (candidate) return *candidate->signature ? candidate->signature : match;
  const char *slash = strrchr(match, '/');
  return slash && slash[1] ? slash + 1 : match;
}

/* Adds what fits into so many columns; how many it took. */
static int add_cut(Buffer *out, const char *text, int columns) {
  int used = 0;
  for (const char *limit = text + strcspn(text, "\n"); text < limit;) {
    SafeCharacter safe = text_safe_character(text, limit);
    if (used + safe.columns > columns) break;
    buffer_add(out, safe.shown, (size_t)safe.length);
    used += safe.columns;
    text += safe.bytes;
  }
  return used;
}

static int columns_of(const char *text) {
  Buffer shown = {0};
  int columns = add_cut(&shown, text, SIGNATURE_COLUMNS);
  buffer_free(&shown);
  return columns;
}

static void add_match(Buffer *out, const char *name, const char *note, int width, AssistScreen screen) {
  buffer_add_text(out, "  ");
  int used = add_cut(out, name, screen.columns - 3);
  int room = screen.columns - 3 - (used > width ? used : width) - 2;
  if (*note && room > 8) {
    buffer_add_fill(out, ' ', (size_t)((used < width ? width - used : 0) + 2));
    if (screen.colour) buffer_add_text(out, "\x1b[2m");
    add_cut(out, note, room);
    if (screen.colour) buffer_add_text(out, "\x1b[0m");
  }
  buffer_add_byte(out, '\n');
}

void assist_add_matches(Buffer *out, char *const *matches, int count, const Completion *completion,
                        AssistScreen screen) {
  int shown = count <= screen.rows - 2 ? count : screen.rows - 3, width = 0;
  if (shown < 1) shown = count < 1 ? 0 : 1;
  for (int k = 0; k < shown; k++) {
    int columns = columns_of(shown_name(candidate_of(completion, matches[k]), matches[k]));
    if (columns > width) width = columns;
  }
  for (int k = 0; k < shown; k++) {
    const Candidate *candidate = candidate_of(completion, matches[k]);
    add_match(out, shown_name(candidate, matches[k]), candidate ? candidate->note : "", width, screen);
  }
  if (shown < count) buffer_format(out, "  ... and %d more\n", count - shown);
}

static void cut_rows(Buffer *out, int rows) {
  for (size_t k = 0; k < out->length; k++) {
    if (out->text[k] != '\n' || --rows > 0) continue;
    if (k + 1 == out->length) return;
    out->length = k + 1;
    out->text[out->length] = '\0';
    buffer_add_text(out, "...\n");
    return;
  }
}

static bool describe_at(Session *session, const char *text, size_t start, size_t size, Buffer *out) {
  return size > 0 && describe_name(session, out, text + start, size, false);
}

bool assist_help(Session *session, const char *text, size_t length, size_t cursor, AssistScreen screen, Buffer *out) {
  size_t start, size = context_name_at(text, length, cursor, &start);
  Buffer help = {0};
  bool described = describe_at(session, text, start, size, &help);
  if (!described) size = context_call_at(text, cursor, &start);
  if (!described) described = describe_at(session, text, start, size, &help);
  if (described) wrap_text(out, buffer_text(&help), screen.columns);
  buffer_free(&help);
  if (described) cut_rows(out, screen.rows - 3 > 4 ? screen.rows - 3 : 4);
  return described;
}
