/* SPDX-License-Identifier: MIT */
/* numbers.c: long runs of numbers in lists, read without a node for each of them.

   Data written into a program is mostly numbers, and a tree and a closure would take a hundred bytes for every one.
   Where an element of a list may begin, tokens are read ahead for as long as they are numbers, or lists of numbers that
   all have the same shape, each with a comma or the end of the list behind it.  Of such a run the grammar sees one
   token.  What is short, or anything else, is read again in the usual way. */
#include <math.h>
#include <string.h>

#include "parser/stream.h"

enum { NUMBERS_LEAST = 8, FIRST_CAPACITY = 64 };

typedef struct Reader {
  Parse *p;
  Lexer lexer;
  Token token;                 /* the one read last */
  const unsigned char *before; /* where it was looked for */
  uint32_t levels;             /* how deeply lists may be nested in an element */
  uint32_t used;               /* numbers, in p->numbers */
  AstNumbers shape;            /* sizes not known yet are 0 */
} Reader;

/* Newlines within brackets are blank. */
static TokenKind next(Reader *r) {
  r->before = r->lexer.cursor;
  do r->token = lexer_next(&r->lexer);
  while (r->token.kind == TOKEN_NEWLINE);
  return r->token.kind;
}

static bool grow(Parse *p) {
  double *numbers = memory_grow(p->numbers, &p->number_capacity, sizeof *numbers, FIRST_CAPACITY);
  if (!numbers) return parse_fail_memory(p);
  p->numbers = numbers;
  return true;
}

static bool read_number(Reader *r, uint32_t level) {
  Parse *p = r->p;
  bool negative = r->token.kind == TOKEN_MINUS;
  if (negative) next(r);
  if (r->used == 0) r->shape.rank = level;
  if (r->token.kind != TOKEN_NUMBER || level != r->shape.rank) return false;
  if (r->used == p->number_capacity && !grow(p)) return false;
  double number;
  if (!literal_value(p, r->token.span, &number)) return false;
  p->numbers[r->used++] = negative ? -number : number;
  return true;
}

static bool read_element(Reader *r, uint32_t level);

/* A list within the list: it has as many elements as those before at its level. */
static bool read_row(Reader *r, uint32_t level) {
  if (level == r->levels) return false;
  uint32_t count = 0, *size = &r->shape.sizes[level];
  do {
    if (next(r) == TOKEN_RIGHT_BRACKET) break; /* behind a comma */
    if ((*size && count == *size) || !read_element(r, level + 1)) return false;
    count++;
  } while (next(r) == TOKEN_COMMA);
  if (r->token.kind != TOKEN_RIGHT_BRACKET || count == 0 || (*size && count != *size)) return false;
  *size = count;
  return true;
}

/* The token is the first of it; afterwards it is the last. */
static bool read_element(Reader *r, uint32_t level) {
  return r->token.kind == TOKEN_LEFT_BRACKET ? read_row(r, level) : read_number(r, level);
}

/* As high as the nodes would have been that it stands for: a minus is one. */
static uint32_t height_of(uint32_t rank, const double *values, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (signbit(values[i])) return rank + 1;
  }
  return rank;
}

static Ast *make_run(const Reader *r, Span span, uint32_t used) {
  Parse *p = r->p;
  Ast *run = ast_new(p->arena, AST_NUMBERS, span, 0, NULL);
  AstNumbers *numbers = run ? arena_allocate(p->arena, sizeof *numbers) : NULL;
  double *values = numbers ? arena_allocate(p->arena, used * sizeof *values) : NULL;
  if (!values) return parse_fail_memory(p);
  *numbers = r->shape;
  numbers->values = values;
  memcpy(values, p->numbers, used * sizeof *values);
  run->numbers = numbers;
  run->height = height_of(numbers->rank, values, used);
  return run;
}

static bool is_numeric(unsigned char byte) {
  if (byte >= '0' && byte <= '9') return true;
  return byte == ' ' || byte == '.' || byte == '-' || byte == '\n' || byte == '\t' || byte == '\r' || byte == 'e'
      || byte == 'E' || byte == '+' || byte == '_';
}

/* A look at the bytes alone, which spares short lists the reading: how far there are too few commas.  NULL: enough, or
   there is more to look at than numbers. */
static const unsigned char *too_few_until(const Lexer *lexer) {
  int commas = 0, depth = 0;
  for (const unsigned char *at = lexer->cursor; at < lexer->limit; at++) {
    if (*at == '#' || *at >= 0x80) return NULL;
    if (*at == ',' && ++commas == NUMBERS_LEAST - 1) return NULL;
    if (*at == '[') depth++;
    else if (*at == ']') depth--;
    else if (*at != ',' && !is_numeric(*at)) return at;
    if (depth < 0) return at;
  }
  return lexer->limit;
}

/* Elements that were read in vain are not tried again; but a list that was left in the middle may hold a run itself. */
static Ast *give_up(const Reader *r) {
  bool in_vain = r->shape.count || (r->used && r->used < NUMBERS_LEAST);
  if (in_vain) r->p->stream->plain = r->before;
  return NULL;
}

Ast *numbers_read(Parse *p) {
  Stream *stream = p->stream;
  if (stream->plain && stream->lexer.cursor < stream->plain) return NULL;
  const unsigned char *few = too_few_until(&stream->lexer);
  if (few) return stream->plain = few, NULL;
  uint32_t levels = STREAM_MAX_DEPTH - stream->depth, used = 0;
  Reader r = {.p = p, .lexer = stream->lexer, .levels = levels < NUMBERS_AXES ? levels : NUMBERS_AXES};
  Lexer behind = r.lexer;
  Span span = {0, 0};
  do {
    next(&r);
    if (span.start == 0) span.start = r.token.span.start;
    if (!read_element(&r, 0)) break;
    Lexer end = r.lexer;
    uint32_t place = r.token.span.end;
    if (next(&r) != TOKEN_COMMA && r.token.kind != TOKEN_RIGHT_BRACKET) break;
    behind = end;
    span.end = place;
    used = r.used;
    r.shape.count++;
  } while (r.token.kind == TOKEN_COMMA);
  if (parse_failed(p) || used < NUMBERS_LEAST) return give_up(&r);
  stream->lexer = behind;
  return make_run(&r, span, used);
}
