/* SPDX-License-Identifier: MIT */
/* math_real.h: exponentials, logarithms and what is made of them, for one type of real numbers.

   Straight lines of operations, like math_exp.h, which the including file (math_float64.h, math_float32.h) includes
   before.  Of the constants of a type

     MANTISSA, BIAS    are the bits behind the leading one, and the bias of the exponent
     ..._HIGH, ..._LOW are a number in two parts, the first so short that its products with whole exponents are exact

   and log_rest is a polynomial. */

#define ONE_BITS ((BITS)BIAS << MANTISSA)

/* `odd` or `even`, as the last bit of `whole` says; by masks, since not every vector unit compares integers. */
INLINE REAL NAME(by_parity)(BITS whole, REAL odd, REAL even) {
  BITS mask = 0 - (whole & 1);
  return NAME(of_bits)((NAME(bits)(odd) & mask) | (NAME(bits)(even) & ~mask));
}

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

/* The low part of the fraction is cut off, so that its product with the high part of log(2) is exact. */
INLINE REAL NAME(exp2)(REAL x) {
  x = NAME(limited)(x, EXP2_LEAST, EXP2_MOST);
  REAL shifted = x + SHIFT, part = x - (shifted - SHIFT), high = MASKED(part, SHORT_MASK);
  REAL product = high * LN2_HIGH, more = (part - high) * LN2_HIGH + part * LN2_LOW, r = product + more;
  return NAME(scaled)(NAME(exp_sum)(1, r, (product - r) + more), shifted, 0);
}

/* (exp(x) - 1) 2^more, computed as (exp(r) - 1 + (1 - 2^-n)) 2^(n + more). */
INLINE REAL NAME(expm1_scaled)(REAL x, int more) {
  NAME(Reduced) part = NAME(reduced)(NAME(limited)(x, EXPM1_LEAST, EXP_MOST));
  REAL inverse = NAME(of_bits)((3 * (BITS)BIAS - NAME(bits)(part.shifted)) << MANTISSA); /* 2^-n */
  REAL start = part.n > MANTISSA + 4 ? 1 : 1 - inverse; /* also where 2^-n has no bits */
  return NAME(scaled)(NAME(exp_sum)(start, part.r, part.rest), part.shifted, more);
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

INLINE NAME(TanhSlope) NAME(tanh_slope)(REAL x) {
  REAL size = NAME(absolute)(x), twice = size > SLOPE_MOST ? 2 * SLOPE_MOST : size + size;
  NAME(Reduced) part = NAME(reduced)(twice);
  REAL n = part.n > SLOPE_POWER ? SLOPE_POWER : part.n, left = NAME(power_of_two)(n - part.n);
  REAL e = NAME(grown)(NAME(power_of_two)(n), part.r, part.rest), h = 1 / (e + 2), q = h + h;
  return (NAME(TanhSlope)){NAME(with_sign)(NAME(tanh_of)(e, h), x), q * (2 - q) * left};
}

INLINE REAL NAME(sech_squared)(REAL x) { return NAME(tanh_slope)(x).slope; }

INLINE REAL NAME(coth)(REAL x) {
  REAL e = NAME(tanh_power)(x);
  return NAME(with_sign)((e + 2) / e, x);
}

INLINE REAL NAME(sigmoid)(REAL x) {
  REAL e = NAME(exp)(-NAME(absolute)(x));
  return (x < 0 ? e : 1) / (1 + e);
}

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
/* x = 2^n (1 + f) with 1 + f between sqrt(1/2) and sqrt(2). */
typedef struct NAME(Split) { BITS power; REAL n, f; } NAME(Split); /* power is n + BIAS, of normal x */

INLINE NAME(Split) NAME(split)(REAL x) {
  bool tiny = x < LEAST_NORMAL;
  BITS bits = NAME(bits)(tiny ? x * TINY_SCALE : x), power = (bits + (ONE_BITS - SQRT_HALF_BITS)) >> MANTISSA;
  REAL n = NAME(of_bits)(power | WHOLE_BITS) - (tiny ? WHOLE + BIAS + TINY_POWER : WHOLE + BIAS);
  return (NAME(Split)){power, n, NAME(of_bits)(bits - (power << MANTISSA) + ONE_BITS) - 1};
}

/* log(1 + f) = f - square + series, where square = f^2 / 2 */
typedef struct NAME(Series) { REAL square, series; } NAME(Series);

INLINE NAME(Series) NAME(log_series)(REAL f) {
  REAL s = f / (2 + f), square = (REAL)0.5 * f * f, z = s * s;
  return (NAME(Series)){square, s * (square + z * NAME(log_rest)(z))};
}

/* What logarithms give where they have no finite value. */
INLINE REAL NAME(log_edge)(REAL x, REAL value) {
  REAL edge = x == 0 ? -INFINITY : x < 0 ? (REAL)NAN : x;
  return ((x > 0) & (x < INFINITY)) ? value : edge;
}

INLINE REAL NAME(log)(REAL x) {
  NAME(Split) part = NAME(split)(x);
  NAME(Series) log = NAME(log_series)(part.f);
  REAL value = part.n * LN2_HIGH - ((log.square - (log.series + part.n * LN2_LOW)) - part.f);
  return NAME(log_edge)(x, value);
}

/* n times a constant, plus log(1 + f) times a factor whose high part has few bits. */
INLINE REAL NAME(log_based)(REAL x, REAL n_high, REAL n_low, REAL high, REAL low) {
  NAME(Split) part = NAME(split)(x);
  NAME(Series) log = NAME(log_series)(part.f);
  REAL head = MASKED(part.f - log.square, SHORT_MASK), tail = (part.f - head) - log.square + log.series;
  REAL whole = part.n * n_high, first = head * high, sum = whole + first;
  REAL rest = part.n * n_low + ((head + tail) * low + tail * high);
  return NAME(log_edge)(x, sum + (rest + ((whole - sum) + first)));
}

INLINE REAL NAME(log2)(REAL x) { return NAME(log_based)(x, 1, 0, LOG2_E_SHORT, LOG2_E_REST); }

INLINE REAL NAME(log10)(REAL x) {
  return NAME(log_based)(x, LOG10_2_HIGH, LOG10_2_LOW, LOG10_E_SHORT, LOG10_E_REST);
}

/* What 1 + x loses is put back as a fraction of it; 1 / (1 + f) need not be known well for that. */
INLINE REAL NAME(log1p)(REAL x) {
  REAL sum = 1 + x, lost = x >= 1 ? 1 - (sum - x) : x - (sum - 1);
  NAME(Split) part = NAME(split)(sum);
  REAL f = part.n == 0 ? x : part.f, power = NAME(of_bits)((2 * (BITS)BIAS - part.power) << MANTISSA);
  REAL inverse = (REAL)1.005 - f * ((REAL)1.0806 - f * (REAL)0.9142);
  REAL rest = ((part.n == 0) | (part.n > MANTISSA + 4)) ? 0 : lost * power * inverse;
  NAME(Series) log = NAME(log_series)(f);
  REAL value = part.n * LN2_HIGH - ((log.square - (log.series + (part.n * LN2_LOW + rest))) - f);
  return NAME(log_edge)(sum, NAME(with_sign)(value, x));
}

/* log(1 + exp(x)), and the same without exp(x) where that has no influence */
INLINE REAL NAME(softplus)(REAL x) {
  return (x > 0 ? x : 0) + NAME(log1p)(NAME(exp)(-NAME(absolute)(x)));
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

/* arcsinh(1 / x) and arccosh(1 / x), where 1 / x may overflow too */
INLINE REAL NAME(arccsch)(REAL x) {
  REAL large = (REAL)M_LN2 - NAME(log)(NAME(absolute)(x));
  return NAME(absolute)(x) < 1 / ROOTS_MOST ? NAME(with_sign)(large, x) : NAME(arcsinh)(1 / x);
}

INLINE REAL NAME(arcsech)(REAL x) {
  REAL large = (REAL)M_LN2 - NAME(log)(x);
  return ((x >= 0) & (x < 1 / ROOTS_MOST)) ? large : NAME(arccosh)(1 / x);
}
