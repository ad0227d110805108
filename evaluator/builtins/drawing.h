/* SPDX-License-Identifier: MIT */
/* drawing.h: a call of a plotting function: its figure, its options, and where the result goes. */
#ifndef MGRAD_EVALUATOR_BUILTINS_DRAWING_H
#define MGRAD_EVALUATOR_BUILTINS_DRAWING_H
#include "evaluator/builtins/sample.h"
#include "plot/figure.h"

typedef struct Drawing {
  Call *call;
  Figure *figure;
  const String *save; /* where the figure goes; NULL: it is drawn */
} Drawing;

/* Makes the figure and reads the options that come before the data: axes, texts, size. */
bool drawing_start(Drawing *drawing, Call *call);
/* Adds what lies over the data and the labels, and draws or saves.  Releases the figure, or keeps it for saveplot.
   `complete`: whether all went well so far. */
Value drawing_finish(Drawing *drawing, bool complete);
bool drawing_out_of_memory(Drawing *drawing); /* records it; false */

/* The index of a parameter, by name; -1: this function has none. */
int drawing_option(const Call *call, const char *name);

/* The numbers of a value in C order, copied into the figure; `columns` of a matrix. */
typedef struct Numbers {
  double *items;
  int64_t count;
  int ndim;
  int64_t columns;
} Numbers;
/* False: no numbers, placed at `span`, or no memory. */
bool drawing_numbers(Drawing *drawing, Value value, Span span, Numbers *numbers);
/* (x, y) as two tensors, a matrix of two columns, or a tuple of pairs. */
bool drawing_points(Drawing *drawing, Value value, Span span, Numbers *x, Numbers *y);
/* 0, 1, 2, ..., which axis x then counts by; false: no memory. */
bool drawing_count_up(Drawing *drawing, int64_t count, Numbers *numbers);
/* Whether a point of the series has finite coordinates, or there are no series; else the error. */
bool drawing_require_finite(Drawing *drawing);
bool drawing_fail_finite(Drawing *drawing, const char *what); /* "there is no finite `what`"; false */
bool drawing_same_count(Drawing *drawing, Span span, int64_t x, int64_t y);

/* The source text of one of the arguments of *rest, or of one element of it where it is written as a tuple; NULL: not
   known, too long for a legend, or out of memory. */
enum { SOURCE_WHOLE = -1 };
const char *drawing_source(Drawing *drawing, int rest, uint32_t index, int element);
/* The place of such an argument. */
Span drawing_span(const Drawing *drawing, int rest, uint32_t index);

/* Saves a figure by the ending of a file's name: .svg, or .png by another program. */
bool figure_save(Call *call, int index, const String *path, const Figure *figure);

#endif
