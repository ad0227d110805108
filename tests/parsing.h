/* SPDX-License-Identifier: MIT */
/* parsing.h: what the suites of the parser share: one program at a time, and how its tree is compared. */
#ifndef MGRAD_TESTS_PARSING_H
#define MGRAD_TESTS_PARSING_H
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "parser/parser.h"
#include "parser/unparse.h"
#include "tests/suite.h"

typedef struct Parsed {
  SourceMap map;
  Arena arena;
  Error error;
  const Source *source;
  Ast *program;
  ParseStatus status;
} Parsed;

static Parsed parsed;

static inline ParseStatus parse_bytes(const char *text, size_t length) {
  arena_free(&parsed.arena);
  source_map_free(&parsed.map);
  error_clear(&parsed.error);
  parsed.program = NULL;
  parsed.source = source_add(&parsed.map, "t.mg", text, length, false);
  ck_assert_ptr_nonnull(parsed.source);
  return parsed.status = parser_parse(&parsed.arena, parsed.source, &parsed.error, &parsed.program);
}

static inline ParseStatus parse(const char *text) { return parse_bytes(text, strlen(text)); }

static inline void expect_parsed(const char *text) {
  parse(text);
  ck_assert_msg(parsed.status == PARSE_OK, "`%.60s`: %s", text, buffer_text(&parsed.error.message));
}

static inline void set_up(void) { parsed = (Parsed){.error = {.operand = -1}}; }

static inline void tear_down(void) {
  arena_free(&parsed.arena);
  source_map_free(&parsed.map);
  error_free(&parsed.error);
  ck_assert_uint_eq(memory_live_blocks(), 0);
}

/* The offset of a position within the program. */
static inline uint32_t offset(uint32_t position) { return position - parsed.source->base; }

/* The text of a span of the program. */
static inline bool span_is(Span span, const char *text) {
  uint32_t length = span.end - span.start;
  return length == strlen(text) && memcmp(parsed.source->text + offset(span.start), text, length) == 0;
}

static inline bool same_numbers(const AstNumbers *a, const AstNumbers *b) {
  size_t count = a->count;
  for (uint32_t i = 0; i < a->rank; i++) count *= a->sizes[i];
  bool same_shape = a->count == b->count && a->rank == b->rank && memcmp(a->sizes, b->sizes, sizeof a->sizes) == 0;
  return same_shape && memcmp(a->values, b->values, count * sizeof *a->values) == 0;
}

/* Writing makes products of juxtapositions and forgets `;`. */
static inline bool same_tree(const Ast *a, const Ast *b) {
  for (;; a = a->children[0], b = b->children[0]) {
    if (!a || !b) return a == b;
    int first = a->op == TOKEN_JUXTAPOSE ? TOKEN_STAR : a->op, second = b->op == TOKEN_JUXTAPOSE ? TOKEN_STAR : b->op;
    if (a->kind != b->kind || first != second || a->count != b->count || a->text_length != b->text_length) return false;
    if (a->kind != AST_EXPRESSION && a->flag != b->flag) return false;
    if (a->kind == AST_NUMBER && memcmp(&a->number, &b->number, sizeof a->number) != 0) return false;
    if (a->kind == AST_NUMBERS && !same_numbers(a->numbers, b->numbers)) return false;
    if (a->kind == AST_COMPARE && memcmp(a->ops, b->ops, (a->count - 1) * sizeof *a->ops) != 0) return false;
    if (a->text_length && memcmp(a->text, b->text, a->text_length) != 0) return false;
    for (uint32_t i = 1; i < a->count; i++) {
      if (!same_tree(a->children[i], b->children[i])) return false;
    }
    if (a->count == 0) return true;
  }
}

/* `count` times the same text between two others. */
static inline char *repeat(const char *before, const char *text, size_t count, const char *after) {
  size_t length = strlen(text), head = strlen(before), tail = strlen(after);
  char *whole = malloc(head + length * count + tail + 1);
  ck_assert_ptr_nonnull(whole);
  memcpy(whole, before, head);
  for (size_t i = 0; i < count; i++) memcpy(whole + head + i * length, text, length);
  memcpy(whole + head + count * length, after, tail + 1);
  return whole;
}

#endif
