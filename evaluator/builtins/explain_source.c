/* SPDX-License-Identifier: MIT */
/* explain_source.c: names for steps, read from the text around the expressions that made them. */
#include "evaluator/builtins/explain_source.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "parser/parser.h"

enum { STATEMENT_LONGEST = 400, PATH_LONGEST = 40 };

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* ---- paths: `w`, `model.w`, `layers[0].w` */
static size_t item_length(const char *text, size_t length) {
  size_t at = 1;
  while (at < length && isdigit((unsigned char)text[at])) at++;
  return at > 1 && at < length && text[at] == ']' ? at + 1 : 0;
}

static size_t path_length(const char *text, size_t length) {
  size_t at = text_name_length(text, length), more = at;
  while (more && at < length) {
    size_t part = text[at] == '.' ? text_name_length(text + at + 1, length - at - 1) : 0;
    more = text[at] == '[' ? item_length(text + at, length - at) : part ? part + 1 : 0;
    at += more;
  }
  return at;
}

bool source_is_path(const char *text, size_t length) {
  return length && length <= PATH_LONGEST && path_length(text, length) == length;
}

size_t source_first_name(const char *path) { return text_name_length(path, strlen(path)); }

/* The path that ends before `end`; what is written into an item is no name of it: that is the tensor's. */
static SourceName path_before(const char *text, size_t end) {
  size_t first = end;
  while (first > 0 && end - first < PATH_LONGEST && (text_is_name_byte(text[first - 1]) || text[first - 1] == '.'))
    first--;
  bool path = source_is_path(text + first, end - first);
  return path ? (SourceName){text + first, end - first} : (SourceName){NULL, 0};
}

static size_t skip_blanks_back(const char *text, size_t at) {
  while (at > 0 && is_blank(text[at - 1])) at--;
  return at;
}

static size_t skip_blanks(const Source *source, size_t at) {
  while (at < source->length && is_blank(source->text[at])) at++;
  return at;
}

/* ---- `name = ` directly before an expression that is all of the right side */
static SourceName single_target(const Source *source, size_t start, size_t end) {
  const char *text = source->text;
  SourceName none = {NULL, 0};
  end = skip_blanks(source, end);
  if (end < source->length && !strchr("\n;}#\r", text[end])) return none;
  start = skip_blanks_back(text, start);
  if (start < 2 || text[start - 1] != '=' || strchr("=<>!+-*/%@~", text[start - 2])) return none;
  SourceName name = path_before(text, skip_blanks_back(text, start - 1));
  if (!name.text) return none;
  size_t before = skip_blanks_back(text, (size_t)(name.text - text));
  return before == 0 || strchr("\n;{", text[before - 1]) ? name : none;
}

/* ---- `name: ` within the braces of a record, which may be assigned or a field itself: `model.w` */

/* Behind the brace that is open at a place, or 0. */
static size_t open_brace(const char *text, size_t at) {
  int depth = 0;
  size_t end = at > STATEMENT_LONGEST ? at - STATEMENT_LONGEST : 0;
  for (; at > end; at--) {
    char c = text[at - 1];
    if (c == '{' && depth == 0) return at;
    depth += (strchr(")]}", c) != NULL) - (strchr("([{", c) != NULL);
    if (depth < 0) return 0;
  }
  return 0;
}

/* The name that stands with this sign before a place: `w` of `w: `. */
static SourceName name_with(const char *text, size_t at, char sign) {
  at = skip_blanks_back(text, at);
  return at > 1 && text[at - 1] == sign ? path_before(text, skip_blanks_back(text, at - 1)) : (SourceName){NULL, 0};
}

static SourceName joined(Arena *arena, SourceName record, SourceName field) {
  char text[2 * PATH_LONGEST + 2];
  int length = snprintf(text, sizeof text, "%.*s.%.*s", (int)record.length, record.text, (int)field.length, field.text);
  const char *copy = length <= PATH_LONGEST ? arena_copy_text(arena, text, (size_t)length) : NULL;
  return copy ? (SourceName){copy, (size_t)length} : field;
}

static SourceName record_field(Arena *arena, const Source *source, size_t start, size_t end) {
  const char *text = source->text;
  SourceName none = {NULL, 0};
  end = skip_blanks(source, end);
  if (end >= source->length || !strchr(",}\n", text[end])) return none;
  SourceName name = name_with(text, start, ':');
  size_t before = name.text ? (size_t)(name.text - text) : 0, brace = before ? open_brace(text, before) : 0;
  if (!brace) return none;
  while (brace && before) {
    SourceName outer = name_with(text, brace - 1, '=');
    if (outer.text) return joined(arena, outer, name);
    outer = name_with(text, brace - 1, ':');
    if (!outer.text) return name;
    name = joined(arena, outer, name);
    before = (size_t)(outer.text - text);
    brace = open_brace(text, before);
  }
  return name;
}

/* ---- one of several: `a, b = ..., ...` */

/* Where the statement around a place begins and ends; brackets are counted, and what is in strings is not told apart:
   then the text is no assignment. */
static Span statement_around(const Source *source, size_t start, size_t end) {
  const char *text = source->text;
  int depth = 0;
  for (; start > 0; start--) {
    char c = text[start - 1];
    depth += (strchr(")]}", c) != NULL) - (strchr("([{", c) != NULL);
    if (depth == -1 && c != '{' && c != '[') depth = 0;
    if (depth < 0 || (depth == 0 && strchr("\n;", c))) break;
  }
  for (depth = 0; end < source->length; end++) {
    char c = text[end];
    depth += (strchr("([{", c) != NULL) - (strchr(")]}", c) != NULL);
    if (depth == -1 && c == ')') depth = 0;
    if (depth < 0 || (depth == 0 && strchr("\n;#", c))) break;
  }
  return (Span){(uint32_t)start, (uint32_t)end};
}

/* The name in a target that stands where the span stands in the value. */
static const Ast *matching_target(const Ast *target, const Ast *value, Span span) {
  if (value->span.start == span.start && value->span.end == span.end) return target->kind == AST_NAME ? target : NULL;
  if (target->kind != AST_TUPLE || value->kind != AST_TUPLE || target->count != value->count) return NULL;
  const Ast *found = NULL;
  for (uint32_t i = 0; !found && i < value->count; i++)
    found = matching_target(target->children[i], value->children[i], span);
  return found;
}

static SourceName one_of_targets(Arena *arena, const Source *source, size_t start, size_t end) {
  const char *text = source->text;
  size_t before = skip_blanks_back(text, start), after = skip_blanks(source, end);
  while (before > 0 && text[before - 1] == '(') before = skip_blanks_back(text, before - 1);
  bool listed = (after < source->length && strchr(",)", text[after])) || (before > 0 && text[before - 1] == ',');
  Span around = listed ? statement_around(source, start, end) : (Span){0, 0};
  if (!listed || around.end - around.start > STATEMENT_LONGEST) return (SourceName){NULL, 0};
  char *copy = arena_copy_text(arena, text + around.start, around.end - around.start);
  Source statement = {.text = copy, .length = around.end - around.start, .base = 1};
  Error error = {0};
  Ast *tree = NULL;
  bool parsed = copy && parser_parse(arena, &statement, &error, &tree) == PARSE_OK;
  error_free(&error);
  const Ast *assignment = parsed && tree->count == 1 ? tree->children[0] : NULL, *name = NULL;
  if (!assignment || assignment->kind != AST_ASSIGN) return (SourceName){NULL, 0};
  Span span = {(uint32_t)start - around.start + 1, (uint32_t)end - around.start + 1};
  for (uint32_t i = 1; !name && i < assignment->count; i++)
    name = matching_target(assignment->children[i], assignment->children[0], span);
  return name ? (SourceName){name->text, name->text_length} : (SourceName){NULL, 0};
}

static bool find_place(const Source *source, Span span, size_t *start, size_t *end) {
  if (!source || span.end < span.start || span.end - source->base > source->length) return false;
  *start = span.start - source->base;
  *end = span.end - source->base;
  return true;
}

SourceName source_assigned(Arena *arena, const Source *source, Span span) {
  size_t start, end;
  if (!find_place(source, span, &start, &end)) return (SourceName){NULL, 0};
  SourceName name = single_target(source, start, end);
  if (!name.text) name = record_field(arena, source, start, end);
  return name.text ? name : one_of_targets(arena, source, start, end);
}

/* ---- writes */
SourceName source_changed(const Source *source, Span span, bool index) {
  size_t start, end;
  if (!find_place(source, span, &start, &end)) return (SourceName){NULL, 0};
  const char *text = source->text;
  size_t length = index ? text_name_length(text + start, end - start) : path_length(text + start, end - start);
  size_t at = skip_blanks(source, start + length), sign = at;
  if (!length) return (SourceName){NULL, 0};
  if (index) return at < end && text[at] == '[' ? (SourceName){text + start, length} : (SourceName){NULL, 0};
  while (at < end && strchr("+-*/%@", text[at])) at++;
  bool updates = at > sign && at < end && text[at] == '=';
  return updates ? (SourceName){text + start, length} : (SourceName){NULL, 0};
}
