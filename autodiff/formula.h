/* SPDX-License-Identifier: MIT */
/* formula.h: a recorded scalar graph as one expression in its variables, tidied up: what `f'` prints.

   The expression says what the operations of this graph compute.  Where the graph depends on a branch taken, it is only
   right on that branch: the caller compares values at other points before showing it. */
#ifndef MGRAD_AUTODIFF_FORMULA_H
#define MGRAD_AUTODIFF_FORMULA_H
#include "autodiff/node.h"
#include "base/buffer.h"
#include "base/memory.h"

enum { FORMULA_NAMES = 8 };

typedef struct FormulaNames {
  int count;
  const char *texts[FORMULA_NAMES];
  Tensor *leaves[FORMULA_NAMES]; /* 0-d leaves of the graph, borrowed */
  bool shown;                    /* float32 constants are the numbers that they are shown as */
  bool plain;                    /* `pi`, `e`, `log` or `sqrt` mean something else here: constants are written as numbers */
} FormulaNames;

typedef enum FormulaKind {
  FORMULA_NUMBER,  /* number */
  FORMULA_CONSTANT, /* number, which has a name: pi, e */
  FORMULA_NAME,    /* index of a name */
  FORMULA_CALL,    /* op applied to parts */
  FORMULA_POWER,   /* parts[0] ** parts[1] */
  FORMULA_PRODUCT, /* number times all parts */
  FORMULA_SUM      /* number plus all parts */
} FormulaKind;

typedef struct Formula {
  FormulaKind kind;
  int index;       /* FORMULA_NAME; FORMULA_CALL: OpId */
  int count;
  double number;
  const struct Formula **parts;
} Formula;

/* NULL: something in the graph has no expression (a tensor with axes, a branch on values, an unknown variable), the
   expression would be too long, or memory is exhausted.  Records no error. */
const Formula *formula_from_graph(Arena *arena, Graph *graph, Tensor *value, const FormulaNames *names);
/* Whether operations with pieces (`maximum`, `where`) lead to the value: what its derivative is elsewhere does not show
   in its graph.  Graphs too deep to be looked through count as such. */
bool formula_has_pieces(Graph *graph, Tensor *value);
double formula_evaluate(const Formula *formula, const double *values);
/* Whether that is what the graph computed, but for rounding. */
bool formula_agrees(double evaluated, double computed, DType dtype);
typedef enum FormulaStyle { FORMULA_SPACED, FORMULA_COMPACT } FormulaStyle;
void formula_write(Buffer *out, const Formula *formula, const FormulaNames *names, FormulaStyle style);
/* For mathematics mode, with nothing beyond amsmath. */
void formula_write_latex(Buffer *out, const Formula *formula, const FormulaNames *names);
/* A name in mathematics mode: v1 becomes v_{1}, alpha a Greek letter, a long name upright; all else is escaped. */
void latex_name(Buffer *out, const char *name);
void latex_function(Buffer *out, const char *name); /* \sin, \operatorname{power}, f */
void latex_text(Buffer *out, const char *text); /* escaped */
void latex_number(Buffer *out, double number, int digits); /* 1.2e-05 as a power of ten; digits 0: shortest */

/* The tidying constructors; NULL gives NULL. */
typedef struct FormulaBuilder { Arena *arena; int left; } FormulaBuilder; /* left: how many more may be made */
const Formula *formula_number(FormulaBuilder *builder, double number);
/* A number of the graph as people know it: pi, e, log(2), 1 / log(10), sqrt(3) / 2, 2 / sqrt(pi), pi - 1; else
   formula_number.  It is that number but for the last two bits. */
enum { FORMULA_CONSTANT_PARTS = 64 }; /* no more are needed */
const Formula *formula_constant(FormulaBuilder *builder, double number);
const char *formula_constant_name(double number); /* of a FORMULA_CONSTANT */
/* A number as a fraction of small whole numbers, where it looks better so: 2 / 3; false: it does not. */
bool formula_fraction(double number, double *above, double *below);
bool formula_is_fraction(double number);
/* What of the absolute value of a number stands below the line, and above it: a third reads `/ 3`, two thirds
   `2 * ... / 3`. */
double formula_number_below(double number, double *above);
/* Whether a factor stands below the line, and how many of a product do. */
bool formula_is_divisor(const Formula *factor);
int formula_count_divisors(const Formula *product);
const Formula *formula_sum(FormulaBuilder *builder, const Formula *a, const Formula *b);
const Formula *formula_product(FormulaBuilder *builder, const Formula *a, const Formula *b);
const Formula *formula_power(FormulaBuilder *builder, const Formula *base, const Formula *exponent);
const Formula *formula_new(FormulaBuilder *builder, FormulaKind kind, int index, double number, int count,
                           const Formula *const *parts);
/* What a row stands for, of its operands (y NULL: it has one); NULL for a row that is written by its name. */
const Formula *formula_spelled(FormulaBuilder *builder, OpId op, const Formula *x, const Formula *y);

#endif
