/* SPDX-License-Identifier: MIT */
/* sample.h: a function's values at many points: with all of them at once where it takes tensors, else one by one. */
#ifndef MGRAD_EVALUATOR_BUILTINS_SAMPLE_H
#define MGRAD_EVALUATOR_BUILTINS_SAMPLE_H
#include "evaluator/builtins/arguments.h"

enum { SAMPLE_COORDINATES = 2 };

typedef enum SampleMode { SAMPLE_UNTRIED, SAMPLE_WHOLE, SAMPLE_SINGLE } SampleMode;

typedef struct Sampler {
  Session *session;
  Value function; /* borrowed */
  Span span;      /* of the call, for errors */
  int inputs;     /* 1: f(x), 2: f(x, y) */
  int outputs;    /* 1: a number, 2: a pair, as a tuple or a tensor of two */
  bool gathers;   /* one argument holds all coordinates: f([x, y]) */
  SampleMode mode;
} Sampler;

/* f(x), or f(x, y) and f([x, y]) for two inputs: whichever the function takes. */
Sampler sampler_start(Session *session, Value function, int inputs, Span span);

/* Values at `count` points into `values[k]`, one array per output; points where the function has none are nan.  What a
   function gives for a tensor counts only when it agrees with what it gives for single numbers.  Nothing is recorded
   in the graph, and warnings about nan are not shown: nan is a gap.  False: the error is recorded. */
bool sampler_evaluate(Sampler *sampler, int64_t count, const double *const *points, double *const *values);

/* A tensor of these numbers (owned), or the error value. */
Value value_of_numbers(Session *session, int ndim, const int64_t *shape, const double *numbers);

/* The result of a call (owned).  The error value with no error recorded: the function does not take these arguments. */
Value call_on_trial(Session *session, Value function, int count, const Value *arguments);

/* Settles, for two inputs, whether the function gives a number or a pair. */
bool sampler_settle_outputs(Sampler *sampler, const double *point);

/* The numbers of a value that can be a tensor, in C order: `count` + 1 doubles, which the caller releases with
   memory_release; the last one is room only.  NULL: the error is recorded. */
double *numbers_of_value(Session *session, Value value, int64_t *count, int *ndim, int64_t *columns);

#endif
