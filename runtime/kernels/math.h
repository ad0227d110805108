/* SPDX-License-Identifier: MIT */
/* math.h: the functions that rows of the operation table are made of and that C does not have.

   Short ones are inline, so that loops over them vectorise.  Integer functions wrap like two's complement and never
   trap; operations check for division by zero and negative exponents before they compute. */
#ifndef MGRAD_RUNTIME_KERNELS_MATH_H
#define MGRAD_RUNTIME_KERNELS_MATH_H
#include <math.h>
#include <stdint.h>

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
static inline double real_sign(double x) { return x != x ? x : (double)((x > 0) - (x < 0)); }
static inline double real_maximum(double x, double y) { return x >= y || x != x ? x : y; }
static inline double real_minimum(double x, double y) { return x <= y || x != x ? x : y; }
/* nan only where both are; unlike C's fmax the choice between -0 and 0 does not depend on the compiler. */
static inline double maximum_number(double x, double y) { return x >= y || y != y ? x : y; }
static inline double minimum_number(double x, double y) { return x <= y || y != y ? x : y; }
static inline double rectify(double x) { return x > 0 || x != x ? x : 0; }
static inline double heaviside(double x, double y) { return x > 0 ? 1 : x < 0 ? 0 : x != x ? x : y; }

/* ---- powers and division */
/* x to the power y; squares, reciprocals and roots are correctly rounded. */
static inline double real_power(double x, double y) {
  if (y == 2) return x * x;
  if (y == 0.5) return x == -INFINITY ? INFINITY : sqrt(x + 0.0);
  if (y == -1) return 1 / x;
  return pow(x, y);
}
double floor_quotient(double x, double y);  /* the largest whole number not above the exact quotient */
double floor_remainder(double x, double y); /* x - y * floor_quotient(x, y): has the sign of y */

/* ---- exponentials and logarithms, none of which overflows on the way */
static inline double sigmoid(double x) {
  double e = exp(-fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
static inline double softplus(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }
static inline double x_log_y(double x, double y) { return x == 0 && y == y ? 0 : x * log(y); }
double log_add_exp(double x, double y);  /* log(exp(x) + exp(y)) */
double log_add_exp2(double x, double y); /* log2(2**x + 2**y) */
double logit(double x);                  /* log(x / (1 - x)), accurate near 1/2 too */

/* ---- activations */
/* x times a weight that vanishes faster than x grows */
static inline double weighted(double x, double weight) { return weight == 0 ? 0 : x * weight; }
static inline double selu(double x) {
  return x > 0 ? 1.0507009873554805 * x : 1.7580993408473768 * expm1(x);
}

/* ---- trigonometry */
static inline double inverse_cotangent(double x) { return x == 0 ? M_PI_2 : atan(1 / x); }
/* The n-th derivative of sinc(x) = sin(pi x) / (pi x), n = 0, 1, 2, ...; nan for any other n. */
double sinc_derivative(double n, double x);

/* ---- special functions */
double inverse_erf(double x);
double gamma_function(double x);
double log_gamma(double x);              /* log |gamma(x)| */
double beta_function(double x, double y);
/* The n-th derivative of digamma(x) = (log gamma(x))', n = 0, 1, 2, ...; nan for any other n. */
double polygamma(double n, double x);
double bessel_i0(double x);              /* modified Bessel functions of the first kind */
double bessel_i1(double x);

#endif
