/* SPDX-License-Identifier: MIT */
/* resolve.h: which name means which variable: slots of frames, captured variables, globals. */
#ifndef MGRAD_EVALUATOR_RESOLVE_H
#define MGRAD_EVALUATOR_RESOLVE_H
#include "evaluator/machine.h"

typedef enum ScopeKind { SCOPE_TOP, SCOPE_FUNCTION, SCOPE_COMPREHENSION } ScopeKind;

typedef struct ScopeName {
  uint32_t slot;
  bool boxed;    /* a closure captures it: the slot holds a Box */
  bool global;   /* declared `global` here */
} ScopeName;

/* When a function value is made, the Box in `outer` of the enclosing frame is kept for slot `inner` of its own. */
typedef struct Capture { uint32_t outer, inner; } Capture;

/* A function body, a comprehension, or the top level.  Slots belong to the nearest function or the top level. */
typedef struct Scope Scope;
struct Scope {
  Scope *parent, *owner;      /* owner: the scope whose frame holds the slots; may be itself */
  const Ast *tree;            /* AST_DEFINE, AST_LAMBDA, AST_COMPREHENSION; NULL at the top level */
  ScopeKind kind;
  NameTable table;            /* numbers index `names` */
  ScopeName *names;
  uint32_t name_count, name_capacity;
  uint32_t slots;             /* of the frame, for owners */
  uint32_t nesting;           /* of comprehensions at the top level */
  Capture *captures;
  uint32_t capture_count, capture_capacity;
  Globals *globals;           /* where free names are found */
};

typedef struct Resolution {
  Session *session;
  Globals *globals;           /* where free names are found */
  Scope **scopes;
  uint32_t count, capacity;
  NameTable by_tree;          /* addresses of trees to indices of scopes */
} Resolution;

/* Finds the scopes of a top-level statement; the outermost comes back.  NULL: error recorded.  They live until
   resolution_free. */
Scope *resolve_statement(Resolution *resolution, Ast *statement);
Scope *resolution_scope(const Resolution *resolution, const Ast *tree); /* of a function or comprehension */
void resolution_free(Resolution *resolution);

typedef enum ReferenceKind { REFERENCE_LOCAL, REFERENCE_BOXED, REFERENCE_GLOBAL, REFERENCE_FAILED } ReferenceKind;
typedef struct Reference { ReferenceKind kind; uint32_t slot; } Reference;

/* What a name means where `scope` is the innermost scope. */
Reference scope_find(Session *session, const Scope *scope, const char *text, size_t length);

#endif
