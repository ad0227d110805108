/* SPDX-License-Identifier: MIT */
/* difference.h: a derivative compared with differences of values, which say themselves how well they are known.

   No single step is right everywhere: 1 / x at 0.001 wants a far smaller one than sin(x) at 2, and 1e12 + x ** 2 a
   larger one.  So quotients over falling steps are extrapolated to step 0, and the disagreement of the extrapolations
   with each other is their error: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in
   Engineering Software 4 (1982), 75-76.  Quotients of each side alone tell kinks and jumps. */
#ifndef MGRAD_AUTODIFF_DIFFERENCE_H
#define MGRAD_AUTODIFF_DIFFERENCE_H
#include "base/error.h"

/* The value at a distance from the point; nan or infinite where there is none.  False: error recorded, all ends. */
typedef bool (*DifferenceFunction)(void *context, double distance, double *value);

typedef struct DifferenceQuestion {
  DifferenceFunction function;
  void *context;
  double size;      /* of the coordinate that changes: the scale of the first step; 0: no scale of its own */
  double noise;     /* how far rounding may put values off */
  double precision; /* the unit roundoff of the coordinate */
  double expected;  /* the derivative in question */
} DifferenceQuestion;

typedef enum DifferenceVerdict {
  DIFFERENCE_AGREES,
  DIFFERENCE_KINK,   /* the slopes of both sides differ: `left`, `right` */
  DIFFERENCE_JUMP,   /* the values of both sides and at the point are not the same: `left`, `value`, `right` */
  DIFFERENCE_UNSURE, /* the differences do not tell */
  DIFFERENCE_WRONG
} DifferenceVerdict;

typedef struct Difference {
  DifferenceVerdict verdict;
  double slope, error, step; /* the best estimate, how far off it may be, and the smallest step in it */
  double left, right, value;
} Difference;

/* Whether an error says that a function has no value at some distance; others end the comparison. */
static inline bool difference_beyond_domain(const Error *error) {
  return error->kind != ERROR_MEMORY && error->kind != ERROR_INTERRUPT && error->kind != ERROR_EXIT;
}

/* False: error recorded. */
bool difference_compare(const DifferenceQuestion *question, Difference *difference);

#endif
