/* SPDX-License-Identifier: MIT */
/* math_real.h: exponentials, logarithms and what is made of them, for one type of real numbers.

   Straight lines of operations, like math_exp.h and math_log.h, which the including file (math_float64.h,
   math_float32.h) includes before.  Of the constants of a type

     MANTISSA, BIAS    are the bits behind the leading one, and the bias of the exponent
     ..._HIGH, ..._LOW are a number in two parts, the first so short that its products with whole exponents are
                       exact. */

INLINE REAL NAME(limited)(REAL x, REAL low, REAL high) { /* nan stays nan */
  x = x < low ? low : x;
  return x > high ? high : x;
}

/* Whether no |x| is above the limit and none is nan. */
INLINE bool NAME(all_within)(const REAL *x, int64_t count, REAL limit) {
  BITS over = 0, most = NAME(bits)(limit);
  for (int64_t i = 0; i < count; i++) over |= most - (NAME(bits)(x[i]) & ~SIGN_BIT);
  return !(over & SIGN_BIT);
}

/* The same of differences; step: 1, or 0 of one y. */
INLINE bool NAME(differences_within)(const REAL *x, const REAL *y, int64_t step, int64_t count, REAL limit) {
  BITS over = 0, most = NAME(bits)(limit);
  for (int64_t i = 0; i < count; i++) over |= most - (NAME(bits)(x[i] - y[i * step]) & ~SIGN_BIT);
  return !(over & SIGN_BIT);
}

/* Whether all x + plus are normal, positive and finite, but for the bits of them that are ignored. */
INLINE bool NAME(all_normal)(const REAL *x, REAL plus, BITS ignored, int64_t count) {
  const BITS least = (BITS)1 << MANTISSA, most = ((BITS)(2 * BIAS + 1) << MANTISSA) - 1;
  BITS outside = 0;
  for (int64_t i = 0; i < count; i++) {
    BITS bits = NAME(bits)(x[i] + plus) & ~ignored;
    outside |= (bits - least) | (most - bits);
  }
  return !(outside & SIGN_BIT);
}

/* ---- exponentials */
/* In the low bits of `shifted` stands n + 2 BIAS, which is positive. */
#define SHIFT (ROUNDING + 2 * BIAS)
INLINE NAME(Reduced) NAME(reduced)(REAL x) { return NAME(reduced_beside)(x, SHIFT); }

/* 2 to the power n + more, in two factors, each of which is in range. */
INLINE REAL NAME(scaled)(REAL x, REAL shifted, int more) {
  BITS power = (NAME(bits)(shifted) & (4 * (BITS)BIAS + 3)) + (BITS)more, half = power >> 1;
  return x * NAME(of_bits)(half << MANTISSA) * NAME(of_bits)((power - half) << MANTISSA);
}

INLINE REAL NAME(exp)(REAL x) {
  NAME(Reduced) part = NAME(reduced)(NAME(limited)(x, EXP_LEAST, EXP_MOST));
  return NAME(scaled)(NAME(exp_sum)(1, part.r, part.rest), part.shifted, 0);
}

/* exp(x - y), of short types as if the difference were not rounded */
INLINE REAL NAME(exp_difference)(REAL x, REAL y) {
  NAME(Difference) whole = NAME(difference)(x, y);
  REAL value = NAME(limited)(whole.value, EXP_LEAST, EXP_MOST), lost = value == whole.value ? whole.lost : 0;
  NAME(Reduced) part = NAME(reduced_difference)((NAME(Difference)){value, lost}, SHIFT);
  return NAME(scaled)(NAME(exp_sum)(1, part.r, part.rest), part.shifted, 0);
}

INLINE REAL NAME(exp2)(REAL x) {
  NAME(Reduced) part = NAME(reduced_base_2)(NAME(limited)(x, EXP2_LEAST, EXP2_MOST), SHIFT);
  return NAME(scaled)(NAME(exp_sum)(1, part.r, part.rest), part.shifted, 0);
}

/* (exp(x) - 1) 2^more */
INLINE REAL NAME(expm1_scaled)(REAL x, int more) {
  NAME(Reduced) part = NAME(reduced)(NAME(limited)(x, EXPM1_LEAST, EXP_MOST));
  REAL inverse = NAME(of_bits)((3 * (BITS)BIAS - NAME(bits)(part.shifted)) << MANTISSA);
  return NAME(scaled)(NAME(expm1_sum)(part, part.shifted - SHIFT, inverse), part.shifted, more);
}

INLINE REAL NAME(expm1)(REAL x) { return NAME(with_sign)(NAME(expm1_scaled)(x, 0), x); }

/* exp(2 |x|) - 1 up to where tanh is 1 */
INLINE REAL NAME(tanh_power)(REAL x) {
  REAL size = NAME(absolute)(x), twice = size > TANH_MOST ? 2 * TANH_MOST : size + size;
  NAME(Reduced) part = NAME(reduced)(twice);
  return NAME(grown)(NAME(of_bits)((NAME(bits)(part.shifted) - BIAS) << MANTISSA), part.r, part.rest);
}

INLINE REAL NAME(tanh)(REAL x) {
  REAL e = NAME(tanh_power)(x);
  return NAME(with_sign)(NAME(tanh_of)(e, 1 / (e + 2)), x);
}

/* tanh and its slope, sech(x)^2 = q (2 - q) with q = 2 / (e + 2), of one exponential.  Far out exp(2 |x|) has a smaller
   exponent than it should; `left` is what the slope has to be multiplied by for that. */
INLINE REAL NAME(power_of_two)(REAL n) { return NAME(of_bits)((NAME(bits)(n + SHIFT) - BIAS) << MANTISSA); }

INLINE NAME(Sloped) NAME(tanh_both)(REAL x) {
  REAL size = NAME(absolute)(x), twice = size > SLOPE_MOST ? 2 * SLOPE_MOST : size + size;
  NAME(Reduced) part = NAME(reduced)(twice);
  REAL whole = part.shifted - SHIFT, n = whole > SLOPE_POWER ? SLOPE_POWER : whole;
  REAL left = NAME(power_of_two)(n - whole);
  REAL e = NAME(grown)(NAME(power_of_two)(n), part.r, part.rest), h = 1 / (e + 2), q = h + h;
  return (NAME(Sloped)){NAME(with_sign)(NAME(tanh_of)(e, h), x), q * (2 - q) * left};
}

INLINE REAL NAME(sech_squared)(REAL x) { return NAME(tanh_both)(x).slope; }

INLINE REAL NAME(coth)(REAL x) {
  REAL e = NAME(tanh_power)(x);
  return NAME(with_sign)((e + 2) / e, x);
}

INLINE NAME(Sloped) NAME(sigmoid_both)(REAL x) { return NAME(logistic)(x, NAME(exp)(-NAME(absolute)(x))); }
INLINE REAL NAME(sigmoid)(REAL x) { return NAME(sigmoid_both)(x).value; }
INLINE REAL NAME(sigmoid_slope)(REAL x) { return NAME(sigmoid_both)(x).slope; }

/* Half of exp(|x|) - 1 does not overflow before the result does. */
INLINE REAL NAME(sinh)(REAL x) {
  REAL size = NAME(absolute)(x), half = NAME(expm1_scaled)(size, -1);
  REAL value = half > WHOLE ? half : half + half / (half + half + 1);
  return NAME(with_sign)(size < SINH_LEAST ? size : value, x);
}

INLINE REAL NAME(cosh)(REAL x) {
  NAME(Reduced) part = NAME(reduced)(NAME(limited)(NAME(absolute)(x), 0, EXP_MOST));
  REAL half = NAME(scaled)(NAME(exp_sum)(1, part.r, part.rest), part.shifted, -1);
  return half + (REAL)0.25 / half;
}

/* 2 e / (1 +- e^2) of e = exp(-|x|): neither overflows; 2 e is computed at once, since it may be subnormal. */
INLINE REAL NAME(twice_exp)(REAL x) {
  NAME(Reduced) part = NAME(reduced)(NAME(limited)(-NAME(absolute)(x), EXP_LEAST, 0));
  return NAME(scaled)(NAME(exp_sum)(1, part.r, part.rest), part.shifted, 1);
}

INLINE REAL NAME(sech)(REAL x) {
  REAL twice = NAME(twice_exp)(x);
  return twice / (1 + (REAL)0.25 * twice * twice);
}

INLINE REAL NAME(csch)(REAL x) {
  REAL twice = NAME(twice_exp)(x), far = twice / (1 - (REAL)0.25 * twice * twice), near = 1 / NAME(sinh)(x);
  return NAME(absolute)(x) < 1 ? near : NAME(with_sign)(far, x);
}

/* ---- logarithms */
INLINE NAME(Split) NAME(split)(REAL x) {
  bool tiny = x < LEAST_NORMAL;
  NAME(Split) part = NAME(split_normal)(tiny ? x * TINY_SCALE : x);
  return (NAME(Split)){part.power, part.n - (tiny ? TINY_POWER : 0), part.f};
}

/* What logarithms give where they have no finite value. */
INLINE REAL NAME(log_edge)(REAL x, REAL value) {
  REAL edge = x == 0 ? -INFINITY : x < 0 ? (REAL)NAN : x;
  return ((x > 0) & (x < INFINITY)) ? value : edge;
}

INLINE REAL NAME(log)(REAL x) { return NAME(log_edge)(x, NAME(log_of)(NAME(log_parts)(NAME(split)(x)))); }
INLINE REAL NAME(log2)(REAL x) { return NAME(log_edge)(x, NAME(log2_of)(NAME(log_parts)(NAME(split)(x)))); }
INLINE REAL NAME(log10)(REAL x) { return NAME(log_edge)(x, NAME(log10_of)(NAME(log_parts)(NAME(split)(x)))); }
INLINE REAL NAME(log1p)(REAL x) { return NAME(log_edge)(1 + x, NAME(log1p_of)(NAME(log1p_parts)(x), x)); }

/* log(1 + exp(x)), and the same without exp(x) where that has no influence */
INLINE REAL NAME(softplus)(REAL x) {
  return (x > 0 ? x : 0) + NAME(log1p)(NAME(exp)(-NAME(absolute)(x)));
}

/* ---- the bell curve */
/* weight exp(extra - factor x^2), where factor is a power of two, extra tiny, and |x| has been limited to where the
   power is not 0; rounded once where it is subnormal.  The square of x has twice as many digits as x, and its
   exponential needs all of them: x is cut in two parts, the square of the high one is exact, and the rest joins what
   the reduction leaves over. */
INLINE REAL NAME(weighted_exp_of_square)(REAL size, REAL factor, REAL extra, REAL weight) {
  REAL high = MASKED(size, ~(BITS)0 << (MANTISSA / 2 + 1)), more = factor * ((size - high) * (size + high));
  NAME(Reduced) part = NAME(reduced)(-factor * (high * high));
  REAL r = part.r - more, rest = extra + (part.rest + ((part.r - r) - more));
  return NAME(scaled)(NAME(exp_sum)(1, r, rest) * weight, part.shifted, 0);
}

INLINE REAL NAME(exp_of_square)(REAL x, REAL factor, REAL most, REAL weight) {
  return NAME(weighted_exp_of_square)(NAME(limited)(NAME(absolute)(x), 0, most), factor, 0, weight);
}

INLINE REAL NAME(gaussian)(REAL x) { return NAME(exp_of_square)(x, 1, ERROR_MOST, 1); }

INLINE REAL NAME(normal_density)(REAL x) {
  return NAME(exp_of_square)(x, (REAL)0.5, NORMAL_MOST, (REAL)0.3989422804014327);
}

/* ---- activations */
/* tanh(log(1 + t)), t = exp(x): t (2 + t) / (2 + 2 t + t^2), as t or 1 and what is missing; above 40 it is 1. */
INLINE REAL NAME(tanh_of_softplus)(REAL x) {
  REAL t = NAME(exp)(x > 40 ? 40 : x), sum = 2 + t * (2 + t);
  REAL below = t - t * ((t + t * t) / sum), above = 1 - 2 / sum;
  return x < 0 ? below : above;
}

/* 2 (1 + t) / (1 + (1 + t)^2), of 1 / t where t is large */
INLINE REAL NAME(sech_of_softplus)(REAL x) {
  REAL power = NAME(exp)(-NAME(absolute)(x)), square = power * power;
  REAL below = (2 + 2 * power) / (2 + 2 * power + square);
  REAL above = power * (2 + 2 * power) / (1 + 2 * power + 2 * square);
  return x > 0 ? above : below;
}

/* e = exp(-|x|) and x e, which is rounded once where it is subnormal and loses its sign far out */
typedef struct NAME(Faded) { REAL power, times; } NAME(Faded);

INLINE NAME(Faded) NAME(faded)(REAL x) {
  REAL most = 8 - EXP_LEAST, factor = NAME(limited)(x, -most, most);
  NAME(Reduced) part = NAME(reduced)(-NAME(absolute)(factor));
  REAL sum = NAME(exp_sum)(1, part.r, part.rest), times = NAME(scaled)(sum * factor, part.shifted, 0);
  return (NAME(Faded)){NAME(scaled)(sum, part.shifted, 0), x < -1 ? times + 0 : times};
}

/* x / (1 + exp(-x)); below 0 as x e - x e^2 / (1 + e), which loses less where e is small */
INLINE REAL NAME(silu)(REAL x) {
  NAME(Faded) faded = NAME(faded)(x);
  REAL part = faded.power / (1 + faded.power);
  return x < 0 ? faded.times - faded.times * part : x * (1 - part);
}

/* x tanh_of_softplus(x), the same way */
INLINE REAL NAME(mish)(REAL x) {
  NAME(Faded) faded = NAME(faded)(x);
  REAL e = faded.power, square = e * e, near = e + e + square;
  REAL part = (x < 0 ? e + square : 2 * square) / (x < 0 ? 2 + near : 1 + near + square);
  return x < 0 ? faded.times - faded.times * part : x * (1 - part);
}

INLINE REAL NAME(selu)(REAL x) {
  REAL below = (REAL)1.7580993408473768 * NAME(expm1)(x), above = (REAL)1.0507009873554805 * x;
  return x > 0 ? above : below;
}

/* ---- inverse hyperbolic functions */
INLINE REAL NAME(arcsinh)(REAL x) {
  REAL size = NAME(absolute)(x), square = size * size;
  bool large = size > ROOTS_MOST;
  REAL value = NAME(log1p)(large ? size : size + square / (1 + NAME(root)(1 + square)));
  return NAME(with_sign)(large ? value + (REAL)M_LN2 : value, x);
}

INLINE REAL NAME(arccosh)(REAL x) {
  REAL more = x - 1;
  bool large = more > ROOTS_MOST;
  REAL value = NAME(log1p)(large ? more : more + NAME(root)(more + more + more * more));
  return x < 1 ? (REAL)NAN : large ? value + (REAL)M_LN2 : value;
}

INLINE REAL NAME(arctanh)(REAL x) {
  REAL size = NAME(absolute)(x), twice = size + size;
  return NAME(with_sign)((REAL)0.5 * NAME(log1p)(twice / (1 - size)), x);
}

/* log(x / (1 - x)), accurate near 1/2 too */
INLINE REAL NAME(logit)(REAL x) {
  REAL near = 2 * NAME(arctanh)(x + x - 1), far = NAME(log)(x / (1 - x));
  return ((x >= (REAL)0.25) & (x <= (REAL)0.75)) ? near : far;
}

/* arcsinh(1 / x), where 1 / x may overflow too */
INLINE REAL NAME(arccsch)(REAL x) {
  REAL large = (REAL)M_LN2 - NAME(log)(NAME(absolute)(x));
  return NAME(absolute)(x) < 1 / ROOTS_MOST ? NAME(with_sign)(large, x) : NAME(arcsinh)(1 / x);
}

/* Both logarithms have one sign, and all digits near 1. */
INLINE REAL NAME(arcsech)(REAL x) {
  return NAME(log1p)(NAME(root)((1 - x) * (1 + x))) - NAME(log)(x);
}

/* arctanh(1 / x), from |x| - 1 */
INLINE REAL NAME(arccoth)(REAL x) {
  return NAME(with_sign)((REAL)0.5 * NAME(log1p)(2 / (NAME(absolute)(x) - 1)), x);
}
