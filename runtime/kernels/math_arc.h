/* SPDX-License-Identifier: MIT */
/* math_arc.h: inverse trigonometric functions, for one type of real numbers.

   Straight lines of operations, like math_real.h, which the including file (math_float64.h, math_float32.h) includes
   before.  Angles come as a multiple of pi/2 and what is added to it.  It defines

     arcsin_rest(z)    (arcsin(s) - s) / s^3 of z = s^2, for |s| <= 1/2
     arctan_rest(z)    (arctan(t) - t) / t^3 of z = t^2, for |t| <= 1 */

#define PI ((REAL)M_PI)
#define QUARTER ((REAL)M_PI_2)

/* base + size + rest, where base is 0, pi/2 or pi and not smaller than size; what rounding base and the first sum loses
   is put back. */
INLINE REAL NAME(angle_beside)(REAL base, REAL size, REAL rest) {
  REAL sum = base + size;
  return sum + (((base - sum) + size) + (rest + base * PI_LOST));
}

/* The value where x has a minus sign, 0 elsewhere; and the value with its sign turned there.  Masks, since a choice by
   two conditions is one of four. */
INLINE REAL NAME(where_minus)(REAL x, REAL value) {
  return NAME(of_bits)((0 - (NAME(bits)(x) >> (8 * sizeof(WORD) - 1))) & NAME(bits)(value));
}

INLINE REAL NAME(turned_by)(REAL x, REAL value) {
  return NAME(of_bits)(NAME(bits)(value) ^ (NAME(bits)(x) & SIGN_BIT));
}

/* ---- arctan */
/* base + arctan(t) */
INLINE REAL NAME(arctan_beside)(REAL base, REAL t) {
  REAL z = t * t;
  return NAME(angle_beside)(base, t, t * (z * NAME(arctan_rest)(z)));
}

INLINE REAL NAME(arctan)(REAL x) {
  REAL size = NAME(absolute)(x);
  bool steep = size > 1;
  REAL t = (steep ? -1 : size) / (steep ? size : 1);
  return NAME(with_sign)(NAME(arctan_beside)(steep ? QUARTER : 0, t), x);
}

/* arctan(1 / x), and pi/2 at both zeros */
INLINE REAL NAME(arccot)(REAL x) {
  REAL size = NAME(absolute)(x);
  bool steep = size < 1;
  REAL t = (steep ? -size : 1) / (steep ? 1 : size);
  return NAME(with_sign)(NAME(arctan_beside)(steep ? QUARTER : 0, t), x + 0);
}

/* The quotient of 0 and 0, and that of inf and inf, are nan and have to be 0 and 1. */
INLINE REAL NAME(arctan2)(REAL y, REAL x) {
  REAL height = NAME(absolute)(y), width = NAME(absolute)(x);
  bool steep = height > width;
  REAL least = steep ? width : height, most = steep ? height : width, equal = most > 0 ? 1 : 0;
  REAL ratio = least == most ? equal : least / most, t = NAME(turned_by)(x, steep ? -ratio : ratio);
  REAL flat = NAME(where_minus)(x, PI), angle = NAME(arctan_beside)(steep ? QUARTER : flat, t);
  return NAME(with_sign)(angle, y);
}

/* ---- arcsin and arccos */
/* Up to 1/2 the arc is arcsin(size), above it arcsin(sqrt((1 - size) / 2)), half of arccos(size); less is 1 - size. */
typedef struct NAME(Arc) { REAL sine, rest; } NAME(Arc);

INLINE NAME(Arc) NAME(arc)(REAL size, REAL less) {
  bool far = size > (REAL)0.5;
  REAL half = (REAL)0.5 * less, root = NAME(root)(half), lost = NAME(root_lost)(half, root);
  REAL z = far ? half : size * size, sine = far ? root : size;
  return (NAME(Arc)){sine, sine * (z * NAME(arcsin_rest)(z)) + (far ? lost : 0)};
}

INLINE REAL NAME(arcsin_of)(REAL x, REAL size, REAL less) {
  NAME(Arc) arc = NAME(arc)(size, less);
  bool far = size > (REAL)0.5;
  REAL times = far ? -2 : 1;
  return NAME(with_sign)(NAME(angle_beside)(far ? QUARTER : 0, times * arc.sine, times * arc.rest), x);
}

INLINE REAL NAME(arccos_of)(REAL x, REAL size, REAL less) {
  NAME(Arc) arc = NAME(arc)(size, less);
  bool far = size > (REAL)0.5;
  REAL straight = NAME(where_minus)(x, PI), times = NAME(turned_by)(x, far ? 2 : -1);
  return NAME(angle_beside)(far ? straight : QUARTER, times * arc.sine, times * arc.rest);
}

INLINE REAL NAME(arcsin)(REAL x) {
  REAL size = NAME(absolute)(x);
  return NAME(arcsin_of)(x, size, 1 - size);
}

INLINE REAL NAME(arccos)(REAL x) {
  REAL size = NAME(absolute)(x);
  return NAME(arccos_of)(x, size, 1 - size);
}

/* arcsin(1 / x) and arccos(1 / x): near 1, where they are steep, 1 - 1 / |x| is (|x| - 1) / |x|. */
INLINE REAL NAME(arccsc)(REAL x) {
  REAL size = NAME(absolute)(x), inverse = 1 / size;
  return NAME(arcsin_of)(x, inverse, (size - 1) * inverse);
}

INLINE REAL NAME(arcsec)(REAL x) {
  REAL size = NAME(absolute)(x), inverse = 1 / size;
  return NAME(arccos_of)(x, inverse, (size - 1) * inverse);
}

#undef PI
#undef QUARTER
