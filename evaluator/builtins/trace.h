/* SPDX-License-Identifier: MIT */
/* trace.h: calling a function on fresh variables, to differentiate what it returns.

   Each number and float tensor in the chosen arguments (which may be nested tuples and records) becomes a variable of
   its own with the same value.  It stays connected to the graph outside, and so do outer variables that the function
   uses; a result that depends on nothing outside is a constant. */
#ifndef MGRAD_EVALUATOR_BUILTINS_TRACE_H
#define MGRAD_EVALUATOR_BUILTINS_TRACE_H
#include "autodiff/stand_in.h"
#include "evaluator/builtins/arguments.h"

typedef struct Trace {
  Session *session;
  Graph *graph;
  const char *who;        /* the builtin's name, for errors */
  Span span;
  bool recording;         /* whether the graph outside is being recorded */
  bool twice;             /* whether two derivatives are taken of it */
  uint64_t start;         /* nodes up to this number are older than the call */
  int count;              /* arguments, with those given by name */
  int named_count;        /* the last ones are given by name */
  const char *const *names; /* borrowed */
  Value *originals;       /* borrowed */
  Value *arguments;       /* owned; the chosen ones hold fresh variables */
  unsigned char *chosen;  /* 0, or from 1 on the place of the argument in the result */
  int fresh_count;
  uint32_t fresh_capacity;
  Tensor **fresh;         /* the fresh variables' nodes, in order; owned */
  Value result;           /* owned; unbound before the call */
} Trace;

/* Prepares the arguments; `chosen[i]` says which ones are differentiated, and in which order.  trace_finish is called
   in any case. */
bool trace_start(Trace *trace, Session *session, const char *who, const Arguments *given, const unsigned char *chosen,
                 Span span);
bool trace_call(Trace *trace, Value function);
void trace_finish(Trace *trace);

/* Whether a leaf of an argument becomes a variable. */
bool trace_is_differentiable(Value leaf, Value argument);
/* What that variable stands for: the leaf as it is where no derivative is taken. */
StandsFor trace_kind(Value leaf);

/* What the function returned, or a part of it, as one tensor (owned); the error names the caller. */
Tensor *result_tensor(Session *session, const char *who, Value result); /* of a function that `who` has called */
Tensor *trace_tensor(Trace *trace, Value result);

/* Whether the answer is yes for any node behind `output` that was made since the trace began, or for what such a one was
   made of.  Without memory for the search it is yes, too: callers choose questions of which that is never wrong. */
typedef bool (*TraceQuestion)(const Trace *trace, const Node *node);
bool trace_search(const Trace *trace, const Tensor *output, TraceQuestion question);
/* Whether derivatives of `output` can depend on anything outside the trace: then they are recorded. */
bool trace_is_connected(const Trace *trace, const Tensor *output);

/* Gradients of an output with respect to every fresh variable, into `gradients` (owned); `create_graph` makes them
   differentiable themselves.  A constant output gives zeros. */
bool trace_gradients(Trace *trace, Tensor *output, Tensor *cotangent, bool create_graph, Tensor **gradients);

/* Warns if `derivatives` of an output by the fresh variables, which are meant element by element, are sums of several.
   False: error recorded. */
bool mixing_check(Trace *trace, Tensor *output, Tensor *const *derivatives, Span place);

/* How the output changes when every fresh variable moves along its direction; NULL: it stays where it is. */
Tensor *trace_forward(Trace *trace, Tensor *output, Tensor *const *directions);
/* Whether that, or the same of a gradient, can depend on anything outside the trace. */
bool trace_depends(const Trace *trace, const Tensor *output, Tensor *const *directions);
/* The sum of tracked tensors times directions, recorded; NULL without an error when none is tracked. */
Tensor *trace_contract(Trace *trace, int count, Tensor *const *tensors, Tensor *const *directions);

/* Gradients of every fresh variable, as the value that grad gives: of one argument, or a tuple when `several`. */
Value trace_result(Trace *trace, Tensor **gradients, bool several);

/* A leaf of ones in the shape of the output (owned): where u -> u J is differentiated. */
Tensor *trace_probe(Trace *trace, const Tensor *output);

/* Room for so many tensors, all NULL; released with trace_release_all (NULL: nothing). */
Tensor **trace_room(Trace *trace, int count);
void trace_release_all(Tensor **tensors, int count);
/* The same for one tensor per fresh variable. */
Tensor **trace_gradient_room(Trace *trace);
void trace_release(Trace *trace, Tensor **gradients);

/* chosen.c: marks in `chosen` the arguments of a call of `function` that are differentiated, in the order of
   `positions`: those of its parameters, counted from 0 or, below 0, from the end; an argument given by name has the
   position of its parameter. */
enum { TRACE_ARGUMENTS = 64 };
bool trace_choose(Session *session, const char *who, Value function, Value positions, const Arguments *given,
                  unsigned char chosen[TRACE_ARGUMENTS]);
/* Whether the function that a call is given first may have arguments at the positions that it is given there; false:
   error recorded. */
bool argument_positions(Call *call, int index);
/* How many arguments a function cannot do without; 0: it cannot be told. */
int parameters_required(Session *session, Value function);
/* Whether it is known to take fewer arguments. */
bool parameters_exceeded(Session *session, Value function, int count);
/* The name of a parameter of a function, or NULL: it has no name, or cannot be told. */
const char *parameter_name(Session *session, Value function, int64_t position);

#endif
