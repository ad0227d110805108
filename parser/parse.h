/* SPDX-License-Identifier: MIT */
/* parse.h: what the files of the parser share; nobody else includes it.

   A parse stops at its first error.  The functions below return NULL once there is one and do nothing when there has
   been one before, so that the actions of the grammar need no checks. */
#ifndef MGRAD_PARSER_PARSE_H
#define MGRAD_PARSER_PARSE_H
#include "base/error.h"
#include "base/text.h"
#include "lexer/lexer.h"
#include "parser/ast.h"

typedef struct Stream Stream;

typedef struct Parse {
  Arena *arena;
  const Source *source;
  Error *error;
  Stream *stream; /* where the tokens come from: the source, or an expression within an f-string */
  Ast *result;    /* AST_BLOCK */
  double *numbers; /* room for those of a run while it is read */
  uint32_t number_capacity;
  AstInexact *inexact; /* NULL: none so far */
  uint32_t inexact_end; /* before this place they have been noted */
} Parse;

static inline bool parse_failed(const Parse *p) { return p->error->kind != ERROR_NONE; }
/* Records an error at a place; always returns NULL. */
RARE void *parse_fail(Parse *p, Span place, const char *format, ...) __attribute__((format(printf, 3, 4)));
RARE void *parse_fail_depth(Parse *p, Span place, bool begins); /* whether the levels begin there, or are still open */
RARE void *parse_fail_memory(Parse *p);
/* The first byte of a span within the source. */
const char *parse_text(const Parse *p, Span span);

/* grammar.y: pushes the tokens of the current stream through the grammar; the tree is p->result. */
bool grammar_run(Parse *p);

/* Nodes in the order in which they were read. */
typedef struct ListChunk ListChunk;
typedef struct List {
  ListChunk *first, *last;
  uint32_t count;
  bool trailing; /* a comma stands behind the last */
} List;

List *list_new(Parse *p); /* empty; NULL: an error is recorded, here and below */
List *list_add(Parse *p, List *list, Ast *item);
List *list_end_comma(List *list); /* the same list: a comma stands behind its last item */
/* All as one array with room for one more. */
Ast **list_items(Parse *p, const List *list);

/* A name in a message, for "%.*s": cut where the message would become unreadable. */
#define NAME_SHOWN(named) text_cut((named)->text, (named)->text_length, 60), (named)->text
/* Of `f(x=2, y) = ...` and `(x=2, y) -> ...`. */
#define PARAMETER_NEEDS_DEFAULT "`%.*s` needs a default, since `%.*s` has one"

/* build.c: one function per form of expression. */
Ast *build(Parse *p, AstKind kind, Span span, uint32_t count, Ast *const *children);
Ast *build_list(Parse *p, AstKind kind, Span span, const List *list);
Ast *build_program(Parse *p, Span span, const List *statements);
Ast *build_marked(Parse *p, AstKind kind, Span span, Span mark, uint32_t count, Ast *const *children);
Ast *build_named(Parse *p, AstKind kind, Span span, Span name, uint32_t count, Ast *const *children);
Ast *build_values(Parse *p, Span span, const List *list);
Ast *build_unary(Parse *p, TokenKind op, Span mark, Ast *operand);
Ast *build_binary(Parse *p, TokenKind op, Span mark, Ast *left, Ast *right);
Ast *build_logical(Parse *p, TokenKind op, Span mark, Ast *left, Ast *right);
Ast *build_compare(Parse *p, TokenKind op, Span mark, Ast *left, Ast *right);
Ast *build_paren(Parse *p, Span span, const List *items);
Ast *build_call(Parse *p, Span span, Ast *callee, Span mark, const List *arguments);
Ast *build_index(Parse *p, Span span, Ast *object, Span mark, const List *indices, bool comma);
Ast *build_record(Parse *p, Span span, const List *entries);

/* convert.c: what is read as an expression and turns out to be a target, a parameter list or a definition. */
Ast *convert_lambda(Parse *p, Span span, Span arrow, Ast *parameters, Ast *body);
Ast *convert_define(Parse *p, Span span, Span name, const List *parameters, Ast *body);
Ast *convert_assignment(Parse *p, Span span, const List *chain);
Ast *convert_augment(Parse *p, Span span, TokenKind op, Span mark, Ast *target, Ast *value);

/* literal.c: numbers, strings and f-strings. */
Ast *literal_number(Parse *p, Span span);
bool literal_value(Parse *p, Span span, double *number);
Ast *literal_string(Parse *p, Span span);
Ast *literal_format(Parse *p, Span span);
Ast *literal_text(Parse *p, AstKind kind, Span span, Span literal, uint32_t count, Ast *const *children);

/* numbers.c: the run of numbers that begins at the cursor, where an element of a list may; NULL: a short one or none,
   and the cursor has not moved. */
Ast *numbers_read(Parse *p);

/* check.c: what a grammar cannot say. */
bool check_unique(Parse *p, const char *what, uint32_t count, Ast *const *named);
bool check_placement(Parse *p, const Ast *program);

/* report.c: messages. */
void report_lexical(Parse *p, Token token);
/* An unexpected token; the expected ones are in the order of the token list. */
void report_syntax(Parse *p, const bool expected[TOKEN_COUNT]);

#endif
