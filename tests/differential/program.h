/* SPDX-License-Identifier: MIT */
/* program.h: random programs of the language together with what they must print.

   A program is made value by value: an operation is drawn, its operands are chosen or made so that shapes and dtypes
   fit, the result is computed by the reference, and its text is added.  What leaves the range in which rounding can be
   judged is left out again.  So every program is valid, and its values and gradients are known when its text is. */
#ifndef DIFFERENTIAL_PROGRAM_H
#define DIFFERENTIAL_PROGRAM_H
#include <stdint.h>
#include "tests/differential/array.h"

enum { MOST_NAMED = 24, TEXT_ROOM = 1 << 15, EXPRESSION_ROOM = 1 << 10, MOST_EXPECTED = 1 << 11 };

/* An expression and its value. */
typedef struct Value {
  Array array;
  char text[EXPRESSION_ROOM];
} Value;

typedef struct Program {
  uint64_t state;       /* of the random numbers */
  char text[TEXT_ROOM]; /* the statements; each named value and gradient is printed as one JSON line */
  size_t length;
  Value named[MOST_NAMED];
  int named_count, leaf_count, directions;
  double speed[DIRECTIONS];       /* of the leaves' elements, for second derivatives */
  bool products;                  /* of matrices may take part */
  bool single;                    /* float32 takes part */
  double scale;                   /* the largest number on the way: what rounding is measured with */
  double expected[MOST_EXPECTED]; /* the numbers printed, in order */
  int expected_count;
} Program;

/* Makes the program of a seed, with products of matrices or without; the same seed always gives the same program. */
void program_generate(Program *program, uint64_t seed, bool products);

/* ---- for the files that make operations */

int draw(Program *program, int count); /* from 0 to count - 1 */
bool chance(Program *program, int percent);
double draw_number(Program *program);                     /* a short fraction between -3 and 3 */
void draw_order(Program *program, int *order, int count); /* a permutation of 0 to count - 1 */

/* Adds to the end of an expression; false: no room. */
bool write_text(Value *value, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool write_axis(Value *value, int axis, int ndim, bool negative); /* a number, from the end if `negative` */

/* A value to compute with: a name, a constant, or an expression of at most `depth` operations. */
bool value_any(Program *program, int depth, Value *value);
bool value_float(Program *program, int depth, Value *value); /* the same of float32 or float64 */
/* One that broadcasts with another, or fits into a shape. */
bool value_partner(Program *program, const Array *other, Value *value);
bool value_fitting(Program *program, int ndim, const int *size, Value *value);
bool value_constant(Program *program, int ndim, const int *size, Value *value); /* a list of numbers */

/* Makers draw an operation of their family and give its result; false: nothing fitted, `value` is undefined. */
typedef bool (*Maker)(Program *program, int depth, Value *value);
bool make_unary(Program *program, int depth, Value *value);
bool make_binary(Program *program, int depth, Value *value);
bool make_choice(Program *program, int depth, Value *value);
bool make_reduction(Program *program, int depth, Value *value);
bool make_line(Program *program, int depth, Value *value);
bool make_view(Program *program, int depth, Value *value);
bool make_arrangement(Program *program, int depth, Value *value);
bool make_joined(Program *program, int depth, Value *value);
bool make_indexed(Program *program, int depth, Value *value);
bool make_gathered(Program *program, int depth, Value *value);
bool make_matmul(Program *program, int depth, Value *value);
bool make_einsum(Program *program, int depth, Value *value);

/* A part of an array as basic indexing gives it, with the index's text appended to `text`. */
bool index_part(Program *program, const Array *array, Array *part, Value *text);
/* Statements that write into a named value; false: nothing fitted, nothing was written. */
bool write_part(Program *program);
bool write_masked(Program *program);
bool write_loop(Program *program);
bool write_branch(Program *program);
bool write_function(Program *program);
/* Gives a value a name, whose statement is still to be added. */
const Value *program_name(Program *program, const Array *array);
void program_expect(Program *program, double number); /* the next number printed */
void print_derivatives(Program *program);
void program_add(Program *program, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
