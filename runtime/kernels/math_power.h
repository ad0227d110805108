/* SPDX-License-Identifier: MIT */
/* math_power.h: x to the power y without branches, as 2 to the power y log2(x).

   Of float64 the logarithm, its product with y and the exponent's fraction are kept in two parts, the first so short
   that its products are exact.  What loops (power_loops.h) compute one after the other stands here as functions of
   their own, most of them for `size`, an |x| that has all its digits, and for exponents whose result has. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_POWER_H
#define MGRAD_RUNTIME_KERNELS_MATH_POWER_H
#include "runtime/kernels/math_float32.h"
#include "runtime/kernels/math_float64.h"

#define POWER_HEAD(x, mask) of_bits_float64(bits_float64(x) & (mask))
#define POWER_21 0xffffffff00000000 /* that many bits stay */
#define POWER_26 0xfffffffff8000000
#define POWER_32 0xffffffffffe00000

/* ---- products */
/* What x * (head + tail) loses to `product`, its rounded value; head has at most 32 bits. */
INLINE double product_rest(double x, double product, double head, double tail) {
  double high = of_bits_float64(bits_float64(x) & 0xffffffff00000000);
  return ((high * head - product) + (x - high) * head) + x * tail;
}

/* ---- signs, and what has no power */
/* Huge exponents stay huge, and infinite ones become so: no product with them is nan. */
INLINE double power_exponent(double y, double most) { return limited_float64(y, -most, most); }

/* How far |y| / 2 is from a whole number: 0 of even ones, 1/2 of odd ones.  From 2^53 on all are even; 0 does not
   matter. */
INLINE double power_parity(double y) {
  double half = 0.5 * limited_float64(absolute_float64(y), 0x1p-1000, 0x1p53);
  return absolute_float64(half - ((half + 0x1p52) - 0x1p52));
}

/* The powers of 0 and infinity, and those out of range. */
INLINE double power_end(double size, double y) {
  double large = y > 0 ? INFINITY : 0, small = y > 0 ? 0 : INFINITY;
  return size > 1 ? large : small;
}

/* What the power of |x| is for x: choices one by one, which vectorise everywhere. */
INLINE double power_finished(double x, double y, double value) {
  double parity = power_parity(y);
  double below = parity == 0 ? value : (double)NAN;
  below = parity == 0.5 ? value : below;
  below = x == -INFINITY ? value : below;
  value = with_sign_float64(x < 0 ? below : value, parity == 0.5 ? x : 1);
  value = x == x ? value : (double)NAN;
  value = y == y ? value : (double)NAN;
  value = x == 1 ? 1 : value;
  return y == 0 ? 1 : value;
}

/* ---- float64 */
typedef struct PowerParts { double head, tail; } PowerParts;

/* (log2((1 + s) / (1 - s)) / s - c0 - c1 z) / z^2 of z = s^2, for |s| <= 0.1011 (Chebyshev interpolation) */
INLINE double power_series(double z) {
  double z2 = z * z;
  return ((0x1.2776c50ef9bfep-1 + z * 0x1.a61762a7b0ea3p-2) + z2 * (0x1.484b13ca6c1cbp-2 + z * 0x1.0c9a9a55924a9p-2)) +
         z2 * z2 * (0x1.c66f557506539p-3 + z * 0x1.94c7a53e267dap-3);
}

/* x = 2^n c (1 + s) / (1 - s), where c is 1 or 3/2, and s = head + tail; start + start_tail = n + log2(c) */
typedef struct PowerQuotient { double head, tail, start, start_tail; } PowerQuotient;

/* The quotient of f / (twice + f) in two parts */
INLINE PowerParts power_divided(double f, double twice) {
  double inverse = 1 / (twice + f), head = POWER_HEAD(f * inverse, POWER_21), f_head = POWER_HEAD(f, POWER_32);
  return (PowerParts){head, (((f - twice * head) - head * f_head) - head * (f - f_head)) * inverse};
}

#define POWER_ONE 0x3ff0000000000000
INLINE PowerQuotient power_quotient_of_bits(uint64_t bits, double bias) {
  uint64_t power = (bits + (POWER_ONE - 0x3febb67ae8584caa)) >> 52; /* sqrt(3) / 2 */
  double part = of_bits_float64(bits - (power << 52) + POWER_ONE);
  double n = of_bits_float64(power | 0x4330000000000000) - (0x1p52 + bias);
  bool far = part > 0x1.3988e1409212ep0; /* sqrt(3 / 2) */
  PowerParts s = power_divided(part - (far ? 1.5 : 1), far ? 3 : 2);
  return (PowerQuotient){s.head, s.tail, far ? n + 0x1.2b8034p-1 : n, far ? 0x1.cfdeb43cfd006p-27 : 0};
}

INLINE PowerQuotient power_quotient(double size) { return power_quotient_of_bits(bits_float64(size), 1023); }

/* Of subnormal ones too; of 0 and infinity it is some number. */
INLINE PowerQuotient power_quotient_any(double size) {
  bool tiny = size < 0x1p-1022;
  return power_quotient_of_bits(bits_float64(tiny ? size * 0x1p54 : size), tiny ? 1023 + 54 : 1023);
}

/* log2: start + s (c0 + c1 s^2 + ...) */
INLINE PowerParts power_log(PowerQuotient quotient) {
  double s_head = quotient.head, s_tail = quotient.tail, s = s_head + s_tail, square = s_head * s_head;
  double rest = s_tail * (s_head + s), z = square + rest, first = square * 0x1.ec4p-1;
  double more = (0x1.4ae0bf85ddf44p-25 + square * 0x1.84ee1d01feba5p-12) +
                (rest * 0x1.ec709dc3a03fdp-1 + z * z * power_series(z));
  double factor = POWER_HEAD(0x1.715476p1 + (first + more), POWER_32);
  double factor_tail = ((0x1.715476p1 - factor) + first) + more;
  double product = s_head * factor, product_tail = s_tail * factor + factor_tail * s;
  double sum = quotient.start + product, head = POWER_HEAD(sum, POWER_26);
  double lost = product - (sum - quotient.start);
  return (PowerParts){head, (sum - head) + (lost + (product_tail + quotient.start_tail))};
}

INLINE PowerParts power_times(double y, PowerParts log) {
  double head = POWER_HEAD(y, POWER_26);
  return (PowerParts){head * log.head, (y - head) * log.head + y * log.tail};
}

/* A power of two: value times 2^n, n in the low bits of `shifted`. */
typedef struct PowerScaled { double value, shifted; } PowerScaled;

#define POWER_SHIFT (0x1.8p52 + 2046)
INLINE PowerScaled power_exp(PowerParts x) {
  double shifted = x.head + POWER_SHIFT, fraction = x.head - (shifted - POWER_SHIFT);
  double head = POWER_HEAD(fraction, POWER_26), product = head * 0x1.62e42f8p-1;
  double more = ((fraction - head) + x.tail) * M_LN2 + head * 0x1.be8e7bcd5e4f2p-27;
  double sum = 1 + product, lost = product - (sum - 1);
  return (PowerScaled){sum + (lost + (more + exp_curve_float64(product + more))), shifted};
}

/* Where the result has all its digits. */
#define POWER_MOST 1021.0
INLINE double power_exp_near(PowerParts x) {
  PowerScaled power = power_exp(x);
  return of_bits_float64(bits_float64(power.value) + ((bits_float64(power.shifted) - 2046) << 52));
}

INLINE double power_exp_any(double x, double y, PowerParts product) {
  PowerScaled power = power_exp(product);
  double size = absolute_float64(x), end = power_end(size, y), value = scaled_float64(power.value, power.shifted, 0);
  value = absolute_float64(product.head) > 1100 ? end : value;
  value = size == 0 ? end : value;
  return power_finished(x, y, size == INFINITY ? end : value);
}

INLINE PowerParts power_times_any(double y, PowerParts log) { return power_times(power_exponent(y, 0x1p70), log); }

INLINE double power_float64(double x, double y) {
  return power_exp_any(x, y, power_times_any(y, power_log(power_quotient_any(absolute_float64(x)))));
}

/* ---- float32: computed in double precision, with what accuracy is needed */
INLINE double power_log_float32(double size) {
  uint64_t bits = bits_float64(size), power = (bits + (POWER_ONE - 0x3fe6a09e667f3bcd)) >> 52; /* sqrt(1 / 2) */
  double n = of_bits_float64(power | 0x4330000000000000) - (0x1p52 + 1023);
  double f = of_bits_float64(bits - (power << 52) + POWER_ONE) - 1, s = f / (2 + f), z = s * s, z2 = z * z;
  double series = (0x1.71547652b8252p+1 + z * 0x1.ec709dc53a1cap-1) +
                  z2 * ((0x1.2776c295ae0c7p-1 + z * 0x1.a61a2cf9f9e38p-2) +
                        z2 * (0x1.47959c992a71fp-2 + z * 0x1.21ad2d776d25ap-2));
  return n + s * series;
}

INLINE double power_exp_float32(double product) {
  double x = limited_float64(product, -400, 400), shifted = x + 0x1.8p52, r = x - (shifted - 0x1.8p52), r2 = r * r;
  double low =
      (0x1.62e42fefa39efp-1 + r * 0x1.ebfbe045f4d3cp-3) + r2 * (0x1.c6b08d883dca1p-5 + r * 0x1.3b2a1b7152befp-7);
  double high = (0x1.5d879ead06a82p-10 + r * 0x1.443fffc90db59p-13) + r2 * 0x1.00a581594758ep-16;
  return of_bits_float64(bits_float64(1 + r * (low + r2 * r2 * high)) + (bits_float64(shifted) << 52));
}

INLINE float power_any_float32(double x, double y) {
  double size = absolute_float64(x), log = power_log_float32(size);
  log = size == 0 ? -0x1p500 : log; /* no exponent makes a number of it */
  log = size == INFINITY ? 0x1p500 : log;
  return (float)power_finished(x, y, power_exp_float32(power_exponent(y, 0x1p130) * log));
}

INLINE float power_float32(float x, float y) { return power_any_float32((double)x, (double)y); }

/* ---- squares, cubes, reciprocals and roots are correctly rounded */
/* Cubes that are close to the least numbers are computed far from them, for what products lose to be there. */
INLINE double cube_float64(double x) {
  bool tiny = absolute_float64(x) < 0x1p-330;
  double scaled = tiny ? x * 0x1p200 : x, head = POWER_HEAD(scaled, POWER_32), tail = scaled - head;
  double square = scaled * scaled, cube = square * scaled, lost = product_rest(scaled, square, head, tail);
  double value = cube + (product_rest(square, cube, head, tail) + lost * scaled);
  value = absolute_float64(value) < INFINITY ? value : cube;
  return with_sign_float64(tiny ? value * 0x1p-600 : value, x);
}

INLINE float cube_float32(float x) { return (float)((double)x * x * x); }

/* USE(type, exponent, power of x) for each of them */
#define PLAIN_POWERS(USE, type) \
  USE(type, 2, x * x) \
  USE(type, 3, cube_##type(x)) \
  USE(type, -1, 1 / x) \
  USE(type, 0.5, x == -INFINITY ? INFINITY : root_##type(x + 0))

/* `value` for any other exponent; all powers are computed, and one is chosen. */
#define POWER_CHOICE(type, exponent, power) value = power_chosen_##type(y == (exponent), power, value);
#define POWER_PLAIN(REAL, type) \
  INLINE REAL power_chosen_##type(bool chosen, REAL power, REAL value) { return chosen ? power : value; } \
  INLINE REAL power_plain_##type(REAL x, double y, REAL value) { \
    PLAIN_POWERS(POWER_CHOICE, type) \
    return value; \
  }
POWER_PLAIN(float, float32)
POWER_PLAIN(double, float64)
#undef POWER_PLAIN
#undef POWER_CHOICE

/* ---- x to the power y - 1, however y - 1 rounds */
/* What y - 1 loses counts log(x) times; not where the power has no slope. */
INLINE double power_below_float64(double x, double y) {
  double exponent = y - 1, back = exponent - y, lost = (y - (exponent - back)) - (1 + back);
  double value = power_plain_float64(x, exponent, power_float64(x, exponent)), size = absolute_float64(x);
  double more = value * (lost * log_float64(size));
  return absolute_float64(more) < INFINITY ? value + more : value;
}

/* Nothing that counts is lost in double precision. */
INLINE float power_below_float32(float x, float y) {
  double exponent = (double)y - 1;
  return power_plain_float32(x, exponent, power_any_float32((double)x, exponent));
}

#endif
