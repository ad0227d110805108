/* SPDX-License-Identifier: MIT */
/* math_root.h: roots, and what rounding them loses, for one type of real numbers; straight lines, like math_real.h.

   The bits of a number are its logarithm, nearly.  So half of them, or a third, taken from a constant are the bits of
   an inverse root, to within 4 parts in 100.  cube_root_rest(e) is (1 - e)^(-1/3). */

/* ---- square roots */
/* So few digits that their square is exact, and what the square of x has beside that. */
INLINE REAL NAME(leading)(REAL x) { return MASKED(x, SHORT_MASK); }

INLINE REAL NAME(square_rest)(REAL x) {
  REAL leading = NAME(leading)(x);
  return (x - leading) * (x + leading);
}

/* What is to be added to a root where `missing` is to be added to its square: missing / (2 sqrt(square)), nearly. */
INLINE REAL NAME(root_rest)(REAL missing, REAL square) {
  return missing * NAME(of_bits)(ROOT_START - (NAME(bits)(square) >> 1));
}

/* sqrt(square) less root, its rounded value */
INLINE REAL NAME(root_lost)(REAL square, REAL root) {
  REAL leading = NAME(leading)(root);
  return NAME(root_rest)((square - leading * leading) - NAME(square_rest)(root), square);
}

/* ---- cube roots */
/* The inverse of the cube root of a normal number, corrected by e = 1 - x y^3. */
INLINE REAL NAME(inverse_cube_root)(REAL x) {
  REAL logarithm = NAME(of_bits)(NAME(bits)(x) >> CUBE_SHIFT | WHOLE_BITS) - WHOLE;
  REAL y = NAME(of_bits)(NAME(bits)((WHOLE + CUBE_START) - logarithm * (REAL)(1.0 / 3)) << CUBE_SHIFT);
  return y * NAME(cube_root_rest)(1 - (x * y) * (y * y));
}

/* The root is rounded to so few bits that its cube is exact, and so is what is missing to x.  With lack = missing / x
   the cube root is root (1 - lack)^(-1/3); y^3 (1 + e) is 1 / x.  0 and inf, which are twice themselves, stay. */
INLINE REAL NAME(cbrt)(REAL x) {
  REAL size = NAME(absolute)(x);
  bool tiny = size < LEAST_NORMAL;
  REAL normal = tiny ? size * CUBE_SCALE : size, y = NAME(inverse_cube_root)(normal), y2 = y * y;
  REAL near = normal * y2;
  REAL root = NAME(of_bits)((NAME(bits)(near) + CUBE_HALF) & ~(2 * (BITS)CUBE_HALF - 1));
  REAL inverse = (y2 * y) * (2 - near * y), value = root * (tiny ? CUBE_BACK : 1);
  REAL missing = normal - root * root * root, lack = missing * inverse;
  REAL series = ((REAL)(1.0 / 3) + lack * (REAL)(2.0 / 9)) + lack * lack * (REAL)(14.0 / 81);
  REAL more = value + missing * (value * inverse) * series;
  return x + x == x ? x : NAME(with_sign)(more, x);
}
