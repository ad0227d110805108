/* SPDX-License-Identifier: MIT */
/* math.h: the functions that rows of the operation table are made of and that C does not have.

   Short ones are inline, so that loops over them vectorise.  Integer functions wrap like two's complement and never
   trap; operations check for division by zero and negative exponents before they compute. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_H
#define MGRAD_RUNTIME_KERNELS_MATH_H
#include "runtime/kernels/math_float32.h"
#include "runtime/kernels/math_float64.h"
#include "runtime/kernels/math_power.h"
#include "runtime/kernels/math_share.h"
#include "runtime/kernels/math_sine.h"
#include "runtime/kernels/math_triangle.h"

/* ---- elementary functions, for both types of real numbers */
#define REAL_FUNCTION(name, x) _Generic((x), float: name##_float32, default: name##_float64)
#define real_exp(x) REAL_FUNCTION(exp, x)(x)
#define real_exp_difference(x, y) REAL_FUNCTION(exp_difference, x)(x, y)
#define real_exp2(x) REAL_FUNCTION(exp2, x)(x)
#define real_expm1(x) REAL_FUNCTION(expm1, x)(x)
#define real_log(x) REAL_FUNCTION(log, x)(x)
#define real_log2(x) REAL_FUNCTION(log2, x)(x)
#define real_log10(x) REAL_FUNCTION(log10, x)(x)
#define real_log1p(x) REAL_FUNCTION(log1p, x)(x)
#define real_sqrt(x) REAL_FUNCTION(root, x)(x)
#define real_sinh(x) REAL_FUNCTION(sinh, x)(x)
#define real_cosh(x) REAL_FUNCTION(cosh, x)(x)
#define real_tanh(x) REAL_FUNCTION(tanh, x)(x)
#define real_coth(x) REAL_FUNCTION(coth, x)(x)
#define real_sech(x) REAL_FUNCTION(sech, x)(x)
#define real_sech_squared(x) REAL_FUNCTION(sech_squared, x)(x)
#define real_tanh_both(x) REAL_FUNCTION(tanh_both, x)(x)
#define real_csch(x) REAL_FUNCTION(csch, x)(x)
#define real_arcsinh(x) REAL_FUNCTION(arcsinh, x)(x)
#define real_arccosh(x) REAL_FUNCTION(arccosh, x)(x)
#define real_arctanh(x) REAL_FUNCTION(arctanh, x)(x)
#define real_logit(x) REAL_FUNCTION(logit, x)(x)
#define real_arccsch(x) REAL_FUNCTION(arccsch, x)(x)
#define real_arccoth(x) REAL_FUNCTION(arccoth, x)(x)
#define real_arcsech(x) REAL_FUNCTION(arcsech, x)(x)
#define real_sigmoid(x) REAL_FUNCTION(sigmoid, x)(x)
#define real_sigmoid_both(x) REAL_FUNCTION(sigmoid_both, x)(x)
#define real_sigmoid_slope(x) REAL_FUNCTION(sigmoid_slope, x)(x)
#define real_tanh_of_softplus(x) REAL_FUNCTION(tanh_of_softplus, x)(x)
#define real_sech_of_softplus(x) REAL_FUNCTION(sech_of_softplus, x)(x)
#define real_silu(x) REAL_FUNCTION(silu, x)(x)
#define real_mish(x) REAL_FUNCTION(mish, x)(x)
#define real_selu(x) REAL_FUNCTION(selu, x)(x)
#define real_softplus(x) REAL_FUNCTION(softplus, x)(x)
#define real_gaussian(x) REAL_FUNCTION(gaussian, x)(x)
#define real_normal_density(x) REAL_FUNCTION(normal_density, x)(x)
#define real_erf(x) REAL_FUNCTION(error_function, x)(x)
#define real_erfc(x) REAL_FUNCTION(error_complement, x)(x)
#define real_normal_below(x) REAL_FUNCTION(normal_below, x)(x)
#define real_gelu(x) REAL_FUNCTION(gelu, x)(x)
#define real_arcsin(x) REAL_FUNCTION(arcsin, x)(x)
#define real_arccos(x) REAL_FUNCTION(arccos, x)(x)
#define real_arctan(x) REAL_FUNCTION(arctan, x)(x)
#define real_arctan2(x, y) REAL_FUNCTION(arctan2, x)(x, y)
#define real_arccsc(x) REAL_FUNCTION(arccsc, x)(x)
#define real_arcsec(x) REAL_FUNCTION(arcsec, x)(x)
#define real_arccot(x) REAL_FUNCTION(arccot, x)(x)
#define real_hypot(x, y) REAL_FUNCTION(hypot, x)(x, y)
#define real_cbrt(x) REAL_FUNCTION(cbrt, x)(x)
#define real_semicircle(x) REAL_FUNCTION(semicircle, x)(x)
#define real_sin(x, near) REAL_FUNCTION(sin, x)(x, near)
#define real_cos(x, near) REAL_FUNCTION(cos, x)(x, near)
#define real_tan(x, near) tan_float64(x, near)
#define real_cot(x, near) cot_float64(x, near)

/* ---- integers */
static inline int64_t integer_add(int64_t x, int64_t y) { return (int64_t)((uint64_t)x + (uint64_t)y); }
static inline int64_t integer_subtract(int64_t x, int64_t y) { return (int64_t)((uint64_t)x - (uint64_t)y); }
static inline int64_t integer_multiply(int64_t x, int64_t y) { return (int64_t)((uint64_t)x * (uint64_t)y); }
static inline int64_t integer_negative(int64_t x) { return (int64_t)(0 - (uint64_t)x); }
static inline int64_t integer_absolute(int64_t x) { return x < 0 ? integer_negative(x) : x; }
static inline int64_t integer_sign(int64_t x) { return (x > 0) - (x < 0); }
static inline int64_t integer_maximum(int64_t x, int64_t y) { return x > y ? x : y; }
static inline int64_t integer_minimum(int64_t x, int64_t y) { return x < y ? x : y; }
int64_t integer_power(int64_t x, int64_t y);           /* y < 0: 0 */
int64_t integer_floor_divide(int64_t x, int64_t y);    /* y == 0: 0 */
int64_t integer_floor_remainder(int64_t x, int64_t y); /* has the sign of y; y == 0: 0 */
int64_t integer_remainder(int64_t x, int64_t y);       /* has the sign of x; y == 0: 0 */

/* ---- choices; nan in, nan out */
#define CHOICES(REAL, type) \
  static inline REAL sign_##type(REAL x) { return x > 0 ? 1 : x < 0 ? -1 : x + 0; } \
  static inline REAL maximum_##type(REAL x, REAL y) { return ((x >= y) | (x != x)) ? x : y; } \
  static inline REAL minimum_##type(REAL x, REAL y) { return ((x <= y) | (x != x)) ? x : y; } \
  static inline REAL maximum_number_##type(REAL x, REAL y) { return ((x >= y) | (y != y)) ? x : y; } \
  static inline REAL minimum_number_##type(REAL x, REAL y) { return ((x <= y) | (y != y)) ? x : y; } \
  static inline REAL rectify_##type(REAL x) { return ((x > 0) | (x != x)) ? x : 0; } \
  static inline REAL equal_share_##type(REAL x, REAL y) { return ((x == y) | ((x != x) & (y != y))) ? (REAL)0.5 : 0; } \
  static inline REAL greater_share_##type(REAL x, REAL y) { \
    return ((x > y) | ((x != x) & (y == y))) ? 1 : equal_share_##type(x, y); } \
  static inline REAL less_share_##type(REAL x, REAL y) { \
    return ((x < y) | ((x != x) & (y == y))) ? 1 : equal_share_##type(x, y); } \
  static inline REAL at_least_##type(REAL x, REAL y) { return x < y ? (REAL)NAN : x; } \
  static inline REAL part_##type(REAL x, REAL y) { return y > 0 ? x * y : 0; } \
  static inline REAL masked_##type(REAL x, REAL result) { return ((x != 0) | (result - result == 0)) ? result : 0; } \
  static inline REAL blanked_##type(REAL x, REAL y) { return ((y != 0) | (x - x == 0)) ? x : 0; }
CHOICES(float, float32)
CHOICES(double, float64)
#undef CHOICES
#define real_sign(x) REAL_FUNCTION(sign, x)(x)
#define real_maximum(x, y) REAL_FUNCTION(maximum, x)(x, y)
#define real_minimum(x, y) REAL_FUNCTION(minimum, x)(x, y)
/* nan only where both are; unlike C's fmax the choice between -0 and 0 does not depend on the compiler. */
#define maximum_number(x, y) REAL_FUNCTION(maximum_number, x)(x, y)
#define minimum_number(x, y) REAL_FUNCTION(minimum_number, x)(x, y)
/* nan is the extreme of either kind, as it is the result */
#define real_greater_share(x, y) REAL_FUNCTION(greater_share, x)(x, y)
#define real_less_share(x, y) REAL_FUNCTION(less_share, x)(x, y)
#define real_at_least(x, y) REAL_FUNCTION(at_least, x)(x, y)
#define real_part(x, y) REAL_FUNCTION(part, x)(x, y)
#define real_blanked(x, y) REAL_FUNCTION(blanked, x)(x, y)
/* `result`, and 0 if that is not finite for an x of 0 */
#define real_masked(x, result) REAL_FUNCTION(masked, x)(x, result)
#define rectify(x) REAL_FUNCTION(rectify, x)(x)
static inline double heaviside(double x, double y) { return x > 0 ? 1 : x < 0 ? 0 : x != x ? x : y; }

/* ---- powers and division */
/* x to the power y of one number; power_loops.h has the loops, which give the same bits. */
static inline double real_power(double x, double y) {
#define POWER_RETURN(type, exponent, power) if (y == (exponent)) return power;
  PLAIN_POWERS(POWER_RETURN, float64)
#undef POWER_RETURN
  return power_float64(x, y);
}
#define power_below(x, y) REAL_FUNCTION(power_below, x)(x, y) /* x to the power y - 1, however y - 1 rounds */
double floor_quotient(double x, double y);  /* the largest whole number not above the exact quotient */
/* The floor of a quotient below 2^52 is right or one too high, and x less that many times y, rounded once, is the
   remainder or lacks one y: the same bits as by fmod, which goes bit by bit.  So it is with whole parts. */
static inline bool is_near_quotient(double quotient, double y) {
  return (fabs(quotient) < 0x1p52) & (fabs(y) < INFINITY);
}
double far_floor_remainder(double x, double y);
static inline double floor_remainder(double x, double y) { /* x - y * floor_quotient(x, y): has the sign of y */
  double quotient = x / y, remainder = fma(-floor(quotient), y, x);
  if (!is_near_quotient(quotient, y)) return far_floor_remainder(x, y);
  if (remainder == 0) return copysign(0, y);
  return (remainder < 0) != (y < 0) ? remainder + y : remainder;
}
static inline double truncated_remainder(double x, double y) { /* fmod: has the sign of x */
  double quotient = x / y, remainder = fma(-trunc(quotient), y, x);
  if (!is_near_quotient(quotient, y)) return fmod(x, y);
  if (remainder == 0) return copysign(0, x);
  return (remainder < 0) != (x < 0) ? remainder + copysign(y, x) : remainder;
}

/* ---- exponentials and logarithms, none of which overflows on the way */
static inline double x_log_y(double x, double y) { return ((x == 0) & (y == y)) ? 0 : x * log_float64(y); }
/* log(exp(x) + exp(y)) */
static inline double log_add_exp(double x, double y) {
  double more = log1p_float64(exp_float64(-fabs(x - y)));
  return (x > y ? x : y) + (x == y ? M_LN2 : more);
}
/* log2(2**x + 2**y) */
static inline double log_add_exp2(double x, double y) {
  double more = M_LOG2E * log1p_float64(exp2_float64(-fabs(x - y)));
  return (x > y ? x : y) + (x == y ? 1 : more);
}

/* ---- activations */
static inline double soft_sign(double x) {
  double inside = x / (1 + fabs(x));
  return fabs(x) == (double)INFINITY ? copysign(1, x) : inside;
}

/* ---- trigonometry */
/* The n-th derivative of sinc(x) = sin(pi x) / (pi x), n = 0, 1, 2, ...; nan for any other n. */
double sinc_derivative(double n, double x);

/* ---- special functions */
double inverse_erf(double x);
double inverse_erf_slope(double x);      /* its derivative: sqrt(pi) / 2 exp(inverse_erf(x)^2) */
double gamma_function(double x);
double log_gamma(double x);              /* log |gamma(x)| */
double beta_function(double x, double y);
/* Whether x and x + y are whole numbers up to 0, x the lesser one: their poles cancel in what is a sum or a product over
   x, x + 1, ..., x + y - 1 for a y that stays. */
static inline bool is_whole_rise(double x, double y) {
  return x == floor(x) && y == floor(y) && y > 0 && x + y <= 0 && isfinite(x);
}
double digamma_rise(double x, double y);  /* digamma(x + y) - digamma(x) */
double trigamma_fall(double x, double y); /* polygamma(1, x) - polygamma(1, x + y) */
/* The n-th derivative of digamma(x) = (log gamma(x))', n = 0, 1, 2, ...; nan for any other n. */
double polygamma(double n, double x);
/* The modified Bessel function of the first kind of whole order n; nan for any other n. */
double bessel_i(double n, double x);

#endif
