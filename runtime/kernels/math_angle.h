/* SPDX-License-Identifier: MIT */
/* math_angle.h: sine, cosine and tangent of angles of up to a million in float64, for one number or for several side by
   side; see math_exp.h, which comes first.

   The angle is reduced by the whole multiple of pi/2 next to it; pi/2 comes in parts so short that their products are
   exact, and what subtracting loses is kept.  Both series are summed and one is chosen. */

/* `odd` or `even`, as the last bit of `whole` says; by masks, since not every vector unit compares integers. */
INLINE REAL NAME(by_parity)(BITS whole, REAL odd, REAL even) {
  BITS mask = 0 - (whole & 1);
  return NAME(of_bits)((NAME(bits)(odd) & mask) | (NAME(bits)(even) & ~mask));
}

/* An angle as r + rest within pi/4 of 0, and how many quarters of a turn were taken off (in the low bits). */
typedef struct NAME(Angle) { BITS quarters; REAL r, rest; } NAME(Angle);

INLINE NAME(Angle) NAME(angle_reduced)(REAL x) {
  REAL shifted = x * 0x1.45f306dc9c883p-1 + 0x1.8p52, n = shifted - 0x1.8p52;
  REAL first = x - n * 0x1.921fb544p0, part = n * 0x1.0b4611a6p-34, second = first - part;
  REAL lost = (first - second) - part;
  part = n * 0x1.3198a2ep-69;
  REAL r = second - part;
  lost += (second - r) - part;
  return (NAME(Angle)){NAME(bits)(shifted), r, lost - n * 0x1.b839a252049c1p-104};
}

INLINE REAL NAME(sine_series)(REAL r, REAL rest) {
  REAL z = r * r, z2 = z * z;
  REAL series = (-0x1.5555555555555p-3 + z * 0x1.1111111110bb1p-7) +
                z2 * ((-0x1.a01a019e8357dp-13 + z * 0x1.71de37961e4c6p-19) +
                      z2 * (-0x1.ae600a926c89ap-26 + z * 0x1.5e0af186af739p-33));
  return CHOSEN(z == 0, r, r + (r * z * series + rest * (1 - 0.5 * z))); /* -0 stays what it is */
}

INLINE REAL NAME(cosine_series)(REAL r, REAL rest) {
  REAL z = r * r, z2 = z * z, half = 0.5 * z, start = 1 - half;
  REAL series = (0x1.5555555555555p-5 - z * 0x1.6c16c16c16966p-10) +
                z2 * ((0x1.a01a019f4e867p-16 - z * 0x1.27e4fa17a41b4p-22) +
                      z2 * (0x1.1eeb68b109173p-29 - z * 0x1.907d7aebd5e3dp-37));
  return start + (((1 - start) - half) + (z2 * series - r * rest));
}

/* The sine of `turn` quarters of a turn more than an angle. */
INLINE REAL NAME(sine_of)(NAME(Angle) angle, WORD turn) {
  BITS quarters = angle.quarters + turn;
  REAL sine = NAME(sine_series)(angle.r, angle.rest), cosine = NAME(cosine_series)(angle.r, angle.rest);
  REAL value = NAME(by_parity)(quarters, cosine, sine);
  return NAME(of_bits)(NAME(bits)(value) ^ ((quarters & 2) << 62));
}

INLINE REAL NAME(sine_turned)(REAL x, WORD turn) { return NAME(sine_of)(NAME(angle_reduced)(x), turn); }

INLINE REAL NAME(tangent_of)(NAME(Angle) angle) {
  REAL sine = NAME(sine_series)(angle.r, angle.rest), cosine = NAME(cosine_series)(angle.r, angle.rest);
  return NAME(by_parity)(angle.quarters, -cosine, sine) / NAME(by_parity)(angle.quarters, sine, cosine);
}

INLINE REAL NAME(cotangent_of)(NAME(Angle) angle) {
  REAL sine = NAME(sine_series)(angle.r, angle.rest), cosine = NAME(cosine_series)(angle.r, angle.rest);
  return NAME(by_parity)(angle.quarters, -sine, cosine) / NAME(by_parity)(angle.quarters, cosine, sine);
}
