/* SPDX-License-Identifier: MIT */
/* literal.c: numbers, strings, and f-strings, whose expressions are parsed in their place in the source. */
#include "lexer/literal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/stream.h"

/* ---- numbers */

enum { EXACT_DIGITS = 15 }; /* whole numbers of so many digits are doubles */

static bool short_integer(const char *text, size_t length, double *number) {
  if (length > EXACT_DIGITS) return false;
  uint64_t value = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (uint64_t)(text[i] - '0');
  }
  *number = (double)value;
  return true;
}

/* Whether a whole number is another one as float64, or any number infinite. */
static bool is_changed(const char *digits, double number) {
  enum { LONGEST = 309 }; /* digits of the largest one */
  if (isinf(number)) return true;
  char exact[LONGEST + 1];
  digits += strspn(digits, "0");
  if (digits[strspn(digits, "0123456789")] != '\0') return false;
  return snprintf(exact, sizeof exact, "%.0f", number) > LONGEST || strcmp(exact, *digits ? digits : "0") != 0;
}

/* Numbers may be read twice, ahead and again in the usual way. */
static bool note_inexact(Parse *p, Span span, double number) {
  if (span.start < p->inexact_end) return true;
  if (!p->inexact && !(p->inexact = arena_allocate(p->arena, sizeof *p->inexact))) return parse_fail_memory(p);
  if (p->inexact->count < INEXACT_KEPT) {
    p->inexact->places[p->inexact->count] = span;
    p->inexact->values[p->inexact->count] = number;
  }
  p->inexact->count++;
  p->inexact_end = span.end;
  return true;
}

/* The digits are copied, without `_`: strtod would read on into `0x1` or `2inf`.  What is not ASCII in a number is the
   minus sign U+2212 of its exponent. */
static bool read_number(Parse *p, Span span, double *number) {
  const char *text = parse_text(p, span);
  size_t length = span.end - span.start;
  char few[64], *digits = length < sizeof few ? few : arena_allocate(p->arena, length + 1), *end = digits;
  if (!digits) return parse_fail_memory(p);
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte < 0x80 && byte != '_') *end++ = text[i];
    else if (byte == 0xE2) *end++ = '-';
  }
  *end = '\0';
  *number = strtod(digits, NULL);
  return !is_changed(digits, *number) || note_inexact(p, span, *number);
}

bool literal_value(Parse *p, Span span, double *number) {
  return short_integer(parse_text(p, span), span.end - span.start, number) || read_number(p, span, number);
}

Ast *literal_number(Parse *p, Span span) {
  Ast *tree = build(p, AST_NUMBER, span, 0, NULL);
  if (!tree) return NULL;
  return literal_value(p, span, &tree->number) ? tree : NULL;
}

/* ---- strings */

static StringStyle style_of(const Parse *p, Span span) {
  return string_style((const unsigned char *)parse_text(p, span), span.end - span.start);
}

static Span inside(Span span, StringStyle style) {
  return (Span){span.start + style.width + (style.interpolates ? 1 : 0), span.end - style.width};
}

static bool decode(Parse *p, Ast *tree, Span text, bool interpolates) {
  const unsigned char *start = (const unsigned char *)parse_text(p, text);
  char *out = arena_allocate(p->arena, (size_t)(text.end - text.start) + 1);
  if (!out) return parse_fail_memory(p);
  tree->text_length = (uint32_t)string_decode(start, start + (text.end - text.start), interpolates, out);
  tree->text = out;
  return true;
}

Ast *literal_text(Parse *p, AstKind kind, Span span, Span literal, uint32_t count, Ast *const *children) {
  Ast *tree = build_marked(p, kind, span, literal, count, children);
  if (!tree) return NULL;
  return decode(p, tree, inside(literal, style_of(p, literal)), false) ? tree : NULL;
}

Ast *literal_string(Parse *p, Span span) { return literal_text(p, AST_STRING, span, span, 0, NULL); }

/* ---- f-strings */

/* The expression between braces.  It is parsed as a program, which must be one expression. */
static Ast *parse_within(Parse *p, Span expression) {
  Stream fragment, *outer = p->stream;
  stream_open_fragment(&fragment, outer, p->source, expression);
  p->stream = &fragment;
  bool read = grammar_run(p);
  p->stream = outer;
  if (!read) return NULL;
  const Ast *program = p->result, *first = program->count ? program->children[0] : NULL;
  if (program->count == 1 && first->kind == AST_EXPRESSION && !first->flag) return first->children[0];
  return parse_fail(p, expression, first ? "only an expression can stand between `{` and `}`"
                                         : "an expression is missing between `{` and `}`");
}

static Ast *text_part(Parse *p, Span text) {
  Ast *part = build(p, AST_STRING, text, 0, NULL);
  return part && decode(p, part, text, true) ? part : NULL;
}

static Ast *format_part(Parse *p, Span span, Interpolation found) {
  Ast *expression = parse_within(p, found.expression);
  return expression ? build_named(p, AST_FORMAT, span, found.format, 1, &expression) : NULL;
}

static uint32_t position(const Lexer *lexer) { return lexer->base + (uint32_t)(lexer->cursor - lexer->start); }

/* Moves to the next single `{`, or to the end. */
static void skip_text(Lexer *lexer, const unsigned char *limit) {
  for (; lexer->cursor < limit; lexer->cursor++) {
    unsigned char byte = *lexer->cursor;
    if (byte == '{' && lexer->cursor[1] != '{') return;
    if (byte == '{') lexer->cursor++;
    if (byte == '\\' && lexer->cursor[1] == 'u') {
      while (*lexer->cursor != '}') lexer->cursor++;
    } else if (byte == '\\') lexer->cursor++;
  }
}

Ast *literal_format(Parse *p, Span span) {
  List *parts = list_new(p);
  StringStyle style = style_of(p, span);
  Span text = inside(span, style);
  Lexer lexer = p->stream->lexer;
  lexer.cursor = lexer.start + (text.start - lexer.base);
  const unsigned char *limit = lexer.start + (text.end - lexer.base);
  while (!parse_failed(p) && lexer.cursor < limit) {
    Fault fault = {LEXICAL_NONE, NULL, NULL};
    uint32_t start = position(&lexer);
    skip_text(&lexer, limit);
    uint32_t brace = position(&lexer);
    if (brace > start) list_add(p, parts, text_part(p, (Span){start, brace}));
    if (brace == text.end) break;
    Interpolation found = interpolation_skip(&lexer, style, &fault);
    list_add(p, parts, format_part(p, (Span){brace, position(&lexer)}, found));
  }
  return build_list(p, AST_FSTRING, span, parts);
}
