/* SPDX-License-Identifier: MIT */
/* array.h: the reference that random programs are compared with: small arrays of
   numbers that carry their derivatives. */
#ifndef DIFFERENTIAL_ARRAY_H
#define DIFFERENTIAL_ARRAY_H
#include <complex.h>
#include <stdbool.h>
#include <stddef.h>

enum { AXES = 4, ELEMENTS = 64, DIRECTIONS = 20 };

/* A value and its derivatives with respect to the elements of the program's leaves; and how both change when all leaves
   move at once, each at a speed of its own: `rate` is the derivative along that way, `turn` that of the slopes.  `gain`
   and `bend` bound the first and the second derivatives by absolute values: what cancels in them still rounds. */
typedef struct Number {
  double value, rate, gain, bend;
  double slope[DIRECTIONS], turn[DIRECTIONS];
} Number;

typedef enum Kind { LOGICAL, WHOLE, SINGLE, DOUBLE } Kind; /* bool, int64, float32, float64 */

/* A window onto numbers: views share `data`, so that a write through one shows in the others. */
typedef struct Array {
  Kind kind;
  int ndim;
  int size[AXES], stride[AXES], offset;
  Number *data;
  bool tracked;  /* mgrad holds it for a variable */
  bool leaf;     /* shares the memory of a leaf, which programs never overwrite */
  bool readonly; /* elements occur several times */
} Array;

/* Memory that lasts as long as a program. */
void *arena_get(size_t bytes);
void arena_release(void);

Array array_new(Kind kind, int ndim, const int *size);
int array_count(const Array *array);
Number *array_at(const Array *array, int flat); /* the element at a place in C order */
bool array_contiguous(const Array *array);
Array array_copy(const Array *array); /* the same elements in memory of their own */
bool array_broadcast(const Array *array, int ndim, const int *size, Array *result); /* false: does not fit */
/* Whether every number is one that tolerances can judge; rounds float32. */
bool array_settle(Array *array);

bool shape_equal(const Array *x, const Array *y);
/* The common shape of two arrays; false: there is none, or it has too many axes or elements. */
bool shape_join(const Array *x, const Array *y, int *ndim, int *size);
int shape_count(int ndim, const int *size);

/* The dtype of x op y; false where the rule depends on more than the dtypes and is left to other tests. */
bool kind_join(const Array *x, const Array *y, Kind *kind);
bool kind_close(Kind kind, double x, double y); /* rounding could swap them */

typedef double complex (*Function)(double complex z);
typedef double complex (*Function2)(double complex z, double complex w);

Number number_constant(double value);
Number number_add(const Number *x, const Number *y, double factor); /* x + factor * y */
Number number_multiply(const Number *x, const Number *y);
Number number_scale(const Number *x, double factor);
/* f(x) with the derivative of f from a complex step, which is exact to rounding; the second one from a step of `df`. */
Number number_apply(Function f, Function df, const Number *x);
Number number_apply2(Function2 f, Function2 by_first, Function2 by_second, const Number *x, const Number *y);
#endif
