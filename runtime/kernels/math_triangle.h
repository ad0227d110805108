/* SPDX-License-Identifier: MIT */
/* math_triangle.h: sides and directions of right triangles, without overflow and without branches. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_TRIANGLE_H
#define MGRAD_RUNTIME_KERNELS_MATH_TRIANGLE_H
#include "runtime/kernels/math_float32.h"
#include "runtime/kernels/math_float64.h"

/* sqrt(1 - x^2): the difference is exact where it is small. */
INLINE double semicircle_float64(double x) { return root_float64((1 - x) * (1 + x)); }
INLINE float semicircle_float32(float x) { return root_float32((1 - x) * (1 + x)); }

/* A power of two that brings a size near 1; the ends of the range, 0 and inf get the nearest one that there is. */
INLINE double scale_to_one(double size) {
  double limited = limited_float64(size, 0x1p-1021, 0x1p1021);
  return of_bits_float64((2 * UINT64_C(1023) << 52) - (bits_float64(limited) & 0x7ff0000000000000));
}

/* sqrt(x^2 + y^2) of numbers near 1, a being the larger: the root of the rounded sum, and what its square lacks. */
INLINE double diagonal(double a, double b) {
  double sum = a * a + b * b, root = root_float64(sum);
  double first = leading_float64(a), second = leading_float64(b), third = leading_float64(root);
  double missing = (first * first - third * third) + second * second;
  double rest = (square_rest_float64(a) - square_rest_float64(root)) + square_rest_float64(b);
  return root + root_rest_float64(missing + rest, sum);
}

/* sqrt(x^2 + y^2); an infinite side counts for more than one that is nan. */
INLINE double hypot_float64(double x, double y) {
  double width = absolute_float64(x), height = absolute_float64(y);
  double most = width > height ? width : height, least = width > height ? height : width, scale = scale_to_one(most);
  double back = of_bits_float64((2 * UINT64_C(1023) << 52) - bits_float64(scale));
  bool endless = (width == INFINITY) | (height == INFINITY);
  return endless ? INFINITY : diagonal(most * scale, least * scale) * back;
}

/* No square of a float32 is out of the range of a double. */
INLINE float hypot_float32(float x, float y) {
  double a = absolute_float64((double)x), b = absolute_float64((double)y), size = root_float64(a * a + b * b);
  bool endless = (a == INFINITY) | (b == INFINITY);
  return endless ? INFINITY : (float)size;
}

/* x / sqrt(x^2 + y^2), and 0 at the origin; infinite sides are as long as each other, as for arctan2. */
INLINE double direction(double x, double y) {
  double width = absolute_float64(x), height = absolute_float64(y);
  double scale = scale_to_one(width > height ? width : height);
  bool endless = (width == INFINITY) | (height == INFINITY);
  double a = endless ? copysign(width == INFINITY, x) : x * scale, b = endless ? height == INFINITY : y * scale;
  double size = root_float64(a * a + b * b);
  return size == 0 ? 0 : a / size;
}

#endif
