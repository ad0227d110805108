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

#include "runtime/kernels/math_exp.h"
#include "runtime/kernels/math_log.h"
#include "runtime/kernels/math_real.h"
#include "runtime/kernels/math_real_end.h"

#endif
