/* SPDX-License-Identifier: MIT */
/* functions.h: the elementwise functions that random programs are made of. */
#ifndef DIFFERENTIAL_FUNCTIONS_H
#define DIFFERENTIAL_FUNCTIONS_H
#include "tests/differential/array.h"

/* Where a function may be compared: between two bounds, and away from the places where it bends or jumps. */
typedef struct Unary {
  const char *before, *after; /* the text around the operand */
  Function function, derivative;
  double low, high;
  enum { SMOOTH, AT_ZERO, AT_WHOLE, AT_BOUNDS } bends;
  bool keeps_dtype; /* integers stay integers */
} Unary;

typedef struct Binary {
  const char *format; /* of both operands */
  Function2 function, by_first, by_second;
  enum { ANYWHERE, APART, POSITIVE_BASE, DIVISOR, QUOTIENT, BOTH_APART_FROM_ZERO } domain;
  enum { JOINED, FLOATING, TRUTH } type;
} Binary;

extern const Unary unaries[];
extern const Binary binaries[];
extern const int unary_count, binary_count;

bool unary_fits(const Unary *unary, const Array *operand);
bool pair_fits(const Binary *binary, Kind kind, double x, double y);
/* f(x) and f(x, y) with broadcasting; false: outside of the domain, or shapes or dtypes do not fit. */
bool unary_apply(const Unary *unary, const Array *x, Array *result);
bool binary_apply(const Binary *binary, const Array *x, const Array *y, Array *result);
#endif
