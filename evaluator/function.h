/* SPDX-License-Identifier: MIT */
/* function.h: functions written in the language, and the builtin functions as values. */
#ifndef MGRAD_EVALUATOR_FUNCTION_H
#define MGRAD_EVALUATOR_FUNCTION_H
#include "evaluator/machine.h"
#include "evaluator/resolve.h"

/* What all values of one definition share; lives in its program. */
typedef struct FunctionCode {
  Program *program;        /* not referenced: the program owns the code */
  Ast *ast;                /* AST_DEFINE or AST_LAMBDA; AST_BLOCK for a library text */
  const char *name;        /* "function" for a lambda */
  Closure *body;           /* gives the value */
  uint32_t parameters;     /* with the rest parameter */
  bool rest;               /* the last parameter takes what is left, as a tuple */
  bool plain;              /* no rest, nothing boxed, nothing captured: entered without preparation */
  uint32_t slots;          /* of its frame: parameters first */
  uint32_t box_count, capture_count;
  uint32_t *boxes;         /* slots whose variable closures capture */
  Capture *captures;
  Closure **defaults;      /* by parameter; NULL: none */
  const Ast *doc;          /* AST_STRING or NULL */
} FunctionCode;

struct Function {
  Object object;
  Function *next, **link;  /* all functions of the session */
  FunctionCode *code;
  uint32_t kept_count;     /* defaults (parameters without one: unbound), then captured Boxes */
  Value kept[];
};

typedef struct Builtin { Object object; const BuiltinInfo *info; } Builtin;

static inline Function *value_function(Value v) { return (Function *)v.object; }
static inline uint32_t function_positional(const FunctionCode *code) { return code->parameters - (code->rest ? 1 : 0); }
/* The name of a parameter, counted from 0. */
const char *function_parameter(const FunctionCode *code, uint32_t index);
void function_signature(Buffer *out, const FunctionCode *code); /* "f(x, y=2, *rest)" */
void function_clear(Function *function); /* drops what it keeps, to break cycles */

/* Compiles what AST_DEFINE or AST_LAMBDA says; the closure makes the function value. */
typedef struct Compiler Compiler;
Closure *compile_function(Compiler *compiler, Ast *ast);
Value function_value(Session *session, FunctionCode *code, Value *frame); /* evaluates defaults, captures */

/* Calls with arguments that stand at the top of the value stack, session->top already behind them; they are taken.
   `count` must be the number of parameters and nothing may be boxed, captured or rest: code->plain. */
Value function_enter(Session *session, Function *function, Value *arguments, Span call);
/* Any call: positional, then named arguments at `arguments`, which are taken. */
typedef struct CallSite {
  uint32_t positional, named;
  const char **names;      /* of the named arguments */
  Span *spans;             /* of all arguments */
  Ast **operands;          /* the trees of all arguments, for names in errors; NULL where unknown */
  bool *spread;            /* which of the arguments written stand for the items of a value; NULL: none */
  Span span, place;        /* the call; the callee */
  const Ast *callee;       /* or NULL */
  bool local;              /* the callee is the name of a local variable */
} CallSite;
Value call_value(Session *session, Value callee, Value *arguments, const CallSite *site);

#endif
