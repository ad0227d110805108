/* SPDX-License-Identifier: MIT */
/* remainder_loops.h: loops over remainders of float32; a part of elementwise_loops.h.

   In double precision the product of a whole part below 2^28 and a float32 is exact, so that what is left of x is
   rounded once, as by fma in floor_remainder and truncated_remainder: the same bits, but of vectors.  Steps are 1, or 0
   of an operand that is one number. */
static inline bool has_remainder_loops(OpId op) {
  return _Generic((ELEMENT)0, float: true, default: false) && (op == OP_remainder || op == OP_fmod);
}

/* False: not all quotients are that near, and nothing has been done. */
INLINE bool remainders_near(ELEMENT *results, const ELEMENT *a, int64_t a_step, const ELEMENT *b, int64_t b_step,
                            bool floored, int64_t count) {
  ELEMENT values[ELEMENTWISE_BLOCK];
  int far = 0;
  for (int64_t i = 0; i < count; i++) {
    const double x = (double)a[i * a_step], y = (double)b[i * b_step], quotient = x / y;
    const double rest = x - (floored ? floor(quotient) : trunc(quotient)) * y, sign = floored ? y : x;
    const double all = rest + copysign(y, sign);
    far |= ((fabs(quotient) < 0x1p28) & (fabs(y) < (double)INFINITY)) ? 0 : 1;
    values[i] = (ELEMENT)(rest == 0 ? copysign(0, sign) : (rest < 0) != (sign < 0) ? all : rest);
  }
  if (!far) memcpy(results, values, (size_t)count * sizeof *values);
  return !far;
}

/* Whether it has computed a row. */
INLINE bool take_remainders(OpId op, void *out, const ELEMENT *a, int64_t a_step, const ELEMENT *b, int64_t b_step,
                            int64_t count) {
  const bool floored = op == OP_remainder;
  if (!has_remainder_loops(op)) return false;
  for (int64_t start = 0; start < count; start += ELEMENTWISE_BLOCK) {
    const int64_t length = count - start < ELEMENTWISE_BLOCK ? count - start : ELEMENTWISE_BLOCK;
    ELEMENT *results = (ELEMENT *)out + start;
    const ELEMENT *x = a + start * a_step, *y = b + start * b_step;
    if (remainders_near(results, x, a_step, y, b_step, floored, length)) continue;
    for (int64_t i = 0; i < length; i++) {
      const double left = (double)x[i * a_step], right = (double)y[i * b_step];
      results[i] = (ELEMENT)(floored ? floor_remainder(left, right) : truncated_remainder(left, right));
    }
  }
  return true;
}
