/* SPDX-License-Identifier: MIT */
/* failure.h: giving errors their place, the names of their operands, and suggestions. */
#ifndef MGRAD_EVALUATOR_FAILURE_H
#define MGRAD_EVALUATOR_FAILURE_H
#include "evaluator/machine.h"

/* Records an error at a place and returns the error value. */
RARE Value fail_at(Session *session, Span place, ErrorKind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Completes an error that an operation has just recorded, unless it has its place already: operand marks become names,
   the place is the blamed operand or `place`.  Operands are trees; NULL where unknown. */
RARE Value fail_operation(Session *session, Span place, uint32_t count, Ast *const *operands);
/* The same for a binary operator, whose operands are also underlined; `left` and `right` may be unbound. */
RARE Value fail_binary(Session *session, const Ast *ast, Ast *const *operands, Value left, Value right);

/* A name without a value.  `ast` is the AST_NAME; `owner` the definition (AST_DEFINE, AST_LAMBDA) around it or NULL. */
RARE Value fail_unbound(Session *session, const Ast *ast, const Ast *owner, bool called);
/* The same, of one that cannot be deleted. */
RARE Value fail_delete(Session *session, const Ast *ast, const Ast *owner);

/* The source text of an expression when it is a plain name or short, for use in a message: "`x`" or "the value". */
typedef struct ShownText { char text[80]; } ShownText;
const char *shown_name(ShownText *out, const Ast *ast);                  /* "`x` " or "" */
const char *shown_source(Session *session, ShownText *out, Span span);   /* the text, cut to fit */
/* "a number", "a tensor of shape (2, 3)", "`none`", "a function" ..., for the message of an error. */
const char *shown_kind(Session *session, ShownText *out, Value value);

/* Whether an expression asks for a gradient: `grad(x)` or `x.grad`. */
bool asks_gradient(const Ast *ast);

char source_byte_at(Session *session, uint32_t place); /* a newline where there is none */
/* Moves the ends of a piece of text over the blanks around it. */
void pass_blanks(Session *session, uint32_t *before, uint32_t *behind);

/* Of an error about `none`: the function without `return` that gave it, if one was called. */
void hint_dropped(Session *session);

#endif
