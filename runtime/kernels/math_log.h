/* SPDX-License-Identifier: MIT */
/* math_log.h: the core of the logarithms, for one number or for several side by side; see math_exp.h, which comes
   first. */

#define ONE_BITS ((WORD)BIAS << MANTISSA)

/* A normal positive x as 2^n (1 + f) with 1 + f between sqrt(1/2) and sqrt(2). */
typedef struct NAME(Split) { BITS power; REAL n, f; } NAME(Split); /* power is n + BIAS */

INLINE NAME(Split) NAME(split_normal)(REAL x) {
  BITS bits = NAME(bits)(x), power = (bits + (ONE_BITS - SQRT_HALF_BITS)) >> MANTISSA;
  REAL n = NAME(of_bits)(power | (WORD)WHOLE_BITS) - (WHOLE + BIAS);
  return (NAME(Split)){power, n, NAME(of_bits)(bits - (power << MANTISSA) + ONE_BITS) - 1};
}

/* log(1 + f) needs the quotient f / (2 + f). */
typedef struct NAME(LogParts) { REAL n, f, quotient; } NAME(LogParts);

INLINE NAME(LogParts) NAME(log_parts)(NAME(Split) part) {
  return (NAME(LogParts)){part.n, part.f, part.f / (2 + part.f)};
}

/* log(1 + f) = f - square + series, where square = f^2 / 2 */
typedef struct NAME(Series) { REAL square, series; } NAME(Series);

INLINE NAME(Series) NAME(log_series)(NAME(LogParts) part) {
  REAL s = part.quotient, square = (NUMBER)0.5 * part.f * part.f, z = s * s, z2 = z * z, z4 = z2 * z2;
  (void)z4;
  return (NAME(Series)){square, s * (square + z * LOG_REST(z, z2, z4))};
}

INLINE REAL NAME(log_of)(NAME(LogParts) part) {
  NAME(Series) log = NAME(log_series)(part);
  return part.n * LN2_HIGH - ((log.square - (log.series + part.n * LN2_LOW)) - part.f);
}

/* n times a constant, plus log(1 + f) times a factor whose high part has few bits. */
INLINE REAL NAME(log_based_of)(NAME(LogParts) part, NUMBER n_high, NUMBER n_low, NUMBER high, NUMBER low) {
  NAME(Series) log = NAME(log_series)(part);
  REAL head = MASKED(part.f - log.square, (WORD)SHORT_MASK), tail = (part.f - head) - log.square + log.series;
  REAL whole = part.n * n_high, first = head * high, sum = whole + first;
  REAL rest = part.n * n_low + ((head + tail) * low + tail * high);
  return sum + (rest + ((whole - sum) + first));
}

INLINE REAL NAME(log2_of)(NAME(LogParts) part) { return NAME(log_based_of)(part, 1, 0, LOG2_E_SHORT, LOG2_E_REST); }

INLINE REAL NAME(log10_of)(NAME(LogParts) part) {
  return NAME(log_based_of)(part, LOG10_2_HIGH, LOG10_2_LOW, LOG10_E_SHORT, LOG10_E_REST);
}

/* log(1 + x) of x above -1.  What 1 + x loses is put back as a fraction of it; 1 / (1 + f) need not be known well for
   that. */
typedef struct NAME(Log1pParts) { NAME(LogParts) log; REAL rest; } NAME(Log1pParts);

INLINE NAME(Log1pParts) NAME(log1p_parts)(REAL x) {
  REAL sum = 1 + x, lost = CHOSEN(x >= 1, 1 - (sum - x), x - (sum - 1)), none = {0};
  NAME(Split) part = NAME(split_normal)(sum);
  REAL power = NAME(of_bits)((2 * (WORD)BIAS - part.power) << MANTISSA);
  part.f = CHOSEN(part.n == 0, x, part.f);
  REAL inverse = (NUMBER)1.005 - part.f * ((NUMBER)1.0806 - part.f * (NUMBER)0.9142);
  REAL rest = CHOSEN((part.n == 0) | (part.n > MANTISSA + 4), none, lost * power * inverse);
  return (NAME(Log1pParts)){NAME(log_parts)(part), rest};
}

INLINE REAL NAME(log1p_of)(NAME(Log1pParts) part, REAL x) {
  NAME(Series) log = NAME(log_series)(part.log);
  REAL low = log.series + (part.log.n * LN2_LOW + part.rest);
  return NAME(with_sign)(part.log.n * LN2_HIGH - ((log.square - low) - part.log.f), x);
}
