/* SPDX-License-Identifier: MIT */
/* math_float64.h: the functions of math_real.h for float64. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_FLOAT64_H
#define MGRAD_RUNTIME_KERNELS_MATH_FLOAT64_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/kernels/inline.h"
#include "runtime/kernels/math_constants_float64.h"

#define REAL double
#define BITS WORD
#define NAME(f) f##_float64
#define CHOSEN(condition, yes, no) ((condition) ? (yes) : (no))

INLINE double root_float64(double x) { return sqrt(x); }

#include "runtime/kernels/math_exp.h"
#include "runtime/kernels/math_log.h"
#include "runtime/kernels/math_angle.h"
#include "runtime/kernels/math_real.h"
#include "runtime/kernels/math_real_end.h"

#endif
