/* SPDX-License-Identifier: MIT */
/* ast.h: the tree of a program.  One struct serves every kind; the list below says what its children are.

   The tree lives in an arena, knows tokens but no operations, looks up no name and folds no constant. */
#ifndef MGRAD_PARSER_AST_H
#define MGRAD_PARSER_AST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/memory.h"
#include "base/source.h"
#include "lexer/lexer.h"

typedef enum AstKind {
  /* expressions */
  AST_NUMBER,        /* number */
  AST_STRING,        /* text: the decoded bytes */
  AST_FSTRING,       /* parts: AST_STRING or AST_FORMAT */
  AST_FORMAT,        /* [expression], text: format or "" */
  AST_NAME,          /* text */
  AST_TUPLE,         /* elements */
  AST_LIST,          /* elements, AST_NUMBERS among them: a tensor literal */
  AST_NUMBERS,       /* numbers: many elements of a list on end, none of which is a node */
  AST_RECORD,        /* AST_ENTRY ... */
  AST_ENTRY,         /* text: field, [value] */
  AST_COMPREHENSION, /* [element, target, iterable] or [element, target, iterable, condition] */
  AST_UNARY,         /* op: MINUS PLUS TILDE NOT, [operand] */
  AST_BINARY,        /* op: PLUS ... POWER, JUXTAPOSE, PIPE, AMPERSAND, [left, right] */
  AST_COMPARE,       /* ops[i] stands between children i and i + 1; TOKEN_IN too */
  AST_LOGICAL,       /* op: AND OR, [left, right] */
  AST_CONDITIONAL,   /* [then, condition, else] */
  AST_LAMBDA,        /* [AST_PARAMETER ..., body] */
  AST_PARAMETER,     /* text: name, flag: rest, [] or [default] */
  AST_CALL,          /* [callee, arguments ...] */
  AST_KEYWORD,       /* an argument name=value: text, [value] */
  AST_SPREAD,        /* arguments *e: [e], whose items they are */
  AST_INDEX,         /* [object, indices ...]: expressions, AST_SLICE, AST_ELLIPSIS; flag: ended by a comma */
  AST_SLICE,         /* [start, stop, step], each may be NULL */
  AST_ELLIPSIS,      /* */
  AST_FIELD,         /* [object], text: name; op_span is the name */
  AST_DERIVATIVE,    /* [function]: one prime */
  /* statements */
  AST_BLOCK,         /* statements */
  AST_EXPRESSION,    /* [expression], flag: ended by `;`, not shown */
  AST_ASSIGN,        /* [value, target ...]: a target is AST_NAME AST_TUPLE AST_INDEX AST_FIELD */
  AST_AUGMENT,       /* op: the binary operator (PLUS for +=), [target, value] */
  AST_DEFINE,        /* text: name, flag: short form, [AST_PARAMETER ..., body]: expression or AST_BLOCK */
  AST_IF,            /* [condition, block] or [condition, block, AST_BLOCK or AST_IF] */
  AST_WHILE,         /* [condition, block] */
  AST_FOR,           /* [target, iterable, block] */
  AST_BREAK,
  AST_CONTINUE,
  AST_RETURN,        /* [] or [value] */
  AST_NO_AUTODIFF,   /* [block] */
  AST_IMPORT,        /* text: path */
  AST_TRY,           /* [block, handler], text: name of the error */
  AST_ASSERT,        /* [condition] or [condition, message] */
  AST_DELETE,        /* AST_NAME ... */
  AST_GLOBAL         /* AST_NAME ... */
} AstKind;

/* Elements of a list that are all numbers, or lists of such lists that all have the same shape. */
enum { NUMBERS_AXES = 3 };
typedef struct AstNumbers {
  uint32_t count;               /* of elements */
  uint32_t rank;                /* 0: the elements are numbers; else `sizes` says what each holds, outermost first */
  uint32_t sizes[NUMBERS_AXES];
  double *values;               /* all of them, row by row */
} AstNumbers;

/* Numbers that float64 does not have, being whole or too large, in the order of the text: the first ones of so many. */
enum { INEXACT_KEPT = 8 };
typedef struct AstInexact { uint32_t count; Span places[INEXACT_KEPT]; double values[INEXACT_KEPT]; } AstInexact;

typedef struct Ast Ast;
struct Ast {
  uint8_t kind;     /* AstKind */
  uint8_t op;       /* TokenKind */
  bool flag;
  bool parenthesised; /* the span then includes the parentheses */
  uint32_t height;  /* levels below it: 0 for a leaf */
  uint32_t count;
  uint32_t text_length;
  Span span;        /* the whole */
  Span op_span;     /* the operator, field name, opening bracket, keyword, or the name that is defined */
  Ast **children;
  union {             /* a long list of numbers is mostly nodes: they are kept small */
    const char *text; /* NUL-terminated; may hold NUL bytes in strings */
    TokenKind *ops;   /* AST_COMPARE: count - 1 */
    double number;    /* AST_NUMBER */
    const AstNumbers *numbers; /* AST_NUMBERS */
    const AstInexact *inexact; /* AST_BLOCK that is a program; NULL: none */
  };
};

/* Deeper trees are refused by the parser.  Left spines count once and statements of a block not at all, since they
   are built, evaluated and freed by loops; a block, an entry, a parameter, a keyword argument and a format are one
   level with what is in them.  A thousand levels are promised to users; the rest is for what stands around them. */
enum { AST_MAX_HEIGHT = 1024 };

/* Kinds that repeat along their first child: `a + b + c`, `a and b`, `f(x)(y)`, `x[0].T`, `f''`. */
bool ast_is_spine(const Ast *tree);

/* Makes a node with its height; ast_new copies the children, ast_over keeps the array.  NULL: no memory. */
Ast *ast_new(Arena *arena, AstKind kind, Span span, uint32_t count, Ast *const *children);
Ast *ast_over(Arena *arena, AstKind kind, Span span, uint32_t count, Ast **children);

#endif
