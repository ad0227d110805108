/* SPDX-License-Identifier: MIT */
/* math_exp.h: the core of the exponentials, for one number or for several side by side.

   Every function is a straight line of operations that are correctly rounded everywhere, with choices but no branches:
   loops over them vectorise, and an element has the same bits alone, in a vector of any width and in any compiler's
   code.  The including file (math_float64.h, math_float32.h, math_lanes.h) defines, besides the constants of its type,

     REAL, BITS        a number, or a vector of them, and unsigned integers of that size
     NAME(f)           the name of function f for this type
     CHOSEN(c, x, y)   x where c holds, y elsewhere

   and NUMBER, WORD, MANTISSA, BIAS and EXP_REST are the constants' (math_constants_float64.h). */

INLINE BITS NAME(bits)(REAL x) {
  BITS bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE REAL NAME(of_bits)(BITS bits) {
  REAL x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

#define SIGN_BIT ((WORD)1 << (8 * sizeof(WORD) - 1))
#define MASKED(x, mask) NAME(of_bits)(NAME(bits)(x) & (mask))

INLINE REAL NAME(absolute)(REAL x) { return MASKED(x, ~SIGN_BIT); }

INLINE REAL NAME(with_sign)(REAL size, REAL sign) {
  return NAME(of_bits)((NAME(bits)(size) & ~SIGN_BIT) | (NAME(bits)(sign) & SIGN_BIT));
}

/* x = n log(2) + r + rest, where |r| is at most log(2) / 2.  `shifted` is n beside the bits of a large number, of
   ROUNDING + more: in its low bits stands n + more.  An odd `more` would round halves the other way. */
typedef struct NAME(Reduced) { REAL shifted, r, rest; } NAME(Reduced);

INLINE NAME(Reduced) NAME(reduced_beside)(REAL x, NUMBER large) {
  REAL shifted = x * LOG2_E + large, n = shifted - large;
  REAL high = x - n * LN2_HIGH, low = n * LN2_LOW, r = high - low;
  return (NAME(Reduced)){shifted, r, (high - r) - low};
}

/* A difference, and what rounding took from it, where it is finite; of long types, which have digits to spare, 0. */
typedef struct NAME(Difference) { REAL value, lost; } NAME(Difference);

INLINE NAME(Difference) NAME(difference)(REAL x, REAL y) {
  REAL value = x - y, taken = x - value, none = {0};
  if (MANTISSA > 23) return (NAME(Difference)){value, none};
  return (NAME(Difference)){value, (x - (value + taken)) + (taken - y)};
}

/* reduced_beside of the whole of it. */
INLINE NAME(Reduced) NAME(reduced_difference)(NAME(Difference) x, NUMBER large) {
  REAL shifted = x.value * LOG2_E + large, n = shifted - large;
  REAL high = x.value - n * LN2_HIGH, low = n * LN2_LOW - x.lost, r = high - low;
  return (NAME(Reduced)){shifted, r, (high - r) - low};
}

/* 2^x = 2^n exp(r + rest).  The low part of the fraction is cut off, so that its product with the high part of log(2)
   is exact. */
INLINE NAME(Reduced) NAME(reduced_base_2)(REAL x, NUMBER large) {
  REAL shifted = x + large, n = shifted - large, part = x - n, high = MASKED(part, (WORD)SHORT_MASK);
  REAL product = high * LN2_HIGH, more = (part - high) * LN2_HIGH + part * LN2_LOW, r = product + more;
  return (NAME(Reduced)){shifted, r, (product - r) + more};
}

/* exp(r) - 1 - r; short types need no r^4. */
INLINE REAL NAME(exp_curve)(REAL r) {
  REAL r2 = r * r, r4 = r2 * r2;
  (void)r4;
  return r2 * EXP_REST(r, r2, r4);
}

/* start + (exp(r + rest) - 1); start is 0 or at least as large as r. */
INLINE REAL NAME(exp_sum)(REAL start, REAL r, REAL rest) {
  REAL sum = start + r;
  return sum + ((r - (sum - start)) + (rest + NAME(exp_curve)(r)));
}

/* (exp(n log(2) + r + rest) - 1) / 2^n as exp(r + rest) - 1 + (1 - 2^-n); inverse: 2^-n, which is of no account where
   it has no bits. */
INLINE REAL NAME(expm1_sum)(NAME(Reduced) part, REAL n, REAL inverse) {
  REAL none = {0};
  return NAME(exp_sum)(CHOSEN(n > MANTISSA + 4, none + 1, 1 - inverse), part.r, part.rest);
}

/* power exp(r + rest) - 1 */
INLINE REAL NAME(grown)(REAL power, REAL r, REAL rest) {
  REAL start = power - 1, more = power * r, sum = start + more;
  return sum + ((more - (sum - start)) + power * (rest + NAME(exp_curve)(r)));
}

/* e / (e + 2) of e = exp(2 |x|) - 1 and h = 1 / (e + 2); the second form is exactly 1 where h has no influence. */
INLINE REAL NAME(tanh_of)(REAL e, REAL h) { return CHOSEN(e < 2, e * h, 1 - (h + h)); }

/* A function and its slope, of one exponential. */
typedef struct NAME(Sloped) { REAL value, slope; } NAME(Sloped);

/* The logistic function and its slope e / (1 + e)^2, of e = exp(-|x|) */
INLINE NAME(Sloped) NAME(logistic)(REAL x, REAL e) {
  REAL none = {0}, sum = 1 + e;
  return (NAME(Sloped)){CHOSEN(x < 0, e, none + 1) / sum, e / (sum * sum)};
}
