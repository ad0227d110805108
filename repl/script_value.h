/* SPDX-License-Identifier: MIT */
/* script_value.h: values as expressions, for script.c. */
#ifndef MGRAD_REPL_SCRIPT_VALUE_H
#define MGRAD_REPL_SCRIPT_VALUE_H
#include "evaluator/function.h"

typedef enum WrittenState { STATE_WAITING, STATE_WRITTEN, STATE_UNWRITABLE } WrittenState;

typedef struct NamedValue {
  const char *name;
  Value value;
  bool hides;              /* a builtin name */
  WrittenState state;
} NamedValue;

typedef struct Script {
  Session *session;
  Buffer *out;
  NamedValue *named;
  uint32_t count, capacity;
  NameTable homes;         /* addresses of objects to indices of the names that stand for them wherever they occur */
  NamedValue *current;     /* the name being written */
  const NamedValue *lacks; /* why a value could not be written: this name is not written yet, or cannot be */
  bool views, histories;   /* some have been written as mere numbers */
} Script;

/* The name that stands for an object wherever it occurs; NULL: it has none, or is not told apart from its equals. */
NamedValue *script_home(const Script *script, Value value);

/* All of these add to `out`; false: it could not be written, `lacks` says why if it is for want of a name. */
bool script_write_value(Script *script, Value value);    /* by its name, if it has one */
bool script_write_content(Script *script, Value value);  /* what its name is to stand for */
bool script_write_reference(Script *script, const NamedValue *home);
/* `f(x) = ...` or `def f(x) {...}` under any name. */
bool script_write_definition(Script *script, const char *name, const Function *function);

#endif
