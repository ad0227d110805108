/* SPDX-License-Identifier: MIT */
/* call.h: builtin functions: their table, their signatures, and what they receive.

   Every builtin is a row: operations come from runtime/ops.def, everything else from evaluator/builtins/builtins.def.
   Help, completion, argument checking, documentation and tests read BuiltinInfo. */
#ifndef MGRAD_EVALUATOR_CALL_H
#define MGRAD_EVALUATOR_CALL_H
#include "evaluator/session.h"

typedef struct BuiltinInfo BuiltinInfo;

/* One parameter of a signature "x:T, axis:A=none, *, constant:B=none".  What stands before `/` is given by position
   only; `*xs` takes the surplus positions, `**fields` arguments of any other name. */
typedef struct ParameterInfo {
  char name[24];
  char kind;              /* the letter behind the colon; 'V' (any value) where none is given */
  bool has_default, keyword_only, rest, fields;
  Value default_value;    /* none, bool, number or string */
} ParameterInfo;

enum { SIGNATURE_PARAMETERS = 24, KIND_OF_PATHS = 'H' };
typedef struct Signature {
  int count, positional;  /* positional: how many can be given without a name (rest not counted) */
  int rest, fields;       /* index of the *rest parameter and of **fields, or -1 */
  int unnamed;            /* how many stand before `/` */
  int shown;              /* the parameters behind these are common to all operations (out, where, dtype, constant) */
  bool takes_paths;       /* some parameter may be the name of a file */
  ParameterInfo parameters[SIGNATURE_PARAMETERS];
} Signature;

typedef struct Call {
  Session *session;
  const BuiltinInfo *info;
  const Signature *signature;
  const Value *arguments;  /* one per parameter, defaults filled in, rest as a tuple, fields as a record; borrowed */
  const bool *given;       /* which were written by the caller */
  Span span;               /* the call */
  const Span *spans;       /* of each parameter's argument; {0, 0} where not given */
} Call;

typedef Value (*BuiltinFunction)(Call *call); /* owned result or the error value */

struct BuiltinInfo {
  const char *name;        /* may be qualified: "random.uniform" hides plain "uniform" in that namespace only */
  const char *signature;   /* as written in the table */
  BuiltinFunction function;
  OpId op;                 /* OP_none for functions that are no operations */
  bool differentiable;     /* no operation, but made of them: takes `constant` as they do */
  const char *doc, *example, *gives;
  bool outside;            /* the example touches files, the terminal or the program: it is not run by the way */
};

/* All builtins: operations with an example, aliases, and the functions of builtins.def. */
int builtin_count(void);
const BuiltinInfo *builtin_at(int index);
const BuiltinInfo *builtin_find(const char *name, size_t length); /* plain or qualified; NULL: none */
const Signature *builtin_signature(Session *session, const BuiltinInfo *info); /* parsed once and kept */
/* Whether the argument of this name, or at this place where `name` is NULL, may be the name of a file. */
bool builtin_takes_path(const BuiltinInfo *info, const char *name, size_t length, int place);
/* "sum(x, axis=none, keepdims=false)" */
void signature_show(Buffer *out, const char *name, const Signature *signature);

/* Binds arguments (positional, then named) to the signature and calls.  Errors name the signature. */
typedef struct Arguments {
  int positional_count, named_count;
  const Value *values;            /* positional first, then named */
  const char *const *names;       /* of the named ones */
  const Span *spans;              /* of all, or NULL */
} Arguments;
/* session_call with arguments by name, too. */
Value session_call_given(Session *session, Value callee, const Arguments *given, Span span);
void builtin_state_free(Session *session, BuiltinState *state); /* NULL allowed */
Value builtin_call(Session *session, const BuiltinInfo *info, const Arguments *arguments, Span span);

#endif
