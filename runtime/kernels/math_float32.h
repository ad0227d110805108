/* SPDX-License-Identifier: MIT */
/* math_float32.h: the functions of math_real.h for float32; see math_float64.h. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_FLOAT32_H
#define MGRAD_RUNTIME_KERNELS_MATH_FLOAT32_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/kernels/inline.h"
#include "runtime/kernels/math_constants_float32.h"

#define REAL float
#define BITS WORD
#define NAME(f) f##_float32
#define CHOSEN(condition, yes, no) ((condition) ? (yes) : (no))

INLINE float root_float32(float x) { return sqrtf(x); }

INLINE float arcsin_rest_float32(float z) {
  float z2 = z * z;
  return (0x1.5555d6p-3f + z * 0x1.32fd22p-4f) + z2 * ((0x1.75008ep-5f + z * 0x1.86c33ep-6f) + z2 * 0x1.5e4abp-5f);
}

INLINE float arctan_rest_float32(float z) {
  float z2 = z * z, z4 = z2 * z2;
  float low = (-0x1.55553ep-2f + z * 0x1.9991d6p-3f) - z2 * (0x1.241f7cp-3f - z * 0x1.c07d68p-4f);
  float high = (0x1.57d33cp-4f - z * 0x1.d9517ap-5f) + z2 * (0x1.fb9318p-6f - z * 0x1.61d984p-7f);
  return low - z4 * (high + z4 * 0x1.ced91ap-10f);
}

INLINE float cube_root_rest_float32(float e) {
  return (0x1.ffffbcp-1f + e * 0x1.555408p-2f) + e * e * (0x1.ca3c1p-3f + e * 0x1.658516p-3f);
}

#include "runtime/kernels/math_exp.h"
#include "runtime/kernels/math_log.h"
#include "runtime/kernels/math_real.h"
#include "runtime/kernels/math_root.h"
#include "runtime/kernels/math_arc.h"
#include "runtime/kernels/math_error_float32.h"
#include "runtime/kernels/math_error.h"
#include "runtime/kernels/math_real_end.h"

#endif
