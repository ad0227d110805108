/* SPDX-License-Identifier: MIT */
/* report.c: how errors and warnings look. */
#include "repl/report.h"

#include <string.h>

#include "base/text.h"
#include "repl/excerpt.h"

enum { FRAMES_SHOWN = 4 };

typedef struct Heading { const char *word, *colour; } Heading;

static const Heading error_heading = {"error:", "\x1b[1;31m"};
static const Heading warning_heading = {"warning:", "\x1b[33m"};
static const Heading note_heading = {"note:", ""};
static const Heading hint_heading = {"hint:", "\x1b[36m"};

static void add_word(Buffer *out, Heading heading, bool colour) {
  bool paint = colour && *heading.colour;
  if (paint) buffer_add_text(out, heading.colour);
  buffer_add_text(out, heading.word);
  if (paint) buffer_add_text(out, "\x1b[0m");
  buffer_add_byte(out, ' ');
}

/* Marks that stand for an operand nobody has named are left out with their digit, or become a noun. */
static void add_message(Buffer *out, const char *message) {
  for (const char *mark; (mark = strpbrk(message, ERROR_MARKS)); message = mark) {
    text_add_safe(out, message, (size_t)(mark - message));
    if (*mark == ERROR_SUBJECT_MARK) buffer_add_text(out, ERROR_UNNAMED);
    mark += mark[1] >= '0' && mark[1] <= '9' ? 2 : 1;
  }
  text_add_safe(out, message, strlen(message));
  buffer_add_byte(out, '\n');
}

/* Input at the prompt that is one line; it may end in newlines. */
static bool is_prompt_line(const Source *source) {
  if (!source->interactive) return false;
  size_t length = source->length;
  while (length && (source->text[length - 1] == '\n' || source->text[length - 1] == '\r')) length--;
  return length == 0 || !memchr(source->text, '\n', length);
}

static void add_header(Buffer *out, Place place, Heading heading, const char *message, bool colour) {
  if (place.source && place.source->name && !place.source->interactive) {
    text_add_safe(out, place.source->name, strlen(place.source->name));
    buffer_format(out, ":%u:%u: ", (unsigned)place.line, (unsigned)place.column);
  }
  add_word(out, heading, colour);
  add_message(out, message);
}

static int count_digits(uint32_t number) {
  int digits = 1;
  while (number >= 10) {
    number /= 10;
    digits++;
  }
  return digits;
}

static bool is_somewhere(const SourceMap *map, Span span) {
  return span.end != 0 && source_find(map, span.start) != NULL;
}

static void mark_labels(Excerpt *excerpt, const Error *error, bool used[ERROR_LABELS]) {
  for (int i = 0; i < error->label_count; i++) {
    const ErrorLabel *label = &error->labels[i];
    if (used[i] || label->span.end == 0 || !excerpt_holds(excerpt, label->span.start)) continue;
    excerpt_mark(excerpt, label->span, label->text, false);
    used[i] = true;
  }
}

/* The first label in another line; it brings a second line with it. */
static int find_far_label(const SourceMap *map, const Error *error, const bool used[ERROR_LABELS]) {
  for (int i = 0; i < error->label_count; i++)
    if (!used[i] && is_somewhere(map, error->labels[i].span)) return i;
  return -1;
}

/* Two lines of one text, in their order, with line numbers of the same width. */
static void draw_pair(Buffer *out, const Excerpt *place, const Excerpt *other, bool colour) {
  bool place_first = place->number < other->number;
  int digits = count_digits(place_first ? other->number : place->number);
  excerpt_draw(out, place_first ? place : other, digits, colour);
  excerpt_draw(out, place_first ? other : place, digits, colour);
}

static void draw_alone(Buffer *out, const Excerpt *excerpt, bool colour) {
  excerpt_draw(out, excerpt, is_prompt_line(excerpt->source) ? 0 : count_digits(excerpt->number), colour);
}

/* A label in another text gets a header of its own when that text has a name. */
static void draw_elsewhere(Buffer *out, const SourceMap *map, const ErrorLabel *label, bool colour) {
  Excerpt other = excerpt_of(map, label->span.start);
  bool named = other.source->name && !other.source->interactive;
  if (named) add_header(out, source_place(map, label->span.start), note_heading, label->text, colour);
  excerpt_mark(&other, label->span, named ? NULL : label->text, false);
  draw_alone(out, &other, colour);
}

static void draw_excerpts(Buffer *out, const SourceMap *map, const Error *error, bool colour) {
  bool used[ERROR_LABELS] = {false};
  Excerpt place = excerpt_of(map, error->place.start);
  mark_labels(&place, error, used);
  excerpt_mark(&place, error->place, NULL, true);
  int far = find_far_label(map, error, used);
  if (far < 0) {
    draw_alone(out, &place, colour);
    return;
  }
  const ErrorLabel *label = &error->labels[far];
  if (source_find(map, label->span.start) != place.source) {
    draw_alone(out, &place, colour);
    draw_elsewhere(out, map, label, colour);
    return;
  }
  Excerpt other = excerpt_of(map, label->span.start);
  mark_labels(&other, error, used);
  draw_pair(out, &place, &other, colour);
}

/* Of an imported file: who asked for it. */
static void add_importer(Buffer *out, Place place) {
  bool prompt = !place.source || place.source->interactive || !place.source->name;
  buffer_add_text(out, prompt ? "imported from the prompt" : "imported by ");
  if (!prompt) text_add_safe(out, place.source->name, strlen(place.source->name));
  if (!prompt) buffer_format(out, ", line %u", (unsigned)place.line);
  buffer_add_byte(out, '\n');
}

static void add_frame(Buffer *out, const SourceMap *map, const ErrorFrame *frame, const Source *here) {
  Place call = is_somewhere(map, frame->call) ? source_place(map, frame->call.start) : (Place){NULL, 0, 0};
  if (strcmp(frame->name, ERROR_IMPORT) == 0) {
    add_importer(out, call);
    return;
  }
  buffer_add_text(out, "in ");
  text_add_safe(out, frame->name, strlen(frame->name));
  if (call.source && (is_prompt_line(call.source) || (call.source->interactive && call.source != here))) {
    buffer_add_text(out, ", called from the prompt");
  } else if (call.source) {
    buffer_format(out, ", called at line %u", (unsigned)call.line);
    if (call.source != here && call.source->name) {
      buffer_add_text(out, " of ");
      text_add_safe(out, call.source->name, strlen(call.source->name));
    }
  }
  buffer_add_byte(out, '\n');
}

/* The two innermost and the two outermost calls, when there are more than four. */
static void add_frames(Buffer *out, const SourceMap *map, const Error *error, const Source *here) {
  int count = error->frame_count, total = count + error->frames_dropped, half = FRAMES_SHOWN / 2;
  for (int i = 0; i < count; i++) {
    if (total <= FRAMES_SHOWN || i < half || i >= count - half) add_frame(out, map, &error->frames[i], here);
    else if (i == half) buffer_format(out, "... %d more calls\n", total - FRAMES_SHOWN);
  }
}

static void add_report(Buffer *out, const SourceMap *map, const Error *error, Heading heading, bool colour) {
  bool placed = is_somewhere(map, error->place);
  Place place = placed ? source_place(map, error->place.start) : (Place){NULL, 0, 0};
  add_header(out, place, heading, buffer_text(&error->message), colour);
  if (placed) draw_excerpts(out, map, error, colour);
  if (placed) add_frames(out, map, error, place.source);
  if (error->hint.length == 0) return;
  add_word(out, hint_heading, colour);
  add_message(out, buffer_text(&error->hint));
}

void report_error(Buffer *out, const SourceMap *map, const Error *error, bool colour) {
  if (error->kind == ERROR_NONE || error->kind == ERROR_EXIT) return;
  if (error->kind == ERROR_INTERRUPT) add_message(out, buffer_text(&error->message));
  else add_report(out, map, error, error_heading, colour);
}

static Buffer borrow(const char *text) {
  return (Buffer){.text = (char *)text, .length = text ? strlen(text) : 0};
}

void report_warning(Buffer *out, const SourceMap *map, Span place, const char *message, const char *hint, bool colour) {
  Error warning = {.kind = ERROR_VALUE, .message = borrow(message), .hint = borrow(hint), .place = place};
  add_report(out, map, &warning, warning_heading, colour);
}
