/* SPDX-License-Identifier: MIT */
/* math_error.h: the error function and the normal distribution, as short lines that vectorise; for one type, as
   math_real.h.

   Near 0 they are odd polynomials.  Further out what is missing from 1 is exp(-x^2) times a function that falls like
   1 / (1 + 2 x); their quotient hardly changes and is a polynomial of t = (x - c) / (x + c), which has all x between -1
   and 1.  Coefficients are those of least relative error, found by Remez' exchange algorithm; they are those of the
   type (math_error_float64.h, math_error_float32.h), which also says what erf lacks to 1 where it is no polynomial:
   ERROR_MISSING of x and its size, short types by a polynomial of the logarithm. */

/* erfc of the size of x, where that is at least 0.47 */
INLINE REAL NAME(error_far)(REAL x) {
  REAL size = NAME(limited)(NAME(absolute)(x), (REAL)0.47, ERROR_MOST);
  NAME(TailPlace) place = NAME(tail_place)(size, ERROR_CENTER, (REAL)0.25);
  return NAME(weighted_exp_of_square)(size, 1, place.more, NAME(error_tail)(place.t) / (1 + 2 * place.near));
}

INLINE REAL NAME(error_near)(REAL x) { return x + x * NAME(error_rest)(x * x); }

INLINE REAL NAME(error_function)(REAL x) {
  REAL size = NAME(absolute)(x), near = NAME(error_near)(NAME(limited)(x, -1, 1));
  return size < 1 ? near : NAME(with_sign)(1 - ERROR_MISSING(x, size), x);
}

INLINE REAL NAME(error_complement)(REAL x) {
  REAL near = 1 - NAME(error_near)(NAME(limited)(x, -1, 1)), far = NAME(error_far)(x), turned = x < 0 ? 2 - far : far;
  return ((x > -1) & (x < (REAL)0.477)) ? near : turned;
}

/* weight times the probability that a normal variable is below x */
INLINE REAL NAME(weighted_normal_below)(REAL x, REAL weight) {
  REAL size = NAME(limited)(NAME(absolute)(x), (REAL)0.66, NORMAL_MOST);
  REAL part = NAME(limited)(x, (REAL)-0.68, (REAL)0.68);
  NAME(TailPlace) place = NAME(tail_place)(size, NORMAL_CENTER, (REAL)0.18);
  REAL tail = NAME(normal_tail)(place.t) / ((REAL)0.703125 + place.near);
  REAL near = (REAL)0.5 + part * NAME(normal_rest)(part * part);
  REAL below = NAME(weighted_exp_of_square)(size, (REAL)0.5, place.more, x > 0 ? tail : tail * weight);
  return NAME(absolute)(x) < (REAL)0.67 ? near * weight : x > 0 ? (1 - below) * weight : below;
}

INLINE REAL NAME(normal_below)(REAL x) { return NAME(weighted_normal_below)(x, 1); }

/* x times that; far out on the left it is 0, without a sign. */
INLINE REAL NAME(gelu)(REAL x) {
  REAL value = NAME(weighted_normal_below)(x, NAME(limited)(x, -NORMAL_MOST - 2, (REAL)INFINITY));
  return x < -1 ? value + 0 : value;
}
