/* SPDX-License-Identifier: MIT */
/* functions.c: functions of one and two numbers for random programs, with their first derivatives as functions.

   The derivative that results are compared with comes from a complex step on the function itself; the one written here
   serves the second derivative, by a complex step of its own. */
#include "tests/differential/functions.h"
#include <math.h>

/* ---- one operand */

static double complex c_sigmoid(double complex z) { return 1 / (1 + cexp(-z)); }
static double complex c_softplus(double complex z) { return clog(1 + cexp(z)); }
static double complex c_silu(double complex z) { return z * c_sigmoid(z); }
static double complex c_mish(double complex z) { return z * ctanh(c_softplus(z)); }
static double complex c_expm1(double complex z) { return cexp(z) - 1; }
static double complex c_exp2(double complex z) { return cexp(z * log(2)); }
static double complex c_log1p(double complex z) { return clog(1 + z); }
static double complex c_log2(double complex z) { return clog(z) / log(2); }
static double complex c_log10(double complex z) { return clog(z) / log(10); }
static double complex c_cbrt(double complex z) { return cpow(z, 1.0 / 3); }
static double complex c_square(double complex z) { return z * z; }
static double complex c_negative(double complex z) { return -z; }
static double complex c_reciprocal(double complex z) { return 1 / z; }
static double complex c_sech(double complex z) { return 1 / ccosh(z); }
static double complex c_logit(double complex z) { return clog(z / (1 - z)); }
static double complex c_abs(double complex z) { return creal(z) < 0 ? -z : z; }
static double complex c_relu(double complex z) { return creal(z) > 0 ? z : 0; }
static double complex c_leaky_relu(double complex z) { return creal(z) > 0 ? z : 0.125 * z; }
static double complex c_elu(double complex z) { return creal(z) > 0 ? z : cexp(z) - 1; }
static double complex c_soft_sign(double complex z) { return z / (1 + c_abs(z)); }
static double complex c_sinc(double complex z) { return csin(M_PI * z) / (M_PI * z); }
static double complex c_sign(double complex z) { return creal(z) > 0 ? 1 : -1; }
static double complex c_floor(double complex z) { return floor(creal(z)); }
static double complex c_ceil(double complex z) { return ceil(creal(z)); }
static double complex c_trunc(double complex z) { return trunc(creal(z)); }
static double complex c_clip(double complex z) { return creal(z) < -1 ? -1 : creal(z) > 1.5 ? 1.5 : z; }
/* erf itself has no complex form in C; its derivative is known. */
static double complex c_erf(double complex z) {
  double x = creal(z);
  return erf(x) + I * cimag(z) * M_2_SQRTPI * exp(-x * x);
}

/* ---- their derivatives */

static double complex flat(double complex z) { (void)z; return 0; }
static double complex d_cos(double complex z) { return -csin(z); }
static double complex d_tanh(double complex z) { return 1 - ctanh(z) * ctanh(z); }
static double complex d_arctan(double complex z) { return 1 / (1 + z * z); }
static double complex d_arcsinh(double complex z) { return 1 / csqrt(1 + z * z); }
static double complex d_sigmoid(double complex z) { return c_sigmoid(z) * c_sigmoid(-z); }
static double complex d_silu(double complex z) { return c_sigmoid(z) * (1 + z * c_sigmoid(-z)); }
static double complex d_mish(double complex z) {
  double complex t = ctanh(c_softplus(z));
  return t + z * (1 - t * t) * c_sigmoid(z);
}
static double complex d_exp2(double complex z) { return log(2) * c_exp2(z); }
static double complex d_sech(double complex z) { return -c_sech(z) * ctanh(z); }
static double complex d_erf(double complex z) { return M_2_SQRTPI * cexp(-z * z); }
static double complex d_negative(double complex z) { return flat(z) - 1; }
static double complex d_square(double complex z) { return 2 * z; }
static double complex d_sqrt(double complex z) { return 0.5 / csqrt(z); }
static double complex d_log2(double complex z) { return 1 / (z * log(2)); }
static double complex d_log10(double complex z) { return 1 / (z * log(10)); }
static double complex d_log1p(double complex z) { return 1 / (1 + z); }
static double complex d_cbrt(double complex z) { return cpow(z, -2.0 / 3) / 3; }
static double complex d_reciprocal(double complex z) { return -1 / (z * z); }
static double complex d_tan(double complex z) { return 1 + ctan(z) * ctan(z); }
static double complex d_arcsin(double complex z) { return 1 / csqrt(1 - z * z); }
static double complex d_arccos(double complex z) { return -1 / csqrt(1 - z * z); }
static double complex d_arctanh(double complex z) { return 1 / (1 - z * z); }
static double complex d_logit(double complex z) { return 1 / (z * (1 - z)); }
static double complex d_arccosh(double complex z) { return 1 / (csqrt(z - 1) * csqrt(z + 1)); }
static double complex d_relu(double complex z) { return creal(z) > 0; }
static double complex d_leaky_relu(double complex z) { return creal(z) > 0 ? 1 : 0.125; }
static double complex d_elu(double complex z) { return creal(z) > 0 ? 1 : cexp(z); }
static double complex d_soft_sign(double complex z) { return 1 / ((1 + c_abs(z)) * (1 + c_abs(z))); }
static double complex d_clip(double complex z) { return creal(z) > -1 && creal(z) < 1.5; }
/* Near 0 the terms cancel: there the series of cos(t) / z - sin(t) / (t z) with t = pi z. */
static double complex d_sinc(double complex z) {
  double complex t = M_PI * z, square = t * t;
  if (cabs(t) > 0.5) return (ccos(t) - csin(t) / t) / z;
  return M_PI * t * (-1.0 / 3 + square * (1.0 / 30 + square * (-1.0 / 840 + square * (1.0 / 45360 + square *
         (-1.0 / 3991680 + square * (1.0 / 518918400))))));
}

const Unary unaries[] = {
    {"sin(", ")", csin, ccos, -1e3, 1e3, SMOOTH, false},
    {"cos(", ")", ccos, d_cos, -1e3, 1e3, SMOOTH, false},
    {"tanh(", ")", ctanh, d_tanh, -1e3, 1e3, SMOOTH, false},
    {"arctan(", ")", catan, d_arctan, -1e3, 1e3, SMOOTH, false},
    {"arcsinh(", ")", casinh, d_arcsinh, -1e3, 1e3, SMOOTH, false},
    {"sigmoid(", ")", c_sigmoid, d_sigmoid, -50, 50, SMOOTH, false},
    {"softplus(", ")", c_softplus, c_sigmoid, -30, 30, SMOOTH, false},
    {"silu(", ")", c_silu, d_silu, -30, 30, SMOOTH, false},
    {"mish(", ")", c_mish, d_mish, -30, 30, SMOOTH, false},
    {"expm1(", ")", c_expm1, cexp, -30, 5, SMOOTH, false},
    {"exp(", ")", cexp, cexp, -30, 5, SMOOTH, false},
    {"exp2(", ")", c_exp2, d_exp2, -30, 6, SMOOTH, false},
    {"sinh(", ")", csinh, ccosh, -5, 5, SMOOTH, false},
    {"cosh(", ")", ccosh, csinh, -5, 5, SMOOTH, false},
    {"sech(", ")", c_sech, d_sech, -20, 20, SMOOTH, false},
    {"erf(", ")", c_erf, d_erf, -1e3, 1e3, SMOOTH, false},
    {"(-", ")", c_negative, d_negative, -1e3, 1e3, SMOOTH, true},
    {"(", " ** 2)", c_square, d_square, -30, 30, SMOOTH, true},
    {"square(", ")", c_square, d_square, -30, 30, SMOOTH, true},
    {"sqrt(", ")", csqrt, d_sqrt, 0.05, 1e3, SMOOTH, false},
    {"log(", ")", clog, c_reciprocal, 0.05, 1e3, SMOOTH, false},
    {"log2(", ")", c_log2, d_log2, 0.05, 1e3, SMOOTH, false},
    {"log10(", ")", c_log10, d_log10, 0.05, 1e3, SMOOTH, false},
    {"log1p(", ")", c_log1p, d_log1p, -0.9, 1e3, SMOOTH, false},
    {"cbrt(", ")", c_cbrt, d_cbrt, 0.05, 1e3, SMOOTH, false},
    {"reciprocal(", ")", c_reciprocal, d_reciprocal, 0.1, 1e3, SMOOTH, false},
    {"(1 / ", ")", c_reciprocal, d_reciprocal, 0.1, 1e3, SMOOTH, false},
    {"tan(", ")", ctan, d_tan, -1.3, 1.3, SMOOTH, false},
    {"arcsin(", ")", casin, d_arcsin, -0.95, 0.95, SMOOTH, false},
    {"arccos(", ")", cacos, d_arccos, -0.95, 0.95, SMOOTH, false},
    {"arctanh(", ")", catanh, d_arctanh, -0.95, 0.95, SMOOTH, false},
    {"logit(", ")", c_logit, d_logit, 0.05, 0.95, SMOOTH, false},
    {"arccosh(", ")", cacosh, d_arccosh, 1.1, 1e3, SMOOTH, false},
    {"abs(", ")", c_abs, c_sign, -1e3, 1e3, AT_ZERO, true},
    {"relu(", ")", c_relu, d_relu, -1e3, 1e3, AT_ZERO, true},
    {"leaky_relu(", ", 0.125)", c_leaky_relu, d_leaky_relu, -1e3, 1e3, AT_ZERO, false},
    {"elu(", ")", c_elu, d_elu, -30, 1e3, AT_ZERO, false},
    {"soft_sign(", ")", c_soft_sign, d_soft_sign, -1e3, 1e3, AT_ZERO, false},
    {"sinc(", ")", c_sinc, d_sinc, -20, 20, AT_ZERO, false},
    {"sign(", ")", c_sign, flat, -1e3, 1e3, AT_ZERO, true},
    {"floor(", ")", c_floor, flat, -1e3, 1e3, AT_WHOLE, true},
    {"ceil(", ")", c_ceil, flat, -1e3, 1e3, AT_WHOLE, true},
    {"trunc(", ")", c_trunc, flat, -1e3, 1e3, AT_WHOLE, true},
    {"clip(", ", -1, 1.5)", c_clip, d_clip, -1e3, 1e3, AT_BOUNDS, false},
};
const int unary_count = sizeof unaries / sizeof *unaries;

static bool bends_near(const Unary *unary, Kind kind, double x) {
  switch (unary->bends) {
    case AT_ZERO:
      return kind_close(kind, x, 0);
    case AT_WHOLE:
      return kind_close(kind, x, nearbyint(x));
    case AT_BOUNDS:
      return kind_close(kind, x, -1) || kind_close(kind, x, 1.5);
    default:
      return false;
  }
}

bool unary_fits(const Unary *unary, const Array *operand) {
  if (operand->kind < SINGLE && (operand->kind == LOGICAL || unary->bends != SMOOTH || unary->keeps_dtype))
    return false;
  for (int i = array_count(operand); i-- > 0;) {
    double x = array_at(operand, i)->value;
    if (x < unary->low || x > unary->high || bends_near(unary, operand->kind, x)) return false;
  }
  return true;
}

/* ---- two operands */

static double complex c_divide(double complex z, double complex w) { return z / w; }
static double complex c_add(double complex z, double complex w) { return z + w; }
static double complex c_subtract(double complex z, double complex w) { return z - w; }
static double complex c_multiply(double complex z, double complex w) { return z * w; }
static double complex c_maximum(double complex z, double complex w) { return creal(z) >= creal(w) ? z : w; }
static double complex c_minimum(double complex z, double complex w) { return creal(z) <= creal(w) ? z : w; }
static double complex c_hypot(double complex z, double complex w) { return csqrt(z * z + w * w); }
static double complex c_logaddexp(double complex z, double complex w) { return clog(cexp(z) + cexp(w)); }
static double complex c_mod(double complex z, double complex w) { return z - floor(creal(z) / creal(w)) * w; }
static double complex c_floor_divide(double complex z, double complex w) { return floor(creal(z) / creal(w)); }
static double complex c_arctan2(double complex z, double complex w) {
  double turn = creal(w) > 0 ? 0 : creal(z) > 0 ? M_PI : -M_PI;
  return catan(z / w) + turn;
}
static double complex c_less(double complex z, double complex w) { return creal(z) < creal(w); }
static double complex c_greater(double complex z, double complex w) { return creal(z) > creal(w); }

/* ---- their derivatives by the first and by the second operand */

static double complex d_none(double complex z, double complex w) { (void)z, (void)w; return 0; }
static double complex d_one(double complex z, double complex w) { return d_none(z, w) + 1; }
static double complex d_minus_one(double complex z, double complex w) { return d_none(z, w) - 1; }
static double complex d_own(double complex z, double complex w) { (void)w; return z; }
static double complex d_other(double complex z, double complex w) { (void)z; return w; }
static double complex d_divide(double complex z, double complex w) { (void)z; return 1 / w; }
static double complex d_divide_by(double complex z, double complex w) { return -z / (w * w); }
static double complex d_power(double complex z, double complex w) { return w * cpow(z, w - 1); }
static double complex d_exponent(double complex z, double complex w) { return clog(z) * cpow(z, w); }
static double complex d_maximum(double complex z, double complex w) { return creal(z) >= creal(w); }
static double complex d_minimum(double complex z, double complex w) { return creal(z) < creal(w); }
static double complex d_hypot(double complex z, double complex w) { return z / c_hypot(z, w); }
static double complex d_hypot_other(double complex z, double complex w) { return w / c_hypot(z, w); }
static double complex d_logaddexp(double complex z, double complex w) { return c_sigmoid(z - w); }
static double complex d_logaddexp_other(double complex z, double complex w) { return c_sigmoid(w - z); }
static double complex d_arctan2(double complex z, double complex w) { return w / (z * z + w * w); }
static double complex d_arctan2_other(double complex z, double complex w) { return -z / (z * z + w * w); }
static double complex d_mod(double complex z, double complex w) { return -floor(creal(z) / creal(w)); }

const Binary binaries[] = {
    {"(%s + %s)", c_add, d_one, d_one, ANYWHERE, JOINED},
    {"(%s - %s)", c_subtract, d_one, d_minus_one, ANYWHERE, JOINED},
    {"(%s * %s)", c_multiply, d_other, d_own, ANYWHERE, JOINED},
    {"(%s / %s)", c_divide, d_divide, d_divide_by, DIVISOR, FLOATING},
    {"add(%s, %s)", c_add, d_one, d_one, ANYWHERE, JOINED},
    {"multiply(%s, %s)", c_multiply, d_other, d_own, ANYWHERE, JOINED},
    {"divide(%s, %s)", c_divide, d_divide, d_divide_by, DIVISOR, FLOATING},
    {"(%s ** %s)", cpow, d_power, d_exponent, POSITIVE_BASE, FLOATING},
    {"maximum(%s, %s)", c_maximum, d_maximum, d_minimum, APART, JOINED},
    {"minimum(%s, %s)", c_minimum, d_minimum, d_maximum, APART, JOINED},
    {"fmax(%s, %s)", c_maximum, d_maximum, d_minimum, APART, JOINED},
    {"hypot(%s, %s)", c_hypot, d_hypot, d_hypot_other, BOTH_APART_FROM_ZERO, FLOATING},
    {"logaddexp(%s, %s)", c_logaddexp, d_logaddexp, d_logaddexp_other, ANYWHERE, FLOATING},
    {"arctan2(%s, %s)", c_arctan2, d_arctan2, d_arctan2_other, BOTH_APART_FROM_ZERO, FLOATING},
    {"(%s %% %s)", c_mod, d_one, d_mod, QUOTIENT, JOINED},
    {"(%s // %s)", c_floor_divide, d_none, d_none, QUOTIENT, JOINED},
    {"(%s < %s)", c_less, d_none, d_none, APART, TRUTH},
    {"(%s > %s)", c_greater, d_none, d_none, APART, TRUTH},
};
const int binary_count = sizeof binaries / sizeof *binaries;

bool pair_fits(const Binary *binary, Kind kind, double x, double y) {
  switch (binary->domain) {
    case APART:
      return !kind_close(kind, x, y);
    case POSITIVE_BASE:
      return x > 0.05 && fabs(y) < 4;
    case DIVISOR:
      return fabs(y) > 0.2;
    case QUOTIENT:
      return fabs(y) > 0.2 && !kind_close(kind, x / y, nearbyint(x / y));
    case BOTH_APART_FROM_ZERO:
      return fabs(x) > 0.1 && fabs(y) > 0.1;
    default:
      return fabs(x) < 500 && fabs(y) < 500;
  }
}
